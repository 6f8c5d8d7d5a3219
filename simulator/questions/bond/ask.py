"""How big a bond, what the posted one does, and what saving would repay it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count
from numbers import Real
from typing import overload

from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.questions.bond.answer import OF_SIZES, SHARED_WITH_RUN, BondAnswer
from simulator.questions.bond.beside import BondAnswers
from simulator.questions.bond.one_cluster import OneCluster
from simulator.questions.bond.pieces import practice_parts, samples_of, where_all_is_known
from simulator.questions.bond.saving import SavingNeeded, savings_needed
from simulator.risk.account_book import account_book
from simulator.risk.estimators import Quantile
from simulator.risk.measures import estimates_of
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import FEWEST_CONTRACTS
from simulator.simulation.draws import Draws
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws

CONFIDENCES = (0.90, 0.95, 0.99)
Progress = Callable[[int], None]
_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_MOST_SIZES = 10


@overload
def bond(  # type: ignore[overload-overlap]  # a text is a sequence of texts
    scenario: Scenario,
    cluster: str,
    *,
    confidences: Sequence[float] = CONFIDENCES,
    draws: Draws = Draws(),
    progress: Progress = lambda simulations_done: None,
) -> BondAnswer: ...


@overload
def bond(
    scenario: Scenario,
    cluster: Sequence[str] | None = None,
    *,
    confidences: Sequence[float] = CONFIDENCES,
    draws: Draws = Draws(),
    progress: Progress = lambda simulations_done: None,
) -> BondAnswers: ...


def bond(
    scenario: Scenario,
    cluster: str | Sequence[str] | None = None,
    *,
    confidences: Sequence[float] = CONFIDENCES,
    draws: Draws = Draws(),
    progress: Progress = lambda simulations_done: None,
) -> BondAnswer | BondAnswers:
    """Say how big a bond a cluster needs, and what the scenario's bond does for it.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`, with a rule ``bond``.
    cluster : str or sequence of str, optional
        Name of a cluster that takes the share, or several; all of them when left out.
    confidences : sequence of float
        Probabilities, from 0.5 to below 1, with which a bond shall cover.
    draws : Draws
        As for `simulate`; the contracts are the same.
    progress : callable
        Called with the number of simulations done, now and then.

    Returns
    -------
    BondAnswer or BondAnswers
        For one name the whole answer; otherwise the clusters beside each other.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    clusters = cluster if cluster is None or isinstance(cluster, (tuple, list)) else (cluster,)
    rule = check_bond(scenario, clusters, confidences, draws)
    names = [one.name for one in scenario.settings.clusters]
    wanted = _takers(scenario) if clusters is None else tuple(dict.fromkeys(clusters))
    shared, simulated = SharedDraws.of(scenario, draws), count(1)

    def simulate(varied: Scenario) -> Result:
        result = shared.simulate(varied)
        progress(next(simulated))
        return result

    result = simulate(scenario)
    is_known = not (result.plan.shocks.doubts or result.plan.shocks.fitted)
    known = None if is_known else simulate(where_all_is_known(scenario))
    places = [names.index(name) for name in wanted]
    _check_budgets(result, places)
    savings = savings_needed(simulate, result, places)
    answers = tuple(
        _answer(rule, at, confidences, result, known, saving)
        for at, saving in zip(places, savings, strict=True)
    )
    if isinstance(cluster, str):
        return _with_sizes(answers[0], OneCluster.of(result, places[0]))
    return BondAnswers(scenario, answers[0].contracts, answers[0].seed, answers)


