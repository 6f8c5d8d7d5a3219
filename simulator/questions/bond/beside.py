"""The answer to `bond` for several clusters beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Column, Table, measures, pounds, shares, text
from simulator.questions.bond.answer import NO_TOP_UP, SIDE_BY_SIDE, TOP_UP, BondAnswer


@dataclass(frozen=True)
class BondAnswers(DrawnAnswer):
    """What `bond` returns for several clusters."""

    # In the order of the scenario, or as they were asked for; without what each size of bond would do.
    clusters: tuple[BondAnswer, ...]

    def tables(self) -> tuple[Table, ...]:
        """Return how big a bond each cluster needs, and if the share is worth it."""
        names, first = text("cluster", [one.cluster for one in self.clusters]), self.clusters[0]
        ways = {NO_TOP_UP: "one bond", TOP_UP: "topped up"} if len(first.years) > 1 else {NO_TOP_UP: "bond"}
        needed = []
        for (period, way), confidence in product(ways.items(), first.confidences):
            bonds = [one.needed_gbp[period, confidence] for one in self.clusters]
            needed.append(pounds(f"{way}, {100 * confidence:g}% sure", bonds))
        posted = (measures(name, [one.posted_facts[name] for one in self.clusters]) for name in SIDE_BY_SIDE)
        savings = [one.saving_needed.share_of_demand or one.saving_needed.words for one in self.clusters]
        parts = [one.per_case_share for one in self.clusters]
        saving = [names, shares("true saving, of demand", savings, "true_saving_needed_share")]
        if min(parts) < 1:
            of_all = [one.saving_needed.of_all_care(one.per_case_share) for one in self.clusters]
            saving = [
                names,
                shares("true saving, of care paid per case", savings, "true_saving_needed_share"),
                shares("the same, of all care", of_all, "true_saving_needed_share_of_all_care"),
            ]
        return (
            Table("bonds needed", "How big a bond covers every overspend of the contract?", (names, *needed)),
            *self._for_doubt(names),
            Table("share and bond", "Is the practice share worth the bond posted?", (names, *posted)),
            Table("saving needed", "From which true saving on do practices gain, on average?", tuple(saving)),
        )

    def _for_doubt(self, names: Column) -> Iterator[Table]:
        confidence = self.clusters[0].headline_confidence
        for_doubt = [one.needed_for_doubt_gbp for one in self.clusters]
        if any(for_doubt):
            needed = [one.needed_gbp[NO_TOP_UP, confidence] for one in self.clusters]
            columns = (
                names,
                pounds(f"one bond, {100 * confidence:g}% sure", needed, "bond_gbp"),
                pounds("of it for what is not known", for_doubt, "bond_for_doubt_gbp"),
            )
            yield Table("bonds for doubt", "How much of the bond is for chance, how much for doubt?", columns)

    def sentences(self) -> tuple[str, ...]:
        """Return how big a bond the clusters need, and to how many of them the share is worth it."""
        confidence = self.clusters[0].headline_confidence
        needed = {
            one.cluster: one.needed_gbp[NO_TOP_UP, confidence].value / one.annual_budget_gbp.value
            for one in self.clusters
        }
        least, most = min(needed, key=needed.__getitem__), max(needed, key=needed.__getitem__)
        gain = [one.posted_facts["practice_net_gain_gbp"].value > 0 for one in self.clusters]
        return (
            f"To be {100 * confidence:g}% sure that one bond covers every overspend of the contract, a "
            f"cluster must post from {needed[least]:.1%} ({least}) to {needed[most]:.1%} ({most}) of its "
            "first year's budget.",
            f"With the bond that the scenario posts, the practices of {sum(gain)} of {len(gain)} clusters "
            "gain on average, all that the bond costs them taken off.",
        )

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        return tuple(dict.fromkeys(note for one in self.clusters for note in one.notes()))
