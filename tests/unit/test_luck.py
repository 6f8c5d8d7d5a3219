"""`luck`: estimates worked by hand, the rules that it lays over a scenario, and what it refuses."""

from __future__ import annotations

import math
from io import StringIO

import numpy as np
import pytest

import simulator
from simulator.answers.printer import Printer
from simulator.questions.luck.answer import AS_IT_IS, LuckAnswer
from simulator.questions.luck.ask import PolicySizes, at_saving, policies_of, with_rule
from simulator.questions.luck.estimates import (
    EARNED,
    LUCK_SHARE,
    PAID,
    SAVERS,
    SAVERS_OF_A_YEAR,
    SHARE,
    SHARE_PER_HEAD,
    SHARE_PER_YEAR,
    UNPAID,
    change_of,
    changes,
    estimates,
    of_a_cluster,
    of_a_cluster_difference,
    savers_of_surpluses,
    surpluses,
)
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import probability, probability_difference
from simulator.rules.corridor import Corridor
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.simulation.draws import Draws
from tests.builders import (
    BOND,
    CORRIDOR,
    DEFICIT_RECOVERY,
    PER_CASE_LIMIT,
    SURPLUS,
    Table,
    checked,
    cluster_of,
    line_of,
    scenario_of,
)
from tests.unit.problems import problems_of_call

NO_BOND = SURPLUS | {"needs_bond": False}


def asked(mapping: Table, *overrides: str, **options: object) -> LuckAnswer:
    return simulator.luck(checked(mapping, *overrides), **{"draws": Draws(200, 2)} | options)  # type: ignore[arg-type]


def printed_of(answer: LuckAnswer) -> str:
    stream = StringIO()
    Printer(stream).answer(answer)
    return " ".join(stream.getvalue().split())


def rules(scenario: simulator.Scenario) -> list[str]:
    return [rule.rule for rule in scenario.settings.rules]


def test_estimates_by_hand() -> None:
    # Two clusters in four contracts; sums with the saving 10, 30, 0, 40, and without 0, 20, 0, 0.
    paid = np.array([[10.0, 0.0], [10.0, 20.0], [0.0, 0.0], [40.0, 0.0]])
    luck = np.array([[0.0, 0.0], [0.0, 20.0], [0.0, 0.0], [0.0, 0.0]])
    found = estimates(paid, luck, years=2.5, people=40)
    assert found[SHARE].value == 20
    assert found[SHARE_PER_YEAR].value == pytest.approx(8)
    assert found[SHARE_PER_HEAD].value == pytest.approx(0.5)
    # Of eight clusters' contracts, four are paid. Shares by contract 1/2, 1, 0, 1/2: SD root 1/6.
    assert (found[PAID].value, found[UNPAID].value) == (0.5, 0.5)
    assert found[PAID].standard_error == pytest.approx(math.sqrt(1 / 6 / 4))
    # Differences 10, 10, 0, 40.
    assert found[EARNED].value == 15
    assert found[EARNED].standard_error == pytest.approx(np.std([10, 10, 0, 40], ddof=1) / 2)
    # 5 of 20; residuals 0 - 2.5, 20 - 7.5, 0 and 0 - 10, with mean 0.
    assert found[LUCK_SHARE].value == 0.25
    residual = math.sqrt((2.5**2 + 12.5**2 + 10**2) / 3 / 4)
    assert found[LUCK_SHARE].standard_error == pytest.approx(residual / 20)


def test_changes_by_hand() -> None:
    paid, luck = np.array([[8.0], [0.0], [4.0]]), np.array([[2.0], [0.0], [0.0]])
    base, base_luck = np.array([[9.0], [3.0], [6.0]]), np.array([[3.0], [3.0], [0.0]])
    found = changes(paid, luck, base, base_luck)
    # Changes -1, -3, -2; earned 6, 0, 4 in place of 6, 0, 6; one contract of three is no longer paid.
    assert found[change_of(SHARE)].value == pytest.approx(-2)
    assert found[change_of(SHARE)].standard_error == pytest.approx(1 / math.sqrt(3))
    assert found[change_of(EARNED)].value == pytest.approx(-2 / 3)
    assert found[change_of(PAID)].value == pytest.approx(-1 / 3)
    assert found[change_of(UNPAID)].value == pytest.approx(1 / 3)


