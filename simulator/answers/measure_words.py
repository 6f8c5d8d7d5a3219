"""Measures as sentences have them: ``chance of an overspend``, where a heading says ``overspend``."""

from __future__ import annotations

import re

from simulator.answers.table import heading_of

_WORDS = {
    "overspend_probability": "chance of an overspend",
    "overspend_any_year_probability": "chance of an overspend in any year",
    "some_cluster_overspends_probability": "chance that some cluster overspends",
    "large_overspend_probability": "chance of an overspend of more than 2%",
    "leaves_probability": "chance that a cluster leaves",
    "bond_covers_probability": "chance that the bond covers overspends",
    "shared_bond_covers_probability": "chance that one shared bond covers overspends",
    "pool_and_bonds_cover_probability": "chance that pool and bonds cover overspends",
    "pool_runs_dry_probability": "chance that the pool runs dry",
    "practice_better_off_probability": "chance that practices are better off",
    "practice_net_gain_below_zero_probability": "chance that practices lose",
    "partner_net_gain_below_zero_probability": "chance that the partner loses",
    "pct_net_position_below_zero_probability": "chance that the PCT loses",
    "expected_bond_draw_gbp": "expected draw on the bond",
    "reinvestment_gbp": "reinvestment over the contract",
    "pool_balance_gbp": "money left in the pool",
    "pool_payment_gbp": "pool's payment for overspends",
    "pct_planned_gbp": "plan of the PCT",
    "pct_payment_gbp": "PCT's payment for overspends",
    "pct_payment_median_gbp": "PCT's payment for overspends in the middle contract",
    "pct_payment_1_in_20_gbp": "PCT's payment for overspends at 1 in 20",
}
"""Of those whose heading is no noun."""
_YEAR = re.compile(r"(.+)_year_(\d+)")


def measure_in_words(measure: str) -> str:
    """Return a column of the summary as a sentence has it, behind an article: ``chance of an overspend``."""
    if measure in _WORDS:
        return _WORDS[measure]
    of_year = _YEAR.fullmatch(measure)
    if of_year and of_year[1] in _WORDS:
        when = "after" if of_year[1].startswith("leaves") else "in"
        return f"{_WORDS[of_year[1]]} {when} year {of_year[2]}"
    return heading_of(measure).replace(", 1 in ", " at 1 in ")
