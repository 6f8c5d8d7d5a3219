"""No choice in a scenario is read and then forgotten: each other one changes some outcome.

Choices are found in the models of the scenario format: settings that are one of several words, and
tables that are one of several kinds (laws of shocks, counts and costs, budget rules). The numbers and
switches are in `test_every_parameter_matters`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest

from simulator import InputError
from simulator.compounds.totals import CompoundTotals
from simulator.parts import Part
from simulator.scenario.schema import ScenarioFile
from simulator.simulation.result import Result
from simulator.spend.pareto import Pareto
from tests.builders import Table, checked, simulated
from tests.property.comparing import differences
from tests.property.test_every_parameter_matters import SCENARIO

Path = tuple[str | int, ...]
Setting = tuple[type[Part], str]
"""A model, and a field of it."""

CONTRACTS = 200
_ACTIONS = ("referral management", "clinic", "bills", "outliers", "control", "early", "management")
WITHOUT_EFFECT = {
    **{
        f"actions.{name}.paid_to={payee}": "the same amounts move to another account; see `test_actions`"
        for name in _ACTIONS
        for payee in ("practices", "partner", "pct")
    },
    "population.outside_clusters=the rest": "there is no table of practices to be outside of",
    "rules.bond.deposited_by=practices": "they do where nothing is said",
    "rules.bond.split_between_practices_by=need": "within a cluster; see `test_bond_question_practices`",
    "service_lines.checks.payment.plan=base_year": "its form says so already",
    "service_lines.community care.count=negative_binomial": "a block contract counts no cases",
    "service_lines.community care.pct_shock=lognormal": "a block contract counts no cases",
    "service_lines.community care.pct_shock=normal": "a block contract counts no cases",
    "service_lines.community care.price_shock=lognormal": "a block contract pays a fixed sum",
    "service_lines.community care.price_shock=normal": "a block contract pays a fixed sum",
    "service_lines.community care.unit_cost_gbp=lognormal": "a block contract has no volume risk; same mean",
}
WITHOUT_EFFECT |= {
    f"service_lines.{line}.payment.{key}": "its form says so already"
    for line in ("checks", "costly referrals")
    for key in ("threshold=cluster", "withheld=kept")
}
_AS_WITHOUT = ("company", "llp")
_OF_GAINS = ("provident_society", "community_interest_company", "charitable_society", "joint_venture")
WITHOUT_EFFECT |= {
    f"clusters.{name}.legal_form={form}": "it means what is so without one, or the cluster says otherwise"
    for name, forms in {
        "North": (*_AS_WITHOUT, *_OF_GAINS),
        "South": _AS_WITHOUT,
        "East": (*_AS_WITHOUT, *_OF_GAINS),
    }.items()
    for form in forms
} | {
    f"clusters.{name}.liability_beyond_bond=none": "so it is where nothing is said"
    for name in ("North", "South", "East")
}
ALIKE = {"rules.bond.deposited_by=partner", "rules.bond.deposited_by=lender"} | {
    f"actions.{name}.paid_by={payer}" for name in _ACTIONS for payer in ("pct", "practices")
}
"""Choices between which nothing differs: the bond costs nothing, whoever else posts it, and who pays for an
action beside the budget pays the same; see `test_actions`."""
REFUSED = {
    "service_lines.tests.paid_to=practices": "the limit per case names this line",
    "rules.surplus.minimum_savings_rate.by_people=medicare": "the rate is given as a share",
    "rules.overspend_share.minimum_loss_rate.by_people=medicare": "the rate is given as a share",
    "service_lines.costly referrals.payment.plan=expected": "its plan is a figure",
    "service_lines.costly referrals.payment.plan=base_year": "its plan is a figure",
    "service_lines.costly referrals.payment.threshold=shared": "it would be one of all PCTs",
    "service_lines.checks.payment.threshold=shared": "it would be one of all PCTs",
    "budgets.rule=given": "there is no table of budgets; see `test_given_budgets`",
} | {
    f"service_lines.{line}.budget_rule=given": "there is no table of budgets; see `test_given_budgets`"
    for line in ("admissions", "costly referrals", "tests", "checks", "community care")
}


@dataclass(frozen=True)
class Choice:
    """Another choice at some place of a scenario."""

    path: Path
    setting: Setting
    value: Any

    def label(self, settings: Table) -> str:
        """Return the place as a user writes it, and the word or kind that is chosen there."""
        steps: list[Any] = []
        table: Any = settings
        for step in self.path:
            table = table.get(step) if isinstance(table, dict) else table[step]
            inside = isinstance(step, int) and isinstance(table, dict)
            steps.append(table.get("name", table.get("rule")) if inside else step)
        value = "nothing" if self.value is None else self.value
        if isinstance(value, dict):
            value = next(value[tag] for tag in ("law", "model", "rule", "form", "action") if tag in value)
        return f"{'.'.join(map(str, steps))}={value}"

    def made_in(self, settings: Table) -> Table:
        """Return the scenario with this choice in place of its own."""
        changed: Any = copy.deepcopy(settings)
        table = changed
        for step in self.path[:-1]:
            table = table[step]
        table[self.path[-1]] = self.value
        return as_table(changed)


def as_table(value: Any) -> Any:
    """Return settings as TOML reads them: what is left out is not there, and lists are lists."""
    if isinstance(value, dict):
        return {key: as_table(inside) for key, inside in value.items() if inside is not None}
    return [as_table(inside) for inside in value] if isinstance(value, (list, tuple)) else value


def options(annotation: Any) -> list[Any]:
    """Return what a field may be: words, types of part, None, and anything else as it is."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return list(inside)
    if origin is Annotated:
        return options(inside[0])
    if origin in (Union, UnionType):
        return [option for one in inside for option in options(one)]
    return [None if annotation is type(None) else annotation]


