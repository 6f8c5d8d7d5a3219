"""Differences on the same draws are known far better than on fresh ones, and as well as they say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.answers.places import samples_at
from simulator.risk.measures import SummaryColumn
from simulator.risk.paired import Place
from simulator.scenario.scenario import load_scenario
from simulator.simulation.draws import SettledDraws
from simulator.simulation.shared_draws import SharedDraws

CHANGE = "rules.bond.share_of_annual_budget=0.035"
MEASURES = ("pct_payment_gbp", "expected_bond_draw_gbp", "bond_covers_probability")
CONTRACTS = 100_000
IN_A_GROUP = 400
GROUPS = CONTRACTS // IN_A_GROUP

Pair = tuple[SummaryColumn, NDArray[np.float64], NDArray[np.float64]]


@pytest.fixture(scope="module")
def pairs() -> dict[Place, Pair]:
    """Samples of a changed and of the base policy on the same draws, by place."""
    scenario = load_scenario("scenarios/two-clusters.toml")
    draws = SharedDraws(SettledDraws(CONTRACTS, seed=1))
    places = [("All clusters together", measure) for measure in MEASURES]
    base, changed = (samples_at(draws.simulate(one), places) for one in (scenario, scenario.vary(CHANGE)))
    return {place: (kind, some, base.by_place[place][1]) for place, (kind, some) in changed.by_place.items()}


def groups() -> Iterator[slice]:
    """Contracts in groups, each as good as a simulation of its own."""
    return (slice(start, start + IN_A_GROUP) for start in range(0, CONTRACTS, IN_A_GROUP))


# Fewest times: money that moves a little in every contract pairs better than what happens or does not.
@pytest.mark.parametrize(("measure", "times"), list(zip(MEASURES, (20, 20, 5), strict=True)))
def test_pairing_shrinks_the_variance_of_a_difference(
    pairs: dict[Place, Pair], measure: str, times: int
) -> None:
    column, changed, base = pairs["All clusters together", measure]
    kind = column.measure.estimator
    together = [kind.difference(changed[some], base[some]).value for some in groups()]
    # The next group's draws stand for fresh ones.
    fresh = np.roll(base, IN_A_GROUP)
    apart = [kind.difference(changed[some], fresh[some]).value for some in groups()]
    ratio = np.var(apart, ddof=1) / np.var(together, ddof=1)
    print(f"{measure}: the variance of a difference is {ratio:.0f} times smaller on the same draws")
    # The ratio of two variances of 250 values is within a third of the truth, 99 times of 100.
    assert ratio > times * 4 / 3


@pytest.mark.parametrize("measure", MEASURES)
def test_intervals_hold_the_truth_as_often_as_they_say(pairs: dict[Place, Pair], measure: str) -> None:
    column, changed, base = pairs["All clusters together", measure]
    kind = column.measure.estimator
    truth = kind.difference(changed, base)
    found = [kind.difference(changed[some], base[some]) for some in groups()]
    held = sum(one.low <= truth.value <= one.high for one in found)
    # 95% of 250, less 4 standard errors of sqrt(250 * 0.95 * 0.05) = 3.4.
    assert held >= 0.95 * GROUPS - 4 * 3.4
    # The check can fail: intervals of half the width would hold it too seldom.
    narrow = sum(abs(truth.value - one.value) <= one.half_width / 2 for one in found)
    assert narrow < 0.95 * GROUPS - 4 * 3.4
