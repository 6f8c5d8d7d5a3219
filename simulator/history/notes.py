"""What a reader should know of a history, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from simulator.fitting.months import OUTLYING_SDS, MonthLaw, OutlyingMonth
from simulator.fitting.observed import Months, Observed
from simulator.history.breaks import Break
from simulator.history.calendar_months import Month, written
from simulator.history.cells import measured
from simulator.history.late_months import LowEnd
from simulator.history.reporting_lag import Development
from simulator.history.units import ScenarioUnits
from simulator.plain_words import joined

_MOST = 5
"""Names in a sentence."""


def some(names: Sequence[str]) -> str:
    """Return names as a sentence lists them; of many, the first and how many more."""
    if len(names) <= _MOST + 1:
        return joined(names)
    return f"{', '.join(names[:_MOST])} and {len(names) - _MOST:,} more"


def length_note(months: Sequence[Month]) -> str:
    """Return how long the history is, and what so long a one can tell."""
    years, rest = divmod(len(months), 12)
    told = f"{len(months)} months, {written(months[0])} to {written(months[-1])}."
    if years < 2:
        return (
            f"{told} One year tells rates, seasons and how counts and costs scatter; growth, shocks and "
            "how clusters differ for good are then the prior's, not your history's."
        )
    if years < 3:
        whole = f"Only {years} whole years{' and a part' if rest else ''}: growth is then mostly the prior's."
        return f"{told} {whole}"
    return told


def lag_notes(found: Sequence[Development], young: Mapping[tuple[str, int], Month]) -> Iterator[str]:
    """Yield what was done with months that still grow; ``young`` has the month of each line and age."""
    raised, left = [], []
    for one in found:
        if (month := young.get((one.line, one.age))) is None or one.factor == 1:
            continue
        text = f"{one.line} of {written(month)}"
        if one.usable:
            doubt = "of unknown error" if np.isnan(one.standard_error) else f"SE {one.standard_error:.1%}"
            raised.append(f"{text} by {one.factor - 1:.1%} ({doubt})")
        elif np.isnan(one.factor):
            left.append(f"{text} (the exports do not say by how much it grows)")
        else:
            left.append(f"{text} (it grows by {one.factor - 1:.0%})")
    if raised:
        yield f"Young months still grow, as earlier exports show; raised: {some(raised)}."
    if left:
        yield f"Too young to be used, left out: {some(left)}."


def low_end_note(one: LowEnd) -> str:
    """Return the warning of last months that seem incomplete."""
    return (
        f"Warning: the last three months of {one.line} are {1 - one.share:.0%} below what the months before "
        f"let expect (1 in 100 would be more than {1 - one.low_share:.0%} below). If they are not complete, "
        "give --final-to with the last month that is, or a second export in a column extract."
    )


def gap_notes(months: Months, observed: Observed) -> Iterator[str]:
    """Yield what is missing, and what became of it."""
    there = ~np.isnan(measured(months))
    used = there.any(axis=2, keepdims=True)
    gaps = int((used & ~there).sum())
    if gaps:
        share = gaps / (used * np.ones(there.shape)).sum()
        yield (
            f"{gaps:,} cells have no row ({share:.1%}): missing, and not 0. A year counts for the months "
            "that are there."
        )
    short = [
        f"{cluster} {line} {year}"
        for at_cluster, cluster in enumerate(observed.clusters)
        for at_line, line in enumerate(observed.lines)
        for at_year, year in enumerate(observed.years)
        if np.isnan(observed.year_share[at_cluster, at_line, at_year])
    ]
    if short:
        yield f"Years with fewer than 6 months, left out: {some(short)}."
    part = [
        str(year)
        for at, year in enumerate(observed.years)
        if (observed.year_share[:, :, at] < 1 - 1e-9).all()
    ]
    if part:
        yield f"Financial years from April of {joined(part)} are there in part, and count in part."
    for line, counts, spend in zip(
        months.lines, months.counts.swapaxes(0, 1), months.spend_gbp.swapaxes(0, 1), strict=True
    ):
        if np.isnan(counts).all():
            yield f"{line} has no counts: its spend is fitted as a whole, volume and price together."
        elif np.isnan(spend).all():
            yield f"{line} has no spend: only its volume can be fitted."
        elif blank := int((~np.isnan(counts) & np.isnan(spend)).sum()):
            cells = "1 cell" if blank == 1 else f"{blank:,} cells"
            yield f"{line} has no spend in {cells}: taken to cost as much a case as the others of the year."


def end_notes(months: Months, by: str) -> Iterator[str]:
    """Yield units that begin late or end early: openings, closures, mergers."""
    there = np.asarray((~np.isnan(measured(months))).any(axis=1))
    whose = (
        "recodes.csv can join a closed practice to the one that took its people" if by == "practice" else ""
    )
    for unit, rows in zip(months.units, there, strict=True):
        at = np.flatnonzero(rows)
        if not at.size:
            yield f"{unit} has no rows that can be used."
            continue
        if at[0] > 0:
            yield f"{unit} has no rows before {written(months.months[at[0]])}: opened, or missing."
        if at[-1] < rows.size - 1:
            hint = f"; {whose}" if whose else ""
            yield f"{unit} has no rows after {written(months.months[at[-1]])}: closed, or missing{hint}."


def break_notes(breaks: Sequence[Break]) -> Iterator[str]:
    """Yield the breaks that were found."""
    if breaks:
        listed = "; ".join(str(one) for one in breaks[:_MOST])
        more = f"; and {len(breaks) - _MOST:,} more" if len(breaks) > _MOST else ""
        first = breaks[0]
        yield (
            f"{len(breaks):,} moves of a unit's share of a line: {listed}{more}. Where one is a change of "
            f'who counts and not of need, --break "{first.unit}:{written(first.month)}" starts a new level.'
        )


def outlier_note(law: MonthLaw) -> str:
    """Return the months that do not belong, the one furthest away first; nothing where there are none."""

    def distance(one: OutlyingMonth) -> float:
        return float(abs(one.count - one.expected) / max(one.expected, 1.0) ** 0.5)

    listed = [
        f"{one.unit}, {one.line}, {written(one.month)} ({one.count:,.0f} for {one.expected:,.0f} expected)"
        for one in sorted(law.outlying, key=distance, reverse=True)
    ]
    if not listed:
        return ""
    return (
        f"{len(listed):,} months of a unit lie beyond {OUTLYING_SDS:g} SDs of chance; kept in totals, left "
        f"out of how counts and costs scatter: {some(listed)}."
    )


def membership_notes(
    units: Sequence[str], by: str, known: ScenarioUnits, lines: Sequence[str]
) -> Iterator[str]:
    """Yield who of the scenario has no history, and whose history is of no cluster."""
    with_history = {known.cluster(unit) for unit in units}
    if lacking := [name for name in known.clusters if name not in with_history]:
        yield f"No history of {some(lacking)}."
    if by == "practice":
        if silent := [code for code in known.cluster_of if code not in units]:
            yield f"No rows of {some(silent)}, of the scenario's clusters: missing from their years."
        if outside := [unit for unit in units if known.cluster(unit) is None]:
            yield (
                f"{some(outside)} belong{'s' if len(outside) == 1 else ''} to no cluster: used for seasons "
                "and for how counts and costs scatter."
            )
    if silent := [line for line in known.lines if line not in lines]:
        yield f"No history of the lines {some(silent)}: they keep the scenario's figures."
