"""Every pound is somewhere, whatever the scenario: shown from the outcomes alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from numpy.typing import NDArray

from simulator.simulation.result import Result
from tests.builders import Table, simulated
from tests.strategies import scenarios

PENNY = 0.01
_TAKEN_OUT = (
    "practice_share",
    "locked_in",
    "pct_return",
    "reinvestment",
    "unshared_surplus",
    "deficit_repaid",
    "corridor_return",
    "share_held",
)
_PAID_IN = (
    "bond_draw",
    "pool_payment",
    "uncovered_overspend",
    "corridor_payment",
    "overspend_share_payment",
    "liability_payment",
    "share_released",
)
_AT_THE_END = {"practice_share", "locked_in", "pct_return", "reinvestment", "share_released"}
"""What a cluster that has left may still get of what was held for it."""
_INTO_BOND = ("bond_posted", "bond_interest", "bond_top_up")

Flows = NDArray[np.float64]


def _sum(result: Result, reasons: tuple[str, ...]) -> Flows:
    return np.sum([result.contract_outcomes.gbp(reason) for reason in reasons], axis=0)


def _tolerance(result: Result) -> float:
    """A billionth of the largest budget or spend, or a penny where that is more exact."""
    gbp, spend = result.contract_outcomes.gbp, result.contract_outcomes.spend_gbp
    largest = max(gbp("budget").max(), spend.max())
    return max(1e-9 * float(largest), 1e-6)


def _check_years(result: Result) -> None:
    gbp, spend = result.contract_outcomes.gbp, result.contract_outcomes.spend_gbp
    left = gbp("budget") - spend
    explained = _sum(result, _TAKEN_OUT) - _sum(result, _PAID_IN)
    allowed = np.where(gbp("budget") > 0, 1e-9 * gbp("budget") + 1e-9 * spend, PENNY)
    assert (np.abs(left - explained) <= allowed).all()


def _check_bonds(result: Result) -> None:
    gbp = result.contract_outcomes.gbp
    balance = np.cumsum(_sum(result, _INTO_BOND) - gbp("bond_draw"), axis=1)
    tolerance = 1e-9 * balance.max(initial=0.0) + 1e-9
    assert (balance >= -tolerance).all()
    # A year's top-up and interest come after its draws, so the draws must find their money before.
    before = balance - gbp("bond_interest") - gbp("bond_top_up")
    assert (before >= -tolerance).all()
    released = gbp("bond_release")
    assert not released[:, :-1].any()
    assert (np.abs(balance[:, -1] - released[:, -1]) <= tolerance).all()


def _check_held(result: Result) -> None:
    gbp = result.contract_outcomes.gbp
    held, released = gbp("share_held"), gbp("share_released")
    assert not released[:, :-1].any()
    assert not held[:, -1].any()
    assert released[:, -1] == pytest.approx(held.sum(axis=1), abs=1e-9)
    if held.any():
        total = gbp("practice_share").sum(axis=1)
        net = (gbp("budget") - result.contract_outcomes.spend_gbp).sum(axis=1)
        moved = gbp("corridor_payment") - gbp("corridor_return") + gbp("overspend_share_payment")
        helped = moved.sum(axis=1)
        assert (total <= np.maximum(net + helped, 0.0) + _tolerance(result)).all()


def _check_corridor(result: Result, scenario: Table) -> None:
    gbp = result.contract_outcomes.gbp
    borne, taken = gbp("corridor_payment"), gbp("corridor_return")
    corridor = next(
        (rule for rule in scenario["rules"] if rule["rule"] == "corridor"), {"width_share": np.inf}
    )
    overspend = result.contract_outcomes.spend_gbp - gbp("budget")
    for amounts, outturn in ((borne, overspend), (taken, -overspend)):
        beyond = np.maximum(outturn - corridor.get("width_share", 0) * np.maximum(gbp("budget"), 1e-9), 0.0)
        assert (amounts <= beyond + _tolerance(result)).all()


def _check_pool(result: Result) -> None:
    gbp = result.contract_outcomes.gbp
    yearly = gbp("pct_return") + gbp("top_slice") - gbp("pool_payment")
    balance = np.cumsum(yearly.sum(axis=2), axis=1)
    assert (balance >= -_tolerance(result)).all()


def _check_who_is_in(result: Result, scenario: Table) -> None:
    gbp, inside = result.contract_outcomes.gbp, result.contract_outcomes.takes_part
    without_share = [not cluster["takes_share"] for cluster in scenario["clusters"]]
    for reason in ("bond_posted", "bond_top_up", "practice_share"):
        assert not gbp(reason)[:, :, without_share].any()
    waits = any(rule.get("settlement") == "whole_contract" for rule in scenario["rules"])
    for reason in ("budget", "spend", "top_slice", *_TAKEN_OUT, *_PAID_IN):
        outside = ~inside
        if waits and reason in _AT_THE_END:
            outside[:, -1] = False
        assert not gbp(reason)[outside].any()
    assert inside[:, 0].all()
    assert (inside[:, 1:] <= inside[:, :-1]).all()


@given(scenario=scenarios())
def test_every_pound_is_accounted_for(scenario: Table) -> None:
    result = simulated(scenario)
    for flow in result.contract_outcomes.flows.values():
        assert np.isfinite(flow.gbp).all()
        assert (flow.gbp >= 0).all()
    _check_years(result)
    _check_bonds(result)
    _check_held(result)
    _check_corridor(result, scenario)
    _check_pool(result)
    _check_who_is_in(result, scenario)


@given(scenario=scenarios())
def test_the_summary_has_a_finite_number_and_interval_everywhere(scenario: Table) -> None:
    for row in simulated(scenario).rows:
        for column, estimate in row.estimates.items():
            assert np.isfinite([estimate.low, estimate.value, estimate.high]).all(), column
            assert estimate.low <= estimate.value <= estimate.high, column
