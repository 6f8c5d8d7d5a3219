"""The rest of a year that is under way: drawn month by month, given what its first months say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulator.compounds.totals import CompoundTotals
from simulator.questions.forecast.actuals import Actuals
from simulator.questions.forecast.posterior import Posterior, learnt, log_factors
from simulator.questions.forecast.year_end import YearEnd
from simulator.questions.months.ask import Months
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray, Outcomes, Outturn
from simulator.rules.settlement import settled_outcomes
from simulator.simulation.plan import Plan


@dataclass(frozen=True)
class YearUnderWay:
    """A contract year of which the first months are known. Arrays have the clusters that are told of."""

    plan: Plan  # the scenario, ready to draw
    actuals: Actuals  # its first months
    given_budgets_gbp: Mapping[str, float]  # by cluster; where there are none, the expected ones stand

    @property
    def clusters(self) -> tuple[str, ...]:
        """Names of the clusters that are told of."""
        return tuple(self.plan.axes.clusters[at] for at in self.actuals.clusters)

    @cached_property
    def months(self) -> Months:
        """The year's months, and their shares of its cases."""
        return Months(self.plan, self.actuals.at_year)

    @cached_property
    def per_case(self) -> dict[int, CompoundTotals]:
        """Laws of the lines that are paid per case, by position: shocks act on them alone."""
        prices = enumerate(self.plan.prices)
        return {at: price.totals for at, price in prices if price.totals is not None}

    @cached_property
    def year_end(self) -> YearEnd:
        """What terms of payment make of the whole year."""
        return YearEnd.of(self.plan, self.actuals.at_year, self.actuals.clusters)

    @property
    def known_worth_gbp(self) -> FloatArray:
        """What care so far is worth on lines that are paid on terms, shape (cluster, line on terms)."""
        # Lines that nobody answers for may be left out of what is told.
        told = np.nan_to_num(self.actuals.spend_gbp[:, :, list(self.year_end.lines)])
        return np.asarray(told.sum(axis=0))

    @property
    def answers_for(self) -> FloatArray:
        """Proportion of spend that each cluster answers for, shape (cluster, line)."""
        return self.plan.responsibility[list(self.actuals.clusters)]

    @cached_property
    def expected_counts(self) -> FloatArray:
        """Expected cases without shocks, shape (month, cluster, line)."""
        of_year = self.plan.expected_counts[self.actuals.at_year, list(self.actuals.clusters)]
        return np.asarray(of_year * self.months.shares[:, None, :])

    @cached_property
    def expected_gbp(self) -> FloatArray:
        """Expected spend without shocks, of lines on terms what care is worth, (month, cluster, line)."""
        of_year = self.plan.expected_care_gbp[self.actuals.at_year, list(self.actuals.clusters)]
        of_year = of_year * self.year_end.tariff
        return np.asarray(of_year * self.months.shares[:, None, :])

    @cached_property
    def costs_gbp(self) -> FloatArray:
        """What actions cost the budget, as planned, shape (month, cluster)."""
        months = self.plan.actions.cost_by_month_gbp(self.actuals.at_year - 1)
        return np.asarray(months[-len(self.months.calendar) :, list(self.actuals.clusters)])

    @property
    def known_gbp(self) -> FloatArray:
        """Spend so far, then on fixed sums and actions alone, that clusters answer for, (month, cluster)."""
        known = self.expected_gbp.copy()
        known[self.actuals.months :, :, list(self.per_case)] = 0.0
        so_far = known[: self.actuals.months]
        told = ~np.isnan(self.actuals.spend_gbp)
        so_far[told] = self.actuals.spend_gbp[told]
        return np.asarray((known * self.answers_for).sum(axis=-1)) + self.costs_gbp

    @cached_property
    def _expected_budgets_gbp(self) -> tuple[FloatArray, FloatArray]:
        """Expected budgets of the year, and of the first at the rate of a whole year, shape (cluster,)."""
        # Every rule is linear in past spend, whose mean is known: no draws are needed.
        budgets = self.plan.set_budgets(self.plan.expected_spend)
        of_year, annual = budgets.budget_gbp[0, self.actuals.at_year - 1], budgets.annual_gbp[0]
        own = list(self.actuals.clusters)
        return (of_year[own] * self.answers_for).sum(axis=-1), (annual[own] * self.answers_for).sum(axis=-1)

    @property
    def budget_gbp(self) -> FloatArray:
        """Budget of the year, shape (cluster,)."""
        if self.given_budgets_gbp:
            return np.array([self.given_budgets_gbp[name] for name in self.clusters])
        return self._expected_budgets_gbp[0]

    @property
    def phased_gbp(self) -> FloatArray:
        """The budget by month as spend is expected, shape (month, cluster)."""
        expected = (self.expected_gbp * self.answers_for).sum(axis=-1) + self.costs_gbp
        whole = expected.sum(axis=0)
        evenly = np.full(expected.shape, 1 / len(expected))
        return np.asarray(np.divide(expected, whole, out=evenly, where=whole > 0) * self.budget_gbp)

    def learnt(self, streams: RandomStreams) -> Posterior:
        """Return what the months so far say of the year's shocks."""
        so_far = self.expected_counts[: self.actuals.months].sum(axis=0)
        return learnt(self.plan, self.actuals, so_far, list(self.per_case), streams)

    def draw(
        self, posterior: Posterior, streams: RandomStreams, contracts: int, block: Block
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        """Draw what is still to come, and what it comes from.

        Returns spend on what is paid per case and answered for, shape (contract, month to come, cluster);
        factors on spend, shape (contract, cluster, line paid per case); and what all care to come is worth
        on lines that are paid on terms, shape (contract, cluster, line on terms).
        """
        plan, at_year, lines = self.plan, self.actuals.at_year, list(self.per_case)
        shocks = plan.draw_shocks(streams, block)
        prior = log_factors(shocks, at_year, self.actuals.clusters, lines)
        noise = streams.generator("what is seen", block=block.number)
        normals = noise.standard_normal((block.contracts, posterior.noise_sd.size))
        factors = np.exp(posterior.moved(prior, normals))
        by_line = (block.contracts, -1, len(lines))
        on_cases = factors[:, : len(self.clusters) * len(lines)].reshape(by_line)
        on_prices = factors[:, None, len(self.clusters) * len(lines) :]
        to_come = self.months.calendar[self.actuals.months :]
        spend_gbp = np.zeros((block.contracts, len(to_come), len(self.clusters)), order="F")
        on_terms, tariff = self.year_end.lines, self.year_end.tariff
        worth_gbp = np.zeros((block.contracts, len(self.clusters), len(on_terms)), order="F")
        for at_cluster, cluster in enumerate(self.clusters):
            for at_line, line in enumerate(lines):
                of_care = plan.prices[line].price_index[at_year] * tariff[line]
                level = of_care * self.answers_for[at_cluster, line]
                expected = self.expected_counts[self.actuals.months :, at_cluster, line]
                for at_month, month in enumerate(to_come):
                    names = (cluster, plan.axes.lines[line], plan.axes.years[at_year], str(month))
                    generator = streams.generator("month to come", *names, block=block.number)
                    means = expected[at_month] * on_cases[:, at_cluster, at_line]
                    # What lies above a limit for each case is not the cluster's.
                    _, totals = self.per_case[line].draw_within_limit(means, generator)
                    spend_gbp[:, at_month, at_cluster] += totals * on_prices[:, 0, at_line] * level
                    if line in on_terms:
                        own = worth_gbp[:, at_cluster, on_terms.index(line)]
                        own += totals * on_prices[:, 0, at_line] * of_care
        # The last block is drawn whole, though fewer of its contracts may be wanted.
        wanted = contracts - block.number * block.contracts
        return spend_gbp[:wanted], (on_cases * on_prices)[:wanted], worth_gbp[:wanted]

    def outturn_gbp(self, to_come_gbp: FloatArray, worth_gbp: FloatArray, saving: float = 0.0) -> FloatArray:
        """Return where the year ends, shape (contract, cluster), if a share of what is to come is saved.

        Takes what `draw` returns of spend and of worth. The year is settled when all its care is known.
        """
        known_gbp, kept = self.known_gbp.sum(axis=0), 1 - saving
        found = known_gbp + kept * to_come_gbp.sum(axis=1)
        if self.year_end.lines:
            found += self.year_end.settled_gbp(self.known_worth_gbp + kept * worth_gbp)
        return np.asarray(found)

    def settle(self, outturn_gbp: FloatArray) -> Outcomes:
        """Return what the rules make of the year's outturns, shape (contract, cluster), by themselves."""
        plan, at, own = self.plan, self.actuals.at_year, list(self.actuals.clusters)
        expected_gbp, annual_gbp = self._expected_budgets_gbp
        # A budget that differs from what is expected is taken to do so in the first year, which sizes bonds.
        differs = np.divide(
            self.budget_gbp, expected_gbp, out=np.ones_like(expected_gbp), where=expected_gbp > 0
        )
        budget_gbp = np.broadcast_to(self.budget_gbp, outturn_gbp.shape)
        outturn = Outturn(
            budget_gbp=budget_gbp[:, None],
            spend_gbp=outturn_gbp[:, None],
            top_slice_gbp=np.zeros_like(outturn_gbp)[:, None],
            annual_budget_gbp=np.broadcast_to(annual_gbp * differs, outturn_gbp.shape),
        )
        terms = replace(
            plan.terms,
            names=self.clusters,
            people=plan.terms.people[own],
            takes_share=plan.terms.takes_share[own],
            bond_gbp=plan.terms.bond_gbp[own],
            months=plan.terms.months[at - 1 : at, own],
            planned_gbp=plan.terms.planned_gbp[at - 1 : at, own],
            legal=plan.terms.legal and plan.terms.legal.at(own),
        )
        years = (plan.axes.years[0], plan.axes.years[at])
        axes = replace(plan.axes, years=years, clusters=self.clusters)
        return settled_outcomes(plan.settings.rules, outturn, terms, axes)
