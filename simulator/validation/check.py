"""One published number beside ours: the estimate, the tolerance and the verdict."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from scipy.optimize import brentq

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean
from simulator.validation.published import Interval, Published, Use


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit."""
    error = None if estimate.standard_error is None else factor * estimate.standard_error
    return Estimate(factor * estimate.value, factor * estimate.low, factor * estimate.high, error)


def variance(samples: FloatArray) -> Estimate:
    """Estimate a variance; its error comes from the fourth moment.

    Takes ``samples`` of shape (contract,).
    """
    return mean((samples - samples.mean()) ** 2 * (samples.size / (samples.size - 1)))


def standard_deviation(samples: FloatArray) -> Estimate:
    """Estimate a standard deviation (delta method: its error is that of the variance / 2 SD).

    Takes ``samples`` of shape (contract,).
    """
    squared = variance(samples)
    value = math.sqrt(squared.value)
    return with_error(value, (squared.standard_error or 0.0) / (2 * value))


def with_error(value: float, standard_error: float) -> Estimate:
    """Return an estimate with a standard error that is known."""
    half = CONFIDENCE_Z * standard_error
    return Estimate(value, value - half, value + half, standard_error)


def tune(excess: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Return the number at which a result is as published."""
    try:
        return float(brentq(excess, low, high, xtol=tolerance))
    except ValueError:
        raise RuntimeError(f"no number from {low:g} to {high:g} gives the published figure") from None


ERRORS_ALLOWED = 4.0
"""Standard errors of ours that are allowed beyond the rounding of the published number: a right
answer is further away once in 16,000 times."""


class Verdict(StrEnum):
    """What became of a published number."""

    FITS = "pass"
    TUNED = "tuned"
    GIVEN = "given"
    MISFIT = "does not fit"
    FAIL = "FAIL"


_IF_IT_FITS = {Use.PREDICT: Verdict.FITS, Use.TUNE: Verdict.TUNED, Use.GIVEN: Verdict.GIVEN}
_NO_MISFITS = {1, 4}
"""Sections of mathematics: every number of theirs must pass."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the simulator says."""

    ours: Estimate  # with its sampling error
    exact: float | None = None  # the same without sampling error, where a transform gives it
    # For what happened once: what 95% of such years would show. Then this interval, and not the estimate, is
    # held against the published number.
    year: Interval | None = None
    tuned: str = ""  # what was tuned, and to what
    found: str = ""  # what else the simulated years show, in a sentence


@dataclass(frozen=True, slots=True)
class Check:
    """A published number with our answer."""

    published: Published  # what the source says
    answer: Answer  # what the simulator says

    @property
    def allowed(self) -> float:
        """How far our number may lie from what the published one stands for."""
        ours = self.answer.ours
        error = ours.half_width / CONFIDENCE_Z if ours.standard_error is None else ours.standard_error
        return ERRORS_ALLOWED * error

    @property
    def verdict(self) -> Verdict:
        """Whether ours fits; if not, whether it lies where the documented misfit says."""
        ours, exact = self.answer.ours.value, self.answer.exact
        if exact is not None and not abs(ours - exact) <= self.allowed:
            return Verdict.FAIL
        if self._fits:
            return _IF_IT_FITS[self.published.use]
        documented = self.published.documented
        if documented is not None and documented.distance(ours, ours) <= self.allowed:
            return Verdict.MISFIT
        return Verdict.FAIL

    @property
    def is_accepted(self) -> bool:
        """Whether it fits, or is a documented misfit where those are allowed."""
        if self.verdict is Verdict.MISFIT:
            return self.published.section not in _NO_MISFITS
        return self.verdict is not Verdict.FAIL

    @property
    def _fits(self) -> bool:
        stands_for, year, ours = self.published.interval, self.answer.year, self.answer.ours.value
        if year is not None:
            return stands_for.distance(year.low, year.high) == 0
        return stands_for.distance(ours, ours) <= self.allowed
