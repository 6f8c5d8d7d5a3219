"""What a measure looks at: where all of that is as before, so is what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from simulator.records import FloatArray, Flow
from simulator.risk.account_book import AccountBook

_FACTS = ("name", "people", "year_months", "takes_share")
"""What is no amount: nobody notes who looks at it, so a book in which it differs has nothing in common."""
_AMOUNTS = frozenset(one.name for one in fields(AccountBook)) - {*_FACTS, "flows", "parts", "_found"}
_SOON = 250
Seen = frozenset[tuple[str, str]]
"""Amounts of some books: the book's name, and that of a field or of a flow's reason."""


class _Noted:
    """An attribute that notes when it is looked at."""

    def __init__(self, slot: Any, name: str) -> None:
        self._slot, self._name = slot, name

    def __get__(self, owner: Any, kind: type) -> Any:
        owner.seen.add(owner.noted_as(self._name))
        return self._slot.__get__(owner)

    def __set__(self, owner: Any, value: object) -> None:
        self._slot.__set__(owner, value)

    @classmethod
    def in_place_of(cls, names: Iterable[str], kind: type, base: type) -> None:
        """Have records note who looks at some attributes that their base has; others stay as quick."""
        for name in names:
            setattr(kind, name, cls(getattr(base, name), name))


@dataclass(frozen=True, slots=True)
class _WatchedFlow(Flow):
    """A flow that notes when its amounts are looked at."""

    what: tuple[str, str] = ("", "")
    seen: set[tuple[str, str]] = field(default_factory=set)

    def noted_as(self, _: str) -> tuple[str, str]:
        """Return what is noted."""
        return self.what


@dataclass(frozen=True, slots=True)
class WatchedBook(AccountBook):
    """A book that notes which of its amounts are looked at."""

    seen: set[tuple[str, str]] = field(default_factory=set)
    _looks: dict[object, Seen] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, book: AccountBook, seen: set[tuple[str, str]] | None = None) -> WatchedBook:
        """Return a book, watched with those that it adds up; all note in `seen`."""
        seen = set() if seen is None else seen
        given = {one: getattr(book, one) for one in (*_FACTS, *_AMOUNTS)}
        flows: dict[str, Flow] = {
            reason: _WatchedFlow(one.payer, one.payee, one.gbp, one.is_spend, (book.name, reason), seen)
            for reason, one in book.flows.items()
        }
        return cls(**given, flows=flows, parts=tuple(cls.of(one, seen) for one in book.parts), seen=seen)

    def once(self, name: object, work: Callable[[], FloatArray]) -> FloatArray:
        """Return what `work` does, worked out once; whoever asks again has looked at the same."""
        if name not in self._found:
            before = self.seen.copy()
            self.seen.clear()
            self._found[name] = work()
            self._looks[name] = frozenset(self.seen)
            self.seen.update(before)
        self.seen.update(self._looks[name])
        return self._found[name]

    def noted_as(self, name: str) -> tuple[str, str]:
        """Return what is noted of an attribute."""
        return self.name, name

    def looked_at(self) -> Seen:
        """Return what was looked at since this was last asked."""
        found = frozenset(self.seen)
        self.seen.clear()
        return found


_Noted.in_place_of(["gbp"], _WatchedFlow, Flow)
_Noted.in_place_of(_AMOUNTS, WatchedBook, AccountBook)


def changes_of(
    books: Sequence[AccountBook], before: Sequence[AccountBook], among: Seen | None = None
) -> Seen | None:
    """Return which amounts of some books, or `among` some, are not what they were; None for all of them."""
    if [*map(_facts, books)] != [*map(_facts, before)]:
        return None
    return frozenset(
        (book.name, name)
        for book, other in zip(books, before, strict=True)
        for name, one, then in [
            *((name, getattr(book, name), getattr(other, name)) for name in _AMOUNTS),
            *((reason, flow.gbp, other.flows[reason].gbp) for reason, flow in book.flows.items()),
        ]
        if (among is None or (book.name, name) in among) and not _same(one, then)
    )


def _facts(book: AccountBook) -> list[object]:
    """Return what a book is beside its amounts."""
    ways = [(reason, one.payer, one.payee, one.is_spend) for reason, one in book.flows.items()]
    return [*(getattr(book, name) for name in _FACTS), ways, [one.name for one in book.parts]]


def _same(one: FloatArray, other: FloatArray) -> bool:
    """Return whether amounts are the same; most that are not show it soon."""
    if one.shape != other.shape or (one[:_SOON] != other[:_SOON]).any():
        return False
    return _place(one) == _place(other) or bool((one == other).all())


def _place(amounts: FloatArray) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return where amounts stand in memory: what no rule changes, such as budgets, all policies share."""
    return amounts.ctypes.data, amounts.shape, amounts.strides
