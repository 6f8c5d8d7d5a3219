"""Reading the files of a scenario: text, and where in TOML a key stands."""

from __future__ import annotations

import re
import tomllib
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from simulator.errors import InputError, Problem, printable

Found = TypeVar("Found")
KeyPath = tuple[str | int, ...]
Given = Mapping[str, Any]
"""A scenario as TOML reads it, before it is known to be valid."""
Place = Callable[[KeyPath], str]
"""From a path to the text that says where it is."""
_HEADER = re.compile(r"^\s*(\[\[?)\s*(?P<key>[^\[\]#]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"^\s*(?P<key>[A-Za-z0-9_\-]+|\"[^\"]*\"|'[^']*')\s*=")
LARGEST_BYTES = 20_000_000
LARGEST_WHOLE = 10**38
DEEPEST = 50
"""Of tables and lists: five times as deep as any key of a scenario."""
CSV_TABLE = "a CSV table"
BACKSLASHES = r"in TOML a \ starts a special character: write paths with / or in 'single quotes'"
_BACKSLASH = re.compile(r"'\\' in a string|Invalid hex value|not a Unicode scalar")
"""What the parser says of backslashes that start no escape of TOML."""
OLE_START = b"\xd0\xcf\x11\xe0"
"""How files of Office of before 2007 begin, and those with a password."""
_OTHER_KINDS = {
    b"PK\x03\x04": "a zip file",
    OLE_START: "an Excel workbook",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"%PDF": "a PDF",
    b"<": "a web page",
}
"""What is often given in place of text, by how it begins."""
_INSTEAD = {
    "an Excel workbook": "save the sheet as CSV (in Excel: CSV UTF-8)",
    "a zip file": "take the CSV file out of it",
    "text in UTF-16": "save it as UTF-8 (in Excel: CSV UTF-8)",
    "a PDF": "look for the same table as CSV",
    "a web page": "save the file that the page links to",
}


def depth_of(given: object) -> int:
    """Return how deep tables and lists are nested; no deeper than one more than `DEEPEST`."""
    level, depth = [given], 0
    while depth <= DEEPEST and level:
        inside = [
            one.values() if isinstance(one, Mapping) else one
            for one in level
            if isinstance(one, (Mapping, list, tuple))
        ]
        level = [value for values in inside for value in values]
        depth += bool(inside)
    return depth


def huge_numbers(given: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """Yield where whole numbers stand that are longer than any figure: many cannot even be written down."""
    if isinstance(given, Mapping):
        for key, inside in given.items():
            yield from huge_numbers(inside, (*path, key))
    elif isinstance(given, (list, tuple)):
        for at, inside in enumerate(given):
            yield from huge_numbers(inside, (*path, at))
    elif isinstance(given, int) and abs(given) > LARGEST_WHOLE:
        yield path


def read_bytes(path: Path, kind: str, largest_bytes: int = LARGEST_BYTES) -> bytes:
    """Return what is in a file, which is not empty."""
    try:
        if path.is_dir():
            raise _refused(path, kind, "a directory", "name a file in it")
        # No more is read than may be: some files say that they are empty and never end.
        with path.open("rb") as file:
            raw = file.read(largest_bytes + 1)
        if len(raw) > largest_bytes:
            size = max(path.stat().st_size, len(raw))
            hint = "keep the rows of your own practices" if kind == CSV_TABLE else ""
            need = f"{kind} of at most {largest_bytes / 1e6:g} MB"
            raise _refused(path, need, f"{size / 1e6:,.1f} MB", hint)
    except FileNotFoundError:
        raise _refused(path, f"{kind} that exists", "no such file", _nearby(path)) from None
    except InputError:
        raise
    except (OSError, ValueError) as error:
        raise _refused(path, f"{kind} that can be read", str(error).split("] ")[-1]) from None
    if not raw.strip():
        raise _refused(path, kind, "an empty file")
    return raw


def read_text(path: Path, kind: str, largest_bytes: int = LARGEST_BYTES) -> str:
    """Return the text of a UTF-8 file."""
    raw = read_bytes(path, kind, largest_bytes)
    if (other := _other_kind(raw)) and not _from_utf_16(raw, kind):
        raise _refused(path, kind, other, _INSTEAD[other] if kind == CSV_TABLE else "")
    try:
        return _from_utf_16(raw, kind) or raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        hint = "save it as UTF-8" + (" (in Excel: CSV UTF-8)" if path.suffix.lower() == ".csv" else "")
        raise _refused(path, "text in UTF-8", f"byte {raw[error.start]:#04x} on line {line}", hint) from None


def _refused(path: Path, need: str, got: str, hint: str = "") -> InputError:
    return InputError([Problem(printable(path), need, got, hint)])


def _other_kind(raw: bytes) -> str | None:
    """Return what a file is in place of text; None where nothing speaks against it."""
    other = next((what for start, what in _OTHER_KINDS.items() if raw.startswith(start)), None)
    return "an Excel workbook" if other == "a zip file" and b"xl/workbook" in raw else other


def _from_utf_16(raw: bytes, kind: str) -> str:
    """Return Excel's "Unicode text", which says what it is by its first two bytes; empty for any other."""
    if kind == CSV_TABLE and raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        with suppress(UnicodeDecodeError):
            return raw.decode("utf-16")
    return ""


def _nearby(path: Path) -> str:
    """Return a hint at files of the same kind that do exist."""
    try:
        others = sorted(other.name for other in path.parent.glob(f"*{path.suffix}") if path.suffix)
    except OSError:
        return ""
    return f"in that folder: {', '.join(others[:5])}" if others else ""


def read_toml(text: str, source: str) -> dict[str, Any]:
    """Return what a TOML text holds; an error says what its file is called."""
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        hint = 'text stands in "quotes", true and false in small letters, numbers without commas or £'
        if "Cannot declare" in str(error) or "overwrite" in str(error):
            hint = "each table and each key stands once; clusters, lines and rules start with [[...]]"
        if "\\" in text and _BACKSLASH.search(str(error)):
            hint = BACKSLASHES
        raise InputError([Problem(source, "valid TOML", str(error), hint)]) from None


def lines_by_path(text: str) -> dict[KeyPath, int]:
    """Return the line, from 1, on which each table and key of a TOML text starts."""
    # Lines as TOML has them: a form feed or U+2028 ends none.
    # The first key of each line: what is nested in an inline table is found on the line of the outermost key.
    found: dict[KeyPath, int] = {}
    position: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.split("\n"), start=1):
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


def nearest(found: Mapping[KeyPath, Found], path: KeyPath) -> Found | None:
    """Return what is found at `path`, or at the nearest thing around it; None where there is neither."""
    return next((found[path[:end]] for end in range(len(path), 0, -1) if path[:end] in found), None)
