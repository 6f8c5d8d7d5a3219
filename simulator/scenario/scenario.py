"""A scenario: the settings of its file with the tables beside it, checked."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import InputError, Problem, Problems, printable
from simulator.fitting.posterior import Posterior
from simulator.population.practices import PracticeTable
from simulator.scenario.amounts import Amounts, Named, amounts_problems, read_all_amounts
from simulator.scenario.checks import Tables, disagreements, read_tables
from simulator.scenario.files import (
    DEEPEST,
    Given,
    KeyPath,
    Place,
    depth_of,
    huge_numbers,
    lines_by_path,
    nearest,
    read_text,
    read_toml,
)
from simulator.scenario.fits import fit_problems, read_fit
from simulator.scenario.keys import apply_overrides, problems_of, readable, setting
from simulator.scenario.pcts import is_reused, narrowed, problems_of_pcts
from simulator.scenario.regimes import Regime, as_regimes, lay_over
from simulator.scenario.schema import Cluster, ScenarioFile
from simulator.scenario.shadow_years import shadow_problems
from simulator.scenario.sheets import is_workbook
from simulator.scenario.toml_writer import toml_text
from simulator.scenario.workbook.reading import read_workbook
from simulator.uncertain import as_given

LARGEST_SCENARIO_BYTES = 1_000_000
_WITH_TABLES = ("population", "seasons")
"""Sections that name tables."""


@dataclass(frozen=True)
class Scenario:
    """A checked scenario, with all that a simulation needs.

    Parameters
    ----------
    settings : ScenarioFile
        What the file and the overrides say.
    practices : PracticeTable or None
        Practices of the whole PCT.
    need_weights, seasons : dict
        Columns of the tables, by name.
    amounts : dict
        Tables of pounds, by file name and column.
    posterior : Posterior or None
        Draws of what a history says, where the scenario names them.
    source : str
        File name, or where else it comes from.
    text : str
        Text of the file.
    regimes : tuple of Regime
        Files of policy laid over it, in this order.
    overrides : tuple of str
        Settings laid over both.
    given : mapping
        The file as TOML reads it, before anything is laid over it.
    folder : Path
        Where the tables are.
    changed : mapping
        `given` with the regimes and the overrides laid over it.
    places : mapping
        Where each key stands in the file: its line, or its sheet and cell.
    """

    settings: ScenarioFile
    practices: PracticeTable | None
    need_weights: Mapping[str, tuple[float, ...]]
    seasons: Mapping[str, tuple[float, ...]]
    amounts: Mapping[Named, Amounts]
    posterior: Posterior | None
    source: str
    text: str
    regimes: tuple[Regime, ...]
    overrides: tuple[str, ...]
    given: Given = field(repr=False)
    folder: Path
    changed: Given = field(repr=False)
    places: Mapping[KeyPath, str] = field(repr=False)

    @property
    def laid_over(self) -> tuple[str, ...]:
        """What is laid over the file, as every output names it: regimes by their files, then settings."""
        return (*(regime.source for regime in self.regimes), *self.overrides)

    @property
    def tables(self) -> tuple[str, ...]:
        """The tables that it names, each once, as it names them."""
        population = self.settings.population
        named = (population.practices_csv, population.need_weights_csv, self.settings.seasons.csv)
        return tuple(dict.fromkeys([*filter(None, named), *(name for name, _ in self.amounts)]))

    def vary(
        self, *overrides: str | Mapping[str, object], regimes: Iterable[str | Path | Regime] = ()
    ) -> Scenario:
        """Return the scenario with more settings laid over it, checked like the file itself.

        Parameters
        ----------
        *overrides : str or mapping
            Settings such as ``rules.surplus.practice_share=0.2``, or ``{"clusters.*.people": 5000}``.
        regimes : iterable of str, Path or Regime
            Files of policy, laid over those that the scenario has already, below all settings.

        Returns
        -------
        Scenario
            Another one; this one stays as it is.

        Raises
        ------
        InputError
            With every problem that was found.
        """
        more = [
            text
            for one in overrides
            for text in ([one] if isinstance(one, str) else (setting(*pair) for pair in one.items()))
        ]
        settings, laid = (*self.overrides, *more), (*self.regimes, *as_regimes(regimes))
        written = (self.given, self.folder, self.source, self.text)
        return check_scenario(*written, settings, self, laid, places=self.places)

    def with_settings(self, **sections: object) -> Scenario:
        """Return the scenario with other sections, which are known to be valid: nothing is checked again."""
        return replace(self, settings=self.settings.model_copy(update=sections))

    def with_clusters(self, keys: Mapping[str, Mapping[str, object]]) -> Scenario:
        """Return the scenario with other values of keys, known to be valid, of the clusters that are named.

        What nothing differs in stays the same object, the scenario too: plans are shared by what is the same.
        """
        before = self.settings.clusters
        clusters = tuple(_with_keys(one, keys.get(one.name, {})) for one in before)
        return self if all(map(operator.is_, clusters, before)) else self.with_settings(clusters=clusters)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the settings, with overrides, and the tables: equal for scenarios of equal numbers."""
        settings = self.settings.model_dump(exclude={"document"})
        parts = (settings, self.practices, dict(self.need_weights), dict(self.seasons))
        amounts = {name: dict(table.gbp) for name, table in self.amounts.items()}
        return sha256(repr((parts, amounts)).encode()).hexdigest()


