"""The law of a compound total without sampling error: a distribution function with its jumps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from simulator.errors import InputError, Problem, shown
from simulator.spend.unit_cost import UnitCost

FloatArray = NDArray[np.float64]

_NEGLIGIBLE = 1e-9
"""Part of a third moment that its integral may leave out."""
_SAME_PROBABILITY = 1e-12
"""Levels of a quantile that differ by less, which is rounding, are one."""
_NEAREST_AN_END = 1e-9
"""Nearer than this to 0 or 1 a probability is within the error of the law."""
_TAIL_POINTS = 4096
"""To integrate a tail in steps of at most a tenth of it or so, however long it is."""
SAME_AMOUNT = 3e-14
"""Amounts that differ by less as a share, which is what sums in another order do, are one."""


@dataclass(frozen=True)
class ExactLaw:
    """Law of a total: atoms, and between them a smooth part. Made by ``compound(...).exact()``.

    Parameters
    ----------
    amounts_gbp : ndarray of float
        Rising; the distribution function is straight between neighbours.
    before : ndarray of float
        P(total < amount); smaller than the next where the amount is an atom.
    within : ndarray of float
        P(total <= amount).
    unit_cost : UnitCost
        Law of one cost: one alone makes what lies beyond the last amount.
    cases_per_total : float
        Mean number of costs in a total.
    mean, variance : float
        Of the total, from the laws of counts and costs; the variance may be infinite.
    """

    amounts_gbp: FloatArray
    before: FloatArray
    within: FloatArray
    unit_cost: UnitCost
    cases_per_total: float
    mean: float
    variance: float

    @property
    def nothing_probability(self) -> float:
        """Probability that the total is zero."""
        return float(self.cdf(0.0))

    @property
    def skewness(self) -> float:
        """Skewness of the total; infinite where its third moment is."""
        if np.isinf(self.variance):
            return np.inf
        end = float(self.amounts_gbp[-1])
        # A cost's own end, or so far out that what is beyond could not be told from rounding.
        last = max(float(self.unit_cost.isf(np.array([1e-300]))[0]), end)
        beyond = np.geomspace(end, last, _TAIL_POINTS)[1:] if 0 < end < last else np.zeros(0)
        amounts = np.concatenate([self.amounts_gbp, beyond])
        stop_loss = self.stop_loss(amounts)
        # E[(S - m)^3] is six times the integral of (x - m) times the stop-loss, less (m - x)+.
        terms = (amounts - self.mean) * (stop_loss - np.maximum(self.mean - amounts, 0.0))
        third = 6 * float(np.trapezoid(terms, amounts))
        diverges = beyond.size > 0 and terms[-1] * amounts[-1] > _NEGLIGIBLE * third
        return np.inf if diverges else float(third / self.variance**1.5)

    def cdf(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return P(total <= amount).

        Parameters
        ----------
        amount_gbp : array_like of float
            Pounds.

        Returns
        -------
        ndarray of float
            Same shape.
        """
        amounts = np.asarray(amount_gbp, dtype=float)
        place, past = self._places(amounts)
        inside = self.within[place] + past * self._slopes[place]
        end = self.amounts_gbp[-1]
        beyond = float(self.unit_cost.sf(self.amounts_gbp[-1:])[0])
        left = self.unit_cost.sf(np.maximum(amounts, end)) / beyond if beyond > 0 else 0.0
        inside = np.where(amounts > end, 1 - (1 - inside) * left, inside)
        return np.asarray(np.where(amounts < self.amounts_gbp[0], 0.0, inside))

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """Return the smallest amount that the total stays within, with a probability.

        Parameters
        ----------
        probability : array_like of float
            Between 0 and 1, further than 1e-9 from either end.

        Returns
        -------
        ndarray of float
            Pounds, same shape.

        Raises
        ------
        InputError
            If a probability is outside that range; a percentage is.
        """
        asked = np.asarray(probability, dtype=float)
        if (outside := asked[~((asked >= _NEAREST_AN_END) & (asked <= 1 - _NEAREST_AN_END))]).size:
            first = float(outside[0])
            hint = f"did you mean {first / 100:g}?" if 1 < first < 100 else ""
            need = "a probability between 0 and 1, no nearer than 1e-9 to either"
            raise InputError([Problem("quantile(probability)", need, shown(first), hint)])
        levels = asked - _SAME_PROBABILITY
        after = np.minimum(np.searchsorted(self.within, levels), self.within.size - 1)
        earlier = np.maximum(after - 1, 0)
        rise = self.before[after] - self.within[earlier]
        short = np.maximum(self.before[after] - levels, 0.0) / np.where(rise > 0, rise, 1.0)
        gap = self.amounts_gbp[after] - self.amounts_gbp[earlier]
        return np.asarray(self.amounts_gbp[after] - np.minimum(short, 1.0) * gap)

    def limited_mean(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return E[min(total, amount)].

        Parameters
        ----------
        amount_gbp : array_like of float
            Pounds, zero or more.

        Returns
        -------
        ndarray of float
            Pounds, same shape.
        """
        amounts = np.asarray(amount_gbp, dtype=float)
        place, past = self._places(amounts)
        inside = past * (1 - self.within[place] - past * self._slopes[place] / 2)
        beyond = self.mean - self.stop_loss(amounts)
        inside = np.where(amounts > self.amounts_gbp[-1], beyond, self._limited_means[place] + inside)
        return np.asarray(np.minimum(inside, amounts))

    def stop_loss(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return E[max(total - amount, 0)].

        Parameters
        ----------
        amount_gbp : array_like of float
            Pounds, zero or more.

        Returns
        -------
        ndarray of float
            Pounds, same shape.
        """
        amounts = np.asarray(amount_gbp, dtype=float)
        place, past = self._places(amounts)
        inside = past * (1 - self.within[place] - past * self._slopes[place] / 2)
        end = self.amounts_gbp[-1]
        excess = self.unit_cost.excess_mean(np.maximum(amounts, end).ravel()).reshape(amounts.shape)
        inside = np.where(amounts > end, self.cases_per_total * excess, self._stop_losses[place] - inside)
        return np.asarray(np.where(amounts < self.amounts_gbp[0], self.mean - amounts, inside))

    def _places(self, amounts: FloatArray) -> tuple[NDArray[np.intp], FloatArray]:
        """Return the last point at or below each amount, and how far past it the amount is."""
        reached = amounts + np.abs(amounts) * SAME_AMOUNT
        place = np.maximum(np.searchsorted(self.amounts_gbp, reached, side="right") - 1, 0)
        past = np.clip(amounts - self.amounts_gbp[place], 0.0, self._gaps[place])
        return place, past

    @cached_property
    def _gaps(self) -> FloatArray:
        return np.diff(self.amounts_gbp, append=self.amounts_gbp[-1])

    @cached_property
    def _slopes(self) -> FloatArray:
        """Density between each amount and the next."""
        rise = np.append(self.before[1:] - self.within[:-1], 0.0)
        return rise / np.where(self._gaps > 0, self._gaps, 1.0)

    @cached_property
    def _limited_means(self) -> FloatArray:
        """E[min(total, amount)] at each amount, summed from nothing up."""
        return np.asarray(self.amounts_gbp[0] + np.append(0.0, self._steps_beyond.cumsum()))

    @cached_property
    def _stop_losses(self) -> FloatArray:
        """E[max(total - amount, 0)] at each amount, summed from far out: small ones are as precise."""
        end = self.cases_per_total * self.unit_cost.excess_mean(self.amounts_gbp[-1:])
        return np.asarray(np.append(self._steps_beyond, end)[::-1].cumsum()[::-1])

    @cached_property
    def _steps_beyond(self) -> FloatArray:
        """Integral of P(total > x) between each amount and the next."""
        return np.asarray((1 - (self.within[:-1] + self.before[1:]) / 2) * self._gaps[:-1])
