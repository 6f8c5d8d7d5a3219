"""A scenario: the settings of its file with the tables beside it, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

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
from simulator.scenario.regimes import Regime, as_regimes, lay_over
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.shadow_years import shadow_problems

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

    @property
    def laid_over(self) -> tuple[str, ...]:
        """What is laid over the file, as every output names it: regimes by their files, then settings."""
        return (*(regime.source for regime in self.regimes), *self.overrides)

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
        return check_scenario(self.given, self.folder, self.source, self.text, settings, self, laid)

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
        A TOML file.
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
        With every problem that was found, each with its file, line, need, value and a hint.
    """
    file = Path(path)
    text = read_text(file, "a scenario file", LARGEST_SCENARIO_BYTES)
    given = read_toml(text, printable(file))
    return check_scenario(given, file.parent, printable(file), text, overrides, regimes=as_regimes(regimes))


def check_scenario(
    given: Given,
    folder: Path,
    source: str = "the scenario",
    text: str = "",
    overrides: Iterable[str] = (),
    tables_of: Scenario | None = None,
    regimes: tuple[Regime, ...] = (),
) -> Scenario:
    """Check a scenario that is given as a mapping, and read the tables that it names.

    Tables are those of `tables_of` where that names the same: they are read once for all that vary it.
    """
    overrides = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    if depth_of(given) > DEEPEST:
        need = f"tables and lists nested at most {DEEPEST} deep"
        raise InputError([Problem(source, need, "deeper ones", "no key of a scenario is nested so deep")])
    places = {path: f"{source}, line {line}" for path, line in lines_by_path(text).items()}
    laid, places = lay_over(given, places, regimes)
    changed, from_override = apply_overrides(laid, overrides)
    # Then the positions of rules are no longer those of the file.
    rules_added = any(len(path) == 2 and path[0] == "rules" for path in from_override)

    def place(path: KeyPath) -> str:
        key, at, override = readable(path, changed), nearest(places, path), nearest(from_override, path)
        if override is None and at is None and path:
            inside = (said for changed, said in from_override.items() if changed[: len(path)] == path)
            override = next(inside, None)
        if override is not None:
            return f"{override} ({key})"
        at = None if rules_added and path[:1] == ("rules",) else at
        return f"{at or source}, {key}"

    if huge := list(huge_numbers(changed)):
        raise InputError(
            Problem(place(path), "a number of at most 38 digits", "a longer one") for path in huge
        )
    problems, settings, posterior = Problems(), None, None
    try:
        settings = ScenarioFile.model_validate(changed)
    except ValidationError as error:
        problems.extend(problems_of(error.errors(include_url=False), changed, place))
    if tables_of is not None and all(changed.get(key) == tables_of.changed.get(key) for key in _WITH_TABLES):
        tables: Tables = tables_of.practices, tables_of.need_weights, tables_of.seasons
    else:
        tables = read_tables(changed, folder, problems)
    amounts = read_all_amounts(changed, folder, problems, tables_of.amounts if tables_of else {})
    problems.extend(disagreements(changed, tables, place))
    if settings is not None:
        codes = [one.code for one in tables[0].practices] if tables[0] else []
        problems.extend(amounts_problems(settings, codes, amounts))
        problems.extend(shadow_problems(settings, place))
        posterior = _posterior(settings, folder, problems, place, tables_of)
    if problems or settings is None:
        raise InputError(problems)
    practices, weights, seasons = tables
    columns = (weights or {}, seasons or {})
    found = (*columns, amounts, posterior)
    return Scenario(settings, practices, *found, source, text, regimes, overrides, given, folder, changed)


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
