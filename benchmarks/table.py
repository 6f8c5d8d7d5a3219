"""The table of results: rows beside their bars, what is lost, and how fast time grows. It runs nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One measurement."""

    what: str  # was measured
    measured: str  # the number, or why there is none
    ratio: str = ""  # to what it is held against
    limit: str = ""  # the bar; nothing where there is none
    kept: bool | None = None  # whether it is; None where there is none, or no number

    @property
    def cells(self) -> tuple[str, ...]:
        """The row as it is read."""
        mark = "" if self.kept is None else "yes" if self.kept else "NO"
        return (self.what, self.measured, self.ratio, self.limit, mark)


@dataclass(frozen=True, slots=True)
class Growth:
    """How time grows with a size: as its power."""

    exponent: float
    error: float | None  # standard error; None where no point is left to tell it

    def __str__(self) -> str:
        error = "" if self.error is None else f" ± {self.error:.2f}"
        return f"{self.exponent:.2f}{error}"


def growth(sizes: Sequence[float], seconds: Sequence[float]) -> Growth:
    """Fit the logarithm of time on that of size, by least squares."""
    points = [(math.log(size), math.log(second)) for size, second in zip(sizes, seconds, strict=True)]
    count = len(points)
    mid_x, mid_y = (sum(column) / count for column in zip(*points, strict=True))
    spread = sum((x - mid_x) ** 2 for x, _ in points)
    slope = sum((x - mid_x) * (y - mid_y) for x, y in points) / spread
    if count <= 2:
        return Growth(slope, None)
    left = sum((y - mid_y - slope * (x - mid_x)) ** 2 for x, y in points)
    return Growth(slope, math.sqrt(left / (count - 2) / spread))


def report(head: str, rows: Sequence[Row]) -> str:
    """Return the page: what is lost first, then every row."""
    lost = [row for row in rows if row.kept is False]
    barred = sum(row.kept is not None for row in rows)
    finding = f"{barred - len(lost)} of {barred} bars are kept."
    lines = ["# Benchmarks", "", f"{finding} {head}", ""]
    if lost:
        lines += ["What is lost:", ""]
        lines += [f"- {row.what}: {row.ratio or row.measured}; the bar is {row.limit}." for row in lost]
        lines.append("")
    lines += ["| what | measured | ratio | limit | kept |", "|---|---|---|---|---|"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row.cells)} |" for row in rows]
    return "\n".join([*lines, ""])
