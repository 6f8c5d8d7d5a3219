"""A scenario fitted to a history that was given: in a process of its own, with all its files to take away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from simulator.errors import InputError, Problem, Problems, printable
from simulator.history import HistoryFiles
from simulator.lab.tasks import Say, Task, Told, answer_json
from simulator.lab.uploads import Kept, as_given
from simulator.questions.fit.ask import fit
from simulator.scenario.csv_tables import rows_as_written
from simulator.scenario.scenario import Scenario, load_scenario
from simulator.scenario.sheets import Sheet, sheet_or_file

FITTED, EVERYTHING = "fitted.toml", "fitted-scenario.zip"
_STEPS = 3
_TOLD_BY = {
    "costs": {"cost_gbp"},
    "recodes": {"old", "new"},
    "price_index": {"index"},
    "history": {"line", "count"},
}
"""Headings that only one kind of table has; lists are what has none of them."""


@dataclass(frozen=True)
class FitTask(Task):
    """The question `fit`."""

    given: tuple[Kept, ...]

    def work(self, folder: Path, say: Say) -> Told:
        """Return its answer; the fitted scenario and all that it names are in the folder, and in one file."""
        say(0, _STEPS)
        kinds = history_files(self.given)
        with TemporaryDirectory(prefix="cluster-risk-") as room:
            # Under names that say what they are: the fitted scenario names its history.
            named = {kind: replace(one, path=Path(room) / f"{kind}.csv") for kind, one in kinds.items()}
            for kind, one in kinds.items():
                shutil.copyfile(one.path, named[kind].path)
            say(1, _STEPS)
            try:
                answer = fit(self.scenario, HistoryFiles(**{kind: one.path for kind, one in named.items()}))
            except InputError as error:
                raise as_given(error, tuple(named.values())) from None
            say(2, _STEPS)
            folder.mkdir(parents=True, exist_ok=True)
            written = answer.save(folder / FITTED)
        tables = _gather(load_scenario(written[0]), folder)
        _put_together([*written, *tables], folder / EVERYTHING)
        return Told(answer_json(answer), answer.tables())


def history_files(given: Sequence[Kept]) -> dict[str, Kept]:
    """Return which table is which, told by their headings; InputError where that leaves a doubt."""
    problems, found = Problems(), dict[str, Kept]()
    for one in given:
        with problems.noted():
            kind = _kind_of(one) if len(given) > 1 else "history"
            if kind in found:
                need = "one table of each kind"
                got = f"a second of {kind.replace('_', ' ')}, beside {printable(found[kind].name)}"
                problems.append(Problem(printable(one.name), need, got))
            found.setdefault(kind, one)
    if "history" not in found and not problems:
        need = "a history: columns month, practice or cluster, line, count and perhaps spend_gbp"
        problems.append(Problem("files", need, ", ".join(printable(one.name) for one in given)))
    problems.report()
    return found


def _kind_of(table: Kept) -> str:
    rows, _ = rows_as_written(table.path)
    headings = next(
        ({cell.strip().lower().replace(" ", "_") for cell in row} for row in rows if len(row) > 1), set[str]()
    )
    return next((kind for kind, told_by in _TOLD_BY.items() if told_by <= headings), "lists")


def _gather(fitted: Scenario, folder: Path) -> list[Path]:
    """Put the tables that a scenario names beside it, so that its folder can be taken anywhere."""
    file, names = folder / FITTED, dict(_plain_names(fitted, folder))
    text = file.read_text("utf-8")
    for name, plain in names.items():
        found = sheet_or_file(fitted.folder / name)
        text = text.replace(f'"{name}"', f'"{plain}"')
        raw = found.as_csv().lstrip("\n").encode() if isinstance(found, Sheet) else found.read_bytes()
        (folder / plain).write_bytes(raw)
    file.write_text(text, "utf-8", newline="")
    return [folder / plain for plain in names.values()]


def _plain_names(fitted: Scenario, folder: Path) -> Iterator[tuple[str, str]]:
    taken, population = {one.name for one in folder.iterdir()}, fitted.settings.population
    known = {population.practices_csv: "practices", population.need_weights_csv: "need_weights"}
    for name in fitted.tables:
        if name in taken:
            continue
        stem = known.get(name) or Path(name).stem
        tries = (f"{stem}{ending}.csv" for ending in ("", *(f"-{number}" for number in range(2, 100))))
        plain = next(one for one in tries if one not in taken)
        taken.add(plain)
        yield name, plain


def _put_together(files: Sequence[Path], target: Path) -> None:
    """Write files to one, the same bytes every time."""
    with ZipFile(target, "w", ZIP_DEFLATED) as together:
        for file in files:
            one = ZipInfo(file.name)
            one.compress_type = ZIP_DEFLATED
            together.writestr(one, file.read_bytes())
