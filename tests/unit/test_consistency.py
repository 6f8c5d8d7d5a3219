"""What must hold between parts of a scenario: names, references, members, rules."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest

from tests.builders import (
    BOND,
    CORRIDOR,
    DEFICIT_RECOVERY,
    PER_CASE_LIMIT,
    POOL,
    SURPLUS,
    Table,
    checked,
    cluster_of,
    line_of,
    scenario_of,
)
from tests.unit.problems import problems_of
from tests.unit.test_tables import PRACTICES, SEASONS, WEIGHTS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("practices", PRACTICES), ("weights", WEIGHTS), ("seasons", SEASONS)):
        (tmp_path / f"{name}.csv").write_text(text)
    return tmp_path


def _with_tables(**changes: object) -> Table:
    population = {"practices_csv": "practices.csv", "need_weights_csv": "weights.csv"}
    clusters = [cluster_of("North", None, practices=["A1"]), cluster_of("South", None, practices=["B2"])]
    tables = {"population": population, "seasons": {"csv": "seasons.csv"}, "clusters": clusters}
    return scenario_of(**(tables | changes))


def _only(scenario: Table, folder: Path = Path()) -> tuple[str, str, str, str]:
    (problem,) = problems_of(scenario, folder=folder)
    return problem.where.removeprefix("the scenario, "), problem.need, problem.got, problem.hint


def test_tables_are_read_beside_the_scenario(folder: Path) -> None:
    scenario = checked(_with_tables(), folder=folder)
    assert scenario.practices is not None
    assert set(scenario.need_weights) == {"need", "cost"}
    assert set(scenario.seasons) == {"winter"}


@pytest.mark.parametrize(
    ("section", "tables", "where"),
    [
        ("clusters", [cluster_of("North"), cluster_of("North")], "clusters.North.name"),
        ("service_lines", [line_of(), line_of()], "service_lines.admissions.name"),
        ("rules", [BOND, POOL, BOND], "rules.bond.rule"),
    ],
)
def test_names_that_stand_twice(section: str, tables: list[Table], where: str) -> None:
    found = _only(scenario_of(**{section: tables}))
    assert found[0] == where
    assert "once" in found[1]


@pytest.mark.parametrize("name", ["PCT", "all", " all clusters Together "])
def test_a_cluster_is_not_called_as_the_row_of_all(name: str) -> None:
    assert _only(scenario_of(clusters=[cluster_of(name)]))[1] == f"a name other than {name.strip()}"


@pytest.mark.parametrize(
    ("line", "key", "hint"),
    [
        ({"need_weights": "ned"}, "need_weights", 'did you mean "need"?'),
        ({"need_weights": "carr_hill"}, "need_weights", ""),
        ({"season": "wintr"}, "season", 'did you mean "winter"?'),
    ],
)
def test_columns_that_tables_do_not_have(folder: Path, line: Table, key: str, hint: str) -> None:
    found = _only(_with_tables(service_lines=[line_of(**line)]), folder)
    assert found[0] == f"service_lines.admissions.{key}"
    assert found[3] == hint


@pytest.mark.parametrize("line", [{"need_weights": "people"}, {"season": "flat"}])
def test_weights_and_seasons_that_are_always_there(line: Table) -> None:
    checked(scenario_of(service_lines=[line_of(**line)]))


@pytest.mark.parametrize("line", [{"need_weights": "need"}, {"season": "winter"}])
def test_columns_without_a_table(line: Table) -> None:
    assert "one of" in _only(scenario_of(service_lines=[line_of(**line)]))[1]


def test_an_unreadable_table_is_one_problem_and_not_one_for_each_line(folder: Path) -> None:
    (folder / "seasons.csv").unlink()
    found = _only(_with_tables(service_lines=[line_of(season="winter")]), folder)
    assert found[2] == "no such file"


def test_a_line_that_there_is_not() -> None:
    found = _only(scenario_of(clusters=[cluster_of("North", service_lines=["admission"])]))
    assert found == (
        "clusters.North.service_lines",
        "one of admissions, prescribing",
        '"admission"',
        'did you mean "admissions"?',
    )


def test_a_practice_in_two_clusters(folder: Path) -> None:
    clusters = [
        cluster_of("North", None, practices=["A1", "B2"]),
        cluster_of("South", None, practices=["B2"]),
    ]
    found = _only(_with_tables(clusters=clusters), folder)
    assert found[1:3] == ("each practice in one cluster", "B2 in North and in South")


def test_a_practice_in_none_and_in_the_rest(folder: Path) -> None:
    clusters = [cluster_of("North", None, practices=["A1"])]
    scenario = _with_tables(clusters=clusters)
    found = _only(scenario, folder)
    assert found[0] == "population.outside_clusters"
    assert found[2] == "1 in none: B2"
    assert 'outside_clusters = "the rest"' in found[3]
    for outside in ("the rest", ["B2"]):
        population = scenario["population"] | {"outside_clusters": outside}
        checked(scenario | {"population": population}, folder=folder)


def test_a_practice_that_there_is_not(folder: Path) -> None:
    clusters = [cluster_of("North", None, practices=["A1", "B2", "B22"])]
    found = _only(_with_tables(clusters=clusters), folder)
    assert found[0] == "clusters.North.practices"
    assert found[2:] == ('"B22"', 'did you mean "B2"?')


def test_practices_without_a_table() -> None:
    found = _only(scenario_of(clusters=[cluster_of("North", None, practices=["A1", "B2"])]))
    assert found[1:3] == ("a table of practices: population.practices_csv", "2 practices and no table")


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        # Without a bond nobody could keep a share; after the split no surplus is left to repay from.
        ([SURPLUS, POOL], "rules.surplus.needs_bond"),
        ([SURPLUS, BOND, DEFICIT_RECOVERY], "rules.deficit_recovery.rule"),
        # Behind any of these the corridor would act on what they have paid or shared.
        ([SURPLUS, CORRIDOR, BOND], "rules.corridor.rule"),
        ([BOND, CORRIDOR, POOL], "rules.corridor.rule"),
        ([POOL, CORRIDOR], "rules.corridor.rule"),
        ([DEFICIT_RECOVERY, CORRIDOR], "rules.corridor.rule"),
    ],
)
def test_rules_that_cannot_work_together(rules: list[Table], where: str) -> None:
    assert _only(scenario_of(rules=rules))[0] == where


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [POOL],
        [SURPLUS | {"needs_bond": False}],
        [SURPLUS | {"practice_share": 0}],
        [DEFICIT_RECOVERY, SURPLUS, BOND],
        [BOND, POOL, DEFICIT_RECOVERY],
        [PER_CASE_LIMIT, CORRIDOR, DEFICIT_RECOVERY, SURPLUS, BOND, POOL],
        [CORRIDOR, SURPLUS, BOND, PER_CASE_LIMIT],
    ],
)
def test_rules_that_can(rules: list[Table]) -> None:
    assert len(checked(scenario_of(rules=rules)).settings.rules) == len(rules)


def test_a_bond_that_is_topped_up_leaves_nobody_who_could_leave() -> None:
    leaving = BOND | {"when_exhausted": "leaves"}
    checked(scenario_of(rules=[leaving]))
    checked(scenario_of(rules=[leaving | {"top_up": False}]))
    assert _only(scenario_of(rules=[SURPLUS, leaving | {"top_up": True}, POOL])) == (
        "rules.bond.when_exhausted",
        '"stays" where top_up is true: the top-up comes before the question who leaves',
        '"leaves"',
        "write top_up = false for clusters to leave",
    )


def test_a_rule_in_the_wrong_place_says_before_which() -> None:
    assert _only(scenario_of(rules=[BOND, POOL, CORRIDOR]))[1:3] == (
        "listed before the rule bond",
        "after it",
    )


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("prescribin", ("one of prescribing, beds", '"prescribin"', 'did you mean "prescribing"?')),
        ("beds", ("lines that are paid per case", '"beds", a block contract', "")),
    ],
)
def test_a_limit_per_case_for_lines_that_have_none(line: str, expected: tuple[str, str, str]) -> None:
    lines = [line_of("prescribing"), line_of("beds", payment="block")]
    rules = [PER_CASE_LIMIT | {"service_lines": ["prescribing", line]}]
    found = _only(scenario_of(service_lines=lines, rules=rules))
    assert found == ("rules.per_case_limit.service_lines", *expected)


@pytest.mark.parametrize(
    ("override", "at", "key", "value"),
    [
        ("rules.corridor.width_share=0.03", 0, "width_share", 0.03),
        ("rules.per_case_limit.limit_gbp=900", 1, "limit_gbp", 900),
        ("rules.surplus.settlement=whole_contract", 2, "settlement", "whole_contract"),
        # The file has no such table: the command adds it.
        (
            "rules.surplus.minimum_savings_rate.share_of_budget=0.03",
            2,
            "minimum_savings_rate.share_of_budget",
            0.03,
        ),
    ],
)
def test_rules_against_luck_are_set_from_the_command(override: str, at: int, key: str, value: object) -> None:
    scenario = scenario_of(rules=[CORRIDOR, PER_CASE_LIMIT, SURPLUS, BOND])
    assert attrgetter(key)(checked(scenario, override).settings.rules[at]) == value


def test_a_bond_of_one_cluster_without_the_rule() -> None:
    clusters = [cluster_of("North", bond_gbp=100)]
    found = _only(scenario_of(clusters=clusters, rules=[POOL]))
    assert found[:3] == ("clusters.North.bond_gbp", "used with a rule bond under [[rules]]", "100")
    checked(scenario_of(clusters=clusters))
