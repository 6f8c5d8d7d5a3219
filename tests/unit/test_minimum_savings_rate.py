"""The minimum savings rate: which surpluses practices share in; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import InputError
from simulator.rules.minimum_rate import MEDICARE, MinimumRate
from simulator.rules.surplus import SurplusSplit
from tests.references.money_by_notation import MEDICARE as REFERENCE
from tests.unit.settling import BOND, SPLIT, moved, settled

# 2% of a budget of 100,000 is 2,000.
BUDGET = [[100_000]]


def _split(once_met: str = "first_pound", **changes: object) -> SurplusSplit:
    rate = MinimumRate(share_of_budget=0.02, once_met=once_met)
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
    none = MinimumRate(share_of_budget=0)
    split = SPLIT.model_copy(update={"minimum_savings_rate": none})
    assert _parts(split, 1_000) == _parts(SPLIT, 1_000)


@pytest.mark.parametrize(
    ("people", "rate"),
    # The table's own nodes, halfway between two, and beyond either end.
    [(5_000, 0.039), (12_500, 0.0285), (35_000, 0.0235), (60_000, 0.02), (200, 0.122), (1e6, 0.02)],
)
def test_medicare_s_table(people: float, rate: float) -> None:
    assert MinimumRate(by_people="medicare").of(np.array([people])) == pytest.approx([rate])


def test_medicare_s_table_is_that_of_the_reference() -> None:
    assert dict(MEDICARE) == {people: pytest.approx(rate / 100) for people, rate in REFERENCE.items()}


def test_only_medicare_s_table_is_called_so() -> None:
    nodes = [{"people": 1_000, "share_of_budget": 0.04}, {"people": 3_000, "share_of_budget": 0.02}]
    medicare, own = (MinimumRate(by_people=one).in_words("year") for one in ("medicare", nodes))
    assert medicare.endswith(
        "from 12.2% for 500 people to 2% for 60,000, in the table of the Medicare Shared Savings Program"
    )
    assert own.endswith("from 4% for 1,000 people to 2% for 3,000")


def test_it_goes_by_the_size_of_each_cluster() -> None:
    # 4% of 100,000 for 1,000 people, 3% for 2,000: a surplus of 3,500 is shared by the larger one alone.
    nodes = [{"people": 1_000, "share_of_budget": 0.04}, {"people": 3_000, "share_of_budget": 0.02}]
    split = SPLIT.model_copy(update={"minimum_savings_rate": MinimumRate(by_people=nodes)})
    settlement = settled([split, BOND], [[100_000] * 2], [[96_500] * 2], people=[1_000.0, 2_000.0])
    assert moved(settlement, "practice_share")[0] == pytest.approx([0, 350])


def test_a_cap_on_what_practices_keep() -> None:
    # 10% of 8,000 is 800; at most half a per cent of 100,000 is 500. The other 7,500 are split as ever.
    split = SPLIT.model_copy(update={"cap_share_of_budget": 0.005})
    assert _parts(split, 8_000) == pytest.approx([500, 3_000, 4_500])
    assert _parts(split, 4_000) == pytest.approx([400, 1_440, 2_160])


def test_a_cap_of_the_whole_contract_is_of_its_budgets() -> None:
    # 10% of 8,000 less 1,000; at most a quarter of a per cent of 200,000.
    split = SPLIT.model_copy(update={"cap_share_of_budget": 0.0025, "settlement": "whole_contract"})
    settlement = settled([split, BOND], [[100_000]] * 2, [[92_000], [101_000]])
    assert moved(settlement, "practice_share").ravel() == pytest.approx([0, 500])


@pytest.mark.parametrize(
    ("rate", "need"),
    [
        ({}, "one of share_of_budget and by_people"),
        ({"share_of_budget": 0.02, "by_people": "medicare"}, "one of share_of_budget and by_people"),
        ({"by_people": [{"people": 5, "share_of_budget": 0.1}] * 2}, "sizes in by_people that rise"),
    ],
)
def test_a_rate_is_given_once_and_in_order(rate: dict[str, object], need: str) -> None:
    with pytest.raises(InputError, match=need):
        MinimumRate(**rate)


def test_medicare_s_rates_fall_with_size() -> None:
    people = np.array([node[0] for node in MEDICARE])
    rates = MinimumRate(by_people="medicare").of(people)
    assert (np.diff(rates) < 0).all()
    assert (rates.max(), rates.min()) == (0.122, 0.02)
