"""What `run` tells of several PCTs: which is exposed most, and what it comes to for all of them."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import Column, Table, measures, people, shares, text
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import loss, per_cent
from simulator.risk.measures import SummaryRow, columns
from simulator.simulation.result import Result

MOST_CLUSTERS = 20
"""Clusters that a page shows one by one."""
_BAD = "pct_net_position_1_in_20_gbp"
_OF_PLAN = f"{_BAD.removesuffix('_gbp')}_share_of_plan"
_BY_PCT = ("overspend_probability", "shared_bond_needed_gbp", "pct_payment_gbp", _BAD)
_OF_ALL = (
    *(
        "overspend_probability",
        "large_overspend_probability",
        "expected_overspend_gbp",
        "expected_surplus_gbp",
    ),
    *("bond_posted_gbp", "bond_covers_probability", "expected_bond_draw_gbp"),
    *("practice_share_gbp", "practice_net_gain_gbp", "practice_net_gain_1_in_20_gbp", "pct_return_gbp"),
    *(
        "reinvestment_gbp",
        "pool_payment_gbp",
        "pool_balance_gbp",
        "pct_payment_gbp",
        "pct_payment_1_in_20_gbp",
    ),
    *("pct_net_position_gbp", _BAD, "pct_net_position_1_in_100_gbp", "pct_net_position_beyond_1_in_20_gbp"),
)


def by_exposure(result: Result) -> list[SummaryRow]:
    """Return PCTs, first which loses the largest part of what it planned in one contract in twenty."""
    return sorted(result.pct_rows, key=lambda row: of_plan(row).value)


def of_plan(row: SummaryRow) -> Estimate:
    """Return the net position that one contract in twenty falls below, as a share of the plan."""
    bad, planned = row.estimates[_BAD], row.estimates["pct_planned_gbp"].value
    return Estimate(bad.value / planned, bad.low / planned, bad.high / planned)


def exposures(result: Result) -> Table:
    """Return how each PCT stands, first which is exposed most, and all together."""
    rows = [*by_exposure(result), result.rows[-1]]
    own = [measures(name, [row.estimates.get(name) for row in rows]) for name in _BY_PCT]
    share = shares("1 in 20, of its plan", [of_plan(row) for row in rows], _OF_PLAN)
    names = text("PCT", [*(row.name for row in rows[:-1]), "All PCTs together"])
    title = "Which PCT is exposed most?"
    return Table("exposures", title, (names, people([row.people for row in rows]), *own, share), rows_apart=1)


def in_all(result: Result) -> Table:
    """Return what it comes to for all PCTs together."""
    estimates, known = result.rows[-1].estimates, columns(len(result.years))
    found = [name for name in _OF_ALL if name in estimates]
    units = tuple(known[name].measure.unit for name in found)
    values = Column("value", _name(result), units, tuple(estimates[name] for name in found))
    title = "What does it come to for all PCTs together, over the whole contract?"
    return Table("in all", title, (text("measure", [known[name].heading() for name in found]), values))


def exposures_in_words(result: Result) -> Iterator[str]:
    """Yield which PCT is exposed most and least, and how far the chances of PCTs even out."""
    first, *others = by_exposure(result)
    last, near = others[-1], sum(of_plan(row).low <= of_plan(first).high for row in others)
    whose = "interval of 1 other PCT meets" if near == 1 else f"intervals of {near} other PCTs meet"
    by_chance = f" Chance alone may have put it first: the {whose} its own." if near else ""
    yield (
        f"{first.name} is exposed most for its size: in one contract in twenty it "
        f"{loss(first.estimates[_BAD])} or worse, {_size(first)} of what its care was planned to cost."
        f"{by_chance} {last.name} is exposed least: it {loss(last.estimates[_BAD])} or worse, {_size(last)}."
    )
    name, bad = _name(result), [row.estimates[_BAD] for row in result.pct_rows]
    # The error of a sum is no more than the sum of the errors, however they go together.
    ends = (sum(getattr(one, end) for one in bad) for end in ("value", "low", "high"))
    yield (
        f"Had each PCT its own one contract in twenty at once, {name} {loss(Estimate(*ends))}; as it is, "
        f"{name} {loss(result.rows[-1].estimates[_BAD])} or worse in one in twenty: what is a PCT's own "
        "chance evens out, and what all share does not."
    )


def _name(result: Result) -> str:
    return result.scenario.settings.pct.name


def _size(row: SummaryRow) -> str:
    share = of_plan(row)
    return per_cent(Estimate(-share.value, -share.high, -share.low) if share.value < 0 else share)
