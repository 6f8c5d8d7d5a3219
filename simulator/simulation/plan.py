"""A plan: a scenario made ready to draw."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.budgets.budgets import LineBudget, set_budgets
from simulator.compounds.spend import LinePrices, draw_spend
from simulator.compounds.totals import CompoundTotals
from simulator.demand.expected_counts import LineRate, expected_counts, parts_of_years
from simulator.demand.fitted import Fitted
from simulator.demand.last_year import LastYear
from simulator.demand.shocks import ShockDraws, ShockPlan, draw_shocks
from simulator.population.need import ClusterMembers, weigh_population
from simulator.random_streams import RandomStreams
from simulator.records import (
    Axes,
    Block,
    Budgets,
    ClusterTerms,
    FinancialYear,
    FloatArray,
    Outcomes,
    Outturn,
    Population,
    Spend,
)
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.settlement import settled_outcomes
from simulator.scenario.amounts import SPEND
from simulator.scenario.checks import FLAT
from simulator.scenario.doubts import carries_fit, doubts_of
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster, ScenarioFile, ServiceLine
from simulator.simulation.earlier_years import EarlierYears
from simulator.simulation.line_budgets import line_budgets, price_of_case_gbp
from simulator.spend.unit_cost import UnitCost


@dataclass(frozen=True)
class Plan:
    """A scenario made ready to draw: what is expected, and the laws around it."""

    # The scenario's settings, with the limit per case, where there is one, in the unit costs.
    settings: ScenarioFile
    axes: Axes  # names of years (the base year first), clusters and lines
    years: tuple[FinancialYear, ...]  # the base year, whole, and the contract years
    population: Population  # people and need
    rates: tuple[LineRate, ...]  # how often each line is used
    shocks: ShockPlan  # what moves demand and prices away from what is expected
    # shape (year, cluster, line); expected cases after true savings, before shocks; the base year first.
    expected_counts: FloatArray
    # shape (cluster, line); proportion of budget and spend that each cluster answers for.
    responsibility: FloatArray
    prices: tuple[LinePrices, ...]  # what is paid for each line
    budgets: tuple[LineBudget, ...]  # how each line's budgets are set
    terms: ClusterTerms  # what each cluster agreed to
    last_year: LastYear | None  # what the outturn of the base year says, where that is known
    earlier: EarlierYears | None  # years before the base year, where budgets rest on them

    @property
    def years_from_base(self) -> int:
        """Financial years from the base year to the first contract year."""
        return self.years[1].start - self.years[0].start

    @property
    def expected_spend_gbp(self) -> FloatArray:
        """Expected spend after true savings, shape (year, cluster, line); the base year first."""
        spend = np.empty(self.expected_counts.shape)
        for at_line, (line, price) in enumerate(zip(self.settings.service_lines, self.prices, strict=True)):
            of_cases = line.unit_cost_gbp.mean_gbp * price.price_index[:, None]
            paid = price.block_gbp if price.totals is None else of_cases * self.expected_counts[..., at_line]
            spend[..., at_line] = paid
            if price.base_year_gbp is not None:
                spend[0, :, at_line] = price.base_year_gbp
        return spend

    @property
    def answered_for(self) -> FloatArray:
        """Proportion of each contract year's budget and spend that clusters answer for, while they take part.

        Shape (year, cluster, line).
        """
        return np.asarray(self.responsibility * self.terms.inside[..., None])

    def per_case_share(self, clusters: Sequence[int]) -> float:
        """Return the part of what is planned for the people of some clusters that is paid per case.

        A true saving is of that part: block contracts know none.
        """
        blocks = [price.block_gbp[1:, clusters] for price in self.prices if price.totals is None]
        planned = self.terms.planned_gbp[:, clusters]
        return 1 - float(sum(block.sum() for block in blocks)) / float(planned.sum()) if blocks else 1.0

    def draw_shocks(self, streams: RandomStreams, block: Block) -> ShockDraws:
        """Draw the shocks of one block of contracts."""
        draws = draw_shocks(self.shocks, self.axes, streams, block)
        return self.last_year.given(draws, self.axes, streams, block) if self.last_year else draws

    def draw(self, streams: RandomStreams, block: Block) -> Spend:
        """Draw demand and spend of one block of contracts."""
        return self.draw_given(self.draw_shocks(streams, block), streams, block)

    def draw_given(self, shocks: ShockDraws, streams: RandomStreams, block: Block) -> Spend:
        """Draw demand and spend of one block of contracts, given its shocks."""
        spend = draw_spend(self.expected_counts, shocks, self.prices, self.axes, streams, block)
        return replace(spend, earlier_gbp=self.draw_earlier(streams, block))

    def draw_earlier(self, streams: RandomStreams, block: Block) -> FloatArray | None:
        """Draw spend of years before the base year, (contract, year, cluster, line), if budgets need it."""
        return self.earlier.draw(self.shocks, self.axes, streams, block) if self.earlier else None

    @property
    def expected_spend(self) -> Spend:
        """A single contract in which all spend is as expected."""
        earlier = self.earlier.expected_gbp[None] if self.earlier else None
        return Spend(self.expected_spend_gbp[None], earlier_gbp=earlier)

    def set_budgets(self, spend: Spend) -> Budgets:
        """Return the budgets that follow from spend."""
        top_slice_share = self.settings.budgets.top_slice_share
        return set_budgets(spend, self.budgets, self.terms, top_slice_share, self.years_from_base)

    def outturn(self, spend: Spend, budgets: Budgets) -> Outturn:
        """Return budget against spend for what each cluster answers for, and what else its care costs."""
        answers_for = self.responsibility
        above = None if spend.above_limit_gbp is None else spend.above_limit_gbp[:, 1:]
        whole = spend.contract_gbp if above is None else spend.contract_gbp + above
        outside = None if (answers_for == 1).all() else (whole * (1 - answers_for)).sum(axis=-1)
        return Outturn(
            budget_gbp=np.asarray((budgets.budget_gbp * answers_for).sum(axis=-1)),
            spend_gbp=np.asarray((spend.contract_gbp * answers_for).sum(axis=-1)),
            top_slice_gbp=np.asarray((budgets.top_slice_gbp * answers_for).sum(axis=-1)),
            annual_budget_gbp=np.asarray((budgets.annual_gbp * answers_for).sum(axis=-1)),
            outside_gbp=outside,
            above_limit_gbp=None if above is None else (above * answers_for).sum(axis=-1),
        )

    def settle(self, outturn: Outturn) -> Outcomes:
        """Return what the rules make of budgets and spend."""
        return settled_outcomes(self.settings.rules, outturn, self.terms, self.axes)

    def prepare(self, alive: Callable[[], None] = lambda: None) -> None:
        """Compute the tables of totals that the simulation is likely to need; call `alive` now and then."""
        for at_line, price in enumerate(self.prices):
            if price.totals is None:
                continue
            expected = self.expected_counts[..., at_line]
            spread = math.exp(3 * math.sqrt(self.shocks.largest_variance(at_line)))
            price.totals.prepare(float(expected.min()) / spread, float(expected.max()) * spread, alive)


def make_plan(scenario: Scenario) -> Plan:
    """Return what the stages need to simulate a scenario."""
    settings = _limited(scenario.settings)
    whole_costs = tuple(line.unit_cost_gbp for line in scenario.settings.service_lines)
    years = settings.contract.financial_years
    lines = settings.service_lines
    population = _population(scenario)
    rates = tuple(_rate(line, scenario) for line in lines)
    planned_rates = tuple(_planned(line, rate) for line, rate in zip(lines, rates, strict=True))
    parts = parts_of_years(rates, [one.financial_years(settings.contract) for one in settings.clusters])
    planned = expected_counts(planned_rates, years, parts, population.need_weighted_people)
    # Shapes (year, cluster): what budgets do not know of.
    kept = 1 - np.array([cluster.savings(len(years) - 1) for cluster in settings.clusters]).T
    lists = np.array([1 + cluster.list_growth_share for cluster in settings.clusters])
    grown = lists ** np.arange(len(years))[:, None]
    drawn = expected_counts(rates, years, parts, population.need_weighted_people)
    drawn *= (np.array([cluster.need for cluster in settings.clusters]) * grown)[..., None]
    drawn[1:] *= kept[..., None]
    axes = Axes(tuple(year.label for year in years), population.clusters, population.lines)
    prices = tuple(
        _prices(line, whole, rate, years, planned[:, :, at_line])
        for at_line, (line, whole, rate) in enumerate(zip(lines, whole_costs, rates, strict=True))
    )
    # At the law without a limit per case: the plan is for all care, whoever pays for it.
    planned_gbp = sum(
        planned[1:, :, at_line] * (whole.mean_gbp * price.price_index[1:, None])
        for at_line, (whole, price) in enumerate(zip(whole_costs, prices, strict=True))
    )
    terms = _terms(settings, population, np.asarray(planned_gbp))
    shocks, last_year = _shocks(scenario), None
    drawn, prices = _as_fitted(shocks.fitted, drawn, prices)
    if csv := settings.budgets.historic.csv:
        base = scenario.amounts[csv, SPEND].array(settings.clusters, [years[0].label], axes.lines)[0]
        # Draws of a history know of its last year already.
        if not shocks.fitted:
            last_year = _last_year(settings, shocks, base, drawn[0], prices, len(years))
            drawn[1:] *= last_year.level
        prices = tuple(_after(price, of_line) for price, of_line in zip(prices, base.T, strict=True))
    return Plan(
        settings,
        axes,
        years,
        population,
        rates,
        shocks,
        drawn,
        _responsibility(settings),
        prices,
        line_budgets(
            settings, planned_rates, years, parts[1:], population.need_weighted_people, scenario.amounts
        ),
        terms,
        last_year,
        _earlier(settings, rates, prices, drawn[0]),
    )


def _earlier(
    settings: ScenarioFile,
    rates: Sequence[LineRate],
    prices: Sequence[LinePrices],
    base_counts: FloatArray,
) -> EarlierYears | None:
    """Return the years before the base year that some budget rests on."""
    rules = [line.budget_rule or settings.budgets.rule for line in settings.service_lines]
    ago = max(rule.base_years for rule in rules) - 1
    return EarlierYears.of(settings, rates, prices, base_counts, ago) if ago else None


def _as_fitted(
    fitted: Fitted | None, expected: FloatArray, prices: tuple[LinePrices, ...]
) -> tuple[FloatArray, tuple[LinePrices, ...]]:
    """Return expected cases, shape (year, cluster, line), and prices, at the level of a history's draws."""
    if fitted is None:
        return expected, prices
    of_cases, of_prices = fitted.levels()
    moved = (
        replace(price, price_index=price.price_index * level)
        for price, level in zip(prices, of_prices.T, strict=True)
    )
    return expected * of_cases, tuple(moved)


