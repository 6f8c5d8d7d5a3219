"""Reading parts of a scenario that may not be valid, so that every problem is found at once."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from simulator.errors import Problem, shown
from simulator.scenario.toml_lines import Path

Place = Callable[[Path], str]
"""From a path to the text that says where it is."""


def tables_in(given: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    """Return the tables of a list of tables; empty ones in place of what is none."""
    tables = given.get(section)
    return (
        [table if isinstance(table, Mapping) else {} for table in tables] if isinstance(tables, list) else []
    )


def texts_in(value: object) -> list[str]:
    """Return the texts in what should be a list of texts."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []


def unknown_name(name: object, known: list[str], where: str) -> Iterator[Problem]:
    """Yield a problem if a name is not among those known."""
    if isinstance(name, str) and name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
        yield Problem(where, f"one of {listed}", shown(name), f"did you mean {near[0]}?" if near else "")
