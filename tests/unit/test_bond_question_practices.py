"""Splitting a bond between practices, to the penny."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.questions.bond.answer import NO_TOP_UP, TOP_UP
from simulator.questions.bond.ask import bond
from simulator.questions.bond.pieces import practice_parts, split_to_the_penny
from simulator.risk.estimate import Estimate
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of

PRACTICES = """practice_code,practice,list_size,m0_64,m65_plus
A1,Young,3000,3000,0
B2,Old,1000,0,1000
C3,Mixed,1000,500,500
"""
WEIGHTS = """sex,age_band,age
M,0-64,1
M,65+,5
"""


def of(value: float) -> Estimate:
    return Estimate(value, value - 1, value + 1, 0.5)


def test_the_pence_left_over_go_to_the_largest_remainders() -> None:
    # A pound in thirds: 33.33 pence each, and the penny left goes to the first.
    parts = split_to_the_penny(of(1.0), np.full(3, 1 / 3))
    assert [part.value for part in parts] == [0.34, 0.33, 0.33]
    # 10.01 by 0.25, 0.6, 0.15: 250.25, 600.6 and 150.15 pence.
    assert [part.value for part in split_to_the_penny(of(10.01), np.array([0.25, 0.6, 0.15]))] == [
        2.5,
        6.01,
        1.5,
    ]


def test_intervals_are_in_proportion() -> None:
    half, _ = split_to_the_penny(of(100.0), np.array([0.5, 0.5]))
    assert (half.low, half.value, half.high, half.standard_error) == (49.5, 50, 50.5, 0.25)


@pytest.mark.parametrize("total", [0.0, 0.01, 1_165_618.90, 5_604_842.239])
def test_parts_add_up_to_the_penny(total: float) -> None:
    shares = np.array([13_800, 11_252, 8_249]) / 33_301
    parts = split_to_the_penny(Estimate(total, total, total), shares)
    assert sum(round(100 * part.value) for part in parts) == round(100 * total)


@pytest.fixture
def listed(tmp_path: Path) -> Scenario:
    (tmp_path / "practices.csv").write_text(PRACTICES, encoding="utf-8")
    (tmp_path / "weights.csv").write_text(WEIGHTS, encoding="utf-8")
    mapping = scenario_of(
        population={"practices_csv": "practices.csv", "need_weights_csv": "weights.csv"},
        service_lines=[line_of(need_weights="age"), line_of("tests")],
        clusters=[
            cluster_of("Pair", None, practices=["A1", "B2"]),
            cluster_of("Other", None, practices=["C3"]),
        ],
    )
    return checked(mapping, folder=tmp_path)


def shares(scenario: Scenario, by: str) -> list[float]:
    return [part.share for part in practice_parts(scenario, make_plan(scenario), 0, by)]


def test_by_list_size(listed: Scenario) -> None:
    assert shares(listed, "list_size") == [0.75, 0.25]


def test_by_need_is_by_expected_spend(listed: Scenario) -> None:
    # Weights of the PCT are 3,000 + 5,000 + 500 + 2,500 = 11,000 for 5,000 people: a weight counts 5/11.
    # Either line costs GBP 100 a (weighted) person: 3,000 * 5/11 + 3,000 against 5,000 * 5/11 + 1,000
    # is 48,000 against 36,000.
    assert shares(listed, "need") == pytest.approx([4 / 7, 3 / 7])


def test_need_counts_the_lines_that_are_answered_for(listed: Scenario) -> None:
    assert shares(listed.vary('clusters.Pair.service_lines=["tests"]'), "need") == pytest.approx([0.75, 0.25])
    only_weighted = listed.vary('clusters.Pair.service_lines=["admissions"]')
    assert shares(only_weighted, "need") == pytest.approx([3 / 8, 5 / 8])


@pytest.mark.parametrize("by", ["list_size", "need"])
def test_the_table_adds_up_to_the_clusters_numbers(listed: Scenario, by: str) -> None:
    answer = bond(listed.vary(f"rules.bond.split_between_practices_by={by}"), "Pair", draws=Draws(400))
    table = answer.frame("practices").reset_index()
    assert list(table["code"]) == ["A1", "B2", ""]
    for name, total in answer.to_split.items():
        whole = round(100 * total.value)
        assert round(100 * table[name][:-1].sum()) == round(100 * table[name].iloc[-1]) == whole
    assert answer.parts[0].share == pytest.approx(0.75 if by == "list_size" else 4 / 7)


def test_what_is_split_is_the_bond_that_the_rule_asks_for(listed: Scenario) -> None:
    for top_up, period in (("true", TOP_UP), ("false", NO_TOP_UP)):
        answer = bond(listed.vary(f"rules.bond.top_up={top_up}"), "Pair", draws=Draws(400))
        assert answer.to_split["bond_needed_gbp"] == answer.needed_gbp[period, 0.95]


def test_a_number_of_people_has_no_practices() -> None:
    answer = bond(checked(scenario_of()), "North", draws=Draws(400))
    assert "practices" not in [table.name for table in answer.tables()]
    assert any("number of people" in note for note in answer.notes())
