"""What joining does: clusters that are one set off their surpluses and overspends, and have one bond."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import BETTER_OFF, COVERED, GAIN, Place, sum_of
from simulator.questions.luck.estimates import of_a_cluster
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, mean_difference
from simulator.risk.estimators import Quantile
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.risk.positions import gain_gbp
from simulator.simulation.joined_clusters import can_join, joined_books

NEEDED, DRAWN = "bond_needed_gbp", "expected_bond_draw_gbp"
SHARED_LESS = "shared_bond_covers_less_share"
"""By how much likelier a cluster's own bond pays all than one of all that is posted, on the same draws."""
APART, AS_ONE = "each its own", "joined as one cluster"
_NEEDED = Quantile(BOND_CONFIDENCE)


@dataclass(frozen=True, eq=False)
class Joining:
    """What all clusters, and the two smallest, have apart and as one."""

    study: Study  # of the scenario as it is

    @cached_property
    def groups(self) -> dict[str, tuple[int, ...]]:
        """The clusters that may join, by what they are called: two smallest of several, and all."""
        plan, names = self.study.result.plan, self.study.clusters
        if len(names) < 2 or not can_join(plan) or not all(one.has_bond for one in self._apart):
            return {}
        every = tuple(range(len(names)))
        smallest = sorted(every, key=lambda at: plan.terms.people[at])[:2]
        pair = f"{names[smallest[0]]} + {names[smallest[1]]}"
        return ({pair: tuple(smallest)} if len(names) > 2 else {}) | {"All clusters": every}

    @property
    def _apart(self) -> list[AccountBook]:
        return [self.study.books[name] for name in self.study.clusters]

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        if not self.groups:
            return
        together = self.study.books[ALL_CLUSTERS].bond_covers
        own = np.column_stack([one.bond_covers for one in self._apart])
        yield (ALL_CLUSTERS, SHARED_LESS), mean_difference(own.mean(axis=1), together.astype(float))
        scenario, plan = self.study.scenario, self.study.result.plan
        outturn = self.study.shared.outturn(scenario)
        for name, group in self.groups.items():
            others = [at for at in range(len(self.study.clusters)) if at not in group]
            groups = [group, *((at,) for at in others)]
            names = [name, *(self.study.clusters[at] for at in others)]
            one, *_ = joined_books(plan, outturn, groups, names)
            apart = [self._apart[at] for at in group]
            yield from _of(f"{name}, {APART}", apart)
            yield from _of(f"{name}, {AS_ONE}", [one])


def _of(row: str, books: Sequence[AccountBook]) -> Iterator[tuple[Place, Estimate]]:
    """Yield what some clusters need, lose and gain between them; chances are of one, on average."""
    if needed := [found for one in books if (found := _NEEDED.of(one.bond_needed_gbp))]:
        yield (row, NEEDED), sum_of(needed)
    gains = [gain_gbp(one, Account.PRACTICES) for one in books]
    drawn = (one.paid_gbp((Account.BOND,), (Account.CLUSTER,)) for one in books)
    yield (row, COVERED), of_a_cluster(np.column_stack([one.bond_covers for one in books]))
    yield (row, DRAWN), mean(np.sum([*drawn], axis=0))
    yield (row, GAIN), mean(np.sum(gains, axis=0))
    yield (row, BETTER_OFF), of_a_cluster(np.column_stack([one > PENNY_GBP for one in gains]))
