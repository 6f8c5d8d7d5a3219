"""The answer to `check`: the scheme in words, and what a scenario expects before any chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from simulator.answers.answer import Answer
from simulator.answers.extremes import MOST_ROWS
from simulator.answers.rule_notes import budgets_that_follow_growth, rule_notes, scheme_notes
from simulator.answers.table import Column, Table, numbers, people, pounds, shares, text
from simulator.budgets.rebasing import rebasing_in_words
from simulator.demand.shock_laws import AnyShockLaw
from simulator.payments.payment import in_short
from simulator.plain_words import joined, listed, per_cent_of, spaced
from simulator.records import Budgets, Clusters, FinancialYear, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.doubts import A_YEAR, carries_fit, sizes_of_doubt
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan


@dataclass(frozen=True)
class CheckAnswer(Answer):
    """What a scenario says, and where it was read from."""

    scenario: Scenario
    plan: Plan
    source: str
    where_the_rest_is = (
        "PCTs stand by size, the largest first. --pct NAME checks one, and shows its clusters."
    )

    def opening(self) -> tuple[str, ...]:
        """Return what was checked."""
        plan = self.plan
        months = " + ".join(str(count) for count in plan.terms.year_months)
        return (
            f"{self.source} is a valid scenario: {plan.settings.title}",
            *(f"  with {one}" for one in self.scenario.laid_over),
            f"{plan.settings.pct.name}, {plan.years[1].label} to {plan.years[-1].label}: {months} months.",
            "Expected values, exact: nothing is simulated here.",
        )

    def sentences(self) -> tuple[str, ...]:
        """Return the scheme in words: rules, budgets, growth and shocks."""
        settings = self.plan.settings
        rules = tuple(rule_notes(settings.rules)) or ("There is no rule about money.",)
        growth = (self._growth_in_words(), *self._planned_growth_in_words())
        chance = (*growth, self._shocks_in_words(), *self._between_pcts_in_words(), *self._doubt_in_words())
        return (*rules, *self._budgets_in_words(), *chance)

    def _budgets_in_words(self) -> Iterator[str]:
        settings = self.plan.settings
        own = {line.name: line.budget_rule for line in settings.service_lines if line.budget_rule}
        if len(own) < len(settings.service_lines):
            yield f"Budgets are {settings.budgets.rule.in_words()}."
        for name, rule in own.items():
            yield f"The budget for {name.replace('_', ' ')} is {rule.in_words()}."
        if csv := settings.budgets.historic.csv:
            yield f"Past spend is that of the table {csv}."
        if self.plan.last_year is not None:
            yield "What demand is expected to be moves with it as far as that is credible."
            shocks = settings.shocks
            if not (shocks.cluster_line.sd_share or shocks.cluster_line_year.sd_share):
                yield (
                    "No shock lets a cluster's kinds of care differ (shocks.cluster_line, "
                    "cluster_line_year): those with the least chance in them say most of all."
                )
        if settings.budgets.rebased_share:
            yield rebasing_in_words(settings.budgets.rebased_share)
        if settings.budgets.top_slice_share:
            held = per_cent_of(settings.budgets.top_slice_share)
            yield f"Of every budget the PCT holds back {held} as contingency."

    def _growth_in_words(self) -> str:
        by_growth: dict[float, list[str]] = {}
        for line in self.plan.settings.service_lines:
            by_growth.setdefault(line.growth_share, []).append(line.name)
        if list(by_growth) == [0]:
            return "Cases are not expected to grow."
        each = (
            f"{per_cent_of(growth)} a year for {listed(names) if len(by_growth) > 1 else 'all care'}"
            for growth, names in by_growth.items()
        )
        follow = "rise with it" if budgets_that_follow_growth(self.plan.settings) else "do not follow it"
        return f"Cases are expected to grow by {', '.join(each)}; budgets {follow}."

    def _planned_growth_in_words(self) -> Iterator[str]:
        for line in self.plan.settings.service_lines:
            if line.planned_growth_share is not None:
                growth = per_cent_of(line.planned_growth_share)
                yield f"Plans take cases of {line.name.replace('_', ' ')} to grow by {growth} a year."

    def _shocks_in_words(self) -> str:
        shocks = self.plan.settings.shocks
        found = {
            "to a kind of care in the whole PCT in a year": _sizes(self.plan.shocks.sizes),
            "to a cluster for good (need that nobody measured)": _sizes((shocks.cluster,)),
            "to a practice for good": _sizes((shocks.practice.size,)),
            "to a cluster in a year": _sizes((shocks.cluster_year,)),
            "to a cluster's kind of care for good": _sizes((shocks.cluster_line,)),
            "to a cluster's kind of care in a year": _sizes((shocks.cluster_line_year,)),
        }
        said = "; ".join(f"{size} {what}" for what, size in found.items() if size)
        if said:
            return f"Shocks move expected cases by a standard deviation of {said}."
        return "No shock moves expected cases: chance alone decides."

    def _between_pcts_in_words(self) -> Iterator[str]:
        shocks = self.plan.settings.shocks
        moved = {
            "demand": (shocks.pct, self.plan.shocks.sizes),
            "prices": (shocks.price, self.plan.shocks.price_sizes),
        }
        for what, (shock, sizes) in moved.items():
            if self.plan.axes.pcts and _sizes(sizes):
                between = per_cent_of(shock.correlation_between_pcts)
                yield f"What moves the {what} of a PCT has a correlation of {between} with another PCT's."

    def _doubt_in_words(self) -> Iterator[str]:
        if moved := _sizes(self.plan.shocks.price_sizes):
            yield f"Shocks move the prices of a kind of care in a year by a standard deviation of {moved}."
        if drift := self.plan.settings.shocks.pct.growth_drift_sd_share:
            yield f"Growth itself moves by a standard deviation of {per_cent_of(drift)} a year."
        yield from self._fit_in_words()
        if unsure := sizes_of_doubt(self.plan.settings):
            kept = "is drawn in each contract"
            if not self.plan.settings.doubt.carried:
                kept = "is left out, so that each figure is its mean"
            each = (
                f"{kind} {_range(sizes)}{' a year' if kind in A_YEAR else ''}"
                for kind, sizes in unsure.items()
            )
            yield f"What is not known {kept}. Standard deviations: {', '.join(each)}."

    def _fit_in_words(self) -> Iterator[str]:
        posterior, settings = self.scenario.posterior, self.plan.settings
        if posterior is None:
            return
        span = f"{FinancialYear(posterior.years[0]).label} to {FinancialYear(posterior.years[-1]).label}"
        if not carries_fit(settings):
            yield f"What a history of {span} leaves unknown is left out, so that all is as the file says."
            return
        yield (
            f"Each contract takes one of {posterior.rows:,} draws of what a history of {span} leaves "
            "unknown, in place of the shocks above."
        )
        without = [line.name for line in settings.service_lines if line.name not in posterior.lines]
        others = [one.name for one in settings.clusters if one.name not in posterior.clusters]
        if without:
            yield f"{joined(without)}: no history, and so PCT-wide shocks alone."
        if others:
            yield f"{joined(others)}: no history of their own, and so drawn as any cluster may be."

    def tables(self) -> tuple[Table, ...]:
        """Return people, budgets by kind of care, budget against expected spend by year, and rates."""
        return (
            self._people(),
            self._budgets(),
            *self._last_year(),
            *self._actions(),
            self._against_spend(),
            self._rates(),
        )

    def _people(self) -> Table:
        settings, population = self.plan.settings, self.plan.population
        practices = [len(cluster.practices) for cluster in settings.clusters]
        # Lines with the same weights have the same people: the last of them stands for all.
        at_line = {line.need_weights: at for at, line in enumerate(settings.service_lines)}
        columns = (
            *([numbers("practices", self._with_total(practices))] if any(practices) else []),
            people(self._with_total(population.people)),
            *(
                people(
                    self._with_total(population.need_weighted_people[:, at]),
                    f"weighted by {weights.removeprefix('weighted_')}",
                )
                for weights, at in at_line.items()
            ),
        )
        return self._by_cluster("people", "People", *columns)

    def _budgets(self) -> Table:
        budgets = expected_annual_budgets_gbp(self.plan)
        totals = budgets.sum(axis=1)
        heads = self._with_total(self.plan.population.people)
        a_head = [gbp / head for gbp, head in zip(self._with_total(totals), heads, strict=True)]
        lines = (
            pounds(spaced(line), self._with_total(of_line), f"{line}_gbp")
            for line, of_line in zip(self.plan.axes.lines, budgets.T, strict=True)
        )
        year = self.plan.years[1].label if not self.plan.terms.first_year.any() else "each one's first year"
        title = f"Expected budgets for what clusters answer for, {year} at the rate of a whole year"
        total = pounds("total", self._with_total(totals))
        return self._by_cluster("budgets", title, *lines, total, pounds("a head of list", a_head))

    def _last_year(self) -> Iterator[Table]:
        plan, known = self.plan, self.plan.last_year
        if known is None:
            return
        base, first = plan.years[:2]
        spent, then = plan.expected_care_gbp[:2] * known.seen
        index = np.array([price.price_index[0] for price in plan.prices])
        costs = index * [line.unit_cost_gbp.mean_gbp for line in plan.settings.service_lines]
        by_rates, before = plan.expected_counts[0] * costs * known.seen, then / known.level[0]
        amounts = [self._with_total(gbp.sum(axis=1)) for gbp in (spent, by_rates, then, before)]
        outturn, of_rates, now, without = amounts
        yield self._by_cluster(
            "last year's outturn",
            "What last year's outturn says, of all care paid per case: more than rates expect, then and now",
            pounds(f"outturn {base.label}", outturn),
            pounds("expected by rates", of_rates),
            shares("more", _above(outturn, of_rates)),
            shares(f"more expected {first.label}", _above(now, without)),
        )

    def _actions(self) -> Iterator[Table]:
        actions = self.plan.actions
        if not actions.every:
            return
        every, chancy = actions.every, {one.name for one in actions.drawn}
        costs = [one.cost_gbp(actions.scene).sum(axis=1) for one in every]
        columns = (
            text("action", [one.name for one in every]),
            text("kind", [spaced(one.action) for one in every]),
            text("clusters", [listed(one.clusters) if one.clusters else "all" for one in every]),
            text("acts on", ["what is drawn" if one.name in chancy else "what is expected" for one in every]),
            *(
                pounds(f"cost {year.label}", [float(cost[at]) for cost in costs])
                for at, year in enumerate(self.plan.years[1:])
            ),
        )
        title = "What clusters do, and what that costs: costs are certain, what they bring is in `run`"
        yield Table("actions", title, columns)

    def _against_spend(self) -> Table:
        budgets = (_expected_budgets(self.plan).budget_gbp[0] * self.plan.answered_for).sum(axis=-1)
        spend = (self.plan.expected_spend_gbp[1:] * self.plan.answered_for).sum(axis=-1)
        spend = spend + self.plan.actions.cost_gbp()
        amounts = {"budget": budgets, "spend": spend, "budget less spend": budgets - spend}
        columns = [
            pounds(f"{heading} {year.label}", self._with_total(by_year[at]))
            for at, year in enumerate(self.plan.years[1:])
            for heading, by_year in amounts.items()
        ]
        title = (
            "Do budgets keep up with expected spend? Of what clusters answer for, in the contract's months"
        )
        return self._by_cluster("budget against spend", title, *columns)

    def _rates(self) -> Table:
        lines = self.plan.settings.service_lines
        costs = [line.unit_cost_gbp.mean_gbp for line in lines]
        per_head = [line.rate_per_1000 / 1000 * cost for line, cost in zip(lines, costs, strict=True)]
        spread = [float(np.sqrt(line.unit_cost_gbp.variance_gbp2)) for line in lines]
        columns = (
            text("service line", [spaced(line.name) for line in lines]),
            numbers("a year per 1,000", [line.rate_per_1000 for line in lines]),
            pounds("a case", costs),
            pounds("a head", per_head),
            text("law of cost", [line.unit_cost_gbp.model for line in lines]),
            numbers("cv of cost", [sd / cost for sd, cost in zip(spread, costs, strict=True)]),
            shares("growth a year", [line.growth_share for line in lines]),
            text("payment", [in_short(line.payment) for line in lines]),
        )
        return Table("rates", "Rates and prices, of the year that each line says", columns)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        whole = "All PCTs together have" if self.plan.axes.pcts else "The whole PCT has"
        if only := self.plan.settings.pct.only:
            whole = f"The clusters of {only} have"
        return (
            f"{whole} {self.plan.population.pct_people:,.0f} people.",
            "Sources of the scenario's figures, and which are assumptions, are marked in its file.",
            *scheme_notes(self.scenario),
        )

    def _by_cluster(self, name: str, title: str, *columns: Column) -> Table:
        key, together = ("PCT", "All PCTs together") if self._of_pcts else ("cluster", ALL_CLUSTERS)
        rows = text(key, (*self._groups, together))
        return Table(name, title, (rows, *columns), rows_apart=1)

    @property
    def _of_pcts(self) -> bool:
        """Whether there are too many clusters to show, so that each row is of a PCT."""
        return bool(self.plan.axes.pcts) and len(self.plan.axes.clusters) > MOST_ROWS

    @cached_property
    def _groups(self) -> dict[str, Clusters]:
        """The clusters of each row by its name: every one, or those of each PCT, the largest first."""
        if not self._of_pcts:
            return {name: [at] for at, name in enumerate(self.plan.axes.clusters)}
        pcts, sizes = self.plan.axes.clusters_of_pcts(), self.plan.population.people
        return dict(sorted(pcts.items(), key=lambda one: -float(sizes[one[1]].sum())))

    def _with_total(self, amounts: ArrayLike) -> list[float]:
        """Return amounts by cluster as rows have them, and then their sum."""
        found = np.asarray(amounts, dtype=float)
        return [*(float(found[clusters].sum()) for clusters in self._groups.values()), float(found.sum())]


def expected_annual_budgets_gbp(plan: Plan) -> FloatArray:
    """Return the first year's expected budgets at the rate of a whole year, shape (cluster, line)."""
    return np.asarray(_expected_budgets(plan).annual_gbp[0] * plan.responsibility)


def _expected_budgets(plan: Plan) -> Budgets:
    """Return the budgets of expected spend, of a single contract."""
    # Budget rules are linear in past spend, so that the budget of expected spend is the expected budget.
    return plan.set_budgets(plan.expected_spend)


def _above(amounts: list[float], others: list[float]) -> list[float]:
    """Return by what share amounts are above others; nothing where there are none."""
    pairs = zip(amounts, others, strict=True)
    return [round(amount / other - 1, 4) if other else 0.0 for amount, other in pairs]


def _sizes(laws: tuple[AnyShockLaw, ...]) -> str:
    """Return the sizes of shocks, from the smallest to the largest; nothing where there are none."""
    sizes = sorted({law.sd_share for law in laws})
    return _range(sizes) if sizes[-1] else ""


def _range(sizes: Sequence[float]) -> str:
    """Return the smallest and the largest of sizes, which rise."""
    return " to ".join(per_cent_of(size) for size in dict.fromkeys((sizes[0], sizes[-1])))
