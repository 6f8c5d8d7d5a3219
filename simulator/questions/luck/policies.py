"""Rules that pay less for luck, laid over a scenario to see what each would change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

from simulator.errors import Problem, shown
from simulator.rules.corridor import Corridor
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.rule import Rule
from simulator.rules.surplus import MinimumSavingsRate, SurplusSplit
from simulator.scenario.overrides import apply_overrides
from simulator.scenario.scenario import Scenario, check_scenario

AS_IT_IS = "the scenario as it is"
_OTHER_SETTLEMENT = {
    "each_year": ("a settlement over the whole contract", "whole_contract"),
    "whole_contract": ("a settlement of each year by itself", "each_year"),
}


@dataclass(frozen=True, slots=True)
class PolicySizes:
    """How large the changes of rules are that `luck` tries. The defaults are assumptions."""

    # Least surplus that practices share in, as a share of the budget; Medicare's for 60,000 people and more
    # is 0.02 (see `MinimumSavingsRate`).
    minimum_savings_rate: float = 0.02
    corridor_width: float = 0.02  # width of the corridor either side of the budget, as a share of it
    corridor_cluster_share: float = 0.5  # share of what lies beyond the corridor that stays with the cluster
    per_case_limit: float = 50_000.0  # most that a cluster answers for of one case, in pounds

    def problems(self) -> list[Problem]:
        """Return what is wrong with them, for messages to users."""
        problems = []
        for name in ("minimum_savings_rate", "corridor_width", "corridor_cluster_share"):
            problems += wrong_number(
                name, getattr(self, name), "a share from 0 to 1", lambda one: 0 <= one <= 1
            )
        need = "pounds, from 1 to 1,000,000,000,000"
        problems += wrong_number("per_case_limit", self.per_case_limit, need, lambda one: 1 <= one <= 1e12)
        return problems


def wrong_number(where: str, value: object, need: str, holds: Callable[[float], bool]) -> list[Problem]:
    """Return the problem with a number, if there is one.

    Returns none or one, with a hint where a percentage was given for a share.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        return [Problem(where, need, shown(value))]
    number = float(value)
    if holds(number):
        return []
    hint = f"did you mean {number / 100:g}?" if 1 <= number <= 100 else ""
    return [Problem(where, need, f"{number:g}", hint)]


@dataclass(frozen=True, slots=True)
class Policy:
    """The scenario under one change of its rules."""

    name: str  # what is changed
    scenario: Scenario  # with the change


def policies_of(scenario: Scenario, sizes: PolicySizes) -> tuple[Policy, ...]:
    """Return the scenario as it is, and then under each rule that pays less for luck."""
    (split,) = (rule for rule in scenario.settings.rules if isinstance(rule, SurplusSplit))
    first_pound, excess = (
        MinimumSavingsRate(share_of_budget=sizes.minimum_savings_rate, once_met=once)
        for once in ("first_pound", "excess")
    )
    corridor = Corridor(width_share=sizes.corridor_width, cluster_share_beyond=sizes.corridor_cluster_share)
    limit = PerCaseLimit(limit_gbp=sizes.per_case_limit)
    rate = f"a minimum savings rate of {_percent(sizes.minimum_savings_rate)}"
    other_name, other = _OTHER_SETTLEMENT[split.settlement]
    beyond = f"{_percent(sizes.corridor_cluster_share)} of what lies beyond"
    changed: dict[str, Rule] = {
        f"{rate}, from the first pound": split.model_copy(update={"minimum_savings_rate": first_pound}),
        f"{rate}, on the excess alone": split.model_copy(update={"minimum_savings_rate": excess}),
        other_name: split.model_copy(update={"settlement": other}),
        f"a corridor of {_percent(sizes.corridor_width)}, with {beyond}": corridor,
        f"a limit of £{sizes.per_case_limit:,.0f} per case": limit,
    }
    policies = [Policy(name, with_rule(scenario, rule)) for name, rule in changed.items()]
    rules = scenario.settings.rules
    others = [policy for policy in policies if policy.scenario.settings.rules != rules]
    return (Policy(AS_IT_IS, scenario), *others)


def with_rule(scenario: Scenario, rule: Rule) -> Scenario:
    """Return a scenario with one more rule, or another in place of its own of that kind."""
    given, _ = apply_overrides(scenario.given, scenario.overrides)
    new: dict[str, Any] = rule.model_dump(exclude_none=True)
    rules = list(given.get("rules", ()))
    kinds = [one["rule"] for one in rules]
    if new["rule"] in kinds:
        rules[kinds.index(new["rule"])] = new
    else:
        rules.insert(0, new)
    return check_scenario(given | {"rules": rules}, scenario.folder, scenario.source)


def _percent(share: float) -> str:
    return f"{100 * share:.3g}%"
