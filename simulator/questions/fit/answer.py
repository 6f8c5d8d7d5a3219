"""The answer to `fit`: every figure with its interval and source, and what a history leaves open."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.answers.answer import Answer
from simulator.answers.table import Table, numbers, text
from simulator.fitting.estimates import Estimates
from simulator.fitting.posterior import Posterior
from simulator.history import History, HistoryFiles
from simulator.scenario.scenario import Scenario


@dataclass(frozen=True)
class FitAnswer(Answer):
    """What `fit` returns."""

    scenario: Scenario  # as it was before
    seed: int  # of the draws
    files: HistoryFiles  # that were read
    history: History  # read and tidied
    posterior: Posterior  # joint draws of all that is not known
    estimates: Estimates  # the same as figures
    is_drawn = False

    @property
    def contracts(self) -> int:
        """How many draws the posterior holds; no contract is simulated."""
        return self.posterior.rows

    def opening(self) -> tuple[str, ...]:
        """Return what was fitted."""
        return (f"{self.scenario.settings.title}: fitted to {self.history.source}, seed {self.seed}",)

    def tables(self) -> tuple[Table, ...]:
        """Return every figure."""
        found = self.estimates.rate_per_1000
        columns = (text("line", list(found)), numbers("rate", [one.value for one in found.values()]))
        return (Table("figures", "What does the history say?", columns),)
