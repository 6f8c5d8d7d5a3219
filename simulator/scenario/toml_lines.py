"""Where in a TOML file a key stands: the parser does not say, and error messages should."""

from __future__ import annotations

import re
from collections.abc import Mapping

Path = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*(?P<key>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?P<key>[A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')\s*=")


def lines_by_path(text: str) -> dict[Path, int]:
    """Return the line, from 1, on which each table and key of a TOML text starts.

    Reads headers and the first key of each line; what is nested in an inline table is found on
    the line of the outermost key.
    """
    found: dict[Path, int] = {}
    position: dict[Path, int] = {}
    table: Path = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = ()
            names = [name.strip().strip("\"'") for name in header["key"].split(".")]
            for depth, name in enumerate(names):
                table = (*table, name)
                if depth == len(names) - 1 and header[1] == "[[":
                    position[table] = position.get(table, -1) + 1
                    found.setdefault(table, number)
                if table in position:
                    table = (*table, position[table])
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key["key"].strip("\"'")), number)
    return found


def line_of(found: Mapping[Path, int], path: Path) -> int | None:
    """Return the line of `path`, or of the nearest thing around it.

    Returns from 1; None where nothing on the way is in the file.
    """
    for end in range(len(path), 0, -1):
        if path[:end] in found:
            return found[path[:end]]
    return None
