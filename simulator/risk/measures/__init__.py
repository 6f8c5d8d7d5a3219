"""Measures: the columns of a summary."""

from simulator.risk.measures.bond import BOND_MEASURES
from simulator.risk.measures.measure import Kind, Measure
from simulator.risk.measures.overspend import OVERSPEND_MEASURES
from simulator.risk.measures.pct_position import PCT_MEASURES
from simulator.risk.measures.surplus import SURPLUS_MEASURES

MEASURES = (*OVERSPEND_MEASURES, *BOND_MEASURES, *SURPLUS_MEASURES, *PCT_MEASURES)
"""The register of measures."""

__all__ = ["MEASURES", "Kind", "Measure"]
