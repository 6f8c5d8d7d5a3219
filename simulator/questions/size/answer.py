"""The answer to `size`: risk by size of cluster, and of clusters that share a bond."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Column, Table, numbers, people, pounds, shares, text
from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.questions.size.chance_by_size import ChanceBySize
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import root
from simulator.risk.in_words import money, per_cent, rounded
from simulator.scenario.doubts import doubts_of

BEYOND_SHARES = (0.0, 0.01, 0.02, 0.05)
"""Overspends above these shares of the budget are counted."""
SD = "outturn_sd_share"
CHANCE_SD = "chance_sd_share"
BOND = "bond_needed_gbp"
BOND_PER_HEAD = "bond_needed_gbp_per_head"
OVERSPEND, BAD_OVERSPEND = "overspend_gbp", "overspend_1_in_20_gbp"
"""Overspends of single years added up, with no surplus set off: the mean, and what one in twenty is above."""
SHARE = "practice_share_gbp"
SHARE_PER_HEAD = "practice_share_gbp_per_head"


def overspend_column(beyond: float) -> str:
    """Return the name of the probability of an overspend above a share of the budget."""
    return f"overspend_above_{100 * beyond:g}_percent_probability"


def a_head(measure: str) -> str:
    """Return the name of an amount in pounds a registered person."""
    return f"{measure}_per_head"


_ACTIONS = (
    "Of actions it takes those that most of the scenario's clusters do, with their cost; none of its "
    "practices is known to lie far from the mean."
)


@dataclass(frozen=True, slots=True)
class SizeRow:
    """Risk of a cluster of one size."""

    people: float  # registered list
    # By contract year and `WHOLE_CONTRACT`: estimates by column. The bond, the practice share and what chance
    # alone does are of the whole contract.
    by_span: Mapping[str, Mapping[str, Estimate]]

    @property
    def whole(self) -> Mapping[str, Estimate]:
        """Estimates of the whole contract."""
        return self.by_span[WHOLE_CONTRACT]


@dataclass(frozen=True, slots=True)
class PoolRow:
    """The scenario's largest clusters under one bond."""

    clusters: tuple[str, ...]  # which clusters
    people: float  # their lists together
    # That covers their net overspends with 95% probability: in each year one cluster's surplus pays for
    # another's overspend. Before any corridor.
    joint_bond_gbp: Estimate
    separate_bonds_gbp: Estimate  # sum of the bonds that cover each cluster alone
    # Part of the separate bonds that the joint bond saves; None for a single cluster, and where no bond is
    # needed.
    saved_share: Estimate | None
    outturn_sd_share: Estimate  # SD of their net outturn over the contract, over their budget


