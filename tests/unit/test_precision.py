"""Simulating to a precision of the bonds."""

from __future__ import annotations

import math
import re
import sys
from io import StringIO
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from simulator import simulate_to_precision
from simulator.answers import progress
from simulator.answers.printer import Printer
from simulator.errors import InputError, Problem
from simulator.questions.run.answer import RunAnswer
from simulator.scenario.scenario import Scenario
from simulator.simulation import precision as precision_module
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.precision import bond_precision, check_precision
from simulator.simulation.result import Result
from tests.builders import checked, cluster_of, scenario_of

PRECISION = 0.02


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return checked(scenario_of())


@pytest.fixture(scope="module")
def calls() -> list[tuple[int, int]]:
    return []


@pytest.fixture(scope="module")
def precise(scenario: Scenario, calls: list[tuple[int, int]]) -> Result:
    return simulate_to_precision(
        scenario, PRECISION, progress=lambda done, of: calls.append((done, of)), draws=Draws(seed=3)
    )


def problems(*arguments: Any, **named: Any) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        simulate_to_precision(*arguments, **named)
    return caught.value.problems


def test_every_bond_is_as_precise_as_was_asked(precise: Result) -> None:
    *clusters, together = precise.rows
    bonds = {row.name: row.estimates["bond_needed_gbp"] for row in clusters}
    bonds[together.name] = together.estimates["shared_bond_needed_gbp"]
    shares = {
        name: max(bond.high / bond.value - 1, 1 - bond.low / bond.value) for name, bond in bonds.items()
    }
    assert set(shares) == {"North", "South", "All clusters together"}
    found = bond_precision(precise)
    assert found.share == pytest.approx(max(shares.values()))
    assert shares[found.widest] == max(shares.values()) <= PRECISION
    assert found.without_bond == ()


def test_it_is_the_run_of_so_many_contracts(precise: Result, scenario: Scenario) -> None:
    plain = simulate(scenario, Draws(precise.contracts, 3))
    assert plain.rows == precise.rows
    for reason, flow in plain.contract_outcomes.flows.items():
        assert np.array_equal(flow.gbp, precise.contract_outcomes.gbp(reason))


