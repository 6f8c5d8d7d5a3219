"""Each number and choice in the rules and clusters of the example of terms changes some outcome."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from simulator import InputError, load_scenario
from simulator.answers.rule_notes import scheme_notes
from simulator.simulation.result import Result
from tests.builders import Table, checked, simulated
from tests.property.comparing import differences
from tests.property.test_every_choice_matters import CONTRACTS, as_table, choices, quick_simulations
from tests.property.test_every_parameter_matters import _numbers, _other
from tests.property.test_idle_settings import written

TERMS = load_scenario("scenarios/terms-example.toml")
WHOLE = as_table(TERMS.settings.model_dump())
OF_TERMS = {"rules", "clusters"}


def value_at(path: tuple[str | int, ...]) -> Any:
    value: Any = WHOLE
    for step in path:
        value = value[step]
    return value


def changes() -> Iterator[tuple[str, Table]]:
    for path in _numbers(WHOLE):
        if path[0] in OF_TERMS:
            value = value_at(path)
            other = 0.95 if value == 1 and isinstance(value, float) else _other(value)
            yield ".".join(map(str, path)), written(WHOLE, path, other)
    for one in choices(TERMS.settings):
        if one.path[0] in OF_TERMS:
            yield f"{'.'.join(map(str, one.path))}={one.value}", one.made_in(WHOLE)


CHANGES = dict(changes())
REFUSED: set[str] = set()
WITHOUT_EFFECT = {
    "rules.1.needs_bond": "every cluster posts a bond",
    "rules.3.holds_top_slice": "budgets have no top-slice, which is said",
    "rules.2.deposited_by=partner": "the same amounts move, from and to another account",
    "rules.2.split_between_practices_by=need": "within a cluster, of which none lists practices",
}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    with quick_simulations():
        yield


@cache
def plain() -> Result:
    return simulated(WHOLE, contracts=CONTRACTS)


@pytest.mark.parametrize("what", CHANGES)
def test_changing_it_changes_some_outcome(what: str) -> None:
    if what in REFUSED:
        with pytest.raises(InputError):
            checked(CHANGES[what])
    else:
        differs = bool(differences(plain(), simulated(CHANGES[what], contracts=CONTRACTS)))
        assert differs is (what not in WITHOUT_EFFECT), WITHOUT_EFFECT.get(what, "no outcome changed")


def test_nothing_is_said_to_be_idle() -> None:
    assert not [note for note in scheme_notes(TERMS) if "does nothing" in note]
