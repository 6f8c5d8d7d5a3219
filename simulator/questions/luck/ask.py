"""What practices are paid for luck, which savings go unpaid, and which rules would change that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence

from simulator.errors import Problem, Problems, shown
from simulator.questions.luck.answer import LuckAnswer, LuckRow, can_be_paid
from simulator.questions.luck.estimates import changes, estimates, paid_gbp
from simulator.questions.luck.policies import AS_IT_IS, Policy, PolicySizes, policies_of, wrong_number
from simulator.records import ClusterTerms, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import MONTHS_IN_A_YEAR
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

SAVINGS = (0.01, 0.02, 0.03, 0.05)
POLICY_SAVING = 0.02
"""True saving at which policies are compared; an assumption."""


def luck(
    scenario: Scenario,
    savings: Sequence[float] = SAVINGS,
    *,
    policy_saving: float = POLICY_SAVING,
    minimum_savings_rate: float = PolicySizes().minimum_savings_rate,
    corridor_width: float = PolicySizes().corridor_width,
    corridor_cluster_share: float = PolicySizes().corridor_cluster_share,
    per_case_limit: float = PolicySizes().per_case_limit,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda simulations_done, of_simulations: None,
) -> LuckAnswer:
    """Say what practices are paid for luck, which true savings go unpaid, and what rules would change that.

    Luck is what is paid while no cluster truly saves anything; the scenario's own true savings play
    no part. All share their draws.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`, with a rule ``surplus`` and a cluster that takes the practice share.
    savings : sequence of float
        True savings of every cluster, as shares of demand.
    policy_saving : float
        The one at which policies are compared; it is added to `savings`.
    minimum_savings_rate, corridor_width, corridor_cluster_share, per_case_limit : float
        How large the changes of rules are that are tried; see `PolicySizes`.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with how many simulations are done, and how many there are to do.

    Returns
    -------
    LuckAnswer
        With its tables, and sentences to read aloud.

    Raises
    ------
    InputError
        With everything that is wrong.
    """
    sizes = PolicySizes(minimum_savings_rate, corridor_width, corridor_cluster_share, per_case_limit)
    check_luck(scenario, savings, policy_saving, sizes, draws)
    asked = _simulations(policies_of(scenario, sizes), savings, policy_saving)
    shared = SharedDraws.of(scenario, draws)
    taking = tuple(at for at, one in enumerate(scenario.settings.clusters) if can_be_paid(one))
    paid: dict[tuple[str, float], FloatArray] = {}
    for policy, saving in asked:
        result = shared.simulate(policy.scenario.vary(f"clusters.*.true_saving_share={saving!r}"))
        paid[policy.name, saving] = paid_gbp(result, taking)
        progress(len(paid), len(asked))
    rows = tuple(_rows(paid, result.plan.terms, taking))
    return LuckAnswer(scenario, shared.draws.contracts, shared.draws.seed, rows, float(policy_saving))


def check_luck(
    scenario: Scenario,
    savings: Sequence[float],
    policy_saving: float,
    sizes: PolicySizes,
    draws: Draws = Draws(),
) -> None:
    """Check what `luck` is given."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems(_scenario_problems(scenario))
    problems += [*_saving_problems(savings, policy_saving), *sizes.problems()]
    with problems.noted():
        draws.of(scenario)
    problems.report()


def _scenario_problems(scenario: Scenario) -> list[Problem]:
    problems = []
    if not any(isinstance(rule, SurplusSplit) for rule in scenario.settings.rules):
        hint = 'add [[rules]] with rule = "surplus" and practice_share = 0.1, say'
        problems.append(Problem(f"{scenario.source}, rules", "a rule surplus among them", "none", hint))
    clusters, where = scenario.settings.clusters, f"{scenario.source}, clusters"
    if not any(one.takes_share for one in clusters):
        hint = "--set 'clusters.*.takes_share=true'"
        problems.append(Problem(where, "one at least that takes the practice share", "none", hint))
    elif not any(map(can_be_paid, clusters)):
        need = "one at least that takes the practice share and answers for something"
        hint = "that needs a proportion above 0 and a service line"
        problems.append(Problem(where, need, "none", hint))
    return problems


def _saving_problems(savings: Sequence[float], policy_saving: float) -> list[Problem]:
    if isinstance(savings, str) or not isinstance(savings, Sequence) or not savings:
        return [Problem("savings", "a list of shares of demand, such as 0.01, 0.02", shown(savings))]
    problems = [
        problem
        for where, saving in (*(("savings", one) for one in savings), ("policy_saving", policy_saving))
        for problem in wrong_number(where, saving, "a share above 0 and below 1", lambda one: 0 < one < 1)
    ]
    repeated = [saving for saving, times in Counter(map(shown, savings)).items() if times > 1]
    if repeated:
        problems.append(Problem("savings", "values that differ", f"{repeated[0]} more than once"))
    return problems


def _simulations(
    policies: Sequence[Policy], savings: Sequence[float], policy_saving: float
) -> list[tuple[Policy, float]]:
    """Return what to simulate: each policy without saving and at one, the scenario as it is at all."""
    # Policies at one saving come together: all but the limit per case share its spend.
    return [
        (policy, saving)
        for saving in (0.0, *sorted({float(one) for one in (*savings, policy_saving)}))
        for policy in policies
        if policy.name == AS_IT_IS or saving in {0.0, policy_saving}
    ]


def _rows(
    paid: Mapping[tuple[str, float], FloatArray], terms: ClusterTerms, taking: Sequence[int]
) -> Iterator[LuckRow]:
    """Yield the estimates of each cluster that takes the share, and of all of them together."""
    years = sum(terms.year_months) / MONTHS_IN_A_YEAR
    every = list(range(len(taking)))
    rows = [(terms.names[at], [place]) for place, at in enumerate(taking)] + [(ALL_CLUSTERS, every)]
    for (policy, saving), gbp in paid.items():
        for name, places in rows:
            people = float(sum(terms.people[taking[place]] for place in places))
            now, by_luck = gbp[:, places], paid[policy, 0.0][:, places]
            found = estimates(now, by_luck, years, people)
            if policy != AS_IT_IS:
                base, base_luck = (paid[AS_IT_IS, one][:, places] for one in (saving, 0.0))
                found |= changes(now, by_luck, base, base_luck)
            yield LuckRow(policy, saving, name, people, found)
