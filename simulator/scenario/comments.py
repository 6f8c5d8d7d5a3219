"""What a TOML text holds in its order, comments included: the parser of values leaves them out.

Apart from `files`, because tomlkit takes three times as long as loading a scenario does in all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tomlkit
from tomlkit.items import AoT, Array, Comment, Table, Whitespace

from simulator.letters import substituted
from simulator.scenario.files import KeyPath
from simulator.scenario.toml_writer import Notes


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment alone, an empty line, a header or a key of a file."""

    path: KeyPath = ()  # keys, and positions in lists of tables; empty for a comment
    is_header: bool = False  # whether it starts a table
    remarks: tuple[str, ...] = ()  # comments on its lines
    note: str | None = None  # a comment alone; empty for an empty line


@lru_cache(maxsize=8)
def comments_of(text: str) -> tuple[Entry, ...]:
    """Return what a TOML text holds, in order: parts of a document ask for that of the same text."""
    return tuple(_entries(tomlkit.parse(text).body, ()))


def notes_of(text: str) -> Notes:
    """Return the comments of a TOML text by the keys that they stand beside and above."""
    notes, waiting = Notes({}, {}), list[str]()
    for entry in comments_of(text):
        if entry.note is not None:
            waiting.append(entry.note)
            continue
        notes.add(entry.path, " ".join(entry.remarks), "\n".join(waiting).strip("\n"))
        waiting = []
    notes.add((), "", "\n".join(waiting).strip("\n"))
    return notes


def _entries(body: Any, table: KeyPath) -> Iterator[Entry]:
    """Yield what stands in a table, and in the tables in it."""
    for key, item in body:
        path = table if key is None else (*table, key.key)
        match item:
            case Whitespace():
                yield from [Entry(note="")] * item.s.count("\n")
            case Comment():
                yield Entry(note=_words(item))
            case AoT():
                for at, one in enumerate(item.body):
                    yield from _table(one, (*path, at))
            case Table():
                yield from _table(item, path, is_written=not (item.is_super_table() or key.is_dotted()))
            case _ if key is not None:
                inside = _inside(item) if isinstance(item, Array) else ()
                yield Entry(path, False, tuple(filter(None, (*inside, _words(item)))))


def _table(table: Table, path: KeyPath, is_written: bool = True) -> Iterator[Entry]:
    """Yield a table's header, unless only the names of others imply it, and what stands in it."""
    if is_written:
        yield Entry(path, True, tuple(filter(None, [_words(table)])))
    yield from _entries(table.value.body, path)


def _inside(array: Array) -> Iterator[str]:
    """Yield the comments between the brackets of a list, and of lists in it."""
    for group in array._value:  # noqa: SLF001 - tomlkit shows them nowhere else
        for part in group:
            if isinstance(part, Array):
                yield from _inside(part)
            elif isinstance(part, Comment):
                yield _words(part)


def _words(item: Any) -> str:
    """Return what an item's comment says, as it can be seen: anything may stand in one."""
    return substituted(str(item.trivia.comment).lstrip("#").strip())
