"""How spend runs against budget as a year goes on: the months of the years that `run` draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Table, numbers, pounds, shares, text
from simulator.demand.shocks import ShockDraws
from simulator.errors import InputError, Problem, unknown
from simulator.questions.months.given_year import spent_so_far_share
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
class RunningPosition(DrawnAnswer):
    """What `running_position` returns."""

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
        if problems := unknown(f"cluster in {self.year}", cluster, (*self.clusters, ALL_CLUSTERS)):
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

    The years are those of `simulate`, contract by contract, and so are shocks and budgets: the last month
    ends where the year does. The months are drawn given the year, see `given_year`. The outturn is
    before any rule moves money, of a cluster that has left as well.
    """
    settled = draws.of(scenario)
    contracts, seed = settled.contracts, settled.seed
    plan = make_plan(scenario)
    first = 1 + int(plan.terms.first_year.min())
    clusters, year = plan.axes.clusters, plan.axes.years[first] if year is None else year
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
    inside = plan.terms.inside[months.at_year - 1]
    if not inside.any():
        raise InputError([Problem("year", "one in which some cluster takes part", year)])
    names = tuple(name for name, is_in in zip(clusters, inside, strict=True) if is_in)
    return RunningPosition(
        scenario,
        contracts,
        seed,
        names,
        year,
        months.calendar,
        position_gbp if inside.all() else position_gbp[:, :, inside],
        budget_gbp[inside],
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

    def shares_of(self, cluster: int) -> FloatArray:
        """Share of a cluster's expected cases, shape (month, line): none before its own first month."""
        last = int(self.plan.terms.months[self.at_year - 1, cluster]) or len(self.calendar)
        if last == len(self.calendar):
            return self.shares
        own = self.shares.copy()
        own[:-last] = 0.0
        return np.asarray(own / own.sum(axis=0))

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
        acted = plan.act(plan.draw_given(shocks, streams, block), streams, block)
        care, spend = acted.spend, plan.pay(acted.spend)
        budgets = plan.set_budgets(spend)
        outturn = plan.outturn(spend, budgets)
        budget_gbp = outturn.budget_gbp[:, at_year - 1]
        position_gbp = np.zeros((block.contracts, len(self.calendar), len(plan.axes.clusters)), order="F")
        for at_cluster, of_lines in enumerate(plan.responsibility):
            expected = np.cumsum(self.shares_of(at_cluster), axis=0)
            for at_line, answers_for in enumerate(of_lines):
                expected_share = expected[:, at_line]
                of_year_gbp = spend.gbp[:, at_year, at_cluster, at_line]
                phased_gbp = budgets.budget_gbp[:, at_year - 1, at_cluster, at_line]
                # What is paid goes with care, as bills do.
                care_gbp = care.gbp[:, at_year, at_cluster, at_line]
                if acted.months:
                    # The months that actions saw and moved.
                    own = acted.months[at_year - 1][at_line][:, -len(self.calendar) :, at_cluster]
                    share = np.cumsum(own, axis=1)
                else:
                    share = self._spent_so_far_share(at_cluster, at_line, care_gbp, shocks, streams, block)
                # A block contract is paid as its budget is phased.
                share = np.where(np.isnan(share), expected_share, share)
                net_gbp = of_year_gbp[:, None] * share - phased_gbp[:, None] * expected_share
                position_gbp[:, :, at_cluster] += answers_for * net_gbp
        # What actions cost is paid as the year goes on.
        so_far = np.arange(1, len(self.calendar) + 1) / len(self.calendar)
        for paid in plan.actions.paid(spend):
            position_gbp += so_far[:, None] * paid.gbp[:, None, at_year - 1]
        # As the year's own table has it, to the last bit.
        position_gbp[:, -1] = outturn.spend_gbp[:, at_year - 1] - budget_gbp
        # The last block is drawn whole, though fewer of its contracts may be wanted.
        wanted = contracts - block.number * block.contracts
        return position_gbp[:wanted], budget_gbp[:wanted]

    def _spent_so_far_share(
        self,
        cluster: int,
        line: int,
        of_year_gbp: FloatArray,
        shocks: ShockDraws,
        streams: RandomStreams,
        block: Block,
    ) -> FloatArray:
        """Return which share of a line's year is spent by the end of each month, shape (contract, month).

        Takes the spend of the year, shape (contract,). Nan where no months are drawn.
        """
        plan, at_year = self.plan, self.at_year
        price = plan.prices[line]
        if price.totals is None:
            return np.array(np.nan)
        means = plan.expected_counts[at_year, cluster, line] * shocks.factors(at_year, cluster, line)
        means = np.broadcast_to(means, of_year_gbp.shape)
        months_gbp = np.zeros((block.contracts, len(self.calendar)), order="F")
        shares = self.shares_of(cluster)[:, line]
        for at_month, month in enumerate(self.calendar):
            if not shares[at_month]:
                continue
            names = (plan.axes.clusters[cluster], plan.axes.lines[line], plan.axes.years[at_year], str(month))
            generator = streams.generator("month's cost", *names, block=block.number)
            # Of a case beyond a limit per case the cluster answers for no more than that.
            _, within = price.totals.draw_within_limit(means * shares[at_month], generator)
            months_gbp[:, at_month] = within
        level = np.broadcast_to(
            price.price_index[at_year] * shocks.prices(at_year, cluster, line), of_year_gbp.shape
        )
        own_gbp = np.divide(of_year_gbp, level, out=np.zeros(block.contracts), where=level > 0)
        mean_cost_gbp = plan.settings.service_lines[line].unit_cost_gbp.mean_gbp
        return spent_so_far_share(own_gbp, months_gbp, means, mean_cost_gbp)
