"""What clusters do, worked by hand: what it costs, who is paid, and what it makes of spend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import Draws, InputError, exact_risk, worth
from simulator.actions.management_cost import ManagementCost
from simulator.actions.reduce_demand import ReduceDemand
from simulator.random_streams import RandomStreams
from simulator.records import SPEND, Account, Block
from simulator.risk.account_book import account_books
from simulator.simulation.draws import SettledDraws
from simulator.simulation.plan import make_plan
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.property.test_shared_draws_every_key import differing

DEMAND = {"name": "review", "action": "reduce_demand", "avoided_share": 0.1, "ramp_share_by_year": [0.5, 1.0]}
MANAGEMENT = {"name": "management", "action": "management_cost"}
BLOCK = line_of("community", payment="block")


def after(*actions: Table, **changes: Any) -> Result:
    return simulated(scenario_of(actions=list(actions), **changes))


def spend_after(*actions: Table, contracts: int = 1_000) -> np.ndarray:
    plan = make_plan(checked(scenario_of(actions=list(actions))))
    return plan.draw(RandomStreams(1), Block(0, contracts)).gbp


def gbp(result: Result, reason: str = SPEND) -> np.ndarray:
    return result.contract_outcomes.gbp(reason)


def test_management_is_paid_a_head_in_the_months_that_it_runs() -> None:
    one = MANAGEMENT | {"first_month": 10, "set_up_gbp": 500, "clusters": ["North"], "paid_to": "partner"}
    result = after(one)
    # Half of GBP 25 for 5,000 people, and the set-up; then the whole.
    paid = gbp(result, "cost_of_management")
    assert paid[0].tolist() == [[63_000, 0], [125_000, 0]]
    assert np.array_equal(gbp(result), gbp(after()))
    assert result.rows[0].estimates["partner_net_gain_gbp"].value == pytest.approx(188_000)
    spent = result.contract_outcomes.spend_gbp - after().contract_outcomes.spend_gbp
    assert spent[0].ravel() == pytest.approx([63_000, 0, 125_000, 0])


@pytest.mark.parametrize(
    ("paid_to", "account"),
    [("staff", Account.SUPPLIERS), ("practices", Account.PRACTICES), ("pct", Account.PCT)],
)
def test_who_is_paid_is_who_gains(paid_to: str, account: Account) -> None:
    result = after(MANAGEMENT | {"paid_to": paid_to})
    flow = result.contract_outcomes.flows["cost_of_management"]
    assert (flow.payer, flow.payee, flow.is_spend) == (Account.CLUSTER, account, True)
    # What practices are paid for is no share of a surplus.
    assert "cost_of_management" not in [
        reason for reason, flow in result.contract_outcomes.flows.items() if flow.is_practice_share
    ]


@pytest.mark.parametrize(
    ("paid_by", "payer", "position"),
    [
        ("pct", Account.PCT, "pct_net_position_gbp"),
        ("practices", Account.PRACTICES, "practice_net_gain_gbp"),
    ],
)
def test_an_allowance_beside_the_budget_is_no_spend_of_it(
    paid_by: str, payer: Account, position: str
) -> None:
    # GBP 100 a year for each cluster and 1 a head, from October on.
    beside = MANAGEMENT | {"paid_by": paid_by, "gbp_per_head": 1.0, "gbp_per_year": 100.0, "first_month": 10}
    result, plain = after(beside), after()
    assert gbp(result, "cost_of_management")[0].tolist() == [[2_550, 10_050], [5_100, 20_100]]
    flow = result.contract_outcomes.flows["cost_of_management"]
    assert (flow.payer, flow.payee, flow.is_spend) == (payer, Account.SUPPLIERS, False)
    assert np.array_equal(result.contract_outcomes.spend_gbp, plain.contract_outcomes.spend_gbp)
    assert np.array_equal(result.contract_outcomes.overspend_gbp, plain.contract_outcomes.overspend_gbp)
    one, other = (found.rows[-1].estimates[position].value for found in (result, plain))
    assert one - other == pytest.approx(-37_800)
    found = worth(checked(scenario_of(actions=[beside])), draws=Draws(100)).row("management")
    assert (found.cost.value, found.saving.value, found.net.value) == (37_800, 0, -37_800)


def test_known_avoidance_is_a_true_saving_to_the_last_bit() -> None:
    action = DEMAND | {"clusters": ["South"], "avoided_share": 0.02, "ramp_share_by_year": [0.0, 0.5, 1.0]}
    contract = {"start_year": 2010, "start_month": 7, "years": 3}
    saving = [0.0, 0.01, 0.02]
    clusters = [cluster_of("North"), cluster_of("South", 20_000, true_saving_share_by_year=saving)]
    assert (
        differing(
            after(action, contract=contract), simulated(scenario_of(contract=contract, clusters=clusters))
        )
        == []
    )


def test_chancy_avoidance_is_a_share_of_what_was_drawn_where_it_works() -> None:
    often = DEMAND | {"probability_of_working": 0.6, "service_lines": ["admissions"], "gbp_per_case": 10}
    before, now = spend_after(contracts=5_000), spend_after(often, contracts=5_000)
    assert np.array_equal(now[:, 0], before[:, 0])
    assert np.array_equal(now[..., 1], before[..., 1])
    left = now[:, 1:, :, 0] / before[:, 1:, :, 0]
    works = left[:, 1, 0] < 0.95
    assert works.mean() == pytest.approx(0.6, abs=4 * (0.24 / 5_000) ** 0.5)
    assert left[works] == pytest.approx(np.broadcast_to([[0.95], [0.9]], left[works].shape))
    assert (left[~works] == 1).all()
    # 500 and 2,000 cases a year are looked at, whether it works or not.
    acted = make_plan(checked(scenario_of(actions=[often])))
    assert acted.actions.cost_gbp() == pytest.approx(np.array([[5_000, 20_000]] * 2))


def test_clusters_may_try_each_by_itself_and_no_draw_depends_on_other_actions() -> None:
    alone = DEMAND | {"probability_of_working": 0.5, "common_to_clusters": False}
    other = MANAGEMENT | {"gbp_per_head": 0.0}
    third = alone | {"name": "another", "avoided_share": {"mean": 0.0, "sd": 0.05}}
    some: list[list[Table]] = [[], [alone], [other, alone], [third], [alone, third]]
    none, one, one_again, another, both = (spend_after(*actions) for actions in some)
    assert np.array_equal(one, one_again)
    works = one[:, 2, :, 0] < 0.95 * none[:, 2, :, 0]
    assert abs(np.corrcoef(works.T)[0, 1]) < 4 / 1_000**0.5
    assert both / one == pytest.approx(another / none)


@pytest.mark.parametrize(
    "action",
    [
        DEMAND | {"avoided_share": 0.0},
        DEMAND | {"probability_of_working": 0.0},
        DEMAND | {"avoided_share": 0.0, "holds_back_care": True, "probability_of_working": 0.5},
        DEMAND | {"clusters": []},
        MANAGEMENT | {"gbp_per_head": 0.0},
    ],
)
def test_doing_nothing_changes_no_bit(action: Table) -> None:
    lines = [line_of(), BLOCK]
    assert differing(after(action, service_lines=lines), after(service_lines=lines)) == []


def test_a_block_contract_pays_what_it_pays() -> None:
    uncertain = DEMAND | {"avoided_share": {"mean": 0.1, "sd": 0.1}}
    for action in (DEMAND, uncertain):
        assert differing(after(action, service_lines=[BLOCK]), after(service_lines=[BLOCK])) == []


def test_care_held_back_is_told_and_is_no_part_of_what_is_avoided() -> None:
    held = DEMAND | {"holds_back_care": True}
    clusters = [cluster_of("North", proportion=0.5), cluster_of("South", 20_000)]
    result, plain = after(held, clusters=clusters), after(clusters=clusters)
    less = plain.contract_outcomes.spend_gbp - result.contract_outcomes.spend_gbp
    assert result.contract_outcomes.held_back_gbp == pytest.approx(less)
    assert less[:, 1] == pytest.approx(0.1 * plain.contract_outcomes.spend_gbp[:, 1])
    told = result.rows[-1].estimates["care_held_back_gbp"].value
    assert told == pytest.approx(less.sum(axis=(1, 2)).mean())
    assert after(DEMAND).rows[-1].estimates["care_held_back_gbp"].value == 0


def test_shared_draws_act_as_simulate_does() -> None:
    actions = [DEMAND | {"avoided_share": {"mean": 0.02, "sd": 0.03}}, MANAGEMENT]
    shared = SharedDraws(SettledDraws(5_100, 1))
    for some in ([], actions, actions[:1], actions[1:]):
        scenario = scenario_of(actions=some)
        assert differing(shared.simulate(checked(scenario)), simulated(scenario, contracts=5_100)) == []


def test_the_exact_method_takes_what_is_known_and_refuses_chance() -> None:
    # Without bonds that depend on two years: the law of each year.
    known = exact_risk(checked(scenario_of(actions=[DEMAND, MANAGEMENT])))
    simulated_ = simulated(scenario_of(actions=[DEMAND, MANAGEMENT]), contracts=20_000)
    overspends = simulated_.contract_outcomes.overspend_gbp[:, 1, 1]
    error = 4 * overspends.std() / 20_000**0.5
    (row,) = (one for one in known.rows if (one.cluster, one.year) == ("South", "2011/12"))
    assert row.estimates["expected_overspend_gbp"].value == pytest.approx(overspends.mean(), abs=error)
    chancy = exact_risk(checked(scenario_of(actions=[DEMAND | {"probability_of_working": 0.5}])))
    assert "the action review, which chance decides" in chancy.rows[0].not_given


@pytest.mark.parametrize(
    ("action", "said"),
    [
        (DEMAND | {"clusters": ["West"]}, "actions.review.clusters"),
        (DEMAND | {"service_lines": ["admission"]}, "actions.review.service_lines"),
        (DEMAND | {"first_year": 2005}, "actions.review.first_year"),
        (DEMAND | {"action": "reduce_demands"}, 'did you mean "reduce_demand"?'),
        (DEMAND | {"avoided_share": 5}, "avoided_share"),
        (MANAGEMENT | {"paid_by": "pct", "paid_to": "pct"}, "another party"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(action: Table, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        after(action)
    assert said in str(refusal.value)


def test_chance_decides_once_for_all_clusters_where_an_action_says_nothing_of_it() -> None:
    assert ManagementCost.example().is_common
    assert not ReduceDemand.example().model_copy(update={"common_to_clusters": False}).is_common


def test_names_are_used_once() -> None:
    with pytest.raises(InputError, match="each name in actions once"):
        after(DEMAND, DEMAND)


def test_names_that_money_cannot_tell_apart_are_refused() -> None:
    others = [MANAGEMENT | {"name": "a-b"}, MANAGEMENT | {"name": "a b", "paid_to": "practices"}]
    with pytest.raises(InputError, match=r"a name that differs from .*a-b.* in letters or digits"):
        checked(scenario_of(actions=others))


def test_a_shifted_service_is_paid_at_its_own_price_and_brings_demand_elsewhere() -> None:
    shift = {
        "name": "skin clinic",
        "action": "shift_service",
        "service_line": "admissions",
        "moved_share": 0.2,
        "price_ratio": 1.5,
        "provided_by": "practices",
        "ramp_share_by_year": [0.5, 1.0],
        "knock_on": [{"service_line": "prescribing", "cases_per_case": 2}],
    }
    clusters = [cluster_of("North", proportion=0.5), cluster_of("South", 20_000)]
    result = after(shift, clusters=clusters)
    before, now = (simulate_spend(clusters, some) for some in ([], [shift]))
    moved = np.array([0.1, 0.2])[:, None]
    assert now[..., 0] == pytest.approx(before[..., 0] * (1 - moved))
    # 100 admissions and 2,000 prescriptions a year for each 1,000 people: a tenth moved is 10, and brings 20.
    assert now[..., 1] == pytest.approx(before[..., 1] * (1 + moved * 2 * 100 / 2_000))
    income = gbp(result, "income_from_skin_clinic")
    answers = np.array([0.5, 1.0])
    assert income == pytest.approx((1.5 * moved * before[..., 0] * answers)[:100])
    outcomes = result.contract_outcomes
    outside = gbp(result, "income_from_skin_clinic_outside_budgets")[..., 0]
    assert outside == pytest.approx(income[..., 0])
    assert outcomes.flows["income_from_skin_clinic"].payee == Account.PRACTICES
    providers = outcomes.paid_gbp(tuple(Account), (Account.PROVIDERS,))
    assert providers == pytest.approx(now.sum(axis=-1)[:100])
    # The income is in the practices' position, and no share of theirs.
    share = outcomes.gbp("practice_share")[..., 1].sum(axis=1).mean()
    assert result.rows[1].estimates["practice_share_gbp"].value == pytest.approx(share)
    book = account_books(outcomes, result.plan.terms)[1]
    of_bond = book.gained_gbp((Account.PRACTICES, Account.BOND)) - income[..., 1].sum(axis=1)
    lost = outcomes.paid_gbp((Account.BOND,), (Account.CLUSTER,))[..., 1].sum(axis=1)
    assert of_bond == pytest.approx(outcomes.practice_share_gbp[..., 1].sum(axis=1) - lost)


def simulate_spend(clusters: list[Table], actions: list[Table]) -> np.ndarray:
    plan = make_plan(checked(scenario_of(clusters=clusters, actions=actions)))
    return plan.draw(RandomStreams(1), Block(0, 5_000)).gbp[:, 1:]


def test_a_shift_brings_nothing_to_a_line_that_a_cluster_has_no_need_of(tmp_path: Path) -> None:
    lists = "practice_code,practice,list_size,weighted_old\nA,Abbey,1000,0\nB,Bridge,3000,2000\n"
    (tmp_path / "practices.csv").write_text(lists, encoding="utf-8")
    shift = {"name": "x", "action": "shift_service", "service_line": "admissions", "moved_share": 0.2}
    mapping = scenario_of(
        population={"practices_csv": "practices.csv"},
        service_lines=[line_of(), line_of("homes", need_weights="weighted_old")],
        clusters=[cluster_of("North", None, practices=["A"]), cluster_of("South", None, practices=["B"])],
        actions=[shift | {"knock_on": [{"service_line": "homes", "cases_per_case": 1}]}],
    )
    plan = make_plan(checked(mapping, folder=tmp_path))
    north, south = plan.draw(RandomStreams(1), Block(0, 100)).gbp[:, 1:, :, 1].sum(axis=(0, 1))
    assert north == 0
    assert south > 0


def test_prices_of_a_shift_are_lognormal_and_others_are_providers() -> None:
    shift = {"name": "x", "action": "shift_service", "service_line": "admissions", "moved_share": 0.1}
    done = simulated(scenario_of(actions=[shift | {"ramp_share_by_year": [1.0]}]), contracts=5_000)
    none = simulated(scenario_of(), contracts=5_000)
    ratio = gbp(done, "care_by_x") / (gbp(none) - gbp(done))
    assert ratio.min() >= 0
    assert done.contract_outcomes.flows["care_by_x"].payee == Account.PROVIDERS


def test_bills_are_right_on_average_and_checking_them_moves_all_clusters_alike() -> None:
    bills = {"name": "bills", "action": "check_bills", "service_lines": ["admissions"]}
    before, now = spend_after(contracts=5_000), spend_after(bills, contracts=5_000)
    back = 1 - now[:, 1:, :, 0] / before[:, 1:, :, 0]
    assert back == pytest.approx(np.broadcast_to(back[:, :1, :1], back.shape), abs=1e-12)
    assert back.mean() == pytest.approx(0, abs=4 * 0.02 / 5_000**0.5)
    assert back[:, 0, 0].std() == pytest.approx(0.02, rel=0.05)
    assert np.array_equal(now[..., 1], before[..., 1])


def test_practices_far_from_the_mean_are_brought_in_from_above_and_below() -> None:
    levels = [
        {"practice": "A", "cluster": "North", "people_share": 0.4, "level": 1.5},
        {"practice": "B", "cluster": "North", "people_share": 0.2, "level": 0.6},
        {"practice": "C", "cluster": "North", "people_share": 0.1, "level": 1.1},
    ]
    outliers = {
        "name": "outliers",
        "action": "outlier_practices",
        "levels": levels,
        "brought_in_share": 0.5,
        "ramp_share_by_year": [1.0],
    }
    # Half of 0.3 beyond the band in 40% of the people, less half of 0.2 below it in 20%: 4%.
    plain, both, above = (
        make_plan(checked(scenario_of(actions=some))).expected_counts
        for some in ([], [outliers], [outliers | {"low_ones_too": False}])
    )
    assert both[1:, 0] / plain[1:, 0] == pytest.approx(0.96)
    assert above[1:, 0] / plain[1:, 0] == pytest.approx(0.94)
    assert np.array_equal(both[:, 1], plain[:, 1])


@pytest.mark.parametrize(
    "action",
    [
        {"name": "x", "action": "shift_service", "service_line": "admissions"},
        {"name": "x", "action": "check_bills", "net_share": 0.0},
        {"name": "x", "action": "outlier_practices"},
    ],
)
def test_of_nothing_comes_nothing(action: Table) -> None:
    assert differing(after(action), after()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"service_line": "admission"}, "actions.x.service_line"),
        ({"knock_on": [{"service_line": "tests", "cases_per_case": 1}]}, "knock_on"),
    ],
)
def test_lines_of_a_shift_are_those_of_the_scenario(change: Table, said: str) -> None:
    with pytest.raises(InputError, match=said):
        after({"name": "x", "action": "shift_service", "service_line": "admissions"} | change)


def test_no_fewer_cases_than_none_and_no_more_than_all_are_moved() -> None:
    moved = {"mean": 0.5, "sd": 0.5}
    shift = {"name": "move", "action": "shift_service", "service_line": "admissions", "moved_share": moved}
    result = after(shift | {"price_ratio": 1.0})
    (care,) = (name for name in result.contract_outcomes.flows if name.startswith("care_by_"))
    elsewhere, plain = gbp(result, care), gbp(after())
    at_all = elsewhere > 0
    # One SD below the mean is none, and one above it is all: a sixth of draws lie beyond either.
    assert 0.7 < at_all.mean() < 0.95
    assert elsewhere.min() == 0
    assert gbp(result) + elsewhere == pytest.approx(plain)
    assert gbp(result).min() > 0  # prescribing is left
