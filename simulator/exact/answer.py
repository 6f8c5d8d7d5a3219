"""What the exact method answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd

WHOLE_CONTRACT = "whole contract"


@dataclass(frozen=True, slots=True)
class ExactRow:
    """Exact risk of one cluster in one year, or over the whole contract."""

    cluster: str  # its name
    year: str  # label of the contract year, or `WHOLE_CONTRACT`
    people: float  # registered list
    estimates: dict[str, Estimate]  # by name; intervals bound the numerical error, there is no sampling error
    not_given: str = ""  # why numbers are missing; nothing where none is


@dataclass(frozen=True, slots=True)
class ExactRisk:
    """What `exact_risk` returns.

    Parameters
    ----------
    scenario : Scenario
        What was asked about.
    rows : tuple of ExactRow
        For each cluster its contract years and then, where there are several, the whole contract.
    """

    scenario: Scenario
    rows: tuple[ExactRow, ...]

    def frame(self) -> pd.DataFrame:
        """Return the numbers, one row a cluster and year.

        Returns
        -------
        pandas.DataFrame
            Indexed by cluster and year. Beside each number the ``_low`` and ``_high`` bounds of its
            numerical error; nan, with the reason in ``not_given``, where there is none.
        """
        import pandas as pd

        records = []
        for row in self.rows:
            record: dict[str, str | float] = {"cluster": row.cluster, "year": row.year, "people": row.people}
            for name, estimate in row.estimates.items():
                record |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
            records.append(record | {"not_given": row.not_given})
        return pd.DataFrame(records).set_index(["cluster", "year"])
