"""The charts of a fit, by name, in the order in which a report shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from simulator.charts.chart import Chart
from simulator.charts.fit_chance import costs_of, learned, mean_excess, quantiles, scatter
from simulator.charts.fit_clusters import breaks, levels, residuals
from simulator.charts.fit_lines import fan, season

if TYPE_CHECKING:
    from simulator.questions.fit.answer import FitAnswer

FIT_CHARTS: dict[str, Callable[[FitAnswer], Chart]] = {
    "fan": fan,
    "learned": learned,
    "levels": levels,
    "residuals": residuals,
    "breaks": breaks,
    "season": season,
    "scatter": scatter,
    "mean-excess": mean_excess,
    "quantiles": quantiles,
}
"""The register of charts of a fit."""
_OF_COSTS = {"mean-excess", "quantiles"}


def fit_charts(answer: FitAnswer) -> Iterator[Chart]:
    """Yield every chart that a fit has something for: those of single costs only where they were given."""
    for name, draw in FIT_CHARTS.items():
        if name not in _OF_COSTS or costs_of(answer):
            yield draw(answer)
