"""How spend runs against budget as a year goes on, month by month: the months are drawn one by one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from simulator.answers.answer import Answer
from simulator.answers.table import Table, numbers, pounds, shares, text
from simulator.compounds.spend import draw_spend
from simulator.demand.shocks import ShockDraws
from simulator.errors import InputError, unknown
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import probability, quantile
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws, drawn_in_blocks
from simulator.simulation.plan import Plan, make_plan

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
    # Spend less phased budget since the start of the year, shape (contract, month, cluster).
    position_gbp: FloatArray
    budget_gbp: FloatArray  # mean budget of the year, shape (cluster,)

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
        fans = [self.fan(name) for name in names]
        overspent = [chance for name in names for chance in self.overspent(name)]
        columns = [
            text("cluster", [name for name in names for _ in self.months]),
            numbers("month", [month for _ in names for month in self.months]),
        ]
        for level in LEVELS:
            position = [one for fan in fans for one in fan[level]]
            heading = f"position, {100 * level:g}% at most"
            columns.append(pounds(heading, position, f"position_{100 * level:g}_gbp"))
        columns.append(shares("overspent", overspent, "overspent_probability"))
        title = f"Where does spend stand against the phased budget in {self.year}?"
        return (Table("running position", title, tuple(columns), keys=2),)


def running_position(
    scenario: Scenario,
    year: str | None = None,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda contracts_done: None,
) -> RunningPosition:
    """Say how spend runs against the phased budget through a contract year, the first by default.

    `simulate` draws years; here the months of one year are drawn in place of it, from streams of their
    own. Shocks, earlier years and budgets are those of `simulate`. Given the year's shocks, months are
    independent and their sum has the year's law: so the year ends as a year of `simulate` would, but
    not in each contract as that one does. The outturn is before any rule moves money.
    """
    settled = draws.of(scenario)
    contracts, seed = settled.contracts, settled.seed
    plan = make_plan(scenario)
    clusters, year = plan.axes.clusters, plan.axes.years[1] if year is None else year
    if problems := unknown("year", year, plan.axes.years[1:]):
        raise InputError(problems)
    months = Months(plan, plan.axes.years.index(year))
    months.prepare()
    position_gbp = np.empty((contracts, len(months.calendar), len(clusters)), order="F")
    budgets_gbp: dict[int, FloatArray] = {}
    done = 0
    draw = partial(months.draw, RandomStreams(seed), contracts)
    for start, (positions, budgets) in drawn_in_blocks(draw, settled):
        position_gbp[start : start + len(positions)] = positions
        budgets_gbp[start] = budgets.sum(axis=0)
        done += len(positions)
        progress(done)
    # Added in the order of the blocks, whichever was done first: sums of floats depend on it.
    budget_gbp = np.array([budgets_gbp[start] for start in sorted(budgets_gbp)]).sum(axis=0) / contracts
    return RunningPosition(
        scenario, contracts, seed, clusters, year, months.calendar, position_gbp, budget_gbp
    )


@dataclass(frozen=True)
class Months:
    """The months of one contract year."""

    plan: Plan  # the scenario, ready to draw
    at_year: int  # position of the year in the plan, where 0 is the base year

    @property
    def calendar(self) -> tuple[int, ...]:
        """Calendar months that the contract covers, in order."""
        return self.plan.years[self.at_year].months

    @cached_property
    def shares(self) -> FloatArray:
        """Share of the year's expected cases, shape (month, line); each line's sum to 1."""
        year = self.plan.years[self.at_year]
        inside = [year.whole_year.index(month) for month in year.months]
        whole = np.stack([rate.month_shares(year)[inside] for rate in self.plan.rates], axis=-1)
        return np.asarray(whole / whole.sum(axis=0))

    def prepare(self) -> None:
        """Compute the tables of totals that are likely to be needed, so that processes share them."""
        self.plan.prepare()
        expected = self.plan.expected_counts[self.at_year]
        for at_line, price in enumerate(self.plan.prices):
            if price.totals is not None:
                means = np.outer(expected[:, at_line], self.shares[:, at_line])
                price.totals.prepare(0.7 * float(means.min()), 1.4 * float(means.max()))

    def draw(self, streams: RandomStreams, contracts: int, block: Block) -> tuple[FloatArray, FloatArray]:
        """Draw the position, shape (contract, month, cluster), and the budget, shape (contract, cluster)."""
        plan, at_year = self.plan, self.at_year
        shocks = plan.draw_shocks(streams, block)
        spend = draw_spend(plan.expected_counts, shocks, plan.prices, plan.axes, streams, block)
        budget_gbp = plan.set_budgets(spend).budget_gbp[:, at_year - 1] * plan.responsibility
        position_gbp = np.zeros((block.contracts, len(self.calendar), len(plan.axes.clusters)), order="F")
        for at_line in range(len(plan.axes.lines)):
            phased = budget_gbp[:, None, :, at_line] * self.shares[None, :, at_line, None]
            paid = self._spend_gbp(at_line, shocks, streams, block)
            position_gbp += paid * plan.responsibility[:, at_line] - phased
        # The last block is drawn whole, though fewer of its contracts may be wanted.
        wanted = contracts - block.number * block.contracts
        return np.cumsum(position_gbp, axis=1)[:wanted], budget_gbp.sum(axis=2)[:wanted]

    def _spend_gbp(self, line: int, shocks: ShockDraws, streams: RandomStreams, block: Block) -> FloatArray:
        """Return what is spent on a line in each month, shape (contract, month, cluster)."""
        plan, at_year = self.plan, self.at_year
        price = plan.prices[line]
        month_shares = self.shares[:, line]
        if price.totals is None:
            # A block contract is paid as its budget is phased.
            return np.asarray(month_shares[None, :, None] * price.block_gbp[at_year])
        spend_gbp = np.empty((block.contracts, len(month_shares), len(plan.axes.clusters)), order="F")
        prices = price.price_index[at_year] * shocks.prices(at_year, line)
        for at_cluster, cluster in enumerate(plan.axes.clusters):
            of_year = plan.expected_counts[at_year, at_cluster, line] * shocks.factors(
                at_year, at_cluster, line
            )
            for at_month, month in enumerate(self.calendar):
                names = (cluster, plan.axes.lines[line], plan.axes.years[at_year], str(month))
                generator = streams.generator("month's cost", *names, block=block.number)
                totals = price.totals.draw(of_year * month_shares[at_month], generator)
                spend_gbp[:, at_month, at_cluster] = totals * prices
        return spend_gbp