def _after(price: LinePrices, base_year_gbp: FloatArray) -> LinePrices:
    """Return what is paid after a base year of known spend, shape (cluster,)."""
    block_gbp = np.concatenate([base_year_gbp[None], price.block_gbp[1:]])
    return replace(price, base_year_gbp=base_year_gbp, block_gbp=block_gbp)


def _last_year(
    settings: ScenarioFile,
    shocks: ShockPlan,
    spend_gbp: FloatArray,
    expected: FloatArray,
    prices: Sequence[LinePrices],
    years: int,
) -> LastYear:
    """Return what spend in the base year says of later years; takes arrays of shape (cluster, line)."""
    mean_gbp = np.array([line.unit_cost_gbp.mean_gbp for line in settings.service_lines])
    of_case = np.array([sum(line.chance_of_a_case) for line in settings.service_lines])
    index = np.array([price.price_index[0] for price in prices])
    # Nothing spent, by chance where few cases are expected, has no logarithm: it is taken to say nothing.
    per_case = np.array([price.totals is not None for price in prices])
    seen = per_case & (expected > 0) & (spend_gbp > 0)
    spent, cases = np.where(seen, spend_gbp, 1.0), np.where(seen, expected, 1.0)
    chance = np.where(seen, of_case, 0.0) / cases
    return LastYear.of(shocks, np.log(spent / (cases * mean_gbp * index)), chance, seen, years)


