"""Section 1: compound distributions whose exact answers are published. Nothing is tuned."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from simulator.compounds.compound import Compound, compound
from simulator.compounds.exact import ExactLaw
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.poisson import Poisson
from simulator.records import FloatArray
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability, quantile
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.uniform import Uniform
from simulator.validation.check import Answer, variance
from simulator.validation.outturns import SEED
from simulator.validation.published import Published

DRAWS = 1_000_000


def _geometric(mean_cases: float) -> NegativeBinomial:
    """Return the geometric law: its variance is m (1 + m)."""
    return NegativeBinomial(mean=mean_cases, variance_to_mean=1 + mean_cases)


# The lognormal law whose logarithm has mean 0 and SD 2.
_HEAVY = Lognormal(mean=math.exp(2), cv=math.sqrt(math.expm1(4)))
_LAWS = {
    "geometric_of_values": compound(_geometric(4), Empirical(values=(1, 2, 3, 4))),
    "stop_loss": compound(_geometric(2), Empirical(values=(5, 10, 20), probabilities=(0.2, 0.3, 0.5))),
    "poisson_of_uniform": compound(Poisson(mean=25), Uniform(low=5, high=95)),
    "geometric_of_exponential": compound(_geometric(4), Gamma(mean=1000, cv=1)),
    "heavy_tail": compound(Poisson(mean=100), _HEAVY),
    "heavy_tail_of_few": compound(Poisson(mean=1), _HEAVY),
    "pareto": compound(Poisson(mean=20), Pareto(shape=4, scale=3)),
    "exponential": compound(Poisson(mean=50), Gamma(mean=1, cv=1)),
}


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of the section."""
    for name, law in _LAWS.items():
        asked = [key for key in published if key.split(":")[0] == name]
        if asked:
            yield from _answers_of(law, asked)


def _answers_of(law: Compound, asked: list[str]) -> Iterator[tuple[str, Answer]]:
    totals, exact = law.draw(DRAWS, seed=SEED), law.exact()
    for key in asked:
        _, quantity, at = key.split(":")
        yield key, Answer(_estimate(totals, quantity, float(at)), _exactly(exact, quantity, float(at)))


def _estimate(totals: FloatArray, quantity: str, at: float) -> Estimate:
    match quantity:
        case "mean":
            return mean(totals)
        case "variance":
            return variance(totals)
        case "cdf":
            return probability(totals <= at)
        case "tail":
            return probability(totals > at)
        case "quantile":
            return quantile(totals, at)
        case "stop_loss":
            return mean(np.maximum(totals - at, 0.0))
    raise ValueError(quantity)


def _exactly(law: ExactLaw, quantity: str, at: float) -> float:
    match quantity:
        case "mean":
            return law.mean
        case "variance":
            return law.variance
        case "cdf":
            return float(law.cdf(at))
        case "tail":
            return 1 - float(law.cdf(at))
        case "quantile":
            return float(law.quantile(at))
        case "stop_loss":
            return float(law.stop_loss(at))
    raise ValueError(quantity)