def test_savers_of_surpluses_by_hand() -> None:
    # Two clusters in four contracts. With the saving there are 6 surpluses of 8, without it 2: 6 of 8.
    saving = np.array([[1, 1], [1, 1], [1, 0], [1, 0]], dtype=bool)
    none = np.array([[1, 0], [1, 0], [0, 0], [0, 0]], dtype=bool)
    found = savers_of_surpluses(saving, none)
    assert found is not None
    assert found.value == 0.75
    # By contract 1 - 0.75 * 1.5 = -0.125 twice, 0.5 - 0.75 * 0.5 = 0.125 twice; the mean below is 1.
    assert found.standard_error == pytest.approx(math.sqrt(4 * 0.125**2 / 3 / 4))
    assert found.high <= 1
    assert savers_of_surpluses(~saving & saving, ~saving & saving) is None
    alike = savers_of_surpluses(saving, saving)
    assert alike is not None
    assert (alike.value, alike.half_width) == (0.5, 0)


def test_the_error_of_savers_is_that_of_drawing_contracts_again() -> None:
    # Two clusters whose years share a shock; a saving moves every one of them up.
    rng = np.random.default_rng(3)
    left = rng.standard_normal((600, 1, 1)) + rng.standard_normal((600, 3, 2))
    saving, none = left > 0.2, left > 0.6
    found = savers_of_surpluses(saving, none)
    assert found is not None
    again = []
    for _ in range(1_000):
        some = rng.integers(0, 600, 600)
        savers, others = saving[some].sum(), none[some].sum()
        again.append(savers / (savers + others))
    assert found.standard_error == pytest.approx(np.std(again), rel=0.1)


def test_a_surplus_is_of_a_year_and_of_the_contract() -> None:
    result = simulator.simulate(checked(scenario_of(rules=[SURPLUS, BOND])), draws=Draws(200, 2))
    outcomes = result.contract_outcomes
    of_years, of_contract = surpluses(outcomes, (1, 0))
    left = outcomes.gbp("budget") - outcomes.spend_gbp
    assert (of_years[:, 1, 0] == (left[:, 1, 1] > 0.005)).all()
    assert (of_contract[:, 1] == (left[:, :, 0].sum(axis=1) > 0.005)).all()


def test_what_luck_settles_moves_the_same_money() -> None:
    leaves = BOND | {"when_exhausted": "leaves"}
    result = simulator.simulate(checked(scenario_of(rules=[SURPLUS, leaves])), draws=Draws(200, 2))
    whole, less = result.contract_outcomes, result.plan.settle(result.outturn, bonds_needed=False)
    assert list(less.flows) == list(whole.flows)
    assert all((less.gbp(one) == whole.gbp(one)).all() for one in whole.flows)
    assert np.isnan(less.bond_needed_gbp).all()
    assert less.bond_needed_gbp.shape == whole.bond_needed_gbp.shape
    assert less.shared_bond_needed_gbp.shape == whole.shared_bond_needed_gbp.shape


def test_luck_says_how_many_of_those_with_a_surplus_truly_saved() -> None:
    mapping = scenario_of(rules=[NO_BOND])
    answer = asked(mapping, savings=(0.02,))
    found = answer.frame("true savers")
    draws = Draws(200, 2)
    with_saving, without = (
        simulator.simulate(at_saving(checked(mapping), one), draws=draws).contract_outcomes
        for one in (0.02, 0.0)
    )
    for at, name in enumerate(answer.names[:-1]):
        saving, none = (surpluses(one, (at,))[1].mean() for one in (with_saving, without))
        assert found.loc[name, SAVERS] == pytest.approx(saving / (saving + none))
        saving, none = (surpluses(one, (at,))[0].mean() for one in (with_saving, without))
        assert found.loc[name, SAVERS_OF_A_YEAR] == pytest.approx(saving / (saving + none))
    assert "If half of all clusters truly save 2% (assumption)" in printed_of(answer)


