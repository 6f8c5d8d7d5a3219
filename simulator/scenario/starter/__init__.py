"""Scenarios to start from: the files that `cluster-risk init` copies."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from simulator.errors import InputError, Problem

STARTER_FILES = ("scenario.toml", "practices.csv", "need_weights.csv")
HISTORY_FILES = ("clusters.toml", "history.csv", "lists.csv", "practices.csv", "need_weights.csv")
"""Files of a scenario with a history; docs/write_history_example.py writes them."""


def write_starter(folder: Path, *, with_history: bool = False) -> list[Path]:
    """Write a commented scenario and its tables to a folder; if asked, one with a history to fit it to."""
    names = HISTORY_FILES if with_history else STARTER_FILES
    source = files(__package__) / "history_example" if with_history else files(__package__)
    targets = [folder / name for name in names]
    taken = [target for target in targets if target.exists()]
    if taken:
        raise InputError([Problem(str(target), "a new file", "one that exists") for target in taken])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for target in targets:
            target.write_bytes(source.joinpath(target.name).read_bytes())
    except OSError as error:
        problem = Problem(str(folder), "a folder that can be written to", error.strerror or str(error))
        raise InputError([problem]) from None
    return targets
