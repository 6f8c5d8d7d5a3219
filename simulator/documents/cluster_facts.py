"""What sets one cluster apart from the others, what sizes of bond would do, and each practice's part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import COVERED, GAIN, OF_A_CLUSTER, chances_of_a_cluster, sum_of
from simulator.questions.bond.pieces import PracticePart, practice_parts
from simulator.questions.luck.estimates import of_a_cluster, ratio
from simulator.questions.size.ask import relative_variance
from simulator.records import BUDGET, Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import probability, root
from simulator.rules.bond import Bond

SHORTFALL, SPREAD = "shortfall_share", "outturn_sd_share"
"""What spend exceeds the budget by on average, and the SD of budget less spend, as shares of the budget."""
DEARER, NEEDED = "care_above_all_clusters_share", "bond_needed_of_budget_share"
"""What care is expected to cost a head beyond that of all clusters; the bond needed, of a year's budget."""
LARGEST = "largest_practice_share"
"""The people of a cluster's largest practice, as a share of all its people."""
LINE, LINE_OF_ALL = "line_apart_share", "line_apart_of_all_share"
"""Of expected care, the kind whose weight differs most between clusters: a cluster's, and that of all."""
USED_UP, BREAK_EVEN = "bond_used_up_probability", "break_even_saving_gbp_per_year"
"""The chance that more reaches a bond than it pays, and the saving that repays bonds, in pounds a year."""
ANY_DRAWN = "bond_drawn_on_probability"
"""The chance that any of a bond is drawn."""
SIZES = (0.02, 0.05, 0.1, 0.2)
"""Bonds that are tried, as shares of a year's budget (assumptions)."""
POSTED = "bond_posted_gbp"
POSTED_A_HEAD, A_DEARER_POINT = "bond_posted_a_head_gbp", "bond_dearer_point_gbp_per_year"
"""What is posted for each registered person; what 1% more for the money of a bond takes in a year."""
OF_SIZES = (POSTED, COVERED, GAIN, "practice_better_off_probability")
SPLIT = (POSTED, "practice_share_gbp_per_year", GAIN, "practice_net_gain_1_in_20_gbp")
"""Amounts that practices split between them."""
AVERAGE_PRACTICE, AVERAGE_CLUSTER = "An average practice", "An average cluster"
"""Rows of what all practices or clusters have between them, divided by their number."""
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class ClusterFacts:
    """Facts about each cluster of a study."""

    study: Study  # of the scenario as it is

    @cached_property
    def bond(self) -> Bond | None:
        """The rule about bonds."""
        return next((rule for rule in self.study.scenario.settings.rules if isinstance(rule, Bond)), None)

    def differences(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield how tight each cluster's budget is, how far its outturn spreads, and what its people need."""
        care = self.study.result.plan.expected_care_gbp.sum(axis=(0, 2))
        people = self.study.result.plan.terms.people
        of_all = care.sum() / people.sum()
        for name, book in self.study.books.items():
            budget, spend = book.total_gbp(BUDGET), book.spend_gbp
            if shortfall := ratio(spend - budget, budget):
                yield (name, SHORTFALL), shortfall
                yield (name, SPREAD), root(relative_variance(budget - spend, budget))
        for at, name in enumerate(self.study.clusters):
            if of_all > 0 and people[at] > 0:
                dearer = float(care[at] / people[at] / of_all) - 1
                yield (name, DEARER), Estimate(dearer, dearer, dearer)
            needed = self.study.estimates_of(name).get("bond_needed_gbp")
            if needed is not None and (budget_gbp := self._budget_gbp(name)) > 0:
                yield (name, NEEDED), _part(needed, 1 / budget_gbp)

        yield from self._of_lines()
        for name, cluster in zip(self.study.clusters, self.study.scenario.settings.clusters, strict=True):
            if cluster.practices and (sizes := [one.people for one in self.parts(name)]):
                largest = max(sizes) / sum(sizes)
                yield (name, LARGEST), Estimate(largest, largest, largest)

    def used_up(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield how likely it is that a bond is used up: each cluster's, and on average over clusters."""
        for name in self.study.clusters:
            if (covers := self.study.estimates_of(name).get(COVERED)) is not None:
                yield (name, USED_UP), _otherwise(covers)
        if (covers := chances_of_a_cluster(self.study).get(f"{OF_A_CLUSTER}{COVERED}")) is not None:
            yield (ALL_CLUSTERS, f"{OF_A_CLUSTER}{USED_UP}"), _otherwise(covers)

    def drawn_on(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield how likely it is that any of a bond is drawn: each cluster's, and on average."""
        drawn = {
            name: book.paid_gbp((Account.BOND,), (Account.CLUSTER,)) > PENNY_GBP
            for name, book in self.study.books.items()
            if name != ALL_CLUSTERS and book.has_bond
        }
        for name, happened in drawn.items():
            yield (name, ANY_DRAWN), probability(happened)
        if drawn:
            every = of_a_cluster(np.column_stack([*drawn.values()]))
            yield (ALL_CLUSTERS, f"{OF_A_CLUSTER}{ANY_DRAWN}"), every

    def of_posted(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what is posted a head, and what dearer money for it would cost practices that raise it."""
        for name, book in self.study.books.items():
            people = sum(one.people for one in book.parts if one.has_bond) if book.parts else book.people
            if not book.has_bond or not people > 0:
                continue
            posted = self.study.estimate(name, POSTED)
            yield (name, POSTED_A_HEAD), _part(posted, 1 / people)
            if self.bond and self.bond.payer == Account.PRACTICES and not self.bond.financing:
                yield (name, A_DEARER_POINT), _part(posted, 0.01)

    def break_even(self, saving: Estimate | None) -> Iterator[tuple[Place, Estimate]]:
        """Yield what the true saving that repays bonds comes to in each cluster, and on average over them."""
        if saving is None:
            return
        plan, found = self.study.result.plan, []
        for at, name in enumerate(self.study.clusters):
            planned_gbp = float(plan.terms.planned_gbp[:, at].sum()) * plan.per_case_share([at])
            found.append(_part(saving, planned_gbp / (sum(plan.terms.year_months) / 12)))
            yield (name, BREAK_EVEN), found[-1]
        yield (AVERAGE_CLUSTER, BREAK_EVEN), _part(sum_of(found), 1 / len(found))

    @cached_property
    def line_apart(self) -> str | None:
        """The kind of care paid by the case whose part of expected care differs most between clusters."""
        lines, parts = self.study.scenario.settings.service_lines, self._parts_of_care
        differs = {
            line.name: float(np.ptp(parts[:, at]))
            for at, line in enumerate(lines)
            if line.payment != "block" and np.isfinite(parts[:, at]).all()
        }
        return max(differs, key=lambda one: differs[one]) if any(differs.values()) else None

    @property
    def _parts_of_care(self) -> FloatArray:
        """What part each kind of care is of expected care, by cluster, and of all in the last row."""
        care = self.study.result.plan.expected_care_gbp.sum(axis=0)
        every = np.vstack([care, care.sum(axis=0)])
        with np.errstate(invalid="ignore"):
            found: FloatArray = every / every.sum(axis=1, keepdims=True)
        return found

    def _of_lines(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what part the kind of care that differs most takes in each cluster, and in all."""
        names = [one.name for one in self.study.scenario.settings.service_lines]
        if self.line_apart is None:
            return
        parts = map(float, self._parts_of_care[:, names.index(self.line_apart)])
        measures = [*((name, LINE) for name in self.study.clusters), (ALL_CLUSTERS, LINE_OF_ALL)]
        yield from ((place, Estimate(one, one, one)) for place, one in zip(measures, parts, strict=True))

    def of_sizes(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what bonds of several sizes would do, every cluster's at once, on the same draws."""
        scenario = self.study.scenario
        posting = [name for name in self.study.clusters if self.study.books[name].has_bond]
        if self.bond is None or not posting:
            return
        for share in SIZES:
            clusters = tuple(
                one.model_copy(update={"bond_gbp": share * self._budget_gbp(one.name)})
                if one.name in posting
                else one
                for one in scenario.settings.clusters
            )
            settings = scenario.settings.model_copy(update={"clusters": clusters})
            varied = Study(self.study.shared.simulate(replace(scenario, settings=settings)))
            for name in posting:
                found = varied.some_of(name, OF_SIZES)
                # A share of a year's budget is known as well as that.
                found = found | {POSTED: _part(self.study.estimate(name, "annual_budget_gbp"), share)}
                yield from (((of_size(name, share), one), found[one]) for one in OF_SIZES)
            if len(posting) == len(self.study.clusters):
                yield from self._of_average(of_size(AVERAGE_CLUSTER, share), varied)
        if len(posting) == len(self.study.clusters):
            yield from self._of_average(AVERAGE_CLUSTER, self.study)

    def _of_average(self, row: str, study: Study) -> Iterator[tuple[Place, Estimate]]:
        """Yield what a cluster's bond pays, and its practices gain, on average over clusters."""
        yield (row, COVERED), chances_of_a_cluster(study)[f"{OF_A_CLUSTER}{COVERED}"]
        gain = study.some_of(ALL_CLUSTERS, [GAIN])[GAIN]
        yield (row, GAIN), _part(gain, 1 / len(self.study.clusters))

    def _budget_gbp(self, name: str) -> float:
        return self.study.estimate(name, "annual_budget_gbp").value

    def of_practices(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield each practice's part of what its cluster posts, keeps and gains."""
        for name in self.study.clusters:
            found = self.study.estimates_of(name)
            for part in self.parts(name):
                row = of_practice(name, part)
                yield (row, "people"), Estimate(part.people, part.people, part.people)
                for measure in SPLIT:
                    if measure in found:
                        yield (row, measure), _part(found[measure], part.share)
        clusters = self.study.scenario.settings.clusters
        if self.bond is not None and all(one.practices for one in clusters):
            number = sum(len(one.practices) for one in clusters)
            found = self.study.estimates_of(ALL_CLUSTERS)
            # A bad case of all together is none of one practice.
            for measure in (one for one in SPLIT if "1_in_20" not in one and one in found):
                yield (AVERAGE_PRACTICE, measure), _part(found[measure], 1 / number)

    def parts(self, name: str) -> tuple[PracticePart, ...]:
        """Return a cluster's practices with their parts, the largest first; none where there is no bond."""
        at = self.study.clusters.index(name)
        if self.bond is None or not self.study.scenario.settings.clusters[at].practices:
            return ()
        by = self.bond.split_between_practices_by
        parts = practice_parts(self.study.scenario, self.study.result.plan, at, by)
        return tuple(sorted(parts, key=lambda one: -one.share))


def of_size(name: str, share: float) -> str:
    """Return the row of a cluster with a bond of a share of its year's budget."""
    return f"{name}, bond of {100 * share:g}%"


def of_practice(name: str, part: PracticePart) -> str:
    """Return the row of a practice of a cluster."""
    return f"{name}, {part.name} ({part.code})"


def _otherwise(chance: Estimate) -> Estimate:
    """Return the chance of the contrary."""
    return Estimate(1 - chance.value, 1 - chance.high, 1 - chance.low)


def _part(whole: Estimate, share: float) -> Estimate:
    error = None if whole.standard_error is None else whole.standard_error * share
    return Estimate(whole.value * share, whole.low * share, whole.high * share, error, whole.is_rough)
