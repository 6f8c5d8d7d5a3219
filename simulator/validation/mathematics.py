"""Sections 1 and 4, of mathematics: exact laws of compounds; surplus, share and bond when spend is normal.

Nothing is tuned.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from simulator.compounds.compound import compound
from simulator.compounds.exact import ExactLaw
from simulator.demand.negative_binomial import NegativeBinomial
from simulator.demand.poisson import Poisson
from simulator.records import BUDGET, FloatArray
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability, quantile
from simulator.simulation.result import Result
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.pareto import Pareto
from simulator.spend.uniform import Uniform
from simulator.validation.outturns import SEED, simulate_years
from simulator.validation.published import Answer, Published, variance

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
    # Mean 300, variance 800; the values are those of the text plus 50%.
    "deductible": compound(
        NegativeBinomial(mean=300, variance_to_mean=800 / 300),
        Empirical(values=(60, 120, 180, 300), deductible=100),
    ),
    # One case on average: the mean of the total is that of a case.
    "layer": compound(Poisson(mean=1), Gamma(mean=1000, cv=1, deductible=100, limit=500)),
    "poisson_of_values": compound(Poisson(mean=2), Empirical(values=(1, 2, 3))),
    "geometric_of_one_value": compound(_geometric(4), Empirical(values=(40,))),
    "geometric_of_exponential": compound(_geometric(4), Gamma(mean=1000, cv=1)),
    "heavy_tail": compound(Poisson(mean=100), _HEAVY),
    "heavy_tail_of_few": compound(Poisson(mean=1), _HEAVY),
    "pareto": compound(Poisson(mean=20), Pareto(shape=4, scale=3)),
    "exponential": compound(Poisson(mean=50), Gamma(mean=1, cv=1)),
}


# Quantities at a point: estimated from simulated totals, and of the exact law.
_Quantity = tuple[Callable[[FloatArray, float], Estimate], Callable[[ExactLaw, float], Any]]
_QUANTITIES: dict[str, _Quantity] = {
    "mean": (lambda totals, _: mean(totals), lambda law, _: law.mean),
    "variance": (lambda totals, _: variance(totals), lambda law, _: law.variance),
    "cdf": (lambda totals, at: probability(totals <= at), lambda law, at: law.cdf(at)),
    "tail": (lambda totals, at: probability(totals > at), lambda law, at: 1 - law.cdf(at)),
    "quantile": (quantile, lambda law, at: law.quantile(at)),
    "stop_loss": (lambda totals, at: mean(np.maximum(totals - at, 0.0)), lambda law, at: law.stop_loss(at)),
}


def compounds(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number about compound distributions whose exact answers are published."""
    for name, law in _LAWS.items():
        asked = [key for key in published if key.split(":")[0] == name]
        if not asked:
            continue
        totals, exact = law.draw(DRAWS, seed=SEED), law.exact()
        for key in asked:
            _, quantity, at = key.split(":")
            estimated, exactly = _QUANTITIES[quantity]
            yield key, Answer(estimated(totals, float(at)), float(exactly(exact, float(at))))


YEARS = 1_000_000
"""So many that an SD that is 1% wrong would fail."""
CONFIDENCE = 0.95
# So many cases of GBP 1 that they add an SD of 0.01% of the budget: what varies is the shock.
_LINE = {
    "name": "admissions",
    "rate_per_1000": 1e6,
    "count": {"model": "poisson"},
    "unit_cost_gbp": {"model": "empirical", "values": [1.0]},
}
_PEOPLE = 100_000
_RULE = {
    "rule": "surplus",
    "practice_share": 0.1,
    "practice_share_from": "top",
    "pct_return_share": 0.4,
    "needs_bond": False,
}


def closed_forms(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number about the rules when spend is normal."""
    per_cents = dict.fromkeys(key.split(":")[1] for key in published if key.startswith("normal:"))
    for per_cent in per_cents:
        shocks = {"cluster_year": {"law": "normal", "sd_share": float(per_cent) / 100}}
        found = _estimates(simulate_years([_PEOPLE], [_LINE], YEARS, shocks, rules=[_RULE]))
        for quantity, estimate in found.items():
            yield f"normal:{per_cent}:{quantity}", Answer(estimate)


def _estimates(result: Result) -> dict[str, Estimate]:
    """Return what the rules make of normal spend, as shares of the budget."""
    outcomes = result.contract_outcomes
    budget = outcomes.gbp(BUDGET)
    paid = outcomes.practice_share_gbp
    amounts = (outcomes.surplus_gbp, outcomes.overspend_gbp, paid)
    surplus, overspend, practice_share = ((gbp / budget)[:, 0, 0] for gbp in amounts)
    bond = quantile(overspend, CONFIDENCE)
    return {
        "surplus": mean(surplus),
        "overspend": mean(overspend),
        "practice_share": mean(practice_share),
        "bond": bond,
        "worst": _mean_of_worst(overspend, bond.value),
    }


def _mean_of_worst(overspend: FloatArray, cut: float) -> Estimate:
    """Return the mean of the worst 5% of years.

    E[cut + max(x - cut, 0) / share] is that mean when `cut` is the quantile, and is flat in `cut`
    there (Rockafellar & Uryasev 2000, J. Risk 2(3):21-41): its error is that of a mean.
    """
    return mean(cut + np.maximum(overspend - cut, 0.0) / (1 - CONFIDENCE))
