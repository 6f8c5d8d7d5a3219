"""Measures: the columns of a summary, each defined once for every table, chart and document."""

from functools import lru_cache

from simulator.risk.measures.cover import BOND_MEASURES, PCT_PAYS_MEASURES
from simulator.risk.measures.gains import GAIN_MEASURES
from simulator.risk.measures.measure import Measure, SummaryColumn
from simulator.risk.measures.overspend import OVERSPEND_MEASURES

MEASURES = (*OVERSPEND_MEASURES, *BOND_MEASURES, *GAIN_MEASURES, *PCT_PAYS_MEASURES)
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
