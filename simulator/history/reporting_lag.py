"""Reporting lag: by how much young months still grow, from two or more exports (chain ladder)."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from simulator.history.calendar_months import Month, number_of
from simulator.history.cells import Cells
from simulator.history.history_rows import Row
from simulator.records import FloatArray

_LARGEST_FACTOR = 1.10
"""Months that are to grow by more, or to shrink by as much, are left out: an assumption."""
_OLDEST = 12
"""Months after which a change is a correction and no lag; payment by results closed its year well before."""
Pairs = Mapping[tuple[str, int], Sequence[tuple[float, float]]]
"""By line and age at the earlier of two exports: what a cell had in it, and in the next one."""


@dataclass(frozen=True, slots=True)
class Development:
    """How cases of a line grow from an age on until they are final."""

    line: str
    age: int  # months from the month to the export
    factor: float  # final cases for each one known; nan where exports do not say
    standard_error: float  # of the factor; nan where one cell alone tells

    @property
    def usable(self) -> bool:
        """Whether months of this age can be raised by the factor rather than left out."""
        return bool(abs(math.log(self.factor)) < math.log(_LARGEST_FACTOR)) if self.factor > 0 else False


def developments(rows: Sequence[Row], lines: Sequence[str]) -> tuple[Development, ...]:
    """Return how each line grows from each age on (Mack 1993, over all units); none from a single export."""
    extracts = sorted({row.extract for row in rows if row.extract})
    if len(extracts) < 2:
        return ()
    gaps = [number_of(later) - number_of(earlier) for earlier, later in pairwise(extracts)]
    # The commonest, and of those as common the shortest.
    gap = min(Counter(gaps).items(), key=lambda item: (-item[1], item[0]))[0]
    pairs = _pairs(rows, extracts, gap)
    found = []
    for line in lines:
        oldest = max((age for name, age in pairs if name == line), default=-1)
        found += [
            Development(line, age, *_to_the_end(pairs, line, age, gap, oldest))
            for age in range(min(oldest + 1, _OLDEST))
        ]
    return tuple(found)


def _pairs(rows: Sequence[Row], extracts: Sequence[Month], gap: int) -> Pairs:
    """Return each cell as two exports in a row have it."""
    by_cell: dict[tuple[str, str, Month], dict[Month, float]] = defaultdict(dict)
    for row in rows:
        if row.extract:
            by_cell[row.unit, row.line, row.month][row.extract] = row.measure
    pairs: dict[tuple[str, int], list[tuple[float, float]]] = defaultdict(list)
    for (_, line, month), seen in sorted(by_cell.items()):
        for earlier, later in pairwise(extracts):
            if earlier in seen and later in seen and number_of(later) - number_of(earlier) == gap:
                age = number_of(earlier) - number_of(month)
                pairs[line, age].append((seen[earlier], seen[later]))
    return pairs


def _to_the_end(pairs: Pairs, line: str, age: int, gap: int, oldest: int) -> tuple[float, float]:
    """Return the factor from an age to the end, and its standard error."""
    log_factor, relative_variance = 0.0, 0.0
    for step in range(age, min(oldest + 1, _OLDEST), gap):
        factor, variance = _one_step(pairs.get((line, step), ()))
        if not factor > 0:
            return math.nan, math.nan
        log_factor += math.log(factor)
        relative_variance += variance / factor**2
    return math.exp(log_factor), math.exp(log_factor) * math.sqrt(relative_variance)


def _one_step(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return the factor of one step and its variance: Mack's, each cell one of his origin periods."""
    if not pairs:
        return math.nan, math.nan
    earlier, later = np.array(pairs).T
    if not earlier.sum():
        # Nothing grows to nothing; what comes of nothing cannot be a factor.
        return (math.nan, math.nan) if later.sum() else (1.0, 0.0)
    factor = later.sum() / earlier.sum()
    some = earlier > 0
    if some.sum() < 2:
        return float(factor), math.nan if factor != 1 else 0.0
    squares = earlier[some] * (later[some] / earlier[some] - factor) ** 2
    return float(factor), float(squares.sum() / (some.sum() - 1) / earlier.sum())


def made_final(cells: Cells, found: Sequence[Development]) -> Cells:
    """Return counts and spend times their factors; months that are too young are left out."""
    factors: FloatArray = np.ones(cells.counts.shape)
    for one in found:
        at = cells.lines.index(one.line)
        factors[:, at][cells.ages[:, at] == one.age] = one.factor if one.usable else np.nan
    raised = replace(cells, counts=cells.counts * factors, spend_gbp=cells.spend_gbp * factors)
    return raised.without(np.isnan(factors))
