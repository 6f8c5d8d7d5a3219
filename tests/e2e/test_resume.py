"""A run that is killed goes on from the blocks that it had finished, and ends with the same bytes."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import time
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.e2e.command import PROGRAM, SMALL, cluster_risk

pytestmark = pytest.mark.skipif(os.name != "posix", reason="killing without warning is POSIX")
ASKED = ("run", SMALL, "--contracts", "40000", "--workers", "1")


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a run that nobody stopped."""
    folder = tmp_path_factory.mktemp("right")
    assert cluster_risk(*ASKED, "--out", "out", folder=folder).returncode == 0
    return files(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {name: (folder / "out" / name).read_bytes() for name in ("summary.csv", "outcomes.nc")}


@pytest.fixture
def killed(tmp_path: Path) -> Path:
    """Return the folder in which a run was killed when it had finished some blocks."""
    command = [PROGRAM, *ASKED, "--out", "out"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process, deadline = subprocess.Popen(command, cwd=tmp_path, **quiet), time.monotonic() + 60
    while len(blocks(tmp_path)) < 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert len(blocks(tmp_path)) >= 3
    assert not (tmp_path / "out").exists()
    return tmp_path


def blocks(folder: Path) -> list[Path]:
    return sorted(folder.glob(".out-unfinished-*/blocks/*.block"))


def test_it_goes_on_and_finds_the_same(killed: Path, right: dict[str, bytes]) -> None:
    finished = len(blocks(killed))
    # One that is shorter than it was, and one with a byte that is another.
    shorter, other, *_ = blocks(killed)
    shorter.write_bytes(shorter.read_bytes()[:-9])
    content = bytearray(other.read_bytes())
    content[5_000] ^= 1
    other.write_bytes(content)
    done = cluster_risk(*ASKED, "--out", "out", "--resume", folder=killed)
    assert done.returncode == 0
    assert f"note: going on with {finished} finished blocks of 5,000 contracts" in done.stderr
    assert done.stderr.count("is damaged: its contracts are drawn anew") == 2
    assert files(killed) == right
    assert [path.name for path in killed.iterdir()] == ["out"]
    assert sorted(path.name for path in (killed / "out").iterdir()) == [
        "manifest.json",
        "outcomes.nc",
        "summary.csv",
    ]


def test_blocks_that_stand_are_not_drawn_again(killed: Path, right: dict[str, bytes]) -> None:
    # Blocks that another run had finished change what is found: they are taken as they stand.
    first, second, *_ = blocks(killed)
    first.write_bytes(second.read_bytes())
    assert cluster_risk(*ASKED, "--out", "out", "--resume", folder=killed).returncode == 0
    assert files(killed)["summary.csv"] != right["summary.csv"]


def test_what_differs_is_refused(killed: Path) -> None:
    stand, (what,) = blocks(killed), killed.glob(".out-unfinished-*/blocks/what.json")

    def refused(*asked: str) -> str:
        done = cluster_risk(*ASKED, *asked, "--out", "out", "--resume", folder=killed)
        assert done.returncode == 2
        assert blocks(killed) == stand
        return done.stderr

    assert re.search('--resume, seed\n.* as in .*: "1"\n.*"2"', refused("--seed", "2"))
    assert "--resume, contracts" in refused("--contracts", "45000")
    changed = refused("--set", "rules.bond.share_of_annual_budget=0.04")
    assert re.search("--resume, scenario\n.*\n.*changed since", changed)
    before = what.read_text(encoding="utf-8")
    what.write_text(before.replace(version("numpy"), "1.26.4"), encoding="utf-8")
    assert "--resume, version of numpy" in refused()
    what.write_text(before[:-5], encoding="utf-8")
    assert "as a run left it" in refused()


def test_ctrl_c_keeps_what_was_gone_on_with(killed: Path, right: dict[str, bytes]) -> None:
    finished = len(blocks(killed))
    again = [PROGRAM, *ASKED, "--out", "out", "--resume"]
    with_ctrl_c = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.default_int_handler)}
    process = subprocess.Popen(again, cwd=killed, stderr=subprocess.PIPE, text=True, **with_ctrl_c)
    while len(blocks(killed)) <= finished:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGSTOP)
    busy = cluster_risk(*ASKED, "--out", "out", "--resume", folder=killed)
    assert (busy.returncode, "one that is still running" in busy.stderr) == (2, True)
    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGCONT)
    said = process.communicate()[1]
    assert (process.returncode, "finished blocks are kept" in said) == (130, True)
    assert len(blocks(killed)) >= finished
    assert cluster_risk(*ASKED, "--out", "out", "--resume", folder=killed).returncode == 0
    assert files(killed) == right


def test_without_a_killed_run_there_is_nothing_to_go_on_with(tmp_path: Path) -> None:
    done = cluster_risk(*ASKED, "--out", "out", "--resume", folder=tmp_path)
    assert (done.returncode, list(tmp_path.iterdir())) == (2, [])
    assert "nothing is left of one" in done.stderr
