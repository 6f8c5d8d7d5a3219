"""300 random laws: the exact law at atoms, at nothing and between is right to a millionth."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from scipy import stats

from simulator import (
    Compound,
    Empirical,
    Gamma,
    Lognormal,
    NegativeBinomial,
    Pareto,
    Poisson,
    Uniform,
    compound,
)
from tests.references.compound_sums import (
    CELLS,
    Counts,
    FloatArray,
    gamma_totals,
    lattice_totals,
    layered,
    listed_totals,
)

TOLERANCE = 1e-6
LEVELS = np.array([0.001, 0.1, 0.3, 0.5, 0.8, 0.95, 0.999])


@dataclass(frozen=True)
class Law:
    """A law, and where what is known of it: amounts, P(total <= x) and E[min(total, x)]."""

    law: Compound
    amounts: FloatArray
    within: FloatArray
    limited_means: FloatArray


def counts_of(chance: np.random.Generator, most: float) -> tuple[Poisson | NegativeBinomial, Counts]:
    mean = float(np.round(math.exp(chance.uniform(math.log(0.03), math.log(most))), 3))
    if chance.random() < 0.5:
        return Poisson(mean=mean), Counts(mean)
    ratio = float(np.round(1 + math.exp(chance.uniform(-1.5, 2)), 2))
    return NegativeBinomial(mean=mean, variance_to_mean=ratio), Counts(mean, ratio)


def gamma(chance: np.random.Generator) -> Law:
    """Gamma costs without a layer; near nothing the law is steep."""
    count, counts = counts_of(chance, 3_000)
    mean, cv = float(chance.integers(10, 5_000)), float(np.round(math.exp(chance.uniform(-2, 2.3)), 2))
    law = compound(count, Gamma(mean=mean, cv=cv))
    sd = math.sqrt(law.variance)
    amounts = np.concatenate(
        [[0.0], np.geomspace(mean * 1e-6, mean, 6), np.maximum(law.mean + sd * np.linspace(-3, 6, 10), 0)]
    )
    return Law(law, amounts, *gamma_totals(counts, mean, cv, amounts))


def prices(chance: np.random.Generator) -> Law:
    """A few prices in pence: atoms on a lattice, however fine."""
    count, counts = counts_of(chance, 8)
    largest = int(10 ** chance.uniform(3, 7))
    pence = {int(value): 0.0 for value in chance.integers(1, largest, chance.integers(2, 4))}
    weights = chance.dirichlet(np.ones(len(pence)))
    pence = dict(zip(pence, weights.tolist(), strict=True))
    values = tuple(value / 100 for value in pence)
    law = compound(count, Empirical(values=values, probabilities=tuple(weights.tolist())))
    sums = [0, *pence, sum(pence), 2 * next(iter(pence)), int(law.mean * 100), int(law.mean * 200) + 1]
    amounts = np.array([*sums, *(one - 0.5 for one in sums if one), *(one + 0.5 for one in sums)])
    within, means = listed_totals(counts, pence, amounts)
    return Law(law, amounts / 100, within, means / 100)


def layer(chance: np.random.Generator) -> Law:
    """Costs of any kind with a limit, and perhaps a deductible: atoms at multiples of the limit."""
    count, counts = counts_of(chance, 40)
    limit = float(chance.integers(10, 60_000))
    deductible = limit * float(chance.choice([0, 0, 0.125, 0.5, 2]))
    part: Lognormal | Gamma | Pareto | Uniform
    match chance.integers(4):
        case 0:
            mean, cv = limit * chance.uniform(0.1, 3), chance.uniform(0.2, 4)
            part = Lognormal(mean=mean, cv=cv, deductible=deductible, limit=limit)
            log_sd = math.sqrt(math.log1p(cv**2))
            ground = stats.lognorm(log_sd, scale=mean * math.exp(-(log_sd**2) / 2))
        case 1:
            mean, cv = limit * chance.uniform(0.1, 3), chance.uniform(0.2, 1)
            part = Gamma(mean=mean, cv=cv, deductible=deductible, limit=limit)
            ground = stats.gamma(cv**-2, scale=mean * cv**2)
        case 2:
            shape, scale = chance.uniform(1.05, 4), limit * chance.uniform(0.1, 2)
            part = Pareto(shape=shape, scale=scale, deductible=deductible, limit=limit)
            ground = stats.lomax(shape, scale=scale)
        case _:
            low, high = (
                limit * chance.choice([0, 0.25, 0.75]),
                deductible + limit * chance.choice([1.5, 2, 4]),
            )
            part = Uniform(low=low, high=high, deductible=deductible, limit=limit)
            ground = stats.uniform(low, high - low)
    law = compound(count, part)
    # Whole limits, so that atoms are on the lattice.
    multiples = 2 ** math.ceil(math.log2(1 + (law.mean + 4 * math.sqrt(law.variance)) / limit))
    per_limit = CELLS // multiples
    cells = np.unique(
        [0, 1, per_limit - 1, *(per_limit * np.arange(1, min(multiples, 6) + 1)), per_limit + 1]
    )
    cells = np.union1d(cells, chance.integers(0, CELLS, 12))
    end = multiples * limit
    known = lattice_totals(counts, layered(ground.cdf, deductible, limit), end, cells)
    return Law(law, cells * (end / CELLS), *known)


def unlimited(chance: np.random.Generator) -> Law:
    """Lognormal, Pareto and uniform costs, whole."""
    count, counts = counts_of(chance, 40)
    part: Lognormal | Pareto | Uniform
    match chance.integers(3):
        case 0:
            mean, cv = float(chance.integers(10, 5_000)), chance.uniform(0.2, 5)
            part = Lognormal(mean=mean, cv=cv)
            log_sd = math.sqrt(math.log1p(cv**2))
            ground = stats.lognorm(log_sd, scale=mean * math.exp(-(log_sd**2) / 2))
            end = counts.mean * mean + 6 * mean
        case 1:
            shape, scale = chance.uniform(2.05, 5), float(chance.integers(10, 5_000))
            part = Pareto(shape=shape, scale=scale)
            ground = stats.lomax(shape, scale=scale)
            end = 3 * counts.mean * scale / (shape - 1) + 10 * scale
        case _:
            width = float(chance.integers(1, 1_000))
            low, high = width * chance.choice([0, 0.25, 1]), width * chance.choice([1.5, 2, 3])
            part = Uniform(low=low, high=high)
            ground = stats.uniform(low, high - low)
            end = width * 2 ** math.ceil(math.log2(8 + 4 * counts.mean))
    cells = np.union1d([0, 1, CELLS - 1, CELLS], chance.integers(0, CELLS, 16))
    return Law(compound(count, part), cells * (end / CELLS), *lattice_totals(counts, ground.cdf, end, cells))


def misses(one: Law) -> Iterator[str]:
    """Yield what is off by more than a millionth: of a probability, or of the mean and SD of the total."""
    exact, size = one.law.exact(), one.law.mean + math.sqrt(one.law.variance)
    off = np.abs(exact.cdf(one.amounts) - one.within)
    if off.max() > TOLERANCE:
        worst = int(off.argmax())
        yield f"P(S <= {one.amounts[worst]}) off by {off[worst]:.1e} from {one.within[worst]:.9f}"
    off = np.abs(exact.limited_mean(one.amounts) - one.limited_means).max() / size
    if off > TOLERANCE:
        yield f"E[min(S, x)] off by {off:.1e} of mean and SD"
    off = np.abs(exact.stop_loss(one.amounts) - (one.law.mean - one.limited_means)).max() / size
    if off > TOLERANCE:
        yield f"E[(S - x)+] off by {off:.1e} of mean and SD"
    # Every quantile by its definition, with the distribution function that the above has tried.
    found = exact.quantile(LEVELS)
    lower = exact.cdf(found * (1 - 1e-9) - 1e-12)
    if (exact.cdf(found) < LEVELS - TOLERANCE).any() or (lower > LEVELS + TOLERANCE).any():
        yield f"quantiles {found}"


@pytest.mark.parametrize("kind", [gamma, prices, layer, unlimited])
def test_random_laws(kind: Callable[[np.random.Generator], Law]) -> None:
    chance = np.random.default_rng(300)
    laws = [kind(chance) for _ in range(30)]
    found = [f"{one.law}: {miss}" for one in laws for miss in misses(one)]
    assert not found, "\n".join(found)
