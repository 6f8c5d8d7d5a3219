"""What sets one cluster apart from the others, what sizes of bond would do, and each practice's part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from simulator.charts.study import Study
from simulator.questions.bond.pieces import PracticePart, practice_parts
from simulator.questions.luck.estimates import ratio
from simulator.questions.size.ask import relative_variance
from simulator.records import BUDGET
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import root
from simulator.rules.bond import Bond

SHORTFALL, SPREAD = "shortfall_share", "outturn_sd_share"
"""What spend exceeds the budget by on average, and the SD of budget less spend, as shares of the budget."""
DEARER, NEEDED = "care_above_all_clusters_share", "bond_needed_of_budget_share"
"""What care is expected to cost a head beyond that of all clusters; the bond needed, of a year's budget."""
SIZES = (0.01, 0.02, 0.05, 0.1, 0.2)
"""Bonds that are tried, as shares of a year's budget (assumptions)."""
GAIN, POSTED = "practice_net_gain_gbp", "bond_posted_gbp"
OF_SIZES = (POSTED, "bond_covers_probability", GAIN, "practice_better_off_probability")
SPLIT = (POSTED, "practice_share_gbp_per_year", GAIN, "practice_net_gain_1_in_20_gbp")
"""Amounts that practices split between them."""
AVERAGE_PRACTICE = "An average practice"
"""The row of what all practices have between them, divided by their number."""
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
            rows = self.study.shared.simulate(replace(scenario, settings=settings)).rows
            found = {row.name: row.estimates for row in rows}
            for name in posting:
                yield from (((of_size(name, share), one), found[name][one]) for one in OF_SIZES)

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


def _part(whole: Estimate, share: float) -> Estimate:
    error = None if whole.standard_error is None else whole.standard_error * share
    return Estimate(whole.value * share, whole.low * share, whole.high * share, error, whole.is_rough)
