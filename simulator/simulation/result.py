"""The result of a simulation: every contract's outcome, and estimates with their errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.records import DIMENSIONS, Outcomes
from simulator.risk.measures import SummaryRow, summarise, summary_columns
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


@dataclass(frozen=True)
class Result:
    """What `simulate` returns.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    plan : Plan
        What was expected.
    contract_outcomes : Outcomes
        Of every contract, as plain arrays.
    contracts, seed : int
        How many contracts were simulated, and from which seed.
    """

    scenario: Scenario
    plan: Plan
    contract_outcomes: Outcomes
    contracts: int
    seed: int

    @property
    def years(self) -> tuple[str, ...]:
        """Labels of the contract years."""
        return self.plan.axes.years[1:]

    @cached_property
    def rows(self) -> tuple[SummaryRow, ...]:
        """Estimates for each cluster, then for all together."""
        return summarise(self.contract_outcomes, self.plan.terms)

    @property
    def summary_columns(self) -> dict[str, list[float | str | None]]:
        """The summary's columns, without pandas."""
        return summary_columns(self.rows, len(self.years))

    def summary(self) -> pd.DataFrame:
        """Return the estimates, one row a cluster and then all together.

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

        outcomes = self.contract_outcomes
        labels = {"year": list(self.years), "cluster": list(self.plan.axes.clusters)}
        arrays = {
            f"{reason}_gbp": xr.DataArray(
                flow.gbp,
                dims=DIMENSIONS,
                attrs={
                    "units": "GBP",
                    "paid_by": str(flow.payer),
                    "paid_to": str(flow.payee),
                    "order": order,
                },
            )
            for order, (reason, flow) in enumerate(outcomes.flows.items(), start=1)
        }
        arrays["takes_part"] = xr.DataArray(outcomes.takes_part, dims=DIMENSIONS)
        arrays["bond_claims_gbp"] = xr.DataArray(
            outcomes.bond_claims_gbp,
            dims=DIMENSIONS,
            attrs={"units": "GBP", "long_name": "what reaches the bond, had it never run dry"},
        )
        for name, meaning in (
            ("annual_budget_gbp", "budget of its first contract year at the rate of a whole year"),
            ("bond_needed_gbp", "smallest bond that pays all that reaches it"),
        ):
            arrays[name] = xr.DataArray(
                getattr(outcomes, name),
                dims=DIMENSIONS[::2],
                attrs={"units": "GBP", "long_name": meaning},
            )
        return xr.Dataset(arrays, coords={"contract": range(self.contracts), **labels})
