"""What files declare, against stored lists: keys, their bounds, measures, defaults and words of rules.

To accept a change: delete the list in tests/golden, run the test once (the run that writes it fails), look at
the difference, and say in CHANGELOG.md what a scenario may say now, or what a measure is.
"""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Iterator
from enum import Enum
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt

import simulator.actions
import simulator.risk
import simulator.rules
import simulator.spend
from simulator.parts import Part
from simulator.risk.measures import MEASURES, columns
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.overspend_share import OverspendShare
from simulator.rules.partner import Partner
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import ScenarioFile
from tests.builders import checked
from tests.property.test_every_choice_matters import BASE, REFUSED, as_table, choices
from tests.property.test_every_term_matters import TERMS

WORDS = ("description", "title")


def keys() -> Iterator[str]:
    schema = ScenarioFile.model_json_schema()
    for name, part in {"Scenario": schema, **schema["$defs"]}.items():
        for key, told in part.get("properties", {}).items():
            bounds = {what: value for what, value in told.items() if what not in WORDS}
            yield f"{name}.{key} {json.dumps(bounds, sort_keys=True)}"


def bounds() -> Iterator[str]:
    # The schema does not show them of figures that may have an sd.
    told = ScenarioFile.model_json_schema()["$defs"]
    for part in {one for one in parts_of(Part) if one.__name__ in told}:
        for key, field in part.model_fields.items():
            found = [repr(one) for one in field.metadata if isinstance(one, Ge | Gt | Le | Lt)]
            if found:
                yield f"{part.__name__}.{key} {' '.join(found)}"


def parts_of(kind: type[Part]) -> Iterator[type[Part]]:
    for one in kind.__subclasses__():
        yield one
        yield from parts_of(one)


def measures() -> Iterator[str]:
    for one in MEASURES:
        yield f"{one.name}: {one.estimator!r} of {one.rows}; less is better: {one.less_is_better}"
    for name, column in columns(2).items():
        yield f"column {name}: {column.heading()}; {column.heading(('2010/11', '2011/12'))}"


def defaults() -> Iterator[str]:
    """Yield what may be left out in a call, and what it is then; examples; what classes say of themselves."""
    for module, kind in made_in_rooms():
        for name, one in {kind.__name__: kind, **callables(kind)}.items():
            told = [
                f"{parameter.name}={parameter.default!r}"
                for parameter in inspect.signature(one).parameters.values()
                if parameter.default is not inspect.Parameter.empty and "<" not in repr(parameter.default)
            ]
            if told:
                yield f"{module}.{kind.__name__}{'' if one is kind else f'.{name}'}: {', '.join(told)}"
        for name, value in vars(kind).items():
            if isinstance(value, bool | str | float) and not name.startswith("_"):
                yield f"{module}.{kind.__name__}.{name} is {value!r}"
        if "__dataclass_params__" in vars(kind):
            yield f"{module}.{kind.__name__} is a record: {', '.join(ways_of(kind))}"
        if "example" in vars(kind) and not inspect.isabstract(kind):
            yield f"{module}.{kind.__name__} has the example {kind.example()!r}"


def ways_of(record: Any) -> Iterator[str]:
    """Yield how a record behaves: what of it nobody writes to, shows, gives or compares."""
    chosen = vars(record)["__dataclass_params__"]
    yield from (way for way in ("frozen", "eq", "order") if getattr(chosen, way))
    if "__slots__" in vars(record):
        yield "slots"
    for one in dataclasses.fields(record):
        left_out = [way for way in ("init", "repr", "compare") if not getattr(one, way)]
        if left_out:
            yield f"{one.name} without {' '.join(left_out)}"


ROOMS = (simulator.actions, simulator.risk, simulator.rules, simulator.spend)


def made_in_rooms() -> Iterator[tuple[str, Any]]:
    """Yield the classes and functions of the rooms of money, with the modules that they stand in."""
    for room in ROOMS:
        for found in pkgutil.walk_packages(room.__path__, f"{room.__name__}."):
            module = importlib.import_module(found.name)
            for one in vars(module).values():
                is_made = inspect.isfunction(one) or inspect.isclass(one)
                if is_made and one.__module__ == found.name and not is_of_words(one):
                    yield found.name, one


def is_of_words(one: Any) -> bool:
    return inspect.isclass(one) and issubclass(one, Enum)


def callables(kind: Any) -> dict[str, Any]:
    """Return what can be called of a class, beside itself."""
    if not inspect.isclass(kind):
        return {}
    every = {name: getattr(one, "__func__", one) for name, one in vars(kind).items() if name[:2] != "__"}
    return {name: one for name, one in every.items() if inspect.isfunction(one)}


