"""The answer to `solve`: where a condition begins or ceases to hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.questions.solve.condition import Condition
from simulator.questions.solve.scale import Scale
from simulator.risk.estimate import Estimate
from simulator.risk.estimator import Probability
from simulator.risk.in_words import per_cent
from simulator.risk.rounding import decimals_for, rounded
from simulator.scenario.scenario import Scenario

if TYPE_CHECKING:
    import pandas as pd


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
    low: float  # between them the target lies inside the measure's 95% interval: the key's 95% interval
    high: float  # between them the target lies inside the measure's 95% interval: the key's 95% interval
    low_clipped: bool  # whether the interval would go on beyond the range that was searched
    high_clipped: bool  # whether the interval would go on beyond the range that was searched
    begins: bool  # whether the condition holds above; otherwise below


@dataclass(frozen=True)
class Solution:
    """What `solve` returns.

    Parameters
    ----------
    scenario : Scenario
        What was asked about.
    key : str
        What was varied.
    scale : Scale
        Over which range.
    condition : Condition
        What was to hold.
    points : tuple of Point
        Everything that was evaluated, by the key.
    crossings : tuple of Crossing
        By the key; none where the condition holds everywhere or nowhere.
    monotone : bool
        Whether the measure only rises or only falls over the grid, as far as its error tells.
    contracts, seed : int
        How many contracts were simulated at each value, and from which seed.
    """

    scenario: Scenario
    key: str
    scale: Scale
    condition: Condition
    points: tuple[Point, ...]
    crossings: tuple[Crossing, ...]
    monotone: bool
    contracts: int
    seed: int

    def table(self) -> pd.DataFrame:
        """Return every value that was evaluated.

        Returns
        -------
        pandas.DataFrame
            One row a value: the key, the measure with the ends of its 95% interval, `holds`, and
            `on_grid` for the values that were looked at first.
        """
        import pandas as pd

        what = self.condition.what.replace(" ", "_")
        records = [
            {
                self.key: point.value,
                what: point.estimate.value,
                f"{what}_low": point.estimate.low,
                f"{what}_high": point.estimate.high,
                "holds": point.holds,
                "on_grid": point.on_grid,
            }
            for point in self.points
        ]
        return pd.DataFrame(records)

    def answers(self) -> pd.DataFrame:
        """Return the crossings.

        Returns
        -------
        pandas.DataFrame
            One row a crossing: the key with its 95% interval, whether the range given clips either end,
            and whether the condition holds above it or below.
        """
        import pandas as pd

        columns = [self.key, f"{self.key}_low", f"{self.key}_high", "low_clipped", "high_clipped", "holds"]
        records = [
            (one.at.value, one.low, one.high, one.low_clipped, one.high_clipped, _side(one))
            for one in self.crossings
        ]
        return pd.DataFrame(records, columns=columns)

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
            yield f"There {self.condition.what} is {self._said(one.at.estimate)}."
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
            f"{self.condition.what} is {self._said(first.estimate)} at {low} and "
            f"{self._said(last.estimate)} at {high}."
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

    def _said(self, estimate: Estimate) -> str:
        if isinstance(self.condition.estimator, Probability):
            return per_cent(estimate)
        value, error = rounded(estimate.value, estimate.half_width)
        return f"£{value} ± {error}"


def _side(crossing: Crossing) -> str:
    return "above" if crossing.begins else "below"
