"""Files that a reader gives: read as text and numbers, under names of ours, checked as the command does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from simulator.errors import InputError, Problem, Problems, shown
from simulator.scenario.files import read_text, read_toml
from simulator.scenario.scenario import LARGEST_SCENARIO_BYTES, Scenario, check_scenario
from simulator.scenario.sheets import is_workbook, read_sheets
from simulator.scenario.toml_writer import toml_text
from simulator.scenario.workbook.reading import read_workbook

MOST_FILES, LARGEST_BYTES = 12, 5_000_000
"""Of an upload: a scenario and every table that it can name; all practices of England are 4 MB."""
_SCENARIOS = (".toml", ".xlsx")
_KINDS = (*_SCENARIOS, ".csv")
WITH_A_FIT = "a scenario with the draws of a fit is opened by cluster-risk lab FILE"
_NAMES_A_FILE = re.compile(r"(.*_)?csv|posterior")
"""Keys of a scenario whose value is a file beside it."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was given."""

    name: str  # as its owner calls it: shown, and never a path
    path: Path  # where it lies, under a name of ours
    digest: str = ""  # of what is in it: a file that was mended is another one


def keep(given: Mapping[str, bytes], folder: Path) -> tuple[Kept, ...]:
    """Write files to a folder under names of ours; InputError for too many, too large or of another kind."""
    problems = Problems()
    if not 0 < len(given) <= MOST_FILES:
        problems.append(Problem("files", f"1 to {MOST_FILES} files", f"{len(given)}"))
    kept = []
    for at, (name, content) in enumerate(given.items()):
        kind = Path(name).suffix.lower()
        if kind not in _KINDS:
            hint = "save it as .xlsx first" if kind.startswith(".xls") else ""
            problems.append(
                Problem(
                    shown(name), f"a file that ends in {', '.join(_SCENARIOS)} or .csv", kind or "none", hint
                )
            )
        elif len(content) > LARGEST_BYTES:
            need = f"at most {LARGEST_BYTES / 1e6:g} MB"
            problems.append(Problem(shown(name), need, f"{len(content) / 1e6:.1f} MB"))
        else:
            kept.append(Kept(name, folder / f"file-{at}{kind}", sha256(content).hexdigest()))
    problems.report()
    folder.mkdir(parents=True)
    for one, content in zip(kept, given.values(), strict=True):
        one.path.write_bytes(content)
    return tuple(kept)


def scenario_of(kept: tuple[Kept, ...], now: Scenario) -> Scenario:
    """Return the scenario that was given; of a table alone, the scenario of now with it as its practices.

    InputError with every problem, each at its file and line.
    """
    files = [one for one in kept if one.path.suffix in _SCENARIOS]
    tables = {one.name: one for one in kept if one.path.suffix == ".csv"}
    if len(files) > 1 or (not files and len(tables) > 1):
        need, got = (
            "one scenario with its tables, or one table of practices",
            f"{len(files)} and {len(tables)}",
        )
        raise InputError([Problem("files", need, f"scenarios and tables: {got}")])
    try:
        return _whole(files[0], tables) if files else _with_practices(next(iter(tables.values())), now)
    except InputError as error:
        raise as_given(error, kept) from None


def scenario_named(name: str, folder: Path) -> Scenario:
    """Return the scenario of a file in a folder of ours, under its own name alone."""
    text = read_text(folder / name, "a scenario file", LARGEST_SCENARIO_BYTES)
    return check_scenario(read_toml(text, name), folder, name, text)


def _with_practices(table: Kept, now: Scenario) -> Scenario:
    laid = {**now.given, "population": {**now.given.get("population", {}), "practices_csv": str(table.path)}}
    return check_scenario(laid, now.folder, now.source, now.text, now.overrides, now, now.regimes)


def _whole(file: Kept, tables: Mapping[str, Kept]) -> Scenario:
    problems = Problems()
    if is_workbook(file.path):
        book = read_workbook(file.path)
        own = {name for sheet in read_sheets(file.path) for name in (sheet.table, sheet.title) if name}
        given = dict(_with_files(book.given, tables, file.name, problems, inside=own))
        problems.report()
        text = toml_text(book.given, book.notes)
        return check_scenario(given, file.path, file.name, text, places=book.places, problems=book.problems)
    text = read_text(file.path, "a scenario file", LARGEST_SCENARIO_BYTES)
    given = dict(_with_files(read_toml(text, file.name), tables, file.name, problems))
    problems.report()
    return check_scenario(given, file.path.parent, file.name, text)


def _with_files(
    given: Mapping[str, Any],
    tables: Mapping[str, Kept],
    source: str,
    problems: Problems,
    above: str = "",
    inside: Collection[str] = (),
) -> Iterator[tuple[str, Any]]:
    """Yield a scenario's keys with the files that were given in place of those that it names.

    A workbook has some `inside`: its sheets.
    """
    for key, value in given.items():
        where = f"{above}{key}"
        if isinstance(value, Mapping):
            yield key, dict(_with_files(value, tables, source, problems, f"{where}.", inside))
        elif isinstance(value, list):
            each = (source, problems, f"{where}.", inside)
            yield (
                key,
                [dict(_with_files(one, tables, *each)) if isinstance(one, Mapping) else one for one in value],
            )
        elif isinstance(value, str) and _NAMES_A_FILE.fullmatch(key) and value not in inside:
            # The last part of what it calls the file, wherever that lies on its owner's machine.
            name = re.split(r"[/\\]", value)[-1]
            if name not in tables:
                hint = "choose the scenario and its tables together" if key != "posterior" else WITH_A_FIT
                problems.append(
                    Problem(f"{source}, {where}", "a table that is given with it", shown(value), hint)
                )
            yield key, tables[name].path.name if name in tables else value
        else:
            yield key, value


def as_given(error: InputError, kept: Sequence[Kept]) -> InputError:
    """Return an error that says where it is in the words of who gave the files."""

    def said(text: str) -> str:
        for one in kept:
            text = text.replace(str(one.path), one.name).replace(one.path.name, one.name)
        return text

    return InputError(
        Problem(said(one.where), said(one.need), said(one.got), said(one.hint)) for one in error.problems
    )
