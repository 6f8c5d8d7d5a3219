"""One contract settled from budgets and spends that stand in the test."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simulator.records import ClusterTerms, Outturn
from simulator.rules import AnyRule
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.settlement import Settlement, settle
from simulator.rules.surplus import SurplusSplit

SPLIT = SurplusSplit(practice_share=0.1, practice_share_from="top", pct_return_share=0.4)
BOND = Bond(share_of_annual_budget=0.02)
POOL = Pool()

Years = Sequence[Sequence[float]]


def terms_of(clusters: int, years: int, **changes: object) -> ClusterTerms:
    """Return terms of clusters of 1,000 people that all take the share, for whole years."""
    terms = {
        "names": tuple(f"cluster {number}" for number in range(clusters)),
        "people": np.full(clusters, 1000.0),
        "takes_share": np.ones(clusters, dtype=bool),
        "bond_gbp": np.full(clusters, np.nan),
        "months": np.full((years, clusters), 12),
        "planned_gbp": np.zeros((years, clusters)),
    }
    legal = changes.pop("legal", None)
    return ClusterTerms(**(terms | {key: np.array(value) for key, value in changes.items()}), legal=legal)


def settled(
    rules: Sequence[AnyRule],
    budget_gbp: Years,
    spend_gbp: Years,
    top_slice_gbp: Years | None = None,
    **terms: object,
) -> Settlement:
    """Settle one contract from amounts by year and cluster; the annual budget is the first year's."""
    budget, spend = np.array([budget_gbp], dtype=float), np.array([spend_gbp], dtype=float)
    sliced = np.zeros_like(budget) if top_slice_gbp is None else np.array([top_slice_gbp], dtype=float)
    outturn = Outturn(budget, spend, sliced, budget[:, 0])
    return settle(rules, outturn, terms_of(budget.shape[2], budget.shape[1], **terms))


def moved(settlement: Settlement, reason: str) -> NDArray[np.float64]:
    """Return what moved for a reason, shape (year, cluster), in pounds."""
    return settlement.ledger.flow(reason)[0]
