"""What is in a cluster's budget: lines in part, and the practices' own core income."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.answers.rule_notes import scheme_notes
from simulator.simulation.plan import make_plan
from tests.builders import POOL, SURPLUS, Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.unit.problems import problems_of_call


def of_clusters(*tables: Table, **changes: object) -> Table:
    return scenario_of(clusters=list(tables), **changes)


def test_a_proportion_by_line_stands_for_the_line_and_the_others_keep_theirs() -> None:
    given = of_clusters(
        cluster_of("North", proportion=0.8, proportion_by_line={"prescribing": 0.5}),
        cluster_of("South", proportion_by_line={"admissions": 0.25}, service_lines=["admissions"]),
    )
    assert make_plan(checked(given)).responsibility.tolist() == [[0.8, 0.5], [0.25, 0.0]]


def test_a_block_line_in_part_by_hand() -> None:
    # 1,000 people at GBP 100 and 50 a head: 0.8 of the first and 0.5 of the second, 105,000 a year.
    lines = [line_of(payment="block"), line_of("care", payment="block", rate_per_1000=50)]
    cluster = cluster_of("North", 1_000, proportion=0.8, proportion_by_line={"care": 0.5})
    outcomes = simulated(of_clusters(cluster, service_lines=lines)).contract_outcomes
    assert outcomes.gbp("spend").ravel() == pytest.approx(105_000)
    assert outcomes.gbp("budget").ravel() == pytest.approx(105_000)
    assert outcomes.gbp("care_outside_budgets").ravel() == pytest.approx(45_000)


def test_the_same_proportion_of_every_line_by_either_key() -> None:
    shares = dict.fromkeys(("admissions", "prescribing"), 0.3)
    by_line, whole = (
        simulated(of_clusters(cluster_of("North", **of)))
        for of in ({"proportion_by_line": shares}, {"proportion": 0.3})
    )
    assert by_line.rows[0].estimates == whole.rows[0].estimates


@pytest.mark.parametrize(
    ("shares", "need"),
    [
        ({"prescribing": 1.5}, "a share from 0 to 1"),
        ({"prescribng": 0.5}, "one of admissions, prescribing"),
        ({"prescribing": "half"}, "a number"),
    ],
)
def test_shares_that_cannot_be(shares: Table, need: str) -> None:
    given = of_clusters(cluster_of("North", proportion_by_line=shares))
    (problem,) = problems_of_call(lambda: checked(given))
    assert (problem.need, next(iter(shares)) in problem.where) == (need, True)


def test_a_line_that_the_cluster_does_not_answer_for_is_refused() -> None:
    given = of_clusters(
        cluster_of("North", proportion_by_line={"prescribing": 0.5}, service_lines=["admissions"])
    )
    (problem,) = problems_of_call(lambda: checked(given))
    assert problem.where.endswith("clusters.North.proportion_by_line.prescribing")


def test_a_proportion_that_no_line_is_left_for_is_said() -> None:
    given = of_clusters(
        cluster_of("North", proportion=0.5, proportion_by_line={"admissions": 0.25, "prescribing": 0.1})
    )
    said = "clusters.North.proportion does nothing here: proportion_by_line says it for every line."
    assert said in list(scheme_notes(checked(given)))


def core_line(**changes: object) -> Table:
    """Return a line of GBP 100 a head and year that practices themselves are paid."""
    return line_of("core", payment="block", paid_to="practices", **changes)


def test_core_income_by_hand() -> None:
    # Of GBP 100,000 for 1,000 people 80% is in the budget; the PCT pays the rest itself.
    lines = [line_of(), core_line()]
    cluster = cluster_of("North", 1_000, proportion_by_line={"core": 0.8})
    result = simulated(of_clusters(cluster, service_lines=lines))
    outcomes = result.contract_outcomes
    assert outcomes.gbp("core_income").ravel() == pytest.approx(80_000)
    assert outcomes.gbp("core_income_outside_budgets").ravel() == pytest.approx(20_000)
    assert not outcomes.gbp("care_outside_budgets").any()
    found = result.rows[0].estimates
    assert found["core_income_gbp"].value == pytest.approx(200_000)


def test_core_income_is_no_gain_and_moves_no_outturn() -> None:
    # A bond of so many pounds a head, for one that is a share grows with the budget.
    rules = [SURPLUS, {"rule": "bond", "gbp_per_head": 10}, POOL]
    without, within = (
        simulated(scenario_of(service_lines=lines, rules=rules))
        for lines in ([line_of()], [line_of(), core_line()])
    )
    same = ("practice_share_gbp", "practice_net_gain_gbp", "expected_overspend_gbp")
    for one, other in zip(without.rows, within.rows, strict=True):
        for measure in (*same, "pct_net_position_gbp", "providers_income_gbp"):
            assert other.estimates[measure].value == pytest.approx(one.estimates[measure].value, abs=1e-3)
    assert any("Practices themselves are paid for core" in one for one in scheme_notes(within.scenario))


def test_core_income_goes_on_where_a_cluster_is_not_in() -> None:
    clusters = [cluster_of("North", 1_000), cluster_of("South", 2_000, first_year=2011)]
    outcomes = simulated(scenario_of(service_lines=[core_line()], clusters=clusters)).contract_outcomes
    paid = outcomes.gbp("core_income") + outcomes.gbp("core_income_handed_back")
    assert paid[0] == pytest.approx(np.array([[100_000, 200_000], [100_000, 200_000]]))


def test_a_limit_per_case_leaves_what_practices_are_paid() -> None:
    limit = {"rule": "per_case_limit", "limit_gbp": 10}
    line = line_of(paid_to="practices")
    plain, limited = (simulated(scenario_of(service_lines=[line], rules=rules)) for rules in ([], [limit]))
    assert limited.contract_outcomes.spend_gbp == pytest.approx(plain.contract_outcomes.spend_gbp)
    named = scenario_of(service_lines=[line], rules=[limit | {"service_lines": ["admissions"]}])
    (problem,) = problems_of_call(lambda: checked(named))
    assert problem.got == '"admissions", paid to practices'
