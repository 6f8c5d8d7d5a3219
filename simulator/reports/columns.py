"""Columns of printed tables: estimates with their errors, in a unit that suits them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.risk.estimate import Estimate
from simulator.risk.in_words import MONEY_UNITS, PER_CENT
from simulator.risk.measures import Unit, columns
from simulator.risk.rounding import bound_in_per_cent, rounded
from simulator.scenario.schema import MOST_YEARS

ERRORS_NOTE = (
    "Each ± is the longer side of a 95% interval of sampling error; it does not cover doubt about the "
    "scenario's figures."
)
"""What every printed report says of its errors."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of text with its heading.

    Parameters
    ----------
    heading : str
        With its unit.
    cells : tuple of str
        One for each row.
    left : bool
        Whether text is set to the left; numbers go to the right.
    """

    heading: str
    cells: tuple[str, ...]
    left: bool = False


def money_column(heading: str, estimates: Sequence[Estimate | None]) -> Column:
    """Return a column of pounds, in the largest unit that leaves most of them above one.

    Parameters
    ----------
    heading : str
        Without the unit.
    estimates : sequence of Estimate or None
        One for each row; None leaves a cell empty.

    Returns
    -------
    Column
        Each cell with the longer side of its 95% interval.
    """
    sizes = sorted(abs(estimate.value) for estimate in estimates if estimate)
    middle = sizes[len(sizes) // 2] if sizes else 0.0
    unit, symbol = next((pair for pair in MONEY_UNITS if middle >= pair[0]), MONEY_UNITS[-1])
    return Column(f"{heading} {symbol}", tuple(_cell(estimate, unit) for estimate in estimates))


def probability_column(heading: str, estimates: Sequence[Estimate | None]) -> Column:
    """Return a column of probabilities in per cent.

    Parameters
    ----------
    heading : str
        Without the unit.
    estimates : sequence of Estimate or None
        One for each row; None leaves a cell empty.

    Returns
    -------
    Column
        Each cell with the longer side of its 95% interval.
    """
    cells = [
        (estimate and bound_in_per_cent(estimate.value, estimate.low, estimate.high))
        or _cell(estimate, PER_CENT)
        for estimate in estimates
    ]
    return Column(f"{heading} %", tuple(cells))


def measure_column(name: str, estimates: Sequence[Estimate | None], years: Sequence[str] = ()) -> Column:
    """Return a column of the summary under its own heading.

    Parameters
    ----------
    name : str
        One of the summary's columns.
    estimates : sequence of Estimate or None
        One for each row.
    years : sequence of str
        Labels of the contract years.

    Returns
    -------
    Column
        In pounds or per cent, as the measure is.
    """
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
