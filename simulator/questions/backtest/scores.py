"""What happened beside what was predicted: where the outturn lies in each range, and how far off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from simulator.questions.backtest.predicted import METHODS, Predicted
from simulator.questions.backtest.windows import in_cases
from simulator.records import FinancialYear, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS

RANGES = (0.5, 0.8, 0.95)
EXTREME = 0.999
"""An outturn outside this range of all clusters together is told: what no history foretold."""
CONFIDENCE = 0.95
"""Of the bond."""


@dataclass(frozen=True, slots=True)
class Score:
    """One prediction beside what happened."""

    method: str
    origin: str  # the last year that was seen
    ahead: int  # years after it
    year: str
    cluster: str  # or all together
    actual: float  # pounds, or cases of a history without spend
    low: float  # of the 95% range
    median: float
    high: float
    place: float  # share of the samples below what happened
    crps: float  # continuous ranked probability score, in the same unit

    @property
    def bias(self) -> float:
        """The median's distance from what happened, of what happened."""
        return self.median / self.actual - 1

    def within(self, level: float) -> bool:
        """Whether what happened lies in the middle range of a level."""
        return abs(self.place - 0.5) <= level / 2


@dataclass(frozen=True, slots=True)
class BondScore:
    """A bond that a method would have asked for at an origin, beside what it had to bear."""

    method: str
    origin: str
    cluster: str
    bond_gbp: float
    needed_gbp: float
    year_gbp: float  # a year's spend, the last that was seen

    @property
    def covered(self) -> bool:
        """Whether the bond would have done."""
        return self.needed_gbp <= self.bond_gbp


def scores(predicted: Predicted) -> Iterator[Score]:
    """Yield the scores of one origin: each cluster with lines that are known, and all together."""
    window = predicted.window
    actual = np.moveaxis(window.amounts, -1, 0)
    for method in METHODS:
        samples = predicted.samples[method]
        known = np.isfinite(actual) & np.isfinite(samples[0])
        of_clusters = np.where(known, samples, 0.0).sum(axis=-1)
        happened = np.where(known, actual, 0.0).sum(axis=-1)
        for at, ahead in enumerate(window.ahead):
            has = known[at].any(axis=-1) & (happened[at] > 0)
            label = FinancialYear(window.outturn.years[at]).label
            named = [
                (name, of_clusters[:, at, one], happened[at, one])
                for one, name in _named(window.seen.clusters, has)
            ]
            if len(named) > 1:
                named.append((ALL_CLUSTERS, of_clusters[:, at, has].sum(axis=-1), happened[at, has].sum()))
            for name, drawn, value in named:
                yield _score(method, (window.origin, ahead, label), name, drawn, float(value))


def _named(names: tuple[str, ...], has: np.ndarray) -> list[tuple[int, str]]:
    return [(at, name) for at, name in enumerate(names) if has[at]]


def _score(
    method: str, when: tuple[str, int, str], cluster: str, samples: FloatArray, actual: float
) -> Score:
    low, median, high = np.quantile(samples, (0.025, 0.5, 0.975)).tolist()
    place = (float((samples < actual).mean()) + float((samples <= actual).mean())) / 2
    return Score(method, *when, cluster, actual, low, median, high, place, crps(samples, actual))


def crps(samples: FloatArray, actual: float) -> float:
    """Return the continuous ranked probability score (Gneiting and Raftery 2007, JASA 102, 359)."""
    ordered = np.sort(samples)
    size = ordered.size
    weights = (2 * np.arange(1, size + 1) - size - 1) / size**2
    return float(np.abs(samples - actual).mean() - np.add.reduce(weights * ordered))


def bond_scores(predicted: Predicted, ahead: tuple[int, ...]) -> Iterator[BondScore]:
    """Yield bonds at 95% over all years ahead, where all of them and last year are known."""
    window, budget = predicted.window, predicted.budget_gbp
    if window.ahead != ahead or in_cases(window.seen):
        return
    actual = np.moveaxis(window.amounts, -1, 0)
    for method, samples in predicted.samples.items():
        known = (np.isfinite(actual) & np.isfinite(budget) & np.isfinite(samples[0])).all(axis=0)
        for at, name in _named(window.seen.clusters, known.any(axis=-1)):
            lines = known[at]
            over = samples[:, :, at][..., lines].sum(axis=-1) - budget[:, at][:, lines].sum(axis=-1)
            happened = actual[:, at][:, lines].sum(axis=-1) - budget[:, at][:, lines].sum(axis=-1)
            bond = float(np.quantile(np.maximum(over, 0.0).sum(axis=1), CONFIDENCE))
            year_gbp = float(window.seen.spend_gbp[at, lines, -1].sum())
            yield BondScore(
                method, window.origin, name, bond, float(np.maximum(happened, 0.0).sum()), year_gbp
            )
