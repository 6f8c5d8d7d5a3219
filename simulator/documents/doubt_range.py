"""Sampling error and doubt in one range: the results where what is not known turns out least, and most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.charts.study import Study
from simulator.documents.what_ifs import BETTER_OFF, COVERED, GAIN, OVERSPEND
from simulator.questions.luck.estimates import of_a_cluster
from simulator.records import BUDGET, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean
from simulator.scenario.doubts import carries_fit, doubts_of

LEAST, MOST = "least_", "most_"
"""How names start of what holds at either end of the range."""
OF_CLUSTERS = (OVERSPEND, COVERED, BETTER_OFF)
AMOUNTS = (GAIN, "pct_net_position_gbp")
_FROM, _TO, _FEWEST = 0.01, 0.04, 10
"""Contracts are ranked by what doubt adds to spend less budget. Those from the first to the fourth in a
hundred stand for the place below which 2.5% lie, as many for the place above: the ends of a 95% range. If
doubt is normal, their mean is 1.98 of its SDs off, for 1.96."""
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class DoubtRange:
    """The headline results at both ends of what is not known."""

    study: Study  # of the scenario as it is

    @cached_property
    def ends(self) -> tuple[NDArray[Any], NDArray[Any]] | None:
        """Contracts where doubt makes care cheapest, and dearest; None where nothing is drawn of it."""
        settings = self.study.scenario.settings
        carried = bool(doubts_of(settings)) or carries_fit(settings)
        first, last = (round(end * self.study.result.contracts) for end in (_FROM, _TO))
        if not carried or last - first < _FEWEST:
            return None
        known = settings.doubt.model_copy(update={"carried": False})
        certain = replace(self.study.scenario, settings=settings.model_copy(update={"doubt": known}))
        # On the same draws of all else, so that the difference is what doubt adds.
        without = Study(self.study.shared.simulate(certain))
        added = _beyond_budget_gbp(self.study) - _beyond_budget_gbp(without)
        order = np.argsort(added, kind="stable")
        return order[first:last], order[::-1][first:last]

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield each result at the lower and the upper end of its range."""
        if self.ends is None:
            return
        for measure in (*OF_CLUSTERS, *AMOUNTS):
            found = [one for end in self.ends if (one := self._at(measure, end)) is not None]
            if len(found) == len(self.ends):
                least, most = sorted(found, key=lambda one: one.value)
                yield (ALL_CLUSTERS, f"{LEAST}{measure}"), least
                yield (ALL_CLUSTERS, f"{MOST}{measure}"), most

    def _at(self, measure: str, contracts: NDArray[Any]) -> Estimate | None:
        """Return a result of some contracts: a chance is of a cluster, an amount of all together."""
        rows = self.study.clusters if measure in OF_CLUSTERS else (ALL_CLUSTERS,)
        samples = [one[measure] for row in rows if measure in (one := self.study.samples(row))]
        if not samples:
            return None
        some = np.column_stack(samples)[contracts]
        return of_a_cluster(some) if measure in OF_CLUSTERS else mean(some[:, 0])


def _beyond_budget_gbp(study: Study) -> FloatArray:
    book = study.books[ALL_CLUSTERS]
    return np.asarray(book.spend_gbp - book.total_gbp(BUDGET))
