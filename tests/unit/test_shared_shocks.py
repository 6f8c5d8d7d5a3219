"""Shocks of a part of a plan, and draws that share them."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.part_of_plan import drawn_part
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import checked, cluster_of, line_of, scenario_of

SIZE = {"law": "lognormal", "sd_share": 0.1}
EVERY_SHOCK = {
    "pct": {"size": SIZE, "growth_drift_sd_share": 0.01, "correlation_between_pcts": 0.5},
    "cluster": SIZE,
    "cluster_year": SIZE,
    "cluster_line": SIZE,
    "price": {"size": SIZE, "correlation_between_pcts": 0.5},
}
CLUSTERS = [
    cluster_of("A", pct="East"),
    cluster_of("B", pct="West", need={"mean": 1.0, "sd": 0.05}),
    cluster_of("C", pct="West"),
]
LINES = [
    line_of("admissions", growth_share={"mean": 0.02, "sd": 0.01}),
    line_of("homes"),
    line_of("drugs", price_growth_share={"mean": 0.02, "sd": 0.01}),
]
SCENARIO = checked(scenario_of(shocks=EVERY_SHOCK, clusters=CLUSTERS, service_lines=LINES))
STREAMS, BLOCK = RandomStreams(1), Block(0, 50)


def factors(plan: Plan, shocks: ShockDraws) -> np.ndarray:
    places = np.ndindex(len(plan.axes.years), len(plan.axes.clusters), len(plan.axes.lines))
    each = [(shocks.factors(*place), np.broadcast_to(shocks.prices(*place), 50)) for place in places]
    return np.array(each)


@pytest.mark.parametrize(("clusters", "lines"), [([1], [0, 1, 2]), ([0, 2], [1, 2]), ([0, 1, 2], [0])])
def test_a_part_of_shocks_is_what_is_drawn_of_it_alone(clusters: list[int], lines: list[int]) -> None:
    plan, some = make_plan(SCENARIO), (np.array(clusters), np.array(lines))
    of_part, drawn = drawn_part(plan, *some), plan.draw_shocks(STREAMS, BLOCK)
    assert all(one is not None for one in (drawn.drift, drawn.price, drawn.cluster_line))
    assert all(one is not None for one in (drawn.doubt_of_lines, drawn.doubt_of_prices))
    assert drawn.doubt_of_clusters is not None
    alone = of_part.draw_shocks(STREAMS, BLOCK)
    assert np.array_equal(factors(of_part, drawn.part(*some)), factors(of_part, alone))


def test_shocks_are_drawn_once_for_all_that_move_spend_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn, draw = [], Plan.draw_shocks
    monkeypatch.setattr(Plan, "draw_shocks", lambda *asked: drawn.append(1) or draw(*asked))
    shared = SharedDraws.of(SCENARIO, Draws(200, 1))
    varied = (
        {},
        {"clusters.B.true_saving_share": 0.1},
        {"service_lines.homes.unit_cost_gbp.limit": 900},
        {"clusters.*.true_saving_share": 0.1},
    )
    for change in varied:
        found = shared.outturn(SCENARIO.vary(change))
        assert len(drawn) == 1
        assert np.array_equal(
            found.spend_gbp, simulate(SCENARIO.vary(change), Draws(200, 1)).outturn.spend_gbp
        )
        del drawn[1:]
