"""The answer to `luck`: its tables, and sentences to read aloud."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.questions.luck.estimates import (
    EARNED,
    LUCK_SHARE,
    PAID,
    SHARE,
    SHARE_PER_HEAD,
    SHARE_PER_YEAR,
    UNPAID,
    change_of,
)
from simulator.questions.luck.policies import AS_IT_IS
from simulator.questions.luck.words import sentences
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("policy", "true_saving_share", "cluster")


@dataclass(frozen=True, slots=True)
class LuckRow:
    """What a cluster is paid under one policy at one true saving."""

    policy: str  # what is changed of the rules
    true_saving_share: float  # of every cluster; 0 for luck alone
    cluster: str  # its name; or PCT, for all that take the practice share together
    people: float  # registered list
    estimates: Mapping[str, Estimate]  # by measure, named in `luck_estimates`; one without meaning is missing


@dataclass(frozen=True)
class LuckAnswer:
    """What `luck` returns.

    Parameters
    ----------
    scenario : Scenario
        What was asked about.
    rows : tuple of LuckRow
        By policy, true saving and cluster.
    policy_saving : float
        True saving at which policies are compared.
    contracts, seed : int
        How many contracts were simulated of each, and from which seed.
    """

    scenario: Scenario
    rows: tuple[LuckRow, ...]
    policy_saving: float
    contracts: int
    seed: int

    @property
    def names(self) -> tuple[str, ...]:
        """Clusters that take the practice share, and the PCT: all of them together."""
        return tuple(dict.fromkeys(row.cluster for row in self.rows))

    @property
    def is_whole(self) -> bool:
        """Whether no cluster of the scenario is left out."""
        return all(map(can_be_paid, self.scenario.settings.clusters))

    @property
    def all_together(self) -> str:
        """Whom the PCT's row is about, in words."""
        return "all clusters together" if self.is_whole else "all clusters that take the share"

    @property
    def true_savings(self) -> tuple[float, ...]:
        """True savings, rising, without the zero."""
        return tuple(dict.fromkeys(row.true_saving_share for row in self.rows if row.true_saving_share))

    @property
    def policy_names(self) -> tuple[str, ...]:
        """The scenario as it is, and each change of rules."""
        return tuple(dict.fromkeys(row.policy for row in self.rows))

    def row(self, policy: str = AS_IT_IS, saving: float = 0.0, cluster: str = ALL_CLUSTERS) -> LuckRow:
        """Return what a cluster, or all together, are paid under a policy at a true saving.

        Parameters
        ----------
        policy, cluster : str
            One of `policy_names`, and of `names`.
        saving : float
            Zero or one of `true_savings`; for a change of rules, zero or `policy_saving`.

        Returns
        -------
        LuckRow
            Its estimates.
        """
        wanted = (policy, saving, cluster)
        return next(row for row in self.rows if (row.policy, row.true_saving_share, row.cluster) == wanted)

    def clusters(self) -> pd.DataFrame:
        """Return what each cluster is paid for luck, indexed by cluster."""
        measures = (SHARE, SHARE_PER_YEAR, SHARE_PER_HEAD, PAID)
        rows = [self.row(cluster=name) for name in self.names]
        return _table(rows, ("cluster",), measures)

    def savings(self) -> pd.DataFrame:
        """Return what true savings are paid, indexed by true saving and cluster."""
        rows = [self.row(saving=one, cluster=name) for one in self.true_savings for name in self.names]
        return _table(rows, ("true_saving_share", "cluster"), (UNPAID, SHARE, EARNED, LUCK_SHARE))

    def policies(self) -> pd.DataFrame:
        """Return what changes of rules do for all who take the practice share together.

        Returns
        -------
        DataFrame
            Indexed by policy and true saving, zero and `policy_saving`; with differences from the
            scenario as it is.
        """
        rows = [self.row(name, saving) for name in self.policy_names for saving in (0.0, self.policy_saving)]
        measures = [name for one in (SHARE, PAID, UNPAID, EARNED) for name in (one, change_of(one))]
        return _table(rows, ("policy", "true_saving_share"), measures)

    def table(self) -> pd.DataFrame:
        """Return every estimate, indexed by policy, true saving and cluster.

        Returns
        -------
        DataFrame
            Beside each estimate the ``_low`` and ``_high`` ends of its 95% interval.
        """
        measures = tuple(dict.fromkeys(name for row in self.rows for name in row.estimates))
        return _table(self.rows, _KEYS, measures)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table by name, the one with everything first."""
        return {
            "everything": self.table(),
            "paid for luck": self.clusters(),
            "true savings": self.savings(),
            "policies": self.policies(),
        }

    def sentences(self) -> tuple[str, ...]:
        """Return what the numbers say, to be read aloud."""
        return sentences(self)


def answers_for_something(cluster: Cluster) -> bool:
    """Return whether a cluster has a budget: a part of some service line."""
    return cluster.proportion > 0 and cluster.service_lines != ()


def can_be_paid(cluster: Cluster) -> bool:
    """Return whether a cluster can be paid a practice share at all; others are left out."""
    return cluster.takes_share and answers_for_something(cluster)


def _table(rows: Sequence[LuckRow], keys: Sequence[str], measures: Sequence[str]) -> pd.DataFrame:
    """Return estimates with the ends of their intervals; nan where there is none."""
    import pandas as pd

    columns = [name for measure in measures for name in (measure, f"{measure}_low", f"{measure}_high")]
    found = [
        {key: getattr(row, key) for key in _KEYS}
        | {"people": row.people}
        | {
            f"{name}{suffix}": end
            for name, one in row.estimates.items()
            for suffix, end in (("", one.value), ("_low", one.low), ("_high", one.high))
        }
        for row in rows
    ]
    return pd.DataFrame(found).set_index(list(keys)).reindex(columns=["people", *columns])
