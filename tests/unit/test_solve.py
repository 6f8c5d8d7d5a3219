"""Conditions, ranges and answers of `solve`, worked by hand."""

from __future__ import annotations

import pytest

import simulator
from simulator.questions.solve.ask import Solution, solve
from simulator.questions.solve.condition import Scale, read_condition
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimators import Mean
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import BOND as BOND_RULE
from tests.builders import POOL, SURPLUS, Table, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

# Paid en bloc nothing varies: 5,000 people cost GBP 500,000 a year in 500 admissions of GBP 1,000.
CERTAIN = scenario_of(
    contract={"start_year": 2010, "years": 1},
    service_lines=[line_of(payment="block")],
    clusters=[cluster_of("North")],
)
MARGIN = "budgets.rule.margin_share"
BOND = "rules.bond.share_of_annual_budget"


def solved(
    key: str, low: float, high: float, so_that: str, mapping: Table = CERTAIN, **more: object
) -> Solution:
    return solve(checked(mapping), key, low, high, so_that, **{"draws": Draws(100)} | more)  # type: ignore[arg-type]


def test_an_answer_without_chance() -> None:
    # A budget of (1 + margin) 500,000 is GBP 540,000 where the margin is 8%.
    found = solved(MARGIN, 0, 0.5, "budget_gbp >= 540_000")
    (one,) = found.crossings
    assert one.begins
    assert one.at.value == pytest.approx(0.08, abs=0.001 * 0.5)
    assert one.low <= 0.08 <= one.high
    assert one.at.holds
    assert (one.low_clipped, one.high_clipped) == (False, False)
    # The interval is no wider than the search's own step.
    assert one.high - one.low <= 0.001 * 0.5
    assert found.sentences()[0].startswith("The margin of budgets must be at least 8.0")
    assert found.sentences()[0].endswith(
        "the budget over the contract is at least £540,000 for all clusters together."
    )


def test_a_measure_that_falls() -> None:
    # Without a margin spend of 500,000 leaves nothing; the overspend is 500,000 (0 - margin).
    found = solved(MARGIN, -0.2, 0.0, "expected_overspend_gbp >= 60_000")
    (one,) = found.crossings
    assert not one.begins
    assert one.at.value == pytest.approx(-0.12, abs=0.0002)
    assert "The margin of budgets must be at most -12.0" in found.sentences()[0]


@pytest.mark.parametrize(
    ("so_that", "begins", "at"),
    [
        ("pool_payment_gbp >= 0", None, None),
        ("expected_overspend_gbp <= 0", True, 0.0),
        ("expected_overspend_gbp < 0", None, None),
        ("expected_overspend_gbp > 0", False, 0.0),
    ],
)
def test_strict_and_not(so_that: str, begins: bool | None, at: float | None) -> None:
    # The overspend is above zero below a margin of zero, and zero from there on.
    found = solved(MARGIN, -0.1, 0.1, so_that)
    if begins is None:
        assert found.crossings == ()
    else:
        (one,) = found.crossings
        assert one.begins == begins
        assert one.at.value == pytest.approx(at, abs=0.0002)


def test_whole_numbers_are_found_exactly() -> None:
    # GBP 500,000 a year; more than 1,200,000 takes three years. Fractions of a year are refused.
    found = solved("contract.years", 1, 5, "spend_gbp > 1_200_000")
    (one,) = found.crossings
    assert (one.at.value, one.low, one.high) == (3, 3, 3)
    assert [point.value for point in found.points] == [1, 2, 3, 4, 5]
    (falls,) = solved("contract.years", 1, 5, "spend_gbp < 1_200_000").crossings
    assert (falls.at.value, falls.low, falls.high, falls.begins) == (2, 2, 2, False)


def test_many_people_are_searched_by_ratios_in_whole_numbers() -> None:
    # GBP 100 a head: GBP 1 million a year for 10,000 people.
    found = solved("clusters.North.people", 1_000, 1_000_000, "spend_gbp < 1_000_050", tolerance=1e-9)
    (one,) = found.crossings
    assert one.at.value == 10_000
    assert not one.begins
    assert all(point.value == int(point.value) for point in found.points)
    assert [point.value for point in found.points if point.on_grid][:3] == [1_000, 2_371, 5_623]


def test_everywhere_and_nowhere() -> None:
    everywhere = solved(MARGIN, 0, 0.1, "budget_gbp >= 400_000")
    assert everywhere.crossings == ()
    assert "holds everywhere from 0% to 10% of the margin of budgets" in everywhere.sentences()[0]
    assert "£500.00k at 0% and £550.00k at 10%" in everywhere.sentences()[1]
    nowhere = solved(MARGIN, 0, 0.1, "budget_gbp >= 600_000")
    assert "holds nowhere" in nowhere.sentences()[0]
    idle = solved(BOND, 0, 0.1, "budget_gbp >= 600_000")
    assert "It does not depend on the bond as a share of the annual budget" in idle.sentences()[2]


