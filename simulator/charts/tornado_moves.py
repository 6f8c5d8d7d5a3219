"""What a tornado moves: settings of the scenario, one at a time, each down and up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.charts.words import per_cent_tick
from simulator.errors import InputError
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import ScenarioFile

_POINT = 0.01
_HALF = 0.5
_QUARTER = 0.25
# How far each setting is moved: assumptions about what a planner may be wrong by, or may decide.


@dataclass(frozen=True, slots=True)
class Move:
    """One setting, or one of every line or cluster, set low and high."""

    words: str  # what is moved, and how far
    low: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range
    high: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range


def usual_moves(scenario: Scenario) -> tuple[Move, ...]:
    """Return what is moved unless the user says otherwise: what the scenario has of the usual settings."""
    return tuple(
        Move(move.words, _if_valid(scenario, move.low), _if_valid(scenario, move.high))
        for move in (*_demand(scenario.settings), *_money(scenario.settings))
    )


def given_moves(moves: Mapping[str, tuple[float, float]]) -> tuple[Move, ...]:
    """Return moves of keys, each with its low and high value."""
    return tuple(
        Move(f"{key}: {low:g}, {high:g}", (f"{key}={low!r}",), (f"{key}={high!r}",))
        for key, (low, high) in moves.items()
    )


def _if_valid(scenario: Scenario, overrides: tuple[str, ...]) -> tuple[str, ...]:
    try:
        scenario.vary(*overrides)
    except InputError:
        return ()
    return overrides


def _demand(settings: ScenarioFile) -> Iterator[Move]:
    lines = settings.service_lines
    growth = {f"service_lines.{at}.growth_share": line.growth_share for at, line in enumerate(lines)}
    yield _shifted("growth of demand a year", growth, _POINT)
    prices = {
        f"service_lines.{at}.price_growth_share": line.price_growth_share for at, line in enumerate(lines)
    }
    yield _shifted("growth of prices a year", prices, _POINT)
    savings = {
        f"clusters.{at}.true_saving_share": one.true_saving_share for at, one in enumerate(settings.clusters)
    }
    yield _shifted("true saving of demand", savings, _POINT)
    cvs = {
        f"service_lines.{at}.unit_cost_gbp.cv": line.unit_cost_gbp.cv
        for at, line in enumerate(lines)
        if hasattr(line.unit_cost_gbp, "cv")
    }
    if cvs:
        yield _scaled("spread of the cost of a case", cvs, _QUARTER)
    shocks = settings.shocks
    for words, key, law in (
        ("shocks to the whole PCT", "shocks.pct.size.sd_share", shocks.pct.size),
        ("need that weights do not measure", "shocks.cluster.sd_share", shocks.cluster),
        ("shocks to a cluster's year", "shocks.cluster_year.sd_share", shocks.cluster_year),
    ):
        if law.sd_share > 0:
            yield _scaled(f"SD of {words}", {key: law.sd_share}, _HALF)


def _money(settings: ScenarioFile) -> Iterator[Move]:
    rules = {"budgets.rule": settings.budgets.rule}
    rules |= {
        f"service_lines.{at}.budget_rule": line.budget_rule
        for at, line in enumerate(settings.service_lines)
        if line.budget_rule is not None
    }
    for words, name in (("uplift of budgets a year", "uplift_share"), ("margin of budgets", "margin_share")):
        values = {f"{key}.{name}": getattr(rule, name, None) for key, rule in rules.items()}
        if known := {key: value for key, value in values.items() if value is not None}:
            yield _shifted(words, known, _POINT)
    for rule in settings.rules:
        if isinstance(rule, SurplusSplit):
            yield _scaled("practice share", {"rules.surplus.practice_share": rule.practice_share}, _HALF)
            yield _shifted(
                "PCT return", {"rules.surplus.pct_return_share": rule.pct_return_share}, 10 * _POINT
            )
        if isinstance(rule, Bond) and rule.share_of_annual_budget:
            yield _scaled("bond", {"rules.bond.share_of_annual_budget": rule.share_of_annual_budget}, _HALF)


def _shifted(words: str, values: Mapping[str, float], by: float) -> Move:
    low, high = (tuple(f"{key}={value + way * by!r}" for key, value in values.items()) for way in (-1, 1))
    points = "point" if by == _POINT else "points"
    return Move(f"{words} ±\N{NO-BREAK SPACE}{100 * by:g}\N{NO-BREAK SPACE}{points}", low, high)


def _scaled(words: str, values: Mapping[str, float], by: float) -> Move:
    low, high = (
        tuple(f"{key}={value * (1 + way * by)!r}" for key, value in values.items()) for way in (-1, 1)
    )
    return Move(f"{words} ±\N{NO-BREAK SPACE}{per_cent_tick(by)}", low, high)
