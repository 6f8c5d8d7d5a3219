"""The waterfall of what actions are worth."""

from __future__ import annotations

import pytest

from simulator import charts
from simulator.charts.look import SIZES, Look, looking
from simulator.charts.study import Study
from simulator.charts.words import money
from simulator.questions.worth.ask import TOGETHER
from simulator.risk.account_book import ALL_CLUSTERS
from tests.builders import Table, scenario_of, simulated
from tests.unit.faults_of_charts import faults
from tests.unit.test_charts import LONG

HOLDS: Table = {
    "name": LONG,
    "action": "reduce_demand",
    "avoided_share": 0.02,
    "holds_back_care": True,
    "ramp_share_by_year": [1.0],
}
COSTS: Table = {"name": "management", "action": "management_cost", "gbp_per_head": 25.0}


def study_of(*actions: Table) -> Study:
    return Study(simulated(scenario_of(actions=list(actions)), contracts=200))


@pytest.mark.parametrize("size", SIZES)
def test_each_action_stands_with_its_worth(size: str) -> None:
    study = study_of(HOLDS, COSTS)
    with looking(Look(SIZES[size])):
        chart = charts.draw(study, "actions")
    assert faults(chart) == []
    assert chart.title.startswith("What clusters do costs £")
    data = chart.data.set_index(["cluster", "action"])
    worth = study.worth
    for row in worth.rows:
        assert data.loc[(row.cluster, row.action), "net_gbp"] == row.net.value
    assert "£1.25m" in chart.alt
    written = " ".join(text.get_text().replace("\n", " ") for text in chart.figure.texts)
    assert money(worth.row(TOGETHER).per_pound) in written
    # Bars follow each other, and all of them end where these do.
    bars = [(bar.get_x(), bar.get_width()) for bar in chart.figure.axes[0].patches]
    assert [start for start, _ in bars[:-1]] == pytest.approx([0, *(sum(bar) for bar in bars[:-2])])
    assert sum(bars[-2]) == pytest.approx(bars[-1][1]) == pytest.approx(worth.row(TOGETHER).net.value)


def test_the_title_says_which_way_it_goes() -> None:
    assert " saves £" in charts.draw(study_of(HOLDS), "actions", "South").title
    nothing = study_of(HOLDS | {"avoided_share": 0.0})
    assert charts.draw(nothing, "actions").title == "What clusters do saves what it costs, within chance"


def test_without_actions_it_says_so() -> None:
    chart = charts.draw(study_of(), "actions")
    assert faults(chart) == []
    assert chart.title == "Clusters do nothing about demand here"
    assert ALL_CLUSTERS.lower() in chart.alt
