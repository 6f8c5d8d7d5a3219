"""The same seed gives the same bytes: on any threads and processes, however these start, and anywhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, SMALL

SCRIPT = """
import sys
from hashlib import sha256
from pathlib import Path

import simulator.execution.blocks as blocks
from simulator import Draws, exact_risk, explain, forecast, load_scenario, simulate

if __name__ == "__main__":
    start, workers, path = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    blocks._start_method = lambda: start
    scenario = load_scenario(path)
    result, draws = simulate(scenario, Draws(10_000, 1, workers)), Draws(10_000, 1)
    flows = result.contract_outcomes.flows
    actuals = path.with_name(f"{path.stem}-actuals.csv")
    known = scenario.vary("budgets.historic.csv=last-year.csv")
    said = {
        "flows": b"".join(flows[reason].gbp.tobytes("A") for reason in sorted(flows)),
        "summary": result.rows,
        "exact": exact_risk(scenario.vary("contract.years=1")).rows,
        "forecast": forecast(scenario, actuals, draws=draws).tables(),
        "explain": explain(scenario, draws=draws).tables(),
        "last year": simulate(known, Draws(200, 1)).rows,
    }
    for name, one in said.items():
        print(name, sha256(one if isinstance(one, bytes) else repr(one).encode()).hexdigest())
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Return the small scenario, with what was spent last year beside it."""
    lines = ("hospital admissions", "prescribing", "rare costly referrals")
    rows = [f"{cluster},{line},{gbp}" for cluster, gbp in (("Large", 5e6), ("Small", 1e6)) for line in lines]
    (tmp_path / "last-year.csv").write_text("\n".join(["cluster,line,spend_gbp", *rows]), encoding="utf-8")
    for file in (SMALL, SMALL.with_name(f"{SMALL.stem}-actuals.csv")):
        shutil.copy(file, tmp_path)
    return tmp_path / SMALL.name


def said_by(small: Path, start: str, workers: int, threads: int, hash_seed: str, folder: Path) -> str:
    script = small.with_name("script.py")
    script.write_text(SCRIPT, encoding="utf-8")
    threaded = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    settings = dict.fromkeys(threaded, str(threads)) | {"PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)}
    arguments = [script, start, str(workers), os.path.relpath(small, folder)]
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(os.name != "posix", reason="fork is POSIX's")
def test_threads_processes_and_folders_change_no_bit(small: Path) -> None:
    one = said_by(small, "fork", workers=1, threads=1, hash_seed="0", folder=ROOT)
    assert len(one.splitlines()) == 6
    assert said_by(small, "fork", workers=2, threads=2, hash_seed="7", folder=small.parent) == one
    assert said_by(small, "spawn", workers=2, threads=4, hash_seed="random", folder=ROOT.parent) == one
