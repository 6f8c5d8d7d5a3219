"""What moves all clusters together, so that no pool of them spreads it: by source, and one shock's sum."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from simulator.charts.study import Study
from simulator.charts.variances import SMALL_SHARE, SOURCE_NAMES, is_shared_source
from simulator.documents.what_ifs import Place, sum_of
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

ONE_SD, OF_CLUSTER, OF_ALL = "one_sd_gbp", "of_a_clusters_variance_share", "of_all_clusters_variance_share"
"""What one SD of a source is for all clusters together; its share of the variance of budget less spend, of a
cluster on average and of all together."""
TOGETHER = "all that clusters have in common"
SHOCK_OF_YEAR = "pct_shock_of_year_gbp"
"""One SD, in the last year, of the PCT-wide shock to the kind of care where that is most."""


@dataclass(frozen=True, eq=False)
class InCommon:
    """The sources that move all clusters together, as the chart of the variance has them."""

    study: Study  # of the scenario as it is

    @cached_property
    def sources(self) -> dict[Source, str]:
        """Sources with what each is called, the largest first; none of one cluster or shadow years."""
        if len(self.study.clusters) < 2 or self.study.scenario.settings.contract.shadow_years:
            return {}
        explanation, found = self.study.explanation, {}
        for source, words in SOURCE_NAMES.items():
            share = explanation.share(source) if source in explanation.sources else None
            if share and share.value >= SMALL_SHARE and is_shared_source(explanation, source):
                found[source] = words
        return dict(sorted(found.items(), key=lambda one: -explanation.sd_gbp(one[0]).value))

    @cached_property
    def shocked_line(self) -> str:
        """The kind of care whose PCT-wide shock is most in the last year; empty where there is none."""
        if Source.PCT_SHOCKS not in self.sources:
            return ""
        return max(self.study.explanation.lines[:-1], key=lambda one: self._shock(one).value)

    def _shock(self, line: str) -> Estimate:
        return self.study.explanation.sd_gbp(Source.PCT_SHOCKS, year=self.study.years[-1], line=line)

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        if not self.sources:
            return
        explanation, every = self.study.explanation, []
        for source, words in self.sources.items():
            shares = [explanation.share(source, name) for name in self.study.clusters]
            whole = sum_of([one for one in shares if one])
            many = len(self.study.clusters)
            of_cluster = Estimate(whole.value / many, whole.low / many, whole.high / many)
            of_all = explanation.share(source) or Estimate(0.0, 0.0, 0.0)
            every.append((of_cluster, of_all))
            yield (words, ONE_SD), explanation.sd_gbp(source)
            yield (words, OF_CLUSTER), of_cluster
            yield (words, OF_ALL), of_all
        yield (TOGETHER, OF_CLUSTER), sum_of([one for one, _ in every])
        yield (TOGETHER, OF_ALL), sum_of([one for _, one in every])
        if self.shocked_line:
            yield (ALL_CLUSTERS, SHOCK_OF_YEAR), self._shock(self.shocked_line)
