"""A plan: a scenario made ready to draw."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.actions.acting import Actions
from simulator.actions.avoiding import kept
from simulator.actions.scene import Care
from simulator.budgets.budgets import LineBudget, set_budgets
from simulator.budgets.rebasing import rebased
from simulator.compounds.making_tables import Missing, make_tables
from simulator.compounds.spend import LinePrices, draw_spend
from simulator.demand.expected_counts import LineRate, expected_counts, parts_of_years
from simulator.demand.last_year import LastYear
from simulator.demand.shocks import ShockDraws, ShockPlan, draw_shocks
from simulator.execution.blocks import Workers
from simulator.payments.paying import LinePayment, pay
from simulator.population.need import ClusterMembers, weigh_population
from simulator.random_streams import RandomStreams
from simulator.records import (
    WITHHELD,
    Account,
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
    SpendElsewhere,
)
from simulator.rules.settlement import settled_outcomes
from simulator.scenario.amounts import SPEND
from simulator.scenario.checks import FLAT
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import ScenarioFile, ServiceLine
from simulator.simulation.actions import actions_of
from simulator.simulation.cluster_terms import responsibility_of, terms_of_clusters
from simulator.simulation.earlier_years import EarlierYears
from simulator.simulation.learned import LearnedBudgets, expected_care
from simulator.simulation.line_budgets import line_budgets
from simulator.simulation.line_prices import (
    after_known_year,
    as_fitted,
    limited,
    line_payments,
    line_prices,
    with_earlier,
)
from simulator.simulation.practice_income import core_income
from simulator.simulation.shocks_of_plan import known_last_year, shock_plan
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
    prices: tuple[LinePrices, ...]  # what care of each line costs at the tariff
    payments: tuple[LinePayment, ...]  # what hospitals are paid for it
    budgets: tuple[LineBudget, ...]  # how each line's budgets are set
    terms: ClusterTerms  # what each cluster agreed to
    last_year: LastYear | None  # what the outturn of the base year says, where that is known
    earlier: EarlierYears | None  # years before the base year, where budgets rest on them
    actions: Actions  # what clusters do
    learned: LearnedBudgets | None = None  # budgets that rest on shadow years, in place of any rule

    @property
    def years_from_base(self) -> int:
        """Financial years from the base year to the first contract year."""
        return self.years[1].start - self.years[0].start

    @property
    def expected_care_gbp(self) -> FloatArray:
        """What care after true savings is expected to be worth at the tariff, shape (year, cluster, line).

        The base year first; of what is a fixed sum, that.
        """
        return expected_care(self.settings.service_lines, self.prices, self.expected_counts)

    @property
    def expected_spend_gbp(self) -> FloatArray:
        """What is paid where all care is as expected after true savings, shape (year, cluster, line).

        The base year first. Where payment is not in proportion to care, the mean of what is paid differs.
        """
        return np.asarray(self.expected_spend.gbp[0])

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
        """Draw demand and what it costs at the tariff, and what actions make of it."""
        return self.act(self.draw_before_actions(streams, block), streams, block).spend

    def draw_before_actions(self, streams: RandomStreams, block: Block) -> Spend:
        """Draw demand, and what it costs at the tariff, before actions that act on what is drawn."""
        return self.draw_given(self.draw_shocks(streams, block), streams, block)

    def act(self, spend: Spend, streams: RandomStreams, block: Block) -> Care:
        """Return what actions make of the spend of one block of contracts."""
        return self.actions.act(spend, self.books, streams, block)

    def draw_given(self, shocks: ShockDraws, streams: RandomStreams, block: Block) -> Spend:
        """Draw demand and what it costs at the tariff before actions, given the shocks of a block."""
        spend = draw_spend(self.expected_counts, shocks, self.prices, self.axes, streams, block)
        return replace(spend, earlier_gbp=self.draw_earlier(streams, block))

    def draw_earlier(self, streams: RandomStreams, block: Block) -> FloatArray | None:
        """Draw spend of years before the base year, (contract, year, cluster, line), if budgets need it."""
        return self.earlier.draw(self.shocks, self.axes, streams, block) if self.earlier else None

    def pay(self, spend: Spend) -> Spend:
        """Return what is spent where care, which was drawn at the tariff, is paid as agreed."""
        return pay(spend, self.payments)

    @property
    def expected_care(self) -> Spend:
        """A single contract in which all care is as expected, at the tariff."""
        earlier = self.earlier.expected_gbp[None] if self.earlier else None
        return Spend(self.expected_care_gbp[None], earlier_gbp=earlier)

    @property
    def expected_spend(self) -> Spend:
        """A single contract in which all care is as expected, as it is paid."""
        return self.pay(self.expected_care)

    def set_budgets(self, spend: Spend) -> Budgets:
        """Return the budgets that follow from spend."""
        top_slice_share = self.settings.budgets.top_slice_share
        if self.learned:
            first_year = self.terms.first_year
            past = spend.base_years_gbp
            budgets = self.learned.set_budgets(past, self.budgets, first_year, top_slice_share)
        else:
            budgets = set_budgets(spend, self.budgets, self.terms, top_slice_share, self.years_from_base)
        if not (share := self.settings.budgets.rebased_share):
            return budgets
        shares = share, top_slice_share
        return rebased(budgets, spend, self.budgets, self.terms, shares, by_rule=self.learned is None)

    def outturn(self, spend: Spend, budgets: Budgets) -> Outturn:
        """Return budget against spend for what each cluster answers for, and what else its care costs."""
        answers_for = self.responsibility
        above = None if spend.above_limit_gbp is None else spend.above_limit_gbp[:, 1:]
        whole = spend.contract_gbp if above is None else spend.contract_gbp + above
        withheld = None if spend.withheld_gbp is None else spend.withheld_gbp[:, 1:]
        paid = spend.contract_gbp if withheld is None else spend.contract_gbp - withheld
        # What is withheld of care outside budgets is not paid either.
        to_hospitals = whole if withheld is None else whole - withheld
        outside = None if (answers_for == 1).all() else (to_hospitals * (1 - answers_for)).sum(axis=-1)
        to_schemes = () if withheld is None else (self._answered_for(withheld),)
        spend_gbp = self._answered_for(spend.contract_gbp)
        costs = tuple(self.actions.paid(spend))
        if outside is not None:
            outside = sum((one.outside_gbp for one in costs if one.outside_gbp is not None), outside)
        return Outturn(
            budget_gbp=self._answered_for(budgets.budget_gbp),
            spend_gbp=sum((one.gbp for one in costs), spend_gbp),
            top_slice_gbp=self._answered_for(budgets.top_slice_gbp),
            annual_budget_gbp=self._answered_for(budgets.annual_gbp),
            outside_gbp=outside,
            above_limit_gbp=None if above is None else self._answered_for(above),
            elsewhere=(
                *costs,
                *(SpendElsewhere(WITHHELD, Account.REINVESTMENT, gbp) for gbp in to_schemes),
                *core_income(self.settings.service_lines, paid, answers_for),
            ),
            held_back_gbp=spend.held_back_gbp,
            besides=self.actions.besides(),
        )

    def _answered_for(self, gbp: FloatArray) -> FloatArray:
        """Return what of each line's pounds clusters answer for, in all; the last axis is lines."""
        whole = bool((self.responsibility == 1).all())
        return np.asarray((gbp if whole else gbp * self.responsibility).sum(axis=-1))

    def books(self, care: Spend) -> tuple[Spend, Outturn]:
        """Return what is paid for care, and how that stands to the budgets that follow from it."""
        spend = self.pay(care)
        return spend, self.outturn(spend, self.set_budgets(spend))

    def settle(self, outturn: Outturn, *, bonds_needed: bool = True) -> Outcomes:
        """Return what the rules make of budgets and spend; see `settled_outcomes`."""
        rules = self.settings.rules
        return settled_outcomes(rules, outturn, self.terms, self.axes, bonds_needed=bonds_needed)

    def prepare(self, workers: Workers = 1, alive: Callable[[], None] = lambda: None) -> None:
        """Compute the tables of totals that the simulation is likely to need; call `alive` now and then."""
        missing: list[Missing] = []
        for at_line, price in enumerate(self.prices):
            if price.totals is None:
                continue
            expected = self.expected_counts[..., at_line]
            spread = math.exp(3 * math.sqrt(self.shocks.largest_variance(at_line)))
            missing += price.totals.missing(float(expected.min()) / spread, float(expected.max()) * spread)
        make_tables(missing, workers, alive)


