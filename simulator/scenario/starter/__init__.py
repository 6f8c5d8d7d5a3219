"""A scenario to start from: the files that `cluster-risk init` copies."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from simulator.errors import InputError, Problem

STARTER_FILES = ("scenario.toml", "practices.csv", "need_weights.csv")


def write_starter(folder: Path) -> list[Path]:
    """Write a commented scenario and its tables to a folder."""
    targets = [folder / name for name in STARTER_FILES]
    taken = [target for target in targets if target.exists()]
    if taken:
        raise InputError([Problem(str(target), "a new file", "one that exists") for target in taken])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets:
            target.write_bytes(files(__package__).joinpath(target.name).read_bytes())
    except OSError as error:
        problem = Problem(str(folder), "a folder that can be written to", error.strerror or str(error))
        raise InputError([problem]) from None
    return targets
