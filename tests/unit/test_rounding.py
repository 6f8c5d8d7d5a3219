"""Estimates are shown with the digits that their error allows."""

from __future__ import annotations

import pytest

from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import about, bound_in_per_cent, contracts_in_100, decimals_for, money, rounded


@pytest.mark.parametrize(
    ("half_width", "decimals"),
    [(0.94, 1), (0.012, 3), (0.0196, 2), (0.2, 1), (1.0, 1), (3.0, 0), (42.0, -1), (150.0, -1)],
)
def test_one_digit_of_the_error_is_kept_or_two_after_a_one(half_width, decimals):
    assert decimals_for(half_width) == decimals


@pytest.mark.parametrize(
    ("value", "half_width", "unit", "shown"),
    [
        (0.6213, 0.0094, 0.01, ("62.1", "0.9")),  # a probability in per cent
        (1_234_567, 12_345, 1e6, ("1.235", "0.012")),  # two digits of an error that starts with 1
        (2_163, 42, 1.0, ("2,160", "40")),  # tens
        (2_730_400, 300, 1e6, ("2.730", "0.001")),  # four digits at most; the error never vanishes
        (0.0, 0.0004, 0.01, ("0.00", "0.04")),
        (2.0, 0.0, 1.0, ("2.00", "0")),  # exact
        (-0.00001, 0.0004, 1.0, ("0.0000", "0.0004")),  # no minus before nothing
        (-870_300, 9_000, 1e3, ("-870", "9")),
    ],
)
def test_estimate_and_error_are_rounded_alike(value, half_width, unit, shown):
    assert rounded(value, half_width, unit) == shown


def test_a_loss_has_its_sign_before_the_pound():
    assert money(Estimate(-870_300.0, -879_300.0, -861_300.0)) == "-£870k ± 9k"
    assert money(Estimate(870_300.0, 861_300.0, 879_300.0)) == "£870k ± 9k"


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        # Wilson's interval of none in 2,000 ends at 0.19%; of all, it starts at 99.81%.
        (0.0, 0.0, 0.0019, "under 0.19"),
        (1.0, 0.9981, 1.0, "over 99.81"),
        # 99.6 ± 1.0 would pass 100; 0.05 ± 0.07 would pass 0. Rounded away from the estimate.
        (0.996, 0.986, 0.999, "over 98.6"),
        (0.0005, 0.0001, 0.0012, "under 0.12"),
        (0.00049, 0.0001, 0.00121, "under 0.13"),
        # These can stand, and what has no error, too.
        (0.621, 0.612, 0.63, ""),
        (0.98, 0.97, 0.99, ""),
        (1.0, 1.0, 1.0, ""),
        # No probability.
        (-0.01, -0.03, 0.01, ""),
    ],
)
def test_near_the_ends_a_probability_is_a_bound(value: float, low: float, high: float, words: str) -> None:
    assert bound_in_per_cent(value, low, high) == words


@pytest.mark.parametrize(
    ("value", "low", "high", "heard"),
    [
        (1_420_000.0, 1_380_000.0, 1_460_000.0, "about £1.42m (between £1.38m and £1.46m)"),
        (1_500_000.0, 1_500_000.0, 1_500_000.0, "about £1.50m"),
        (0.0, 0.0, 5_000.0, "about £0k (between £0k and £5k)"),
        (5_000.0, 0.0, 5_000.0, "about £5k (between £0k and £5k)"),
    ],
)
def test_what_is_heard_has_its_interval_unless_it_is_known(value, low, high, heard):
    assert about(Estimate(value, low, high), Unit.GBP) == heard


def test_nothing_is_shown_with_what_is_not_known_of_it():
    assert money(Estimate(0.0, -50.0, 50.0)) == "£0 ± 50"
    assert money(Estimate(0.0, 0.0, 0.0)) == "£0"


def test_what_rounds_to_a_thousand_is_one_of_the_next_unit():
    assert money(Estimate(999_990.0, 989_990.0, 1_009_990.0)) == "£1.000m ± 0.010m"
    assert money(Estimate(999_990_000.0, 989_990_000.0, 1_009_990_000.0)) == "£1,000m ± 10m"


def test_a_chance_next_to_one_is_of_nearly_every_contract():
    assert contracts_in_100(Estimate(0.998, 0.997, 0.999)) == "more than 99 contracts in 100"
    assert contracts_in_100(Estimate(0.002, 0.001, 0.003)) == "fewer than 1 contract in 100"
