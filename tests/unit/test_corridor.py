"""The risk corridor: what the PCT bears and takes beyond it; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator import InputError
from simulator.records import Account
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.deficit_recovery import DeficitRecovery
from tests.builders import BOND, SURPLUS, checked, cluster_of, line_of, scenario_of, simulated
from tests.unit.settling import POOL, SPLIT, moved, settled

# 5% of a budget of 100,000 is 5,000 either side; beyond, a quarter is the cluster's.
CORRIDOR = Corridor(width_share=0.05, cluster_share_beyond=0.25)
BUDGET = [[100_000]]


@pytest.mark.parametrize(
    ("spend", "borne", "taken"),
    [
        # 4,000 beyond the corridor, of which the PCT has three quarters.
        (109_000, 3_000, 0),
        (91_000, 0, 3_000),
        # Within it, at its edge, and right on the budget nothing moves.
        (104_000, 0, 0),
        (95_000, 0, 0),
        (105_000, 0, 0),
        (100_000, 0, 0),
    ],
)
def test_it_is_the_same_on_either_side(spend: float, borne: float, taken: float) -> None:
    settlement = settled([CORRIDOR], BUDGET, [[spend]])
    assert moved(settlement, "corridor_payment")[0, 0] == pytest.approx(borne)
    assert moved(settlement, "corridor_return")[0, 0] == pytest.approx(taken)


@pytest.mark.parametrize(("share", "borne"), [(0.0, 4_000), (1.0, 0)])
def test_all_or_nothing_beyond(share: float, borne: float) -> None:
    corridor = Corridor(width_share=0.05, cluster_share_beyond=share)
    assert moved(settled([corridor], BUDGET, [[109_000]]), "corridor_payment")[0, 0] == borne
    assert moved(settled([corridor], BUDGET, [[91_000]]), "corridor_return")[0, 0] == borne


# Of the Affordable Care Act, 2014-16: nothing within 3%, half from there to 8%, 80% beyond.
ACA = Corridor(
    bands=(
        {"up_to_share": 0.03, "cluster_share": 1.0},
        {"up_to_share": 0.08, "cluster_share": 0.5},
        {"cluster_share": 0.2},
    )
)


@pytest.mark.parametrize(
    ("outturn", "pct"),
    [
        (3_000, 0),
        # Half of 2,000; at 8% half of 5,000; at 12% besides 80% of 4,000.
        (5_000, 1_000),
        (8_000, 2_500),
        (12_000, 5_700),
    ],
)
def test_bands_of_the_affordable_care_act(outturn: float, pct: float) -> None:
    assert moved(settled([ACA], BUDGET, [[100_000 + outturn]]), "corridor_payment")[0, 0] == pytest.approx(
        pct
    )
    assert moved(settled([ACA], BUDGET, [[100_000 - outturn]]), "corridor_return")[0, 0] == pytest.approx(pct)


def test_either_side_may_have_bands_of_its_own() -> None:
    # Professional ACO REACH for surpluses: 50% of 5,000 and 65% of 2,000. Of overspends the PCT has nothing.
    reach = ({"up_to_share": 0.05, "cluster_share": 0.5}, {"cluster_share": 0.35})
    corridor = Corridor(surplus_bands=reach)
    assert moved(settled([corridor], BUDGET, [[93_000]]), "corridor_return")[0, 0] == pytest.approx(3_800)
    assert not moved(settled([corridor], BUDGET, [[130_000]]), "corridor_payment").any()
    both = Corridor(bands=ACA.bands, surplus_bands=reach)
    assert moved(settled([both], BUDGET, [[93_000]]), "corridor_return")[0, 0] == pytest.approx(3_800)
    assert moved(settled([both], BUDGET, [[105_000]]), "corridor_payment")[0, 0] == pytest.approx(1_000)
    assert "Of an overspend the cluster has 100% of what lies within 3%" in " ".join(both.in_words())


def test_it_says_whose_what_lies_beyond_is() -> None:
    (words,) = CORRIDOR.in_words()
    assert "beyond it the PCT takes 75%, and 25% stays with the cluster" in words


def test_one_width_is_two_bands_bit_for_bit() -> None:
    bands = Corridor(bands=({"up_to_share": 0.05, "cluster_share": 1.0}, {"cluster_share": 0.25}))
    for spend in (91_234.56, 108_765.43):
        one, two = (settled([rule], BUDGET, [[spend]]) for rule in (CORRIDOR, bands))
        for reason in ("corridor_payment", "corridor_return"):
            assert np.array_equal(moved(one, reason), moved(two, reason))


@pytest.mark.parametrize(
    "bands",
    [
        [{"up_to_share": 0.03, "cluster_share": 1.0}],
        [{"cluster_share": 1.0}, {"cluster_share": 0.5}],
        [
            {"up_to_share": 0.05, "cluster_share": 1.0},
            {"up_to_share": 0.05, "cluster_share": 0.5},
            {"cluster_share": 0.2},
        ],
    ],
)
def test_bands_that_are_not_one_after_the_other(bands: list[dict[str, float]]) -> None:
    with pytest.raises(InputError, match="up_to_share rises"):
        checked(scenario_of(rules=[{"rule": "corridor", "bands": bands}]))


@pytest.mark.parametrize(
    "shape", [{}, {"width_share": 0.05}, {"width_share": 0.05, "cluster_share_beyond": 0.5, "bands": [{}]}]
)
def test_a_corridor_has_one_shape(shape: dict[str, object]) -> None:
    if "bands" in shape:
        shape = shape | {"bands": [{"cluster_share": 0.5}]}
    with pytest.raises(InputError, match="either width_share"):
        checked(scenario_of(rules=[{"rule": "corridor"} | shape]))


def test_its_width_is_of_each_year_s_budget() -> None:
    # Of 200,000 it is 10,000: 2,000 of the second year's 12,000 are beyond.
    settlement = settled([CORRIDOR], [[100_000], [200_000]], [[100_000], [212_000]])
    assert moved(settlement, "corridor_payment").ravel() == pytest.approx([0, 1_500])


def test_bond_and_pool_pay_what_it_leaves() -> None:
    # 3,000 of 9,000 fall on the PCT; the bond of 2% pays 2,000 of the other 6,000.
    settlement = settled([CORRIDOR, Bond(share_of_annual_budget=0.02), POOL], BUDGET, [[109_000]])
    assert moved(settlement, "bond_draw")[0, 0] == pytest.approx(2_000)
    assert moved(settlement, "uncovered_overspend")[0, 0] == pytest.approx(4_000)


def test_what_it_leaves_of_a_surplus_is_shared() -> None:
    # 3,000 of 9,000 go to the PCT; of 6,000 practices have 10%.
    settlement = settled([CORRIDOR, SPLIT.model_copy(update={"needs_bond": False}), POOL], BUDGET, [[91_000]])
    assert moved(settlement, "practice_share")[0, 0] == pytest.approx(600)
    # The PCT gave 100,000 and got 3,000 back; the pool has 40% of 5,400.
    assert settlement.ledger.balance(Account.PCT)[0, 0] == pytest.approx(-97_000)
    assert settlement.ledger.balance(Account.POOL)[0, 0] == pytest.approx(2_160)


def test_what_the_pct_bears_is_no_deficit_to_repay() -> None:
    # Of the first year's 9,000 the PCT bears 3,000 for good, and pays 6,000 that are carried forward.
    settlement = settled([CORRIDOR, DeficitRecovery()], BUDGET * 2, [[109_000], [92_000]])
    # Of the second year's 8,000 the PCT takes 75% of 3,000; the other 5,750 repay.
    assert moved(settlement, "corridor_return").ravel() == pytest.approx([0, 2_250])
    assert moved(settlement, "deficit_repaid").ravel() == pytest.approx([0, 5_750])


def test_the_summary_asks_of_bonds_only_what_the_corridor_leaves() -> None:
    # One cluster, one year, one line whose budget is known: 500 cases at GBP 1,000 are 500,000.
    line = line_of(unit_cost_gbp={"model": "empirical", "values": [1000]})
    corridor = {"rule": "corridor", "width_share": 0.01, "cluster_share_beyond": 0}
    scenario = scenario_of(
        contract={"start_year": 2010, "years": 1},
        service_lines=[line],
        clusters=[cluster_of("North")],
        rules=[corridor, SURPLUS, BOND],
    )
    result = simulated(scenario, contracts=1000)
    summary = result.rows[0].estimates
    overspend = result.contract_outcomes.overspend_gbp[:, 0, 0]
    # Without the corridor a bond would have to pay 1.64 SDs of 22.4 cases.
    assert np.quantile(overspend, 0.95) == pytest.approx(1.64 * 22_400, rel=0.1)
    # The corridor is 5,000 wide, and the bond of 3% is 15,000.
    assert summary["bond_needed_gbp"].value == pytest.approx(5_000)
    assert summary["bond_covers_probability"].value == 1
    assert summary["pct_payment_gbp"].value == pytest.approx(np.maximum(overspend - 5_000, 0).mean())
    # The bond pays all that the corridor leaves: no overspend falls on the PCT but the corridor's part.
    together = result.rows[-1].estimates
    assert together["pool_and_bonds_cover_probability"].value == 1
    outcomes = result.outcomes
    for name in ("uncovered_overspend_gbp", "corridor_payment_gbp"):
        assert outcomes[name].attrs["paid_by"] == "PCT"
    paid = outcomes["uncovered_overspend_gbp"] + outcomes["corridor_payment_gbp"]
    assert float(paid.sum("year").mean()) == pytest.approx(summary["pct_payment_gbp"].value)
