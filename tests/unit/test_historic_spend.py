"""The table of last year's spend: what it must say, and that each of its figures changes what comes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import exact_risk
from simulator.questions.check.answer import CheckAnswer
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, line_of, scenario_of
from tests.property.test_shared_draws_every_key import differing
from tests.unit.problems import problems_of

# Of 500,000, 90,000, 2,000,000 and 360,000 that are expected.
TABLE = (
    "cluster,line,spend_gbp\n"
    "North,admissions,510000\nNorth,prescribing,91000\nSouth,admissions,1980000\nSouth,prescribing,350000\n"
)
DRAWS = Draws(100, 1)


def scenario(folder: Path, text: str = TABLE, **changes: object) -> Table:
    (folder / "h.csv").write_text(text)
    budgets = {"rule": {"rule": "expected_spend"}, "historic": {"csv": "h.csv"}}
    shocks = {"pct": {"size": {"law": "lognormal", "sd_share": 0.05}, "correlation": 0.5, "persistence": 0.5}}
    return scenario_of(**({"budgets": budgets, "shocks": shocks} | changes))


def test_every_figure_changes_all_spend_and_shared_draws_see_it(tmp_path: Path) -> None:
    """Spend on one line says something of the PCT's year, and so of every line and cluster."""
    given = checked(scenario(tmp_path), folder=tmp_path)
    head, *rows = TABLE.splitlines()
    plain = simulate(given, DRAWS)
    spend = plain.contract_outcomes.gbp("spend")
    for at, row in enumerate(rows):
        more = [head, *rows[:at], row[:-3] + "999", *rows[at + 1 :]]
        changed = checked(scenario(tmp_path, "\n".join(more)), folder=tmp_path)
        shared = SharedDraws.of(given, DRAWS)
        assert differing(shared.simulate(given), plain) == []
        other = simulate(changed, DRAWS)
        assert differing(shared.simulate(changed), other) == []
        assert (other.contract_outcomes.gbp("spend") != spend).all()
        assert given.fingerprint != changed.fingerprint


def test_what_is_at_hand_of_some_lines_is_not_used_alone(tmp_path: Path) -> None:
    given = checked(scenario(tmp_path), folder=tmp_path)
    shared = SharedDraws.of(given, DRAWS)
    shared.simulate(given)
    shared._spends.popitem(last=False)
    shared._outturns.clear()
    assert differing(shared.simulate(given), simulate(given, DRAWS)) == []


def test_it_is_the_same_in_any_number_of_processes_and_order_of_rows(tmp_path: Path) -> None:
    given = checked(scenario(tmp_path), folder=tmp_path)
    head, *rows = TABLE.splitlines()
    turned = checked(scenario(tmp_path, "\n".join([head, *rows[::-1]])), folder=tmp_path)
    assert differing(simulate(given, DRAWS), simulate(turned, DRAWS)) == []
    two = simulate(given, Draws(100, 1, workers=2))
    assert differing(simulate(given, DRAWS), two) == []


def test_nothing_spent_says_nothing_but_to_budgets(tmp_path: Path) -> None:
    given = make_plan(checked(scenario(tmp_path, TABLE.replace("91000", "0")), folder=tmp_path))
    assert given.last_year is not None
    assert given.last_year.seen.tolist() == [[True, False], [True, True]]
    assert np.isfinite(given.expected_counts).all()
    assert given.expected_spend_gbp[0, 0, 1] == 0


def test_block_contracts_say_nothing(tmp_path: Path) -> None:
    lines = [line_of(payment="block"), line_of("prescribing", payment="block")]
    given = make_plan(checked(scenario(tmp_path, service_lines=lines), folder=tmp_path))
    assert given.last_year is not None
    assert (given.last_year.level == 1).all()
    assert given.expected_spend_gbp[0].tolist() == [[510_000, 91_000], [1_980_000, 350_000]]
    assert list(CheckAnswer(checked(scenario(tmp_path), folder=tmp_path), given, "it").tables())
    draws = given.draw_shocks(RandomStreams(1), Block(0, 10))
    assert np.isfinite(draws.factors(1, 0, 0)).all()


def test_what_it_says_is_told_by_check(tmp_path: Path) -> None:
    given = checked(scenario(tmp_path), folder=tmp_path)
    plan = make_plan(given)
    answer = CheckAnswer(given, plan, "it")
    assert "Past spend is that of the table h.csv." in " ".join(answer.sentences())
    (told,) = (one for one in answer.tables() if one.name == "last year's outturn")
    cells = {column.heading: column.cells for column in told.columns}
    assert cells["more"] == pytest.approx([601 / 590 - 1, 2_330 / 2_360 - 1, 2_931 / 2_950 - 1], abs=1e-4)
    grown = plan.expected_counts[1] * [1_000, 9]
    expected = grown.sum(axis=1) / [590_000, 2_360_000] - 1
    assert cells["more expected 2010/11"][:2] == pytest.approx(expected, abs=1e-4)


def test_the_exact_method_does_not_take_it(tmp_path: Path) -> None:
    rows = exact_risk(checked(scenario(tmp_path), folder=tmp_path)).rows
    assert all("does not take budgets.historic: simulate it" in row.not_given for row in rows)


WRONG = {
    "no lines": ("cluster,spend_gbp\nNorth,1\nSouth,2\n", "a column line", "cluster"),
    "a line missing": (TABLE.rsplit("South", 1)[0], "a row for each cluster, line", "South, prescribing"),
    "a total": (TABLE + "Total,admissions,1\n", "no row of totals", "Total"),
    "another cluster": (TABLE + "West,admissions,1\n", "one of North, South", "West"),
    "another year": (
        "cluster,year,line,spend_gbp\n"
        + TABLE.split("\n", 1)[1].replace(",admissions", ",2009/10,admissions").replace(",p", ",2009/10,p")
        + "North,2010/11,admissions,1\n",
        "one of 2009/10",
        "2010/11",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_once(tmp_path: Path, what: str) -> None:
    text, need, got = WRONG[what]
    (problem,) = problems_of(scenario(tmp_path, text), folder=tmp_path)
    assert problem.where.startswith(str(tmp_path / "h.csv"))
    assert need in problem.need
    assert got in problem.got
