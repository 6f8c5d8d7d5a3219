"""A copy of the project's code to which a test adds a part, as the recipes of CONTRIBUTING.md say."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.e2e.command import ROOT, SMALL


def built(folder: Path, parts: Mapping[str, str], lines: Mapping[str, Mapping[str, str]]) -> Path:
    """Return the folder with the code, new files of it, lines replaced in others, and `scenario.toml`."""
    shutil.copytree(ROOT / "simulator", folder / "simulator", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SMALL, folder / "scenario.toml")
    for name, code in parts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(code, encoding="utf-8")
    for name, replaced in lines.items():
        text = (folder / name).read_text(encoding="utf-8")
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def run_in(house: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program in the house, with the house's own code."""
    env = os.environ | {"PYTHONPATH": str(house), "COLUMNS": "200"}
    return subprocess.run(command, cwd=house, env=env, capture_output=True, encoding="utf-8", check=False)
