"""What moves a measure: settings one at a time, the strongest first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.answers.table import column_named
from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, GREY, INK, LIGHT, WARM, framed, in_house_style, worded, wrapped
from simulator.charts.words import Unit, listed, per_cent_tick, sentence, unit_of
from simulator.errors import InputError, unknown
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence
from simulator.risk.paired import Samples
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import ScenarioFile
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    from matplotlib.axes import Axes


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


MEASURE = "overspend_probability"
_ROW_IN = 0.33
_ROOM = 0.27
"""For a number at either end, of the width between them."""
_NAME_IN, _NAME_SIZE = 2.1, 8.0
_ROUNDING = 1e-6
_DOWN, _UP = "down", "up"
Changes = dict[str, Estimate]
"""By direction: what the measure changes by."""


@in_house_style
def draw(
    study: Study,
    cluster: str | None = None,
    measure: str = MEASURE,
    moves: Mapping[str, tuple[float, float]] | None = None,
) -> Chart:
    """What moves a measure: settings moved down and up, one at a time, the strongest first."""
    import pandas as pd

    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    measure = column_named(measure)
    if problems := unknown("measure", measure, tuple(study.samples(name))):
        raise InputError(problems)
    chosen = usual_moves(study.scenario) if moves is None else given_moves(moves)
    base, found = _changes(study, (name, measure), chosen)
    strength = {move: max(map(_strength, ends.values()), default=0.0) for move, ends in found.items()}
    order = sorted((move for move in found if strength[move]), key=lambda move: -strength[move])
    without = [move.words for move in found if not strength[move]]
    unit = unit_of(measure)
    who = in_sentence(name)
    no_effect = f"Without any effect: {listed(without)}." if without else ""
    if order:
        title = f"What moves the {unit.words} of {who}? Most: {order[0].words}"
        subtitle = (
            f"Change of the {unit.words} of {unit.text(base)} when one setting alone is moved down "
            f"(pale) or up (dark), on the same draws of chance, with 95% intervals. {no_effect}"
        )
        figure, grid = framed(title, subtitle, study.source, len(order) * _ROW_IN + 0.45)
        _draw_bars(figure.add_subplot(grid[0]), order, found, unit)
    else:
        title = f"No setting that was tried moves the {unit.words} of {who}"
        figure = worded(title, study.source, no_effect or "There is no setting to move.")
    said = [
        f"{move.words}: {', '.join(f'{way} {unit.change(one)}' for way, one in found[move].items())}."
        for move in order
    ]
    rows = [
        {
            "cluster": name,
            "measure": measure,
            "setting": move.words,
            "moved": way,
            "settings": " ".join(move.low if way == _DOWN else move.high),
        }
        | {"base": base.value, "change": one.value, "change_low": one.low, "change_high": one.high}
        for move in found
        for way, one in found[move].items()
    ]
    alt = " ".join(filter(None, [sentence(title), f"It is {unit.text(base)}.", *said, no_effect]))
    return Chart("tornado", title, figure, pd.DataFrame(rows), alt, study.source)


def _strength(change: Estimate) -> float:
    """Return how far a setting moves the measure; less than a millionth is rounding of sums."""
    return abs(change.value) if abs(change.value) > _ROUNDING else 0.0


def _changes(
    study: Study, place: tuple[str, str], moves: tuple[Move, ...]
) -> tuple[Estimate, dict[Move, Changes]]:
    """Return the measure, and by move what it changes by."""
    draws = SharedDraws.of(study.scenario, study.draws)

    def of(result: Result) -> Samples:
        samples = Samples.of(result.contract_outcomes, result.plan.terms).by_place
        return Samples({place: samples[place]})

    own = of(study.result)
    varied: list[tuple[Move, str, Scenario]] = []
    for move in moves:
        for way, overrides in ((_DOWN, move.low), (_UP, move.high)):
            if overrides:
                varied.append((move, way, study.scenario.vary(*overrides)))
    found: dict[Move, Changes] = {move: {} for move in moves}
    for move, way, scenario in varied:
        difference = of(draws.simulate(scenario)).against(own)[place].difference
        if difference is not None:
            found[move][way] = difference
    return own.against(own)[place].estimate, found


def _draw_bars(axes: Axes, order: list[Move], found: dict[Move, Changes], unit: Unit) -> None:
    looks = {_DOWN: (-0.19, LIGHT), _UP: (0.19, DARK)}
    for row, move in enumerate(order):
        for way, one in found[move].items():
            offset, colour = looks[way]
            axes.barh(row + offset, one.value, height=0.36, color=colour)
            axes.plot([one.low, one.high], [row + offset] * 2, color=WARM, linewidth=1.2)
            left = one.value < 0
            end = min(one.value, one.low) if left else max(one.value, one.high)
            axes.annotate(
                unit.change(one),
                (end, row + offset),
                (-3 if left else 3, 0),
                textcoords="offset points",
                ha="right" if left else "left",
                va="center",
                size=6.5,
                color=INK,
            )
    axes.set_yticks(
        range(len(order)), [wrapped(move.words, _NAME_IN, _NAME_SIZE, most_lines=2) for move in order]
    )
    axes.set_ylim(len(order) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.spines["left"].set_visible(False)
    ends = [0.0, *(end for moved in found.values() for one in moved.values() for end in (one.low, one.high))]
    room = _ROOM * (max(ends) - min(ends))
    axes.set_xlim(min(ends) - room, max(ends) + room)
    axes.xaxis.set_major_formatter(unit.change_tick)
    axes.grid(visible=True, axis="x", color=GREY, alpha=0.2)
