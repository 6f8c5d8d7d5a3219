"""What is observed: a history as arrays, by cluster and year, and by practice and month."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.records import FloatArray


@dataclass(frozen=True, slots=True)
class Observed:
    """Years of history by cluster (units) and line. nan where nothing is known."""

    clusters: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names
    years: tuple[int, ...]  # calendar years in which the financial years start (April), consecutive
    counts: FloatArray  # shape (cluster, line, year); cases in the months that are there
    spend_gbp: FloatArray  # shape (cluster, line, year); nan where spend is not known
    weighted_people: FloatArray  # shape (cluster, line, year); mean over the year, 1 where there are no lists
    year_share: (
        FloatArray  # shape (cluster, line, year); share of a year's cases in the months there, 1 whole
    )


@dataclass(frozen=True, slots=True)
class Months:
    """Months of history by practice (or cluster where that is all) and line. nan where nothing is known."""

    units: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names
    months: tuple[tuple[int, int], ...]  # (year, month), consecutive, the whole history
    counts: FloatArray  # shape (unit, line, month)
    spend_gbp: FloatArray  # shape (unit, line, month)
