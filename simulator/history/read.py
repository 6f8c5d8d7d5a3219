"""A user's own history, from files to the record that a fit takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.errors import InputError, Problem, Problems
from simulator.fitting.months import month_law
from simulator.fitting.observed import Months
from simulator.history.breaks import find_breaks
from simulator.history.calendar_months import written
from simulator.history.cells import Cells, measured
from simulator.history.cluster_years import (
    Exposure,
    month_shares,
    observed_years,
    typical_cases,
    year_span,
)
from simulator.history.history_rows import Rows, read_rows
from simulator.history.late_months import low_ends
from simulator.history.levels import by_level, check_breaks, starts_of_clusters, starts_of_units
from simulator.history.need_of_units import NeedOfUnits
from simulator.history.notes import (
    break_notes,
    end_notes,
    gap_notes,
    lag_notes,
    length_note,
    low_end_note,
    membership_notes,
    outlier_note,
    some,
)
from simulator.history.options import HistoryFiles, HistoryOptions
from simulator.history.quarters import in_months, law_of_quarters
from simulator.history.recodes import read_recodes
from simulator.history.record import ALL, History
from simulator.history.registered_lists import DatedLists, Lists, read_lists, weighed_lists
from simulator.history.reporting_lag import Development, developments, made_final
from simulator.history.side_tables import read_costs, read_price_index
from simulator.history.units import ScenarioUnits
from simulator.records import FloatArray
from simulator.scenario.scenario import Scenario

_NOTHING_SAID = HistoryOptions()
_QUARTERS = (
    "Rows are of quarters: seasons are flat within one, and whether the last is complete is not looked at."
)
_FEWEST_MONTHS = 12
"""Without a whole year there is no season, and no rate a year."""


def read_history(files: HistoryFiles, scenario: Scenario, options: HistoryOptions = _NOTHING_SAID) -> History:
    """Read, check and tidy a history.

    Parameters
    ----------
    files : HistoryFiles
        The tables.
    scenario : Scenario
        Says which clusters and lines there are, who belongs to whom, and how need is weighed.
    options : HistoryOptions, optional
        Last month that is final, and breaks.

    Returns
    -------
    History
        The same for the same rows in any order.

    Raises
    ------
    InputError
        With every problem of every file.
    """
    known, problems = ScenarioUnits.of(scenario), Problems()
    given: _Given | None = None
    recoded: Mapping[str, str] = {}
    dated: DatedLists | None = None
    costs: Mapping[str, FloatArray] = {}
    with problems.noted():
        recoded = read_recodes(files.recodes) if files.recodes else {}
    with problems.noted():
        rows = read_rows(files.history, known, recoded, problems)
        given = _tidy(rows, known, recoded, options)
    with problems.noted():
        dated = read_lists(files.lists, recoded) if files.lists else None
    with problems.noted():
        costs = read_costs(files.costs, known) if files.costs else {}
    index, lists, people = None, None, None
    if files.price_index:
        lines, months = (given.months.lines, given.months.months) if given else (known.lines, ())
        with problems.noted():
            index = read_price_index(files.price_index, lines, months, known)
    if given and dated:
        with problems.noted():
            need = NeedOfUnits.of(scenario, given.by, given.months.lines)
            lists = weighed_lists(dated, given.by, given.months.units, need)
            there = (~np.isnan(measured(given.months))).any(axis=1)
            wide = year_span(given.months.months)
            at = wide.index(given.months.months[0])
            ends = ((0, 0), (at, len(wide) - at - there.shape[1]))
            people = lists.by_month(wide, np.pad(there, ends))
    if given and not problems:
        with problems.noted():
            _check(given, options, known)
    if not problems and given is None:
        got = "none up to the last month that is final"
        problems.append(Problem(str(files.history), "rows that are complete", got))
    if problems or given is None:
        raise InputError(problems)
    return _history(files, given, lists, people, known, options, costs, index)


@dataclass(frozen=True, slots=True)
class _Given:
    """Months of a history, tidied."""

    by: str
    months: Months  # by unit
    lag: tuple[Development, ...]
    lag_notes: tuple[str, ...]
    has_exports: bool  # two or more, so that they tell what is late
    by_quarter: bool  # months are parts of quarters


def _tidy(
    rows: Rows, known: ScenarioUnits, recoded: Mapping[str, str], options: HistoryOptions
) -> _Given | None:
    """Return months by unit: the latest export, made final, old codes joined to new; None without rows."""
    final = options.final_to
    given = in_months(rows.rows) if rows.by_quarter else rows.rows
    if not (kept := [row for row in given if final is None or row.month <= final]):
        return None
    cells = Cells.latest(kept, known.lines)
    # Who says which month is final knows better than a factor.
    found = developments(kept, cells.lines) if final is None else ()
    notes = tuple(lag_notes(found, cells.youngest()))
    months = made_final(cells, found).joined(recoded)
    if not months.months:
        return None
    exports = {row.extract for row in kept if row.extract}
    return _Given(rows.by, months, found, notes, len(exports) > 1, rows.by_quarter)


def _check(given: _Given, options: HistoryOptions, known: ScenarioUnits) -> None:
    """Raise InputError where there is too little history, or where breaks are of nobody in it."""
    if len(given.months.months) < _FEWEST_MONTHS:
        got = f"{len(given.months.months)}, from {written(given.months.months[0])} on"
        raise InputError([Problem("the history", f"at least {_FEWEST_MONTHS} months", got)])
    if not any(known.cluster(unit) for unit in given.months.units):
        got = f"practices such as {', '.join(given.months.units[:3])}, which are in none"
        raise InputError([Problem("the history", "rows of some cluster of the scenario", got)])
    check_breaks(options.breaks, given.months, known)


def _history(
    files: HistoryFiles,
    given: _Given,
    lists: Lists | None,
    people: tuple[FloatArray, FloatArray] | None,
    known: ScenarioUnits,
    options: HistoryOptions,
    costs: Mapping[str, FloatArray],
    index: FloatArray | None,
) -> History:
    """Return the record of a history that has passed all checks."""
    months = given.months
    cluster_of = {unit: cluster for unit in months.units if (cluster := known.cluster(unit))}
    clusters = [name for name in known.clusters if name in cluster_of.values()]
    levels = by_level(months, starts_of_units(options.breaks, months.units, known))
    law = law_of_quarters(levels) if given.by_quarter else month_law(levels)
    wide = year_span(months.months)
    shares = month_shares(law.season, wide)
    at = slice(wide.index(months.months[0]), wide.index(months.months[-1]) + 1)
    if people is None:
        cases = typical_cases(measured(months), shares[:, at])
        weighted = np.repeat(cases[:, :, None], len(wide), axis=2)
    else:
        weighted = people[1]
    exposure = Exposure(wide, shares, weighted, people is not None)
    starts = starts_of_clusters(options.breaks, clusters, known)
    observed = observed_years(months, exposure, cluster_of, starts)
    is_told = given.has_exports or given.by_quarter or options.final_to
    low = () if is_told else low_ends(months)
    breaks = find_breaks(levels, law.v)
    growth = _list_growth(people[0][:, at], months, cluster_of) if people else {}
    notes = (
        length_note(months.months),
        _QUARTERS if given.by_quarter else "",
        *map(low_end_note, low),
        *given.lag_notes,
        *membership_notes(months.units, given.by, known, months.lines),
        *end_notes(months, given.by),
        *gap_notes(months, observed),
        *break_notes(breaks),
        outlier_note(law),
        *_list_notes(lists, growth),
    )
    return History(
        files.history.name,
        given.by,
        levels,
        observed,
        law,
        len(months.months) // 12,
        given.lag,
        low,
        breaks,
        growth,
        costs,
        index,
        tuple(filter(None, notes)),
    )


def _list_growth(people: FloatArray, months: Months, cluster_of: Mapping[str, str]) -> dict[str, float]:
    """Return growth of lists a year by cluster and of all units, from the first month to the last."""
    years = (len(months.months) - 1) / 12
    members = {
        name: [at for at, unit in enumerate(months.units) if cluster_of.get(unit) == name]
        for name in dict.fromkeys(cluster_of.values())
    }
    sums = {name: people[at].sum(axis=0) for name, at in members.items()} | {ALL: people.sum(axis=0)}
    return {
        name: float((values[-1] / values[0]) ** (1 / years) - 1)
        for name, values in sums.items()
        if values[0] > 0 and values[-1] > 0
    }


def _list_notes(lists: Lists | None, growth: Mapping[str, float]) -> Iterator[str]:
    """Yield what lists say, and what they leave out."""
    if lists is None:
        yield (
            "No lists: growth of rates is growth of lists as well, and future lists must not grow again. "
            "Give lists.csv to tell them apart."
        )
        return
    if ALL in growth:
        yield f"Lists grew by {growth[ALL]:.1%} a year, all units of the history together."
    if len(lists.months) == 1:
        yield f"Lists of {written(lists.months[0])} alone: their growth is not known, and is in the rates."
    if lists.left_out:
        yield f"Lists of {some(lists.left_out)}, unknown to the scenario, are left out."
