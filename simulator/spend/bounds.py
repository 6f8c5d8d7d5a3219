"""How far a total of independent costs spreads: its bulk, and ends beyond which next to nothing lies."""

from __future__ import annotations

import math

from simulator.spend.smooth_part import SmoothPart

_TAIL = 1e-11
"""Probability that may be lost beyond the end of a grid."""
_SDS_ABOVE = 9.0
# Chernoff: a sum of n costs >= 0 falls short of its mean by x with probability at most
# exp(-x**2 / (2 n E[cost**2])).
_ROOT_SECOND_MOMENTS_BELOW = math.sqrt(2 * math.log(1 / _TAIL))
_LOG_TAIL = math.log(1 / _TAIL)


def bulk_sd_gbp(part: SmoothPart, count: int) -> float:
    """Return the spread of the bulk of totals: that of costs capped where one in ten totals has more.

    Returns standard deviation in pounds.
    """
    # Where nine in ten totals are of one value alone, the bulk has no spread: then that of all.
    return math.sqrt(count) * (part.capped_sd_gbp(part.isf(0.1 / count)) or part.sd_gbp)


def bounds_gbp(part: SmoothPart, count: int) -> tuple[float, float]:
    """Return totals between which a sum of costs lies but for a probability of about 1e-11.

    Returns low and high end, in pounds.
    """
    cap = part.isf(0.1 / count)
    below = _ROOT_SECOND_MOMENTS_BELOW * math.sqrt(count * part.capped_second_moment_gbp2(cap))
    low = max(count * part.unit_cost.lowest_gbp, count * part.capped_mean_gbp(cap) - below)
    largest = part.isf(_TAIL / count)
    high = count * part.mean_gbp + _SDS_ABOVE * bulk_sd_gbp(part, count) + largest
    return low, min(high, count * part.isf(1e-300))


def limited_bounds_gbp(limited: SmoothPart, whole: SmoothPart, count: int) -> tuple[float, float]:
    """Return what `bounds_gbp` does for costs that are limited to the largest of them.

    The one largest cost says little about the high end where several costs are at the limit, nor
    the second moment about the low end where nearly all are. Bernstein's inequality does, and
    limited totals exceed no whole one.

    Returns low and high end, in pounds.
    """
    limit_gbp, lowest_gbp = limited.unit_cost.limit or math.inf, limited.unit_cost.lowest_gbp
    mean, total = limited.mean_gbp, count * limited.mean_gbp
    variance = count * limited.sd_gbp**2
    low = max(bounds_gbp(limited, count)[0], total - _bernstein(mean - lowest_gbp, variance))
    high = min(bounds_gbp(whole, count)[1], total + _bernstein(limit_gbp - mean, variance))
    return low, min(high, count * limit_gbp)


def _bernstein(farthest_gbp: float, variance_gbp2: float) -> float:
    """Return what a sum of centred terms of at most `farthest_gbp` exceeds with probability `_TAIL`."""
    third = farthest_gbp * _LOG_TAIL / 3
    return third + math.sqrt(third**2 + 2 * _LOG_TAIL * variance_gbp2)
