"""The law of a position at year end, as a Fourier series."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]


@dataclass(frozen=True)
class OutturnLaw:
    """Law of spend less budget, from its characteristic function.

    Its density over an interval that holds all but about 1e-8 of the probability is a Fourier
    series, which is integrated term by term: there is no grid of amounts.
    """

    low_gbp: float  # start and width of the interval, in pounds
    width_gbp: float  # start and width of the interval, in pounds
    # shape (frequency,); e[exp(i t position)] at the frequencies t = 2 pi k / width, k = 1, 2, .
    transform: ComplexArray
    mean_gbp: float  # of the position, from the laws of counts, costs and shocks and not from the series
    sd_gbp: float  # of the position, from the laws of counts, costs and shocks and not from the series

    def exceeds(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return P(position > amount), same shape."""
        amounts = np.asarray(amount_gbp, dtype=float)[..., None]
        t = self._frequencies
        turns = (np.exp(-1j * t * self.low_gbp) - np.exp(-1j * t * amounts)) / (1j * t)
        below = amounts[..., 0] - self.low_gbp + 2 * (turns @ self.transform).real
        return np.asarray(np.clip(1 - below / self.width_gbp, 0.0, 1.0))

    def stop_loss(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return E[max(position - amount, 0)], in pounds, same shape."""
        amounts = np.asarray(amount_gbp, dtype=float)[..., None]
        t = self._frequencies
        above = self.low_gbp + self.width_gbp - amounts
        ramp = (np.exp(-1j * t * above) * (1 + 1j * t * above) - 1) / t**2 * np.exp(-1j * t * amounts)
        total = above[..., 0] ** 2 / 2 + 2 * (ramp @ self.transform).real
        return np.asarray(np.maximum(total / self.width_gbp, 0.0))

    def quantile(self, probability: float) -> float:
        """Return the position that is not exceeded with a probability, in pounds."""
        high_gbp = self.low_gbp + self.width_gbp
        return float(
            brentq(
                lambda amount: float(self.exceeds(amount)) - (1 - probability),
                self.low_gbp,
                high_gbp,
                xtol=1e-9 * self.width_gbp,
            )
        )

    def density(self, points: int) -> tuple[FloatArray, FloatArray]:
        """Return evenly spaced positions, in pounds, and the probability about each."""
        series = np.zeros(points // 2 + 1, dtype=complex)
        series[0] = 1.0
        shifted = self.transform * np.exp(-1j * self._frequencies * self.low_gbp)
        series[1 : shifted.size + 1] = shifted.conj()
        step = self.width_gbp / points
        positions = np.asarray(self.low_gbp + step * np.arange(points), dtype=float)
        return positions, np.fft.irfft(series, points)

    @property
    def moment_error(self) -> float:
        """Largest relative error of the series' total, mean and SD, in units of the SD."""
        positions, probabilities = self.density(4 * self.transform.size)
        mean_gbp = float(probabilities @ positions)
        sd_gbp = math.sqrt(max(float(probabilities @ (positions - self.mean_gbp) ** 2), 0.0))
        return max(
            abs(float(probabilities.sum()) - 1),
            abs(mean_gbp - self.mean_gbp) / self.sd_gbp,
            abs(sd_gbp / self.sd_gbp - 1),
        )

    @property
    def _frequencies(self) -> FloatArray:
        numbers = np.arange(1, self.transform.size + 1, dtype=np.float64)
        return numbers * (2 * math.pi / self.width_gbp)
