"""The numbers of a document, worked out by a process beside the one that simulates and draws charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simulator.charts.study import Study
from simulator.documents.quotes import Numbers, Quotes
from simulator.execution.blocks import beside, may_be_beside
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.scenario.scenario import Scenario
    from simulator.simulation.draws import Draws

_ASKED = {
    "drivers": ("moves", "luck", "sizes"),
    "protection": ("options",),
    "what_ifs": ("growth", "saving_needed", "even_saving"),
    "own_savings": ("_found",),
    "in_common": ("sources", "shocked_line", "rows"),
}
"""What sections ask besides the tables: answers by whom they are asked of."""


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """What a document quotes."""

    tables: Numbers
    answers: Mapping[str, Mapping[str, Any]]  # by whom they are asked of, and what is asked

    @classmethod
    def of(cls, scenario: Scenario, draws: Draws) -> WorkedOut:
        """Work them out, on draws of one's own: they are the same."""
        shared = SharedDraws.of(scenario, replace(draws, workers=1))
        study = Study(shared.simulate(scenario))
        vars(study)["shared"] = shared
        quotes = Quotes(study)
        tables = quotes.tables
        of = {whom: vars(getattr(quotes, whom)) for whom in _ASKED}
        return cls(
            tables, {whom: {one: of[whom][one] for one in _ASKED[whom] if one in of[whom]} for whom in of}
        )

    def tell(self, quotes: Quotes) -> None:
        """Let a document know them: it works none of them out again."""
        vars(quotes)["tables"] = self.tables
        for whom, answers in self.answers.items():
            vars(getattr(quotes, whom)).update(answers)


@contextmanager
def worked_out_beside(scenario: Scenario | None, draws: Draws) -> Iterator[Callable[[Quotes], None]]:
    """Begin to work out a document's numbers; give what lets a document know them.

    Where there is no scenario to draw, nothing may be beside this process, or contracts are so many that
    drawing them twice would take memory or time that counts, the document works them out itself.
    """
    if scenario is None or not (_is_small(scenario, draws) and may_be_beside(draws.workers)):
        yield lambda quotes: None
        return
    with beside(lambda: WorkedOut.of(scenario, draws), draws.workers) as found:
        yield lambda quotes: found().tell(quotes)


def _is_small(scenario: Scenario, draws: Draws) -> bool:
    """Return whether one process would draw it alone."""
    settings, settled = scenario.settings, draws.of(scenario)
    of_contract = (
        len(settings.contract.financial_years) * len(settings.clusters) * len(settings.service_lines)
    )
    return settled.of_totals(settled.contracts * of_contract).workers == 1