def make_plan(scenario: Scenario) -> Plan:
    """Return what the stages need to simulate a scenario."""
    settings = limited(scenario.settings)
    bare = replace(scenario, settings=scenario.settings.model_copy(update={"rules": ()}))
    return replace(_without_rules(bare, settings.service_lines), settings=settings)


def with_rules_of(plan: Plan, planned: Scenario, scenario: Scenario) -> Plan | None:
    """Return the plan of a scenario that differs by rules alone from the one that was planned, or None."""
    sections = set(ScenarioFile.model_fields) - {"title", "question", "rules", "document"}
    tables = ("practices", "need_weights", "seasons", "posterior")
    pairs = [(getattr(scenario.settings, one), getattr(planned.settings, one)) for one in sections]
    pairs += [(getattr(scenario, one), getattr(planned, one)) for one in tables]
    pairs += [(table, planned.amounts.get(name)) for name, table in scenario.amounts.items()]
    if not all(_is_same(*pair) for pair in pairs):
        return None
    settings = limited(scenario.settings)
    # A limit per case is a rule that lines know of.
    limits = [[line.unit_cost_gbp.limit for line in one.service_lines] for one in (settings, plan.settings)]
    return replace(plan, settings=settings) if limits[0] == limits[1] else None


def _is_same(one: object, other: object) -> bool:
    """Return whether two are the same object, or tuples of the same."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(operator.is_, one, other))
    return one is other


def _without_rules(scenario: Scenario, lines: tuple[ServiceLine, ...]) -> Plan:
    """Return a plan without the rules, which settle what is drawn; lines know of a limit per case."""
    settings = scenario.settings.model_copy(update={"service_lines": lines})
    whole_costs = tuple(line.unit_cost_gbp for line in scenario.settings.service_lines)
    years = settings.contract.financial_years
    population = _population(scenario)
    rates = tuple(_rate(line, scenario) for line in lines)
    planned_rates = tuple(_planned(line, rate) for line, rate in zip(lines, rates, strict=True))
    parts = parts_of_years(rates, [one.financial_years(settings.contract) for one in settings.clusters])
    shadow_years = settings.contract.shadow_years
    planned = expected_counts(planned_rates, years, parts, population.need_weighted_people)
    drawn = expected_counts(rates, years, parts, population.need_weighted_people)
    unsaved = _move_what_budgets_do_not_know(drawn, settings)
    names = population.clusters, population.lines, settings.pct_of_clusters
    axes = Axes(tuple(year.label for year in years), *names)
    responsibility = responsibility_of(settings)
    # Months share out whole cases: no limit moves a pound that hospitals are paid.
    actions = actions_of(scenario.settings, years, rates, population, drawn[1:], responsibility)
    drawn[1:] *= actions.on_cases()
    prices = tuple(
        line_prices(line, whole, rate, years, planned[:, :, at_line])
        for at_line, (line, whole, rate) in enumerate(zip(lines, whole_costs, rates, strict=True))
    )
    terms = terms_of_clusters(settings, population, _planned_gbp(planned[1:], whole_costs, prices))
    shocks, last_year = shock_plan(scenario), None
    drawn, prices = as_fitted(shocks.fitted, drawn, prices)
    if csv := settings.budgets.historic.csv:
        base = scenario.amounts[csv, SPEND].array(settings.clusters, [years[0].label], axes.lines)[0]
        # Draws of a history know of its last year already.
        if not shocks.fitted:
            last_year = known_last_year(settings, shocks, base, drawn[0], prices, len(years))
            drawn[1:] *= last_year.level
        prices = tuple(
            after_known_year(price, of_line) for price, of_line in zip(prices, base.T, strict=True)
        )
    payments, prices = line_payments(lines, whole_costs, prices, population.people, parts)
    earlier = _earlier(settings, rates, prices, drawn[0])
    return Plan(
        settings,
        axes,
        years,
        population,
        rates,
        shocks,
        drawn,
        responsibility,
        prices,
        payments if earlier is None else with_earlier(payments, earlier.prices),
        line_budgets(
            settings, planned_rates, years, parts[1:], population.need_weighted_people, scenario.amounts
        ),
        terms,
        last_year,
        earlier,
        actions,
        LearnedBudgets.of(shocks, lines, prices, unsaved, earlier, shadow_years) if shadow_years else None,
    )


def _planned_gbp(
    planned: FloatArray, whole_costs: Sequence[UnitCost], prices: Sequence[LinePrices]
) -> FloatArray:
    """Return what planned cases, shape (year, cluster, line), cost, whoever pays, shape (year, cluster)."""
    # At the law without a limit per case: the plan is for all care.
    of_lines = (
        planned[..., at_line] * (whole.mean_gbp * price.price_index[1:, None])
        for at_line, (whole, price) in enumerate(zip(whole_costs, prices, strict=True))
    )
    return np.asarray(sum(of_lines))


def _move_what_budgets_do_not_know(expected: FloatArray, settings: ScenarioFile) -> FloatArray:
    """Multiply expected cases, shape (year, cluster, line), by need, growth of lists and true savings.

    Returns them before true savings.
    """
    years, shadow_years = len(expected), settings.contract.shadow_years
    lists = np.array([1 + cluster.list_growth_share for cluster in settings.clusters])
    grown = lists ** np.arange(years)[:, None]
    expected *= (np.array([cluster.need for cluster in settings.clusters]) * grown)[..., None]
    unsaved = expected.copy()
    savings = [cluster.savings(years - 1, shadow_years) for cluster in settings.clusters]
    expected[1:] *= kept(np.array(savings).T)[..., None]
    return unsaved


def _earlier(
    settings: ScenarioFile,
    rates: Sequence[LineRate],
    prices: Sequence[LinePrices],
    base_counts: FloatArray,
) -> EarlierYears | None:
    """Return the years before the base year that some budget rests on."""
    rules = [line.budget_rule or settings.budgets.rule for line in settings.service_lines]
    ago = (settings.contract.shadow_years or max(rule.base_years for rule in rules)) - 1
    return EarlierYears.of(settings, rates, prices, base_counts, ago) if ago else None


def _population(scenario: Scenario) -> Population:
    settings = scenario.settings
    members = [
        ClusterMembers(cluster.name, cluster.practices, cluster.people or 0.0)
        for cluster in settings.clusters
    ]
    line_weights = {line.name: line.need_weights for line in settings.service_lines}
    found = weigh_population(members, line_weights, scenario.practices, scenario.need_weights)
    # Of one PCT among several its clusters' people are known, and no others of its own.
    alone = scenario.settings.pct.only is not None
    return replace(found, pct_people=float(found.people.sum())) if alone else found


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