def _shocks(scenario: Scenario) -> ShockPlan:
    settings = scenario.settings
    shocks, lines = settings.shocks, settings.service_lines
    return ShockPlan(
        shocks,
        tuple(line.pct_shock or shocks.pct.size for line in lines),
        tuple(line.price_shock or shocks.price.size for line in lines),
        tuple(_practice_shares(cluster, scenario) for cluster in settings.clusters),
        doubts_of(settings),
        _fitted(scenario),
    )


def _fitted(scenario: Scenario) -> Fitted | None:
    """Return the draws of a history, where the scenario has them and carries them."""
    settings, posterior = scenario.settings, scenario.posterior
    if posterior is None or not carries_fit(settings):
        return None
    years = settings.contract.financial_years
    base = years[0].start - posterior.years[-1]
    clusters, lines = (
        tuple(one.name for one in some) for some in (settings.clusters, settings.service_lines)
    )
    return Fitted(posterior, settings.fit.sha256 or "", clusters, lines, base, len(years))


def _practice_shares(cluster: Cluster, scenario: Scenario) -> dict[str, float]:
    """Return each practice's share of a cluster's people; practices of one size for a number of people."""
    if cluster.people is not None:
        number = max(round(cluster.people / scenario.settings.shocks.practice.people), 1)
        return {f"{cluster.name} {at + 1}": 1 / number for at in range(number)}
    table = scenario.practices.practices if scenario.practices else ()
    lists = {one.code: sum(one.people_by_group) for one in table if one.code in cluster.practices}
    everyone = sum(lists.values())
    return {code: people / everyone for code, people in lists.items()}


