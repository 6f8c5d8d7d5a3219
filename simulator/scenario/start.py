"""Scenarios to start from: the files that `cluster-risk init` copies, or writes as a workbook."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from simulator.errors import InputError, Problem, printable
from simulator.execution.new_files import check_new_file, new_file
from simulator.scenario.england import PRACTICES, SCENARIO, england

STARTER_FILES = ("scenario.toml", "practices.csv", "need_weights.csv")
HISTORY_FILES = ("clusters.toml", "history.csv", "lists.csv", "practices.csv", "need_weights.csv")
"""Files of a scenario with a history; docs/write_history_example.py writes them."""
FLAGSHIP_FILES = (
    "cambridgeshire-2010.toml",
    "data/practices_nhs_cambridgeshire_2013q2.csv",
    "data/need_weights.csv",
    "data/seasons.csv",
    "data/SOURCES.md",
    "data/LICENCE.md",
)
_HERE = Path(__file__).parent
_INSTALLED, _IN_REPOSITORY = _HERE / "examples", _HERE.parents[1] / "scenarios"
EXAMPLES = _INSTALLED if _INSTALLED.exists() else _IN_REPOSITORY
"""The scenarios of the repository: what is installed carries them with it."""
_STARTS = {
    "starter": (_HERE / "starter", STARTER_FILES),
    "history": (_HERE / "starter" / "history_example", HISTORY_FILES),
    "flagship": (EXAMPLES, FLAGSHIP_FILES),
    "england": (EXAMPLES, (SCENARIO, PRACTICES, *FLAGSHIP_FILES[2:])),
}


def write_start(folder: Path, name: str = "starter", *, as_workbook: bool = False) -> list[Path]:
    """Write a scenario to a folder, and return its files, the scenario first.

    Parameters
    ----------
    folder : Path
        Where to; none of its files may be there.
    name : {"starter", "history", "flagship", "england"}
        A commented scenario with its tables; one with a history to fit it to; Cambridgeshire in 2010, with
        regimes; or a synthetic England of 152 PCTs.
    as_workbook : bool
        Whether it is one workbook, with its tables as sheets.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        For files that exist, or a folder that cannot be made.
    """
    source, names = _STARTS[name]
    if as_workbook:
        return _as_workbook(source / names[0], folder / Path(names[0]).with_suffix(".xlsx"))
    every = [*names, *(_regimes() if name == "flagship" else ())]
    targets = [folder / one for one in every]
    if taken := [target for target in targets if target.exists()]:
        raise InputError([Problem(printable(target), "a new file", "one that exists") for target in taken])
    made = _england() if name == "england" else {}
    with ExitStack() as stack:
        # Left in the opposite order: the scenario, which names the others, comes to stand last.
        for target, one in zip(targets, every, strict=True):
            file = stack.enter_context(new_file(target, option=""))
            file.write_bytes(made.get(one) or (source / one).read_bytes())
    return targets


def _england() -> dict[str, bytes]:
    """Return the files of England, which are made of the flagship's."""
    texts = ((EXAMPLES / one).read_text(encoding="utf-8") for one in FLAGSHIP_FILES[:2])
    return {name: text.encode() for name, text in zip((SCENARIO, PRACTICES), england(*texts), strict=True)}


def _regimes() -> Iterator[str]:
    return (f"regimes/{file.name}" for file in sorted((EXAMPLES / "regimes").glob("*.toml")))


def _as_workbook(source: Path, target: Path) -> list[Path]:
    """Write a scenario as a workbook, without those comments of its file that are of no use there."""
    from simulator.scenario.conversion import write_scenario
    from simulator.scenario.scenario import load_scenario

    check_new_file(target, option="")
    scenario = load_scenario(source)
    text = scenario.text[scenario.text.index("\ntitle = ") :]
    if source.parent.name == "starter":
        # Its comments that stand alone say how to write TOML.
        text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return write_scenario(replace(scenario, text=text), target)
