"""A copy of the committed project, for studies that change it."""

from __future__ import annotations

import shutil
import subprocess
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def copied(folder: Path) -> Path:
    """Fill a folder with the committed project, whose tests run on it and not on this one."""
    packed = folder / "project.tar"
    subprocess.run([shutil.which("git") or "git", "archive", "HEAD", "-o", packed], cwd=ROOT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(folder, filter="data")
    packed.unlink()
    return folder
