"""Fits: density against one normal law, points against long chains, and what intervals cover."""

from __future__ import annotations

import time
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from simulator.fitting.cells import price_cells, volume_cells
from simulator.fitting.covariances import Structure, price_free, volume_free
from simulator.fitting.fit import fit_history
from simulator.fitting.hyperparameters import Density, sample_posterior
from simulator.fitting.likelihood import fitted, log_likelihood
from simulator.fitting.months import month_law
from simulator.fitting.posterior import Posterior
from simulator.fitting.priors import Priors
from simulator.fitting.states import draw_states
from simulator.random_streams import RandomStreams
from simulator.records import FloatArray
from tests.references.dense_history import dense_log_likelihood
from tests.references.histories import Truth, draw_history, predicted_spend, true_spend, without_months

PRIORS = Priors()
WORDS = ("a", "b", "c", "d", "e", "f", "g", "h")


def _structure(lines: int, years: int, *, drift: float = 0.01, price: bool = False) -> Structure:
    free, fixed = (price_free(PRIORS, lines), {}) if price else volume_free(PRIORS, lines)
    return Structure(
        np.linspace(0.6, 1.7, lines),
        np.linspace(1.4, 0.5, lines),
        years,
        free,
        fixed,
        level_mean=np.linspace(-2.0, 1.0, lines),
        growth_mean=np.full(lines, 0.025),
        growth_sd=np.full(lines, 0.03),
        drift_sd=drift,
    )


@pytest.mark.parametrize(("lines", "price"), [(3, False), (3, True), (1, False)])
def test_density_is_that_of_all_cells_as_one_normal_law(lines: int, price: bool) -> None:
    generator = RandomStreams(3).generator("cells")
    structure = _structure(lines, 4, price=price)
    counts = generator.poisson(400.0, (5, lines, 4)).astype(float)
    counts[generator.random(counts.shape) < 0.2] = np.nan
    cells = (
        price_cells(100 * counts, counts, np.ones(lines))
        if price
        else volume_cells(counts, np.full(counts.shape, 3000.0), np.linspace(1, 3, lines))
    )
    for units in generator.standard_normal((4, len(structure.free))):
        values = {name: float(one[0]) for name, one in structure.values(units[None]).items()}
        exact = dense_log_likelihood(cells, structure, values)
        assert log_likelihood(cells, structure, units[None])[0] == pytest.approx(exact, abs=1e-7 * abs(exact))
        # And it is no accident: another value has another density.
        assert abs(log_likelihood(cells, structure, units[None] + 0.1)[0] - exact) > 1e-4


def test_draws_of_states_have_the_law_that_the_data_give() -> None:
    """The drawn sum behind each base-year cell has the mean that a direct solution gives it."""
    generator = RandomStreams(4).generator("states")
    structure = _structure(3, 4)
    counts = generator.poisson(900.0, (4, 3, 4)).astype(float)
    counts[0, 1, 3] = np.nan
    cells = volume_cells(counts, np.full(counts.shape, 3000.0), np.array([1.0, 2.0, 3.0]))
    units, rows = np.zeros((1, len(structure.free))), 20_000
    states = draw_states(cells, structure, units, np.array([rows]), generator)
    base = (states.level + states.shock)[:, None] + states.cluster_level
    base = base + states.cluster_state[..., None] + states.cluster_line_state
    expected = fitted(cells, structure, units[0]).reshape(4, 3, 4)[..., -1]
    errors = base.std(0) / np.sqrt(rows)
    assert (np.abs(base.mean(0) - expected) < 4 * errors).all()
    # Growth and all else are less sure than their priors, and more than nothing.
    assert (states.growth.std(0) < 0.036).all()
    assert (states.growth.std(0) > 0.002).all()


