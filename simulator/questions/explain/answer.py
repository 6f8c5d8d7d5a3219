"""The answer to `explain`: shares of variance and SDs by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.errors import InputError, unknown
from simulator.questions.explain.pieces import Source, expected_budget_gbp
from simulator.questions.explain.sums import Place, PowerSums, with_totals
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan

if TYPE_CHECKING:
    import pandas as pd

ALL_SOURCES = "all sources"
ALL_LINES = "all lines"
WHOLE_CONTRACT = "whole contract"


@dataclass(frozen=True)
class Explanation:
    """What `explain` returns: the variance of budget less spend, by source of chance.

    Wherever a name is asked for, the last of `sources`, `years`, `clusters` and `lines` stands for
    all together and is the default: all sources, the whole contract, the PCT, all lines.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    plan : Plan
        What was expected.
    sums : PowerSums
        Over all contracts.
    contracts, seed : int
        How many contracts were simulated, and from which seed.
    """

    scenario: Scenario
    plan: Plan
    sums: PowerSums
    contracts: int
    seed: int

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources of chance, and all of them."""
        return (*Source, ALL_SOURCES)

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
        self,
        source: str,
        cluster: str = ALL_CLUSTERS,
        year: str = WHOLE_CONTRACT,
        line: str = ALL_LINES,
    ) -> Estimate | None:
        """Return a piece's share of the variance of the outturn of its year and cluster.

        Parameters
        ----------
        source, cluster, year, line : str
            Which piece.

        Returns
        -------
        Estimate or None
            Covariance of the piece with the outturn over the outturn's variance. The shares of all
            sources, or of all sources and lines, add up to 1; one below zero is an offset. None
            where the outturn does not vary.
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
        """Return how much of the SD of a source is left when all clusters share it.

        Parameters
        ----------
        source : str
            Which source.

        Returns
        -------
        Estimate or None
            SD of all clusters together over the sum of their own, for the whole contract: 1 where
            pooling cures nothing. None where it does not vary.
        """
        return self.sums.pooled(self.sources.index(source), -1, self.contracts)

    @cached_property
    def expected_budget_gbp(self) -> dict[str, float]:
        """Budget of the whole contract by cluster, and of the PCT, when past spend is as expected."""
        budgets = with_totals(expected_budget_gbp(self.plan).sum(axis=(0, 2)), (0,))
        return dict(zip(self.clusters, map(float, budgets), strict=True))

    def table(self, cluster: str | None = None) -> pd.DataFrame:
        """Return every share and SD, one row for each cluster, year, line and source.

        Parameters
        ----------
        cluster : str, optional
            Only this cluster, or PCT; all when left out.

        Returns
        -------
        pandas.DataFrame
            `share_of_variance` and `sd_gbp`, each with its standard error and the ends of its 95%
            interval; the share is nan where the outturn does not vary.

        Raises
        ------
        InputError
            If there is no such cluster.
        """
        import pandas as pd

        problems = [] if cluster is None else unknown("cluster", cluster, self.clusters)
        if problems:
            raise InputError(problems)
        rows: list[dict[str, str | float]] = [
            {"cluster": name, "year": year, "line": line, "source": source}
            | _fields("share_of_variance", self.share(source, name, year, line))
            | _fields("sd_gbp", self.sd_gbp(source, name, year, line))
            for name in (self.clusters if cluster is None else (cluster,))
            for year in self.years
            for line in self.lines
            for source in self.sources
        ]
        return pd.DataFrame(rows)

    def _place(self, source: str, cluster: str, year: str, line: str) -> Place:
        asked = {
            "source": (source, self.sources),
            "year": (year, self.years),
            "cluster": (cluster, self.clusters),
            "line": (line, self.lines),
        }
        problems = [
            problem for what, (name, known) in asked.items() for problem in unknown(what, name, known)
        ]
        if problems:
            raise InputError(problems)
        # All together is looked for first: nothing forbids a service line of that name.
        at = [-1 if name == known[-1] else known.index(name) for name, known in asked.values()]
        return (at[0], at[1], at[2], at[3])


def _fields(name: str, estimate: Estimate | None) -> dict[str, str | float]:
    """Return an estimate as columns of a table; nan for none."""
    nan = float("nan")
    found = estimate or Estimate(nan, nan, nan, nan)
    error = nan if found.standard_error is None else found.standard_error
    return {
        name: found.value,
        f"{name}_standard_error": error,
        f"{name}_low": found.low,
        f"{name}_high": found.high,
    }
