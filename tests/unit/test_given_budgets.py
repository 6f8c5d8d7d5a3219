"""Budgets that a table gives: what is read, divided and added up, and every way in which it can be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import exact_risk
from simulator.questions.size.ask import one_cluster
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.property.test_shared_draws_every_key import differing
from tests.unit.problems import problems_of

GIVEN = {"rule": "given", "csv": "b.csv"}
NOT_BY_YEAR = "cluster,budget_gbp\nNorth,100000\nSouth,300000\n"
BY_YEAR = (
    "cluster,year,budget_gbp\nNorth,2010/11,90000\nNorth,2011/12,120000\nSouth,2010/11,1\nSouth,2011/12,2\n"
)
BY_LINE = (
    "cluster,line,budget_gbp\n"
    "North,admissions,1\nNorth,prescribing,2\nSouth,admissions,3\nSouth,prescribing,4\n"
)
PRACTICES = (
    "practice_code,practice,list_size,f0_plus\nA,Ash,10,10\nB,Beech,20,20\nC,Cedar,30,30\nD,Dogwood,5,5\n"
)
BY_PRACTICE = "practice,budget_gbp\nA,10\nB,20\nC,40\nD,80\n"
OF_PRACTICES: Table = {
    "population": {"practices_csv": "practices.csv", "outside_clusters": ["D"]},
    "clusters": [cluster_of("North", None, practices=["A", "B"]), cluster_of("South", None, practices=["C"])],
}


def scenario(folder: Path, text: str, **changes: object) -> Table:
    (folder / "b.csv").write_text(text)
    (folder / "practices.csv").write_text(PRACTICES)
    contract = {"start_year": 2010, "start_month": 7, "years": 2}
    return scenario_of(**({"contract": contract, "budgets": {"rule": GIVEN}} | changes))


def budgets(folder: Path, text: str, **changes: object) -> list[list[float]]:
    """Return budgets by contract year and cluster, for the months of the contract."""
    result = simulate(checked(scenario(folder, text, **changes), folder=folder), Draws(100, 1))
    gbp = result.contract_outcomes.gbp("budget")
    assert (gbp == gbp[0]).all()
    return gbp[0].tolist()


def test_with_years_a_budget_is_for_the_months_of_the_contract(tmp_path: Path) -> None:
    first, second = budgets(tmp_path, BY_YEAR)
    assert first == pytest.approx([90_000, 1])
    assert second == pytest.approx([120_000, 2])


def test_without_years_it_is_for_a_whole_year(tmp_path: Path) -> None:
    # July to March are 274 days of 365.
    first, second = budgets(tmp_path, NOT_BY_YEAR)
    assert first == pytest.approx([100_000 * 274 / 365, 300_000 * 274 / 365])
    assert second == pytest.approx([100_000, 300_000])


def test_what_is_in_total_is_divided_by_planned_spend(tmp_path: Path) -> None:
    plan = make_plan(checked(scenario(tmp_path, NOT_BY_YEAR), folder=tmp_path))
    # 100 admissions at GBP 1,000 for every 2,000 items at GBP 9.
    assert [line.given_gbp[0, 0] for line in plan.budgets] == pytest.approx(
        [100_000 * 100 / 118, 100_000 * 18 / 118]
    )


def test_lines_have_their_own(tmp_path: Path) -> None:
    plan = make_plan(checked(scenario(tmp_path, BY_LINE), folder=tmp_path))
    assert [line.given_gbp[1].tolist() for line in plan.budgets] == [[1, 3], [2, 4]]


def test_a_table_in_total_as_the_rule_of_one_line_is_that_line_s(tmp_path: Path) -> None:
    lines = [line_of(), line_of("tests", budget_rule=GIVEN)]
    usual = {"rule": {"rule": "expected_spend"}}
    table = scenario(tmp_path, NOT_BY_YEAR, budgets=usual, service_lines=lines)
    plan = make_plan(checked(table, folder=tmp_path))
    assert [line.given_gbp[1].tolist() for line in plan.budgets] == [[0, 0], [100_000, 300_000]]


def test_practices_are_added_up_and_those_outside_left_out(tmp_path: Path) -> None:
    _, whole = budgets(tmp_path, BY_PRACTICE, **OF_PRACTICES)
    assert whole == pytest.approx([30, 40])


def test_every_amount_changes_some_budget_and_shared_draws_see_it(tmp_path: Path) -> None:
    for text in (BY_YEAR, BY_LINE, NOT_BY_YEAR):
        given = checked(scenario(tmp_path, text), folder=tmp_path)
        head, *rows = text.splitlines()
        for at, row in enumerate(rows):
            other = [head, *rows[:at], f"{row}5", *rows[at + 1 :]]
            changed = checked(scenario(tmp_path, "\n".join(other)), folder=tmp_path)
            shared = SharedDraws.of(given, Draws(100, 1))
            shared.simulate(given)
            assert differing(shared.simulate(changed), simulate(changed, Draws(100, 1))) == []
            assert "budget" in differing(simulate(given, Draws(100, 1)), simulate(changed, Draws(100, 1)))
            assert given.fingerprint != changed.fingerprint


def test_a_table_is_read_once_for_all_that_vary_the_scenario(tmp_path: Path) -> None:
    given = checked(scenario(tmp_path, BY_YEAR), folder=tmp_path)
    (tmp_path / "b.csv").unlink()
    assert given.vary("clusters.North.people=6000").amounts == given.amounts


WRONG = {
    "a total": (NOT_BY_YEAR + "Total,400000\n", {}, "line 4, cluster", "no row of totals", '"Total"'),
    "an unknown cluster": (
        NOT_BY_YEAR + "Nroth,1\n",
        {},
        "line 4, cluster",
        "one of North, South",
        '"Nroth"',
    ),
    "a cluster missing": (
        NOT_BY_YEAR.replace("South,300000\n", ""),
        {},
        "",
        "a row for each cluster",
        "South",
    ),
    "a cluster twice": (NOT_BY_YEAR + "South,2\n", {}, "line 4, cluster", "each row once", "South"),
    "a year missing": (BY_YEAR.replace("South,2011/12,2\n", ""), {}, "", "cluster, year", "South, 2011/12"),
    "another year": (BY_YEAR + "South,2012/13,2\n", {}, "line 6, year", "one of 2010/11, 2011/12", "2012/13"),
    "another line": (BY_LINE + "South,tests,2\n", {}, "line 6, line", "one of admissions", '"tests"'),
    "no pounds": ("cluster\nNorth\n", {}, "line 1", "a column budget_gbp", "cluster"),
    "no clusters": ("name,budget_gbp\nNorth,1\n", {}, "line 1", "a column cluster, or practice", "name"),
    "less than nothing": (NOT_BY_YEAR.replace("100000", "-1"), {}, "line 2, budget_gbp", "a number", '"-1"'),
    "a practice missing": (
        BY_PRACTICE.replace("B,20\n", ""),
        OF_PRACTICES,
        "",
        "a row for each practice",
        "B",
    ),
    "an unknown practice": (
        BY_PRACTICE + "E,1\n",
        OF_PRACTICES,
        "line 6, practice",
        "one of A, B, C, D",
        '"E"',
    ),
    "several budgets in one": (
        NOT_BY_YEAR,
        {"service_lines": [line_of(budget_rule=GIVEN), line_of("tests", budget_rule=GIVEN)]},
        "",
        "a column line",
        "admissions, tests",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_once(tmp_path: Path, what: str) -> None:
    text, changes, where, need, got = WRONG[what]
    (problem,) = problems_of(scenario(tmp_path, text, **changes), folder=tmp_path)
    assert problem.where.startswith(str(tmp_path / "b.csv"))
    assert problem.where.endswith(where)
    assert need in problem.need
    assert got in problem.got


def test_practices_of_clusters_that_list_none(tmp_path: Path) -> None:
    needs = [
        problem.need
        for problem in problems_of(scenario(tmp_path, "practice,budget_gbp\nA,1\n"), folder=tmp_path)
    ]
    assert "a column cluster where clusters are given as people" in needs


def test_a_table_that_is_not_there_is_told_with_all_else(tmp_path: Path) -> None:
    table = scenario(tmp_path, BY_YEAR) | {"pct": {}}
    (tmp_path / "b.csv").unlink()
    places = {problem.where for problem in problems_of(table, folder=tmp_path)}
    assert places == {"the scenario, pct.name", str(tmp_path / "b.csv")}


def test_the_exact_method_takes_them(tmp_path: Path) -> None:
    # What is expected of North and South in a year, so that the rule of expected spend says the same.
    text = "cluster,budget_gbp\nNorth,590000\nSouth,2360000\n"
    given = exact_risk(checked(scenario(tmp_path, text), folder=tmp_path), cluster="North").rows
    expected = exact_risk(
        checked(scenario(tmp_path, text, budgets={"rule": {"rule": "expected_spend"}})), cluster="North"
    ).rows
    for one, other in zip(given, expected, strict=True):
        for name, estimate in one.estimates.items():
            assert estimate.value == pytest.approx(other.estimates[name].value)


def test_sizes_have_a_head_of_what_the_clusters_have(tmp_path: Path) -> None:
    given = checked(scenario(tmp_path, BY_PRACTICE, **OF_PRACTICES), folder=tmp_path)
    # GBP 70 for 60 people, whatever the practice outside has.
    plan = make_plan(one_cluster(given, 120))
    assert sum(float(line.given_gbp[1, 0]) for line in plan.budgets) == pytest.approx(140)
