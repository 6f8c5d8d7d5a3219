"""What a user gives of their history: files, and what they know of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.errors import Problem, Problems, shown
from simulator.history.calendar_months import MONTH_FORM, Month, month_in


@dataclass(frozen=True, slots=True)
class HistoryFiles:
    """The tables of a history; only the first is needed."""

    history: Path  # month, practice or cluster, line, count; perhaps spend_gbp, extract
    lists: Path | None = None  # month or quarter, practice or cluster, list_size or people by sex and age
    costs: Path | None = None  # line, cost_gbp; perhaps year
    recodes: Path | None = None  # old, new, from
    price_index: Path | None = None  # year or month, index; perhaps line

    @classmethod
    def of(cls, history: str | Path | HistoryFiles, lists: str | Path | None = None) -> HistoryFiles:
        """Return the tables, from all of them or from the paths of two."""
        if isinstance(history, HistoryFiles):
            return history
        return cls(Path(history), None if lists is None else Path(lists))


@dataclass(frozen=True, slots=True)
class HistoryOptions:
    """What a user knows of their history."""

    final_to: Month | None = None  # last month that is complete; later ones are left out
    breaks: tuple[tuple[str, Month], ...] = ()  # units, and the month in which each starts a new level


def options_in(final_to: str | None = None, break_at: tuple[str, ...] = ()) -> HistoryOptions:
    """Return options from texts such as ``2012-12`` and ``D81034:2011-07``; InputError with every problem."""
    problems, breaks = Problems(), []
    final = month_in(final_to) if final_to else None
    if final_to and not final:
        problems.append(Problem("--final-to", MONTH_FORM, shown(final_to)))
    for text in break_at:
        unit, _, month = text.rpartition(":")
        starts = month_in(month)
        if unit.strip() and starts:
            breaks.append((unit.strip(), starts))
        else:
            problems.append(Problem("--break", 'a unit and a month, such as "D81034:2011-07"', shown(text)))
    problems.report()
    return HistoryOptions(final, tuple(breaks))