def test_less_than_half_a_penny_is_nothing() -> None:
    paid = np.array([[0.004], [0.006]])
    found = estimates(paid, paid, 1, 1)
    assert found[PAID].value == found[UNPAID].value == 0.5


def test_a_probability_of_one_cluster_or_without_variation_has_its_own_interval() -> None:
    some = np.array([[True], [False], [False]])
    assert of_a_cluster(some) == probability(some[:, 0])
    never = np.zeros((50, 3), dtype=bool)
    assert of_a_cluster(never) == probability(never[:, 0])
    assert of_a_cluster(never).high > 0
    assert of_a_cluster_difference(some, ~some) == probability_difference(some[:, 0], ~some[:, 0])
    assert of_a_cluster_difference(never, never).half_width > 0


def test_a_probability_stays_between_0_and_1() -> None:
    rare = np.zeros((50, 2), dtype=bool)
    rare[0, 0] = True
    assert of_a_cluster(rare).low == 0
    assert of_a_cluster(~rare).high == 1


def test_the_rules_that_are_tried() -> None:
    scenario = checked(scenario_of(rules=[DEFICIT_RECOVERY, SURPLUS, BOND]))
    policies = policies_of(scenario, PolicySizes())
    as_is, first, excess, settlement, corridor, limit = policies.values()
    assert next(iter(policies)) == AS_IT_IS
    assert as_is is scenario
    listed = ["deficit_recovery", "surplus", "bond"]
    assert rules(first) == rules(excess) == rules(settlement) == listed
    assert rules(corridor) == ["corridor", *listed]
    assert rules(limit) == ["per_case_limit", *listed]
    rates = [one.settings.rules[1].minimum_savings_rate for one in (first, excess)]
    assert [(rate.share_of_budget, rate.once_met) for rate in rates] == [
        (0.02, "first_pound"),
        (0.02, "excess"),
    ]
    assert settlement.settings.rules[1].settlement == "whole_contract"


def test_a_rule_takes_the_place_of_the_scenarios_own() -> None:
    scenario = checked(scenario_of(rules=[PER_CASE_LIMIT, CORRIDOR, SURPLUS, BOND]))
    for rule, at in ((PerCaseLimit(limit_gbp=77), 0), (Corridor(width_share=0.1, cluster_share_beyond=0), 1)):
        changed = with_rule(scenario, rule)
        assert rules(changed) == rules(scenario)
        assert changed.settings.rules[at] == rule


def test_what_the_scenario_does_already_is_left_out() -> None:
    split = SURPLUS | {
        "settlement": "whole_contract",
        "minimum_savings_rate": {"share_of_budget": 0.02},
    }
    corridor = {"rule": "corridor", "width_share": 0.02, "cluster_share_beyond": 0.5}
    policies = policies_of(checked(scenario_of(rules=[corridor, split, BOND])), PolicySizes())
    assert list(policies) == [
        AS_IT_IS,
        "a minimum savings rate of 2%, on the excess alone",
        "a settlement of each year by itself",
        "a limit of £50,000 per case",
    ]


def test_settings_by_number_still_mean_the_same_rule() -> None:
    numbered = ("rules.0.practice_share=0.3", "rules.1.share_of_annual_budget=0.07")
    for policy in policies_of(checked(scenario_of(), *numbered), PolicySizes()).values():
        split, bond = (
            next(rule for rule in policy.settings.rules if rule.rule == name) for name in ("surplus", "bond")
        )
        assert (split.practice_share, bond.share_of_annual_budget) == (0.3, 0.07)


def test_without_variation_there_is_no_luck() -> None:
    # A block contract is paid as planned, and the budget is what is planned.
    answer = asked(scenario_of(service_lines=[line_of(payment="block")]))
    for policy in answer.policy_names:
        found = answer.row(policy).estimates
        assert (found[SHARE].value, found[PAID].value, found[UNPAID].value) == (0, 0, 1)
        assert LUCK_SHARE not in found
    assert answer.sentences()[0] == "With no true saving at all, practices would be paid nothing."
    assert answer.sentences()[1].startswith("A true saving of 2% would go unpaid in over 98.")


