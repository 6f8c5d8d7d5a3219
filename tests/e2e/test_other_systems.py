"""As on Windows and macOS: fresh processes, a narrow alphabet on the screen, files that must name their own.

The environment's own alphabet is ASCII here, so that a file opened without saying how would fail.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.command import ROOT, SMALL, cluster_risk

SCRIPT = """
import simulator.execution.blocks as blocks

blocks._start_method = lambda: "spawn"
if __name__ == "__main__":
    import locale
    from simulator.cli import main

    assert locale.getpreferredencoding(False) in {"ANSI_X3.4-1968", "US-ASCII"}
    main()
"""
NARROW = {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "C"}
TWO_BLOCKS = ("--contracts", "5001", "--seed", "3", "--workers", "2")
LINES = dict.fromkeys(map(ord, "-─━+|"), " ")
"""Of tables: a narrow alphabet has others."""


def elsewhere(folder: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command as it is run there."""
    script = folder / "started.py"
    script.write_text(SCRIPT, encoding="utf-8")
    return subprocess.run(
        [sys.executable, script, *map(str, arguments)],
        cwd=folder,
        env=os.environ | NARROW | {"COLUMNS": "100", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="cp1252",
        check=False,
        timeout=120,
    )


def words(text: str) -> list[str]:
    """Return what is said, without the lines of its tables."""
    return text.translate(LINES).split()


@pytest.mark.skipif(sys.platform != "linux", reason="there it is so")
@pytest.mark.parametrize(
    ("asked", "written"),
    [
        (("run", SMALL, *TWO_BLOCKS, "--out", "result"), ("result/summary.csv",)),
        (("run", SMALL, "--set", "clusters.Größe.takes_share=1"), ()),
    ],
    ids=lambda one: one[0] if one and isinstance(one[0], str) else None,
)
def test_the_same_is_said_and_written(tmp_path, asked, written):
    folders = [tmp_path / name for name in ("here", "there")]
    for one in folders:
        one.mkdir()
    here, there = cluster_risk(*asked, folder=folders[0]), elsewhere(folders[1], *asked)
    assert there.returncode == here.returncode, there.stderr
    assert "Traceback" not in there.stderr
    assert words(there.stdout) == words(here.stdout)
    for name in written:
        assert (folders[1] / name).read_bytes() == (folders[0] / name).read_bytes()
