"""Estimates are shown with the digits that their error allows."""

from __future__ import annotations

import pytest

from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money
from simulator.risk.rounding import decimals_for, rounded


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
