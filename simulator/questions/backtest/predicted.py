"""Predictions of the years after an origin: by the fit, by the same fit taken as certain, and as typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.fitting.fit import fit_history
from simulator.fitting.future import future
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import Priors
from simulator.questions.backtest.windows import Window, amounts_of, in_cases
from simulator.random_streams import Generator, RandomStreams
from simulator.records import Block, FloatArray
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import ServiceLine
from simulator.simulation.plan import make_plan

CARRIED, CERTAIN, LAST, TYPED = (
    "fitted, doubt carried",
    "fitted, taken as certain",
    "last year and typed growth",
    "the scenario as typed",
)
METHODS = (CARRIED, CERTAIN, LAST, TYPED)
ROWS = 2_000
"""Samples of each prediction: a bound of a 95% range is known to about half a percent of the law."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """Samples by method: shape (row, year ahead, cluster, line); nan where a method says nothing."""

    window: Window
    samples: dict[str, FloatArray]
    budget_gbp: FloatArray  # shape (year ahead, cluster, line); last year's amount, uplifted


def predict(window: Window, scenario: Scenario, priors: Priors, seed: int) -> Predicted:
    """Predict the years after an origin.

    Lists of those years are taken as known. Chance in counts and costs has a gamma law with the right mean
    and variance, given the factors.
    """
    streams = RandomStreams(seed)
    posterior = fit_history(window.seen, window.law, priors, ROWS, seed)
    draw = partial(_of_posterior, window, streams=streams)
    samples = {
        CARRIED: draw(posterior, np.arange(ROWS)),
        CERTAIN: draw(posterior.at_estimate(), np.zeros(ROWS, dtype=int)),
        **_as_typed(window, scenario, streams),
    }
    return Predicted(window, samples, _budgets(window, scenario))


def _normals(streams: RandomStreams, *names: str) -> FloatArray:
    return streams.generator("backtest", *names).standard_normal(ROWS)


def _of_posterior(
    window: Window, posterior: Posterior, rows: np.ndarray, streams: RandomStreams
) -> FloatArray:
    """Draw amounts from rows of a posterior, shape (row, year ahead, cluster, line)."""
    normals: Callable[..., FloatArray] = partial(_normals, streams, window.origin)
    at = list(window.ahead)
    volume, price = (one[:, at] for one in future(posterior, rows, max(at), normals))
    exposure = _exposure(window)
    law = window.law
    v, cv = (np.where(np.isfinite(one), one, 1.0) for one in (law.v, law.cv))
    cases = np.exp(volume) * exposure
    chance = streams.generator("backtest", window.origin, "chance")
    if in_cases(window.seen):
        return _scattered(cases, v * cases, chance)
    spend_only = law.spend_only
    mean_cost = np.where(spend_only, 1.0, np.exp(np.nan_to_num(price)))
    of_case = np.where(spend_only, v, (v + cv**2) * mean_cost**2)
    return _scattered(cases * mean_cost, of_case * cases, chance)


def _exposure(window: Window) -> FloatArray:
    """Return weighted people times the part of the year that is told, shape (year ahead, cluster, line)."""
    outturn = window.outturn
    return np.moveaxis(outturn.weighted_people * outturn.year_share, -1, 0)


def _scattered(mean: FloatArray, variance: FloatArray, generator: Generator) -> FloatArray:
    """Draw amounts with a mean and a variance from gamma laws."""
    positive = (mean > 0) & (variance > 0)
    shape = np.divide(mean**2, variance, out=np.ones_like(mean), where=positive)
    drawn = generator.standard_gamma(shape) / shape
    return np.asarray(mean * np.where(positive, drawn, 1.0))


def _as_typed(window: Window, scenario: Scenario, streams: RandomStreams) -> dict[str, FloatArray]:
    """Draw what last year with the scenario's growth, and its own rates, say, with its shocks."""
    varied = scenario.vary({"contract.years": max(window.ahead), "fit.carry_uncertainty": False})
    plan = make_plan(varied)
    draws = plan.draw_shocks(streams, Block(0, ROWS))
    seen, settings = window.seen, varied.settings
    shape = (ROWS, len(window.ahead), len(seen.clusters), len(seen.lines))
    found = {LAST: np.full(shape, np.nan), TYPED: np.full(shape, np.nan)}
    cases_alone, exposure = in_cases(seen), _exposure(window)
    then = seen.weighted_people[..., -1] * seen.year_share[..., -1]
    last = np.divide(amounts_of(seen)[..., -1], then, out=np.full(then.shape, np.nan), where=then > 0)
    lines = {line.name: (at, line) for at, line in enumerate(settings.service_lines)}
    clusters = {one.name: (at, one) for at, one in enumerate(settings.clusters)}
    generator = streams.generator("backtest", window.origin, "chance as typed")
    for at_line, name in enumerate(seen.lines):
        if name not in lines:
            continue
        own_line, line = lines[name]
        of_case = 1.0 if cases_alone else line.unit_cost_gbp.mean_gbp
        ratio = line.count.variance(1.0)
        if not cases_alone:
            ratio += line.unit_cost_gbp.variance_gbp2 / of_case**2
        for at_cluster, unit in enumerate(seen.clusters):
            if unit not in clusters:
                continue
            own_cluster, cluster = clusters[unit]
            for at_year, ahead in enumerate(window.ahead):
                factors = draws.factors(ahead, own_cluster, own_line)
                if not cases_alone:
                    factors = factors * draws.prices(ahead, own_line)
                people = exposure[at_year, at_cluster, at_line]
                year = seen.years[-1] + ahead
                levels = {
                    LAST: last[at_cluster, at_line] * _growth(line, ahead, cases_alone=cases_alone),
                    TYPED: cluster.need
                    * _typed(line, year, settings.contract.start_year, cases_alone=cases_alone),
                }
                for method, level in levels.items():
                    mean = factors * level * people
                    if np.isfinite(level):
                        place = found[method][:, at_year, at_cluster, at_line]
                        place[:] = _scattered(mean, ratio * of_case * mean, generator)
    return found


def _growth(line: ServiceLine, years: int, *, cases_alone: bool) -> float:
    prices = 1.0 if cases_alone else 1 + line.price_growth_share
    return float(((1 + line.growth_share) * prices) ** years)


def _typed(line: ServiceLine, year: int, start: int, *, cases_alone: bool) -> float:
    """Return what a weighted person is expected to cost, or to need in cases, in a year."""
    since = year - (line.rate_year if line.rate_year is not None else start)
    of_case = 1.0 if cases_alone else line.unit_cost_gbp.mean_gbp
    return float(line.rate_per_1000 / 1000 * of_case * _growth(line, since, cases_alone=cases_alone))


def _budgets(window: Window, scenario: Scenario) -> FloatArray:
    """Return last year's amounts at the uplift of each line's budgets, shape (year ahead, cluster, line)."""
    seen, outturn, settings = window.seen, window.outturn, scenario.settings
    whole = amounts_of(seen)[..., -1] / np.where(
        seen.year_share[..., -1] > 0, seen.year_share[..., -1], np.nan
    )
    lines = {line.name: line for line in settings.service_lines}
    uplift = np.ones(len(seen.lines))
    for at, name in enumerate(seen.lines):
        if (line := lines.get(name)) is not None:
            given = getattr(line.budget_rule or settings.budgets.rule, "uplift_share", None)
            uplift[at] = _growth(line, 1, cases_alone=False) if given is None else 1 + given
    return np.stack(
        [whole * uplift**ahead * outturn.year_share[..., at] for at, ahead in enumerate(window.ahead)]
    )
