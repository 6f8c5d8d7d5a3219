"""The bond question: what reaches the bond, what it costs, and what cannot be asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import simulator
from simulator.questions.bond.answer import NO_TOP_UP, TOP_UP, BondAnswer
from simulator.questions.bond.ask import bond
from simulator.questions.bond.saving import SavingNeeded
from simulator.records import FloatArray, Outcomes
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import (
    BOND,
    CORRIDOR,
    DEFICIT_RECOVERY,
    POOL,
    SURPLUS,
    Table,
    checked,
    line_of,
    scenario_of,
)
from tests.unit.problems import problems_of_call

CONTRACTS = 400
TIGHT = {"rule": {"rule": "expected_spend", "margin_share": -0.02}}


def asked(mapping: Table, *overrides: str, cluster: str = "North", **options: Any) -> BondAnswer:
    draws = {name: options.pop(name) for name in ("contracts", "seed", "workers") if name in options}
    draws = {"contracts": CONTRACTS, "seed": 3} | draws
    return bond(checked(mapping, *overrides), cluster, draws=Draws(**draws), **options)


def outcomes_of(mapping: Table, *overrides: str) -> Outcomes:
    return simulate(checked(mapping, *overrides), Draws(CONTRACTS, 3)).contract_outcomes


def flow(outcomes: Outcomes, reason: str) -> FloatArray:
    """Of North, the first cluster."""
    return outcomes.gbp(reason)[:, :, 0]


def test_claims_are_overspends_where_nothing_comes_before_the_bond() -> None:
    mapping = scenario_of(budgets=TIGHT)
    claims = asked(mapping).samples.claims_gbp
    assert claims.any()
    assert np.allclose(claims, outcomes_of(mapping).overspend_gbp[:, :, 0])


def test_a_corridor_pays_its_part_before_the_bond() -> None:
    mapping = scenario_of(budgets=TIGHT, rules=[CORRIDOR, SURPLUS, BOND, POOL])
    outcomes = outcomes_of(mapping)
    paid = flow(outcomes, "corridor_payment")
    assert paid.any()
    assert np.allclose(asked(mapping).samples.claims_gbp, outcomes.overspend_gbp[:, :, 0] - paid)


def test_a_pool_that_is_listed_first_leaves_the_bond_less() -> None:
    first, last = (
        asked(scenario_of(rules=rules)).samples for rules in ([SURPLUS, POOL, BOND], [SURPLUS, BOND, POOL])
    )
    assert (first.claims_gbp <= last.claims_gbp + 0.01).all()
    assert first.claims_gbp.sum() < 0.9 * last.claims_gbp.sum()


def test_a_deficit_that_is_recovered_leaves_claims_as_they_were() -> None:
    # It repays the PCT out of later surpluses; no overspend is smaller for it, but the share is.
    plain = asked(scenario_of(budgets=TIGHT)).samples
    recovering = asked(scenario_of(budgets=TIGHT, rules=[DEFICIT_RECOVERY, SURPLUS, BOND, POOL])).samples
    assert np.allclose(plain.claims_gbp, recovering.claims_gbp)
    assert recovering.practice_share_gbp.sum() < plain.practice_share_gbp.sum()


def test_a_cluster_that_leaves_is_asked_for_nothing_more() -> None:
    mapping = scenario_of(contract={"start_year": 2010, "years": 3}, budgets=TIGHT)
    leaving = "rules.bond.when_exhausted=leaves"
    stays, leaves = asked(mapping), asked(mapping, leaving)
    assert leaves.needed_gbp == stays.needed_gbp
    runs_out = leaves.samples.unpaid_gbp > 0
    assert runs_out.any()
    # After the year in which the bond runs out there is no claim to leave unpaid.
    assert (runs_out.sum(axis=1) <= 1).all()
    assert (stays.samples.unpaid_gbp > 0).sum() > runs_out.sum()
    taken = flow(outcomes_of(mapping, leaving), "bond_draw")
    assert np.array_equal(leaves.samples.draws_gbp, taken)


def test_a_topped_up_bond_runs_out_where_the_flows_say_so() -> None:
    mapping, top_up = scenario_of(budgets=TIGHT), "rules.bond.top_up=true"
    samples, outcomes = asked(mapping, top_up).samples, outcomes_of(mapping, top_up)
    # The bond comes before pool and PCT, which pay what it leaves.
    rest = flow(outcomes, "pool_payment") + flow(outcomes, "uncovered_overspend")
    assert rest.any()
    assert np.allclose(samples.unpaid_gbp, rest)


def test_the_gain_is_what_the_flows_of_the_depositor_come_to() -> None:
    overrides = ("rules.bond.interest_share_per_year=0.02", "rules.bond.top_up=true")
    mapping = scenario_of(budgets=TIGHT)
    outcomes = outcomes_of(mapping, *overrides)
    back, paid_in = flow(outcomes, "bond_release"), flow(outcomes, "bond_posted")
    cash = flow(outcomes, "practice_share") + back - paid_in - flow(outcomes, "bond_top_up")
    facts = asked(mapping, *overrides).posted_facts
    assert facts["practice_net_gain_gbp"].value == pytest.approx(cash.sum(axis=1).mean())
    assert facts["practice_better_off_probability"].value == (cash.sum(axis=1) > 0.005).mean()


def test_financing_runs_from_each_payment_to_the_end() -> None:
    # Nine months and a year: what is posted costs for 1.75 years, the top-up at the review for one.
    mapping = scenario_of(contract={"start_year": 2010, "start_month": 7, "years": 2}, budgets=TIGHT)
    rule = ("rules.bond.top_up=true", "rules.bond.financing_share_per_year=0.04")
    with_cost, free = asked(mapping, *rule), asked(mapping, rule[0])
    topped_up = with_cost.samples.top_ups_gbp[:, 0]
    assert topped_up.any()
    posted = outcomes_of(mapping, *rule).bond_posted_gbp[:, 0]
    cost = 0.04 * (1.75 * posted + topped_up)
    assert np.allclose(with_cost.samples.financing_gbp.sum(axis=1), cost)
    gains = [one.posted_facts["practice_net_gain_gbp"].value for one in (free, with_cost)]
    assert gains[0] - gains[1] == pytest.approx(cost.mean())
    assert not free.samples.financing_gbp.any()


def test_the_annual_budget_is_what_the_bond_is_a_share_of() -> None:
    mapping = scenario_of()
    by_share, by_head, agreed = (
        asked(mapping | {"rules": [SURPLUS, rule]}, *overrides)
        for rule, overrides in (
            (BOND, ()),
            ({"rule": "bond", "gbp_per_head": 2.0}, ()),
            (BOND, ("clusters.North.bond_gbp=1234",)),
        )
    )
    outcomes = outcomes_of(mapping | {"rules": [SURPLUS, BOND]})
    assert np.allclose(outcomes.bond_posted_gbp, 0.03 * outcomes.annual_budget_gbp)
    posted = by_share.posted_facts["bond_posted_gbp"].value
    assert posted == pytest.approx(0.03 * by_share.annual_budget_gbp.value)
    # 5,000 people at GBP 2.
    assert by_head.posted_facts["bond_posted_gbp"].value == 10_000
    assert agreed.posted_facts["bond_posted_gbp"].value == 1234
    for one in (by_head, agreed):
        assert one.annual_budget_gbp == by_share.annual_budget_gbp


def test_the_curve_and_the_bonds_needed_agree() -> None:
    answer = asked(scenario_of(budgets=TIGHT))
    budget = answer.annual_budget_gbp.value
    for period, top_up in ((NO_TOP_UP, False), (TOP_UP, True)):
        needed = answer.needed_gbp[period, 0.95].value
        assert answer.covers(needed, top_up=top_up).value == 0.95
        assert answer.covers(needed - 1, top_up=top_up).value < 0.95
    curve = answer.frame("sizes of bond")
    assert curve.index[0] == 0
    assert (curve["covers_probability"].diff().dropna() >= 0).all()
    assert (curve["covers_topped_up_probability"] >= curve["covers_probability"]).all()
    assert curve["covers_probability"].iloc[-1] >= 0.99
    assert np.allclose(curve["bond_gbp"], curve.index * budget)
    years = [answer.year_facts(year)["first_runs_out_probability"].value for year in answer.years]
    assert sum(years) == pytest.approx(answer.posted_facts["runs_out_probability"].value)


def test_a_share_without_a_loss_is_repaid_at_once() -> None:
    answer = asked(scenario_of(budgets={"rule": {"rule": "expected_spend", "margin_share": 0.3}}))
    assert answer.saving_needed == SavingNeeded(None, "already repaid without any true saving")
    assert "already repaid without any true saving." in answer.sentences()[-1]
    assert "No simulated contract leaves North's bond anything to pay." in answer.sentences()


def test_no_bond_and_no_share_leave_nothing_to_repay() -> None:
    bond = {"rule": "bond", "share_of_annual_budget": 0.0}
    answer = asked(scenario_of(rules=[SURPLUS, bond]))
    assert answer.saving_needed.share_of_demand is None
    assert "nothing to repay" in answer.sentences()[-1]


def test_a_share_of_nothing_never_repays() -> None:
    answer = asked(scenario_of(budgets=TIGHT), "rules.surplus.practice_share=0.0")
    assert answer.saving_needed.words == "not repaid by a true saving of 50%"


def test_the_sentences_follow_the_numbers() -> None:
    answer = asked(scenario_of(budgets=TIGHT), confidences=(0.8, 0.9))
    needed, posted, worth, saving = answer.sentences()
    value = round(answer.needed_gbp[NO_TOP_UP, 0.9].value / 1000)
    assert needed.startswith("To be 90% sure that one bond covers every overspend of the two years, North")
    assert f"about £{value}k (between £" in needed
    runs_out = answer.posted_facts["runs_out_probability"]
    assert f"runs out in {round(100 * runs_out.value)} contracts in 100 (between" in posted
    assert f"{round(100 * answer.posted_facts['practice_better_off_probability'].value)} contract" in worth
    assert answer.saving_needed.share_of_demand is not None
    assert f"{100 * answer.saving_needed.share_of_demand.value:.1f}"[:3] in saving


def test_it_is_public_and_the_same_for_any_number_of_workers() -> None:
    scenario = checked(scenario_of())
    done: list[int] = []
    one = simulator.bond(scenario, "South", progress=done.append, draws=Draws(6_000))
    two = simulator.bond(scenario, "South", draws=Draws(6_000, workers=2))
    assert one.every_number().equals(two.every_number())
    names = [table.name for table in one.tables()]
    assert names == ["bonds needed", "sizes of bond", "posted bond", "share and bond"]
    assert done == list(range(1, len(done) + 1))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"cluster": "Nort"}, 'did you mean "North"?'),
        ({"cluster": 3}, "one of North, South"),
        ({"confidences": (0.49,)}, "from 0.5 to below 1"),
        ({"confidences": (1.0,)}, "from 0.5 to below 1"),
        ({"confidences": (95,)}, "did you mean 0.95?"),
        ({"confidences": (float("nan"),)}, "from 0.5"),
        ({"confidences": (True,)}, "from 0.5"),
        ({"confidences": ()}, "a list of probabilities"),
        ({"confidences": "0.9"}, "a list of probabilities"),
        ({"confidences": 0.9}, "a list of probabilities"),
        ({"confidences": (0.99,), "contracts": 367}, "368 or more, for a confidence of 0.99"),
        ({"contracts": 5}, "from 100 to"),
        ({"seed": -1}, "zero or more"),
        ({"workers": 0}, "1 or more"),
    ],
)
def test_what_cannot_be_asked(options: Table, words: str) -> None:
    problems = problems_of_call(lambda: asked(scenario_of(), **options))
    assert any(words in str(problem) for problem in problems)


def test_368_contracts_are_enough_for_99_per_cent() -> None:
    # 0.99 ** 368 is 2.48%, and 0.99 ** 367 is 2.50%.
    assert asked(scenario_of(), confidences=(0.99,), contracts=368).contracts == 368


def test_every_problem_at_once() -> None:
    mapping = scenario_of(rules=[POOL])
    problems = problems_of_call(lambda: asked(mapping, cluster="Nort", confidences=(2.0, 0.2), contracts=1))
    assert [problem.where for problem in problems] == [
        "contracts",
        "confidence",
        "confidence",
        "cluster",
        "the scenario, rules",
    ]
    assert problems_of_call(lambda: bond("a.toml", "North"))[0].where == "scenario"  # type: ignore[arg-type]


def test_a_cluster_without_a_share_or_a_budget_has_no_bond() -> None:
    (problem,) = problems_of_call(lambda: asked(scenario_of(), "clusters.North.takes_share=false"))
    assert "takes the share" in problem.need
    (problem,) = problems_of_call(lambda: asked(scenario_of(), "clusters.North.proportion=0.0"))
    assert problem.need == "one with a budget to answer for"


def test_several_clusters_have_the_numbers_of_each() -> None:
    scenario, draws = checked(scenario_of(budgets=TIGHT)), Draws(CONTRACTS, 3)
    both, alone = bond(scenario, draws=draws), bond(scenario, "South", draws=draws)
    assert [one.cluster for one in both.clusters] == ["North", "South"]
    needed, worth = both.frame("bonds needed").loc["South"], both.frame("share and bond").loc["South"]
    for name, period in (("one_bond_95_sure_gbp", NO_TOP_UP), ("topped_up_95_sure_gbp", TOP_UP)):
        assert needed[name] == alone.needed_gbp[period, 0.95].value
    for name in ("bond_posted_gbp", "expected_bond_draw_gbp", "practice_net_gain_gbp"):
        assert worth[name] == alone.posted_facts[name].value
    assert "of 2 clusters gain on average" in both.sentences()[1]
    (again,) = bond(scenario, ["South"], draws=draws).clusters
    assert again.needed_gbp == alone.needed_gbp


def test_a_bond_of_each_size_is_what_a_run_with_it_says() -> None:
    scenario, draws = checked(scenario_of(budgets=TIGHT)), Draws(CONTRACTS, 3)
    answer = bond(scenario, "North", draws=draws)
    sizes = answer.frame("sizes of bond")
    posted = sizes.iloc[3]
    varied = scenario.vary(f"clusters.North.bond_gbp={float(posted['bond_gbp'])!r}")
    told = simulate(varied, draws).rows[0].estimates
    for name in ("expected_bond_draw_gbp", "practice_net_gain_gbp", "practice_better_off_probability"):
        assert posted[name] == pytest.approx(told[name].value)
    # A bond of nothing takes the share away.
    assert sizes.iloc[0]["practice_net_gain_gbp"] == 0


def test_a_true_saving_is_of_the_care_that_is_paid_per_case() -> None:
    # A quarter of care is under a block contract: £100 a head paid per case, and £33.33 in the block.
    costs = {"model": "gamma", "mean": 1000, "cv": 1}
    block = line_of("homes", rate_per_1000=100 / 3, payment="block", unit_cost_gbp=costs)
    answer = asked(scenario_of(budgets=TIGHT, service_lines=[line_of(), block]))
    assert answer.per_case_share == pytest.approx(0.75)
    saving = answer.saving_needed.share_of_demand
    assert saving is not None
    of_all = answer.saving_needed.of_all_care(answer.per_case_share)
    assert not isinstance(of_all, str)
    assert (of_all.value, of_all.standard_error) == pytest.approx(
        (0.75 * saving.value, 0.75 * (saving.standard_error or 0))
    )
    said = f"of its patients' care that is paid per case, about {0.75 * saving.value:.1%} of all of it, every"
    assert said in answer.sentences()[-1]
    assert "A true saving is of the care that is paid per case: block contracts know none." in answer.notes()
    without = asked(scenario_of(budgets=TIGHT))
    assert "of its patients' care, every year" in without.sentences()[-1]
    assert not any("block contracts" in note for note in without.notes())


def test_all_clusters_beside_each_other_say_the_saving_of_all_care_too() -> None:
    block = line_of("homes", payment="block")
    blocks = checked(scenario_of(budgets=TIGHT, service_lines=[line_of(), block]))
    without = checked(scenario_of(budgets=TIGHT))
    found, usual = (
        [column.heading for column in bond(one, draws=Draws(CONTRACTS, 3)).tables()[-1].columns]
        for one in (blocks, without)
    )
    assert usual == ["cluster", "true saving, of demand"]
    assert found == ["cluster", "true saving, of care paid per case", "the same, of all care"]


def test_how_much_of_each_bond_is_for_doubt_is_a_paired_difference() -> None:
    unsure = scenario_of(budgets=TIGHT, service_lines=[line_of(growth_share={"mean": 0.0, "sd": 0.03})])
    draws = Draws(CONTRACTS, 3)
    both = bond(checked(unsure), draws=draws)
    known = bond(checked(unsure, "doubt.carried=false"), draws=draws)
    table = both.frame("bonds for doubt")
    for cluster, doubted, certain in zip(("North", "South"), both.clusters, known.clusters, strict=True):
        needed = doubted.needed_gbp[NO_TOP_UP, 0.95].value
        assert table.loc[cluster, "bond_gbp"] == pytest.approx(needed)
        smaller = needed - certain.needed_gbp[NO_TOP_UP, 0.95].value
        assert table.loc[cluster, "bond_for_doubt_gbp"] == pytest.approx(smaller)
        assert smaller > 0
    assert certain.known_samples is None
    assert "bonds for doubt" not in [one.name for one in known.tables()]
    (alone,) = bond(checked(unsure), ["South"], draws=draws).clusters
    said = next(one for one in alone.sentences() if one.startswith("Of that bond"))
    assert (
        f"{smaller / needed:.0%} of it, is for what is not known of growth; the rest is for chance." in said
    )
