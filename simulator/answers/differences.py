"""Columns that set policies side by side: estimates, and differences with a mark for those beyond chance."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.columns import Column, money_column, probability_column
from simulator.risk.difference import beyond_chance
from simulator.risk.estimate import Estimate
from simulator.risk.measures import columns
from simulator.risk.paired import PairedEstimate
from simulator.risk.rounding import bound_in_per_cent, rounded
from simulator.risk.unit import Unit
from simulator.scenario.schema import MOST_YEARS

MARK = "*"
SAME_DRAWS = "share the same draws of chance"
_POINTS = "points"
_MONEY_UNITS = ((1e6, "£m"), (1e3, "£k"), (1.0, "£"))


def mark_means(sharing: str = f"All policies {SAME_DRAWS}") -> str:
    """Return what the mark says; `sharing` says which draws are shared."""
    return (
        f"{MARK} A difference beyond chance: its 95% interval does not hold zero. {sharing}, so a "
        "difference has a smaller error than if each had draws of its own. Of twenty intervals about no "
        "difference, one misses it by chance."
    )


def words(measure: str) -> str:
    """Return what tables call a column of the summary, without its unit, which stands beside the numbers."""
    return columns(MOST_YEARS)[measure].heading()


def is_probability(measure: str) -> bool:
    """Return whether a column of the summary is a probability."""
    return columns(MOST_YEARS)[measure].measure.unit is Unit.PROBABILITY


def policy_columns(measure: str, cells: Sequence[PairedEstimate | None], heading: str = "") -> list[Column]:
    """Return a measure's column and that of its differences; the latter only where something differs."""
    named = probability_column if is_probability(measure) else money_column
    column = named(heading or words(measure), [cell.estimate if cell else None for cell in cells])
    differences = [cell.difference if cell else None for cell in cells]
    if not any(one and (one.value or beyond_chance(one)) for one in differences):
        return [column]
    return [column, difference_column(measure, differences)]


def difference_column(
    measure: str, differences: Sequence[Estimate | None], heading: str = "change"
) -> Column:
    """Return a column of differences, in a unit that suits them."""
    sizes = sorted(abs(one.value) for one in differences if one and one.value)
    unit, symbol = _unit(measure, sizes[len(sizes) // 2] if sizes else 0.0)
    in_unit = f", {_POINTS}" if is_probability(measure) else f" {symbol}"
    return Column(f"{heading}{in_unit}", tuple(_cell(one, unit) if one else "" for one in differences))


def told(measure: str, estimate: Estimate, signed: bool = False) -> str:
    """Return an estimate, or a difference where signed, with its unit; for a sentence or a mixed table."""
    if not estimate.value and not estimate.half_width:
        return "0"
    unit, symbol = _unit(measure, abs(estimate.value))
    value, error = rounded(estimate.value, estimate.half_width, unit)
    sign = "-" if value.startswith("-") else "+" if signed and estimate.value > 0 else ""
    digits = value.removeprefix("-")
    if symbol == "%":
        if signed:
            return f"{sign}{digits} ±{error} {_POINTS}"
        bound = bound_in_per_cent(estimate.value, estimate.low, estimate.high)
        return f"{bound}%" if bound else f"{digits}% ±{error}%"
    suffix = symbol.removeprefix("£")
    return f"{sign}£{digits}{suffix} ±{error}{suffix}"


def _unit(measure: str, size: float) -> tuple[float, str]:
    if is_probability(measure):
        return 0.01, "%"
    return next((pair for pair in _MONEY_UNITS if size >= pair[0]), _MONEY_UNITS[-1])


def _cell(difference: Estimate, unit: float) -> str:
    """Return a difference with its sign, its error, and a mark if chance alone does not explain it."""
    if not difference.value and not difference.half_width:
        return "0  "
    value, error = rounded(difference.value, difference.half_width, unit)
    sign = "+" if difference.value > 0 and not value.startswith("-") else ""
    return f"{sign}{value} ±{error} {MARK if beyond_chance(difference) else ' '}"
