"""Predictions of the years after an origin: by the fit, by the same fit taken as certain, and as typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from simulator.fitting.fit import fit_history
from simulator.fitting.future import future
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import Priors
from simulator.questions.backtest.windows import Window, amounts_of, in_cases
from simulator.random_streams import Generator, RandomStreams
from simulator.records import Block, FinancialYear, FloatArray
from simulator.scenario.scenario import Scenario
from simulator.simulation.line_budgets import price_of_case_gbp
from simulator.simulation.plan import Plan, make_plan

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
    plan = make_plan(scenario.vary({"contract.years": max(window.ahead), "fit.carry_uncertainty": False}))
    posterior = fit_history(window.seen, window.law, priors, ROWS, seed)
    draw = partial(_of_posterior, window, streams=streams)
    samples = {
        CARRIED: draw(posterior, np.arange(ROWS)),
        CERTAIN: draw(posterior.at_estimate(), np.zeros(ROWS, dtype=int)),
        **_as_typed(window, plan, streams),
    }
    return Predicted(window, samples, _budgets(window, plan))


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


def _as_typed(window: Window, plan: Plan, streams: RandomStreams) -> dict[str, FloatArray]:
    """Draw what last year with the scenario's growth, and its own rates, say, with its shocks."""
    seen, exposure, cases_alone = window.seen, _exposure(window), in_cases(window.seen)
    draws = plan.draw_shocks(streams, Block(0, ROWS))
    generator = streams.generator("backtest", window.origin, "chance as typed")
    shape = (ROWS, len(window.ahead), len(seen.clusters), len(seen.lines))
    found = {LAST: np.full(shape, np.nan), TYPED: np.full(shape, np.nan)}
    then = seen.weighted_people[..., -1] * seen.year_share[..., -1]
    last = np.divide(amounts_of(seen)[..., -1], then, out=np.full(then.shape, np.nan), where=then > 0)
    known = product(_matched(seen.lines, plan.axes.lines), _matched(seen.clusters, plan.axes.clusters))
    for (at_line, own_line), (at_cluster, own_cluster) in known:
        line = plan.settings.service_lines[own_line]
        typed = _typed(window, plan, own_line)
        ratio = line.chance_of_a_case[0] if cases_alone else sum(line.chance_of_a_case)
        of_case = 1.0 if cases_alone else line.unit_cost_gbp.mean_gbp
        for at_year, ahead in enumerate(window.ahead):
            factors = draws.factors(ahead, own_cluster, own_line)
            if not cases_alone:
                factors = factors * draws.prices(ahead, own_cluster, own_line)
            people = exposure[at_year, at_cluster, at_line]
            levels = {
                LAST: last[at_cluster, at_line] * typed[at_year + 1] / typed[0],
                TYPED: plan.settings.clusters[own_cluster].need * typed[at_year + 1],
            }
            for method, level in levels.items():
                mean = factors * level * people
                found[method][:, at_year, at_cluster, at_line] = _scattered(
                    mean, ratio * of_case * mean, generator
                )
    return found


def _matched(names: tuple[str, ...], known: tuple[str, ...]) -> list[tuple[int, int]]:
    """Return the positions of names, and where they are among others that are known."""
    return [(at, known.index(name)) for at, name in enumerate(names) if name in known]


def _typed(window: Window, plan: Plan, line: int) -> FloatArray:
    """Return what a weighted person is expected to cost, or to need in cases, by the scenario.

    Shape (1 + year ahead,): in the last year that is seen, and in those ahead.
    """
    last, rate = window.seen.years[-1], plan.rates[line]
    years = [FinancialYear(last + ahead) for ahead in (0, *window.ahead)]
    cases = np.array([rate.annual_rate_per_person(year) for year in years])
    if in_cases(window.seen):
        return cases
    return np.asarray(cases * price_of_case_gbp(plan.settings.service_lines[line], rate, years))


def _budgets(window: Window, plan: Plan) -> FloatArray:
    """Return last year's amounts at the uplift of each line's budgets, shape (year ahead, cluster, line)."""
    seen, outturn = window.seen, window.outturn
    share = seen.year_share[..., -1]
    whole = amounts_of(seen)[..., -1] / np.where(share > 0, share, np.nan)
    uplift = np.ones(len(seen.lines))
    for at, own in _matched(seen.lines, plan.axes.lines):
        given = getattr(plan.budgets[own].rule, "uplift_share", None)
        uplift[at] += plan.budgets[own].growth_share if given is None else given
    return np.stack(
        [whole * uplift**ahead * outturn.year_share[..., at] for at, ahead in enumerate(window.ahead)]
    )
