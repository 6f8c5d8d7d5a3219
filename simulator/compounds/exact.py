"""The law of a compound total without sampling error, on a grid of amounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class ExactLaw:
    """Law of a total on a grid of amounts. Made by ``compound(...).exact()``.

    Parameters
    ----------
    amounts_gbp : ndarray of float
        Evenly spaced, rising; what lies outside has a probability of about 1e-11.
    probabilities : ndarray of float
        Probability of a total at each amount or, off a lattice, within half a step of it; without
        that of `nothing_probability`.
    nothing_probability : float
        Probability that the total is zero.
    on_lattice : bool
        Whether totals take the amounts alone; otherwise a probability is spread evenly over its cell.
    mean, variance : float
        Of the total, from the laws of counts and costs and not from the grid.
    """

    amounts_gbp: FloatArray
    probabilities: FloatArray
    nothing_probability: float
    on_lattice: bool
    mean: float
    variance: float

    @property
    def skewness(self) -> float:
        """Skewness of the total, on the grid."""
        third = float(self.probabilities @ (self.amounts_gbp - self.mean) ** 3)
        third -= self.nothing_probability * self.mean**3
        return float(third / self.variance**1.5)

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
        ends, below = self._ends_gbp, self._below
        if self.on_lattice:
            inside = below[np.searchsorted(ends, amounts + self._step_gbp * 1e-6, side="right")]
        else:
            inside = np.interp(amounts, ends, below[1:])
        return np.asarray(np.where(amounts < 0, 0.0, np.minimum(inside, 1.0)))

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
        """
        levels = np.asarray(probability, dtype=float)
        if self.on_lattice:
            cells = np.searchsorted(self._below[1:], levels - 1e-12)
            found = self.amounts_gbp[np.minimum(cells, self.amounts_gbp.size - 1)]
        else:
            found = np.interp(levels, self._below[1:], self._ends_gbp)
        return np.asarray(np.where(levels <= self.nothing_probability, 0.0, found))

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
        return self.mean - self.stop_loss(amount_gbp)

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
        beyond = np.append(self.probabilities[::-1].cumsum()[::-1][1:], 0.0)
        at_grid = np.append(beyond[::-1].cumsum()[::-1][1:], 0.0) * self._step_gbp
        at_grid = at_grid + beyond * self._step_gbp
        inside = np.interp(amounts, self.amounts_gbp, at_grid)
        return np.asarray(np.where(amounts < self.amounts_gbp[0], self.mean - amounts, inside))

    @property
    def _step_gbp(self) -> float:
        return float(self.amounts_gbp[1] - self.amounts_gbp[0])

    @property
    def _ends_gbp(self) -> FloatArray:
        """Upper end of each amount's cell."""
        return self.amounts_gbp if self.on_lattice else self.amounts_gbp + self._step_gbp / 2

    @property
    def _below(self) -> FloatArray:
        """P(total <= upper end) of each cell, with what is below the first in front."""
        return self.nothing_probability + np.append(0.0, self.probabilities.cumsum())
