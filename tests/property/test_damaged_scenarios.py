"""A damaged scenario is refused with what must hold, or simulated: no traceback, 5 s and 1 GiB at most.

DAMAGED=10000 tries so many in place of 1,000.
"""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Iterator
from contextlib import suppress
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
MOST_BYTES = 2**30
HERE = Path("/proc/self")
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


def give_back() -> None:
    """Give the system what earlier tests have freed: taken again, it would raise no peak."""
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def forget_peak() -> None:
    """Let the process's peak of memory begin anew (Linux; elsewhere memory is not looked at)."""
    if (HERE / "clear_refs").exists():
        (HERE / "clear_refs").write_text("5", encoding="ascii")


def bytes_of(field: str) -> int:
    """Return a figure of this process's memory: `VmRSS` now, `VmHWM` at its peak."""
    if not (HERE / "status").exists():
        return 0
    lines = (HERE / "status").read_text(encoding="ascii", errors="replace").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def test_the_peak_of_memory_is_seen() -> None:
    if not (HERE / "clear_refs").exists():
        pytest.skip("the peak of a process's memory is read from /proc, which is Linux's")
    give_back()
    forget_peak()
    before = bytes_of("VmRSS")
    np.ones(2**24)  # 128 MiB, given back at once
    assert bytes_of("VmHWM") - before > 2**26


@pytest.mark.parametrize("part", range(PARTS))
def test_damage_is_refused_or_simulated(part: int, tmp_path: Path) -> None:
    wrong = []
    give_back()
    for number in range(part, COUNT, PARTS):
        started = time.process_time()
        forget_peak()
        before = bytes_of("VmRSS")
        try:
            scenario = read(damaged(number, TEXT, SCENARIO), tmp_path)
            held = scenario is None or is_right(scenario)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the number
            wrong.append(f"{number}: {type(error).__name__}: {error}"[:300])
            continue
        seconds = time.process_time() - started
        grown = bytes_of("VmHWM") - before
        if not held or seconds > LONGEST_SECONDS or grown > MOST_BYTES:
            what = "right" if held else "wrong numbers"
            wrong.append(f"{number}: {what} after {seconds:.1f} s, {grown / 2**20:,.0f} MiB")
    assert not wrong, "\n".join(wrong)
