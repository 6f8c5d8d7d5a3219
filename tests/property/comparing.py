"""Comparing two results bit for bit."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simulator.simulation.result import Result


def differences(one: Result, other: Result) -> list[str]:
    """Return the reasons whose amounts differ in any bit, and takes_part where that does."""
    left, right = one.contract_outcomes, other.contract_outcomes
    reasons = {**left.flows, **right.flows}
    found = [reason for reason in reasons if not np.array_equal(left.gbp(reason), right.gbp(reason))]
    return found if np.array_equal(left.takes_part, right.takes_part) else [*found, "takes_part"]


def spend_of(result: Result, cluster: str) -> NDArray[np.float64]:
    """Return one cluster's spend, shape (contract, year)."""
    return result.contract_outcomes.gbp("spend")[:, :, result.plan.axes.clusters.index(cluster)]
