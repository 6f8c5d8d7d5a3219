"""Directions and tolerances of `solve`: each test names the break it is for.

A break is one sign, one constant or one index changed on purpose, which other tests let pass.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import simulator
from simulator.questions.solve.ask import Solution
from simulator.records import FloatArray
from simulator.risk.estimation import probability
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from tests.builders import BOND, POOL, SURPLUS, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

MARGIN, PEOPLE = "budgets.rule.margin_share", "clusters.North.people"
# Paid en bloc nothing varies: GBP 100 a head and year, and a budget of (1 + margin) times that.
CERTAIN = scenario_of(
    contract={"start_year": 2010, "years": 1},
    service_lines=[line_of(payment="block")],
    clusters=[cluster_of("North"), cluster_of("South", 20_000)],
)
# 100 million cases of GBP 1: all chance is the shock's.
PLAIN = {"unit_cost_gbp": {"model": "empirical", "values": [1.0]}, "rate_per_1000": 1e6}
CONTRACTS, SEED = 2_000, 7


def solved(
    key: str, low: float, high: float, so_that: str, cluster: str = "North", **more: float
) -> Solution:
    return simulator.solve(
        checked(CERTAIN), key, low, high, so_that, cluster=cluster, **more, draws=Draws(100)
    )


def grid_of(found: Solution) -> list[float]:
    return [point.value for point in found.points if point.on_grid]


def nearest(found: Solution) -> float:
    """How far apart the two nearest values are that were looked at."""
    values = [point.value for point in found.points]
    return min(after - before for before, after in pairwise(values))


# The place of a crossing


@pytest.mark.parametrize(
    ("so_that", "begins"),
    [
        ("budget_gbp >= 540_000", True),
        ("budget_gbp > 540_000", True),
        ("budget_gbp < 540_000", False),
        ("budget_gbp <= 540_000", False),
    ],
)
def test_the_answer_is_the_end_of_the_bracket_that_holds(so_that: str, begins: bool) -> None:
    # Breaks: the end that does not hold; the other direction; the interval's ends changed over.
    found = solved(MARGIN, 0, 0.5, so_that)
    (one,) = found.crossings
    step = 0.5 * 0.001
    beyond = one.at.value - 0.08 if begins else 0.08 - one.at.value
    assert one.begins is begins
    assert one.at.holds
    assert 0 <= beyond <= step
    # Without chance the interval is what the search leaves in doubt: from the answer to the value that
    # does not hold, a step away at most.
    assert (one.high if begins else one.low) == one.at.value
    assert one.low <= 0.08 <= one.high
    assert step / 2 < one.high - one.low <= step


def test_a_measure_that_falls_is_searched_as_one_that_rises() -> None:
    # The overspend is 500,000 (0 - margin): it meets 60,000 from below a margin of -12%.
    found = [solved(MARGIN, -0.2, 0.0, f"expected_overspend_gbp {sign} 60_000") for sign in (">=", "<")]
    (falls,), (rises,) = (one.crossings for one in found)
    # Breaks: only a rise, or only a fall, is one way.
    assert all(one.monotone for one in (*found, solved(MARGIN, -0.2, 0.0, "budget_gbp > 450_000")))
    assert (falls.begins, rises.begins) == (False, True)
    assert falls.at.value <= -0.12 <= rises.at.value
    assert rises.at.value - falls.at.value <= 0.2 * 0.001


@pytest.mark.parametrize(
    ("so_that", "answer"),
    [
        ("> 0", (False, 3, 3, 8)),
        ("<= 0", (True, 4, 4, 8)),
        (">= 1", (False, 3, 1, 3)),
        ("< 1", (True, 4, 1, 4)),
        ("< 0", None),
        ("> 1", None),
    ],
)
def test_targets_that_are_met_exactly(so_that: str, answer: tuple[bool, int, int, int] | None) -> None:
    # Breaks: < for <=, > for >=; 0 or 1 refused as a target of a probability, or outside an interval
    # that ends there. South's bond of GBP 59,550 covers its overspends of 15,000 a year for three years;
    # the fourth is one too many. Of 100 contracts, all or none are within sampling error of 1 or 0.
    short = {"rule": {"rule": "expected_spend", "margin_share": -0.0075}}
    scenario = checked(CERTAIN | {"budgets": short})
    question = ("contract.years", 1, 8, f"bond_covers_probability {so_that}")
    found = simulator.solve(scenario, *question, cluster="South", draws=Draws(100))
    crossings = [(one.begins, one.at.value, one.low, one.high) for one in found.crossings]
    assert crossings == ([] if answer is None else [answer])


def test_a_target_below_nothing_stays_so() -> None:
    # Break: its sign is lost.
    assert solved(MARGIN, -0.2, 0.0, "expected_overspend_gbp >= -60_000").crossings == ()


@pytest.mark.parametrize(
    ("given", "hint"), [("100", "did you mean 1?"), ("1.5", "did you mean 0.015?"), ("101", "")]
)
def test_a_percentage_is_told_as_a_share(given: str, hint: str) -> None:
    # Break: 100% is not taken for one.
    (problem,) = problems_of_call(lambda: solved(MARGIN, 0, 1, f"overspend_probability < {given}"))
    assert problem.hint == hint


def test_each_row_has_its_own_measure() -> None:
    # Breaks: the PCT's measure for a cluster's, in either place. South's bond is agreed at GBP 20,000,
    # North's is 3% of a budget of 500,000 (1 + margin): 20,000 at 33.3%, and the PCT's never.
    agreed = checked(CERTAIN | {"clusters": [cluster_of("North"), cluster_of("South", bond_gbp=20_000)]})
    for cluster, crossings in (("North", 1), ("South", 0)):
        found = simulator.solve(
            agreed, MARGIN, 0, 0.5, "bond_posted_gbp >= 20_000", cluster=cluster, draws=Draws(100)
        ).crossings
        assert len(found) == crossings
    (north,) = simulator.solve(
        agreed, MARGIN, 0.0, 0.5, "practice_share_gbp >= bond_posted_gbp", cluster="North", draws=Draws(100)
    ).crossings
    # A tenth of the surplus, 50,000 margin, is 3% of the budget, 15,000 (1 + margin), at 3/7.
    assert north.at.value == pytest.approx(3 / 7, abs=0.0005)


# How closely is searched


def test_the_search_ends_at_the_tolerance() -> None:
    # Breaks: a tolerance of a tenth or ten times as much; a step too many or too few.
    assert 0.0005 < nearest(solved(MARGIN, 0, 1, "budget_gbp >= 540_000")) <= 0.001
    # Eighths of the range halve to 1/64 of it, which is as close as is asked for.
    assert nearest(solved(MARGIN, 0, 1, "budget_gbp >= 540_000", tolerance=1 / 64)) == 1 / 64


def test_tolerances_above_nothing_up_to_a_tenth() -> None:
    assert solved(MARGIN, 0, 1, "budget_gbp >= 540_000", tolerance=0.1).crossings
    for tolerance in (0.0, 0.11):
        (problem,) = problems_of_call(
            lambda given=tolerance: solved(MARGIN, 0, 1, "budget_gbp >= 1", tolerance=given)
        )
        assert problem.where == "tolerance"


def test_only_neighbours_leave_nothing_in_doubt_between_them() -> None:
    # Break: two whole numbers with one between them taken for neighbours. GBP 100 for each of 3,500.
    (coarse,) = solved(PEOPLE, 1_000, 9_000, "spend_gbp < 350_050", tolerance=0.0003).crossings
    assert (coarse.low, coarse.at.value, coarse.high) == (3500, 3500, 3502)
    (fine,) = solved(PEOPLE, 1_000, 9_000, "spend_gbp < 350_050", tolerance=1e-9).crossings
    assert (fine.low, fine.at.value, fine.high) == (3500, 3500, 3500)


@pytest.mark.parametrize(
    ("low", "high", "grid"),
    [
        # The ends a hundred times apart: by ratios, of 100 ** (1/8) = 1.778; and less than that: evenly.
        (100, 10_000, [100, 178, 316, 562, 1000, 1778, 3162, 5623, 10_000]),
        (101, 10_000, [101, 1338, 2576, 3813, 5050, 6288, 7525, 8763, 10_000]),
        # A thousand apart in whole numbers, rounded; fewer, or from a fraction on, in fractions.
        (11, 1_011, [11, 136, 261, 386, 511, 636, 761, 886, 1011]),
        (11, 1_010, [11 + 999 / 8 * step for step in range(9)]),
        (111.5, 1_611, [111.5 + 1499.5 / 8 * step for step in range(9)]),
        (111, 1_611.5, [111 + 1500.5 / 8 * step for step in range(9)]),
        (20, 1_023, [20, 145, 271, 396, 522, 647, 772, 898, 1023]),
    ],
)
def test_how_a_range_is_divided(low: float, high: float, grid: list[float]) -> None:
    # Breaks: another ratio or width at which the scale changes; rounding down; fewer values.
    assert grid_of(solved(PEOPLE, low, high, "spend_gbp > 1e9")) == pytest.approx(grid)


def test_a_range_is_refused_before_anything_is_simulated() -> None:
    # Break: only its lower end is tried.
    done: list[tuple[int, int]] = []
    question = ("rules.surplus.practice_share", 0.2, 1.7, "budget_gbp > 1")
    assert problems_of_call(
        lambda: simulator.solve(
            checked(CERTAIN), *question, draws=Draws(100), progress=lambda *steps: done.append(steps)
        )
    )
    assert done == []


def test_how_the_steps_of_a_range_are_halved() -> None:
    # Breaks: fractions in a range of a thousand; a middle by ratios that is none. GBP 100 a head.
    (even,) = solved(PEOPLE, 11, 1_011, "spend_gbp < 50_050").crossings
    assert (even.at.value, even.high) == (500, 500)
    found = solved(PEOPLE, 100, 10_000, "spend_gbp < 120_050", tolerance=1e-9)
    assert found.crossings[0].at.value == 1_200
    # Between 1,000 and 1,778 lies the root of their product.
    assert 1_333 in [point.value for point in found.points]


# The interval of a crossing


@cache
def normal_spend() -> Scenario:
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": 1},
            shocks={"cluster_year": {"law": "normal", "sd_share": 0.02}},
            service_lines=[line_of(**PLAIN)],
            clusters=[cluster_of("Only", 100_000)],
            rules=[SURPLUS, BOND],
        )
    )


@cache
def spend_over_expectation() -> FloatArray:
    outcomes = simulator.simulate(normal_spend(), Draws(CONTRACTS, SEED)).outcomes
    return (outcomes.spend_gbp / outcomes.budget_gbp).to_numpy()[:, 0, 0] - 1


@pytest.mark.parametrize(("sign", "begins"), [("<", True), (">=", False)])
def test_the_interval_holds_the_margins_whose_interval_holds_the_target(sign: str, begins: bool) -> None:
    # Breaks: an end just inside instead of outside, or at the answer; half of the measure's interval.
    range_, step = 0.06, 0.06 * 0.001
    found = simulator.solve(
        normal_spend(),
        MARGIN,
        0,
        range_,
        f"overspend_probability {sign} 0.1",
        draws=Draws(CONTRACTS, SEED),
    )
    (one,) = found.crossings
    margins = np.linspace(0, range_, 60_001)
    counts = np.searchsorted(np.sort(-spend_over_expectation()), -margins)
    estimates = {count: probability(np.arange(CONTRACTS) < count) for count in set(counts.tolist())}
    inside = [estimates[count].low <= 0.1 <= estimates[count].high for count in counts.tolist()]
    low, high = margins[inside][0], margins[inside][-1]
    meets = margins[[estimates[count].value < 0.1 for count in counts.tolist()]][0]
    fine = margins[1]
    assert low - step - fine <= one.low <= low + fine
    assert high - fine <= one.high <= high + step + fine
    assert one.begins is begins
    if begins:
        assert meets - fine <= one.at.value <= meets + step + fine
    else:
        assert meets - step - fine <= one.at.value <= meets + fine


def test_an_interval_that_the_range_cuts_off_says_so() -> None:
    # Break: the end of the range taken for the end of the interval.
    so_that, draws = "overspend_probability < 0.1", Draws(CONTRACTS, SEED)
    (whole,) = simulator.solve(normal_spend(), MARGIN, 0, 0.06, so_that, draws=draws).crossings
    assert (whole.low_clipped, whole.high_clipped) == (False, False)
    middle = (whole.at.value + whole.low) / 2, (whole.at.value + whole.high) / 2
    for low, high, clipped in ((0.0, middle[1], (False, True)), (middle[0], 0.06, (True, False))):
        (one,) = simulator.solve(normal_spend(), MARGIN, low, high, so_that, draws=draws).crossings
        assert (one.low_clipped, one.high_clipped) == clipped
        assert (one.low == low, one.high == high) == clipped


def test_chance_alone_is_no_rise_and_fall() -> None:
    # Break: any move counts. Shocks that last longer have the same mean, but are not the same draws.
    mapping = scenario_of(
        contract={"start_year": 2010, "years": 2}, service_lines=[line_of()], clusters=[cluster_of("Only")]
    )
    shocks = {"pct": {"size": {"law": "lognormal", "sd_share": 0.02}, "persistence": 0.1}}
    key, so_that = "shocks.pct.persistence", "spend_gbp > 1e9"
    found = simulator.solve(checked(mapping | {"shocks": shocks}), key, 0, 0.99, so_that, draws=Draws(100, 4))
    moves = np.diff([point.estimate.value for point in found.points])
    assert (moves > 0).any()
    assert (moves < 0).any()
    assert found.monotone


def test_what_does_not_move_has_not_risen() -> None:
    # Break: a level counts as a rise. The overspend falls to nothing at a margin of nothing, and stays.
    assert solved(MARGIN, -0.1, 0.1, "expected_overspend_gbp > 20_000").monotone


def test_a_turn_beyond_chance_is_told() -> None:
    # Break: only moves of twenty half intervals count. As the top-slice grows, the pool first fills
    # with it; then there are overspends to pay for.
    mapping = CERTAIN | {
        "service_lines": [line_of(unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 8})],
        "budgets": {"rule": {"rule": "expected_spend", "margin_share": 0.2}},
        "rules": [SURPLUS, BOND, POOL | {"holds_top_slice": True}],
    }
    question = ("budgets.top_slice_share", 0, 0.6, "pool_balance_gbp >= 1e9")
    found = simulator.solve(checked(mapping), *question, draws=Draws(400, SEED))
    assert not found.monotone
