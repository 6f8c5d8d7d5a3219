"""Years that are cut after some months and forecast: what the truth was, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.questions.forecast.actuals import Actuals
from simulator.questions.forecast.posterior import Posterior, Seen
from simulator.questions.forecast.rest import YearUnderWay
from simulator.questions.months.ask import Months
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.simulation.plan import Plan, make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of

RATIO, CV = 2.0, 1.0
BURSTS = {"model": "negative_binomial", "variance_to_mean": RATIO}
SHOCKS = {
    "pct": {"size": {"law": "lognormal", "sd_share": 0.03}, "correlation": 0.5, "persistence": 0.6},
    "cluster": {"law": "lognormal", "sd_share": 0.03},
    "practice": {"size": {"law": "lognormal", "sd_share": 0.05}},
    "cluster_year": {"law": "lognormal", "sd_share": 0.03},
    "cluster_line_year": {"law": "lognormal", "sd_share": 0.03},
    "price": {"size": {"law": "normal", "sd_share": 0.02}, "correlation": 0.3},
}
SCENARIO = scenario_of(
    shocks=SHOCKS,
    service_lines=[
        line_of(count=BURSTS),
        line_of("rare", rate_per_1000=2, unit_cost_gbp={"model": "gamma", "mean": 20_000, "cv": CV}),
    ],
    clusters=[cluster_of(f"{people:,}", people) for people in (5_000, 20_000, 50_000, 100_000)],
    rules=[],
)
"""Every kind of shock; clusters in which chance rules, and in which shocks do."""


@dataclass(frozen=True)
class Years:
    """Years as they were, month by month."""

    plan: Plan
    spend_gbp: FloatArray  # shape (year, month, cluster, line)
    counts: FloatArray  # of the same shape

    def cut(self, at: int, months: int, *, counted: bool = False) -> YearUnderWay:
        """Return a year of which the first months are known."""
        spend, counts = self.spend_gbp[at, :months], self.counts[at, :months]
        counts = counts if counted else np.full(counts.shape, np.nan)
        clusters = tuple(range(len(self.plan.axes.clusters)))
        return YearUnderWay(self.plan, Actuals(1, clusters, spend, counts), {})


def years_of(mapping: Table, years: int, seed: int = 99) -> Years:
    """Draw years with shocks of the simulator, and each count and each cost by numpy alone."""
    plan = make_plan(checked(mapping))
    generator = np.random.default_rng(seed)
    shares = Months(plan, 1).shares
    shocks = plan.draw_shocks(RandomStreams(seed), Block(0, years))
    shape = (years, len(shares), len(plan.axes.clusters), len(plan.axes.lines))
    counts, spend = np.empty(shape), np.empty(shape)
    for cluster, line in np.ndindex(shape[2:]):
        law = plan.settings.service_lines[line]
        mean = plan.expected_counts[1, cluster, line] * shocks.factors(1, cluster, line)
        means = mean[:, None] * shares[:, line]
        ratio = law.count.variance(1.0)
        bursts = generator.gamma(means / (ratio - 1), ratio - 1) if ratio > 1 else means
        found = generator.poisson(bursts)
        counts[:, :, cluster, line] = found
        # Costs are gamma with a coefficient of variation of one: exponential.
        paid = np.where(found > 0, generator.gamma(np.maximum(found, 1)), 0.0) * law.unit_cost_gbp.mean_gbp
        price = (
            np.broadcast_to(shocks.prices(1, cluster, line), years)[:, None]
            * plan.prices[line].price_index[1]
        )
        spend[:, :, cluster, line] = paid * price
    return Years(plan, spend, counts)


def posterior_of(year: YearUnderWay, prior: FloatArray, noise: float = 1.0) -> Posterior:
    """Return what a year's months say; as if chance made so many times the noise that it makes."""
    so_far = year.expected_counts[: year.actuals.months].sum(axis=0)
    seen = Seen.of(year.plan, year.actuals, so_far, list(year.per_case))
    return Posterior.of(prior, replace(seen, variance=noise * seen.variance))


def outturns(year: YearUnderWay, posterior: Posterior, seed: int, draws: int) -> FloatArray:
    """Return draws of where a year ends, shape (draw, cluster)."""
    to_come, _, worth = year.draw(posterior, RandomStreams(seed), draws, Block(0, draws))
    return year.outturn_gbp(to_come, worth)
