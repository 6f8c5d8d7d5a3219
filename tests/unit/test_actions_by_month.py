"""Actions on single months, worked by hand: in-year control, and spending too fast."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator import InputError
from simulator.actions.by_month import ByMonth
from simulator.actions.chance import Chance
from simulator.actions.early_spending import EarlySpending
from simulator.actions.in_year_control import InYearControl
from simulator.actions.scene import Care
from simulator.questions.months.ask import running_position
from simulator.records import Outturn, Spend
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws, same_demand
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.property.test_shared_draws_every_key import differing

CONTROL = {"name": "control", "action": "in_year_control", "service_lines": ["planned"], "lag_months": 1}
EARLY = {"name": "early", "action": "early_spending", "more_share": 0.1}
LINES = [line_of("planned"), line_of("emergency")]
MILLION = 1e6


def care_of(planned: float, emergency: float, budget: float) -> Care:
    """Return a single year of a single cluster in twelve months that are alike, in millions of pounds."""
    scenario = scenario_of(contract={"start_year": 2010, "years": 1}, service_lines=LINES)
    scene = make_plan(checked(scenario | {"clusters": [cluster_of("Only")]})).actions.scene
    months = np.full((1, 12, 1), 1 / 12)
    year = np.array([planned, emergency]) * 12 * MILLION
    spend = Spend(np.broadcast_to(year, (1, 2, 1, 2)).copy())

    def books(care: Spend) -> tuple[Spend, Outturn]:
        of_year = np.full((1, 1, 1), budget * MILLION)
        return care, Outturn(of_year, care.contract_gbp.sum(axis=-1), of_year, of_year[0])

    even = replace(scene, month_shares=np.full((1, 12, 2), 1 / 12))
    return Care(even, spend, books, ((months, months),))


def year_after(action: ByMonth, care: Care) -> tuple[list[float], np.ndarray]:
    """Return what an action makes of the lines in millions, and of the months of the first."""
    after = action.act(care, Chance(action.name, care.scene.clusters, common=True, carried=True))
    year = after.spend.gbp[0, 1, 0] / MILLION
    return year.tolist(), after.months[0][0][0, :, 0] * year[0]


def control(**terms: Any) -> InYearControl:
    return InYearControl(name="control", action="in_year_control", service_lines=("planned",), **terms)


def test_control_does_what_it_can_and_no_more() -> None:
    # A pound of 11 a month can wait. April says 132 against 120: from June on a tenth of it is put off each
    # month, the most that can be, until 3.3% of 12 are: three tenths, and then 0.096.
    care = care_of(1.0, 10.0, 120.0)
    year, months = year_after(control(lag_months=1), care)
    assert year == pytest.approx([12 - 0.396, 120])
    assert months == pytest.approx([1, 1, 0.9, 0.9, 0.9, 0.904, 1, 1, 1, 1, 1, 1])


def test_control_brings_a_year_back_to_its_budget_and_leaves_one_within_the_trigger() -> None:
    # April says 120.24: 0.22 of the 11 that are left is put off, the same in every month.
    care = care_of(1.0, 9.02, 120.0)
    year, months = year_after(control(lag_months=0, trigger_share=0.0), care)
    assert sum(year) == pytest.approx(120)
    assert months == pytest.approx([1, *[1 - 0.24 / 11] * 11])
    assert year_after(control(trigger_share=0.0021), care)[0] == [12, 9.02 * 12]


def test_what_is_decided_already_is_known_to_the_forecast() -> None:
    # April says 1.2 over, to come off 8 months from August on: 0.15. May then says 1.05, to come off 7.
    care = care_of(1.0, 9.1, 120.0)
    wide = {"most_of_month_share": 1.0, "most_of_year_share": 1.0, "trigger_share": 0.0}
    _, months = year_after(control(lag_months=3, **wide), care)
    assert months == pytest.approx([1, 1, 1, 1, *[0.85] * 8])


def test_early_spending_is_got_back_in_part() -> None:
    # A tenth on six months of 1; half of 0.6 comes off the other six.
    early = EarlySpending(name="early", action="early_spending", service_lines=("planned",), more_share=0.1)
    year, months = year_after(early, care_of(1.0, 9.0, 120.0))
    assert year == pytest.approx([12.3, 108])
    assert months == pytest.approx([1.1] * 6 + [0.95] * 6)


def test_no_more_is_saved_early_than_would_be_spent() -> None:
    # A figure with an SD may say half as much again: of 1 a month 1 is saved, and half of it comes back.
    early = EarlySpending(name="early", action="early_spending", service_lines=("planned",))
    more = early.more(care_of(1.0, 9.0, 120.0), 0, np.full((1, 12, 1), -1.5), [0])
    assert more[0][0, :, 0] == pytest.approx([-1.0] * 6 + [0.5] * 6)


def after(*actions: Table, **changes: Any) -> Any:
    lines = [*LINES, line_of("community", payment="block")]
    return scenario_of(**({"actions": list(actions), "service_lines": lines} | changes))


@pytest.mark.parametrize(
    "action",
    [
        CONTROL | {"most_of_month_share": 0.0},
        CONTROL | {"most_of_year_share": 0.0},
        CONTROL | {"trigger_share": 1.0},
        CONTROL | {"probability_of_working": 0.0},
        CONTROL | {"service_lines": ["community"]},
        EARLY | {"more_share": 0.0},
        EARLY | {"clusters": []},
    ],
    ids=str,
)
def test_doing_nothing_changes_no_bit(action: Table) -> None:
    assert differing(simulated(after(action)), simulated(after())) == []


def test_what_is_got_back_in_full_moves_months_and_no_year() -> None:
    moved, plain = (
        simulated(after(*some), contracts=200) for some in ([EARLY | {"got_back_share": 1.0}], [])
    )
    assert moved.contract_outcomes.spend_gbp == pytest.approx(plain.contract_outcomes.spend_gbp)


def test_without_months_that_are_left_nothing_is_got_back() -> None:
    short: Table = {"contract": {"start_year": 2010, "start_month": 10, "years": 1}, "service_lines": LINES}
    kept, plain = (simulated(after(*some, **short)) for some in ([EARLY], []))
    assert kept.contract_outcomes.spend_gbp == pytest.approx(1.1 * plain.contract_outcomes.spend_gbp)


def test_care_that_is_reined_in_is_told_as_held_back() -> None:
    tight = {"budgets": {"rule": {"rule": "expected_spend", "margin_share": -0.05}}}
    held, plain = (simulated(after(*some, **tight)).contract_outcomes for some in ([CONTROL], []))
    less = plain.spend_gbp - held.spend_gbp
    assert held.held_back_gbp == pytest.approx(less)
    # 500 and 2,000 cases at GBP 1,000 are planned, of which 3.3% is the most.
    assert less.mean(axis=(0, 1)) / [500_000, 2_000_000] == pytest.approx([0.033, 0.033], abs=0.008)


def test_care_that_was_put_off_comes_back_in_the_next_year_in_part() -> None:
    lines = [line_of("planned", price_growth_share=0.05), line_of("emergency")]
    tight = {"budgets": {"rule": {"rule": "expected_spend", "margin_share": -0.05}}, "service_lines": lines}
    # In the second year it does nothing.
    once = CONTROL | {"ramp_share_by_year": [1.0, 0.0]}
    plain, gone, back = (
        simulated(scenario_of(actions=some, **tight)).contract_outcomes
        for some in ([], [once], [once | {"comes_back_share": 0.6}])
    )
    put_off = plain.spend_gbp[:, 0] - gone.spend_gbp[:, 0]
    assert put_off.mean() > 5_000
    assert np.array_equal(back.spend_gbp[:, 0], gone.spend_gbp[:, 0])
    assert back.spend_gbp[:, 1] - plain.spend_gbp[:, 1] == pytest.approx(0.6 * 1.05 * put_off)
    # People get it after all.
    assert back.held_back_gbp.sum(axis=1) == pytest.approx(gone.held_back_gbp.sum(axis=1) * (1 - 0.63))


def test_nothing_comes_back_to_a_line_without_a_case() -> None:
    # About one case a year: in many contracts there is one in the first year and none in the second.
    rare = {"service_lines": [line_of("planned", rate_per_1000=1)], "clusters": [cluster_of("Only", 1_000)]}
    tight = {"budgets": {"rule": {"rule": "expected_spend", "margin_share": -0.05}}, **rare}
    once = CONTROL | {"ramp_share_by_year": [1.0, 0.0], "comes_back_share": 1.0}
    plain, back = (
        simulated(scenario_of(actions=some, **tight)).contract_outcomes.spend_gbp[..., 0]
        for some in ([], [once])
    )
    alone = (back[:, 0] < plain[:, 0]) & (plain[:, 1] == 0)
    assert alone.any()
    assert np.array_equal(back[alone, 1], plain[alone, 1])


def test_shared_draws_react_as_simulate_does() -> None:
    actions = [CONTROL | {"probability_of_working": 0.7, "common_to_clusters": False}, EARLY]
    some = [
        after(*actions, budgets={"rule": {"rule": "expected_spend", "margin_share": margin}})
        for margin in (-0.03, 0.01)
    ]
    shared = SharedDraws(SettledDraws(5_100, 1))
    for scenario in some:
        assert differing(shared.simulate(checked(scenario)), simulated(scenario, contracts=5_100)) == []
    one, other = (make_plan(checked(scenario)) for scenario in some)
    assert not same_demand(one, other)
    assert same_demand(one, make_plan(checked(some[0])))


def test_other_actions_move_no_draw_of_months() -> None:
    alone, both = (
        simulated(after(*some)) for some in ([EARLY], [EARLY, CONTROL | {"most_of_year_share": 0.0}])
    )
    assert differing(alone, both) == []


def test_the_running_position_has_the_months_that_actions_made() -> None:
    moved = {"got_back_share": 1.0, "more_share": 0.2}
    scenario = checked(after(EARLY | moved, service_lines=LINES))
    found = running_position(scenario, draws=Draws(2_000))
    spent = simulated(after(EARLY | moved, service_lines=LINES), contracts=2_000).contract_outcomes
    last = (spent.spend_gbp[:, 0] - spent.gbp("budget")[:, 0]).sum(axis=1)
    assert found.of()[:, -1] == pytest.approx(last)
    # By the end of September a fifth of half a year's spend is ahead of the phased budget.
    by_september = found.of()[:, 5]
    ahead = 0.2 * 183 / 365 * 5_000_000
    assert by_september.mean() == pytest.approx(ahead, abs=4 * by_september.std() / 2_000**0.5)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ({"name": "control", "action": "in_year_control"}, "actions.control.service_lines"),
        (CONTROL | {"service_lines": []}, "service_lines"),
        (CONTROL | {"service_lines": ["plans"]}, "planned"),
        (CONTROL | {"lag_months": 12}, "lag_months"),
        (EARLY | {"first_months": 0}, "first_months"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(action: Table, said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked(after(action))


def test_an_action_of_some_months_acts_on_their_part_of_a_year_s_cases() -> None:
    # Of the first line each month has a twelfth; of the other April to September have a tenth each.
    shares = np.array([[1 / 12] * 12, [0.1] * 6 + [0.4 / 6] * 6]).T
    scene = replace(care_of(1.0, 9.0, 120.0).scene, month_shares=shares[None])
    assert control(first_month=10).active_share(scene)[0, 0] == pytest.approx([0.5, 0.4])


def test_no_month_is_left_with_less_than_nothing() -> None:
    care = care_of(1.0, 9.0, 120.0)
    after = care.by_month(0, {0: np.full((1, 12, 1), -1.1)}, held_back=False)
    assert after.spend.gbp[0, 1, 0].tolist() == [0, 9 * 12 * MILLION]


def test_control_knows_no_least_sum() -> None:
    """A hundred-millionth of all amounts, pennies, is reined in by the same shares."""
    action, found = control(lag_months=1), []
    for part in (1.0, 1e-8):
        care = care_of(1.0 * part, 10.0 * part, budget=120.0 * part)
        after = action.act(care, Chance(action.name, care.scene.clusters, common=True, carried=True))
        found.append(after.spend.gbp / care.spend.gbp)
    assert found[1] == pytest.approx(found[0], rel=1e-9)
    assert found[0].min() < 0.99
