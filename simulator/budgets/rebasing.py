"""Rebasing within a contract: budgets that follow, in part, what clusters spent the year before."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.budgets.budgets import LineBudget
from simulator.plain_words import per_cent_of
from simulator.records import Budgets, ClusterTerms, FloatArray, Spend


def rebased(
    budgets: Budgets,
    spend: Spend,
    lines: Sequence[LineBudget],
    terms: ClusterTerms,
    shares: tuple[float, float],
    *,
    by_rule: bool = True,
) -> Budgets:
    """Return budgets of which a part is set anew each year on what was spent the year before.

    A year's budget rests on spend and on no other budget, so that all years are set at once.

    Parameters
    ----------
    budgets : Budgets
        As they are without it.
    spend : Spend
        What was spent, in hospital and out of it.
    lines : sequence of LineBudget
        How the budgets of each line are set.
    terms : ClusterTerms
        When each cluster takes part: its own first year is not rebased.
    shares : tuple of float
        The part that follows the year before, and the top-slice.
    by_rule : bool
        Whether last year's spend is uplifted as each line's rule says; as growth is expected if not.
    """
    share, top_slice_share = shares
    part_year = np.stack([line.part_year_share for line in lines], axis=-1)
    uplifts = np.array([line.uplift if by_rule else 1 + line.growth_share for line in lines])
    # Shape (year, cluster, line), of the years after the contract's first.
    weight = share * rebases(terms)[1:, :, None]
    followed = weight * uplifts * part_year[1:] / part_year[:-1]
    bought_gbp = spend.bought_gbp

    def moved(gbp: FloatArray, part: float) -> FloatArray:
        found = np.empty_like(gbp)
        found[:, 0] = gbp[:, 0]
        # Line by line: contracts are next to each other in memory.
        for year, cluster, line in np.ndindex(followed.shape):
            own, place = found[:, year + 1, cluster, line], (year, cluster, line)
            np.multiply(bought_gbp[:, year, cluster, line], part * followed[place], out=own)
            own += (1 - weight[year, cluster, 0]) * gbp[:, year + 1, cluster, line]
        return found

    kept = moved(budgets.budget_gbp, 1 - top_slice_share)
    sliced = moved(budgets.top_slice_gbp, top_slice_share) if top_slice_share else budgets.top_slice_gbp
    return Budgets(kept, sliced, budgets.annual_gbp)


def rebasing_in_words(share: float) -> str:
    """Return what rebasing does, as a sentence."""
    part = per_cent_of(share)
    return (
        f"Of each budget after a cluster's first year {part} follows what it spent on care the year before, "
        f"with a year's uplift: of a saving in one year about {part} comes off the next year's budget."
    )


def rebases(terms: ClusterTerms) -> FloatArray:
    """Return 1 for each contract year after a cluster's own first, 0 for others, shape (year, cluster)."""
    years = np.arange(len(terms.months))[:, None]
    return np.asarray(years > terms.first_year, dtype=float)
