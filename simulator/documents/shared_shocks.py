"""What moves a cluster's outturn: what all clusters have in common, and what is its own or plain chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from simulator.charts.study import Study
from simulator.charts.variances import SMALL_SHARE, SOURCE_NAMES, is_shared_source
from simulator.documents.what_ifs import Place, sum_of
from simulator.questions.explain.answer import ALL_SOURCES
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

ONE_SD, OF_CLUSTER, OF_ALL = "one_sd_gbp", "of_a_clusters_variance_share", "of_all_clusters_variance_share"
"""A source's share of the variance of budget less spend, of a cluster on average and of all together; and
the SD that goes with the latter: its square is that share of the whole variance. Where budgets follow what a
source did to past spend, that is less than the SD of the source alone, which `explain` has."""
TOGETHER, EVERYTHING = "all that clusters have in common", "the whole outturn"
OWN = {
    "chance in single cases: how many, and what each costs": (Source.COUNTS, Source.UNIT_COSTS),
    "shocks to the cluster, and its people's unmeasured need": (
        Source.CLUSTER_YEAR,
        Source.CLUSTER_LINE,
        Source.UNMEASURED_NEED,
    ),
    "chance in budgets: past spend": (Source.BASE_YEAR,),
}
"""A cluster's own part of its outturn, by what it is called; what is in none of them is the rest."""
REST = "the rest: small sources, and sources together"
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

    @cached_property
    def rows(self) -> dict[str, tuple[Source, ...]]:
        """Sources by the row that they are in: each of those in common, and a cluster's own."""
        if not self.sources:
            return {}
        own = [one for one in self.study.explanation.sources[:-1] if one not in self.sources]
        grouped = {words: tuple(one for one in some if one in own) for words, some in OWN.items()}
        told = {one for some in grouped.values() for one in some}
        grouped[REST] = tuple(Source(one) for one in own if one not in told)
        return {words: (source,) for source, words in self.sources.items()} | {
            words: some for words, some in grouped.items() if some
        }

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        if not self.rows:
            return
        rows = {**self.rows, TOGETHER: (*self.sources,), EVERYTHING: (ALL_SOURCES,)}
        for words, some in rows.items():
            of_cluster = [self._shares(some, name) for name in self.study.clusters]
            whole, many = sum_of(of_cluster), len(of_cluster)
            of_all = self._shares(some, ALL_CLUSTERS)
            yield (words, OF_CLUSTER), Estimate(whole.value / many, whole.low / many, whole.high / many)
            yield (words, OF_ALL), of_all
            yield (words, ONE_SD), self._sd_of(of_all)
        if self.shocked_line:
            yield (ALL_CLUSTERS, SHOCK_OF_YEAR), self._shock(self.shocked_line)

    def _shares(self, sources: Sequence[str], name: str) -> Estimate:
        """Return the share that some sources have of the variance of a cluster, or of all together."""
        found = (self.study.explanation.share(one, name) for one in sources)
        return sum_of([one for one in found if one])

    def _sd_of(self, share: Estimate) -> Estimate:
        """Return the SD of which the square is a share of the variance of all: none of an offset."""
        whole = self.study.explanation.sd_gbp()
        value, low, high = (
            sd * max(part, 0.0) ** 0.5
            for sd, part in ((whole.value, share.value), (whole.low, share.low), (whole.high, share.high))
        )
        return Estimate(value, low, high)
