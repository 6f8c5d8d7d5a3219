"""How spend runs against budget as a year goes on, month by month."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.answers.answer import Answer
from simulator.answers.table import Table, numbers, pounds, shares, text
from simulator.errors import InputError, unknown
from simulator.questions.months.months import Months
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import probability, quantile
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, SettledDraws, drawn_in_blocks
from simulator.simulation.plan import make_plan

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the fan."""


@dataclass(frozen=True)
class RunningPosition(Answer):
    """What `running_position` returns."""

    scenario: Scenario  # what was simulated
    contracts: int  # simulated
    seed: int  # of chance
    clusters: tuple[str, ...]  # names
    year: str  # which contract year
    months: tuple[int, ...]  # its calendar months, in order
    # shape (contract, month, cluster); Spend less phased budget, from the start of the year to the end of
    # each month.
    position_gbp: FloatArray
    budget_gbp: FloatArray  # shape (cluster,); Mean budget of the year

    def of(self, cluster: str = ALL_CLUSTERS) -> FloatArray:
        """Return a cluster's positions, or the sum over clusters, shape (contract, month), in pounds."""
        at = self._position(cluster)
        return np.asarray(self.position_gbp.sum(axis=2) if at is None else self.position_gbp[:, :, at])

    def budget_of(self, cluster: str = ALL_CLUSTERS) -> float:
        """Return a cluster's mean budget of the year, or the sum over clusters, in pounds."""
        at = self._position(cluster)
        return float(self.budget_gbp.sum() if at is None else self.budget_gbp[at])

    def _position(self, cluster: str) -> int | None:
        """Return where a cluster stands; None for all together; InputError for what there is not."""
        if problems := unknown("cluster", cluster, (*self.clusters, ALL_CLUSTERS)):
            raise InputError(problems)
        return self.clusters.index(cluster) if cluster in self.clusters else None

    def fan(self, cluster: str = ALL_CLUSTERS) -> dict[float, tuple[Estimate, ...]]:
        """Return quantiles of the position at the end of each month, by level, in pounds."""
        by_month = self.of(cluster).T
        return {level: tuple(quantile(month, level) for month in by_month) for level in LEVELS}

    def overspent(self, cluster: str = ALL_CLUSTERS) -> tuple[Estimate, ...]:
        """Return the probability that spend is above the phased budget at the end of each month."""
        return tuple(probability(month > PENNY_GBP) for month in self.of(cluster).T)

    def tables(self) -> tuple[Table, ...]:
        """Return the fan of every cluster and of all together, by month."""
        names = (*self.clusters, ALL_CLUSTERS)
        fans, overspent = [self.fan(name) for name in names], [self.overspent(name) for name in names]
        columns = (
            text("cluster", [name for name in names for _ in self.months]),
            numbers("month", [month for _ in names for month in self.months]),
            *(
                pounds(
                    f"position, {100 * level:g}% at most",
                    [one for fan in fans for one in fan[level]],
                    f"position_{100 * level:g}_gbp",
                )
                for level in LEVELS
            ),
            shares("overspent", [one for of_name in overspent for one in of_name], "overspent_probability"),
        )
        title = f"Where does spend stand against the phased budget in {self.year}?"
        return (Table("running position", title, columns, keys=2),)


def running_position(
    scenario: Scenario,
    year: str | None = None,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> RunningPosition:
    """Say how spend runs against the phased budget through a contract year.

    `simulate` draws years; here the months of one year are drawn in place of it, from streams of their
    own. Shocks, earlier years and budgets are those of `simulate`. Given the year's shocks, months are
    independent and their sum has the year's law: so the year ends as a year of `simulate` would, but
    not in each contract as that one does. The outturn is before any rule moves money.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    year : str, optional
        A contract year, such as ``2010/11``; the first when left out.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with the contracts done.

    Returns
    -------
    RunningPosition
        In every contract, with its quantiles by month.

    Raises
    ------
    InputError
        If a number is out of range, or there is no such year.
    """
    settled = draws.of(scenario)
    plan = make_plan(scenario)
    year = plan.axes.years[1] if year is None else year
    if problems := unknown("year", year, plan.axes.years[1:]):
        raise InputError(problems)
    months = Months(plan, plan.axes.years.index(year))
    position_gbp, budget_gbp = _drawn(months, settled, progress)
    return RunningPosition(
        scenario,
        settled.contracts,
        settled.seed,
        plan.axes.clusters,
        year,
        months.calendar,
        position_gbp,
        budget_gbp,
    )


def _drawn(
    months: Months, draws: SettledDraws, progress: Callable[[int], None]
) -> tuple[FloatArray, FloatArray]:
    """Return the position of every contract, shape (contract, month, cluster), and the mean budget."""
    months.prepare()
    contracts = draws.contracts
    clusters = len(months.plan.axes.clusters)
    position_gbp = np.empty((contracts, len(months.calendar), clusters), order="F")
    budgets_gbp: dict[int, FloatArray] = {}
    done = 0
    draw = partial(months.draw, RandomStreams(draws.seed), contracts)
    for start, (positions, budgets) in drawn_in_blocks(draw, draws):
        position_gbp[start : start + len(positions)] = positions
        budgets_gbp[start] = budgets.sum(axis=0)
        done += len(positions)
        progress(done)
    # Added in the order of the blocks, whichever was done first: sums of floats depend on it.
    in_order = np.array([budgets_gbp[start] for start in sorted(budgets_gbp)])
    return position_gbp, in_order.sum(axis=0) / contracts