def test_it_runs_no_more_than_is_needed(precise: Result, scenario: Scenario) -> None:
    assert precise.contracts > CONTRACTS_PER_BLOCK
    assert precise.contracts % CONTRACTS_PER_BLOCK == 0
    half = simulate(scenario, Draws(precise.contracts // 2, 3))
    assert bond_precision(half).share > PRECISION


def test_progress_says_how_much_there_is_to_do(precise: Result, calls: list[tuple[int, int]]) -> None:
    runs = list(dict.fromkeys(of for _, of in calls))
    assert runs == sorted(runs)
    assert runs[0] == CONTRACTS_PER_BLOCK
    assert runs[-1] == precise.contracts
    assert all(later <= 4 * earlier for earlier, later in pairwise(runs))
    for run in runs:
        # Nothing is done while tables are made.
        assert [done for done, of in calls if of == run and done] == [*range(5_000, run + 1, 5_000)]


def test_the_bar_follows_from_run_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_WORTH_SHOWING_SECONDS", 0)
    monkeypatch.setenv("TERM", "xterm")
    with progress.progress_bar(10_000, "contracts") as show:
        show(5_000, 5_000)
        show(5_000, 20_000)
        show(10_000, 20_000)
    drawn = re.findall(r"\d+/\d+", terminal.getvalue())
    assert list(dict.fromkeys(drawn)) == ["5000/5000", "5000/20000", "10000/20000"]


def test_one_block_where_that_does(scenario: Scenario) -> None:
    assert simulate_to_precision(scenario, 0.5).contracts == CONTRACTS_PER_BLOCK
    assert simulate_to_precision(scenario, np.float64(0.5)).seed == scenario.settings.simulation.seed


@pytest.mark.parametrize("precision", [0, 0.0, -0.01, 0.51, 1, math.nan, math.inf, "0.01", None, True])
def test_precisions_that_are_none(scenario: Scenario, precision: Any) -> None:
    (problem,) = problems(scenario, precision)
    assert problem.where == "precision"


def test_every_problem_at_once(scenario: Scenario) -> None:
    found = problems(scenario, 2, Draws(seed=-1, workers=0))
    assert [problem.where for problem in found] == ["precision", "workers", "seed"]
    with pytest.raises(InputError) as caught:
        check_precision(scenario, 0.01, Draws(500, 1))
    assert [problem.where for problem in caught.value.problems] == ["contracts"]
    assert [problem.where for problem in problems("scenario.toml", 0.1)] == ["scenario"]


def test_more_than_memory_holds_is_refused_with_what_can_be_reached(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    # 2 years x 2 clusters x 42,000 contracts; whole blocks make 40,000 of them.
    monkeypatch.setattr(precision_module, "MOST_CELLS", 168_000)
    calls: list[int] = []
    (problem,) = problems(scenario, 0.001, progress=lambda done, of: calls.append(of))
    assert max(calls) <= 20_000
    reachable, most = re.fullmatch(r"about (\S+) or more; (\S+) contracts .*", problem.need).groups()
    assert most == "40,000"
    needed = int(re.search(r"some (\S+) contracts", problem.got)[1].replace(",", ""))
    # Half the width takes four times the contracts; 10% more on both, and two digits of each.
    assert needed / 40_000 == pytest.approx((float(reachable) / 0.001 / 1.1) ** 2, rel=0.2)
    assert problem.hint == ""
    result = simulate_to_precision(scenario, float(reachable))
    assert result.contracts <= 40_000
    assert bond_precision(result).share <= float(reachable)


def test_refused_at_the_first_block_where_no_more_are_held(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(precision_module, "MOST_CELLS", 1)
    (problem,) = problems(scenario, 0.001)
    assert "5,000 contracts" in problem.need


@pytest.mark.parametrize("precision", [1e-12, 1e-200, 5e-324])
def test_a_precision_beyond_all_numbers(scenario: Scenario, precision: float) -> None:
    (problem,) = problems(scenario, precision)
    assert "1,000,000,000,000 contracts or more" in problem.got


def test_rows_that_need_no_bond_are_left_out_and_said_so() -> None:
    saver = cluster_of("North", 4_000, true_saving_share=0.4)
    result = simulate_to_precision(checked(scenario_of(clusters=[cluster_of("South", 20_000), saver])), 0.05)
    found = bond_precision(result)
    assert found.without_bond == ("North",)
    assert result.rows[1].estimates["bond_needed_gbp"].value == 0
    assert 0 < found.share <= 0.05
    written = StringIO()
    Printer(written).answer(RunAnswer(result, 0.05))
    told = " ".join(written.getvalue().split())
    assert "to be within +/-5%" in told
    assert "Left out, for they need no bond at 95%: North." in told


def test_nobody_needs_a_bond() -> None:
    rich = scenario_of(budgets={"rule": {"rule": "expected_spend", "margin_share": 0.5}})
    (problem,) = problems(checked(rich), 0.05)
    assert "nobody needs a bond" in problem.need
    assert "number of contracts" in problem.hint


def test_a_bond_next_to_nothing_has_no_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget just short of the 95% quantile of spend, which is the same whatever the budget."""
    edge = scenario_of(contract={"start_year": 2010, "years": 1}, clusters=[cluster_of("Edge", 5_000)])
    row = simulate(checked(edge), Draws(CONTRACTS_PER_BLOCK)).rows[0].estimates
    margin = 0.9999 * row["bond_needed_gbp"].value / row["budget_gbp"].value
    edge["budgets"] = {"rule": {"rule": "expected_spend", "margin_share": margin}}
    monkeypatch.setattr(precision_module, "MOST_CELLS", CONTRACTS_PER_BLOCK)
    (problem,) = problems(checked(edge), 0.01)
    assert "Edge hardly needs a bond" in problem.hint
