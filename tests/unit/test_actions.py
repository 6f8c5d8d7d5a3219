"""What clusters do, worked by hand: what it costs, who is paid, and what it makes of spend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator import InputError, exact_risk
from simulator.random_streams import RandomStreams
from simulator.records import SPEND, Account, Block
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
    ],
)
def test_what_cannot_be_is_refused_with_its_place(action: Table, said: str) -> None:
    with pytest.raises(InputError) as refusal:
        after(action)
    assert said in str(refusal.value)


def test_names_are_used_once() -> None:
    with pytest.raises(InputError, match="each name in actions once"):
        after(DEMAND, DEMAND)
