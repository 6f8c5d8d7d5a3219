"""What keeps `bond` from an answer: everything at once."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Real

from simulator.errors import InputError, Problem, shown, unknown
from simulator.questions.bond.samples import bond_rule
from simulator.risk.estimator import Quantile
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import FEWEST_CONTRACTS
from simulator.simulation.draws import Draws


def bond_problems(
    scenario: Scenario,
    cluster: object,
    confidences: Sequence[float],
    draws: Draws,
) -> list[Problem]:
    """Return everything that keeps `bond` from an answer.

    Returns none where all is well.
    """
    problems: list[Problem] = []
    try:
        draws.of(scenario)
    except InputError as error:
        problems += error.problems
    problems += _confidence_problems(confidences, draws.contracts or scenario.settings.simulation.contracts)
    clusters = {one.name: one for one in scenario.settings.clusters}
    problems += unknown("cluster", cluster if isinstance(cluster, str) else shown(cluster), tuple(clusters))
    if bond_rule(scenario) is None:
        hint = 'add [[rules]] with rule = "bond" and share_of_annual_budget = 0.03, say'
        problems.append(Problem(f"{scenario.source}, rules", "a rule bond among them", "none", hint))
    elif isinstance(cluster, str) and cluster in clusters and not clusters[cluster].takes_share:
        hint = f"--set 'clusters.\"{cluster}\".takes_share=true'"
        problems.append(Problem("cluster", "one that takes the share, and so posts a bond", cluster, hint))
    return problems


def _confidence_problems(confidences: Sequence[float], contracts: object) -> list[Problem]:
    where = "confidence"
    if isinstance(confidences, str) or not isinstance(confidences, Sequence) or not confidences:
        return [Problem(where, "a list of probabilities, such as 0.9, 0.95", shown(confidences))]
    problems = []
    sound: list[float] = []
    for one in confidences:
        if isinstance(one, bool) or not isinstance(one, Real) or not 0.5 < float(one) < 1:
            hint = f"did you mean {float(one) / 100:g}?" if _is_percentage(one) else ""
            problems.append(Problem(where, "above 0.5 and below 1", shown(one), hint))
        else:
            sound.append(float(one))
    highest = max(sound, default=BOND_CONFIDENCE)
    fewest = Quantile(highest).fewest_contracts
    if isinstance(contracts, int) and FEWEST_CONTRACTS <= contracts < fewest:
        hint = "with fewer the bond has no 95% interval"
        need = f"{fewest:,} or more, for a confidence of {highest:g}"
        problems.append(Problem("contracts", need, f"{contracts:,}", hint))
    return problems


def _is_percentage(value: object) -> bool:
    return isinstance(value, (int, float)) and 50 < value < 100
