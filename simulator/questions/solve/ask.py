"""Which value of a setting makes a measure of risk what it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from numpy.typing import NDArray

from simulator.questions.solve.answer import Crossing, Point, Solution
from simulator.questions.solve.condition import (
    GRID_POINTS,
    TOLERANCE,
    Condition,
    Scale,
    check_solve,
    varied_by,
)
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

_MARGIN = 2.0
"""Half intervals by which a measure must move to have risen or fallen: eight moves are looked at."""


def solve(
    scenario: Scenario,
    key: str,
    low: float,
    high: float,
    so_that: str,
    *,
    cluster: str | None = None,
    tolerance: float = TOLERANCE,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda values_done, of_values: None,
) -> Solution:
    """Find the value of a setting from which on, or up to which, a condition holds.

    First a grid of nine values is looked at; wherever the condition begins or ceases to hold, the place
    is found by halving. Its 95% interval holds the values at which the target lies inside the measure's.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    key : str
        What to vary, for example ``rules.surplus.pct_return_share``.
    low, high : float
        Range to search: by ratios where `high` is a hundred times `low`, and in whole numbers where needed.
    so_that : str
        MEASURE >= VALUE, with a column of the summary; also <, <= and >. Another measure may stand for
        VALUE where both are means: ``practice_share >= expected_bond_draw``.
    cluster : str, optional
        Whose measure; the PCT's when left out.
    tolerance : float
        How closely to search, as a share of the range.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with the values done and about how many there are to do.

    Returns
    -------
    Solution
        The answer, with its sentences and every value that was looked at.

    Raises
    ------
    InputError
        With every problem that was found; also where the scenario refuses a value of the range.
    """
    condition, scale = check_solve(scenario, key, low, high, so_that, cluster, tolerance, draws)
    shared = SharedDraws.of(scenario, draws)
    search = _Search(scenario, key, scale, condition, shared, tolerance, progress)
    monotone, crossings = search.look_over(), tuple(search.crossings())
    points = tuple(search.found[value] for value in sorted(search.found))
    drawn = shared.draws.contracts, shared.draws.seed
    return Solution(scenario, *drawn, key, scale, condition, points, crossings, monotone)


@dataclass
class _Search:
    """Values of the key that were evaluated, and the search among them."""

    scenario: Scenario
    key: str
    scale: Scale
    condition: Condition
    draws: SharedDraws
    tolerance: float
    progress: Callable[[int, int], None]
    found: dict[float, Point] = field(default_factory=dict)

    def look_over(self) -> bool:
        """Evaluate the grid; return whether the measure only rises or only falls over it."""
        estimator = self.condition.estimator
        samples = [self._evaluate(value, on_grid=True) for value in self.scale.grid(GRID_POINTS)]
        pairs = (estimator.between(after, before) for before, after in pairwise(samples))
        moves = [move for move in pairs if move is not None]
        risen = any(move.value > _MARGIN * move.half_width for move in moves)
        fallen = any(move.value < -_MARGIN * move.half_width for move in moves)
        return not (risen and fallen)

    def crossings(self) -> Iterator[Crossing]:
        """Yield each place between two values of the grid where the condition begins or ceases."""
        grid = sorted(self.found)
        for before, after in pairwise(grid):
            first, last = self.found[before], self.found[after]
            if first.holds == last.holds:
                continue
            first, last = self._halve(first, last, lambda point: point.holds)
            at = last if last.holds else first
            places = sorted({*grid, first.value, last.value})
            below = [value for value in reversed(places) if value <= first.value]
            low, low_clipped = self._end(at, below)
            high, high_clipped = self._end(at, [value for value in places if value >= last.value])
            yield Crossing(at, low, high, low_clipped, high_clipped, begins=last.holds)

    def _end(self, at: Point, outwards: list[float]) -> tuple[float, bool]:
        """Return an end of the key's interval, and whether the range clips it."""
        inside = replace(at, close=True)
        for value in outwards:
            beyond = self.found[value]
            if not beyond.close:
                inside, beyond = self._halve(inside, beyond, lambda point: point.close)
                # Between whole numbers that are neighbours nothing is left in doubt.
                exact = self.scale.whole and abs(beyond.value - inside.value) <= 1
                return (inside.value if exact else beyond.value), False
            inside = beyond
        return inside.value, True

    def _halve(self, one: Point, other: Point, says: Callable[[Point], bool]) -> tuple[Point, Point]:
        """Bring two points together that say different things, as close as is asked for."""
        said = says(one)
        while self.scale.apart(one.value, other.value) > self.tolerance:
            middle = self.scale.middle(one.value, other.value)
            if middle in (one.value, other.value):
                break
            if middle not in self.found:
                self._evaluate(middle)
            point = self.found[middle]
            if says(point) == said:
                one = point
            else:
                other = point
        return one, other

    def _evaluate(self, value: float, on_grid: bool = False) -> NDArray[Any]:
        varied = varied_by(self.scenario, self.key, self.scale.text(value))
        samples = self.condition.samples(self.draws.simulate(varied))
        estimate = self.condition.estimate(samples)
        close = estimate.low <= self.condition.target <= estimate.high
        self.found[value] = Point(value, estimate, self.condition.holds(estimate), close, on_grid)
        # The place of one crossing and the ends of its interval, each by halving a step of the grid.
        halvings = math.ceil(-math.log2(self.tolerance * (GRID_POINTS - 1)))
        self.progress(len(self.found), max(GRID_POINTS + 3 * max(halvings, 0), len(self.found)))
        return samples
