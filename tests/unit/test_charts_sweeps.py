"""Charts of many policies: the map of a sweep, and the frontier."""

from __future__ import annotations

from simulator.charts.policies import draw_frontier, draw_map
from simulator.questions.frontier.ask import frontier
from simulator.questions.sweep.ask import sweep
from simulator.simulation.draws import Draws
from tests.builders import checked, scenario_of, simulated
from tests.unit.faults_of_charts import faults
from tests.unit.problems import problems_of_call
from tests.unit.test_charts import SHOCKS

SHARE, BOND = "rules.surplus.practice_share", "rules.bond.share_of_annual_budget"
SCENARIO = scenario_of(shocks=SHOCKS)


def test_each_cell_of_the_map_is_a_policy_s_estimate() -> None:
    swept = sweep(checked(SCENARIO), {SHARE: [0.1, 0.2], BOND: [0.01, 0.03, 0.05]}, draws=Draws(200))
    chart = draw_map(swept, "pct_payment_gbp")
    assert faults(chart) == []
    assert len(chart.data) == 6
    for row in chart.data.to_dict("records"):
        policy = simulated(SCENARIO, f"{SHARE}={row[SHARE]}", f"{BOND}={row[BOND]}", contracts=200)
        assert row["value"] == policy.rows[-1].estimates["pct_payment_gbp"].value
    # A larger bond leaves less to the PCT.
    assert "Highest is" in chart.alt
    assert "bond as a share of the annual budget 1%." in chart.alt
    of_south = draw_map(swept, "bond_covers_probability", "South")
    assert "For South the scenario as given has" in of_south.alt
    assert any(text.get_text().startswith("South, by") for text in of_south.figure.texts)


def test_a_large_map_has_its_numbers_in_the_table() -> None:
    swept = sweep(checked(SCENARIO), {SHARE: "0:0.1:0.01", BOND: "0:0.5:0.05"}, draws=Draws(100))
    chart = draw_map(swept, "practice_share_gbp")
    assert faults(chart) == []
    assert len(chart.data) == 121
    assert not chart.figure.axes[0].texts


def test_a_sweep_without_a_map() -> None:
    swept = sweep(checked(SCENARIO), {BOND: [0.01, 0.03]}, measures=["pct_payment_gbp"], draws=Draws(100))
    problems = problems_of_call(lambda: draw_map(swept, "pct_paymen_gbp", "South"))
    assert problems[0].hint == 'did you mean "pct_payment_gbp"?'
    assert problems[-1].got == f"{BOND} (2)"
    side_by_side = sweep(
        checked(SCENARIO), {SHARE: [0.1, 0.2], BOND: [0.01, 0.03]}, together=True, draws=Draws(100)
    )
    (problem,) = problems_of_call(lambda: draw_map(side_by_side, "pct_payment_gbp"))
    assert "each value of one with each of the other" in problem.need


def test_the_frontier_s_policies_are_numbered() -> None:
    found = frontier(checked(SCENARIO), {SHARE: [0.05, 0.1], BOND: [0.01, 0.05]}, draws=Draws(200))
    chart = draw_frontier(found)
    assert faults(chart) == []
    numbered = chart.data[chart.data["number"] != ""].sort_values("number")
    assert numbered["number"].tolist() == list(range(1, len(found.policies) + 1))
    assert set(numbered["standing"]) == {"on the frontier"}
    assert chart.title.startswith(f"{len(found.policies)} of 4 policies")
    for row in chart.data.to_dict("records"):
        policy = simulated(SCENARIO, f"{SHARE}={row[SHARE]}", f"{BOND}={row[BOND]}", contracts=200)
        for measure in ("pct_payment_gbp", "practice_share_gbp"):
            assert row[measure] == policy.rows[-1].estimates[measure].value
