"""The minimum savings rate: which surpluses practices share in; worked by hand."""

from __future__ import annotations

import pytest

from simulator.rules.surplus import MinimumSavingsRate, SurplusSplit
from tests.unit.settling import BOND, SPLIT, moved, settled

# 2% of a budget of 100,000 is 2,000.
BUDGET = [[100_000]]


def _split(once_met: str = "first_pound", **changes: object) -> SurplusSplit:
    rate = MinimumSavingsRate(share_of_budget=0.02, once_met=once_met)
    return SPLIT.model_copy(update={"minimum_savings_rate": rate} | changes)


def _parts(split: SurplusSplit, surplus: float) -> list[float]:
    settlement = settled([split, BOND], BUDGET, [[100_000 - surplus]])
    reasons = ("practice_share", "pct_return", "reinvestment")
    return [float(moved(settlement, reason)[0, 0]) for reason in reasons]


@pytest.mark.parametrize(
    ("once_met", "surplus", "expected"),
    [
        # Not met: the PCT 40%, patients 60%, as where nobody may keep a share.
        ("first_pound", 1_999, [0, 799.6, 1199.4]),
        ("excess", 1_999, [0, 799.6, 1199.4]),
        # Met to the pound: practices share in all 2,000, or in none of them.
        ("first_pound", 2_000, [200, 720, 1080]),
        ("excess", 2_000, [0, 800, 1200]),
        # 10% of 5,000, and the rest 40 to 60; or 10% of the 3,000 beyond.
        ("first_pound", 5_000, [500, 1800, 2700]),
        ("excess", 5_000, [300, 1880, 2820]),
        ("first_pound", 0, [0, 0, 0]),
    ],
)
def test_what_practices_share_in(once_met: str, surplus: float, expected: list[float]) -> None:
    assert _parts(_split(once_met), surplus) == pytest.approx(expected)


@pytest.mark.parametrize("taken_from", ["top", "reinvestment", "pct_return"])
def test_below_the_rate_it_does_not_matter_whose_part_the_share_would_be(taken_from: str) -> None:
    assert _parts(_split(practice_share_from=taken_from), 1_000) == pytest.approx([0, 400, 600])


def test_the_rate_is_of_each_year_s_budget() -> None:
    # 1,500 is 1.5% of the first year's 100,000 and 3% of the second's 50,000.
    settlement = settled([_split(), BOND], [[100_000], [50_000]], [[98_500], [48_500]])
    assert moved(settlement, "practice_share").ravel() == pytest.approx([0, 150])


def test_clusters_meet_it_each_for_itself() -> None:
    settlement = settled([_split(), BOND], [[100_000, 100_000]], [[99_000, 97_000]])
    assert moved(settlement, "practice_share")[0] == pytest.approx([0, 300])


def test_a_rate_of_zero_leaves_everything_as_it_was() -> None:
    none = MinimumSavingsRate(share_of_budget=0)
    split = SPLIT.model_copy(update={"minimum_savings_rate": none})
    assert _parts(split, 1_000) == _parts(SPLIT, 1_000)
