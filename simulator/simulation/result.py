"""The result of a simulation: every contract's outcome, and estimates with their errors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING

from simulator.execution.blocks import run_blocks
from simulator.records import Outcomes, Outturn
from simulator.risk.in_parts import Settled
from simulator.risk.measures import SummaryRow, summarise, summarise_in_parts, summary_columns
from simulator.risk.positions import BuildUp, build_up, build_up_samples
from simulator.rules.by_pct import Clusters, agreed_with, outturn_of
from simulator.scenario.scenario import Scenario
from simulator.simulation.gathering import part_of
from simulator.simulation.outcomes_file import labelled
from simulator.simulation.pct_rows import RowsByPct, rows_by_pct
from simulator.simulation.plan import Plan

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_CELLS_AT_ONCE = 220_000
"""Contracts x years x clusters that are settled at a time: some 40 MB, which the system hands out quickly
again and again; with more it takes twice as long."""

_MOST_PCTS_AT_ONCE = 20
"""PCTs of which outcomes of so many cells are held at a time: some GB."""


@dataclass(frozen=True)
class Result:
    """What `simulate` returns.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    plan : Plan
        What was expected.
    outturn : Outturn
        Budgets and spend of every contract, before any rule.
    contracts, seed : int
        How many contracts were simulated, and from which seed.
    workers : int
        By how many processes they were, and estimates are where contracts are many.
    """

    scenario: Scenario
    plan: Plan
    outturn: Outturn
    contracts: int
    seed: int
    workers: int = 1

    @property
    def years(self) -> tuple[str, ...]:
        """Labels of the contract years."""
        return self.plan.axes.years[1:]

    @cached_property
    def contract_outcomes(self) -> Outcomes:
        """What the rules make of every contract, as plain arrays: some 10 times the size of the outturn."""
        return self.plan.settle(self.outturn)

    @property
    def settled(self) -> Settled:
        """The outcomes of all contracts, of no more at a time than memory is sure to hold."""
        return Settled(self.contracts, self.plan.terms, self._parts)

    @property
    def _parts_needed(self) -> int:
        # Each PCT is settled alone: of many more contracts can be settled at a time.
        pcts = len(set(self.plan.axes.pcts)) or 1
        return self.outturn.spend_gbp.size // (_CELLS_AT_ONCE * min(pcts, _MOST_PCTS_AT_ONCE)) + 1

    def _parts(self) -> Iterator[Outcomes]:
        parts = self._parts_needed
        if parts == 1:
            yield self.contract_outcomes
            return
        for start, stop in pairwise(self.contracts * part // parts for part in range(parts + 1)):
            yield self.plan.settle(part_of(self.outturn, start, stop))

    @cached_property
    def rows(self) -> tuple[SummaryRow, ...]:
        """Estimates for each cluster, then for all together."""
        if self.plan.axes.pcts:
            return self._by_pct.rows
        if self._parts_needed == 1:
            return summarise(self.contract_outcomes, self.plan.terms)
        rows = range(len(self.plan.axes.clusters) + 1)
        workers = self.settled.most_at_once(self.workers)
        tasks = [rows] if workers == 1 else [[row] for row in rows]
        found = dict(run_blocks(partial(summarise_in_parts, self.settled), tasks, workers))
        return tuple(chain.from_iterable(found[task] for task in range(len(tasks))))

    @property
    def pct_rows(self) -> tuple[SummaryRow, ...]:
        """Estimates for each PCT, where there are several."""
        return self._by_pct.pcts if self.plan.axes.pcts else ()

    @cached_property
    def _by_pct(self) -> RowsByPct:
        workers = self.settled.most_at_once(self.workers)
        return rows_by_pct(self.plan.terms, self.plan.axes, self._alone, workers)

    def _alone(self, clusters: Clusters) -> tuple[tuple[SummaryRow, ...], Settled]:
        """Return the rows and the outcomes of one PCT alone, whose clusters these are."""
        terms, axes = agreed_with(self.plan.terms, self.plan.axes, clusters)
        plan = replace(self.plan, terms=terms, axes=axes)
        own = replace(self, plan=plan, outturn=outturn_of(self.outturn, clusters), workers=1)
        return own.rows, own.settled

    @property
    def pct_build_up(self) -> BuildUp:
        """What the PCT's net position over the contract is made of."""
        if self.plan.axes.pcts:
            return build_up(dict(build_up_samples(self._by_pct.together)))
        together = len(self.plan.axes.clusters)
        (found,) = self.settled.of_rows([together], build_up_samples, lambda _, samples: build_up(samples))
        return found

    @property
    def summary_columns(self) -> dict[str, list[float | str | None]]:
        """The summary's columns, without pandas."""
        rows, pcts = [*self.rows[:-1], *self.pct_rows, self.rows[-1]], self.plan.axes.pcts
        names = [row.name for row in self.pct_rows]
        of_rows = [*pcts, *names, self.scenario.settings.pct.name] if pcts else []
        return summary_columns(rows, len(self.years), of_rows)

    def summary(self) -> pd.DataFrame:
        """Return the estimates, one row a cluster, then a PCT where there are several, and then all together.

        Returns
        -------
        pandas.DataFrame
            Indexed by cluster. Pounds, people and probabilities as the column names say; beside
            each estimate its ``_standard_error``, or the ``_low`` and ``_high`` ends of its 95%
            interval.
        """
        import pandas as pd

        return pd.DataFrame(self.summary_columns).set_index("cluster")

    @property
    def outcomes(self) -> xr.Dataset:
        """Every contract's outcomes in pounds, labelled by contract, year and cluster."""
        import xarray as xr

        arrays = {
            one.name: xr.DataArray(one.values, dims=one.dimensions, attrs=one.attributes)
            for one in labelled(self.contract_outcomes)
        }
        labels = {"year": list(self.years), "cluster": list(self.plan.axes.clusters)}
        return xr.Dataset(arrays, coords={"contract": range(self.contracts), **labels})
