"""Which value of a setting makes a measure of risk what it should be."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

from numpy.typing import NDArray

from simulator.answers.answer import DrawnAnswer
from simulator.answers.rule_notes import policy_notes
from simulator.answers.settings import in_unit, setting, unit_of_setting
from simulator.answers.table import Column, Table, heading_of, numbers, text
from simulator.errors import Problems
from simulator.plain_words import capitalised
from simulator.questions.solve.condition import (
    GRID_POINTS,
    TOLERANCE,
    Condition,
    Scale,
    check_question,
    check_range,
    varied_by,
)
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import PER_CENT, decimals_for, in_sentence, phrase
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

_MARGIN = 2.0
"""Half intervals by which a measure must move to have risen or fallen: eight moves are looked at."""
_YES = {True: "yes", False: "no"}
_SIDE = {True: "above", False: "below"}
"""Of the place where a condition begins to hold, and of the one where it ceases."""


@dataclass(frozen=True, slots=True)
class Point:
    """What was found at one value of the key."""

    value: float  # of the key
    estimate: Estimate  # of the measure
    holds: bool  # whether the estimate meets the condition
    close: bool  # whether the target lies inside the estimate's 95% interval
    on_grid: bool  # whether it is one of the values that were looked at first


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where the condition begins to hold, or ceases."""

    at: Point  # the last value that was found to hold
    # The key's 95% interval: between its ends the target lies inside the 95% interval of the measure.
    low: float  # its lower end
    high: float  # its upper end
    low_clipped: bool  # whether it would go on below the range that was searched
    high_clipped: bool  # whether it would go on above that range
    begins: bool  # whether the condition holds above; otherwise below


@dataclass(frozen=True)
class Solution(DrawnAnswer):
    """What `solve` returns."""

    key: str  # what was varied
    scale: Scale  # over which range
    condition: Condition  # what was to hold
    points: tuple[Point, ...]  # everything that was evaluated, by the key
    crossings: tuple[Crossing, ...]  # by the key; none where the condition holds everywhere or nowhere
    monotone: bool  # whether the measure only rises or only falls over the grid, as far as its error tells

    def tables(self) -> tuple[Table, ...]:
        """Return the values that were looked at first; every value, and the answer, for files."""
        grid = [point for point in self.points if point.on_grid]
        key = self.key.rsplit(".", 1)[-1].replace("_", " ")
        condition = self.condition
        what = f"{capitalised(condition.what_in_words)}: {in_sentence(condition.row)}, by {setting(self.key)}"
        found = self.crossings
        answer = (
            numbers(key, [Estimate(one.at.value, one.low, one.high) for one in found], self.key),
            text("holds", [_SIDE[one.begins] for one in found]),
            text("low end is the range's", [_YES[one.low_clipped] for one in found]),
            text("high end is the range's", [_YES[one.high_clipped] for one in found]),
        )
        return (
            self._table("grid", what, key, grid),
            replace(self._table("values", f"Every value. {what}", key, self.points), in_files_only=True),
            Table(
                "answer",
                f"Where it begins or ceases to hold that {condition.in_words}",
                answer,
                in_files_only=True,
            ),
        )

    def _table(self, name: str, title: str, key: str, points: Sequence[Point]) -> Table:
        condition = self.condition
        found = tuple(point.estimate for point in points)
        columns = (
            numbers(key, [point.value for point in points], self.key),
            Column(condition.what.replace(" ", "_"), self._heading, condition.unit, found),
            text("holds?", [_YES[point.holds] + ", within error" * point.close for point in points], "holds"),
        )
        return Table(name, title, columns)

    @property
    def _heading(self) -> str:
        return " less ".join(heading_of(one) for one in (self.condition.measure, self.condition.less) if one)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the table must know."""
        draws = f"{self.errors_note} All values of the key share the same draws of chance."
        return (*policy_notes(self.scenario, [self.key]), draws)

    def sentences(self) -> tuple[str, ...]:
        """Return the answer in plain words."""
        found = self._answer() if self.crossings else self._no_crossing()
        return (*found, *self._warning())

    def shown(self, value: float, half_width: float = 0.0) -> str:
        """Return a value of the key in its unit, rounded to what its error allows."""
        unit = unit_of_setting(self.key)
        if half_width <= 0:
            return in_unit(value, unit)
        size = PER_CENT if unit.is_share else 1.0
        decimals = min(decimals_for(half_width / size), 0 if self.scale.whole else 12)
        text = f"{round(value / size, decimals) + 0.0:,.{max(decimals, 0)}f}"
        return f"{text}%" if unit.is_share else f"£{text}" if unit is Unit.GBP else text

    def _answer(self) -> Iterator[str]:
        key, condition = setting(self.key), self.condition
        for one in self.crossings:
            # An uneven interval is rounded by its shorter side.
            sides = (one.high - one.at.value, one.at.value - one.low)
            half = min((side for side in sides if side > 0), default=0.0)
            ends = " to ".join(self.shown(end, half) for end in (one.low, one.high))
            at = self.shown(one.at.value, half)
            if len(self.crossings) == 1:
                most = "at least" if one.begins else "at most"
                yield f"The {key} must be {most} {at} (95% interval {ends}) so that {condition.in_words}."
            else:
                side = capitalised(_SIDE[one.begins])
                yield f"{side} {at} of the {key} (95% interval {ends}) {condition.in_words}."
            yield f"There the {condition.what_in_words} is {phrase(one.at.estimate, condition.unit)}."
            both = ((self.scale.low, "lower", one.low_clipped), (self.scale.high, "upper", one.high_clipped))
            clipped = [f"{self.shown(end)}, the {name} end" for end, name, is_clipped in both if is_clipped]
            if clipped:
                yield f"The interval stops at {' and at '.join(clipped)} of the range given; it may go on."

    def _no_crossing(self) -> Iterator[str]:
        first, last = self.points[0], self.points[-1]
        unit, key = self.condition.unit, setting(self.key)
        low, high = self.shown(first.value), self.shown(last.value)
        where = "everywhere" if first.holds else "nowhere"
        yield (
            f"That {self.condition.in_words} holds {where} from {low} to {high} of the {key}: there is no "
            "value to find."
        )
        lowest, highest = (phrase(point.estimate, unit) for point in (first, last))
        yield f"The {self.condition.what_in_words} is {lowest} at {low} and {highest} at {high}."
        if len({point.estimate for point in self.points}) == 1:
            yield f"It does not depend on the {key} in this range."
        elif close := [self.shown(point.value) for point in self.points if point.close]:
            yield f"But the target lies within sampling error at {', '.join(close)}; try more contracts."

    def _warning(self) -> Iterator[str]:
        if len(self.crossings) > 1:
            yield "Warning: the condition begins or ceases to hold more than once; look at the table."
        elif not self.monotone:
            yield "Warning: the measure both rises and falls over the range; there may be other solutions."


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
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems()
    with problems.noted():
        condition = check_question(scenario, so_that, cluster, tolerance, draws)
    with problems.noted():
        scale = check_range(scenario, key, low, high)
    problems.report()
    drawn = draws.of(scenario)
    search = _Search(scenario, key, scale, condition, SharedDraws(drawn), tolerance, progress)
    monotone, crossings = search.look_over(), tuple(search.crossings())
    points = tuple(search.found[value] for value in sorted(search.found))
    return Solution(scenario, drawn.contracts, drawn.seed, key, scale, condition, points, crossings, monotone)


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
            low, low_clipped = self._end(at, [value for value in reversed(places) if value <= first.value])
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
            one, other = (point, other) if says(point) == said else (one, point)
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
