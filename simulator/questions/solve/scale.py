"""The range of a key that `solve` searches: evenly, by ratios, or in whole numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

_BY_RATIOS = 100
"""A range whose ends are this many times apart is searched by ratios."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A range and how it is divided."""

    low: float  # its ends
    high: float  # its ends
    whole: bool = False  # whether only whole numbers count

    @property
    def by_ratios(self) -> bool:
        """Whether equal steps are equal ratios: from 1,000 to 1,000,000 people, say."""
        return self.low > 0 and self.high / self.low >= _BY_RATIOS

    def grid(self, points: int) -> tuple[float, ...]:
        """Return up to so many values from end to end in equal steps."""
        inner = (self._at(step / (points - 1)) for step in range(1, points - 1))
        return tuple(sorted({self.low, *inner, self.high}))

    def middle(self, one: float, other: float) -> float:
        """Return the value half-way between two."""
        return self._at((self._place(one) + self._place(other)) / 2)

    def apart(self, one: float, other: float) -> float:
        """Return how far two values lie apart, as a share of the range."""
        return abs(self._place(one) - self._place(other))

    def text(self, value: float) -> str:
        """Return a value as a setting of a scenario."""
        return str(int(value)) if self.whole else repr(float(value))

    def _place(self, value: float) -> float:
        if self.by_ratios:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def _at(self, place: float) -> float:
        if self.by_ratios:
            value = self.low * (self.high / self.low) ** place
        else:
            value = self.low + (self.high - self.low) * place
        return float(round(value)) if self.whole else float(value)
