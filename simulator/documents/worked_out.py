"""The numbers of a document, worked out by two processes: one begins while the other draws charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.documents.quotes import (
    APART,
    COMMON,
    DOUBT,
    FAIR,
    JOINING,
    KEPT,
    LEFT_OUT,
    OF_SIZES,
    OPTIONS,
    RETURNED,
    SAVINGS,
    WHAT_IF,
    Numbers,
    Quotes,
)
from simulator.execution.blocks import Workers, may_be_beside
from simulator.execution.shared_out import shared_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.charts.study import Study


@dataclass(frozen=True, slots=True)
class _Piece:
    """What one process works out at a time."""

    tables: tuple[str, ...] = ()
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by whom they are asked of

    def of(self, quotes: Quotes) -> _WorkedOut:
        """Work it out."""
        answers = {
            whom: {one: getattr(getattr(quotes, whom), one) for one in some}
            for whom, some in self.answers.items()
        }
        return _WorkedOut({name: quotes.table_of(name) for name in self.tables}, answers)


_PIECES = (
    # They share what is simulated of true savings.
    _Piece(
        (WHAT_IF, APART, SAVINGS, KEPT, RETURNED),
        {"what_ifs": ("growth", "saving_needed", "even_saving"), "own_savings": ("_found",)},
    ),
    _Piece(answers={"drivers": ("moves",)}),
    # Rules that would pay less for luck are options, too.
    _Piece((OPTIONS,), {"drivers": ("luck",), "protection": ("options",)}),
    _Piece((COMMON,), {"in_common": ("sources", "shocked_line", "rows")}),
    _Piece(answers={"drivers": ("sizes",)}),
    _Piece((LEFT_OUT,)),
    _Piece((OF_SIZES,)),
    _Piece((DOUBT, JOINING, FAIR)),
)
"""What takes time, the longest first; the rest of a document's numbers follows from it."""


@dataclass(frozen=True, slots=True)
class _WorkedOut:
    """What a document quotes."""

    tables: Numbers
    answers: Mapping[str, Mapping[str, Any]]  # by whom they are asked of, and what is asked

    def tell(self, quotes: Quotes) -> None:
        """Let a document know them: it works none of them out again."""
        quotes.known.update(self.tables)
        for whom, answers in self.answers.items():
            vars(getattr(quotes, whom)).update(answers)


@contextmanager
def worked_out_beside(study: Study, workers: Workers) -> Iterator[tuple[Quotes, Callable[[], None]]]:
    """Give a document's numbers, and what works them out: a process beside this one begins at once.

    This one does all where nothing may be beside it, or contracts are so many that both would take memory
    that counts: then its questions have the processes.
    """
    if not _is_small(study):
        workers = 1
    elif may_be_beside(workers):
        study = replace(study, workers=1)
        # Both need it: it is drawn once.
        study.shared.outturn(study.scenario)
    quotes = Quotes(study)
    with shared_out([partial(piece.of, quotes) for piece in _PIECES], workers) as finish:

        def work_out() -> None:
            for found in finish(lambda pieces_done: None):
                found.tell(quotes)

        yield quotes, work_out


def _is_small(study: Study) -> bool:
    """Return whether one process would draw it alone."""
    draws = study.draws.of(study.scenario)
    return draws.of_totals(draws.contracts * study.result.plan.expected_counts.size).workers == 1
