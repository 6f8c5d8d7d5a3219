"""A budget that is set too low or too high: how likely an overspend, and what is then left of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import OVERSPEND, Place
from simulator.plain_words import per_cent_of
from simulator.questions.luck.estimates import of_a_cluster
from simulator.records import BUDGET
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean

LEVELS = (-0.03, -0.01, 0.0, 0.01, 0.03)
"""How far a cluster's budget is from what it is here, as a share of it (assumptions)."""
SET_CHANCE, SET_OUTTURN = "budget_set_overspend_probability", "budget_set_less_spend_gbp"
"""Of a cluster on average, over the contract: a chance, and budget less spend."""


def at_level(level: float) -> str:
    """Return the row of a budget that is so far from what it is."""
    if not level:
        return "the budget as it is"
    return f"a budget {per_cent_of(abs(level))} too {'low' if level < 0 else 'high'}"


@dataclass(frozen=True, eq=False)
class BudgetLevels:
    """Clusters with other budgets for the spend that was drawn: spend is taken not to follow the budget."""

    study: Study  # of the scenario as it is

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield the chance of an overspend and what is left, by level; nothing where nobody has a budget."""
        names = [name for name in self.study.clusters if OVERSPEND in self.study.samples(name)]
        if not names:
            return
        books = [self.study.books[name] for name in names]
        budget, spend = (
            np.column_stack(some)
            for some in ([one.total_gbp(BUDGET) for one in books], [one.spend_gbp for one in books])
        )
        for level in LEVELS:
            left = (1 + level) * budget - spend
            yield (at_level(level), SET_CHANCE), of_a_cluster(left < -PENNY_GBP)
            yield (at_level(level), SET_OUTTURN), mean(left.mean(axis=1))
