"""What moves a measure: settings one at a time, the strongest first."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from simulator.answers.settings import setting, setting_value
from simulator.answers.table import column_named, unit_of
from simulator.budgets.expected_spend import ExpectedSpend
from simulator.budgets.toolkit import Toolkit
from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, INK, LIGHT, WARM
from simulator.charts.panels import scale, worded
from simulator.charts.rows import Beside, Rows, rows_at
from simulator.charts.sheet import Strip, sheet
from simulator.charts.strips import Key, Sign, Words
from simulator.charts.study import Study
from simulator.charts.style import in_house_style
from simulator.charts.words import MOST_WORDS, in_words_of, per_cent_tick, phrase, tick_of
from simulator.errors import InputError
from simulator.plain_words import capitalised, listed
from simulator.records import ClusterTerms
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance
from simulator.risk.paired import Place, Samples
from simulator.scenario.doubts import doubts_of
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, slots=True)
class Move:
    """One setting, or one of every line or cluster, set low and high."""

    words: str  # what is moved, and how far
    low: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range
    high: tuple[str, ...]  # settings as `Scenario.vary` takes them; none where that end is out of range
    plan_follows: bool = False  # whether the PCT's plan knows of it, as past spend does
    # The scenario with the setting at its high end, where that was tried: a check takes as long as a draw.
    moved: Scenario | None = field(default=None, compare=False, repr=False)


_POINTS, _SHARE, _RATE = "points", "share", "rate_per_1000"
SHARED_DOUBT = "correlation of what is not known"
"""Between kinds of care: moved where anything is not known."""
LEVELS = ("number of cases of every kind", "mean cost of a case of every kind")
"""Past spend, and so budgets and the plan, are of the same level, unless budgets come from elsewhere."""
_USUAL = (
    ("growth of demand a year", "service_lines.*.growth_share", 0.01, _POINTS),
    ("growth of prices a year", "service_lines.*.price_growth_share", 0.01, _POINTS),
    ("true saving of demand", "clusters.*.true_saving_share", 0.01, _POINTS),
    (LEVELS[0], f"service_lines.*.{_RATE}", 0.1, _SHARE),
    (LEVELS[1], "service_lines.*.unit_cost_gbp.mean", 0.1, _SHARE),
    ("spread of the cost of a case", "service_lines.*.unit_cost_gbp.cv", 0.25, _SHARE),
    ("SD of shocks to the whole PCT", "shocks.pct.size.sd_share", 0.5, _SHARE),
    ("SD of need that weights do not measure", "shocks.cluster.sd_share", 0.5, _SHARE),
    ("SD of a practice's need that weights do not measure", "shocks.practice.size.sd_share", 0.5, _SHARE),
    ("SD of shocks to a cluster's year", "shocks.cluster_year.sd_share", 0.5, _SHARE),
    ("correlation of shocks to the whole PCT", "shocks.pct.correlation", 0.25, _POINTS),
    ("persistence of shocks from year to year", "shocks.*.persistence", 0.1, _POINTS),
    ("SD of growth and prices", "service_lines.*growth_share.sd", 0.5, _SHARE),
    (SHARED_DOUBT, "doubt.correlation", 0.25, _POINTS),
    ("uplift of budgets a year", "*rule.uplift_share", 0.01, _POINTS),
    ("margin of budgets", "*rule.margin_share", 0.01, _POINTS),
    ("weight of the fair share in budgets", "*rule.fair_share_weight_by_year.*", 0.1, _POINTS),
    ("practice share", "rules.surplus.practice_share", 0.5, _SHARE),
    ("PCT return", "rules.surplus.pct_return_share", 0.1, _POINTS),
    ("bond", "rules.bond.share_of_annual_budget", 0.5, _SHARE),
)
"""What is moved, its keys, and how far, in points or as a share of what it is: assumptions about what a
planner may be wrong by, or may decide. Where figures have an sd they are moved by that, and they alone."""


def usual_moves(scenario: Scenario, *, only_up: bool = False) -> Iterator[Move]:
    """Yield what is moved unless the user says otherwise: what the scenario has of the usual settings.

    With `only_up`, those that can be moved up have that end alone: every end takes a check of the scenario.
    """
    numbers = dict(_numbers(scenario.settings.model_dump()))
    for words, keys, by, how in _USUAL:
        if words == SHARED_DOUBT and not doubts_of(scenario.settings):
            continue
        known = [key for key in fnmatch.filter(numbers, keys) if not _is_idle(key, numbers)]
        sds = {key.removesuffix(".sd"): numbers[key] for key in fnmatch.filter(numbers, f"{keys}.sd")}
        # A share of nothing is nothing.
        usual = {key: by if how == _POINTS else by * numbers[key] for key in known}
        moved = sds or {key: far for key, far in usual.items() if far}
        far = f"{100 * by:g}\N{NO-BREAK SPACE}{'point' if by == 0.01 else 'points'}"
        far = "one SD of what is not known" if sds else far if how == _POINTS else per_cent_tick(by)
        if moved:
            named = f"{words} ±\N{NO-BREAK SPACE}{far}"
            high, at_high = _end(scenario, numbers, moved, 1)
            low = () if only_up and high else _end(scenario, numbers, moved, -1)[0]
            yield Move(named, low, high, words in LEVELS and budgets_follow_levels(scenario), at_high)


def budgets_follow_levels(scenario: Scenario) -> bool:
    """Return whether all budgets rest on past, fair or expected spend, and all of that is simulated."""
    budgets, lines = scenario.settings.budgets, scenario.settings.service_lines
    rules = [budgets.rule, *(line.budget_rule for line in lines if line.budget_rule)]
    return budgets.historic.csv is None and all(isinstance(rule, (Toolkit, ExpectedSpend)) for rule in rules)


def _is_idle(key: str, numbers: Mapping[str, float]) -> bool:
    """Return whether a key says how shocks go together that have no size."""
    shocks, _, what = key.rpartition(".")
    sds = (numbers.get(f"{shocks}.{one}", 0.0) for one in ("sd_share", "size.sd_share"))
    return shocks.startswith("shocks") and what in {"correlation", "persistence"} and not any(sds)


def figures_of(scenario: Scenario, moves: Iterable[Move]) -> dict[str, dict[str, float]]:
    """Return the numbers that usual moves start from, by the words of the move and the key."""
    numbers = dict(_numbers(scenario.settings.model_dump()))
    keys = {move.words: [one.partition("=")[0] for one in move.high or move.low] for move in moves}
    return {
        words: {
            key: _number(numbers, key) for key in some if not key.endswith(_RATE) or words.startswith(LEVELS)
        }
        for words, some in keys.items()
    }


def _end(
    scenario: Scenario, numbers: Mapping[str, float], moved: Mapping[str, float], way: int
) -> tuple[tuple[str, ...], Scenario | None]:
    """Return the settings at one end of a move, and the scenario with them; none where out of range."""
    values = {key: _number(numbers, key) + way * far for key, far in moved.items()}
    values |= _rates(scenario, numbers, values)
    overrides = tuple(f"{key}={value!r}" for key, value in values.items())
    try:
        return overrides, scenario.vary(*overrides)
    except InputError:
        return (), None


def _rates(scenario: Scenario, numbers: Mapping[str, float], moved: Mapping[str, float]) -> dict[str, float]:
    """Return the rates with which growth that is not known leaves the base year's spend as it was.

    What was spent is known: growth that is higher than expected makes care dearer from then on, and budgets,
    which rest on past spend, stay. A rate of a later year would else make past spend, and them, smaller.
    """
    base, first, *_ = (year.start for year in scenario.settings.contract.financial_years)
    found: dict[str, float] = {}
    for key, value in moved.items():
        line, _, what = key.rpartition(".")
        if what in {"growth_share", "price_growth_share"} and f"{key}.sd" in numbers:
            years = numbers.get(f"{line}.rate_year", first) - base
            rate = f"{line}.{_RATE}"
            found[rate] = _number(numbers, rate) * ((1 + value) / (1 + _number(numbers, key))) ** years
    return found


def _number(numbers: Mapping[str, float], key: str) -> float:
    """Return a number of settings, or the mean of one that is not known."""
    return numbers[key] if key in numbers else numbers[f"{key}.mean"]


def _numbers(of: object, key: str = "") -> Iterator[tuple[str, float]]:
    """Yield every number of settings with its key: rules are known by name, lines and clusters by place."""
    match of:
        case float() | int():
            yield key, of
        case Mapping():
            for name, value in of.items():
                yield from _numbers(value, f"{key}.{name}" if key else name)
        case list() | tuple():
            for at, item in enumerate(of):
                yield from _numbers(item, f"{key}.{item['rule'] if key == 'rules' else at}")


def given_moves(moves: Mapping[str, tuple[float, float]]) -> Iterator[Move]:
    """Yield moves of keys, each with its low and high value."""
    for key, (low, high) in moves.items():
        ends = f"{setting_value(key, low)} or {setting_value(key, high)}"
        yield Move(f"{setting(key)}: {ends}", (f"{key}={low!r}",), (f"{key}={high!r}",))


_ROUNDING = 1e-6
"""Smaller changes are rounding of sums."""
_BAR_IN = 0.12
_DOWN, _UP = "down", "up"
Changes = dict[str, Estimate]
"""By direction: what the measure changes by."""


@in_house_style
def tornado(
    study: Study,
    cluster: str | None = None,
    measure: str = "overspend_probability",
    moves: Mapping[str, tuple[float, float]] | None = None,
) -> Chart:
    """What moves a measure: settings moved down and up, one at a time, the strongest first."""
    (name,) = study.chosen(cluster or ALL_CLUSTERS, with_pct=True)
    measure = column_named(measure)
    base = study.estimate(name, measure)
    chosen = usual_moves(study.scenario) if moves is None else given_moves(moves)
    found = _changes(study, (name, measure), chosen)
    most = {move: max((abs(one.value) for one in ways.values()), default=0.0) for move, ways in found.items()}
    # What chance alone may have done has no row.
    told = [move for move in found if any(map(_is_effect, found[move].values()))]
    order = sorted(told, key=lambda move: -most[move])
    without = [_moved(move) for move in found if move not in order]
    unit, what = unit_of(measure), in_words_of(measure, name)
    no_effect = f"No effect beyond chance: {listed(without)}." if without else ""
    if order:
        title = _tornado_title(_moved(order[0]), in_words_of(measure))
        held = " and against the same plan" * measure.startswith("pct_net_position")
        if held and any(move.plan_follows for move in order):
            held += " (its own where cases or their mean cost move)"
        subtitle = (
            f"Change of the {what}, which is {phrase(base, unit)}, when one setting alone is moved, on the "
            f"same draws of chance{held}"
        )
        figure = _draw_bars(order, found, unit, (title, subtitle, study.source), no_effect)
    else:
        title = f"No setting that was tried moves the {in_words_of(measure)}"
        figure = worded(title, study.source, no_effect or "There is no setting to move.")
    words = [f"It is {phrase(base, unit)}."]
    for move in order:
        ways = ", ".join(f"{way} {phrase(one, unit, signed=True)}" for way, one in found[move].items())
        words.append(f"{move.words}: {ways}.")
    rows = [
        {"cluster": name, "measure": measure, "setting": move.words, "moved": way}
        | {"settings": " ".join(move.low if way == _DOWN else move.high), "base": base.value}
        | with_ends("change", one)
        for move, changes in found.items()
        for way, one in changes.items()
    ]
    return Chart.of("tornado", title, figure, rows, " ".join([*words, no_effect]), study.source)


def _changes(study: Study, place: Place, moves: Iterable[Move]) -> dict[Move, Changes]:
    """Return by move what the measure changes by."""

    def of(result: Result, *, plan_follows: bool = False) -> Samples:
        terms = terms_at_plan_of(study, result, plan_follows=plan_follows)
        return Samples.of(result.contract_outcomes, terms).at([place])

    own = of(study.result)
    found: dict[Move, Changes] = {}
    for move in moves:
        found[move] = {}
        for way, overrides in ((_DOWN, move.low), (_UP, move.high)):
            if overrides:
                other = study.shared.simulate(study.scenario.vary(*overrides))
                moved = of(other, plan_follows=move.plan_follows)
                if (difference := moved.against(own)[place].difference) is not None:
                    found[move][way] = difference
    return found


def terms_at_plan_of(study: Study, moved: Result, *, plan_follows: bool = False) -> ClusterTerms:
    """Return the terms of a result with what the PCT planned in a study: a plan does not know of a move.

    Else the plan would rise with growth that is higher than planned, and the PCT seem to gain by it. Where
    past spend shows what is moved, the plan follows.
    """
    if plan_follows:
        return moved.plan.terms
    return replace(moved.plan.terms, planned_gbp=study.result.plan.terms.planned_gbp)


def _is_effect(change: Estimate) -> bool:
    return abs(change.value) > _ROUNDING and beyond_chance(change)


def _moved(move: Move) -> str:
    """Return what is moved, without how far."""
    return move.words.partition(" ±")[0].partition(": ")[0]


def _tornado_title(moved: str, what: str) -> str:
    title = f"{capitalised(moved)} moves the {what} most"
    return title if len(title.split()) <= MOST_WORDS else f"{capitalised(moved)} matters most"


def _draw_bars(
    order: list[Move], found: dict[Move, Changes], unit: Unit, words: tuple[str, str, str], no_effect: str
) -> Figure:
    """Draw two bars for each move, down above up."""
    looks = {_DOWN: LIGHT, _UP: DARK}
    signs = [
        Sign("setting moved down", {"facecolor": LIGHT, "edgecolor": "none"}),
        Sign("moved up", {"facecolor": DARK, "edgecolor": "none"}),
        Sign("95% interval", {"color": WARM, "linewidth": 1.2}),
    ]
    beside = [
        Beside(
            way, [phrase(found[move][way], unit, signed=True) if way in found[move] else "" for move in order]
        )
        for way in looks
    ]
    rows = Rows([move.words for move in order], beside, least_in=0.34, bar_in=2 * _BAR_IN)
    strips: list[Strip] = [Key(signs), rows]
    if no_effect:
        strips.append(Words([no_effect]))
    figure, (axes,) = sheet(*words, strips)
    for place, move in zip(rows_at(axes), order, strict=True):
        for way, one in found[move].items():
            at = place + (-0.5 if way == _DOWN else 0.5) * _BAR_IN
            axes.barh(at, one.value, height=_BAR_IN, color=looks[way])
            axes.plot([one.low, one.high], [at, at], color=WARM, linewidth=1.2)
    axes.axvline(0, color=INK, linewidth=0.8)
    # A number at the very edge would stand below the names.
    low, high = axes.get_xlim()
    axes.set_xlim(low - 0.12 * (high - low), high + 0.04 * (high - low))
    scale(axes, "x", tick_of(unit, signed=True))
    return figure