def load_scenario(
    path: str | Path, overrides: Iterable[str] = (), regimes: Iterable[str | Path | Regime] = ()
) -> Scenario:
    """Read and check a scenario file and the tables beside it.

    Parameters
    ----------
    path : str or Path
        A TOML file, or a workbook that ends in ``.xlsx``.
    overrides : iterable of str
        Settings such as ``rules.surplus.practice_share=0.2``, checked like the file itself.
    regimes : iterable of str, Path or Regime
        Files of policy, laid over the scenario in this order before the settings are.

    Returns
    -------
    Scenario
        Ready to simulate.

    Raises
    ------
    InputError
        With every problem that was found, each with its file, line or cell, need, value and a hint.
    """
    file = Path(path)
    if is_workbook(file):
        return _check_workbook(file, overrides, as_regimes(regimes))
    text = read_text(file, "a scenario file", LARGEST_SCENARIO_BYTES)
    given = read_toml(text, printable(file))
    return check_scenario(given, file.parent, printable(file), text, overrides, regimes=as_regimes(regimes))


def _check_workbook(file: Path, overrides: Iterable[str], regimes: tuple[Regime, ...]) -> Scenario:
    """Read and check a workbook; its text is that of the TOML file that says the same."""
    book = read_workbook(file)
    text = toml_text(book.given, book.notes)
    return check_scenario(
        book.given,
        file,
        book.source,
        text,
        overrides,
        regimes=regimes,
        places=book.places,
        problems=book.problems,
    )