def test_a_policy_that_changes_nothing_differs_by_exactly_nothing() -> None:
    # One year is a whole contract.
    answer = asked(scenario_of(contract={"start_year": 2010, "years": 1}))
    for saving in (0.0, answer.policy_saving):
        found = answer.row("a settlement over the whole contract", saving).estimates
        for measure in (SHARE, PAID, UNPAID, EARNED):
            assert found[change_of(measure)].value == 0
        assert found[change_of(SHARE)].half_width == found[change_of(EARNED)].half_width == 0


def test_a_true_saving_is_of_the_care_that_is_paid_per_case() -> None:
    """Equal rates and costs: half of what is planned is under the block contract."""
    half = asked(scenario_of(service_lines=[line_of(), line_of("homes", payment="block")]))
    assert half.per_case_share == pytest.approx(0.5)
    assert "every cluster's demand for care that is paid per case (50% of what is planned)" in half.notes()[1]
    assert "every cluster's demand, in every year" in asked(scenario_of()).notes()[1]


def test_the_scenarios_own_true_savings_play_no_part() -> None:
    saving = asked(scenario_of(clusters=[cluster_of("North", true_saving_share=0.2), cluster_of("South")]))
    assert saving.rows == asked(scenario_of(clusters=[cluster_of("North"), cluster_of("South")])).rows


def test_it_says_what_a_simulation_says() -> None:
    answer = asked(scenario_of())
    for saving in (0.0, 0.05):
        varied = checked(scenario_of(), f"clusters.*.true_saving_share={saving}")
        for row in simulator.simulate(varied, Draws(200, 2)).rows:
            found = answer.row(saving=saving, cluster=row.name)
            for measure in (SHARE, SHARE_PER_YEAR, SHARE_PER_HEAD):
                assert found.estimates[measure].value == pytest.approx(row.estimates[measure].value)
            assert found.people == row.people


def test_clusters_that_take_no_share_are_left_out() -> None:
    clusters = [cluster_of("North", takes_share=False), cluster_of("South"), cluster_of("West")]
    answer = asked(scenario_of(clusters=clusters))
    assert answer.names == ("South", "West", ALL_CLUSTERS)
    assert answer.row().people == 10_000
    assert "the 2 clusters" in answer.sentences()[0]


@pytest.mark.parametrize("nothing", [{"proportion": 0}, {"service_lines": []}])
def test_clusters_that_answer_for_nothing_are_left_out(nothing: Table) -> None:
    clusters = [cluster_of("North", **nothing), cluster_of("South"), cluster_of("West")]
    answer = asked(scenario_of(clusters=clusters))
    assert answer.names == ("South", "West", ALL_CLUSTERS)
    printed = printed_of(answer)
    assert "Left out, for answering for nothing: North." in printed
    assert "taking no practice share" not in printed
    (problem,) = problems_of_call(lambda: asked(scenario_of(clusters=clusters[:1])))
    assert "answers for something" in problem.need


def test_the_report_says_whom_it_is_about() -> None:
    some = printed_of(asked(scenario_of(clusters=[cluster_of("A", takes_share=False), cluster_of("B")])))
    assert "all clusters together" not in some.lower()
    # The titles of two tables and a note; the last rows of tables have it on two lines.
    assert some.lower().count("all clusters that take the share") == 3
    assert some.count("all clusters that take the ") >= 1 + 2
    every = printed_of(asked(scenario_of()))
    assert "Probabilities of all clusters together are of a cluster" in every
    assert "that take the share" not in every


def test_changes_of_probabilities_are_in_points() -> None:
    printed = printed_of(asked(scenario_of()))
    # Two of the changes are of probabilities; a heading may stand on two lines.
    assert printed.count("change,") == printed.count("points") == 2
    assert "change %" not in printed


def test_one_cluster_is_all_of_them() -> None:
    answer = asked(scenario_of(clusters=[cluster_of("Only")], rules=[NO_BOND]))
    assert answer.names == ("Only", ALL_CLUSTERS)
    assert answer.row().estimates == answer.row(cluster="Only").estimates
    assert "practices of Only would" in answer.sentences()[0]


