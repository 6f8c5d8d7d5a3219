"""Which sheet of a workbook holds which figures of a scenario, and what their rows are called."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby

from simulator.scenario.figures import ANY_NAME, POSITION, Figure, Path, Section, sections

READ_ME, SCHEME, PRACTICES, DOUBT, SOURCES = "Read me", "Scheme", "Practices", "Doubt", "Sources"
_OWN_SHEETS = {"budgets": "Budgets", "shocks": "Shocks", "doubt": DOUBT}
"""Sections with a sheet of their own; all others that are no lists are in the scheme."""
MEMBERS = ("clusters", "practices")
"""The list that has a sheet of its own, a row each: which practices a cluster has."""
FIGURE, UNIT, WHAT, VALUE, SOURCE = "figure", "unit", "what it is", "value", "source"
WHERE = ("sheet", "which", "figure")
"""Headings of tables that say something of figures of other sheets."""
OFF = "off"
OWN_NOTES = "#"
"""How the heading of a column starts that is nobody's business but its reader's."""
_FEWEST_POSITIONS = 3


@dataclass(frozen=True)
class Form:
    """A sheet with a row for each figure: a column of values, or one for each table of a list."""

    title: str
    sections: tuple[Section, ...]

    @property
    def of_list(self) -> Section | None:
        """The list whose tables stand side by side; None where there is one column of values."""
        first = self.sections[0]
        return first if first.is_list and not first.kinds else None

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of tables, where each stands once, one below the other."""
        return self.sections[0].kinds

    def start(self, section: Section) -> Path:
        """Return what the rows of a section start with: in a sheet of one list they need not name it."""
        return () if section.is_list or not section.key else (section.key,)

    @cached_property
    def patterns(self) -> dict[Path, Figure]:
        """Every row that there can be; a step may be any position or name."""
        return {
            (*self.start(section), *one.path): one for section in self.sections for one in section.figures
        }

    def nexts(self, path: Path) -> set[str | int]:
        """Return the steps that may follow those of a path."""
        longer = (one for one in self.patterns if len(one) > len(path))
        return {one[len(path)] for one in longer if _fits(path, one[: len(path)])}

    def figure_at(self, path: Path) -> Figure | None:
        """Return the figure of a row; None for one that no scenario has."""
        return self.patterns.get(path) or next(
            (one for pattern, one in self.patterns.items() if _fits(path, pattern)), None
        )

    def key_path(self, path: Path, item: int | None) -> Path:
        """Return where a row's figure is in a scenario; of a list, in the table of that number."""
        steps = tuple(step - 1 if isinstance(step, int) else step for step in path)
        if item is None:
            return steps
        return (self.sections[0].key, item, *(steps[1:] if self.kinds else steps))


def _fits(path: Path, pattern: Path) -> bool:
    return len(path) == len(pattern) and all(
        one in (ANY_NAME, step) or (one == POSITION and isinstance(step, int))
        for step, one in zip(path, pattern, strict=True)
    )


@lru_cache
def forms() -> tuple[Form, ...]:
    """Return the sheets with figures, in their order."""
    by_sheet: dict[str, list[Section]] = {SCHEME: []}
    lists = [one for one in sections() if one.is_list]
    for one in lists:
        by_sheet[one.key.replace("_", " ").capitalize()] = [one]
    for one in sections():
        if not one.is_list:
            by_sheet.setdefault(_OWN_SHEETS.get(one.key, SCHEME), []).append(one)
    order = [SCHEME, "Clusters", "Service lines", "Budgets", "Rules"]
    titles = [*order, *(title for title in by_sheet if title not in order)]
    return tuple(Form(title, tuple(by_sheet[title])) for title in titles)


def heading(path: Path, pattern: Path = ()) -> str:
    """Return what a row is called: steps in words; names that people chose as they are."""
    chosen = pattern.index(ANY_NAME) if ANY_NAME in pattern else len(path)
    words = (str(step) if at >= chosen else str(step).replace("_", " ") for at, step in enumerate(path))
    return ": ".join(words)


def path_of(said: str, form: Form) -> Path:
    """Return the path that a row's heading means, whatever its spaces and capitals."""
    path: Path = ()
    parts = said.split(":")
    for at, part in enumerate(parts):
        nexts = form.nexts(path)
        if ANY_NAME in nexts:
            return (*path, ":".join(parts[at:]).strip())
        step = re.sub(r"[\s_-]+", "_", part.strip().casefold())
        path = (*path, int(step) if POSITION in nexts and step.isdecimal() else step)
    return path


def rows_of(
    form: Form, used: Collection[Path], names: Collection[str]
) -> Iterator[tuple[Path, Path, Figure]]:
    """Yield the rows of a sheet: their paths, patterns and figures, in order.

    A list has a row for each position that is `used` in any table, and some to spare; what goes by a name
    that people choose has one for each of `names`.
    """
    for pattern, group in groupby(form.patterns.items(), key=lambda one: _up_to_choice(one[0])):
        figures = dict(group)
        if not pattern:
            yield from ((path, path, one) for path, one in figures.items())
            continue
        for step in _steps(pattern, used, names):
            for path, one in figures.items():
                yield (*pattern[:-1], step, *path[len(pattern) :]), path, one


def _up_to_choice(path: Path) -> Path:
    """Return a path up to its first position or name; nothing where it has none."""
    return next((path[: at + 1] for at, step in enumerate(path) if step in (POSITION, ANY_NAME)), ())


def _steps(pattern: Path, used: Collection[Path], names: Collection[str]) -> list[int] | list[str]:
    before = pattern[:-1]
    there = [path[len(before)] for path in used if path[: len(before)] == before and len(path) > len(before)]
    if pattern[-1] == ANY_NAME:
        return list(dict.fromkeys([*names, *(str(step) for step in there)]))
    most = max((step for step in there if isinstance(step, int)), default=0)
    return list(range(1, max(most, _FEWEST_POSITIONS) + 1))


def by_title(titles: Mapping[str, object] | Collection[str], said: str) -> str | None:
    """Return the title that is meant, whatever its capitals and spaces."""
    plain = " ".join(said.split()).casefold()
    return next((title for title in titles if title.casefold() == plain), None)