@dataclass(frozen=True)
class Sizes(DrawnAnswer):
    """What `size` returns."""

    rows: tuple[SizeRow, ...]  # by size, smallest first
    pools: tuple[PoolRow, ...]  # the largest cluster alone, the largest two together, and so on
    # The part of what no size cures that PCT-wide shocks alone leave, however many clusters share.
    any_pool_sd_share: Estimate
    chance: ChanceBySize

    @cached_property
    def any_size_sd_share(self) -> Estimate:
        """SD of the outturn over the contract that is left however large a cluster is, over its budget."""
        return root(self.chance.any_size)

    @cached_property
    def balance_people(self) -> Estimate | None:
        """Size at which chance adds as much variance as no size cures; None where the latter is not seen."""
        seen = self.chance.any_size.estimate.low > 0
        return self.chance.people_where_it_adds(1.0) if seen else None

    def tables(self) -> tuple[Table, ...]:
        """Return the chance of overspend by size, its cost, what pooling does, and what nothing cures."""
        spans = list(self.rows[0].by_span)
        # A page has room for the last year and the whole contract.
        by_span = [
            made(span, in_files_only=span not in spans[1:][-2:])
            for span in spans
            for made in (self._overspends, self._in_pounds)
        ]
        pools = (self._pools(),) if len(self.pools) > 1 else ()
        return (*by_span, self._costs(), *pools, self._not_cured())

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        return (
            f"{self.errors_note} All sizes share the same chances, so that the curve is smooth: errors of "
            "neighbouring sizes go together.",
            "Sizes are of one cluster with the need per head of the whole PCT and no true saving: its "
            "practice share comes from luck and from how budgets are set. SD: standard deviation, the usual "
            "distance from expectation. Overspends of single years add up, with no surplus set off; one case "
            "in twenty is above “1 in 20”. The joint bond is for net overspends, before any corridor.",
            *([_ACTIONS] if self.scenario.settings.actions else []),
        )

    def sentences(self) -> tuple[str, ...]:
        """Return the answer in plain words."""
        small, large, pool = self.rows[0], self.rows[-1], self.pools[-1]
        chances, bad = (
            tuple(phrase(row.whole[name]) for row in (small, large))
            for name, phrase in ((overspend_column(0.0), per_cent), (a_head(BAD_OVERSPEND), money))
        )
        found = [
            f"Over the contract {small.people:,.0f} people overspend with a chance of "
            f"{chances[0]}, {large.people:,.0f} with {chances[1]}; in one contract out of twenty their "
            f"overspends add up to more than {bad[0]} and {bad[1]} a head.",
            f"Chance alone falls as clusters grow: over the contract its SD is "
            f"{per_cent(small.whole[CHANCE_SD])} of the budget for {small.people:,.0f} people and "
            f"{per_cent(large.whole[CHANCE_SD])} for {large.people:,.0f}.",
            *self._not_cured_in_words(),
        ]
        if len(pool.clusters) > 1 and pool.saved_share:
            found.append(
                f"One joint bond of all {len(pool.clusters)} clusters, for their net overspends, is "
                f"{per_cent(pool.saved_share)} smaller than their separate bonds together."
            )
        return tuple(found)

    def _not_cured_in_words(self) -> tuple[str, ...]:
        if self.balance_people is None:
            return ("Nothing else is seen: a cluster that is large enough has hardly any risk.",)
        number, error = rounded(self.balance_people.value, self.balance_people.half_width)
        pct_wide = "None of it is PCT-wide: a pool of many clusters would cure it."
        if self.any_pool_sd_share.low > 0:
            left = per_cent(self.any_pool_sd_share)
            doubt = " and doubt about figures" if doubts_of(self.scenario.settings) else ""
            pct_wide = (
                f"PCT-wide shocks{doubt} alone leave {left}, which no pool inside the PCT cures either."
            )
        return (
            f"From about {number} ± {error} people on, shocks to the whole cluster or the whole PCT are most "
            f"of what is left. No size cures them: they leave an SD of {per_cent(self.any_size_sd_share)}.",
            pct_wide,
        )

    def _overspends(self, span: str, *, in_files_only: bool) -> Table:
        columns = self._by_size(
            span,
            (shares, "any overspend", overspend_column(0.0)),
            *(
                (shares, f"above {share:.0%} of budget", overspend_column(share))
                for share in BEYOND_SHARES[1:]
            ),
            (shares, "SD of outturn, of budget", SD),
        )
        name = f"overspends, {span.replace('/', '-')}"
        title = f"How likely is an overspend {_when(span)}, by size?"
        return Table(name, title, columns, in_files_only=in_files_only)

    def _in_pounds(self, span: str, *, in_files_only: bool) -> Table:
        columns = self._by_size(
            span,
            (pounds, "expected overspend", OVERSPEND),
            (pounds, "expected overspend per head", a_head(OVERSPEND)),
            (pounds, "overspend, 1 in 20", BAD_OVERSPEND),
            (pounds, "overspend per head, 1 in 20", a_head(BAD_OVERSPEND)),
        )
        name, title = f"in pounds, {span.replace('/', '-')}", f"How much is overspent {_when(span)}?"
        return Table(name, title, columns, in_files_only=in_files_only)

    def _costs(self) -> Table:
        columns = self._by_size(
            WHOLE_CONTRACT,
            (shares, "SD by chance alone, of budget", CHANCE_SD),
            (pounds, "bond (95%)", BOND),
            (pounds, "bond per head", BOND_PER_HEAD),
            (pounds, "practice share by luck", SHARE),
            (pounds, "practice share by luck per head", SHARE_PER_HEAD),
        )
        return Table("costs", "What does it cost over the whole contract?", columns)

    def _by_size(self, span: str, *made: tuple[Callable[..., Column], str, str]) -> tuple[Column, ...]:
        """Return the sizes, and columns of a span, each made by a function with a heading and a name."""
        columns = (
            kind(heading, [row.by_span[span][name] for row in self.rows], name)
            for kind, heading, name in made
        )
        return (people([row.people for row in self.rows]), *columns)

    def _pools(self) -> Table:
        pools = self.pools
        columns = (
            numbers("clusters", [len(row.clusters) for row in pools]),
            text("with", [row.clusters[-1] for row in pools], "added"),
            people([row.people for row in pools]),
            pounds("one joint bond", [row.joint_bond_gbp for row in pools], "joint_bond_gbp"),
            pounds("separate bonds", [row.separate_bonds_gbp for row in pools]),
            shares("saved", [row.saved_share for row in pools]),
            shares("SD of net outturn, of budget", [row.outturn_sd_share for row in pools], SD),
        )
        title = "What does pooling cure? The scenario's own clusters under one bond, the largest first"
        return Table("pools", title, columns)

    def _not_cured(self) -> Table:
        columns = (
            text("of the outturn over the contract", ["SD, of budget"], "measure"),
            shares("left at any size", [self.any_size_sd_share], "any_size_sd_share"),
            shares("left in any pool", [self.any_pool_sd_share], "any_pool_sd_share"),
            people([self.balance_people], "people from whom on it is most", "balance_people"),
        )
        return Table("not cured", "What does neither size nor pooling cure?", columns)


def _when(span: str) -> str:
    return "over the whole contract" if span == WHOLE_CONTRACT else f"in {span}"
