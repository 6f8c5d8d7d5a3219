"""The same seed and scenario give the same contracts, however the work is done."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result
from tests.builders import Table, checked, scenario_of, simulated
from tests.property.comparing import differences
from tests.strategies import scenarios

# Three blocks, the last of them not full.
CONTRACTS = 2 * CONTRACTS_PER_BLOCK + 100


@pytest.fixture(scope="module")
def long_run() -> Result:
    return simulated(scenario_of(), contracts=CONTRACTS)


def test_two_workers_equal_one(long_run: Result) -> None:
    shared = simulated(scenario_of(), contracts=CONTRACTS, workers=2)
    assert differences(long_run, shared) == []
    assert shared.rows == long_run.rows


@pytest.mark.parametrize("fewer", [100, CONTRACTS_PER_BLOCK, CONTRACTS_PER_BLOCK + 100])
def test_a_shorter_run_is_the_start_of_a_longer_one(long_run: Result, fewer: int) -> None:
    short = simulated(scenario_of(), contracts=fewer)
    for reason in long_run.contract_outcomes.flows:
        start = long_run.contract_outcomes.gbp(reason)[:fewer]
        assert np.array_equal(short.contract_outcomes.gbp(reason), start), reason


def test_no_two_contracts_are_the_same(long_run: Result) -> None:
    spend = long_run.contract_outcomes.gbp("spend")[:, 0, 0]
    assert np.unique(spend).size == CONTRACTS


def test_another_seed_gives_other_contracts() -> None:
    one, other = (simulated(scenario_of(), seed=seed) for seed in (0, 1))
    assert {"spend", "practice_share", "bond_draw"} <= set(differences(one, other))


def test_the_scenario_s_own_seed_is_used_when_none_is_given() -> None:
    own = scenario_of(simulation={"contracts": 100, "seed": 0})
    assert differences(simulate(checked(own)), simulated(scenario_of(), seed=0)) == []


def test_progress_counts_the_contracts_and_changes_nothing(long_run: Result) -> None:
    seen: list[int] = []
    watched = simulate(checked(scenario_of()), Draws(CONTRACTS, 1), progress=seen.append)
    # None yet while the tables are made, and then the blocks.
    assert seen[0] == 0
    assert [done for done in seen if done] == [CONTRACTS_PER_BLOCK, 2 * CONTRACTS_PER_BLOCK, CONTRACTS]
    assert differences(long_run, watched) == []


@settings(max_examples=10)
@given(scenario=scenarios())
def test_the_same_call_gives_the_same_result(scenario: Table) -> None:
    assert differences(simulated(scenario), simulated(scenario)) == []