def _chains(density: Density, size: int) -> FloatArray:
    """Return 6,000 steps each of eight plain chains of Metropolis, after 1,000 that are forgotten."""
    generator = RandomStreams(5).generator("chain")
    at, kept, scale = np.zeros((8, size)), [], np.full(size, 0.5)
    logs = density(at)
    for number in range(7000):
        fresh = at + scale * generator.standard_normal(at.shape) * 2.0 / np.sqrt(size)
        fresh_logs = density(fresh)
        moves = np.log(generator.random(8)) < fresh_logs - logs
        at, logs = np.where(moves[:, None], fresh, at), np.where(moves, fresh_logs, logs)
        kept.append(at)
        if number in {300, 600, 999}:
            scale = np.maximum(np.std(kept[number // 2 :], axis=(0, 1)), 0.05)
    return np.concatenate(kept[1000:])


def test_points_agree_with_a_long_chain() -> None:
    history = draw_history(Truth(), 3, RandomStreams(9).generator("history"), clusters=5)
    counts, v = history.observed.counts[:, :4], np.array(history.truth.v)[:4]
    cells = volume_cells(counts, history.observed.weighted_people[:, :4], v)
    level = cells.z.reshape(5, 4, 3).mean((0, 2))
    structure = replace(_structure(4, 3), level_mean=level, line_scales=np.ones(4), cluster_scales=np.ones(4))

    def density(units: FloatArray) -> FloatArray:
        return log_likelihood(cells, structure, units) - 0.5 * (units**2).sum(1)

    names = tuple(structure.free)
    points = sample_posterior(
        lambda units: log_likelihood(cells, structure, units),
        names,
        WORDS,
        RandomStreams(1).generator("points"),
    )
    assert points.effective > 100
    chosen = points.units[points.resample(4000, RandomStreams(2).generator("rows"))]
    drawn, direct = (structure.values(one) for one in (chosen, _chains(density, len(names))))
    for name in names:
        # Correlations: four errors of a median of 800 points, whose posterior SD is 0.2.
        near = {"abs": 0.05} if structure.free[name].correlation else {"rel": 0.08}
        assert np.median(drawn[name]) == pytest.approx(np.median(direct[name]), **near), name
        (low, high), (direct_low, direct_high) = (
            np.quantile(one[name], [0.025, 0.975]) for one in (drawn, direct)
        )
        assert high == pytest.approx(direct_high, rel=0.2), name
        # The low end of an SD lies in a long tail: 800 points know it to a quarter.
        assert low == pytest.approx(direct_low, rel=0.5), name


HISTORIES = 24


@pytest.fixture(scope="module", params=[3, 5])
def covered(request: pytest.FixtureRequest) -> dict[str, FloatArray]:
    """Coverage of clusters' spend by year, shape (history, 3), and of bonds, shape (history,)."""
    found: dict[str, list[FloatArray]] = {}
    for seed in range(1, HISTORIES + 1):
        streams = RandomStreams(1000 * request.param + seed)
        history = draw_history(Truth(), request.param, streams.generator("history"))
        law = month_law(history.months)
        posterior = fit_history(history.observed, law, Priors(drift_sd=0.0), rows=2000, seed=seed)
        true = true_spend(history, 3, 400, streams.generator("futures"))
        for name, one in (("carried", posterior), ("ignored", posterior.at_estimate())):
            spend = predicted_spend(one, history, (law.v, law.cv), 3, 4000, seed)
            low, high = np.quantile(spend, [0.025, 0.975], axis=0)
            found.setdefault(name, []).append(((true >= low) & (true <= high)).mean((0, 2)))
            bond = np.quantile(spend.sum(1), 0.95, axis=0)
            found.setdefault(f"{name} bond", []).append((true.sum(1) <= bond).mean())
        found.setdefault("medians", []).append(_medians(posterior))
    return {name: np.array(one) for name, one in found.items()}


def _medians(posterior: Posterior) -> FloatArray:
    volume = posterior.volume
    return np.array(
        [np.median(volume.theta[:, volume.parameters.index(name)]) for name in ("tau", "sigma_c", "delta")]
    )


def test_intervals_cover_what_comes_and_ignoring_doubt_does_not(covered: dict[str, FloatArray]) -> None:
    carried, ignored = covered["carried"].mean(0), covered["ignored"].mean(0)
    error = covered["carried"].std(0, ddof=1) / np.sqrt(HISTORIES)
    assert (carried + 4 * error > 0.93).all()
    assert (carried - 4 * error < 0.985).all()
    assert ignored[0] < 0.93
    assert ignored[2] < 0.90
    bond, bond_error = (
        covered["carried bond"].mean(),
        covered["carried bond"].std(ddof=1) / np.sqrt(HISTORIES),
    )
    assert 0.92 - 4 * bond_error < bond < 0.985 + 4 * bond_error
    assert covered["ignored bond"].mean() < 0.92


def test_sizes_of_shocks_are_found(covered: dict[str, FloatArray]) -> None:
    tau, sigma_c, delta = np.mean(covered["medians"], axis=0)
    assert 0.022 < tau < 0.038
    assert 0.014 < sigma_c < 0.026
    assert 0.014 < delta < 0.022


def test_months_never_seen_move_no_median_far() -> None:
    history = draw_history(Truth(), 5, RandomStreams(77).generator("history"))
    observed, months = without_months(history, 0.1, RandomStreams(77).generator("lost"))
    whole = fit_history(history.observed, month_law(history.months), rows=4000, seed=1).volume
    part = fit_history(observed, month_law(months), rows=4000, seed=1).volume
    for at, name in enumerate(whole.parameters):
        before, after = (np.log(one.theta[:, at].astype(float)) for one in (whole, part))
        # Of sizes that are nothing in truth only noise is learned, and other months have other noise.
        most = 2 / 3 if name in {"sigma_k", "epsilon"} else 1 / 3
        assert abs(np.median(after) - np.median(before)) < most * before.std(), name
    for before, after in ((whole.growth, part.growth), (whole.level, part.level)):
        assert (np.abs(np.median(after, axis=0) - np.median(before, axis=0)) < before.std(0) / 3).all()


def test_five_years_of_a_pct_take_seconds_and_little_memory() -> None:
    """43 practices, 6 lines, 60 months and 10,000 draws: at most 10 s of one core and 500 MB."""
    history = draw_history(Truth(), 5, RandomStreams(5).generator("history"))
    tracemalloc.start()
    started = time.process_time()
    posterior = fit_history(history.observed, month_law(history.months))
    seconds, (_, peak) = time.process_time() - started, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert posterior.rows == 10_000
    assert min(posterior.volume.effective, posterior.price.effective) > 100
    assert seconds < 10
    assert peak < 400e6  # beside some 80 MB of Python, numpy and scipy
