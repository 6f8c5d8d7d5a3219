"""A risk simulator for health-care budgets.

Names are loaded when they are first used, so that ``cluster-risk --help`` is quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.compound_law import Compound, compound
    from simulator.demand.negative_binomial import NegativeBinomial
    from simulator.demand.poisson import Poisson
    from simulator.errors import InputError, Problem
    from simulator.exact.answer import ExactRisk
    from simulator.exact.method import exact_risk
    from simulator.exact_law import ExactLaw
    from simulator.pipeline import simulate
    from simulator.questions.bond import bond
    from simulator.questions.compare import compare
    from simulator.questions.explain import explain
    from simulator.questions.frontier import frontier
    from simulator.questions.luck import luck
    from simulator.questions.precision import simulate_to_precision
    from simulator.questions.size import size
    from simulator.questions.solve import solve
    from simulator.questions.sweep import sweep
    from simulator.result import Result
    from simulator.scenario.scenario import Scenario, load_scenario
    from simulator.spend.empirical import Empirical
    from simulator.spend.gamma import Gamma
    from simulator.spend.lognormal import Lognormal
    from simulator.spend.pareto import Pareto
    from simulator.spend.uniform import Uniform

_HOMES = {
    "Compound": "simulator.compound_law",
    "Empirical": "simulator.spend.empirical",
    "ExactLaw": "simulator.exact_law",
    "ExactRisk": "simulator.exact.answer",
    "Gamma": "simulator.spend.gamma",
    "InputError": "simulator.errors",
    "Lognormal": "simulator.spend.lognormal",
    "NegativeBinomial": "simulator.demand.negative_binomial",
    "Pareto": "simulator.spend.pareto",
    "Poisson": "simulator.demand.poisson",
    "Problem": "simulator.errors",
    "Result": "simulator.result",
    "Scenario": "simulator.scenario.scenario",
    "Uniform": "simulator.spend.uniform",
    "bond": "simulator.questions.bond",
    "compare": "simulator.questions.compare",
    "compound": "simulator.compound_law",
    "exact_risk": "simulator.exact.method",
    "explain": "simulator.questions.explain",
    "frontier": "simulator.questions.frontier",
    "load_scenario": "simulator.scenario.scenario",
    "luck": "simulator.questions.luck",
    "simulate": "simulator.pipeline",
    "simulate_to_precision": "simulator.questions.precision",
    "size": "simulator.questions.size",
    "solve": "simulator.questions.solve",
    "sweep": "simulator.questions.sweep",
}

__all__ = [
    "Compound",
    "Empirical",
    "ExactLaw",
    "ExactRisk",
    "Gamma",
    "InputError",
    "Lognormal",
    "NegativeBinomial",
    "Pareto",
    "Poisson",
    "Problem",
    "Result",
    "Scenario",
    "Uniform",
    "bond",
    "compare",
    "compound",
    "exact_risk",
    "explain",
    "frontier",
    "load_scenario",
    "luck",
    "simulate",
    "simulate_to_precision",
    "size",
    "solve",
    "sweep",
]


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
