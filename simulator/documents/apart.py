"""What sets a cluster apart from the others: what differs most leads, and what does not is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from simulator.documents.blocks import Paragraph
from simulator.documents.cluster_facts import (
    DEARER,
    LARGEST,
    LINE,
    LINE_OF_ALL,
    NEEDED,
    SHORTFALL,
    SPREAD,
)
from simulator.documents.fair_shares import BAD_GAP, GAP, GAP_A_HEAD, LITTLE, is_unfair
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import BONDS_NEEDED_OF_BUDGET
from simulator.plain_words import capitalised, in_letters, ordinal, spaced
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate

_MOST, _APART = 3, 0.5
"""How many differences a page tells, and from how many SDs of all clusters on one is told (assumptions)."""
_LIKE_ALL = 0.005
"""Costs and parts of costs that differ by less are much the same."""


def differences(quotes: Quotes, name: str) -> Iterator[Paragraph]:
    """Yield what sets a cluster apart: what is unfair or tight, then what differs most in SDs of all."""
    if len(quotes.clusters) == 1:
        return
    first = [*filter(None, (_unfairness(quotes, name), _tightness(quotes, name)))]
    found = sorted(_features(quotes, name), key=lambda one: -round(one[0], 6))
    others = [said for far, said in found if far >= _APART] or [said for _, said in found[:1]]
    of_all = {
        part: quotes.number(ALL_CLUSTERS, measure)
        for part, measure in (("of_all", LINE_OF_ALL), ("needed_of_all", BONDS_NEEDED_OF_BUDGET))
        if (ALL_CLUSTERS, measure) in quotes.numbers
    }
    for said in (*first, *others)[:_MOST]:
        yield quotes.sentence(name, said, **of_all)


def _features(quotes: Quotes, name: str) -> Iterator[tuple[float, str]]:
    """Yield how far a cluster lies from the mean of all in SDs, and what then is said, for `sentence`."""
    number = in_letters(len(quotes.clusters))
    if people := _values(quotes, "people", name):
        sizes = {one: float(np.log(value)) for one, value in people.items()}
        said = f"It is {_place(people, name)} of {number} clusters by list size{spread(quotes, name)}."
        yield _far(sizes, name), said
    if (dearer := _values(quotes, DEARER, name)) and abs(dearer[name]) >= _LIKE_ALL:
        more = "more" if dearer[name] > 0 else "less"
        yield (
            _far(dearer, name),
            f"By age and need its people's care is expected to cost {{{DEARER}:size}} {more} a head than "
            f"all clusters': {_high(dearer, name)} of {number}.",
        )
    if largest := _values(quotes, LARGEST, name):
        has = f"Its largest practice has {{{LARGEST}}} of its people"
        bond = quotes.facts.bond
        also = ", and so of its bond and share" * (
            bond is not None and bond.split_between_practices_by == "list_size"
        )
        yield _far(largest, name), f"{has}{also}: {_place(largest, name)} such part of the {number}."
    if line := quotes.facts.line_apart:
        own, of_all = _values(quotes, LINE, name), quotes.numbers[ALL_CLUSTERS, LINE_OF_ALL].value
        if own and abs(own[name] - of_all) >= _LIKE_ALL:
            takes = f"{capitalised(spaced(line))} is {{{LINE}}} of what its people's care is expected to cost"
            fear = "more" if own[name] > of_all else "less"
            yield (
                _far(own, name),
                f"{takes}, and {{of_all}} of all clusters': it has {fear} to fear from dearer "
                f"{spaced(line)}.",
            )
    needed = {one: quotes.numbers[one, NEEDED] for one in quotes.clusters if (one, NEEDED) in quotes.numbers}
    every = quotes.numbers.get((ALL_CLUSTERS, BONDS_NEEDED_OF_BUDGET))
    if name in needed and every and (beyond := beside(needed[name], every)):
        yield (
            _far({one: value.value for one, value in needed.items()}, name),
            f"To be 95% sure, its bond would have to be {{{NEEDED}}} of a year's budget, {beyond} the "
            "{needed_of_all} of all clusters.",
        )


def _values(quotes: Quotes, measure: str, name: str) -> dict[str, float]:
    """Return a measure by cluster; nothing where this one has none, or all have the same."""
    places = [one for one in quotes.clusters if (one, measure) in quotes.numbers]
    found = {one: quotes.numbers[one, measure].value for one in places}
    return found if name in found and len({round(one, 4) for one in found.values()}) > 1 else {}


def _far(values: Mapping[str, float], name: str) -> float:
    """Return how many SDs of all clusters one lies from their mean."""
    every = np.array([*values.values()])
    return float(abs(values[name] - every.mean()) / every.std()) if every.std() else 0.0


def spread(quotes: Quotes, name: str) -> str:
    """Return, in a clause, what size does to luck; nothing where that does not differ beyond chance."""
    spreads = {one: quotes.numbers[one, SPREAD] for one in quotes.clusters if (one, SPREAD) in quotes.numbers}
    if name not in spreads:
        return ""
    own = spreads[name]
    lower = sum(one.high < own.low for one in spreads.values())
    higher = sum(one.low > own.high for one in spreads.values())
    if lower == higher:
        return ""
    weighs = "more" if lower > higher else "less"
    misses = f"its outturn typically misses the expected one by {{{SPREAD}}} of the budget"
    return f", and chance weighs {weighs} than in most: {misses}"


def _unfairness(quotes: Quotes, name: str) -> str:
    """Return how far a budget is from its fair share on average; nothing where it is not."""
    gap = quotes.numbers.get((name, GAP))
    if gap is None or not is_unfair(gap):
        return ""
    does = "above" if gap.value > 0 else "below"
    in_pounds = f"£{{{GAP_A_HEAD}:size}} a head"
    return f"On average its budget is {{{GAP}:size}} {does} its fair share by need, {in_pounds}."


def luck_of_budget(quotes: Quotes, name: str) -> str:
    """Return how far below its fair share a bad case of a budget is, for `Quotes.sentence`, and a blank."""
    gap, bad = (quotes.numbers.get((name, one)) for one in (GAP, BAD_GAP))
    if gap is None or bad is None or bad.value >= min(0.0, gap.value - LITTLE):
        return ""
    lies = f"one budget in twenty is more than {{{BAD_GAP}:size}} below its fair share"
    return f"By chance in past spend, {lies}. "


def _tightness(quotes: Quotes, name: str) -> str:
    """Return that a budget is tighter or looser than those of all together, for `Quotes.sentence`."""
    if (name, SHORTFALL) not in quotes.numbers or (ALL_CLUSTERS, SHORTFALL) not in quotes.numbers:
        return ""
    own, of_all = (quotes.numbers[one, SHORTFALL] for one in (name, ALL_CLUSTERS))
    if own.low > of_all.high:
        return f"Its budget is tighter than most: {_short(own)}."
    if own.high < of_all.low:
        return f"Its budget is looser than most: {_short(own)}."
    return ""


def _short(tight: Estimate) -> str:
    by = f"{{{SHORTFALL}:size}}"
    return f"spend is expected to {f'exceed it by {by}' if tight.value > 0 else f'stay {by} below it'}"


def _place(values: Mapping[str, float], name: str) -> str:
    """Return a rank in words, such as ``the second largest``; equal ones share it."""
    larger = sum(one > values[name] for one in values.values())
    smaller = sum(one < values[name] for one in values.values())
    if larger <= smaller:
        return f"the {ordinal(larger + 1)} largest".replace("first ", "")
    return f"the {ordinal(smaller + 1)} smallest".replace("first ", "")


def _high(values: Mapping[str, float], name: str) -> str:
    return _place(values, name).replace("largest", "highest").replace("smallest", "lowest")


def beside(own: Estimate, of_all: Estimate) -> str:
    """Return on which side of all clusters' number one lies; nothing where their errors leave that open."""
    if own.low > of_all.high:
        return "more than"
    return "less than" if own.high < of_all.low else ""
