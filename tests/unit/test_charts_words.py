"""Numbers and words as charts write them, by hand."""

from __future__ import annotations

import pytest

from simulator.answers.measure_words import measure_in_words
from simulator.answers.settings import setting, setting_value
from simulator.charts.style import apart, legible, wrapped
from simulator.charts.words import (
    money,
    per_cent,
    per_cent_tick,
    phrase,
    pounds,
    pounds_together,
    sentence,
    shares_together,
    short,
)
from simulator.risk.estimate import Estimate, Unit

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "£0"),
        (1_200_000, "£1.2m"),
        (-1_234_567, f"{MINUS}£1.23m"),
        (999_999, "£1m"),
        (999, "£999"),
        (950_000, "£950k"),
        (2.5e9, "£2.5bn"),
        (0.4, "£0.4"),
        (-0.0, "£0"),
        (-2.9e-11, "£0"),
    ],
)
def test_pounds_on_axes(value: float, text: str) -> None:
    assert pounds(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.5, "50%"), (-0.025, f"{MINUS}2.5%"), (0, "0%"), (1, "100%")])
def test_shares_on_axes(value: float, text: str) -> None:
    assert per_cent_tick(value) == text


def test_numbers_of_an_axis_have_one_unit_and_the_same_decimals() -> None:
    assert pounds_together([-500_000, 0, 500_000, 1_000_000, 1_500_000]) == [
        f"{MINUS}£0.5m",
        "£0",
        "£0.5m",
        "£1.0m",
        "£1.5m",
    ]
    assert pounds_together([0, 500_000, 1_000_000]) == ["£0", "£0.5m", "£1.0m"]
    assert shares_together([-0.025, 0, 0.05]) == [f"{MINUS}2.5%", "0%", "5.0%"]
    assert short(Estimate(16_500, 13_500, 19_500)) == "£16k"


def test_estimates_with_their_errors() -> None:
    assert money(Estimate(1_423_456, 1_380_000, 1_466_912)) == "£1.42m ± 0.04m"
    assert money(Estimate(-1_423_456, -1_466_912, -1_380_000)) == f"{MINUS}£1.42m ± 0.04m"
    assert money(Estimate(1000, 1000, 1000)) == "£1k"
    assert per_cent(Estimate(0.6213, 0.6121, 0.6305)) == "62.1% ± 0.9%"
    assert per_cent(Estimate(0.1, 0.1, 0.1), sign="p") == "10p"
    assert phrase(Estimate(0.05, 0.04, 0.06), Unit.PROBABILITY, signed=True) == "+5.0 ± 1.0 pts"
    assert phrase(Estimate(-5000, -6000, -4000), Unit.GBP, signed=True) == f"{MINUS}£5.0k ± 1.0k"


def test_sentences_and_settings() -> None:
    assert sentence("What now?") == "What now?"
    assert sentence("Nothing") == "Nothing."
    assert setting("rules.bond.share_of_annual_budget") == "bond as a share of the annual budget"
    assert setting("service_lines.0.growth_share") == "growth of demand a year of service line 1"
    assert setting("clusters.*.true_saving_share") == "true saving of demand of every cluster"
    assert setting('clusters."St. Neots".people') == "people of St. Neots"
    assert setting("service_lines.ae_attendances.rate_per_1000") == (
        "cases per 1,000 people a year of A&E attendances"
    )
    assert setting("rules.bond.top_up") == "bond topped up"
    assert setting_value("rules.bond.top_up", "false") == "no"
    assert setting("rules.pool.holds_top_slice") == "pool, holds top slice"
    assert setting("budgets.top_slice_share") == "top slice of budgets"
    assert setting_value("rules.bond.share_of_annual_budget", "0.03") == "3%"
    assert setting_value("rules.per_case_limit.limit_gbp", "30000") == "£30,000"
    assert setting_value("budgets.rule", "toolkit") == "toolkit"
    assert setting_value("clusters.0.people", "143250") == "143,250"
    assert setting_value("contract.years", "3") == "3"
    assert measure_in_words("overspend_probability_year_2") == "chance of an overspend in year 2"
    assert measure_in_words("leaves_probability_year_1") == "chance that a cluster leaves after year 1"
    assert measure_in_words("pct_cost_gbp") == "cost to the PCT"
    assert measure_in_words("pct_net_position_1_in_20_gbp") == "PCT's net position at 1 in 20"


def test_words_are_broken_where_they_must() -> None:
    assert wrapped("one two", 10, 8) == "one two"
    assert wrapped("one two", 0.3, 8) == "one\ntwo"
    assert wrapped("x" * 40, 1.0, 8).replace("\n", "") == "x" * 40
    assert wrapped("one two three", 0.3, 8, most_lines=2) == "one\ntwo…"
    assert wrapped("1 point", 0.3, 8) == "1\npoint"
    # A number stays with its unit.
    assert "\n" not in wrapped("1\N{NO-BREAK SPACE}pt", 0.5, 8)


def test_signs_that_the_font_lacks_are_replaced() -> None:
    assert legible("£ Ĉ 中") == "£ Ĉ \N{REPLACEMENT CHARACTER}"


def test_labels_move_apart_no_more_than_they_must() -> None:
    assert apart([0, 10, 20], 5) == [0, 10, 20]
    # Three within a gap of each other: a gap apart about their mean.
    assert apart([1, 2, 3], 3) == pytest.approx([-1, 2, 5])
    # Two that touch push a third, which then belongs to them.
    assert apart([0, 1, 4], 3) == pytest.approx([5 / 3 - 3, 5 / 3, 5 / 3 + 3])
