"""Sums over contracts from which shares of variance and their errors follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import Self

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate

_ROUNDING_SHARE = 1e-18
"""A piece that varies by less than this share of the whole is rounding: an SD of a billionth."""
_CANCELLED_SHARE = 1e-12
"""Sums of fourth powers that cancel to less than this share of themselves have cancelled to nothing."""

Place = tuple[int, int, int, int]
"""Where a piece stands: source, year, cluster, line. The last of each is all together."""


@dataclass(frozen=True, slots=True)
class PowerSums:
    """Sums over contracts of powers of the pieces p, and of the whole T of their year and cluster.

    A piece is what its source adds beyond expectation, so that its mean is known to be zero; a sum
    of squares needs no centring, and sums of blocks add up.
    """

    squares: FloatArray  # shape (source, year, cluster, line); of p ** 2 and p ** 4
    fourths: FloatArray  # shape (source, year, cluster, line); of p ** 2 and p ** 4
    products: FloatArray  # shape (source, year, cluster, line); of p T, (p T) ** 2 and p T ** 3
    products_squared: FloatArray  # shape (source, year, cluster, line); of p T, (p T) ** 2 and p T ** 3
    products_by_total: FloatArray  # shape (source, year, cluster, line); of p T, (p T) ** 2 and p T ** 3
    # shape (source, year, cluster, cluster); of p ** 2 in one cluster times p ** 2 in another, all lines
    # together.
    cross: FloatArray

    @classmethod
    def of(cls, pieces: Iterable[FloatArray]) -> Self:
        """Sum up the pieces of some contracts.

        Takes ``pieces`` of shape (contract, year, cluster, line).
        """
        each = [with_totals(gbp, (1, 2, 3)) for gbp in pieces]
        whole = np.sum(each, axis=0)
        rows = [_sums(gbp, whole[..., -1]) for gbp in (*each, whole)]
        return cls(*map(np.stack, zip(*rows, strict=True)))

    @classmethod
    def added(cls, parts: Iterable[PowerSums]) -> Self:
        """Return the sums over all contracts of several blocks, added in the order given."""
        return cls(*(np.sum(same, axis=0) for same in zip(*map(astuple, parts), strict=True)))

    def share(self, place: Place) -> Estimate | None:
        """Estimate the covariance of a piece with the whole, over the whole's variance.

        Its error is the delta method's for the ratio of sums r: the root of the sum of the squares
        of p T - r T ** 2, over the sum of T ** 2.

        Returns none where the whole does not vary.
        """
        whole = self._whole(place)
        if self.squares[whole] == 0:
            return None
        if self._is_rounding(place):
            return Estimate(0.0, 0.0, 0.0, 0.0)
        total = float(self.squares[whole])
        ratio = float(self.products[place]) / total
        own, whole_part = float(self.products_squared[place]), ratio**2 * float(self.fourths[whole])
        spread = own - 2 * ratio * float(self.products_by_total[place]) + whole_part
        return _estimate(ratio, _root(spread, own + whole_part) / total)

    def sd(self, place: Place, contracts: int) -> Estimate:
        """Estimate the SD of a piece.

        In pounds; its error is the delta method's for the root of a mean of squares.
        """
        if self._is_rounding(place):
            return Estimate(0.0, 0.0, 0.0, 0.0)
        variance, fourth = float(self.squares[place]) / contracts, float(self.fourths[place]) / contracts
        sd = variance**0.5
        error = _root(fourth - variance**2, fourth) / contracts**0.5 / (2 * sd)
        return _estimate(sd, error)

    def pooled(self, source: int, year: int, contracts: int) -> Estimate | None:
        """Estimate the SD of all clusters together over the sum of their SDs.

        Returns 1 where pooling cures nothing; None where the piece does not vary.
        """
        sds = np.sqrt(self.squares[source, year, :, -1] / contracts)
        alone = float(sds[:-1].sum())
        if alone == 0 or self._is_rounding((source, year, -1, -1)):
            return None
        ratio = float(sds[-1]) / alone
        # Slopes of the ratio in the mean squares. Slopes times mean squares come to nothing, as the
        # ratio is the same in any currency: so the sum below needs no centring.
        rises = np.append(np.full(sds.size - 1, -ratio), 1.0)
        slopes = np.divide(rises, 2 * alone * sds, out=np.zeros_like(sds), where=sds > 0)
        spread = float(slopes @ self.cross[source, year] @ slopes)
        size = float(np.abs(slopes) @ self.cross[source, year] @ np.abs(slopes))
        return _estimate(ratio, _root(spread, size) / contracts)

    def _whole(self, place: Place) -> Place:
        """Where the whole stands that a piece is a piece of."""
        return (-1, place[1], place[2], -1)

    def _is_rounding(self, place: Place) -> bool:
        return bool(self.squares[place] <= _ROUNDING_SHARE * self.squares[self._whole(place)])


def with_totals(amounts: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    """Append the total along each axis at its end."""
    for axis in axes:
        amounts = np.concatenate([amounts, amounts.sum(axis=axis, keepdims=True)], axis=axis)
    return amounts


def _sums(piece: FloatArray, whole: FloatArray) -> tuple[FloatArray, ...]:
    """Return one source's sums over contracts, in the order of the fields of `PowerSums`."""
    products = piece * whole[..., None]
    squares = piece**2
    own = squares[..., -1]
    return (
        squares.sum(axis=0),
        (squares**2).sum(axis=0),
        products.sum(axis=0),
        (products**2).sum(axis=0),
        (products * whole[..., None] ** 2).sum(axis=0),
        np.einsum("nyc,nyd->ycd", own, own),
    )


def _root(spread: float, size: float) -> float:
    """Return the square root of what is left when sums as large as `size` have cancelled."""
    return spread**0.5 if spread > _CANCELLED_SHARE * size else 0.0


def _estimate(value: float, error: float) -> Estimate:
    return Estimate(value, value - CONFIDENCE_Z * error, value + CONFIDENCE_Z * error, error)
