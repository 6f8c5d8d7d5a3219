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
# By how they end, as places in lists move.
REFUSED = {"minimum_loss_rate.by_people=None", "minimum_savings_rate.by_people=None"}
WITHOUT_EFFECT = {
    "clusters.0.liability_beyond_bond=unlimited": "so is a lead practice's",
    "clusters.1.liability_beyond_bond=none": "so is that of a community interest company",
    "clusters.2.liability_beyond_bond=none": "so is a joint venture's",
    "needs_bond": "every cluster posts a bond",
    "holds_top_slice": "budgets have no top-slice, which is said",
    "form=letter_of_credit": "what it costs is written, and otherwise it is as a surety",
    "interest_share_per_year": "a surety holds no cash, which is said",
    "deposited_by=lender": "so it is with a surety",
    "split_between_practices_by=need": "within a cluster, of which none lists practices",
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
    if any(what.endswith(one) for one in REFUSED):
        with pytest.raises(InputError):
            checked(CHANGES[what])
    else:
        differs = bool(differences(plain(), simulated(CHANGES[what], contracts=CONTRACTS)))
        assert differs is not any(what.endswith(one) for one in WITHOUT_EFFECT)


def test_nothing_is_said_to_be_idle() -> None:
    assert not [note for note in scheme_notes(TERMS) if "does nothing" in note]
