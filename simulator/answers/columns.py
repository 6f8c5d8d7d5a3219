"""Columns of printed tables: estimates with their errors, in a unit that suits them."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.cells import ERRORS_NOTE
from simulator.answers.cells import PrintedColumn as Column
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import MONEY_UNITS, PER_CENT
from simulator.risk.measures import columns
from simulator.risk.rounding import bound_in_per_cent, rounded
from simulator.risk.unit import Unit
from simulator.scenario.schema import MOST_YEARS


def money_column(heading: str, estimates: Sequence[Estimate | None]) -> Column:
    """Return a column of pounds, in the largest unit that leaves most of them above one."""
    sizes = sorted(abs(estimate.value) for estimate in estimates if estimate)
    middle = sizes[len(sizes) // 2] if sizes else 0.0
    unit, symbol = next((pair for pair in MONEY_UNITS if middle >= pair[0]), MONEY_UNITS[-1])
    return Column(f"{heading} {symbol}", tuple(_cell(estimate, unit) for estimate in estimates))


def probability_column(heading: str, estimates: Sequence[Estimate | None]) -> Column:
    """Return a column of probabilities in per cent."""
    cells = [
        (estimate and bound_in_per_cent(estimate.value, estimate.low, estimate.high))
        or _cell(estimate, PER_CENT)
        for estimate in estimates
    ]
    return Column(f"{heading} %", tuple(cells))


def measure_column(name: str, estimates: Sequence[Estimate | None], years: Sequence[str] = ()) -> Column:
    """Return a column of the summary under its own heading, in pounds or per cent as the measure is."""
    column = columns(MOST_YEARS)[name]
    made = probability_column if column.measure.unit is Unit.PROBABILITY else money_column
    return made(column.heading(years), estimates)


def _cell(estimate: Estimate | None, unit: float) -> str:
    if estimate is None:
        return ""
    if not estimate.value and not estimate.half_width:
        return "0"
    value, error = rounded(estimate.value, estimate.half_width, unit)
    return f"{value} ±{error}"


__all__ = ["ERRORS_NOTE", "Column", "measure_column", "money_column", "probability_column"]
