"""Every figure of a scenario file with what the file says of it, read from its comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simulator.scenario.overrides import apply_overrides
from simulator.scenario.scenario import Scenario
from simulator.scenario.toml_lines import Path

# A line of a list up to its comment: neither quote nor hash, or a string.
_BEFORE_COMMENT = re.compile(r"""(?:[^#"']|"(?:\\.|[^"\\])*"|'[^']*')*""")


@dataclass(frozen=True, slots=True)
class Entry:
    """A comment alone, a header or a key of a file."""

    path: Path = ()  # keys, and positions in lists of tables; empty for a comment
    is_header: bool = False  # whether it starts a table
    remarks: tuple[str, ...] = ()  # comments on its lines
    note: str | None = None  # A comment alone; empty for an empty line


def entries_of(text: str) -> Iterator[Entry]:
    """Yield what a TOML text holds, in order, comments included."""
    import tomlkit

    yield from _entries(tomlkit.parse(text).body, ())


def _entries(body: Any, table: Path) -> Iterator[Entry]:
    from tomlkit.items import AoT, Array, Comment, Table, Whitespace

    for key, item in body:
        path = (*table, key.key) if key else table
        if isinstance(item, Whitespace):
            yield Entry(note="")
        elif isinstance(item, Comment):
            yield Entry(note=_words_of(item.trivia.comment))
        elif isinstance(item, AoT):
            for at, one in enumerate(item.body):
                yield Entry((*path, at), True, _remarks(one.trivia.comment))
                yield from _entries(one.value.body, (*path, at))
        elif isinstance(item, Table):
            if not (item.is_super_table() or key.is_dotted()):
                yield Entry(path, True, _remarks(item.trivia.comment))
            yield from _entries(item.value.body, path)
        else:
            lines = item.as_string().splitlines() if isinstance(item, Array) else []
            inside = [_BEFORE_COMMENT.sub("", line, count=1) for line in lines]
            yield Entry(path, False, _remarks(*inside, item.trivia.comment))


def _remarks(*comments: str) -> tuple[str, ...]:
    return tuple(filter(None, map(_words_of, comments)))


def _words_of(comment: str) -> str:
    return comment.lstrip("#").strip()


_MARKS = {
    "read": re.compile(r"\bread\b", re.IGNORECASE),
    "derived": re.compile(r"\bderived\b", re.IGNORECASE),
    "assumption": re.compile(r"\b(assumptions?|illustrative)\b", re.IGNORECASE),
}
NOT_STATED = "not stated"
_WITHOUT_A_FIGURE = {"title", "question", "name"}
_COMMAND = re.compile(r"\bcluster-risk \w")


@dataclass(frozen=True, slots=True)
class Figure:
    """One key of a scenario file."""

    group: str  # first name of its path, such as ``shocks``
    name: str  # the rest, in words
    value: str  # as it was run
    basis: str  # whether it was read, derived or assumed, as far as the file says
    remark: str  # the file's comment


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a scenario file says of its figures."""

    figures: tuple[Figure, ...]  # in the file's order
    # Comments that stand alone, by the group that they stand in or before; the opening ones under an empty
    # name.
    notes: Mapping[str, tuple[str, ...]]

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of the groups, in order."""
        return tuple(dict.fromkeys(figure.group for figure in self.figures))

    def counted(self, basis: str) -> int:
        """Return how many figures have a word in their basis."""
        return sum(basis in figure.basis for figure in self.figures)


def assumptions_of(scenario: Scenario) -> Assumptions:
    """Return every figure of a scenario's file, with its comment."""
    changed, laid_over = apply_overrides(scenario.given, scenario.overrides)
    figures: list[Figure] = []
    notes: dict[str, list[str]] = {}
    waiting: list[str] = []
    seen: set[Path] = set()
    for entry in entries_of(scenario.text):
        if entry.note is not None:
            waiting.append(entry.note)
            continue
        group = str(entry.path[0])
        # What stands above the first table says what the whole file is.
        notes.setdefault(group if seen else "", []).extend(
            _paragraphs([*waiting, *entry.remarks[: entry.is_header]])
        )
        waiting = []
        if not entry.is_header:
            seen.add(entry.path)
            figures += _figure(entry, changed, laid_over)
    notes.setdefault(str(figures[-1].group) if figures else "", []).extend(_paragraphs(waiting))
    figures += _added(seen, changed, laid_over)
    return Assumptions(tuple(figures), {group: tuple(said) for group, said in notes.items() if said})


def _paragraphs(notes: list[str]) -> list[str]:
    """Join the lines of comments; an empty one ends a paragraph, one that names a command is for users."""
    text = "\n".join("" if _COMMAND.search(note) else note for note in notes)
    return [" ".join(part.split()) for part in re.split(r"\n\s*\n", text) if part.strip()]


def _figure(entry: Entry, changed: Mapping[str, Any], laid_over: Mapping[Path, str]) -> Iterator[Figure]:
    path, remark = entry.path, " ".join(entry.remarks)
    if path[-1] in _WITHOUT_A_FIGURE and not remark:
        return
    value = _at(path, changed)
    said = [said for over, said in laid_over.items() if _one_in_the_other(over, path)]
    if said:
        before = f" The file says: {remark}" if remark else ""
        remark = f"Set for this document ({', '.join(one.removeprefix('--set ') for one in said)}).{before}"
        basis = NOT_STATED
    else:
        marks = [mark for mark, pattern in _MARKS.items() if pattern.search(remark)]
        basis = ", ".join(marks) or NOT_STATED
    yield Figure(str(path[0]), _name(path, changed), _shown(value, str(path[-1])), basis, remark)


def _added(
    seen: set[Path],
    changed: Mapping[str, Any],
    laid_over: Mapping[Path, str],
) -> Iterator[Figure]:
    """Yield what was laid over the file where it said nothing."""
    for path, said in laid_over.items():
        if not any(_one_in_the_other(path, known) for known in seen):
            remark = f"Set for this document ({said.removeprefix('--set ')})."
            yield Figure(
                str(path[0]),
                _name(path, changed),
                _shown(_at(path, changed), str(path[-1])),
                NOT_STATED,
                remark,
            )


def _one_in_the_other(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]


def _at(path: Path, given: Any) -> Any:
    for step in path:
        given = given[step]
    return given


def _name(path: Path, given: Any) -> str:
    """Return a path below its group in words: tables in lists by their names."""
    words = []
    given = given[path[0]]
    for step in path[1:]:
        given = given[step]
        if isinstance(step, int):
            words.append(str(given.get("name", given.get("rule", step + 1))).replace("_", " "))
        else:
            words.append(_words(step))
    return ": ".join(words) or str(path[0]).replace("_", " ")


def _words(key: str) -> str:
    """Return a key in words, with the sign of pounds where it says so."""
    words = key.split("_")
    pounds = [" (£)"] if "gbp" in words else []
    return " ".join(word for word in words if word != "gbp") + "".join(pounds)


def _shown(value: Any, key: str = "") -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float() if "share" in key.split("_"):
            return f"{100 * value:.6g}%"
        case int() | float():
            # A year is no amount: it has no comma.
            return f"{value:,}" if abs(value) >= 10_000 else f"{value}"
        case list():
            return ", ".join(_shown(one, key) for one in value)
        case dict():
            return ", ".join(f"{_words(name)} {_shown(one, name)}" for name, one in value.items())
        case _:
            return str(value).replace("_", " ") if re.fullmatch(r"[a-z0-9_]+", str(value)) else str(value)
