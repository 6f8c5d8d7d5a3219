"""What practices are paid in each contract, and the estimates that come of it.

Money is the sum over clusters. A probability is of a cluster: of several, the average over them, with
an error that counts what happens to all of them together only once.
"""

from __future__ import annotations

import math

import numpy as np

from simulator.records import BUDGET, BoolArray, FloatArray, Outcomes
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, mean_difference, probability, probability_difference

SHARE = "practice_share_gbp"
SHARE_PER_YEAR = "practice_share_gbp_per_year"
SHARE_PER_HEAD = "practice_share_gbp_per_head"
"""Sum over the contract, in pounds; a year; a registered person."""
PAID = "paid_probability"
UNPAID = "unpaid_probability"
"""Whether there is any practice share in the contract."""
EARNED = "earned_gbp"
"""What the true saving adds to the practice share."""
SAVERS_OF_A_YEAR, SAVERS = "savers_of_surpluses_in_a_year_share", "savers_of_surpluses_share"
"""Part of the clusters with a surplus, of a year or of the contract, that truly saved, if half of all did."""
LUCK_SHARE = "luck_share"
"""Part of the practice share that would be paid without the true saving."""


def change_of(measure: str) -> str:
    """Return the name of a measure's difference from the scenario as it is."""
    return f"change_of_{measure}"


def paid_gbp(outcomes: Outcomes, clusters: tuple[int, ...]) -> FloatArray:
    """Return the practice share over the contract, shape (contract, cluster), in pounds."""
    return np.asarray(outcomes.practice_share_gbp.sum(axis=1)[:, list(clusters)])


def surpluses(outcomes: Outcomes, clusters: tuple[int, ...]) -> tuple[BoolArray, BoolArray]:
    """Return where clusters have a surplus: shape (contract, year, cluster), and over all years."""
    left = (outcomes.gbp(BUDGET) - outcomes.spend_gbp)[:, :, list(clusters)]
    return left > PENNY_GBP, left.sum(axis=1) > PENNY_GBP


def savers_of_surpluses(saving: BoolArray, none: BoolArray) -> Estimate | None:
    """Estimate which part of surpluses is a true saver's, were half of all clusters savers.

    By Bayes at even odds; None where nobody has a surplus.

    Parameters
    ----------
    saving, none : ndarray
        Where a cluster has a surplus with the true saving, and without it, on the same draws; the first
        axis is of contracts, and what lies behind it is averaged.
    """
    savers, others = (np.asarray(one.reshape(len(one), -1).mean(axis=1)) for one in (saving, none))
    found = ratio(savers, savers + others)
    return found and Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.standard_error)


def estimates(paid: FloatArray, luck: FloatArray, years: float, people: float) -> dict[str, Estimate]:
    """Return what clusters are paid under a policy at a true saving, from arrays (contract, cluster)."""
    in_all, by_luck = paid.sum(axis=1), luck.sum(axis=1)
    of_luck = ratio(by_luck, in_all)
    return {
        SHARE: mean(in_all),
        SHARE_PER_YEAR: mean(in_all / years),
        SHARE_PER_HEAD: mean(in_all / people),
        PAID: of_a_cluster(paid > PENNY_GBP),
        UNPAID: of_a_cluster(paid <= PENNY_GBP),
        EARNED: mean_difference(in_all, by_luck),
    } | ({LUCK_SHARE: of_luck} if of_luck else {})


def changes(
    paid: FloatArray, luck: FloatArray, base_paid: FloatArray, base_luck: FloatArray
) -> dict[str, Estimate]:
    """Return how far a policy is from the scenario as it is at one saving; arrays (contract, cluster)."""
    in_all, by_luck, base_in_all, base_by_luck = (
        gbp.sum(axis=1) for gbp in (paid, luck, base_paid, base_luck)
    )
    found = {
        SHARE: mean_difference(in_all, base_in_all),
        PAID: of_a_cluster_difference(paid > PENNY_GBP, base_paid > PENNY_GBP),
        UNPAID: of_a_cluster_difference(paid <= PENNY_GBP, base_paid <= PENNY_GBP),
        EARNED: mean_difference(in_all - by_luck, base_in_all - base_by_luck),
    }
    return {change_of(measure): estimate for measure, estimate in found.items()}


def of_a_cluster(happened: BoolArray) -> Estimate:
    """Estimate the probability of an event, shape (contract, cluster), on average over clusters."""
    if happened.shape[1] == 1 or happened.all() or not happened.any():
        return probability(happened[:, 0])
    found = mean(happened.mean(axis=1))
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.standard_error)


def of_a_cluster_difference(changed: BoolArray, base: BoolArray) -> Estimate:
    """Estimate by how much a change moves what `of_a_cluster` estimates; shapes (contract, cluster)."""
    if changed.shape[1] == 1 or np.array_equal(changed, base):
        return probability_difference(changed[:, 0], base[:, 0])
    return mean_difference(changed.mean(axis=1), base.mean(axis=1))


def ratio(part: FloatArray, whole: FloatArray) -> Estimate | None:
    """Estimate the ratio of two means, of shape (contract,); None where that of `whole` is nothing."""
    # The standard error is that of the mean of part - ratio * whole, over the mean of whole.
    below = float(whole.mean())
    if not below > 0:
        return None
    value = float(part.mean()) / below
    error = math.sqrt(float(np.var(part - value * whole, ddof=1)) / whole.size) / below
    return Estimate.with_error(value, error)
