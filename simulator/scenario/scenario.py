"""A scenario: the settings of its file with the tables beside it, checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.errors import InputError, Problem, printable
from simulator.population.practices import PracticeTable
from simulator.scenario.agreement import disagreements, read_tables
from simulator.scenario.files import read_text
from simulator.scenario.overrides import apply_overrides, readable
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.toml_lines import Path as KeyPath
from simulator.scenario.toml_lines import line_of, lines_by_path
from simulator.scenario.translation import problems_of

LARGEST_SCENARIO_BYTES = 1_000_000


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
    source : str
        File name, or where else it comes from.
    text : str
        Text of the file.
    overrides : tuple of str
        Settings laid over it.
    given : mapping
        The file as TOML reads it, before overrides.
    folder : Path
        Where the tables are.
    """

    settings: ScenarioFile
    practices: PracticeTable | None
    need_weights: Mapping[str, tuple[float, ...]]
    seasons: Mapping[str, tuple[float, ...]]
    source: str
    text: str
    overrides: tuple[str, ...]
    given: Mapping[str, Any] = field(repr=False)
    folder: Path

    def vary(self, *overrides: str) -> Scenario:
        """Return the scenario with more settings laid over it, checked like the file itself.

        Parameters
        ----------
        *overrides : str
            Settings such as ``rules.surplus.practice_share=0.2``.

        Returns
        -------
        Scenario
            Another one; this one stays as it is.

        Raises
        ------
        InputError
            With every problem that was found.
        """
        return check_scenario(self.given, self.folder, self.source, self.text, (*self.overrides, *overrides))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the settings, with overrides, and the tables: equal for equal scenarios."""
        parts = (self.settings.model_dump(), self.practices, dict(self.need_weights), dict(self.seasons))
        return sha256(repr(parts).encode()).hexdigest()


def load_scenario(path: str | Path, overrides: Iterable[str] = ()) -> Scenario:
    """Read and check a scenario file and the tables beside it.

    Parameters
    ----------
    path : str or Path
        A TOML file.
    overrides : iterable of str
        Settings such as ``rules.surplus.practice_share=0.2``, checked like the file itself.

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
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            [Problem(printable(file), "valid TOML", str(error), _toml_hint(str(error)))]
        ) from None
    return check_scenario(given, file.parent, printable(file), text, overrides)


def check_scenario(
    given: Mapping[str, Any],
    folder: Path,
    source: str = "the scenario",
    text: str = "",
    overrides: Iterable[str] = (),
) -> Scenario:
    """Check a scenario that is given as a mapping, and read the tables that it names."""
    overrides = (overrides,) if isinstance(overrides, str) else tuple(overrides)
    changed, from_override = apply_overrides(given, overrides)
    lines = lines_by_path(text)

    def place(path: KeyPath) -> str:
        key = readable(path, changed)
        for end in range(len(path), 0, -1):
            if path[:end] in from_override:
                return f"{from_override[path[:end]]} ({key})"
        for changed_path, override in from_override.items():
            if path and changed_path[: len(path)] == path and line_of(lines, path) is None:
                return f"{override} ({key})"
        line = line_of(lines, path)
        return f"{source}, line {line}, {key}" if line else f"{source}, {key}"

    problems: list[Problem] = []
    try:
        settings = ScenarioFile.model_validate(changed)
    except ValidationError as error:
        problems.extend(problems_of(error.errors(include_url=False), changed, place))
    practices, need_weights, seasons = read_tables(changed, folder, problems)
    problems.extend(disagreements(changed, practices, need_weights, seasons, place))
    if problems:
        raise InputError(problems)
    return Scenario(
        settings, practices, need_weights or {}, seasons or {}, source, text, overrides, given, folder
    )


def _toml_hint(message: str) -> str:
    if "Cannot declare" in message or "overwrite" in message:
        return "each table and each key stands once; clusters, lines and rules start with [[...]]"
    return 'text stands in "quotes", true and false in small letters, numbers without commas or £'
