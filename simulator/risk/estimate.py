"""An estimate: a number that cannot be made without its sampling error, and what it may count."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

CONFIDENCE_Z = 1.959963984540054
"""Standard normal that leaves 2.5% on either side: intervals here are of 95%."""


class Unit(StrEnum):
    """What a number counts, which decides how every table, sentence, chart and file writes it."""

    GBP = "pounds"
    PROBABILITY = "probability"
    SHARE = "share"
    PEOPLE = "people"
    NUMBER = "number"
    TEXT = "text"

    @property
    def is_share(self) -> bool:
        """Whether it is written in per cent, and its differences in points."""
        return self in {Unit.PROBABILITY, Unit.SHARE}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number estimated from simulated contracts.

    Parameters
    ----------
    value : float
        The estimate.
    low, high : float
        Ends of its 95% interval.
    standard_error : float or None
        Of a mean or a difference; None for probabilities and quantiles.
    is_rough : bool
        Whether so few contracts carry a mean that its interval says too little.
    """

    value: float
    low: float
    high: float
    standard_error: float | None = None
    is_rough: bool = False

    def __post_init__(self) -> None:
        if not (self.low <= self.value <= self.high or math.isnan(self.value)):
            raise ValueError(f"the interval must hold the estimate (got {self})")

    @classmethod
    def with_error(cls, value: float, error: float) -> Estimate:
        """Return a number with the interval that its standard error gives."""
        return cls(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)

    @property
    def half_width(self) -> float:
        """Largest distance from the estimate to an end of its interval."""
        return max(self.high - self.value, self.value - self.low)
