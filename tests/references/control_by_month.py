"""A year of in-year control and of early spending, month by month, in plain loops over drawn months."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Generator = np.random.Generator
Year = list[list[float]]
"""Pounds by line, then by month."""


@dataclass(frozen=True)
class Terms:
    """What a cluster does about a year in which it is heading over its budget."""

    line: int  # the one that it reins in
    trigger: float
    lag: int
    most_of_month: float
    most_of_year: float
    comes_back: float = 0.0


def compound_months(
    cases: float, weights: Sequence[float], mean: float, variance_to_mean: float, chance: Generator
) -> list[float]:
    """Draw months of negative binomial cases at exponential costs: independent, one after the other."""
    months = []
    for weight in weights:
        expected = cases * weight
        if variance_to_mean == 1:
            count = chance.poisson(expected)
        else:
            count = chance.negative_binomial(expected / (variance_to_mean - 1), 1 / variance_to_mean)
        months.append(float(chance.gamma(count, mean)) if count else 0.0)
    return months


def shock(sd: float, chance: Generator) -> float:
    """Draw a lognormal factor of mean 1."""
    variance = math.log(1 + sd * sd)
    return math.exp(chance.normal(-variance / 2, math.sqrt(variance)))


def spent_early(year: Year, line: int, more: float, first: int, got_back: float) -> Year:
    """Return a year in which a line's first months have more, of which the others give a part back."""
    months = year[line]
    early, late = months[:first], months[first:]
    back = got_back * more * sum(early)
    left = sum(late)
    late = [month - back * month / left if left > back else 0.0 for month in late]
    changed = [month * (1 + more) for month in early] + late
    return [changed if at == line else other for at, other in enumerate(year)]


def with_what_comes_back(year: Year, line: int, gbp: float) -> Year:
    """Return a year with care that was put off the year before, in all months of a line alike."""
    share = gbp / sum(year[line]) if sum(year[line]) else 0.0
    return [[month * (1 + share) for month in one] if at == line else one for at, one in enumerate(year)]


def controlled(
    year: Year, weights: Sequence[float], budget: float, known: float, terms: Terms
) -> tuple[Year, float]:
    """Return a year that is reined in as it goes on, and what was held back."""
    months = range(len(weights))
    planned = year[terms.line]
    wanted, reined, held = [0.0] * len(weights), [0.0] * len(weights), 0.0
    most = terms.most_of_year * sum(planned)
    for now in months:
        if planned[now] > 0:
            reined[now] = min(wanted[now], (most - held) / planned[now])
        held += reined[now] * planned[now]
        gone = sum(weights[: now + 1])
        paces = [sum(line[: now + 1]) / gone for line in year]
        forecast = known + sum(paces) - held
        for month in range(now + 1, min(now + 1 + terms.lag, len(weights))):
            forecast -= wanted[month] * paces[terms.line] * weights[month]
        first = now + 1 + terms.lag
        if first < len(weights) and forecast - budget > terms.trigger * budget:
            to_come = paces[terms.line] * sum(weights[first:])
            wanted[first] = min((forecast - budget) / to_come, terms.most_of_month) if to_come else 0.0
    kept = [month * (1 - less) for month, less in zip(planned, reined, strict=True)]
    return [kept if at == terms.line else other for at, other in enumerate(year)], held
