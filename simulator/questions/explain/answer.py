"""The answer to `explain`: shares of variance and SDs by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Table, pounds, shares, text
from simulator.errors import InputError, Problems, unknown
from simulator.plain_words import listed, spaced
from simulator.questions.explain.pieces import (
    Place,
    PowerSums,
    Source,
    expected_budget_gbp,
    sources_of,
    with_totals,
)
from simulator.questions.explain.worth import Worth
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence, money, per_cent
from simulator.scenario.doubts import unsure_of
from simulator.simulation.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

ALL_SOURCES = "all sources"
ALL_LINES = "all lines"
WHOLE_CONTRACT = "whole contract"
_SIZE = "A larger cluster or a pool of clusters"
_POOL = "Only a pool of clusters"
_CURES: dict[str, str] = {
    Source.COUNTS: _SIZE,
    Source.UNIT_COSTS: _SIZE,
    Source.CLUSTER_YEAR: _POOL,
    Source.UNMEASURED_NEED: _POOL,
    Source.PCT_SHOCKS: "No pool inside the PCT",
    Source.CLUSTER_LINE: _POOL,
    Source.DRIFT: "No pool inside the PCT",
    Source.PRICES: "No pool inside the PCT",
    Source.DOUBT: "Knowing more",
    Source.BASE_YEAR: "Budgets by need instead of past spend",
    Source.ACTIONS: "Knowing what works",
}
"""What would shrink a source; the interaction has no cure of its own."""
_HEARD: dict[str, str] = {
    Source.CLUSTER_YEAR: "the cluster's year",
    Source.CLUSTER_LINE: "the cluster's kinds of care",
    Source.BASE_YEAR: "the budget's base year",
}
_LAST_YEAR = (
    "Last year's outturn is known: shares are of what it leaves open; SDs of single sources are without it."
)
_REBASED = (
    "Budgets follow in part what was spent the year before (budgets.rebased_share). That is in the budget's "
    "base year as well; it moves against what lasts from year to year, and so may be an offset."
)
_TERMS = (
    "Payment terms are booked as what they add to budget less spend beyond their mean: a share below zero is "
    "risk that hospitals bear. Other sources are of care at the tariff."
)
_NO_VARIANCE = (
    "Budget less spend does not vary here, so there is nothing to explain: no service line that is "
    "answered for is paid by the case."
)


@dataclass(frozen=True)
class Explanation(DrawnAnswer):
    """What `explain` returns: the variance of budget less spend, by source of chance.

    Wherever a name is asked for, the last of `sources`, `years`, `clusters` and `lines` stands for
    all together and is the default: all sources, the whole contract, the PCT, all lines.
    """

    plan: Plan  # what was expected
    sums: PowerSums  # over all contracts
    worth: Worth | None  # what payment terms are worth; None where all care is paid at the tariff or fixed
    # Whom the tables are about: one cluster, or all together by year and line; None for each.
    cluster: str | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of chance, and all of them."""
        return (*sources_of(self.plan), ALL_SOURCES)

    @property
    def years(self) -> tuple[str, ...]:
        """Contract years, and the whole contract."""
        return (*self.plan.axes.years[1:], WHOLE_CONTRACT)

    @property
    def clusters(self) -> tuple[str, ...]:
        """Clusters, and the PCT: all of them together."""
        return (*self.plan.axes.clusters, ALL_CLUSTERS)

    @property
    def lines(self) -> tuple[str, ...]:
        """Service lines, and all of them."""
        return (*self.plan.axes.lines, ALL_LINES)

    def share(
        self, source: str, cluster: str = ALL_CLUSTERS, year: str = WHOLE_CONTRACT, line: str = ALL_LINES
    ) -> Estimate | None:
        """Return a piece's share of the variance of the outturn of its year and cluster.

        That is its covariance with the outturn over the outturn's variance. The shares of all sources, or of
        all sources and lines, add up to 1; one below zero is an offset. None where the outturn does not vary.
        """
        return self.sums.share(self._place(source, cluster, year, line))

    def sd_gbp(
        self,
        source: str = ALL_SOURCES,
        cluster: str = ALL_CLUSTERS,
        year: str = WHOLE_CONTRACT,
        line: str = ALL_LINES,
    ) -> Estimate:
        """Return a piece's own standard deviation, in pounds; arguments as for `share`."""
        return self.sums.sd(self._place(source, cluster, year, line), self.contracts)

    def pooled_share(self, source: str = ALL_SOURCES) -> Estimate | None:
        """Return the SD of a source in all clusters together over the sum of its SDs in each.

        Of the whole contract: 1 where pooling cures nothing, and None where the source does not vary.
        """
        at, *_ = self._place(source, ALL_CLUSTERS, WHOLE_CONTRACT, ALL_LINES)
        return self.sums.pooled(at, -1, self.contracts)

    def terms_worth_gbp(
        self, cluster: str = ALL_CLUSTERS, year: str = WHOLE_CONTRACT, line: str = ALL_LINES
    ) -> Estimate:
        """Return what payment terms add to budget less spend on average, against the tariff for each case.

        On the same draws; arguments as for `share`. Of a block contract nothing: its care is not drawn.
        """
        place = self._place(ALL_SOURCES, cluster, year, line)
        return self.worth.estimate(place, self.contracts) if self.worth else Estimate(0.0, 0.0, 0.0, 0.0)

    @cached_property
    def expected_budget_gbp(self) -> dict[str, float]:
        """Budget of the whole contract by cluster, and of the PCT, when past spend is as expected."""
        budgets = with_totals(expected_budget_gbp(self.plan).sum(axis=(0, 2)), (0,))
        return dict(zip(self.clusters, map(float, budgets), strict=True))

    def every_number(self) -> pd.DataFrame:
        """Return every share and SD with its error, one row for each cluster, year, line and source.

        A share is nan where the outturn does not vary. Only of one cluster, where that alone is explained.
        """
        import pandas as pd

        rows: list[dict[str, str | float | None]] = [
            {"cluster": name, "year": year, "line": line, "source": source}
            | _fields("share_of_variance", self.share(source, name, year, line))
            | _fields("sd_gbp", self.sd_gbp(source, name, year, line))
            for name in (self.clusters if self.cluster is None else (self.cluster,))
            for year in self.years
            for line in self.lines
            for source in self.sources
        ]
        return pd.DataFrame(rows)

    def of(self, cluster: str) -> Explanation:
        """Return the same numbers in tables of one of `clusters`, by year and line; InputError for others."""
        if problems := unknown("cluster", cluster, self.clusters):
            raise InputError(problems)
        return replace(self, cluster=cluster)

    @property
    def varies(self) -> bool:
        """Whether there is any variance to explain."""
        return self.share(ALL_SOURCES, self.cluster or ALL_CLUSTERS) is not None

    def tables(self) -> tuple[Table, ...]:
        """Return the shares of the variance by source: of every cluster, or of one by year and line."""
        if not self.varies:
            return ()
        if self.cluster is None:
            pooling = (self._pooling(),) if len(self.clusters) > 2 else ()
            return (self._by_cluster(), *pooling, *self._worth(self.clusters))
        return self._by_year(self.cluster), self._by_line(self.cluster), *self._worth((self.cluster,))

    def _by_cluster(self) -> Table:
        clusters = self.clusters
        columns = (
            text("cluster", clusters),
            pounds("SD", [self.sd_gbp(cluster=name) for name in clusters]),
            shares("SD, of budget", [self._sd_of_budget(name) for name in clusters]),
            *(
                shares(source, [self.share(source, name) for name in clusters])
                for source in self.sources[:-1]
            ),
        )
        title = "What makes budget less spend vary over the whole contract? Shares of its variance"
        return Table("sources of variance", title, columns, rows_apart=1)

    def _worth(self, clusters: tuple[str, ...]) -> tuple[Table, ...]:
        """Return what payment terms are worth by line, where there are any."""
        if self.worth is None:
            return ()
        payments = zip(self.lines[:-1], self.plan.payments, strict=True)
        lines = [*(line for line, payment in payments if not payment.is_as_drawn), ALL_LINES]
        each = (
            pounds(spaced(line), [self.terms_worth_gbp(name, line=line) for name in clusters], f"{line}_gbp")
            for line in lines
        )
        title = "What are payment terms worth, against the tariff for each case? Mean over the whole contract"
        return (Table("worth of payment terms", title, (text("cluster", clusters), *each), rows_apart=1),)

    def _pooling(self) -> Table:
        sources = self.sources
        columns = (
            text("source", sources),
            pounds("SD, all clusters together", [self.sd_gbp(source) for source in sources]),
            shares("cured by pooling all clusters", [self._cured(source) for source in sources]),
            text("what would shrink it", [_CURES.get(source, "") for source in sources]),
        )
        title = "What can pooling cure? The clusters' SDs added up, against that of all together"
        return Table("pooling", title, columns, rows_apart=1)

    def _by_year(self, cluster: str) -> Table:
        sources = self.sources
        years = self.years if len(self.years) > 2 else (WHOLE_CONTRACT,)
        columns = (
            text("source", sources),
            *(shares(year, [self.share(source, cluster, year) for source in sources]) for year in years),
            pounds("SD, whole contract", [self.sd_gbp(source, cluster) for source in sources]),
        )
        title = f"What makes the budget less spend of {in_sentence(cluster)} vary? Shares of the variance"
        return Table("by year", title, columns, rows_apart=1)

    def _by_line(self, cluster: str) -> Table:
        columns = (
            shares(source, [_if_it_varies(self.share(source, cluster, line=line)) for line in self.lines])
            for source in self.sources
        )
        names = text("service line", [spaced(line) for line in self.lines])
        title = "In which service lines? Shares of the whole contract's variance"
        return Table("by service line", title, (names, *columns), rows_apart=1)

    def sentences(self) -> tuple[str, ...]:
        """Return what the tables say, to be read aloud."""
        if not self.varies:
            return (_NO_VARIANCE,)
        said = self._of_all_in_words() if self.cluster is None else self._of_one_in_words(self.cluster)
        return (*said, *self._worth_in_words(self.cluster or ALL_CLUSTERS))

    def _worth_in_words(self, cluster: str) -> Iterator[str]:
        if self.worth is not None:
            worth = money(self.terms_worth_gbp(cluster))
            yield (
                f"Against the tariff for each case, what hospitals are paid is worth {worth} to "
                f"{in_sentence(cluster)} over the contract, on the same draws."
            )

    def _of_all_in_words(self) -> Iterator[str]:
        if len(self.clusters) <= 2:
            return
        if everything := self._cured(ALL_SOURCES):
            yield f"A pool of all clusters cures {per_cent(everything)} of the SD that they bear one by one."
        if left := _if_it_varies(self.share(Source.PCT_SHOCKS)):
            pct = "a PCT" if self.scenario.settings.pct_of_clusters else "the PCT"
            yield (
                f"PCT-wide shocks, which no pool inside {pct} cures, are {per_cent(left)} of the variance "
                "then."
            )
        if Source.DOUBT in self.sources and (left := _if_it_varies(self.share(Source.DOUBT))):
            unsure = listed(unsure_of(self.scenario.settings))
            yield f"What is not known of {unsure} is {per_cent(left)} of it: knowing more would cure that."

    def _of_one_in_words(self, cluster: str) -> Iterator[str]:
        share_of_budget = self._sd_of_budget(cluster)
        of_budget = f", {per_cent(share_of_budget)} of the budget" if share_of_budget else ""
        yield (
            f"By the end of the contract, chance moves the surplus or overspend of {in_sentence(cluster)} by "
            f"{money(self.sd_gbp(cluster=cluster))}{of_budget}; twice as much would be no surprise."
        )
        for cure in dict.fromkeys(_CURES.values()) if cluster != ALL_CLUSTERS else ():
            parts = [
                f"{_HEARD.get(source, source)} ({per_cent(share)})"
                for source in self.sources[:-1]
                if _CURES.get(source) == cure and (share := _if_it_varies(self.share(source, cluster)))
            ]
            if parts:
                yield f"{cure} would shrink {' and '.join(parts)}."
        found = {line: self.share(ALL_SOURCES, cluster, line=line) for line in self.lines[:-1]}
        by_line = {line: varying for line, share in found.items() if (varying := _if_it_varies(share))}
        if len(by_line) > 1:
            line = max(by_line, key=lambda name: by_line[name].value)
            most = per_cent(by_line[line])
            yield f"The service line that adds most is {line.replace('_', ' ')}: {most} of the variance."

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        if not self.varies:
            return ()
        return (
            self.errors_note,
            "A share is the covariance of that part with budget less spend, over its variance: the shares of "
            "all sources add up to 100%. A share below zero is an offset: that part moves against the rest.",
            "Unmeasured need counts less what a budget set by past spend already carries of it. The budget's "
            "base year is all else that past spend brings into the budget. Budgets by need shrink the latter "
            "and raise the former.",
            "SD: standard deviation, the usual distance from expectation.",
            *([_LAST_YEAR] if self.plan.last_year else []),
            *([_TERMS] if self.worth else []),
            *([_REBASED] if self.plan.settings.budgets.rebased_share else []),
        )

    def _sd_of_budget(self, cluster: str) -> Estimate | None:
        """Return the whole contract's SD over the expected budget; None where there is no budget."""
        budget = self.expected_budget_gbp[cluster]
        sd = self.sd_gbp(cluster=cluster)
        return Estimate(sd.value / budget, sd.low / budget, sd.high / budget) if budget > 0 else None

    def _cured(self, source: str) -> Estimate | None:
        """Return the part of the clusters' SDs, added up, that is gone when all share a source."""
        left = self.pooled_share(source)
        return left and Estimate(1 - left.value, 1 - left.high, 1 - left.low)

    def _place(self, source: str, cluster: str, year: str, line: str) -> Place:
        asked = {"source": (source, self.sources), "year": (year, self.years)}
        asked |= {"cluster": (cluster, self.clusters), "line": (line, self.lines)}
        Problems(one for what, (name, known) in asked.items() for one in unknown(what, name, known)).report()
        # All together is looked for first: nothing forbids a service line of that name.
        at = [-1 if name == known[-1] else known.index(name) for name, known in asked.values()]
        return (at[0], at[1], at[2], at[3])


def _fields(name: str, estimate: Estimate | None) -> dict[str, str | float | None]:
    """Return an estimate as columns of a table; nan for none."""
    found = estimate or Estimate.with_error(float("nan"), float("nan"))
    return {
        name: found.value,
        f"{name}_standard_error": found.standard_error,
        f"{name}_low": found.low,
        f"{name}_high": found.high,
    }


def _if_it_varies(share: Estimate | None) -> Estimate | None:
    """Return None for the share of what does not vary."""
    return share if share and (share.value or share.half_width) else None
