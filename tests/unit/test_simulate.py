"""What `simulate` takes, and what it gives back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import checked, scenario_of, simulated


@pytest.mark.parametrize("contracts", [99, 0, -1, 10_000_001, 100.0, "100", True])
def test_wrong_numbers_of_contracts(contracts: Any) -> None:
    with pytest.raises(InputError, match="contracts"):
        simulate(checked(scenario_of()), Draws(contracts))


@pytest.mark.parametrize("workers", [0, -1, 1.0, "2", True, None])
def test_wrong_numbers_of_workers(workers: Any) -> None:
    with pytest.raises(InputError, match="workers"):
        simulate(checked(scenario_of()), Draws(100, workers=workers))


@pytest.mark.parametrize("seed", [-1, 1.5, "1", True])
def test_wrong_seeds(seed: Any) -> None:
    with pytest.raises(InputError, match="seed"):
        simulate(checked(scenario_of()), Draws(100, seed=seed))


def test_the_result_as_tables() -> None:
    result = simulated(scenario_of())
    summary = result.summary()
    assert list(summary.index) == ["North", "South", "All clusters together"]
    spend = result.contract_outcomes.gbp("spend")
    assert summary.loc["North", "spend_gbp"] == pytest.approx(spend[:, :, 0].sum(axis=1).mean())
    assert summary.loc["All clusters together", "people"] == 25_000
    outcomes = result.outcomes
    assert outcomes["spend_gbp"].dims == ("contract", "year", "cluster")
    assert list(outcomes["cluster"].values) == ["North", "South"]
    assert list(outcomes["year"].values) == list(result.years) == ["2010/11", "2011/12"]
    assert np.array_equal(outcomes["spend_gbp"].values, spend)
    assert outcomes["takes_part"].values.all()


def test_defaults_are_the_scenario_s_own() -> None:
    result = simulate(checked(scenario_of(simulation={"contracts": 120, "seed": 5})))
    assert (result.contracts, result.seed) == (120, 5)
    assert simulate(checked(scenario_of()), Draws(np.int64(100), np.int64(0))).contracts == 100
