"""Histories by the product's own law, as arrays, with what is true of them and the years that follow."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simulator.fitting.future import future
from simulator.fitting.observed import Months, Observed
from simulator.fitting.posterior import Posterior
from simulator.random_streams import Generator, RandomStreams
from simulator.records import FloatArray

LINES = ("emergency", "planned", "outpatient", "ae", "prescribing", "rare")
# People of seven clusters of the size of the flagship's; 43 practices.
PEOPLE = np.array([62_000.0, 59_000.0, 40_000.0, 92_000.0, 92_000.0, 48_000.0, 56_000.0])
PRACTICES = np.array([6, 6, 4, 9, 8, 5, 5])


@dataclass(frozen=True)
class Truth:
    """The flagship's figures."""

    tau: float = 0.03
    rho: float = 0.5
    phi: float = 0.6
    sd_c: float = 0.02
    sd_d: float = 0.018
    phi_d: float = 0.0
    rate: tuple[float, ...] = (0.1012, 0.1839, 1.34, 0.409, 17.8, 0.00055)
    growth: tuple[float, ...] = (0.028, 0.028, 0.026, 0.042, 0.035, 0.03)
    v: tuple[float, ...] = (1.5, 1.3, 1.8, 1.4, 6.0, 1.1)
    mean_cost: tuple[float, ...] = (2080.0, 1250.0, 105.0, 100.0, 9.53, 42000.0)
    cv: tuple[float, ...] = (1.47, 1.3, 0.6, 0.5, 1.2, 1.6)
    season_sd: float = 0.05


@dataclass(frozen=True)
class History:
    """What is observed, and where the truth stands at the end."""

    truth: Truth
    observed: Observed
    months: Months
    shock: FloatArray  # shape (line,)
    cluster: FloatArray  # shape (cluster,)
    passing: FloatArray  # shape (cluster,)


