"""The answer to `forecast`: where a year will end, in tables and sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Column, Table, numbers, pounds, shares, text
from simulator.errors import Problems, unknown
from simulator.plain_words import listed, spaced
from simulator.questions.forecast.actuals import month_label
from simulator.questions.forecast.rest import YearUnderWay
from simulator.records import BoolArray, FloatArray, Outcomes
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import Influence, mean, probability, quantile
from simulator.risk.in_words import in_sentence, money, per_cent

_STEP = 1e-3
"""Of a saving, either side of it, to see by how much it moves an outturn."""
LOW, HIGH = 0.025, 0.975
"""Levels between which the outturn lies with a chance of 95%."""
LEVELS = (LOW, 0.25, 0.5, 0.75, HIGH)
"""Quantiles of the fan."""
NO_SAVING, NONE_WOULD = "none needed", "none would"


@dataclass(frozen=True)
class Forecast(DrawnAnswer):
    """What `forecast` returns. Clusters are those that the actuals tell of."""

    year: YearUnderWay  # the year, and what is known of it
    # Spend still to come on what is paid per case and answered for, shape (contract, month to come, cluster).
    to_come_gbp: FloatArray
    # What care to come is worth on lines that are paid on terms, shape (contract, cluster, line on terms).
    worth_gbp: FloatArray
    factors: FloatArray  # on spend, shape (contract, cluster, line paid per case)
    outcomes: Outcomes  # what the rules make of the year by itself

    @property
    def rows(self) -> tuple[str, ...]:
        """The clusters, and all of them together where there are several."""
        names = self.year.clusters
        return (*names, ALL_CLUSTERS) if len(names) > 1 else names

    @property
    def label(self) -> str:
        """Which contract year."""
        return self.year.plan.axes.years[self.year.actuals.at_year]

    @property
    def months(self) -> tuple[int, ...]:
        """Calendar months of the year, in order."""
        return self.year.months.calendar

    @property
    def months_known(self) -> int:
        """How many of the months have been."""
        return self.year.actuals.months

    @property
    def is_over(self) -> bool:
        """Whether all of the year is known."""
        return self.months_known == len(self.months)

    def budget_of(self, row: str) -> float:
        """Return a row's budget of the year, in pounds."""
        return float(self._of(row, self.year.budget_gbp))

    def outturn_of(self, row: str) -> FloatArray:
        """Return where the year ends, shape (contract,), in pounds."""
        return self._outturn_after(row, 0.0)

    def _outturn_after(self, row: str, saving: float) -> FloatArray:
        return self._of(row, self.year.outturn_gbp(self.to_come_gbp, self.worth_gbp, saving))

    def position_so_far(self, row: str) -> FloatArray:
        """Return spend less phased budget at the end of each month that has been, shape (month,)."""
        return np.cumsum(self._of(row, self.year.known_gbp - self.year.phased_gbp))[: self.months_known]

    def fan(self, row: str) -> dict[float, tuple[Estimate, ...]]:
        """Return quantiles of spend less phased budget at the end of each month to come, by level."""
        known = np.cumsum(self.year.known_gbp - self.year.phased_gbp, axis=0)[self.months_known :]
        by_month = self._of(row, known + np.cumsum(self.to_come_gbp, axis=1)).T
        if self.year.year_end.lines and not self.is_over:
            # Terms are settled when the year is over.
            by_month[-1] = self.outturn_of(row) - self.budget_of(row)
        return {level: tuple(quantile(month, level) for month in by_month) for level in LEVELS}

    def overspent(self, row: str) -> Estimate:
        """Return the probability that the year ends overspent."""
        return self._chance(self.outturn_of(row) - self.budget_of(row))

    def _chance(self, gbp: FloatArray) -> Estimate:
        """Return how likely there is any of something, shape (contract,); what is over is certain."""
        found = probability(np.asarray(gbp > PENNY_GBP))
        return Estimate.with_error(found.value, 0.0) if self.is_over else found

    def saving_needed(self, row: str) -> Estimate | str:
        """Return the part of care to come, paid per case, at which the expected outturn is the budget."""
        over = Influence.of_mean(self.outturn_of(row) - self.budget_of(row))
        to_come = Influence.of_mean(self._to_come(row))
        if over.value <= PENNY_GBP:
            return NO_SAVING
        if self.year.year_end.lines:
            return self._saving_on_terms(row)
        return NONE_WOULD if over.value > to_come.value else (over / to_come).estimate

    def _saving_on_terms(self, row: str) -> Estimate | str:
        """Return that part where what is paid is not in proportion to care."""

        def over(saving: float) -> FloatArray:
            return self._outturn_after(row, saving) - self.budget_of(row)

        from scipy.optimize import brentq

        if over(1.0).mean() > PENNY_GBP:
            return NONE_WOULD
        found = float(brentq(lambda saving: over(saving).mean(), 0.0, 1.0, xtol=1e-9))
        low, high = max(found - _STEP, 0.0), min(found + _STEP, 1.0)
        slope = (over(low).mean() - over(high).mean()) / (high - low)
        error = Influence.of_mean(over(found)).estimate.standard_error or 0.0
        return Estimate.with_error(found, error / slope) if slope > 0 else NONE_WOULD

    def _of(self, row: str, by_cluster: FloatArray) -> FloatArray:
        """Return a row's part of an array whose last axis is the cluster: one's, or the sum."""
        Problems(unknown("cluster", row, (*self.year.clusters, ALL_CLUSTERS))).report()
        if row == ALL_CLUSTERS:
            return np.asarray(by_cluster.sum(axis=-1))
        return np.asarray(by_cluster[..., self.year.clusters.index(row)])

    def tables(self) -> tuple[Table, ...]:
        """Return where the year ends, what the bond may lose, what was seen, and every month."""
        bonds = (self._bonds(),) if self.outcomes.bond_posted_gbp.any() else ()
        savings = () if self.is_over else (self._savings(),)
        return (self._outturns(), *savings, *bonds, self._learnt(), self._fans(), self._by_month())

    def _outturns(self) -> Table:
        rows = self.rows
        outturns = [self.outturn_of(row) for row in rows]
        columns = (
            text("cluster", rows),
            pounds("budget", [self.budget_of(row) for row in rows]),
            pounds("expected outturn", [mean(one) for one in outturns]),
            pounds("2.5% below", [quantile(one, LOW) for one in outturns], "outturn_2.5_gbp"),
            pounds("2.5% above", [quantile(one, HIGH) for one in outturns], "outturn_97.5_gbp"),
            shares("overspend", [self.overspent(row) for row in rows], "overspend_probability"),
        )
        title = f"Where will {self.label} end, with {self.months_known} of {len(self.months)} months known?"
        return Table("outturn", title, columns, rows_apart=len(rows) - len(self.year.clusters))

    def _savings(self) -> Table:
        rows = self.rows
        so_far = self.year.known_gbp[: self.months_known].sum(axis=0)
        over = [mean(self.outturn_of(row) - self.budget_of(row)) for row in rows]
        columns = (
            text("cluster", rows),
            pounds("spent so far", [float(self._of(row, so_far)) for row in rows]),
            pounds("per case, to come", [mean(self._to_come(row)) for row in rows], "to_come_gbp"),
            pounds("outturn less budget", over),
            shares("saving from now on", [self.saving_needed(row) for row in rows], "saving_needed_share"),
        )
        title = "What true saving from now on would bring the outturn back to budget?"
        return Table("saving", title, columns, rows_apart=len(rows) - len(self.year.clusters))

    def _to_come(self, row: str) -> FloatArray:
        """Return spend still to come that a saving can be of, shape (contract,), in pounds."""
        return np.asarray(self._of(row, self.to_come_gbp.sum(axis=1)))

    def _bonds(self) -> Table:
        outcomes = self.outcomes
        posted, draws = outcomes.bond_posted_gbp, outcomes.gbp("bond_draw")[:, 0]
        unpaid = outcomes.bond_claims_gbp[:, 0] - draws
        columns = (
            text("cluster", self.rows),
            pounds("bond", [mean(self._of(row, posted)) for row in self.rows]),
            pounds("expected draw", [mean(self._of(row, draws)) for row in self.rows]),
            self._chances("drawn on", "drawn_probability", draws),
            self._chances("too small", "runs_out_probability", unpaid),
        )
        title = f"How much of the bond is at risk in {self.label}?"
        return Table("bond", title, columns, rows_apart=len(self.rows) - len(self.year.clusters))

    def _chances(self, heading: str, name: str, gbp: FloatArray) -> Column:
        """Return how likely there is any of something, by cluster that posts a bond; none of all together."""
        posts = np.asarray(self.outcomes.bond_posted_gbp.any(axis=0))
        cells = [self._chance(gbp[:, at]) if posts[at] else None for at in range(len(self.year.clusters))]
        return shares(heading, [*cells, *[None] * (len(self.rows) - len(cells))], name)

    @cached_property
    def _lines(self) -> list[tuple[int, int, int]]:
        """Positions of each cluster, of each line of it that was seen, and of that among lines per case."""
        return [
            (at_cluster, line, at)
            for at_cluster in range(len(self.year.clusters))
            for at, line in enumerate(self.year.per_case)
            if self._is_told[at_cluster, line]
        ]

    @property
    def _is_told(self) -> BoolArray:
        """Which lines the actuals tell of, shape (cluster, line)."""
        return np.asarray(~np.isnan(self.year.actuals.spend_gbp[0]))

    def _learnt(self) -> Table:
        actuals, year, known = self.year.actuals, self.year, self.months_known
        spent, counts = actuals.spend_gbp.sum(axis=0), actuals.counts.sum(axis=0)
        expected_gbp = year.expected_gbp[:known].sum(axis=0)
        expected_counts = year.expected_counts[:known].sum(axis=0)
        cells = [(cluster, line) for cluster, line, _ in self._lines]
        columns = [
            *self._keys(cells),
            pounds("spent so far", [float(spent[cell]) for cell in cells]),
            shares("spend above expected", _above(spent, expected_gbp, cells)),
        ]
        if not np.isnan(counts).all():
            columns += [
                numbers("cases so far", [_known(counts[cell]) for cell in cells]),
                shares("cases above expected", _above(counts, expected_counts, cells)),
            ]
        if not self.is_over:
            to_come = [mean(self.factors[:, cluster, at] - 1) for cluster, _, at in self._lines]
            columns.append(shares("rest above expected", to_come))
        title = "What was seen, and what is learned from it for the rest of the year?"
        return Table("so far", title, tuple(columns), keys=2)

    def _keys(self, cells: Iterable[tuple[int, int]]) -> tuple[Column, Column]:
        clusters, lines = self.year.clusters, self.year.plan.axes.lines
        places = [(clusters[cluster], lines[line]) for cluster, line in cells]
        return text("cluster", [one for one, _ in places]), text("line", [one for _, one in places])

    def _fans(self) -> Table:
        """Return spend less phased budget by month: known as it is, to come as a fan."""
        rows = self.rows
        columns = [
            text("cluster", [row for row in rows for _ in self.months]),
            text("month", [month for _ in rows for month in self._labels()]),
        ]
        for level in LEVELS:
            cells: list[Estimate | float] = []
            for row in rows:
                cells += [*map(float, self.position_so_far(row)), *self.fan(row)[level]]
            heading = f"position, {100 * level:g}% at most"
            columns.append(pounds(heading, cells, f"position_{100 * level:g}_gbp"))
        title = f"Where does spend stand against the phased budget in {self.label}?"
        return Table("running position", title, tuple(columns), keys=2, in_files_only=True)

    def _by_month(self) -> Table:
        spent, counts = self.year.actuals.spend_gbp, self.year.actuals.counts
        told = [(int(at), int(line)) for at, line in np.argwhere(self._is_told)]
        cells = [(month, *place) for place in told for month in range(len(spent))]
        labels = self._labels()
        columns = (
            *self._keys((cluster, line) for _, cluster, line in cells),
            text("month", [labels[month] for month, _, _ in cells]),
            pounds("spend", [float(spent[cell]) for cell in cells]),
            pounds("expected spend", [float(self.year.expected_gbp[cell]) for cell in cells]),
            numbers("cases", [_known(counts[cell]) for cell in cells]),
            numbers("expected cases", [float(self.year.expected_counts[cell]) for cell in cells]),
        )
        title = "What was spent in each month so far, on how many cases?"
        return Table("by month", title, columns, keys=3, in_files_only=True)

    def _labels(self) -> list[str]:
        year = self.year.plan.years[self.year.actuals.at_year]
        return [month_label(year, month) for month in self.months]

    def sentences(self) -> tuple[str, ...]:
        """Return where the year ends: all together, and the cluster likeliest to overspend."""
        worst = max(self.year.clusters, key=lambda name: self.overspent(name).value)
        return tuple(map(self._row_in_words, dict.fromkeys((self.rows[-1], worst))))

    def _row_in_words(self, row: str) -> str:
        outturn, budget = self.outturn_of(row), money(Estimate.with_error(self.budget_of(row), 0.0))
        who = in_sentence(row)
        if self.is_over:
            left = self.budget_of(row) - float(outturn.mean())
            ends = money(Estimate.with_error(abs(left), 0.0))
            how = f"{ends} {'over' if left < 0 else 'within'}" if abs(left) > PENNY_GBP else "just"
            return f"{self.label} is over: {who} ended {how} the budget of {budget}."
        low, high = money(quantile(outturn, LOW)), money(quantile(outturn, HIGH))
        return (
            f"With {self.months_known} of {len(self.months)} months known, {who} will overspend "
            f"{self.label} with a chance of {per_cent(self.overspent(row))}: expect {money(mean(outturn))} "
            f"against a budget of {budget}, and with a chance of 95% between {low} and {high}. "
            f"{self._saving_in_words(row)}"
        )

    def _saving_in_words(self, row: str) -> str:
        needed = self.saving_needed(row)
        if isinstance(needed, Estimate):
            return f"A true saving of {per_cent(needed)} from now on would bring the expected outturn back."
        if needed == NO_SAVING:
            return "It needs no saving to be expected within budget."
        return "No saving on what is still to come would bring the expected outturn back."

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        budgets = (
            "Budgets are those given."
            if self.year.given_budgets_gbp
            else "Budgets are those that the scenario expects: give those handed over with --budgets."
        )
        return (
            f"{self.errors_note} The range of an outturn, from 2.5% below to 2.5% above, is of what chance "
            "may still do.",
            "The rest of the year is drawn given what was seen: shocks to demand and prices are learned from "
            "spend so far, and from counts where they are known, as far as chance in counts and costs lets "
            "them show. Where little can be learned the scenario's own expectation stands; a straight line "
            "from spend so far is not drawn.",
            f"{budgets} They are phased as spend is expected; nothing is learned from them, nor from years "
            "before. Block contracts are paid as planned unless the actuals say otherwise.",
            "Saving from now on: the part of care still to come, paid per case, that must truly be saved for "
            "the expected outturn to be the budget. The bond is taken to be whole at the start of the year, "
            "and the year to be settled by itself.",
            *self._terms_in_words(),
            *self._costs_in_words(),
        )

    def _terms_in_words(self) -> Iterator[str]:
        if names := [spaced(self.year.plan.axes.lines[line]) for line in self.year.year_end.lines]:
            yield (
                f"Of {listed(names)}, paid on terms, spend by month is what care is worth at the year's "
                "tariff, in the actuals too. What the terms make of the whole year is in its outturn, and so "
                "in the last month."
            )

    def _costs_in_words(self) -> Iterator[str]:
        if costs := float(self.year.costs_gbp.sum()):
            gbp = money(Estimate.with_error(costs, 0.0))
            yield f"Spend has what actions cost these budgets in it: {gbp} over the year, as planned."


def _above(seen: FloatArray, expected: FloatArray, cells: Sequence[tuple[int, int]]) -> list[float | None]:
    """Return by what share what was seen is above what was expected; None where either says nothing."""
    # To a hundredth of a per cent: it is known outright, and more digits than that would say nothing.
    return [
        _known(round(seen[cell] / expected[cell] - 1, 4)) if expected[cell] > 0 else None for cell in cells
    ]


def _known(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
