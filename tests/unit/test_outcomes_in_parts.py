"""Outcomes that are too many to hold are settled some at a time: nothing that is said of them changes."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr

from simulator import Draws, load_scenario, simulate
from simulator.errors import InputError
from simulator.records import Account, Outturn, SpendElsewhere
from simulator.simulation import result as result_module
from simulator.simulation.gathering import Gathering, arrays_of, outturn_of
from simulator.simulation.memory import enough_memory
from simulator.simulation.outcomes_file import write_outcomes
from simulator.simulation.plan import make_plan
from simulator.simulation.result import Result
from simulator.simulation.settled import Settled
from tests.e2e.command import FLAGSHIP, PROGRAM, ROOT

EXAMPLE = ROOT / "scenarios" / "actions-example.toml"


@pytest.fixture(scope="module")
def whole() -> Result:
    # Some clusters leave, in some parts none: their columns are truths here and numbers there.
    changes = ('rules.bond.when_exhausted="leaves"', "clusters.*.bond_gbp=6_000_000")
    return simulate(load_scenario(EXAMPLE, changes), Draws(300, 1))


def in_parts(result: Result, parts: int, monkeypatch: pytest.MonkeyPatch) -> Result:
    """Return the same result, to be settled in so many parts."""
    monkeypatch.setattr(result_module, "_CELLS_AT_ONCE", result.outturn.spend_gbp.size // (parts - 1) - 1)
    again = replace(result)
    assert sum(1 for _ in again.settled.parts()) == parts
    return again


@pytest.mark.parametrize("parts", [2, 30])
def test_every_estimate_is_the_same_to_the_last_bit(
    whole: Result, parts: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, build_up = whole.rows, whole.pct_build_up
    assert 0 < rows[-1].estimates["leaves_probability"].value < 0.5
    again = in_parts(whole, parts, monkeypatch)
    assert again.rows == rows
    assert again.pct_build_up == build_up
    assert "contract_outcomes" not in again.__dict__


def test_the_file_has_what_the_dataset_has(
    whole: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = whole.outcomes
    write_outcomes(in_parts(whole, 30, monkeypatch).settled, tmp_path / "outcomes.nc")
    with xr.open_dataset(tmp_path / "outcomes.nc") as written:
        xr.testing.assert_identical(written.load(), outcomes)


def test_blocks_are_gathered_in_any_order() -> None:
    first, second = block(1.0, "tea"), block(2.0, "coffee", "tea")
    assert first.elsewhere == outturn_of(arrays_of(first)).elsewhere
    found = []
    for order in ((0, 1), (1, 0)):
        gathering = Gathering(5, 1)
        assert sum(gathering.fill(3 * at, (first, second)[at]) for at in order) == 5
        found.append(gathering.whole().some(0, 5))
    for one in found:
        # In a block that has both, coffee comes first.
        assert [part.reason for part in one.elsewhere] == ["coffee", "tea"]
        assert one.spend_gbp[:, 0, 0].tolist() == [1, 1, 1, 2, 2]
        coffee, tea = (part.gbp[:, 0, 0].tolist() for part in one.elsewhere)
        assert (coffee, tea) == ([0, 0, 0, 2, 2], [1, 1, 1, 2, 2])


def block(gbp: float, *reasons: str) -> Outturn:
    """Return three contracts in which all amounts are the same."""
    amounts = np.full((3, 1, 1), gbp)
    elsewhere = tuple(SpendElsewhere(reason, Account.SUPPLIERS, amounts, amounts) for reason in reasons)
    return Outturn(amounts, amounts, np.zeros((3, 1, 1)), amounts[:, 0], elsewhere=elsewhere)


def test_contracts_that_memory_does_not_hold_are_told_with_how_many_would_fit() -> None:
    command = f"ulimit -v 900000; exec {PROGRAM} run {FLAGSHIP} --contracts 9000000 --workers 1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    fits = int(done.stderr.split("about ")[1].split(" or fewer")[0].replace(",", ""))
    # Some 400 bytes for the outturn of each, and as much again for a row of samples.
    assert 100_000 < fits < 1_000_000


def test_they_are_refused_before_anything_is_drawn(whole: Result) -> None:
    with pytest.raises(InputError, match="or fewer"), enough_memory(whole.plan, 10**13):
        raise AssertionError


def test_a_passing_file_that_somebody_cuts_short_is_no_answer(
    whole: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_by = Settled._put_by

    def cut(self: Settled, folder: Path, rows: Any, samples_of: Any, part: int) -> list[int]:
        places = put_by(self, folder, rows, samples_of, part)
        with (folder / str(part)).open("r+b") as file:
            file.truncate(file.seek(0, os.SEEK_END) - 1)
        return places

    monkeypatch.setattr(Settled, "_put_by", cut)
    with pytest.raises(OSError, match="cut short"):
        _ = in_parts(whole, 2, monkeypatch).rows


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries keep memory as they see fit")
def test_memory_that_was_in_use_is_not_made_anew() -> None:
    again = "for _ in range(50): [np.ones(200_000) for _ in range(20)]"
    code = (
        "import resource, numpy as np; from tests.unit.test_outcomes_in_parts import reserved; reserved()\n"
        f"{again}\nprint(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    # 20 arrays are 8,000 pages; each time anew they would be 400,000.
    assert int(done.stdout) < 150_000


def reserved() -> None:
    """Ask for the memory of a simulation, as it does."""
    with enough_memory(make_plan(load_scenario(EXAMPLE)), 100):
        pass
