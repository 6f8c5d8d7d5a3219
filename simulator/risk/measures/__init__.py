"""Measures: the columns of a summary, each defined once for every table, chart and document."""

from functools import lru_cache

from simulator.risk.measures.bond import BOND_MEASURES
from simulator.risk.measures.measure import Measure, SummaryColumn
from simulator.risk.measures.overspend import OVERSPEND_MEASURES
from simulator.risk.measures.pct_pays import PCT_PAYS_MEASURES
from simulator.risk.measures.positions import POSITION_MEASURES
from simulator.risk.measures.surplus import SURPLUS_MEASURES

MEASURES = (
    *OVERSPEND_MEASURES,
    *BOND_MEASURES,
    *SURPLUS_MEASURES,
    *POSITION_MEASURES,
    *PCT_PAYS_MEASURES,
)
"""The register of measures."""


@lru_cache
def columns(years: int) -> dict[str, SummaryColumn]:
    """Return every column of a summary of so many contract years, by name, in order."""
    return {
        name: SummaryColumn(name, measure, year)
        for measure in MEASURES
        for name, year in measure.columns(years)
    }


__all__ = ["MEASURES", "Measure", "SummaryColumn", "columns"]
