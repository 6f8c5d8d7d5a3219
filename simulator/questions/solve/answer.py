"""The answer to `solve`: where a condition begins or ceases to hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from simulator.answers.answer import Answer
from simulator.answers.cells import ERRORS_NOTE
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import Column, Table, numbers, text
from simulator.questions.solve.condition import Condition, Scale
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import decimals_for, phrase
from simulator.scenario.scenario import Scenario


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
class Solution(Answer):
    """What `solve` returns."""

    scenario: Scenario  # what was asked about
    contracts: int  # simulated
    seed: int  # of chance
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
        what = f"{condition.what} of {condition.row}, by {self.key}"
        return (
            self._table("grid", what, key, grid),
            replace(self._table("values", f"Every value: {what}", key, self.points), in_files_only=True),
            Table(
                "answer",
                f"Where {self._wanted()} begins or ceases to hold",
                (
                    numbers(
                        key, [Estimate(one.at.value, one.low, one.high) for one in self.crossings], self.key
                    ),
                    text("holds", [_side(one) for one in self.crossings]),
                    text("low end is the range's", [_yes(one.low_clipped) for one in self.crossings]),
                    text("high end is the range's", [_yes(one.high_clipped) for one in self.crossings]),
                ),
                in_files_only=True,
            ),
        )

    def _table(self, name: str, title: str, key: str, points: Sequence[Point]) -> Table:
        condition = self.condition
        heading = condition.what.replace("_gbp", "").replace("_", " ")
        found = tuple(point.estimate for point in points)
        columns = (
            numbers(key, [point.value for point in points], self.key),
            Column(condition.what.replace(" ", "_"), heading, condition.unit, found),
            text("holds?", [_yes(point.holds) + ", within error" * point.close for point in points], "holds"),
        )
        return Table(name, title, columns)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the table must know."""
        draws = f"{ERRORS_NOTE} All values of the key share the same draws of chance."
        return (*policy_notes(self.scenario, [self.key]), draws)

    def sentences(self) -> tuple[str, ...]:
        """Return the answer in plain words."""
        if not self.crossings:
            return (*self._no_crossing(), *self._warning())
        return (*self._answer(), *self._warning())

    def shown(self, value: float, half_width: float = 0.0) -> str:
        """Return a value of the key, rounded to what its error allows."""
        if half_width <= 0:
            return f"{value:,.12g}"
        decimals = min(decimals_for(half_width), 0 if self.scale.whole else 12)
        return f"{round(value, decimals):,.{max(decimals, 0)}f}"

    def _answer(self) -> Iterator[str]:
        for one in self.crossings:
            # An uneven interval is rounded by its shorter side.
            sides = (one.high - one.at.value, one.at.value - one.low)
            half = min((side for side in sides if side > 0), default=0.0)
            ends = " to ".join(self.shown(end, half) for end in (one.low, one.high))
            at = self.shown(one.at.value, half)
            if len(self.crossings) == 1:
                most = "at least" if one.begins else "at most"
                yield f"{self.key} must be {most} {at} (95% interval {ends}) so that {self._wanted()}."
            else:
                yield f"{self._wanted()} holds {_side(one)} {at} of {self.key} (95% interval {ends})."
            yield f"There {self.condition.what} is {phrase(one.at.estimate, self.condition.unit)}."
            clipped = [
                f"{self.shown(end)}, the {name} end"
                for end, name, cut in (
                    (self.scale.low, "lower", one.low_clipped),
                    (self.scale.high, "upper", one.high_clipped),
                )
                if cut
            ]
            if clipped:
                yield f"The interval stops at {' and at '.join(clipped)} of the range given; it may go on."

    def _no_crossing(self) -> Iterator[str]:
        first, last = self.points[0], self.points[-1]
        everywhere = first.holds
        where = "everywhere" if everywhere else "nowhere"
        low, high = self.shown(first.value), self.shown(last.value)
        yield f"{self._wanted()} holds {where} from {low} to {high} of {self.key}: there is no value to find."
        yield (
            f"{self.condition.what} is {phrase(first.estimate, self.condition.unit)} at {low} and "
            f"{phrase(last.estimate, self.condition.unit)} at {high}."
        )
        if len({point.estimate for point in self.points}) == 1:
            yield f"It does not depend on {self.key} in this range."
        elif close := [self.shown(point.value) for point in self.points if point.close]:
            yield f"But the target lies within sampling error at {', '.join(close)}; try more contracts."

    def _warning(self) -> Iterator[str]:
        if len(self.crossings) > 1:
            yield "Warning: the condition begins or ceases to hold more than once; look at the table."
        elif not self.monotone:
            yield "Warning: the measure both rises and falls over the range; there may be other solutions."

    def _wanted(self) -> str:
        return f"{self.condition} for {self.condition.row}"


def _side(crossing: Crossing) -> str:
    return "above" if crossing.begins else "below"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"
