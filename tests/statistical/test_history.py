"""What a history warns of: rarely by chance, mostly when it should."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import numpy as np

from simulator.fitting.months import month_law
from simulator.history.breaks import find_breaks
from simulator.history.late_months import low_ends
from simulator.random_streams import RandomStreams
from tests.references.histories import LINES, Truth, draw_history

HISTORIES = 200
YOUNG = (0.9, 0.75)
"""How much of the last two months is there, where exports come too early."""


def test_low_ends_are_warned_of_where_they_are_low() -> None:
    by_chance = in_earnest = 0
    for seed in range(HISTORIES):
        months = draw_history(Truth(), 4, RandomStreams(seed).generator("history")).months
        by_chance += len(low_ends(months))
        counts = months.counts.copy()
        counts[..., -2:] *= YOUNG
        in_earnest += len(low_ends(replace(months, counts=counts)))
    lines = HISTORIES * len(LINES)
    # One line in a hundred is the rule; shocks of years, which trends cannot follow, are in the residuals.
    assert by_chance <= 0.01 * lines + 4 * sqrt(0.01 * lines)
    assert in_earnest > 0.6 * lines


def test_breaks_are_found_and_few_others() -> None:
    found, others = 0, 0
    for seed in range(HISTORIES // 4):
        months = draw_history(Truth(), 3, RandomStreams(seed).generator("history")).months
        counts = months.counts.copy()
        largest = int(np.argmax(np.nansum(counts[:, 1], axis=1)))
        counts[largest, 1, 17:] *= 1.4
        breaks = find_breaks(replace(months, counts=counts), month_law(replace(months, counts=counts)).v)
        ours = [one for one in breaks if (one.unit, one.line) == (months.units[largest], LINES[1])]
        found += any(abs(12 * one.month[0] + one.month[1] - (12 * 2011 + 9)) <= 1 for one in ours)
        others += len(breaks) - len(ours)
    assert found >= 0.8 * (HISTORIES // 4)
    # Of 43 practices, six lines and two pairs of years some 0.3% are 3 SDs from nothing by chance.
    assert others <= 2.5 * (HISTORIES // 4)
