"""One value for each contract, where the outcomes of all contracts are too many to hold at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.records import ClusterTerms, Outcomes
from simulator.risk.account_book import AccountBook, account_books

Name = TypeVar("Name")
Answer = TypeVar("Answer")
Samples = NDArray[Any]

_ROOM_BYTES, _BYTES_A_ROW = 128e6, 400
"""For the samples of some rows at a time; what one contract takes for every measure of a row, measured."""


@dataclass(frozen=True)
class Settled:
    """The outcomes of all contracts, some at a time."""

    contracts: int  # how many there are
    terms: ClusterTerms
    parts: Callable[[], Iterator[Outcomes]]  # gives them in order, as often as it is asked

    def most_at_once(self, workers: int) -> int:
        """Return how many processes may each hold the samples of a row: all, or one."""
        fits = workers * self.contracts * _BYTES_A_ROW <= 2 * _ROOM_BYTES
        return workers if fits else 1

    def of_rows(
        self,
        rows: Sequence[int],
        samples_of: Callable[[AccountBook], Iterable[tuple[Name, Samples]]],
        answer: Callable[[int, dict[Name, Samples]], Answer],
    ) -> list[Answer]:
        """Return what `answer` makes of each row's samples, shape (contract,), as `samples_of` names them."""
        at_once = max(int(_ROOM_BYTES / _BYTES_A_ROW / self.contracts), 1)
        answers = []
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            found: dict[int, dict[Name, Samples]] = {row: {} for row in some}
            start = 0
            for outcomes in self.parts():
                books = account_books(outcomes, self.terms)
                for row in some:
                    self._put(found[row], start, samples_of(books[row]))
                start += len(outcomes.takes_part)
            # Nobody keeps a row's samples while those of the next come.
            answers += [answer(row, found.pop(row)) for row in some]
        return answers

    def _put(
        self, found: dict[Name, Samples], start: int, samples_of: Iterable[tuple[Name, Samples]]
    ) -> None:
        """Put the samples of some contracts, from contract `start` on, with those before them."""
        for name, samples in samples_of:
            if samples.size == self.contracts:
                found[name] = samples
                continue
            before = found.get(name, np.broadcast_to(samples.dtype.type(0), self.contracts))
            # In some parts a sample is whether something happens, in others it may be nan.
            kind = np.result_type(samples, before)
            # What is nothing throughout takes no memory.
            if samples.any() and (before.dtype != kind or before.strides == (0,)):
                before = before.astype(kind)
            if samples.any():
                before[start : start + samples.size] = samples
            found[name] = before
