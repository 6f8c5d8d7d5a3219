"""What practices are paid for luck, which savings go unpaid, and which rules would change that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from simulator.errors import Problem, Problems, shown
from simulator.plain_words import per_cent_of, pounds_of
from simulator.questions.luck.answer import AS_IT_IS, LuckAnswer, LuckRow, who_can_be_paid
from simulator.questions.luck.estimates import (
    SAVERS,
    SAVERS_OF_A_YEAR,
    changes,
    estimates,
    paid_gbp,
    savers_of_surpluses,
    surpluses,
)
from simulator.records import BoolArray, ClusterTerms, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import MONTHS_IN_A_YEAR
from simulator.rules.corridor import Corridor
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.scenario import Scenario, check_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

_OTHER_SETTLEMENT = {
    "each_year": ("a settlement over the whole contract", "whole_contract"),
    "whole_contract": ("a settlement of each year by itself", "each_year"),
}


@dataclass(frozen=True, slots=True)
class PolicySizes:
    """How large the changes of rules are that `luck` tries. The defaults are assumptions."""

    # Least surplus that practices share in, as a share of the budget; Medicare's for 60,000 people and more
    # is 0.02 (see `MinimumRate`).
    minimum_savings_rate: float = 0.02
    corridor_width: float = 0.02  # width of the corridor either side of the budget, as a share of it
    corridor_cluster_share: float = 0.5  # share of what lies beyond the corridor that stays with the cluster
    per_case_limit: float = 50_000.0  # most that a cluster answers for of one case, in pounds


def luck(
    scenario: Scenario,
    savings: Sequence[float] = (0.01, 0.02, 0.03, 0.05),
    *,
    policy_saving: float = 0.02,
    minimum_savings_rate: float = PolicySizes().minimum_savings_rate,
    corridor_width: float = PolicySizes().corridor_width,
    corridor_cluster_share: float = PolicySizes().corridor_cluster_share,
    per_case_limit: float = PolicySizes().per_case_limit,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda simulations_done, of_simulations: None,
) -> LuckAnswer:
    """Say what practices are paid for luck, which true savings go unpaid, and what rules would change that.

    Luck is what is paid while no cluster truly saves anything; the scenario's own true savings and
    actions play no part. All share their draws.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`, with a rule ``surplus`` and a cluster that takes the practice share.
    savings : sequence of float
        True savings of every cluster, as shares of demand.
    policy_saving : float
        The one at which policies are compared, an assumption; it is added to `savings`.
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
    return luck_on(SharedDraws.of(scenario, draws), scenario, savings, policy_saving, sizes, progress)


def luck_on(
    shared: SharedDraws,
    scenario: Scenario,
    savings: Sequence[float],
    policy_saving: float,
    sizes: PolicySizes = PolicySizes(),
    progress: Callable[[int, int], None] = lambda simulations_done, of_simulations: None,
) -> LuckAnswer:
    """Answer `luck` on draws that others share, of what can be asked."""
    # Of one saving policies differ by rules alone, and share its plan.
    policies = {one: policies_of(at_saving(scenario, one), sizes) for one in (0.0, float(policy_saving))}
    asked = _simulations(policies[0.0], savings, policy_saving)
    taking = who_can_be_paid(scenario.settings)
    paid: dict[tuple[str, float], FloatArray] = {}
    surplus: dict[float, tuple[BoolArray, BoolArray]] = {}
    scenarios = [
        policies[saving][policy] if saving in policies else at_saving(scenario, saving)
        for policy, saving in asked
    ]
    results = shared.simulate_together(
        scenarios, lambda drawn: progress(int(drawn * len(asked) / 2), len(asked))
    )
    for (policy, saving), result in zip(asked, results, strict=True):
        outcomes = result.plan.settle(result.outturn, bonds_needed=False)
        paid[policy, saving] = paid_gbp(outcomes, taking)
        if policy == AS_IT_IS:
            surplus[saving] = surpluses(outcomes, taking)
        progress(max(len(paid), len(asked) // 2), len(asked))
    rows = tuple(_rows(paid, surplus, result.plan.terms, taking))
    asked_of = shared.draws
    per_case_share = result.plan.per_case_share(taking)
    return LuckAnswer(scenario, asked_of.contracts, asked_of.seed, rows, float(policy_saving), per_case_share)


def at_saving(scenario: Scenario, saving: float) -> Scenario:
    """Return a scenario in which all clusters truly save so much in every year, and do nothing else."""
    # Known outright: of a saving of nothing that has an sd, chance would be paid as skill.
    known = {"mean": saving, "sd": 0.0}
    of_all = {"clusters.*.true_saving_share_by_year": [], "clusters.*.true_saving_share": known}
    nothing_else: dict[str, object] = {"actions": []} if scenario.settings.actions else {}
    return scenario.vary(of_all | nothing_else)


def check_luck(
    scenario: Scenario, savings: Sequence[float], policy_saving: float, sizes: PolicySizes, draws: Draws
) -> None:
    """Check what `luck` is given."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems(_scenario_problems(scenario))
    problems += [*_saving_problems(savings, policy_saving), *_size_problems(sizes)]
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
    elif not who_can_be_paid(scenario.settings):
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
        for problem in _wrong_number(where, saving, "a share above 0 and below 1", lambda one: 0 < one < 1)
    ]
    repeated = [saving for saving, times in Counter(map(shown, savings)).items() if times > 1]
    if repeated:
        problems.append(Problem("savings", "values that differ", f"{repeated[0]} more than once"))
    return problems


def _size_problems(sizes: PolicySizes) -> Iterator[Problem]:
    for name in ("minimum_savings_rate", "corridor_width", "corridor_cluster_share"):
        yield from _wrong_number(name, getattr(sizes, name), "a share from 0 to 1", lambda one: 0 <= one <= 1)
    need = "pounds, from 1 to 1,000,000,000,000"
    yield from _wrong_number("per_case_limit", sizes.per_case_limit, need, lambda one: 1 <= one <= 1e12)


def _wrong_number(where: str, value: object, need: str, holds: Callable[[float], bool]) -> Iterator[Problem]:
    """Yield the problem with a number, if there is one, with a hint where it is a percentage for a share."""
    if not isinstance(value, Real) or isinstance(value, bool):
        yield Problem(where, need, shown(value))
    elif not holds(number := float(value)):
        hint = f"did you mean {number / 100:g}?" if 1 <= number <= 100 else ""
        yield Problem(where, need, f"{number:g}", hint)


def _simulations(
    policies: Iterable[str], savings: Sequence[float], policy_saving: float
) -> list[tuple[str, float]]:
    """Return what to simulate: each policy without saving and at one, the scenario as it is at all."""
    # Policies at one saving come together: all but the limit per case share its spend.
    return [
        (policy, saving)
        for saving in (0.0, *sorted({float(one) for one in (*savings, policy_saving)}))
        for policy in policies
        if policy == AS_IT_IS or saving in {0.0, policy_saving}
    ]


def _rows(
    paid: Mapping[tuple[str, float], FloatArray],
    surplus: Mapping[float, tuple[BoolArray, BoolArray]],
    terms: ClusterTerms,
    taking: Sequence[int],
) -> Iterator[LuckRow]:
    """Yield the estimates of each cluster that takes the share, and of all of them together."""
    every = list(range(len(taking)))
    rows = [(terms.names[at], [place]) for place, at in enumerate(taking)] + [(ALL_CLUSTERS, every)]
    for (policy, saving), gbp in paid.items():
        for name, places in rows:
            of = [taking[place] for place in places]
            people = float(terms.people[of].sum())
            years = float(terms.months[:, of].max(axis=1).sum()) / MONTHS_IN_A_YEAR
            now, by_luck = gbp[:, places], paid[policy, 0.0][:, places]
            found = estimates(now, by_luck, years, people)
            if policy != AS_IT_IS:
                base, base_luck = (paid[AS_IT_IS, one][:, places] for one in (saving, 0.0))
                found |= changes(now, by_luck, base, base_luck)
            elif saving:
                pairs = zip((SAVERS_OF_A_YEAR, SAVERS), surplus[saving], surplus[0.0], strict=True)
                for measure, with_saving, without in pairs:
                    if savers := savers_of_surpluses(with_saving[..., places], without[..., places]):
                        found[measure] = savers
            yield LuckRow(policy, saving, name, people, found)


def policies_of(scenario: Scenario, sizes: PolicySizes) -> dict[str, Scenario]:
    """Return the scenario as it is, and then under each rule that pays less for luck, by what is changed."""
    (split,) = (rule for rule in scenario.settings.rules if isinstance(rule, SurplusSplit))
    first_pound, excess = (
        MinimumRate(share_of_budget=sizes.minimum_savings_rate, once_met=once)
        for once in ("first_pound", "excess")
    )
    corridor = Corridor(width_share=sizes.corridor_width, cluster_share_beyond=sizes.corridor_cluster_share)
    limit = PerCaseLimit(limit_gbp=sizes.per_case_limit)
    rate = f"a minimum savings rate of {per_cent_of(sizes.minimum_savings_rate)}"
    name_of_other, other = _OTHER_SETTLEMENT[split.settlement]
    beyond = f"{per_cent_of(sizes.corridor_cluster_share)} of what lies beyond"
    changed: dict[str, Rule] = {
        f"{rate}, from the first pound": split.model_copy(update={"minimum_savings_rate": first_pound}),
        f"{rate}, on the excess alone": split.model_copy(update={"minimum_savings_rate": excess}),
        name_of_other: split.model_copy(update={"settlement": other}),
        f"a corridor of {per_cent_of(sizes.corridor_width)}, with {beyond}": corridor,
        f"a limit of {pounds_of(sizes.per_case_limit)} per case": limit,
    }
    policies = {name: with_rule(scenario, rule) for name, rule in changed.items()}
    rules = scenario.settings.rules
    others = {name: other for name, other in policies.items() if other.settings.rules != rules}
    return {AS_IT_IS: scenario} | others


def with_rule(scenario: Scenario, rule: Rule) -> Scenario:
    """Return a scenario with one more rule, or another in place of its own of that kind."""
    new: dict[str, Any] = rule.model_dump(exclude_none=True)
    rules = list(scenario.changed.get("rules", ()))
    kinds = [one["rule"] for one in rules]
    if new["rule"] in kinds:
        rules[kinds.index(new["rule"])] = new
    else:
        rules.insert(0, new)
    given = {**scenario.changed, "rules": rules}
    return check_scenario(given, scenario.folder, scenario.source, varied=scenario)
