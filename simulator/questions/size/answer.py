"""The answer to `size`: risk by size of cluster, and of clusters that share a bond."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import per_cent
from simulator.risk.rounding import rounded
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

BEYOND_SHARES = (0.0, 0.01, 0.02, 0.05)
"""Overspends above these shares of the budget are counted."""
SD = "outturn_sd_share"
CHANCE_SD = "chance_sd_share"
BOND = "bond_needed_gbp"
BOND_PER_HEAD = "bond_needed_gbp_per_head"
SHARE = "practice_share_gbp"
SHARE_PER_HEAD = "practice_share_gbp_per_head"


def overspend_column(beyond: float) -> str:
    """Return the name of the probability of an overspend above a share of the budget."""
    return f"overspend_above_{100 * beyond:g}_percent_probability"


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
class Sizes:
    """What `size` returns.

    Parameters
    ----------
    scenario : Scenario
        What was asked about.
    rows : tuple of SizeRow
        By size, smallest first.
    pools : tuple of PoolRow
        The largest cluster alone, the largest two together, and so on.
    any_size_sd_share : Estimate
        SD of the outturn over the contract that is left however large a cluster is, over its budget.
    any_pool_sd_share : Estimate
        The part of it that PCT-wide shocks alone leave, however many clusters share.
    balance_people : Estimate or None
        Size at which chance adds as much variance as no size cures; None where nothing of the
        latter is seen.
    contracts, seed : int
        How many contracts were simulated at each size, and from which seed.
    """

    scenario: Scenario
    rows: tuple[SizeRow, ...]
    pools: tuple[PoolRow, ...]
    any_size_sd_share: Estimate
    any_pool_sd_share: Estimate
    balance_people: Estimate | None
    contracts: int
    seed: int

    def table(self) -> pd.DataFrame:
        """Return the risk by size.

        Returns
        -------
        pandas.DataFrame
            One row a size and a contract year or the whole contract; beside each estimate the
            ``_low`` and ``_high`` ends of its 95% interval, nan where it is not of that span.
        """
        import pandas as pd

        return pd.DataFrame(
            {"people": row.people, "span": span} | _flat(estimates)
            for row in self.rows
            for span, estimates in row.by_span.items()
        )

    def pool_table(self) -> pd.DataFrame:
        """Return what pooling does, one row for each number of clusters, with 95% intervals."""
        import pandas as pd

        columns = ("joint_bond_gbp", "separate_bonds_gbp", "saved_share", "outturn_sd_share")
        return pd.DataFrame(
            {"clusters": len(row.clusters), "added": row.clusters[-1], "people": row.people}
            | _flat({column: getattr(row, column) for column in columns if getattr(row, column)})
            for row in self.pools
        )

    def floor_table(self) -> pd.DataFrame:
        """Return what neither size nor pooling cures, with 95% intervals."""
        import pandas as pd

        columns = ("any_size_sd_share", "any_pool_sd_share", "balance_people")
        return pd.DataFrame(
            [_flat({column: getattr(self, column) for column in columns if getattr(self, column)})]
        )

    def sentences(self) -> tuple[str, ...]:
        """Return the answer in plain words."""
        return tuple(self._spoken())

    def _spoken(self) -> Iterator[str]:
        small, large = self.rows[0], self.rows[-1]
        yield (
            f"Chance alone falls with the square root of size: over the contract its SD is "
            f"{per_cent(small.whole[CHANCE_SD])} of the budget for {small.people:,.0f} people and "
            f"{per_cent(large.whole[CHANCE_SD])} for {large.people:,.0f}."
        )
        if self.balance_people is None:
            yield "Nothing else is seen: a cluster that is large enough has hardly any risk."
        else:
            people, error = rounded(self.balance_people.value, self.balance_people.half_width)
            yield (
                f"From about {people} ± {error} people on, shocks to the whole cluster or the whole PCT are "
                "most of what is left. No size cures them: they leave an SD of "
                f"{per_cent(self.any_size_sd_share)}."
            )
            if self.any_pool_sd_share.low > 0:
                yield (
                    f"PCT-wide shocks alone leave {per_cent(self.any_pool_sd_share)}, which no pool inside "
                    "the PCT cures either."
                )
            else:
                yield "None of it is PCT-wide: a pool of many clusters would cure it."
        pool = self.pools[-1]
        if len(pool.clusters) > 1 and pool.saved_share:
            yield (
                f"One joint bond of all {len(pool.clusters)} clusters, for their net overspends, is "
                f"{per_cent(pool.saved_share)} smaller than their separate bonds together."
            )


def _flat(estimates: Mapping[str, Estimate]) -> dict[str, float]:
    """Return estimates as columns, each with the ends of its interval."""
    columns: dict[str, float] = {}
    for name, estimate in estimates.items():
        columns |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
    return columns
