"""Published numbers, our answers to them, and verdicts."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files

from scipy.optimize import brentq

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean

_SCALES = {"": 1.0, "%": 0.01, "GBP": 1.0, "people": 1.0}


class Use(StrEnum):
    """What a published number serves for."""

    PREDICT = "predict"
    TUNE = "tune"
    GIVEN = "given"


class Origin(StrEnum):
    """How a number came about; only what nobody printed is marked."""

    PRINTED = ""
    RECOMPUTED = "recomputed"
    CLOSED_FORM = "closed form"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that a printed number may stand for."""

    low: float  # a share for what is printed in per cent
    high: float  # likewise

    def distance(self, low: float, high: float) -> float:
        """Return how far the interval from `low` to `high` lies away; 0 where they meet."""
        return max(low - self.high, self.low - high, 0.0)


@dataclass(frozen=True, slots=True)
class Published:
    """One published number."""

    section: int  # 1 exact laws, 2 population size, 3 what happened, 4 closed forms, 5 outturns
    key: str  # what the simulator knows it by
    source: str  # who says it
    origin: Origin  # printed there, or how the figure came about
    case: str  # about what
    quantity: str  # and which of its numbers
    printed: str  # the number as printed, without its unit
    unit: str  # "%", "GBP", "people" or nothing
    # What the number stands for: half a unit of its last digit either side, unless the table says otherwise.
    interval: Interval
    use: Use  # predicted; tuned on; or given, where it only sets the scale
    documented: Interval | None  # where the simulator is known not to give the number: what it gives instead
    remark: str  # the reason for that, or what else must be known

    @property
    def scale(self) -> float:
        """What the printed number is multiplied by: 0.01 for per cent."""
        return _SCALES[self.unit]

    @property
    def value(self) -> float:
        """The printed number; a share for what is printed in per cent."""
        return float(self.printed) * self.scale


def read(name: str) -> str:
    """Return the text of a file of this folder."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def load_published() -> tuple[Published, ...]:
    """Read the table of published numbers."""
    return tuple(_published(row) for row in csv.DictReader(read("published.csv").splitlines()))


def _published(row: dict[str, str]) -> Published:
    """Return the number that a row of the table holds."""
    scale = _SCALES[row["unit"]]
    stated = Interval(scale * float(row["low"]), scale * float(row["high"])) if row["low"] else None
    as_written = {name: row[name] for name in ("key", "source", "case", "quantity", "unit", "remark")}
    return Published(
        section=int(row["section"]),
        printed=row["published"],
        interval=stated or _within_rounding(row["published"], scale),
        use=Use(row["use"]),
        origin=Origin(row["origin"]),
        documented=_within_rounding(row["documented"], scale) if row["documented"] else None,
        **as_written,
    )


def _within_rounding(printed: str, scale: float) -> Interval:
    """Return half a unit of the last printed digit either side."""
    number = Decimal(printed)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return Interval(scale * float(number - half), scale * float(number + half))


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Return an estimate in another unit."""
    error = None if estimate.standard_error is None else factor * estimate.standard_error
    return Estimate(factor * estimate.value, factor * estimate.low, factor * estimate.high, error)


def variance(samples: FloatArray) -> Estimate:
    """Estimate the variance of samples, shape (contract,); its error comes from the fourth moment."""
    return mean((samples - samples.mean()) ** 2 * (samples.size / (samples.size - 1)))


def standard_deviation(samples: FloatArray) -> Estimate:
    """Estimate the SD of samples, shape (contract,); its error (delta method): the variance's over 2 SD."""
    squared = variance(samples)
    value = math.sqrt(squared.value)
    return Estimate.with_error(value, (squared.standard_error or 0.0) / (2 * value))


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
    # For what happened once, or was simulated a few times: what 95% of repeats would show. Then this
    # interval, and not the estimate, is held against the published number.
    repeats: Interval | None = None
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
        ours, exact, repeats = self.answer.ours.value, self.answer.exact, self.answer.repeats
        stands_for, documented = self.published.interval, self.published.documented
        if exact is not None and not abs(ours - exact) <= self.allowed:
            return Verdict.FAIL
        fits = stands_for.distance(ours, ours) <= self.allowed
        if repeats is not None:
            fits = stands_for.distance(repeats.low, repeats.high) == 0
        if fits:
            return _IF_IT_FITS[self.published.use]
        if documented is not None and documented.distance(ours, ours) <= self.allowed:
            return Verdict.MISFIT
        return Verdict.FAIL

    @property
    def is_accepted(self) -> bool:
        """Whether it fits, or is a documented misfit where those are allowed."""
        if self.verdict is Verdict.MISFIT:
            return self.published.section not in _NO_MISFITS
        return self.verdict is not Verdict.FAIL
