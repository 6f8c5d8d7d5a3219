"""The result of a simulation: every contract's outcome, and estimates with their errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import TYPE_CHECKING

from simulator.records import Outcomes, Outturn
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook, account_books
from simulator.risk.measures import SummaryRow, distinct_samples, summarise, summary_columns, summary_row
from simulator.risk.positions import BuildUp, build_up, build_up_samples, pct_build_up
from simulator.scenario.scenario import Scenario
from simulator.simulation.gathering import Gathered
from simulator.simulation.outcomes_file import labelled
from simulator.simulation.plan import Plan
from simulator.simulation.settled import Samples, Settled

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_CELLS_AT_ONCE = 220_000
"""Contracts x years x clusters that are settled at a time: some 40 MB, which the system hands out quickly
again and again; with more it takes twice as long."""
_BUILD_UP = "build-up of the PCT's net position: "

_MOST_PCTS_AT_ONCE = 8
"""PCTs of which the outcomes of so many cells are held at a time: each is settled alone, and what a rule
needs only for as long as it works is of one PCT."""


@dataclass(frozen=True)
class Result:
    """What `simulate` returns.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    plan : Plan
        What was expected.
    gathered : Gathered
        Budgets and spend of every contract, before any rule, in memory or on disk.
    contracts, seed : int
        How many contracts were simulated, and from which seed.
    workers : int
        By how many processes they were, and estimates are where contracts are many.
    """

    scenario: Scenario
    plan: Plan
    gathered: Gathered
    contracts: int
    seed: int
    workers: int = 1

    @property
    def years(self) -> tuple[str, ...]:
        """Labels of the contract years."""
        return self.plan.axes.years[1:]

    @property
    def outturn(self) -> Outturn:
        """Budgets and spend of every contract, before any rule."""
        return self.gathered.some(0, self.contracts)

    @cached_property
    def contract_outcomes(self) -> Outcomes:
        """What the rules make of every contract, as plain arrays: some 10 times the size of the outturn."""
        return self.plan.settle(self.outturn)

    @property
    def settled(self) -> Settled:
        """The outcomes of all contracts, of no more at a time than memory is sure to hold."""
        pcts = min(max(len(self._pcts), 1), _MOST_PCTS_AT_ONCE)
        bounds = self.gathered.bounds(_CELLS_AT_ONCE * pcts)
        return Settled(self.contracts, self.plan.terms, bounds, self._settled, self.workers)

    def _settled(self, start: int, stop: int) -> Outcomes:
        whole = stop - start == self.contracts
        return self.contract_outcomes if whole else self.plan.settle(self.gathered.some(start, stop))

    @property
    def _pcts(self) -> list[str]:
        """The PCTs, where there are several."""
        return list(dict.fromkeys(self.plan.axes.pcts))

    @property
    def _is_small(self) -> bool:
        """Whether all that is asked is of outcomes that memory holds at once."""
        return len(self.settled.bounds) == 1 and not self._pcts

    @cached_property
    def rows(self) -> tuple[SummaryRow, ...]:
        """Estimates for each cluster, then for all together."""
        if self._is_small:
            return summarise(self.contract_outcomes, self.plan.terms)
        return tuple(row for row, _ in self._found[: len(self.plan.axes.clusters) + 1])

    @property
    def pct_rows(self) -> tuple[SummaryRow, ...]:
        """Estimates for each PCT, where there are several."""
        if not self._pcts:
            return ()
        of_pcts = self._found[len(self.plan.axes.clusters) + 1 :]
        return tuple(replace(row, name=pct) for (row, _), pct in zip(of_pcts, self._pcts, strict=True))

    @cached_property
    def pct_build_up(self) -> BuildUp:
        """What the PCT's net position over the contract is made of."""
        if self._is_small:
            return pct_build_up(account_books(self.contract_outcomes, self.plan.terms)[-1])
        return next(found for _, found in self._found if found is not None)

    @cached_property
    def _found(self) -> list[tuple[SummaryRow, BuildUp | None]]:
        """Estimates and the build-up of each row, for which all contracts are settled once."""
        terms, of_pcts = self.plan.terms, self.plan.axes.clusters_of_pcts().values()
        together = (float(terms.people[clusters].sum()) for clusters in (slice(None), *of_pcts))
        named = [
            *zip(terms.names, terms.people.tolist(), strict=True),
            *((ALL_CLUSTERS, people) for people in together),
        ]
        work = partial(_row_of, named, len(self.years))
        return self.settled.of_rows(range(len(named)), _samples_of, work)

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


def _samples_of(book: AccountBook) -> Iterator[tuple[str, Samples]]:
    """Yield the samples of a row's measures, and of the PCT's build-up where it has one."""
    if book.parts:
        for words, gbp in build_up_samples(book):
            yield f"{_BUILD_UP}{words}", gbp
    yield from distinct_samples(book)


def _row_of(
    named: Sequence[tuple[str, float]], years: int, row: int, samples: Mapping[str, Samples]
) -> tuple[SummaryRow, BuildUp | None]:
    parts = {name.removeprefix(_BUILD_UP): gbp for name, gbp in samples.items() if name.startswith(_BUILD_UP)}
    return summary_row(*named[row], years, samples), build_up(parts) if parts else None
