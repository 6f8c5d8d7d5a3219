"""A scenario as the text of a TOML file, with what is noted of its figures as comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.files import Given, KeyPath
from simulator.scenario.keys import as_toml

_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Notes:
    """What is said beside each key, such as its source, and above it; of the end above ()."""

    beside: dict[KeyPath, str]
    above: dict[KeyPath, str]

    def add(self, path: KeyPath, beside: str, above: str) -> None:
        """Add what is said of a key, where anything is."""
        for said, words in ((self.beside, beside), (self.above, above)):
            if words.strip():
                said[path] = words.strip()

    def within(self, path: KeyPath) -> tuple[str, str]:
        """Return what is said beside and above a key, and whatever is in it."""
        beside, above = (
            [words for at, words in said.items() if at[: len(path)] == path]
            for said in (self.beside, self.above)
        )
        return " ".join(" ".join(beside).split()), "\n".join(above)


def toml_text(given: Given, notes: Notes) -> str:
    """Return the text of a file that says what is given."""
    written = [*_table(given, (), notes), *_remarks(notes.above.get((), ""))]
    return "\n".join(written).lstrip("\n") + "\n"


def _table(table: Given, path: KeyPath, notes: Notes) -> Iterator[str]:
    """Yield the lines of a table: what stands in it, and then the tables in it."""
    in_list = bool(path) and isinstance(path[-1], int)
    later = [key for key, value in table.items() if not in_list and _has_header(value, path)]
    for key, value in table.items():
        if key not in later:
            beside, above = notes.within((*path, key))
            yield from _remarks(above)
            yield f"{_key(key)} = {_value(value)}{f' # {beside}' if beside else ''}"
    for key in later:
        below = table[key]
        for at, one in enumerate(below) if isinstance(below, list) else [(None, below)]:
            place = (*path, key) if at is None else (*path, key, at)
            name = ".".join(_key(str(step)) for step in place if isinstance(step, str))
            yield ""
            yield from _remarks(notes.above.get(place, ""))
            beside = notes.beside.get(place, "")
            header = f"[{name}]" if at is None else f"[[{name}]]"
            inside = list(_table(one, place, notes))
            # A table that only holds others needs no header of its own.
            if at is not None or beside or not inside or inside[0]:
                yield f"{header}{f' # {beside}' if beside else ''}"
                yield from inside
            else:
                yield from inside[1:]


def _has_header(value: Any, path: KeyPath) -> bool:
    """Whether a value is a table with a header of its own, or a list of such tables at the top."""
    is_list = isinstance(value, list) and not path and bool(value)
    return isinstance(value, Mapping) or (is_list and all(isinstance(one, Mapping) for one in value))


def _value(value: Any) -> str:
    """Return a value as it stands on one line."""
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{_key(key)} = {_value(one)}' for key, one in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    return as_toml(value, inside=True)


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else as_toml(name, inside=True)


def _remarks(words: str) -> Iterator[str]:
    return (f"# {line}".rstrip() for line in words.splitlines())
