"""The limit per case: whose costs it takes out, and out of what."""

from __future__ import annotations

import math

import numpy as np
import pytest

from simulator.exact.method import exact_risk
from simulator.questions.check.answer import expected_annual_budgets_gbp
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.plan import Plan, make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated

LIMIT = {"rule": "per_case_limit", "limit_gbp": 200}
TOOLKIT = {"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.5]}}


def _uniform(**changes: object) -> Table:
    return {"model": "uniform", "low": 100, "high": 300} | changes


def _scenario(*rules: Table, **changes: object) -> Table:
    parts = {
        "service_lines": [line_of(unit_cost_gbp=_uniform())],
        "clusters": [cluster_of("North")],
        "budgets": TOOLKIT,
    }
    return scenario_of(**(parts | {"rules": list(rules)} | changes))


def _plan(*rules: Table, **changes: object) -> Plan:
    return make_plan(checked(_scenario(*rules, **changes)))


def test_budgets_and_spend_leave_out_the_expected_excess() -> None:
    # Half of the cases cost 150 on average, the other half 200: 175. 500 cases a year.
    plan = _plan(LIMIT)
    assert expected_annual_budgets_gbp(plan)[0, 0] == pytest.approx(87_500)
    assert plan.expected_spend_gbp[:, 0, 0] == pytest.approx([87_500] * 3)
    # Without it they cost 200.
    assert expected_annual_budgets_gbp(_plan())[0, 0] == pytest.approx(100_000)


def test_each_case_is_paid_up_to_the_limit() -> None:
    # The same cases at GBP 200 in place of 1,000 each, in every year and in the budgets.
    costly = line_of(unit_cost_gbp={"model": "empirical", "values": [1000]})
    plain, limited = (simulated(_scenario(*rules, service_lines=[costly])) for rules in ((), (LIMIT,)))
    for reason in ("spend", "budget"):
        expected = 0.2 * plain.contract_outcomes.gbp(reason)
        assert limited.contract_outcomes.gbp(reason) == pytest.approx(expected)


def test_the_limit_grows_with_prices() -> None:
    lines = [line_of(unit_cost_gbp=_uniform(), price_growth_share=0.1, rate_year=2010)]
    spend = _plan(LIMIT, service_lines=lines).expected_spend_gbp[:, 0, 0]
    assert spend == pytest.approx([87_500 / 1.1, 87_500, 87_500 * 1.1])


def test_what_lies_above_the_limit_grows_with_prices_and_their_shocks() -> None:
    shocks = {"price": {"size": {"law": "lognormal", "sd_share": 0.3}}}
    lines = [line_of(unit_cost_gbp=_uniform(), price_growth_share=0.1, rate_year=2010)]
    plain, grown = _plan(LIMIT), _plan(LIMIT, service_lines=lines, shocks=shocks)
    streams, block = RandomStreams(1), Block(0, 200)
    spends = [plan.draw(streams, block) for plan in (plain, grown)]
    level = np.stack([grown.draw_shocks(streams, block).prices(year, 0, 0) for year in range(3)], axis=-1)
    level = level * 1.1 ** np.arange(-1, 2)
    (before, above), (after, above_after) = (
        (one.gbp[:, :, 0, 0], one.above_limit_gbp[:, :, 0, 0])
        for one in spends
        if one.above_limit_gbp is not None
    )
    assert above.min() > 0
    assert after == pytest.approx(before * level)
    assert above_after == pytest.approx(above * level)


@pytest.mark.parametrize(("own", "limit"), [(None, 200), (250, 200), (150, 150)])
def test_the_lower_of_two_limits_holds(own: float | None, limit: float) -> None:
    lines = [line_of(unit_cost_gbp=_uniform(**({} if own is None else {"limit": own})))]
    assert _plan(LIMIT, service_lines=lines).settings.service_lines[0].unit_cost_gbp.limit == limit


def test_it_holds_beyond_a_deductible() -> None:
    # Of a cost of 1,000 somebody else pays 50; the cluster pays 200 of the 950 left.
    line = line_of(unit_cost_gbp={"model": "empirical", "values": [1000], "deductible": 50})
    spend = _plan(LIMIT, service_lines=[line]).expected_spend_gbp
    assert spend[0, 0, 0] == pytest.approx(500 * 200)


def test_it_holds_for_the_lines_it_names_and_never_for_block_contracts() -> None:
    lines = [
        line_of("a", unit_cost_gbp=_uniform()),
        line_of("b", unit_cost_gbp=_uniform()),
        line_of("c", unit_cost_gbp=_uniform(), payment="block"),
    ]
    for named, expected in ((None, [200, 200, None]), (["b"], [None, 200, None])):
        rule = LIMIT if named is None else LIMIT | {"service_lines": named}
        plan = _plan(rule, service_lines=lines)
        assert [line.unit_cost_gbp.limit for line in plan.settings.service_lines] == expected
        means = [87_500 if limit else 100_000 for limit in expected]
        assert plan.expected_spend_gbp[0, 0] == pytest.approx(means)


def test_it_is_the_same_as_limits_in_the_laws_themselves() -> None:
    # Other draws, since the whole cost is drawn beside: the same law. 500 cases a year and cluster.
    own = [line_of(unit_cost_gbp=_uniform(limit=200))]
    by_rule, by_law = (
        simulated(one, contracts=4_000).contract_outcomes.gbp("spend")[:, 0, 0]
        for one in (_scenario(LIMIT), _scenario(service_lines=own))
    )
    error = by_law.std() * math.sqrt(2 / 4_000)
    assert by_rule.mean() == pytest.approx(by_law.mean(), abs=4 * error)
    assert by_rule.std() == pytest.approx(by_law.std(), rel=4 / math.sqrt(4_000))


def test_what_lies_above_is_paid_by_the_pct_and_the_whole_is_what_it_was() -> None:
    limited, whole = (simulated(one, contracts=1_000) for one in (_scenario(LIMIT), _scenario()))
    gbp = limited.contract_outcomes.gbp
    above = gbp("care_above_case_limit")
    assert np.allclose(gbp("spend") + above, whole.contract_outcomes.gbp("spend"), rtol=1e-12)
    # Costs from 100 to 300 have a mean of 200; limited to 200 it is 175, and an eighth is above.
    share = float(above.sum() / whole.contract_outcomes.gbp("spend").sum())
    assert share == pytest.approx(1 / 8, rel=0.01)
    for one in (limited, whole):
        assert one.rows[-1].estimates["providers_income_gbp"].value == pytest.approx(
            whole.rows[-1].estimates["spend_gbp"].value
        )
        # Planned is all care: 500 cases a year, whoever pays for them.
        assert one.plan.terms.planned_gbp[0, 0] == pytest.approx(500 * 200)


def test_a_limit_that_no_case_reaches_changes_no_expectation() -> None:
    high = LIMIT | {"limit_gbp": 1e6}
    assert np.array_equal(_plan(high).expected_spend_gbp, _plan().expected_spend_gbp)


def test_the_exact_method_sees_it() -> None:
    lines = [line_of(unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 1, "limit": 2000})]
    unlimited = [line_of(unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 1})]
    rule = LIMIT | {"limit_gbp": 2000}
    scenarios = (_scenario(service_lines=lines), _scenario(rule, service_lines=unlimited))
    own, by_rule = (exact_risk(checked(scenario)).rows for scenario in scenarios)
    assert own == by_rule
    assert own != exact_risk(checked(_scenario(service_lines=unlimited))).rows


def test_the_scenario_itself_still_says_what_its_file_says() -> None:
    scenario = checked(_scenario(LIMIT))
    make_plan(scenario)
    assert scenario.settings.service_lines[0].unit_cost_gbp.limit is None
