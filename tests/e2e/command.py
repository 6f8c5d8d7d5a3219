"""Running the command as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLAGSHIP = ROOT / "scenarios" / "cambridgeshire-2010.toml"
SMALL = ROOT / "scenarios" / "two-clusters.toml"
PROGRAM = Path(sys.executable).with_name("cluster-risk")


def cluster_risk(
    *arguments: str | Path, folder: Path = ROOT, encoding: str = "utf-8"
) -> subprocess.CompletedProcess[str]:
    """Run the command in `folder`; standard output and error as text."""
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "100"}
    return subprocess.run(
        [PROGRAM, *map(str, arguments)],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding=encoding,
        check=False,
        timeout=120,
    )


def leftovers(folder: Path) -> list[str]:
    """Return what stands in a folder, hidden or not."""
    return sorted(path.name for path in folder.iterdir())