def test_nothing_is_paid_for_a_bond_of_nothing() -> None:
    answer = asked(scenario_of(clusters=[cluster_of("North", bond_gbp=0), cluster_of("South")]))
    assert answer.row(cluster="North", saving=0.05).estimates[UNPAID].value == 1


def test_the_tables() -> None:
    answer = asked(scenario_of(), savings=[0.05, 0.01])
    assert answer.true_savings == (0.01, 0.02, 0.05)
    assert list(answer.frame("paid for luck").index) == list(answer.names)
    assert answer.frame("unpaid savings").shape == (3, 3 * 3)
    assert len(answer.frame("policies")) == 6
    assert len(answer.frame("everything")) == len(answer.rows) == 3 * (6 * 2 + 2)
    row = answer.frame("policies").loc["a limit of £50,000 per case"]
    estimate = answer.row("a limit of £50,000 per case", 0.02).estimates[change_of(UNPAID)]
    shown = [row[f"change_of_unpaid_probability{end}"] for end in ("", "_low", "_high")]
    assert shown == [estimate.value, estimate.low, estimate.high]
    # The scenario as it is does not differ from itself.
    assert answer.frame("policies").loc[AS_IT_IS].filter(like="change").isna().all()


def test_progress_and_the_number_of_workers() -> None:
    steps: list[tuple[int, int]] = []
    one = asked(scenario_of(), progress=lambda done, of: steps.append((done, of)))
    # Half is drawn at a time, and then each is settled.
    assert steps[0] == (7, 15)
    assert steps == sorted(steps)
    assert steps[-1] == (15, 15)
    assert {of for _, of in steps} == {15}
    assert one.rows == asked(scenario_of(), draws=Draws(200, 2, workers=2)).rows


@pytest.mark.parametrize(
    ("options", "where", "got"),
    [
        ({"savings": []}, "savings", ""),
        ({"savings": "0.01"}, "savings", "0.01"),
        ({"savings": [0.01, 0]}, "savings", "0"),
        ({"savings": [float("nan")]}, "savings", "nan"),
        ({"savings": [0.02, 0.01, 0.02]}, "savings", "0.02 more than once"),
        ({"policy_saving": 1}, "policy_saving", "1"),
        ({"policy_saving": True}, "policy_saving", "true"),
        ({"minimum_savings_rate": -0.1}, "minimum_savings_rate", "-0.1"),
        ({"corridor_width": "wide"}, "corridor_width", "wide"),
        ({"corridor_cluster_share": 1.5}, "corridor_cluster_share", "1.5"),
        ({"per_case_limit": 0}, "per_case_limit", "0"),
    ],
)
def test_what_is_refused(options: dict[str, object], where: str, got: str) -> None:
    (problem,) = problems_of_call(lambda: asked(scenario_of(), **options))
    assert problem.where == where
    assert got.lower() in problem.got.lower()


def test_every_problem_at_once() -> None:
    scenario = checked(scenario_of(rules=[], clusters=[cluster_of("North", takes_share=False)]))
    problems = problems_of_call(
        lambda: simulator.luck(
            scenario, [2], policy_saving=50, minimum_savings_rate=2, draws=Draws(1, workers=0)
        )
    )
    found = {problem.where: problem.hint for problem in problems}
    assert len(found) == len(problems) == 7
    assert found["savings"] == "did you mean 0.02?"
    assert found["policy_saving"] == "did you mean 0.5?"
    assert found["minimum_savings_rate"] == "did you mean 0.02?"
    assert 'rule = "surplus"' in found["the scenario, rules"]
    assert "takes_share=true" in found["the scenario, clusters"]
    (problem,) = problems_of_call(lambda: simulator.luck("scenario.toml"))
    assert problem.where == "scenario"


def test_luck_is_of_no_saving_at_all_whatever_is_not_known_of_the_scenarios_own() -> None:
    unsure, south = {"mean": 0.0, "sd": 0.05}, cluster_of("South")
    doubted = asked(scenario_of(clusters=[cluster_of("North", true_saving_share=unsure), south]))
    assert doubted.rows == asked(scenario_of(clusters=[cluster_of("North"), south])).rows
