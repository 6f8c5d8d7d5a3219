"""A risk simulator for health-care budgets.

Names are loaded when they are first used, so that ``cluster-risk --help`` is quick.
"""

from simulator.interrupts import quiet_at_first

quiet_at_first()

import lazy_loader  # noqa: E402 - what takes long comes after that

from simulator.questions import QUESTIONS  # noqa: E402

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "compounds.compound": ["Compound", "compound"],
        "compounds.exact": ["ExactLaw"],
        "demand.binomial": ["Binomial"],
        "demand.fixed": ["Fixed"],
        "demand.negative_binomial": ["NegativeBinomial"],
        "demand.neyman": ["Neyman"],
        "demand.poisson": ["Poisson"],
        "errors": ["InputError", "Problem"],
        "execution.dask_cluster": ["DaskCluster"],
        "exact.method": ["ExactRisk", "exact_risk"],
        "questions.backtest.ask": ["backtest"],
        "scenario.scenario": ["Scenario", "load_scenario"],
        "simulation.draws": ["Draws"],
        "simulation.pipeline": ["simulate"],
        "simulation.precision": ["simulate_to_precision"],
        "simulation.result": ["Result"],
        "spend.empirical": ["Empirical"],
        "spend.gamma": ["Gamma"],
        "spend.lognormal": ["Lognormal"],
        "spend.mixture": ["Mixture"],
        "spend.pareto": ["Pareto"],
        "spend.uniform": ["Uniform"],
        **{f"questions.{name}.ask": [name] for name in QUESTIONS},
    },
)
