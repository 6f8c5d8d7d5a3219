"""A chart that is drawn, saved or shown twice is the same picture each time."""

from __future__ import annotations

import pytest

from simulator.charts.register import draw
from tests.builders import scenario_of, simulated


@pytest.mark.parametrize("name", ["overspend", "outturn", "bond-cover"])
def test_rendering_again_changes_nothing(name: str) -> None:
    result = simulated(scenario_of(), contracts=200)
    chart = draw(result, name)
    first = chart.rendered("svg")
    other = draw(result, name)
    assert other.rendered("png") == other.rendered("png")
    assert chart.rendered("svg") == first == other.rendered("svg")
