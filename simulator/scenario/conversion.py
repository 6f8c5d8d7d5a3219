"""From a scenario's file to another kind of file, and back: TOML with tables beside it, or one workbook."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.errors import InputError, Problem, Problems, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.scenario.comments import notes_of
from simulator.scenario.csv_tables import rows_as_written
from simulator.scenario.files import KeyPath
from simulator.scenario.numbers_in_tables import number_in
from simulator.scenario.regimes import Regime
from simulator.scenario.scenario import Scenario, load_scenario
from simulator.scenario.sheets import MOST_CELLS, Sheet, Value, beside, sheet_or_file
from simulator.scenario.toml_writer import Notes, toml_text

KINDS = {".toml": ".xlsx", ".xlsx": ".toml"}
"""What a file can be turned into, by how their names end."""
_TITLES = {"practices_csv": "Practice lists", "need_weights_csv": "Need weights", "csv": "Seasons"}
_CODE = re.compile(r"0\d|\d+e\d+|[^\d]*$", re.IGNORECASE)
"""What is no number though a spreadsheet might take it for one, such as a code that starts with 0."""


def convert(
    source: Path,
    target: Path,
    overrides: Iterable[str] = (),
    regimes: Iterable[str | Path | Regime] = (),
    *,
    replace: bool = False,
) -> list[Path]:
    """Write a scenario as another kind of file, and return the files written.

    Settings and regimes are laid over it first. What was written is read again before it is kept, and is the
    same scenario to the last digit.

    Raises
    ------
    InputError
        For a scenario that is not valid, a target that cannot be made, and what cannot be kept without loss.
    """
    if KINDS.get(source.suffix.lower()) != target.suffix.lower():
        need = "a .toml file and an .xlsx file, either from the other"
        raise InputError([Problem(f"{printable(source)} {printable(target)}", need, "other endings")])
    check_new_file(target, replace=replace, option="")
    return write_scenario(load_scenario(source, overrides, regimes), target, replace=replace)


def write_scenario(scenario: Scenario, target: Path, *, replace: bool = False) -> list[Path]:
    """Write a scenario, as it is with all that is laid over it, and return the files: its own comes first."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        room = Path(name)
        files = _write(scenario, room / target.name)
        again = load_scenario(room / target.name)
        if again.fingerprint != scenario.fingerprint:
            need = f"a scenario that can be kept as {target.suffix} without loss"
            hint = "names with spaces round them, or characters that no spreadsheet keeps, are not"
            raise InputError([Problem(scenario.source, need, "another one when it is read again", hint)])
        # Tables that stand there already, as they are, may stay.
        new = [file for file in files if not _is_there(room / file, target.parent / file)]
        problems = Problems()
        for file in new:
            with problems.noted():
                check_new_file(target.parent / file, replace=replace, option="")
        problems.report()
        for file in reversed(new):
            partial = stack.enter_context(new_file(target.parent / file, replace=replace, option=""))
            partial.write_bytes((room / file).read_bytes())
        return [target.parent / file for file in files]


def _is_there(made: Path, file: Path) -> bool:
    return file.is_file() and file.read_bytes() == made.read_bytes()


def _write(scenario: Scenario, target: Path) -> list[Path]:
    """Write a scenario in an empty folder, and return the names of the files there."""
    notes = _notes_now(scenario)
    names = [scenario.settings.fit.posterior] if scenario.settings.fit.posterior else []
    files = {name: (beside(scenario.folder) / name).read_bytes() for name in names}
    if target.suffix.lower() == ".toml":
        files |= {name: _csv_bytes(scenario.folder / name) for name in scenario.tables}
        target.write_text(toml_text(scenario.changed, notes), "utf-8", newline="")
    else:
        _write_workbook(scenario, notes, target)
    for name, raw in files.items():
        place = target.parent / name
        if not place.resolve().is_relative_to(target.parent.resolve()):
            need = "tables in the scenario's folder, or below it"
            raise InputError([Problem(scenario.source, need, name, "name it without .. and /")])
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    return [Path(target.name), *map(Path, files)]


def _csv_bytes(path: Path) -> bytes:
    """Return a table as a CSV file: one that is a sheet without the rows on top of it."""
    found = sheet_or_file(path)
    if isinstance(found, Sheet):
        return found.as_csv().lstrip("\n").encode(CSV_ENCODING)
    return found.read_bytes()


def _write_workbook(scenario: Scenario, notes: Notes, target: Path) -> None:
    from simulator.scenario.workbook.writing import Contents, TableSheet, save_workbook

    population, seasons = scenario.settings.population, scenario.settings.seasons
    known = {getattr(population, key, None) or seasons.csv: title for key, title in _TITLES.items()}
    taken = ["", *known.values()]
    tables = []
    for name in scenario.tables:
        title = known.get(name) or _title(Path(name).stem, taken)
        taken.append(title)
        tables.append(TableSheet(title, name, _rows(scenario.folder / name)))
    practices = scenario.practices.practices if scenario.practices else ()
    people = {one.code: (one.name, float(one.people)) for one in practices}
    choices = {"need_weights": ("people", *scenario.need_weights), "season": ("flat", *scenario.seasons)}
    save_workbook(Contents(scenario.changed, notes, tables, people, choices), target)


def _title(stem: str, taken: Iterable[str]) -> str:
    """Return a title that a sheet may have, and that no other has."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", stem.replace("_", " "))[:26].strip().capitalize()
    tries = (plain, *(f"{plain} {number}" for number in range(2, 100)))
    return next(one for one in tries if one and one not in taken)


def _rows(path: Path) -> list[list[Value]]:
    """Return the rows of a table for a sheet: numbers as numbers, codes and names as they are written."""
    rows, delimiter = rows_as_written(path)
    if (cells := sum(map(len, rows))) > MOST_CELLS:
        need = f"a table of at most {MOST_CELLS:,} cells to be put in a workbook"
        raise InputError(
            [Problem(printable(path), need, f"{cells:,}", "keep the rows of your own practices")]
        )
    return [[_cell(text, delimiter) for text in row] for row in rows]


def _cell(text: str, delimiter: str) -> Value:
    number = None if _CODE.match(text.strip()) else number_in(text, delimiter, pounds=True)[0]
    if number is None or float(f"{number:.16g}") != number:
        return text
    return int(number) if number.is_integer() else number


def _notes_now(scenario: Scenario) -> Notes:
    """Return what a scenario's text says of its figures; a rule may have moved among others since."""
    given, changed = scenario.given.get("rules", ()), scenario.changed.get("rules", ())
    places = {rule.get("rule"): at for at, rule in enumerate(changed)}
    notes = notes_of(scenario.text)

    def now(said: dict[KeyPath, str]) -> Iterator[tuple[KeyPath, str]]:
        for path, words in said.items():
            if path[:1] != ("rules",) or len(path) == 1:
                yield path, words
            elif (at := places.get(given[int(path[1])].get("rule"))) is not None:
                yield ("rules", at, *path[2:]), words

    return Notes(dict(now(notes.beside)), dict(now(notes.above)))
