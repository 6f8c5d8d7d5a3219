"""Policies that are equal differ by nothing, whatever rounding makes of them."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.risk.measures import columns
from simulator.risk.paired import PairedEstimate, Place, Samples, _without_dust
from tests.builders import BOND, POOL, SURPLUS, cluster_of, scenario_of, simulated


def samples_of(
    people: float, taken_from: str, pct_return_share: float, practice_share: float = 0.1
) -> Samples:
    split = {"practice_share_from": taken_from, "pct_return_share": pct_return_share}
    rules = [SURPLUS | split | {"practice_share": practice_share}, BOND, POOL]
    clusters = [cluster_of("North", people), cluster_of("South", 2 * people)]
    result = simulated(scenario_of(clusters=clusters, rules=rules), contracts=200)
    return Samples.of(result.contract_outcomes, result.plan.terms)


def differences(people: float, practice_share: float) -> dict[Place, PairedEstimate]:
    """Return differences of 10% from the top from a share of the part for patient care, which may be 10%."""
    # From the top: 10% for practices, 40% of 90% for the PCT. That is 10% and 36% of the whole.
    changed = samples_of(people, "reinvestment", 0.36, practice_share)
    return changed.against(samples_of(people, "top", 0.4, 0.1))


@pytest.mark.parametrize("people", [50.0, 5_000.0, 5e7])
def test_equal_policies_differ_by_nothing(people: float) -> None:
    found = differences(people, 0.1)
    off = {place for place, one in found.items() if one.difference is None or one.difference.half_width}
    assert not off
    assert all(one.difference is not None and one.difference.value == 0 for one in found.values())


@pytest.mark.parametrize("people", [50.0, 5_000.0, 5e7])
def test_what_is_more_than_dust_stays(people: float) -> None:
    # A hundred-thousandth of the share more: GBP 100 in 10,000,000.
    found = differences(people, 0.1 * (1 + 1e-5))
    for name in ("practice_share_gbp", "practice_share_gbp_per_head"):
        changed = found["North", name]
        assert changed.difference is not None
        assert changed.difference.value == pytest.approx(1e-5 * changed.estimate.value, rel=1e-3)


def test_rounding_of_some_contracts_is_taken_off_those_alone() -> None:
    ours = np.array([1e8, 2e8, 3e8, 4e8])
    base = ours + np.array([1e-7, 0.0, -1e-7, 5.0])
    column = columns(1)["budget_gbp"]
    assert np.array_equal(_without_dust(column, ours, base, 1e-5), [1e8, 2e8, 3e8, base[3]])
    assert _without_dust(column, ours, base, 1e-9) is base
    assert _without_dust(column, ours, ours + 1e-7, 1e-5) is ours
