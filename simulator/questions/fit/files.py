"""The files that a fit writes: the scenario, its draws and its tables, all of them or none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from simulator.errors import Problem, Problems, printable
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file
from simulator.questions.fit.beside import base_year_table, no_base_year, season_settings, seasons_table
from simulator.questions.fit.rewritten import rewritten
from simulator.questions.fit.settings import Known, Setting
from simulator.scenario.scenario import Scenario

_LONGEST_NAME = 80
"""Of a table in a scenario."""
_ENDING = ".toml"


@dataclass(frozen=True, slots=True)
class FitFiles:
    """Where a fit is written."""

    scenario: Path
    posterior: Path
    seasons: Path
    base_year: Path

    @classmethod
    def of(cls, out: Path) -> Self:
        """Return the files that belong to a scenario's name."""
        endings = ("posterior.npz", "seasons.csv", "base-year.csv")
        return cls(out, *(out.with_name(f"{out.stem}.{ending}") for ending in endings))

    def check(self, scenario: Scenario, *, replace: bool) -> None:
        """Refuse names that cannot be written to or named, before anything is computed: InputError."""
        problems, out = Problems(), self.scenario
        if out.suffix != _ENDING:
            need = f"a file that ends in {_ENDING}"
            problems.append(Problem(f"--out {printable(out)}", need, out.suffix or "no ending"))
        for path in (out, self.posterior, self.seasons, self.base_year):
            with problems.noted():
                check_new_file(path, replace=replace)
        names = [str(one.value) for one in _moved(scenario, out)]
        if long := [one for one in (*names, self.posterior.name) if len(one) > _LONGEST_NAME]:
            need = f"in a folder from which tables have names of at most {_LONGEST_NAME} characters"
            hint = f"write it to the folder of {printable(scenario.source)}"
            problems.append(Problem(f"--out {printable(out)}", need, long[0], hint))
        problems.report()


def write_fit(known: Known, figures: tuple[Setting, ...], out: Path, *, replace: bool) -> tuple[Path, ...]:
    """Write a fitted scenario, its draws and its tables; return where."""
    files = FitFiles.of(out)
    files.check(known.scenario, replace=replace)
    of_base_year = [] if no_base_year(known) else [files.base_year]
    with ExitStack() as stack:
        # Left in the opposite order: the scenario, which names the others, comes to stand last.
        paths = [
            files.scenario,
            files.posterior,
            files.seasons,
            *of_base_year,
        ]
        text, draws, seasons, *base_year = (
            stack.enter_context(new_file(path, replace=replace)) for path in paths
        )
        digest = known.posterior.save(draws)
        seasons.write_text(seasons_table(known), CSV_ENCODING, newline="")
        settings = [*figures, *season_settings(known, files.seasons.name), *_moved(known.scenario, out)]
        base = known.scenario.settings.contract.financial_years[0].label
        for path in base_year:
            path.write_text(base_year_table(known), CSV_ENCODING, newline="")
            said = f"fitted: {known.history.source}, the actual outturn of {base}"
            settings.append(Setting(("budgets", "historic", "csv"), files.base_year.name, said))
        settings += _fit_settings(known, files.posterior.name, digest)
        written = rewritten(known.scenario.text, settings, known.posterior.lines, known.source)
        text.write_text(written, "utf-8", newline="")
    return tuple(paths)


def _fit_settings(known: Known, name: str, digest: str) -> Iterator[Setting]:
    yield Setting(("fit", "posterior"), name, f"{known.posterior.rows:,} draws of all that is not known")
    yield Setting(("fit", "sha256"), digest, None)
    yield Setting(("fit", "carry_uncertainty"), True, "false: every figure as it is written here")


def _moved(scenario: Scenario, out: Path) -> Iterator[Setting]:
    """Yield the names of tables as they are from another folder."""
    target = out.absolute().parent.resolve()
    if target == scenario.folder.resolve():
        return
    settings = scenario.settings
    named: list[tuple[tuple[str, ...], str | None]] = [
        (("population", "practices_csv"), settings.population.practices_csv),
        (("population", "need_weights_csv"), settings.population.need_weights_csv),
        (("budgets", "historic", "csv"), settings.budgets.historic.csv),
        (("budgets", "rule", "csv"), getattr(settings.budgets.rule, "csv", None)),
    ]
    for line in settings.service_lines:
        own = getattr(line.budget_rule, "csv", None)
        named.append((("service_lines", line.name, "budget_rule", "csv"), own))
    for path, name in named:
        if name is not None:
            moved = os.path.relpath((scenario.folder / name).resolve(), target)
            yield Setting(path, Path(moved).as_posix(), None)
