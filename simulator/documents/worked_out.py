"""The numbers of a document, worked out by two processes: one begins while the other draws charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from simulator.charts.study import Study
from simulator.documents.quotes import (
    APART,
    COMMON,
    DOUBT,
    FAIR,
    JOINING,
    KEPT,
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
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.scenario.scenario import Scenario
    from simulator.simulation.draws import Draws


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


@dataclass(frozen=True, slots=True)
class Beside:
    """A process that works out numbers."""

    tell: Callable[[Quotes], None]  # lets a document know them, once all are worked out
    workers: Workers  # that a study may have besides


@contextmanager
def worked_out_beside(scenario: Scenario | None, draws: Draws) -> Iterator[Beside]:
    """Begin to work out a document's numbers; give what works out the rest and lets the document know all.

    Where there is no scenario to draw, nothing may be beside this process, or contracts are so many that
    drawing them twice would take memory or time that counts, the document works them out itself.
    """
    if scenario is None or not (_is_small(scenario, draws) and may_be_beside(draws.workers)):
        yield Beside(lambda quotes: None, draws.workers)
        return
    asked_of: list[Quotes] = []  # in either process the one that it asks

    def work(piece: _Piece) -> _WorkedOut:
        if not asked_of:
            asked_of.append(_quotes_of(scenario, draws))
        return piece.of(asked_of[0])

    with shared_out([partial(work, piece) for piece in _PIECES], draws.workers) as finish:

        def tell(quotes: Quotes) -> None:
            asked_of.append(quotes)
            for found in finish(lambda pieces_done: None):
                found.tell(quotes)

        yield Beside(tell, 1)


def _quotes_of(scenario: Scenario, draws: Draws) -> Quotes:
    """Return what works out numbers on draws of its own: they are the same."""
    shared = SharedDraws.of(scenario, replace(draws, workers=1))
    study = Study(shared.simulate(scenario))
    vars(study)["shared"] = shared
    return Quotes(study)


def _is_small(scenario: Scenario, draws: Draws) -> bool:
    """Return whether one process would draw it alone."""
    settings, settled = scenario.settings, draws.of(scenario)
    of_contract = (
        len(settings.contract.financial_years) * len(settings.clusters) * len(settings.service_lines)
    )
    return settled.of_totals(settled.contracts * of_contract).workers == 1
