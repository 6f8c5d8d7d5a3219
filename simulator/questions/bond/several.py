"""The answer to `bond` for several clusters: beside each other, the main numbers of each."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.answers.answer import Answer
from simulator.answers.table import Table, measures, pounds, shares, text
from simulator.questions.bond.answer import NO_TOP_UP, TOP_UP, BondAnswer
from simulator.scenario.scenario import Scenario


@dataclass(frozen=True)
class BondAnswers(Answer):
    """What `bond` returns for several clusters."""

    scenario: Scenario  # what was simulated
    contracts: int  # simulated
    seed: int  # of chance
    # In the order of the scenario, or as they were asked for; without what each size of bond would do.
    clusters: tuple[BondAnswer, ...]

    def tables(self) -> tuple[Table, ...]:
        """Return how big a bond each cluster needs, and if the share is worth it."""
        names = text("cluster", [one.cluster for one in self.clusters])
        first = self.clusters[0]
        ways = {NO_TOP_UP: "one bond", TOP_UP: "topped up"} if len(first.years) > 1 else {NO_TOP_UP: "bond"}
        needed = [
            pounds(
                f"{way}, {100 * confidence:g}% sure",
                [one.needed_gbp[period, confidence] for one in self.clusters],
            )
            for period, way in ways.items()
            for confidence in first.confidences
        ]
        whole = [one.posted_facts for one in self.clusters]
        posted = [
            measures(name, [facts[name] for facts in whole])
            for name in (
                "bond_posted_gbp",
                "bond_covers_probability",
                "expected_bond_draw_gbp",
                "practice_share_gbp",
                "practice_net_gain_gbp",
                "practice_better_off_probability",
            )
        ]
        savings = [one.saving_needed.share_of_demand or one.saving_needed.words for one in self.clusters]
        return (
            Table("bonds needed", "How big a bond covers every overspend of the contract?", (names, *needed)),
            Table("share and bond", "Is the practice share worth the bond posted?", (names, *posted)),
            Table(
                "saving needed",
                "From which true saving on do practices gain, on average?",
                (names, shares("true saving, of demand", savings, "true_saving_needed_share")),
            ),
        )

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
