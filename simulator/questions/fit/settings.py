"""What a fit writes into a scenario: every figure, its interval, where it is from and what was learned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from simulator.fitting.estimates import Estimates, Figure
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import NormalPrior
from simulator.history import History
from simulator.records import FloatArray
from simulator.risk.estimate import Unit
from simulator.scenario.scenario import Scenario

FITTED, PRIOR = "fitted", "prior"
LITTLE = 0.2
"""Share of a prior's variance that a history must take away for a figure to be called fitted."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A figure as tables show it."""

    of: str  # a line, a cluster or a shock
    what: str  # in words
    value: float
    ends: tuple[float, float] | None = None  # of its 95% interval, where it has one
    unit: Unit = Unit.NUMBER
    source: str = FITTED
    learned: float | None = None  # share of the prior's variance that the history took away

    @classmethod
    def figure(
        cls, of: str, what: str, figure: Figure, unit: Unit = Unit.NUMBER, learned: float | None = None
    ) -> Self:
        """Return a figure of the posterior; the prior's where the history hardly moved it."""
        source = PRIOR if learned is not None and learned < LITTLE else FITTED
        return cls(of, what, figure.value, (figure.low, figure.high), unit, source, learned)


@dataclass(frozen=True, slots=True)
class Setting:
    """A key of the scenario that a fit writes."""

    path: tuple[str, ...]  # keys; tables in lists by their names
    value: Any
    remark: str | None  # the file's comment; None where that stays as it is
    figures: tuple[Fitted, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What settings are made of."""

    scenario: Scenario
    history: History
    posterior: Posterior
    estimates: Estimates

    @property
    def source(self) -> str:
        """Name of the history and its length."""
        return f"{self.history.source}, {len(self.history.months.months)} months"

    def remark(self, one: Fitted, prior: str = "") -> str:
        """Return the comment of a figure: the history it is fitted to, or the prior that it hardly moved."""
        ends = [f"95% interval {interval(one.ends)}"] if one.ends else []
        if one.source == PRIOR:
            share = [] if one.learned is None else [f"learned from history: {one.learned:.0%}"]
            return "; ".join([f"prior: {prior}", *share, *ends])
        return "; ".join([f"fitted: {self.source}", *ends])

    def setting(self, path: Sequence[str], value: object, one: Fitted, prior: str = "") -> Setting:
        """Return a key of one figure."""
        return Setting(tuple(path), value, self.remark(one, prior), (one,))


def interval(ends: tuple[float, float]) -> str:
    """Return an interval as comments show it."""
    return " to ".join(map(short, ends))


def short(number: float) -> str:
    """Return an end of an interval as comments show it."""
    return f"{float(f'{number:.4g}' if abs(number) >= 1 else f'{number:.3g}'):,.10g}"


def learned_of(draws: FloatArray, prior: NormalPrior, moved: float) -> float:
    """Return the share of a growth's prior variance that the history took away.

    Takes draws of the log growth at the end of the history, and the variance that drift gave it by then.
    """
    return float(np.clip(1 - draws.var() / (prior.sd**2 + moved), 0.0, 1.0))


def at_least_nothing(figure: Figure) -> float | None:
    """Return what was learned of a figure: sampling can make it a little less than nothing."""
    return None if figure.learned is None else float(np.clip(figure.learned, 0.0, 1.0))