def draw_history(truth: Truth, years: int, generator: Generator, clusters: int = 7) -> History:
    """Draw a history of whole years."""
    lines, people = len(truth.rate), PEOPLE[:clusters]
    # The fit takes shocks as of median one; the product's have mean one: a level's difference, no more.
    shock = truth.tau * _between(truth.rho, truth.phi, years, lines, generator)
    lasting = truth.sd_c * generator.standard_normal(clusters)
    passing = truth.sd_d * _paths(truth.phi_d, generator.standard_normal((clusters, years)))
    times = np.arange(1.0 - years, 1.0)
    logs = np.log(truth.rate)[:, None] + np.log1p(truth.growth)[:, None] * times + shock
    annual = people[:, None, None] * np.exp(logs + (lasting[:, None] + passing)[:, None])
    shares = [generator.dirichlet(np.full(count, 8.0)) for count in PRACTICES[:clusters]]
    season = np.exp(truth.season_sd * generator.standard_normal((lines, 12)))
    season /= season.sum(1, keepdims=True)
    expected = np.concatenate([share[:, None, None] * one for share, one in zip(shares, annual, strict=True)])
    monthly = (expected[..., None] * season[:, None]).reshape(len(expected), lines, -1)
    counts = _counts(monthly, np.array(truth.v)[:, None], generator)
    spend = _spend(counts, np.array(truth.mean_cost)[:, None], np.array(truth.cv)[:, None], generator)
    owner = np.repeat(np.arange(clusters), PRACTICES[:clusters])
    by_cluster = [
        np.stack([one[owner == at].sum(0).reshape(lines, years, 12).sum(-1) for at in range(clusters)])
        for one in (counts, spend)
    ]
    first = 2010
    names = tuple(f"cluster {at}" for at in range(clusters))
    observed = Observed(
        names,
        LINES[:lines],
        tuple(range(first, first + years)),
        by_cluster[0],
        np.where(by_cluster[0] > 0, by_cluster[1], np.nan),
        np.tile(people[:, None, None], (1, lines, years)),
        np.ones((clusters, lines, years)),
    )
    calendar = tuple((first + (at + 3) // 12, (at + 3) % 12 + 1) for at in range(12 * years))
    months = Months(
        tuple(f"practice {at}" for at in range(len(counts))), LINES[:lines], calendar, counts, spend
    )
    return History(truth, observed, months, shock[:, -1], lasting, passing[:, -1])


def without_months(history: History, share: float, generator: Generator) -> tuple[Observed, Months]:
    """Return what is observed when a share of clusters' months was never seen; the season is known."""
    observed, months = history.observed, history.months
    clusters, lines, years = observed.counts.shape
    lost = generator.random((clusters, lines, 12 * years)) < share
    owner = np.repeat(np.arange(clusters), PRACTICES[:clusters])
    kept = [np.where(lost[owner], np.nan, one) for one in (months.counts, months.spend_gbp)]
    of_month = months.counts.reshape(len(owner), lines, years, 12).sum((0, 2))
    weights = np.tile(of_month / of_month.sum(1, keepdims=True), years) * ~lost
    counts, spend = (
        np.stack(
            [np.nansum(one[owner == at], axis=0).reshape(lines, years, 12).sum(-1) for at in range(clusters)]
        )
        for one in kept
    )
    seen = replace(
        observed,
        counts=counts,
        spend_gbp=np.where(counts > 0, spend, np.nan),
        year_share=weights.reshape(clusters, lines, years, 12).sum(-1),
    )
    return seen, replace(months, counts=kept[0], spend_gbp=kept[1])


def true_spend(history: History, years: int, count: int, generator: Generator) -> FloatArray:
    """Return spend in true futures, shape (future, year, cluster)."""
    truth, lines, clusters = history.truth, len(history.truth.rate), len(history.cluster)
    shock, passing = np.tile(history.shock, (count, 1)), np.tile(history.passing, (count, 1))
    found = []
    for year in range(1, years + 1):
        common = generator.standard_normal((count, 1))
        fresh = np.sqrt(truth.rho) * common + np.sqrt(1 - truth.rho) * generator.standard_normal(
            (count, lines)
        )
        shock = truth.phi * shock + truth.tau * np.sqrt(1 - truth.phi**2) * fresh
        fresh = generator.standard_normal((count, clusters))
        passing = truth.phi_d * passing + truth.sd_d * np.sqrt(1 - truth.phi_d**2) * fresh
        logs = np.log(truth.rate) + np.log1p(truth.growth) * year + shock
        expected = np.exp(logs[:, None] + (history.cluster + passing)[..., None]) * PEOPLE[:clusters, None]
        found.append(spend_of(expected, *map(np.array, (truth.mean_cost, truth.v, truth.cv)), generator))
    return np.stack(found, axis=1)


def predicted_spend(
    posterior: Posterior,
    history: History,
    law: tuple[FloatArray, FloatArray],
    years: int,
    count: int,
    seed: int,
) -> FloatArray:
    """Return spend in futures by a posterior, shape (future, year, cluster); `law` is v and cv."""
    streams = RandomStreams(seed)
    rows = streams.generator("rows").integers(posterior.rows, size=count)
    log_volume, log_price = future(
        posterior, rows, years, lambda *names: streams.generator(*names).standard_normal(count)
    )
    people = history.observed.weighted_people[:, :, -1]
    expected = people * np.exp(log_volume[:, 1:])
    return spend_of(expected, np.exp(log_price[:, 1:]), *law, streams.generator("cases"))


def spend_of(
    expected: FloatArray, mean_cost: FloatArray, v: FloatArray, cv: FloatArray, generator: Generator
) -> FloatArray:
    """Return spend over all lines by compound sums with the right mean and variance, as gamma laws."""
    relative = (v + cv**2) / expected
    return (expected * mean_cost * relative * generator.gamma(1 / relative)).sum(-1)


def _counts(expected: FloatArray, v: FloatArray, generator: Generator) -> FloatArray:
    """Draw negative binomial counts with variance `v` times the mean."""
    return generator.poisson((v - 1) * generator.gamma(expected / (v - 1))).astype(float)


def _spend(counts: FloatArray, mean: FloatArray, cv: FloatArray, generator: Generator) -> FloatArray:
    return mean * cv**2 * generator.gamma(np.maximum(counts, 1e-9) / cv**2)


def _between(rho: float, phi: float, years: int, lines: int, generator: Generator) -> FloatArray:
    common, own = generator.standard_normal(years), generator.standard_normal((lines, years))
    return _paths(phi, np.sqrt(rho) * common + np.sqrt(1 - rho) * own)


def _paths(phi: float, normals: FloatArray) -> FloatArray:
    paths = normals.copy()
    for year in range(1, normals.shape[-1]):
        paths[..., year] = phi * paths[..., year - 1] + np.sqrt(1 - phi**2) * normals[..., year]
    return paths
