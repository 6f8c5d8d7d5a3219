"""The policies that no other beats."""

from __future__ import annotations

import numpy as np
import pytest

import simulator
from simulator.questions.frontier.ask import (
    BEATEN,
    ON_FRONTIER,
    WITHIN_CHANCE,
    Goal,
    frontier,
    on_frontier,
    two_goals,
)
from simulator.simulation.draws import Draws
from tests.builders import checked, scenario_of
from tests.unit.problems import problems_of_call

SHARE = "rules.surplus.practice_share"
RETURN = "rules.surplus.pct_return_share"


def test_by_hand() -> None:
    # (3, 1) and (1, 3) beat nothing of each other; (2, 2) stands between them; (1, 2) is beaten by
    # (2, 2), (3, 0) by (3, 1), and the two (2, 2) do not beat each other.
    points = [(3, 1), (1, 3), (2, 2), (1, 2), (3, 0), (2, 2)]
    assert on_frontier(np.array(points, float)).tolist() == [True, True, True, False, False, True]


def test_goals() -> None:
    assert two_goals("pct_deficit", "practice_share") == (
        Goal("pct_payment_gbp", -1),
        Goal("practice_share_gbp", 1),
    )
    assert two_goals(("bond_needed_gbp", "pct_deficit"), (), "North")[1] == Goal(
        "pct_payment_gbp", -1, "North"
    )


@pytest.mark.parametrize(
    ("minimise", "maximise"),
    [((), ()), ("pct_deficit", ()), ("pct_deficit", "pct_payment_gbp"), (("a", "b"), "c")],
)
def test_two_measures_are_needed(minimise: str | tuple[str, ...], maximise: str | tuple[str, ...]) -> None:
    (problem,) = problems_of_call(lambda: two_goals(minimise, maximise))
    assert problem.need == "two measures that differ, together"


def test_a_share_for_practices_is_traded_for_the_deficit_of_the_pct() -> None:
    # With the practice share taken from the top and half of the rest returned to the pool, whatever
    # practices keep the pool lacks: no policy beats another.
    scenario = checked(scenario_of())
    found = frontier(scenario, {SHARE: "0.3,0.1,0.2"}, draws=Draws(2_000))
    assert found.standing == (ON_FRONTIER,) * 3
    assert found.policies == [1, 2, 0]
    # A larger share that returns to the pool spares the PCT and costs practices nothing.
    found = frontier(scenario, {SHARE: "0.1,0.2", RETURN: "0.2,0.6"}, draws=Draws(2_000))
    assert found.standing == (BEATEN, ON_FRONTIER, BEATEN, ON_FRONTIER)
    assert simulator.frontier is frontier


@pytest.mark.parametrize(("savings", "standing"), [("0,0.0005", WITHIN_CHANCE), ("0,0.2", BEATEN)])
def test_within_chance_is_told_from_beyond(savings: str, standing: str) -> None:
    # A saving raises the practice share in every contract. A saving of 0.05% ends hardly any of the
    # overspends of 2,000 contracts, one of 20% nearly all of North's.
    scenario = checked(scenario_of())
    vary = {"clusters.North.true_saving_share": savings}
    found = frontier(
        scenario, vary, "overspend_probability", "practice_share", cluster="North", draws=Draws(2_000)
    )
    assert found.standing == (standing, ON_FRONTIER)


def test_the_table_has_the_frontier_first() -> None:
    found = frontier(checked(scenario_of()), {SHARE: "0.2,0.1", RETURN: "0.2,0.6"}, draws=Draws(2_000))
    table = found.every_number()
    assert list(table.columns[:5]) == [SHARE, RETURN, "standing", "cluster", "measure"]
    assert table["standing"].tolist() == [ON_FRONTIER] * 4 + [BEATEN] * 4
    assert table[SHARE].tolist()[:4:2] == [0.1, 0.2]


def test_workers_do_not_matter() -> None:
    scenario = checked(scenario_of())
    tables = [
        frontier(
            scenario, {SHARE: "0.1,0.2", RETURN: "0.2,0.6"}, draws=Draws(200, workers=workers)
        ).every_number()
        for workers in (1, 2)
    ]
    assert tables[0].equals(tables[1])


def test_a_measure_that_the_row_has_not_is_refused_before_anything_is_drawn(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("drawn")

    monkeypatch.setattr(simulator.simulation.shared_draws.SharedDraws, "simulate", never)
    (problem,) = problems_of_call(
        lambda: frontier(checked(scenario_of()), {SHARE: "0.1,0.2"}, "bond_needed", "practice_share")
    )
    assert (problem.got, problem.hint) == ("bond_needed_gbp", "name a cluster with --cluster")


def test_every_problem_at_once() -> None:
    scenario = checked(scenario_of())
    problems = problems_of_call(
        lambda: frontier(scenario, {SHARE: "0.1,2"}, "pct_defict", "practice_share", cluster="Nort")
    )
    assert {problem.where for problem in problems} == {"measure", "cluster", f"--vary {SHARE}"}
    (problem,) = problems_of_call(
        lambda: frontier(
            scenario,
            {"contract.years": "1,2"},
            "overspend_probability_year_2",
            "practice_share",
            draws=Draws(100),
        )
    )
    assert "every policy has" in problem.need
