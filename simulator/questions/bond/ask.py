"""How big a bond, what the posted one does, and what saving would repay it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count

from simulator.errors import InputError, Problem, shown
from simulator.questions.bond.answer import BondAnswer
from simulator.questions.bond.checks import bond_problems
from simulator.questions.bond.practices import practice_parts
from simulator.questions.bond.samples import bond_rule, bond_samples
from simulator.questions.bond.saving import saving_needed
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

CONFIDENCES = (0.90, 0.95, 0.99)


def bond(
    scenario: Scenario,
    cluster: str,
    confidences: Sequence[float] = CONFIDENCES,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda simulations_done: None,
) -> BondAnswer:
    """Say how big a bond a cluster needs, and what the scenario's bond does for it.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`, with a rule ``bond``.
    cluster : str
        Name of a cluster that takes the share.
    confidences : sequence of float
        Probabilities, between 0.5 and 1, with which a bond shall cover.
    draws : Draws
        As for `simulate`; the contracts are the same.
    progress : callable
        Called with the number of simulations done, now and then.

    Returns
    -------
    BondAnswer
        With its tables, and sentences to read aloud.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    if not isinstance(scenario, Scenario):
        raise InputError([Problem("scenario", "what load_scenario returns", shown(scenario))])
    problems = bond_problems(scenario, cluster, confidences, draws)
    rule = bond_rule(scenario)
    if problems or rule is None:
        raise InputError(problems)
    return _answer(scenario, rule, cluster, confidences, SharedDraws.of(scenario, draws), progress)


def _answer(
    scenario: Scenario,
    rule: Bond,
    cluster: str,
    confidences: Sequence[float],
    draws: SharedDraws,
    progress: Callable[[int], None],
) -> BondAnswer:
    """Answer a question that can be asked."""
    at = [one.name for one in scenario.settings.clusters].index(cluster)
    result = draws.simulate(scenario)
    if not result.contract_outcomes.annual_budget_gbp[:, at].mean() > 0:
        raise InputError([Problem("cluster", "one with a budget to answer for", f"{cluster}, with none")])
    simulated = count(1)
    progress(next(simulated))
    plan = result.plan
    return BondAnswer(
        scenario=scenario,
        cluster=cluster,
        rule=rule,
        confidences=tuple(sorted({float(one) for one in confidences})),
        years=result.years,
        year_months=plan.terms.year_months,
        samples=bond_samples(result, at),
        summary=result.rows[at].estimates,
        saving_needed=saving_needed(draws, scenario, at, lambda: progress(next(simulated))),
        parts=practice_parts(scenario, plan, at, rule.split_between_practices_by),
        contracts=draws.draws.contracts,
        seed=draws.draws.seed,
    )