def is_part(option: Any) -> bool:
    return isinstance(option, type) and issubclass(option, Part)


def is_choice(setting: Setting) -> bool:
    """Whether a field is one of several words, or one of several kinds of table."""
    model, name = setting
    found = options(model.model_fields[name].annotation)
    return len(found) > 1 and any(isinstance(option, str) or is_part(option) for option in found)


def others(setting: Setting, value: Any) -> Iterator[Any]:
    """Yield what else a field may be, as TOML reads it; None where it may be left out."""
    model, name = setting
    for option in options(model.model_fields[name].annotation) if is_choice(setting) else ():
        if is_part(option) and type(value) is not option:
            yield _like(option, value)
        elif (isinstance(option, str) or option is None) and option != value:
            yield option


def _like(kind: type[Part], value: Part | str | None) -> Table:
    """Return an example of a part, with what it has in common with another one."""
    example = kind.example().model_dump()
    tags = {
        name for name, field in kind.model_fields.items() if isinstance(options(field.annotation)[0], str)
    }
    common = value.model_dump() if isinstance(value, Part) else {}
    kept = {name: common[name] for name in example if name in common and name not in tags}
    if kind is Pareto and not kept.get("limit"):
        # Without one its tables take seconds.
        kept["limit"] = 50_000.0
    return as_table(example | kept)


