"""The entries of a scenario file with the comments that stand beside them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from simulator.scenario.toml_lines import Path

# A line of TOML up to its comment: neither quote nor hash, or a string.
_BEFORE_COMMENT = re.compile(r"""(?:[^#"']|"(?:\\.|[^"\\])*"|'[^']*')*""")


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment alone, a header or a key of a file."""

    path: Path = ()  # keys, and positions in lists of tables; empty for a comment
    is_header: bool = False  # whether it starts a table
    remarks: tuple[str, ...] = ()  # comments on its lines
    note: str | None = None  # A comment alone; empty for an empty line


def entries_of(text: str) -> Iterator[Entry]:
    """Yield what a TOML text holds, in order, comments included: the parser leaves them out."""
    lines = text.splitlines()
    table: Path = ()
    counts: dict[Path, int] = {}
    at = 0
    while at < len(lines):
        line = lines[at].strip()
        if not line or line.startswith("#"):
            yield Entry(note=line.removeprefix("#").strip())
            at += 1
            continue
        end = _end_of_entry(lines, at)
        remarks = tuple(filter(None, (_comment(one) for one in lines[at:end])))
        parsed = tomllib.loads("\n".join(lines[at:end]))
        if line.startswith("["):
            table = _table_path(parsed, counts)
            yield Entry(table, True, remarks)
        else:
            yield Entry((*table, *_first_keys(parsed, line)), False, remarks)
        at = end


def _end_of_entry(lines: list[str], start: int) -> int:
    """Return the line after an entry: the first at which it is valid by itself."""
    for end in range(start + 1, len(lines) + 1):
        try:
            tomllib.loads("\n".join(lines[start:end]))
        except tomllib.TOMLDecodeError:
            continue
        return end
    return len(lines)


def _table_path(parsed: Any, counts: dict[Path, int]) -> Path:
    """Return a header's path, with the positions of the tables that stand in lists."""
    path: Path = ()
    while parsed:
        key, parsed = next(iter(parsed.items()))
        path = (*path, key)
        if isinstance(parsed, list):
            counts[path] = counts.get(path, -1) + 1
            parsed = parsed[0]
        if path in counts:
            path = (*path, counts[path])
    return path


def _first_keys(parsed: Any, line: str) -> tuple[str, ...]:
    """Return the path of a key; dots in it are steps."""
    path: tuple[str, ...] = ()
    dots = re.sub(r"\"[^\"]*\"|'[^']*'", "", line.partition("=")[0]).count(".")
    for _ in range(dots + 1):
        key, parsed = next(iter(parsed.items()))
        path = (*path, key)
    return path


def _comment(line: str) -> str:
    matched = _BEFORE_COMMENT.match(line)
    return line[matched.end() :].lstrip("#").strip() if matched else ""
