"""A damaged scenario is refused with what must hold, or simulated: no traceback, and nothing for long.

DAMAGED=10000 tries so many in place of 1,000.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from simulator import InputError, load_scenario
from simulator.records import BUDGET, SPEND
from simulator.scenario.scenario import Scenario, check_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.e2e.command import SMALL
from tests.property.damage import Damaged, damaged
from tests.property.test_every_choice_matters import CONTRACTS, quick_simulations
from tests.property.test_every_parameter_matters import SCENARIO

COUNT = int(os.environ.get("DAMAGED", "1000"))
PARTS = 20
LONGEST_SECONDS = 5.0
TEXT = SMALL.read_text(encoding="utf-8")


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


def read(one: Damaged, folder: Path) -> Scenario | None:
    """Return the scenario; None where it is refused with at least one problem."""
    try:
        if one.given is not None:
            return check_scenario(one.given, folder, overrides=one.overrides)
        path = folder / "damaged.toml"
        path.write_text(one.text, encoding="utf-8", newline="")
        return load_scenario(path)
    except InputError:
        return None


def is_right(scenario: Scenario) -> bool:
    """Return whether every pound is finite, and surpluses and overspends are budgets less spend."""
    outcomes = simulate(scenario, Draws(CONTRACTS, 1)).contract_outcomes
    flows = [flow.gbp for flow in outcomes.flows.values()]
    finite = all(
        np.isfinite(gbp).all() and (gbp >= -1e-6 * np.abs(gbp).max(initial=1.0)).all() for gbp in flows
    )
    return bool(finite and np.isfinite(outcomes.gbp(BUDGET) - outcomes.gbp(SPEND)).all())


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_is_refused_or_simulated(part: int, tmp_path: Path) -> None:
    wrong = []
    for number in range(part, COUNT, PARTS):
        started = time.process_time()
        try:
            scenario = read(damaged(number, TEXT, SCENARIO), tmp_path)
            held = scenario is None or is_right(scenario)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the number
            wrong.append(f"{number}: {type(error).__name__}: {error}"[:300])
            continue
        seconds = time.process_time() - started
        if not held or seconds > LONGEST_SECONDS:
            wrong.append(f"{number}: {'right' if held else 'wrong numbers'} after {seconds:.1f} s")
    assert not wrong, "\n".join(wrong)