def _limited(settings: ScenarioFile) -> ScenarioFile:
    """Return settings whose unit costs are what clusters answer for under a limit per case."""
    lines = settings.service_lines
    for rule in settings.rules:
        if isinstance(rule, PerCaseLimit):
            lines = tuple(_limited_line(line, rule) for line in lines)
    return settings.model_copy(update={"service_lines": lines})


def _limited_line(line: ServiceLine, rule: PerCaseLimit) -> ServiceLine:
    if line.payment == "block" or not rule.holds_for(line.name):
        return line
    cost = line.unit_cost_gbp
    limit = rule.limit_gbp if cost.limit is None else min(cost.limit, rule.limit_gbp)
    return line.model_copy(update={"unit_cost_gbp": cost.model_copy(update={"limit": limit})})


def _population(scenario: Scenario) -> Population:
    settings = scenario.settings
    members = [
        ClusterMembers(cluster.name, cluster.practices, cluster.people or 0.0)
        for cluster in settings.clusters
    ]
    line_weights = {line.name: line.need_weights for line in settings.service_lines}
    return weigh_population(members, line_weights, scenario.practices, scenario.need_weights)


def _rate(line: ServiceLine, scenario: Scenario) -> LineRate:
    flat = (1.0,) * 12
    season = flat if line.season == FLAT else scenario.seasons[line.season]
    year = (
        line.rate_year if line.rate_year is not None else scenario.settings.contract.financial_years[1].start
    )
    return LineRate(line.rate_per_1000, year, line.growth_share, season)


def _planned(line: ServiceLine, rate: LineRate) -> LineRate:
    """Return how often plans take a line to be used."""
    growth = line.planned_growth_share
    return rate if growth is None else replace(rate, growth_share=growth)


def _prices(
    line: ServiceLine, whole: UnitCost, rate: LineRate, years: Sequence[FinancialYear], planned: FloatArray
) -> LinePrices:
    price_gbp = price_of_case_gbp(line, rate, years)
    limit_gbp = None if line.unit_cost_gbp.limit == whole.limit else line.unit_cost_gbp.limit
    totals = None if line.payment == "block" else CompoundTotals(line.count, whole, limit_gbp)
    return LinePrices(totals, price_gbp / line.unit_cost_gbp.mean_gbp, planned * price_gbp[:, None])


def _responsibility(settings: ScenarioFile) -> FloatArray:
    lines = [line.name for line in settings.service_lines]
    return np.array(
        [
            [
                cluster.proportion if cluster.service_lines is None or line in cluster.service_lines else 0.0
                for line in lines
            ]
            for cluster in settings.clusters
        ]
    )


def _terms(settings: ScenarioFile, population: Population, planned_gbp: FloatArray) -> ClusterTerms:
    clusters = settings.clusters
    bonds = [math.nan if cluster.bond_gbp is None else cluster.bond_gbp for cluster in clusters]
    return ClusterTerms(
        names=population.clusters,
        people=population.people,
        takes_share=np.array([cluster.takes_share for cluster in clusters]),
        bond_gbp=np.array(bonds),
        months=np.array([one.months_inside(settings.contract) for one in clusters]).T,
        planned_gbp=planned_gbp,
    )
