"""Settings of a scenario in words, for charts and sentences: ``bond as a share of the annual budget``, 3%."""

from __future__ import annotations

import re

from simulator.plain_words import per_cent_of, pounds_of, spaced
from simulator.risk.estimate import Unit

_WORDS = {
    "rules.bond.share_of_annual_budget": "bond as a share of the annual budget",
    "rules.bond.top_up": "bond topped up",
    "rules.surplus.practice_share": "practice share of a surplus",
    "rules.surplus.pct_return_share": "PCT return as a share of a surplus",
    "rules.corridor.width_share": "width of the corridor",
    "rules.corridor.cluster_share_beyond": "clusters' share beyond the corridor",
    "rules.per_case_limit.limit_gbp": "limit for one case",
    "rules.overspend_share.cluster_share": "clusters' share of an overspend",
    "budgets.rebased_share": "share of budgets that follows last year's spend",
    "budgets.top_slice_share": "top slice of budgets",
    "budgets.rule.historic_year": "year whose spend budgets follow",
    "budgets.rule.margin_share": "margin of budgets",
    "budgets.rule.uplift_share": "uplift of budgets a year",
    "contract.years": "years of the contract",
    "shocks.cluster_year.sd_share": "SD of a cluster's year",
    "shocks.cluster.sd_share": "SD of need that weights do not measure",
    "shocks.practice.size.sd_share": "SD of a practice's need that weights do not measure",
    "shocks.pct.size.sd_share": "SD of shocks to the whole PCT",
}
"""Keys of the scenario that people speak of; others are spelt out."""
_OF_EACH = {
    "people": "people",
    "true_saving_share": "true saving of demand",
    "takes_share": "taking the practice share",
    "growth_share": "growth of demand a year",
    "price_growth_share": "growth of prices a year",
    "rate_per_1000": "cases per 1,000 people a year",
    "unit_cost_gbp.mean": "mean cost of a case",
    "unit_cost_gbp.cv": "CV of the cost of a case",
}
"""Keys of clusters and of lines."""
_YES = {"true": "yes", "false": "no"}
_UNSAID = {"rule", "size"}
"""Steps of keys that say nothing to a reader."""
_LISTS = {"clusters": "cluster", "service_lines": "service line", "actions": "action", "rules": "rule"}
_IN_LIST = re.compile(rf"({'|'.join(_LISTS)})\.(?:\"([^\"]+)\"|([^.]+))\.(.+)")


def setting(key: str) -> str:
    """Return a key of the scenario in words: ``true saving of demand of every cluster``."""
    if key in _WORDS:
        return _WORDS[key]
    found = _IN_LIST.fullmatch(key)
    if not found:
        return _spelt(key)
    one, name, rest = _LISTS[found[1]], found[2] or found[3], found[4]
    if one == "rule" and not name.isdigit():
        return f"{spaced(name)}, {_spelt(rest)}"
    what = _OF_EACH.get(rest) or _spelt(rest)
    if name == "*":
        return f"{what} of every {one}"
    if name.isdigit():
        return f"{what} of {one} {int(name) + 1}"
    return f"{what} of {name if one == 'cluster' else spaced(name)}"


def _spelt(key: str) -> str:
    parts = [part for part in key.split(".") if part not in _UNSAID]
    return " of ".join(spaced(part) for part in reversed(parts))


def unit_of_setting(key: str) -> Unit:
    """Return the unit of a key: a share, pounds, or a plain number."""
    if "share" in key.rpartition(".")[2]:
        return Unit.SHARE
    return Unit.GBP if key.endswith(("_gbp", "_gbp.mean")) else Unit.NUMBER


def setting_value(key: str, value: str | float) -> str:
    """Return a value of a key as people write it: 3% for a share of 0.03."""
    try:
        number = float(value)
    except ValueError:
        return _YES.get(str(value), str(value))
    unit = unit_of_setting(key)
    if unit is not Unit.NUMBER:
        return in_unit(number, unit)
    return in_unit(number, unit) if abs(number) >= 10_000 else str(value)


def in_unit(number: float, unit: Unit) -> str:
    """Return a number that somebody set, with its unit: 3%, £50,000, 12."""
    if unit.is_share:
        return per_cent_of(number)
    return pounds_of(number) if unit is Unit.GBP else f"{number:,.12g}"