def test_two_measures() -> None:
    # Budget less spend is 500,000 times the margin; a practice share of 10% is less than the 36%
    # that goes to the pool (40% of what is left) where there is a surplus.
    found = solved(MARGIN, -0.1, 0.1, "practice_share_gbp < pct_return_gbp")
    (one,) = found.crossings
    assert one.begins
    assert one.at.value == pytest.approx(0, abs=0.0002)
    # At a margin of 10%: 5,000 less 0.4 * 45,000.
    assert found.points[-1].estimate.value == pytest.approx(5_000 - 18_000)
    assert (
        "the practice share over the contract less the PCT return over the contract" in found.sentences()[1]
    )


def test_differences_of_means_are_paired() -> None:
    mapping = scenario_of()
    condition = read_condition("practice_share_gbp > reinvestment_gbp", "North", 2)
    result = simulate(checked(mapping), Draws(100, 1))
    flows = result.contract_outcomes
    apart = (flows.gbp("practice_share") - flows.gbp("reinvestment")).sum(axis=1)[:, 0]
    assert condition.samples(result) == pytest.approx(apart)
    assert isinstance(condition.estimator, Mean)


# A top-slice t of a budget of GBP 600,000 goes to the pool; so does 36% of what is left of the rest
# over 500,000. Beyond t = 1/6 there is an overspend of 600,000 t - 100,000: the bond of 3% pays the
# first 18,000 (1 - t) of it, the pool all else, so that 100,000 + 18,000 (1 - t) stay in the pool.
TOP_SLICE = "budgets.top_slice_share"
TURNS = CERTAIN | {
    "budgets": {"rule": {"rule": "expected_spend", "margin_share": 0.2}},
    "rules": [SURPLUS, BOND_RULE, POOL | {"holds_top_slice": True}],
}


def test_a_measure_that_turns_is_warned_of() -> None:
    found = solved(TOP_SLICE, 0, 0.9, "pool_balance_gbp >= 50_000", TURNS)
    assert len(found.crossings) == 1
    assert not found.monotone
    assert "Warning: the measure both rises and falls" in found.sentences()[-1]
    rising = solved(TOP_SLICE, 0, 0.1, "pool_balance_gbp >= 50_000", TURNS)
    assert rising.monotone
    assert "Warning" not in " ".join(rising.sentences())


def test_every_crossing_is_found() -> None:
    # 600,000 t = 110,000, and 100,000 + 18,000 (1 - t) = 110,000.
    found = solved(TOP_SLICE, 0, 0.9, "pool_balance_gbp >= 110_000", TURNS)
    begins, ceases = found.crossings
    assert (begins.begins, ceases.begins) == (True, False)
    assert begins.at.value == pytest.approx(11 / 60, abs=0.001)
    assert ceases.at.value == pytest.approx(4 / 9, abs=0.001)
    assert begins.high < ceases.low
    assert "more than once" in found.sentences()[-1]


def test_the_package_offers_it() -> None:
    assert simulator.solve is solve


def test_tables() -> None:
    found = solved(MARGIN, 0, 0.5, "budget_gbp >= 540_000")
    table = found.frame("values").reset_index()
    assert table[MARGIN].is_monotonic_increasing
    assert len(found.frame("grid")) == 9
    assert list(table.budget_gbp) == pytest.approx(list(500_000 * (1 + table[MARGIN])))
    holds = table.holds.str.startswith("yes")
    assert (holds == (table.budget_gbp >= 540_000)).all()
    (row,) = found.frame("answer").reset_index().to_dict("records")
    assert row[MARGIN] == found.crossings[0].at.value
    assert row["holds"] == "above"
    assert (row["low_end_is_the_range_s"], row["high_end_is_the_range_s"]) == ("no", "no")


def test_a_measure_may_stand_on_both_sides_with_or_without_its_unit() -> None:
    # The margin is the surplus; a tenth of it is the share. The bond is never drawn where there is a surplus.
    found = solved(MARGIN, -0.2, 0.2, "practice_share >= expected_bond_draw")
    assert found.condition.what == "practice_share_gbp less expected_bond_draw_gbp"
    (one,) = found.crossings
    assert one.begins
    assert one.at.value == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize(
    ("so_that", "words"),
    [
        ("overspend_probability", "MEASURE >= VALUE"),
        ("overspend_probability = 0.1", "MEASURE >= VALUE"),
        ("overspend_probability => 0.1", "MEASURE >= VALUE"),
        ("0.1 > overspend_probability", "one of annual_budget_gbp"),
        ("overspend_probability >= 1.2", "a probability from 0 to 1"),
        ("overspend_probability >= -0.1", "a probability from 0 to 1"),
        ("overspend_probability >= nan", "a number"),
        ("overspend_probability >= shared_bond_needed_gbp", "two means"),
        ("overspend_probability_year_3 > 0.1", "one of annual_budget_gbp"),
        ("", "MEASURE >= VALUE"),
    ],
)
def test_conditions_that_are_none(so_that: str, words: str) -> None:
    (problem,) = problems_of_call(lambda: read_condition(so_that, "All clusters together", 2))
    assert problem.where == "so that"
    assert words in problem.need