def places(part: Part, path: Path = ()) -> Iterator[tuple[Path, Setting, Any]]:
    """Yield every field of a part, and of the parts inside, with its value."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        yield (*path, name), (type(part), name), value
        inside = value if isinstance(value, tuple) else (value,)
        for at, one in enumerate(inside):
            if isinstance(one, Part):
                yield from places(one, (*path, name, at) if isinstance(value, tuple) else (*path, name))


def choices(settings: ScenarioFile) -> Iterator[Choice]:
    """Yield every other choice that a scenario could have made."""
    for path, setting, value in places(settings):
        for other in others(setting, value):
            yield Choice(path, setting, other)


def parts_within(model: type[Part] = ScenarioFile) -> set[type[Part]]:
    """Return a model, and all that it may hold."""
    seen: set[type[Part]] = set()
    todo = [model]
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        for field in one.model_fields.values():
            elements = get_args(field.annotation) if get_origin(field.annotation) is tuple else ()
            held = [option for inner in (field.annotation, *elements) for option in options(inner)]
            todo += [option for option in held if is_part(option)]
    return seen


def settings_with_choices() -> set[Setting]:
    """Return the fields of the format that are a choice."""
    return {(kind, name) for kind in parts_within() for name in kind.model_fields if is_choice((kind, name))}


# A shock of another size than a line's example of one, and a bond that can be used up.
BASE = checked(SCENARIO, "shocks.pct.size.sd_share=0.03", "rules.bond.top_up=false").settings
GIVEN = as_table(BASE.model_dump())
CHOICES = {choice.label(GIVEN): choice for choice in choices(BASE)}
# A setting that two rules read could be forgotten by one of them: so without the rarer ones, too.
FEWER_RULES = CHOICES["rules.surplus.minimum_savings_rate=nothing"].made_in(GIVEN)
RULES = [rule["rule"] for rule in GIVEN["rules"] if rule["rule"] != "bond"]
"""Clusters have agreed to bonds, so that the bond cannot be left out."""
OF_RULES = [
    label
    for label in CHOICES
    if label.startswith("rules.") and "minimum_savings_rate" not in label and label not in REFUSED
]


@contextmanager
def quick_simulations() -> Iterator[None]:
    """Draw no more contracts than asked for, and keep tables of totals from run to run: both take time."""
    kept: dict[str, CompoundTotals] = {}

    def totals(*law: Any) -> CompoundTotals:
        return kept.setdefault(repr(law), CompoundTotals(*law))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("simulator.simulation.line_prices.CompoundTotals", totals)
        for module in ("simulator.simulation.draws", "simulator.simulation.shared_draws"):
            patch.setattr(f"{module}.CONTRACTS_PER_BLOCK", CONTRACTS)
        yield


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


@cache
def outcome(label: str = "", fewer_rules: bool = False) -> Result:
    """Return what comes of a choice; of the scenario itself for none."""
    settings = FEWER_RULES if fewer_rules else GIVEN
    return simulated(CHOICES[label].made_in(settings) if label else settings, contracts=CONTRACTS)


@pytest.mark.parametrize("label", [label for label in CHOICES if label not in REFUSED])
def test_choosing_otherwise_changes_some_outcome(label: str) -> None:
    """From what the scenario itself gives, and from what any other choice at the same place does."""
    differs = bool(differences(outcome(), outcome(label)))
    assert differs is (label not in WITHOUT_EFFECT), WITHOUT_EFFECT.get(label, "no outcome changed")
    for other, choice in CHOICES.items():
        same_place = choice.path == CHOICES[label].path and not {label, other} & {*WITHOUT_EFFECT, *REFUSED}
        if same_place and other != label and not {label, other} <= ALIKE:
            assert differences(outcome(other), outcome(label)), other


@pytest.mark.parametrize("label", OF_RULES)
def test_so_it_does_without_a_minimum_savings_rate(label: str) -> None:
    differs = bool(differences(outcome(fewer_rules=True), outcome(label, fewer_rules=True)))
    assert differs is (label not in WITHOUT_EFFECT), WITHOUT_EFFECT.get(label, "no outcome changed")


@pytest.mark.parametrize("label", REFUSED)
def test_what_the_scenario_cannot_choose_is_refused(label: str) -> None:
    with pytest.raises(InputError):
        checked(CHOICES[label].made_in(GIVEN))


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_that_is_listed_changes_some_outcome(rule: str) -> None:
    left = [table for table in GIVEN["rules"] if table["rule"] != rule]
    assert differences(outcome(), simulated(GIVEN | {"rules": left}, contracts=CONTRACTS))


def test_every_choice_of_the_format_is_made() -> None:
    """A new choice must be in the scenario that is varied here, and an exception one of its choices."""
    assert {choice.setting for choice in CHOICES.values()} == settings_with_choices()
    assert set(WITHOUT_EFFECT) | set(REFUSED) <= set(CHOICES)


def test_the_walk_finds_words_and_kinds() -> None:
    """Of each sort one that is known to be there: two words, three, a kind, one that was left out."""
    assert {
        "rules.bond.when_exhausted=leaves",
        "rules.surplus.practice_share_from=pct_return",
        "rules.surplus.practice_share_from=reinvestment",
        "rules.surplus.minimum_savings_rate.once_met=excess",
        "budgets.rule.historic_year=latest",
        "shocks.pct.size=normal",
        "shocks.cluster_year=lognormal",
        "service_lines.admissions.pct_shock=lognormal",
        "service_lines.tests.budget_rule=toolkit",
        "service_lines.tests.budget_rule=nothing",
        "rules.surplus.minimum_savings_rate=nothing",
    } <= set(CHOICES)
