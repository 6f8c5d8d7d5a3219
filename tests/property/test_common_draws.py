"""Two scenarios share every draw that they have in common, so their difference is the policy's."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import BOND, POOL, SURPLUS, Table, cluster_of, line_of, scenario_of, simulated
from tests.property.comparing import differences, spend_of
from tests.strategies import rule_lists, scenarios

SHOCKS = {
    "pct": {"size": {"law": "lognormal", "sd_share": 0.03}, "correlation": 0.5, "persistence": 0.5},
    "cluster": {"law": "lognormal", "sd_share": 0.02},
    "cluster_year": {"law": "lognormal", "sd_share": 0.02},
}


def _scenario(**changes: object) -> Table:
    return scenario_of(shocks=SHOCKS, **changes)


def _same_spend(one: Table, other: Table, clusters: tuple[str, ...] = ("North", "South")) -> bool:
    left, right = simulated(one), simulated(other)
    years = min(len(left.years), len(right.years))
    return all(
        np.array_equal(spend_of(left, name)[:, :years], spend_of(right, name)[:, :years]) for name in clusters
    )


def test_adding_a_cluster_changes_no_other_cluster_s_spend() -> None:
    clusters = [*_scenario()["clusters"], cluster_of("East", 800)]
    assert _same_spend(_scenario(), _scenario(clusters=clusters))


def test_reordering_clusters_changes_no_spend() -> None:
    assert _same_spend(_scenario(), _scenario(clusters=_scenario()["clusters"][::-1]))


def test_adding_a_contract_year_changes_no_earlier_spend() -> None:
    assert _same_spend(_scenario(), _scenario(contract={"start_year": 2010, "years": 4}))


def test_adding_a_line_that_a_cluster_does_not_answer_for_changes_no_spend() -> None:
    names = [line["name"] for line in _scenario()["service_lines"]]
    clusters = [cluster | {"service_lines": names} for cluster in _scenario()["clusters"]]
    lines = [line_of("dentistry", rate_per_1000=700), *_scenario()["service_lines"]]
    assert _same_spend(_scenario(), _scenario(service_lines=lines, clusters=clusters))


def test_another_cluster_s_saving_changes_no_spend_but_its_own() -> None:
    clusters = [cluster_of("North", true_saving_share=0.1), cluster_of("South", 20_000)]
    saving = _scenario(clusters=clusters)
    assert _same_spend(_scenario(), saving, ("South",))
    assert not _same_spend(_scenario(), saving, ("North",))


@settings(max_examples=15)
@given(rules=rule_lists())
def test_no_rule_changes_budgets_or_spend(rules: list[Table]) -> None:
    # A limit per case is the exception: it is there to take costs out of both.
    rules = [rule for rule in rules if rule["rule"] != "per_case_limit"]
    rules = [rule | ({"when_exhausted": "stays"} if rule["rule"] == "bond" else {}) for rule in rules]
    changed = set(differences(simulated(_scenario()), simulated(_scenario(rules=rules))))
    assert not changed & {"budget", "spend", "takes_part"}


@pytest.mark.parametrize("rule", [{"rule": "per_head", "gbp_per_head": 90}, {"rule": "expected_spend"}])
def test_no_budget_rule_changes_spend(rule: Table) -> None:
    assert _same_spend(_scenario(), _scenario(budgets={"rule": rule, "top_slice_share": 0.1}))


def test_a_cluster_that_leaves_takes_its_spend_out_and_changes_no_other() -> None:
    leaving = [SURPLUS, BOND | {"share_of_annual_budget": 0.001, "when_exhausted": "leaves"}, POOL]
    stayed, left = simulated(_scenario()), simulated(_scenario(rules=leaving))
    inside = left.contract_outcomes.takes_part
    assert not inside.all()
    spend = stayed.contract_outcomes.gbp("spend")
    assert np.array_equal(left.contract_outcomes.gbp("spend"), spend * inside)


@settings(max_examples=10)
@given(scenario=scenarios(), order=st.randoms(use_true_random=False))
def test_the_order_of_clusters_and_lines_changes_no_spend(scenario: Table, order: Random) -> None:
    for cluster in scenario["clusters"]:
        cluster.pop("bond_gbp", None)
    scenario["rules"] = []
    sections = {section: scenario[section] for section in ("clusters", "service_lines")}
    shuffled = {section: order.sample(tables, len(tables)) for section, tables in sections.items()}
    one, other = simulated(scenario), simulated(scenario | shuffled)
    for cluster in one.plan.axes.clusters:
        # The sum over lines may be taken in another order.
        assert np.allclose(spend_of(one, cluster), spend_of(other, cluster), rtol=1e-12, atol=0)
