"""Books of a large block are made for some contracts at a time: to the last bit as for all at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.scenario.scenario import load_scenario
from simulator.simulation import pipeline
from simulator.simulation.gathering import arrays_of
from simulator.simulation.plan import make_plan
from tests.e2e.command import FLAGSHIP, ROOT

SCENARIOS = (
    FLAGSHIP,
    *(ROOT / "scenarios" / f"{name}-example.toml" for name in ("actions", "payments", "scope")),
)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda path: path.stem)
def test_to_the_last_bit(scenario: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan, block = make_plan(load_scenario(scenario)), Block(0, 100)
    whole = arrays_of(pipeline.simulate_block(plan, RandomStreams(1), block))
    monkeypatch.setattr(pipeline, "CELLS_AT_ONCE", 5_000)
    parts = arrays_of(pipeline.simulate_block(plan, RandomStreams(1), block))
    assert list(parts) == list(whole)
    for name, array in whole.items():
        np.testing.assert_array_equal(parts[name], array, err_msg=name)
    monkeypatch.undo()
    some = arrays_of(pipeline.simulate_block(plan, RandomStreams(1), block, contracts=37))
    for name, array in whole.items():
        np.testing.assert_array_equal(some[name], array[:37], err_msg=name)
