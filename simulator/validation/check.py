"""A published number beside the simulator's, and the verdict."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.validation.published import Interval, Published, Use

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