def test_near_names_are_offered() -> None:
    found = problems_of_call(lambda: read_condition("budgt < spnd", "All clusters together", 1))
    assert [one.hint for one in found] == ['did you mean "budget_gbp"?', 'did you mean "spend_gbp"?']
    (problem,) = problems_of_call(lambda: read_condition("overspend_probability < 10", ALL_CLUSTERS, 1))
    assert problem.hint == "did you mean 0.1?"


@pytest.mark.parametrize(
    ("right", "plain"),
    [("90%", "0.9"), ("£500k", "500000"), ("£1.5m", "1500000"), ("-£2,000", "-2000"), ("12.5 %", "0.125")],
)
def test_a_number_with_a_unit_is_told_plain(right: str, plain: str) -> None:
    (problem,) = problems_of_call(lambda: read_condition(f"pool_balance_gbp >= {right}", ALL_CLUSTERS, 1))
    assert problem.need.startswith("a plain number")
    assert problem.hint == f"{right} is written {plain}"


def test_what_a_cluster_has_not() -> None:
    (problem,) = problems_of_call(lambda: solved(BOND, 0, 1, "pool_balance_gbp > 0", cluster="North"))
    assert "of all clusters together" in problem.got


@pytest.mark.parametrize(
    ("key", "low", "high", "need"),
    [
        (MARGIN, 0.5, 0.5, "LOW:HIGH"),
        (MARGIN, 0.5, 0.1, "LOW:HIGH"),
        (MARGIN, 0.0, float("inf"), "LOW:HIGH"),
        ("budgets.rule.margin", 0.0, 0.1, "a key"),
        ("rules.surplu.practice_share", 0.0, 0.1, "a key: one of surplus"),
        ("title", 0.0, 1.5, "text"),
        ("simulation.seed", 1, 5, "a key outside [simulation]"),
        ("simulation.contracts", 100, 500, "a key outside [simulation]"),
        ("rules.surplus.practice_share", 0.2, 1.7, "a share from 0 to 1"),
        ("rules.surplus.practice_share", 0, 3, "a share from 0 to 1"),
        ("contract.years", 0.5, 3, "whole number"),
        ("clusters.*.takes_share", 0, 1, "true or false"),
    ],
)
def test_ranges_that_are_none(key: str, low: float, high: float, need: str) -> None:
    (problem,) = problems_of_call(lambda: solved(key, low, high, "budget_gbp > 1"))
    assert need in problem.need


def test_every_problem_at_once() -> None:
    found = problems_of_call(
        lambda: solved(MARGIN, 1, 0, "budgt > 1", cluster="Noth", tolerance=0.5, draws=Draws(100, -1, 0))
    )
    places = ["cluster", "tolerance", "so that", "workers", "seed", f"range of {MARGIN}"]
    assert sorted(problem.where for problem in found) == sorted(places)
    (problem,) = problems_of_call(lambda: solve("file.toml", MARGIN, 0, 1, "budget_gbp > 1"))  # type: ignore[arg-type]
    assert problem.where == "scenario"


def test_a_measure_that_a_value_has_not() -> None:
    two_years = CERTAIN | {"contract": {"start_year": 2010, "years": 2}}
    so_that = "overspend_probability_year_2 > 0.5"
    (problem,) = problems_of_call(lambda: solved("contract.years", 1, 3, so_that, two_years))
    assert problem.where == "so that"


def test_scales() -> None:
    # Three decades in six steps; a quarter way between 1 and 9 by differences is 3.
    assert Scale(1, 1_000).grid(4) == pytest.approx((1, 10, 100, 1_000))
    assert Scale(1, 9).grid(5) == (1, 3, 5, 7, 9)
    assert Scale(1, 3, whole=True).grid(9) == (1, 2, 3)
    assert Scale(10, 1_000).middle(10, 1_000) == pytest.approx(100)
    assert Scale(-1, 1).middle(-1, 1) == 0
    assert Scale(0, 4).apart(1, 2) == 0.25
    assert Scale(0, 1).text(1e-7) == "1e-07"
    assert Scale(0, 5, whole=True).text(5.0) == "5"


def test_values_are_rounded_to_what_their_error_allows() -> None:
    found = solved(MARGIN, 0, 0.5, "budget_gbp >= 540_000")
    assert found.shown(0.61834, 0.03) == "62%"
    assert found.shown(0.61834) == "61.834%"
    assert solved("contract.years", 1, 5, "spend_gbp > 1_200_000").shown(3.0) == "3"
    assert Estimate(1, 0, 2).half_width == 1