BANDS = ({"up_to_share": 0.02, "cluster_share": 1.0}, {"up_to_share": 0.05, "cluster_share": 0.4})
BEYOND = {"cluster_share": 0.1}
SHARED = {"practice_share": 0.125, "pct_return_share": 0.4}
SHAPES: dict[str, Rule] = {
    f"bond, {form} of {whose}, paid back {back}, cost {cost}": Bond(
        gbp_per_head=7.5,
        form=form,
        deposited_by=whose,
        drawn_is_paid_back=back,
        financing_share_per_year=cost,
        interest_share_per_year=0.015,
    )
    for form, whose, back, cost in product(
        ("cash", "surety", "letter_of_credit", "partner_guarantee"),
        (None, "practices", "partner", "lender"),
        (None, True, False),
        (None, 0.03),
    )
}
SHAPES |= {
    "corridor, one band": Corridor(bands=(BEYOND,)),
    "corridor, two": Corridor(bands=(BANDS[0], BEYOND)),
    "corridor, three": Corridor(bands=(*BANDS, BEYOND)),
    "corridor, of overspends": Corridor(overspend_bands=(*BANDS, BEYOND)),
    "corridor, of surpluses": Corridor(surplus_bands=(BANDS[1], BEYOND)),
    "corridor, of either": Corridor(surplus_bands=(BANDS[1], BEYOND), overspend_bands=(BEYOND,)),
    "corridor, nothing stays": Corridor(width_share=0.0, cluster_share_beyond=0.0),
}
SHAPES |= {
    f"surplus, {source}, {when}, {rate}": SurplusSplit(
        **SHARED,
        practice_share_from=source,
        settlement=when,
        minimum_savings_rate=None if rate is None else MinimumRate(**rate),
        cap_share_of_budget=None if rate is None else 0.05,
        needs_bond=rate is None,
    )
    for source, when, rate in product(
        ("top", "reinvestment", "pct_return"),
        ("each_year", "whole_contract"),
        (None, {"by_people": "medicare"}, {"share_of_budget": 0.015, "once_met": "excess"}),
    )
}
SHAPES |= {
    "rate by people": OverspendShare(
        cluster_share=0.3,
        minimum_loss_rate=MinimumRate(
            by_people=({"people": 1e3, "share_of_budget": 0.1}, {"people": 5e3, "share_of_budget": 0.03})
        ),
    ),
    "rate of one size": OverspendShare(
        cluster_share=1.0, minimum_loss_rate=MinimumRate(by_people=({"people": 1e3, "share_of_budget": 0.1},))
    ),
    "rate of nothing": OverspendShare(
        cluster_share=1.0, minimum_loss_rate=MinimumRate(share_of_budget=0.0, once_met="excess")
    ),
    "limit of all lines": PerCaseLimit(limit_gbp=1234.5),
    "limit of two lines": PerCaseLimit(limit_gbp=50_000, service_lines=("a", "b")),
    "partner of a bond": Partner(bond_share=0.5),
    "partner of losses": Partner(losses_share=0.5),
    "partner for a fee": Partner(fee_share_of_budget=0.01),
    "partner of gains": Partner(gains_share=0.25),
    "bond of nothing a head": Bond(gbp_per_head=0.0),
    "pool with the top-slice": Pool(holds_top_slice=True),
}


def sentences() -> Iterator[str]:
    """Yield what each rule says of itself, as it is and with each other choice, and in other shapes."""
    for what, rule in SHAPES.items():
        yield f"{what}: {' '.join(rule.in_words())}"
    for what, settings in {"every key": BASE, "terms": TERMS.settings}.items():
        whole = as_table(settings.model_dump())
        for rule in settings.rules:
            yield f"{what}, {rule.rule}: {' '.join(rule.in_words())}"
        for choice in choices(settings):
            label = choice.label(whole)
            if choice.path[0] == "rules" and label not in REFUSED and not label.endswith("by_people=nothing"):
                rule = checked(choice.made_in(whole)).settings.rules[choice.path[1]]
                yield f"{what}, {label}: {' '.join(rule.in_words())}"


@pytest.mark.parametrize("declared", [keys, bounds, measures, defaults, sentences])
def test_it_is_as_stored(declared: Callable[[], Iterator[str]]) -> None:
    found, stored = sorted(declared()), Path(__file__).parent / f"declared_{declared.__name__}.txt"
    if not stored.exists():
        stored.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{stored.name} was missing and has been written; look at it, then run again")
    assert found == stored.read_text(encoding="utf-8").splitlines()