def check_scenario(
    given: Given,
    folder: Path,
    source: str = "the scenario",
    text: str = "",
    overrides: Iterable[str] = (),
    varied: Scenario | None = None,
    regimes: tuple[Regime, ...] = (),
    *,
    places: Mapping[KeyPath, str] | None = None,
    problems: Iterable[Problem] = (),
) -> Scenario:
    """Check a scenario that is given as a mapping, and read the tables that it names.

    Tables and checked sections are those of `varied` where nothing in them is changed: they are read and
    checked once for all that vary it.
    Keys stand at `places`, or where they do in `text`; `problems` are those that reading it has found.
    """
    overrides = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    if depth_of(given) > DEEPEST:
        need = f"tables and lists nested at most {DEEPEST} deep"
        raise InputError([Problem(source, need, "deeper ones", "no key of a scenario is nested so deep")])
    if places is None:
        places = {path: f"{source}, line {line}" for path, line in lines_by_path(text).items()}
    laid, places_now = lay_over(given, places, regimes)
    changed, from_override = apply_overrides(laid, overrides)
    place = _place_of(source, changed, places_now, from_override)
    if huge := list(huge_numbers(changed)):
        raise InputError(
            Problem(place(path), "a number of at most 38 digits", "a longer one") for path in huge
        )
    read, problems, settings, posterior = tuple(problems), Problems(), None, None
    in_cells = is_workbook(folder)
    try:
        settings = ScenarioFile.model_validate(changed | _checked_sections(changed, varied))
    except ValidationError as error:
        errors = error.errors(include_url=False)
        problems.extend(problems_of(errors, changed, place, in_cells=in_cells))
    if varied is not None and all(changed.get(key) == varied.changed.get(key) for key in _WITH_TABLES):
        tables: Tables = varied.practices, varied.need_weights, varied.seasons
    else:
        tables = read_tables(changed, folder, problems)
    amounts = read_all_amounts(changed, folder, problems, varied.amounts if varied else {})
    problems.extend(disagreements(changed, tables, place))
    if settings is not None:
        codes = [one.code for one in tables[0].practices] if tables[0] else []
        problems.extend(amounts_problems(settings, codes, amounts))
        problems.extend(shadow_problems(settings, place))
        problems.extend(problems_of_pcts(settings, place))
        posterior = _posterior(settings, folder, problems, place, varied)
    # What is wrong with a cell is told once.
    told = tuple(f"{problem.where}," for problem in read)
    problems[:] = [*read, *(problem for problem in problems if not problem.where.startswith(told))]
    if problems or settings is None:
        raise InputError(problems)
    practices, weights, seasons = tables
    columns = ({} if weights is None else weights, {} if seasons is None else seasons)
    found = (practices, *columns, amounts, posterior)
    laid_over = (regimes, overrides)
    return Scenario(narrowed(settings), *found, source, text, *laid_over, given, folder, changed, places)


def _with_keys(cluster: Cluster, keys: Mapping[str, Any]) -> Cluster:
    # A figure that is not known is another than its mean alone.
    differs = any(as_given(getattr(cluster, key)) != as_given(value) for key, value in keys.items())
    return cluster.model_copy(update=keys) if differs else cluster


def _checked_sections(changed: Given, varied: Scenario | None) -> dict[str, object]:
    """Return the sections that a scenario has from the one that it varies, as they were found to be valid."""
    if varied is None:
        return {}
    same = (key for key, value in changed.items() if value is varied.changed.get(key))
    same = (key for key in same if is_reused(key, changed) and is_reused(key, varied.changed))
    return {key: getattr(varied.settings, key) for key in same}


def _place_of(
    source: str, changed: Given, places: Mapping[KeyPath, str], overridden: Mapping[KeyPath, str]
) -> Place:
    """Return what says where a key stands: the setting that is laid over it, or its place in a file."""
    # Then the positions of rules are no longer those of the file.
    rules_added = any(len(path) == 2 and path[0] == "rules" for path in overridden)

    def place(path: KeyPath) -> str:
        key, at, override = readable(path, changed), nearest(places, path), nearest(overridden, path)
        if override is None and at is None and path:
            inside = (said for changed, said in overridden.items() if changed[: len(path)] == path)
            override = next(inside, None)
        if override is not None:
            return f"{override} ({key})"
        at = None if rules_added and path[:1] == ("rules",) else at
        return f"{at or source}, {key}"

    return place


def _posterior(
    settings: ScenarioFile, folder: Path, problems: Problems, place: Place, kept: Scenario | None
) -> Posterior | None:
    """Return the draws of a history that a scenario names; those of `kept` where that names the same."""
    if kept is not None and settings.fit.sha256 == kept.settings.fit.sha256:
        posterior = kept.posterior
    else:
        posterior = read_fit(settings, folder, problems)
    if posterior is not None:
        problems.extend(fit_problems(settings, posterior, place))
    return posterior
