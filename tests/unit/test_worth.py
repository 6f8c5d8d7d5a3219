"""What actions are worth: each alone, what they bring together, and for a pound."""

from __future__ import annotations

import pytest

from simulator import Draws, InputError, worth
from simulator.questions.worth.ask import INTERACTION, TOGETHER
from simulator.risk.account_book import ALL_CLUSTERS
from tests.builders import checked, scenario_of, simulated

HALF = {"action": "reduce_demand", "ramp_share_by_year": [1.0], "holds_back_care": True}
ACTIONS = [
    HALF | {"name": "one", "avoided_share": 0.5, "service_lines": ["admissions"], "set_up_gbp": 1_000},
    HALF | {"name": "two", "avoided_share": 0.2, "service_lines": ["admissions"]},
    {"name": "management", "action": "management_cost", "gbp_per_head": 1.0},
]


def test_each_alone_and_all_together_by_hand() -> None:
    scenario = scenario_of(actions=ACTIONS)
    found = worth(checked(scenario), draws=Draws(200))
    spend = simulated(scenario_of(), contracts=200).contract_outcomes.spend_gbp
    admissions = found.row("one").saving.value / 0.5
    assert 0 < admissions < spend.sum(axis=(1, 2)).mean()
    assert found.row("two").saving.value == pytest.approx(0.2 * admissions)
    # What the one has avoided the other cannot: a tenth of all.
    assert found.row(INTERACTION).saving.value == pytest.approx(-0.1 * admissions)
    assert found.row(TOGETHER).saving.value == pytest.approx(0.6 * admissions)
    assert found.row(TOGETHER).held_back.value == pytest.approx(0.6 * admissions)
    # Two set-ups, and a pound for 25,000 people in two years.
    assert found.row("one").cost.value == 2_000
    assert found.row("management").cost.value == pytest.approx(50_000)
    assert found.row("management").saving.value == 0
    assert found.row("management").net.value == -found.row("management").cost.value
    assert found.row("one").per_pound is not None
    assert found.row("one").per_pound.value == pytest.approx(0.5 * admissions / 2_000)
    assert found.row("two").per_pound is None
    parts = [found.row("two", name).saving.value for name in ("North", "South")]
    assert sum(parts) == pytest.approx(found.row("two", ALL_CLUSTERS).saving.value)
    assert found.row(INTERACTION).pays is None
    assert "Care held back" in found.sentences()[1]
    assert "one and two" in found.sentences()[2]


def test_without_actions_there_is_nothing_to_ask() -> None:
    with pytest.raises(InputError, match="actions"):
        worth(checked(scenario_of()))