def check_bond(
    scenario: Scenario, clusters: Sequence[str] | None, confidences: Sequence[float], draws: Draws
) -> Bond:
    """Return the scenario's rule, if `bond` can be asked: InputError with everything that is wrong."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems, contracts = Problems(), 0
    with problems.noted():
        contracts = draws.of(scenario).contracts
    problems += _confidence_problems(confidences, contracts)
    known = {one.name: one for one in scenario.settings.clusters}
    rule = next((rule for rule in scenario.settings.rules if isinstance(rule, Bond)), None)
    for name in clusters or ():
        problems += unknown("cluster", name if isinstance(name, str) else shown(name), tuple(known))
        if rule is not None and name in known and not known[name].takes_share:
            hint = f"--set 'clusters.\"{name}\".takes_share=true'"
            problems.append(Problem("cluster", "one that takes the share, and so posts a bond", name, hint))
    if rule is None:
        hint = 'add [[rules]] with rule = "bond" and share_of_annual_budget = 0.03, say'
        problems.append(Problem(f"{scenario.source}, rules", "a rule bond among them", "none", hint))
    elif clusters is not None and not clusters:
        problems.append(Problem("cluster", "at least one", "none"))
    elif not _takers(scenario):
        need, hint = "one at least that takes the share", "--set 'clusters.*.takes_share=true'"
        problems.append(Problem(f"{scenario.source}, clusters", need, "none", hint))
    if problems or rule is None:
        raise InputError(dict.fromkeys(problems))
    return rule


def _takers(scenario: Scenario) -> tuple[str, ...]:
    """Return the clusters that take the share, and so post a bond."""
    return tuple(one.name for one in scenario.settings.clusters if one.takes_share)


def _check_budgets(result: Result, places: Sequence[int]) -> None:
    """Check that each cluster has a budget."""
    budgets, names = result.outturn.annual_budget_gbp, result.plan.axes.clusters
    for at in places:
        if not budgets[:, at].mean() > 0:
            need = "one with a budget to answer for"
            raise InputError([Problem("cluster", need, f"{names[at]}, with none")])


def _answer(
    rule: Bond,
    at: int,
    confidences: Sequence[float],
    result: Result,
    known: Result | None,
    saving: SavingNeeded,
) -> BondAnswer:
    """Answer for one cluster a question that can be asked; sizes other than the posted one are left out.

    Takes what was simulated, that where all is known if something is not, and the saving that repays.
    """
    inside = result.plan.terms.inside[:, at]
    book = account_book(result.contract_outcomes, result.plan.terms, at)
    return BondAnswer(
        scenario=result.scenario,
        contracts=result.contracts,
        seed=result.seed,
        cluster=book.name,
        rule=rule,
        confidences=tuple(sorted({float(one) for one in confidences})),
        years=tuple(year for year, is_in in zip(result.years, inside, strict=True) if is_in),
        months=result.plan.terms.months[inside, at],
        samples=samples_of(result, at),
        known_samples=None if known is None else samples_of(known, at),
        summary=estimates_of(book, ("annual_budget_gbp", *SHARED_WITH_RUN)),
        of_sizes={},
        saving_needed=saving,
        per_case_share=result.plan.per_case_share([at]),
        parts=practice_parts(result.scenario, result.plan, at, rule.split_between_practices_by),
    )


def _with_sizes(answer: BondAnswer, cluster: OneCluster) -> BondAnswer:
    """Return the answer with what each size of bond would do, of the same spend."""
    budget_gbp = answer.annual_budget_gbp.value
    # Even steps, as shares of the annual budget, past the largest bond needed.
    most = max(one.value for one in answer.needed_gbp.values()) / budget_gbp
    step = next((step for step in _STEPS if most / step <= _MOST_SIZES), _STEPS[-1])
    sizes = [round(step * number, 6) for number in range(max(math.ceil(most / step), 1) + 1)]
    books = (cluster.book(bond_gbp=size * budget_gbp) for size in sizes)
    of_sizes = {size: estimates_of(book, OF_SIZES) for size, book in zip(sizes, books, strict=True)}
    return replace(answer, of_sizes=of_sizes)


def _confidence_problems(confidences: Sequence[float], contracts: int) -> list[Problem]:
    if isinstance(confidences, str) or not isinstance(confidences, Sequence) or not confidences:
        return [Problem("confidence", "a list of probabilities, such as 0.9, 0.95", shown(confidences))]
    problems = []
    sound: list[float] = []
    for one in confidences:
        if isinstance(one, bool) or not isinstance(one, Real) or not 0.5 <= float(one) < 1:
            percentage = isinstance(one, (int, float)) and 50 <= one < 100
            hint = f"did you mean {float(one) / 100:g}?" if percentage else ""
            problems.append(Problem("confidence", "from 0.5 to below 1", shown(one), hint))
        else:
            sound.append(float(one))
    highest = max(sound, default=BOND_CONFIDENCE)
    fewest = Quantile(highest).fewest_contracts
    if FEWEST_CONTRACTS <= contracts < fewest:
        need = f"{fewest:,} or more, for a confidence of {highest:g}"
        hint = "with fewer the bond has no 95% interval"
        problems.append(Problem("contracts", need, f"{contracts:,}", hint))
    return problems
