"""Leaving a kind of care out: what the cluster has without it, against contracts that are drawn apart."""

from __future__ import annotations

import pytest

from simulator import load_scenario, simulate
from simulator.charts.study import Study
from simulator.documents.blocks import Document, TableBlock
from simulator.documents.drivers import RESERVE
from simulator.documents.left_out import (
    BAD_OVERSPEND,
    MEASURES,
    PART,
    RESERVE_THEN,
    LeftOut,
    change_of,
    without,
)
from simulator.documents.left_out_words import LEFT_OUT
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import GAIN, OVERSPEND
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.positions import pct_net_gbp
from tests.builders import cluster_of, line_of, scenario_of
from tests.e2e.command import FLAGSHIP, ROOT
from tests.unit.documents import document, study_of

FEW = ["simulation.contracts=400"]
TWO_LINES = [line_of(name="hospital"), line_of(name="drugs")]


@pytest.fixture(scope="module")
def flagship() -> Quotes:
    """The flagship, of few contracts."""
    return Quotes(Study(simulate(load_scenario(FLAGSHIP, FEW))))


def _table(made: Document) -> TableBlock | None:
    found = [one for one in made.tables if one.table.name == "left out"]
    return found[0] if found else None


def test_each_row_is_the_scenario_run_without_that_care(flagship: Quotes) -> None:
    """Each number, and what it changes, from a run of its own with no budget for prescribing."""
    cluster, line = flagship.left_out.cluster, "prescribing"
    alone = load_scenario(FLAGSHIP, [*FEW, "clusters.*.proportion_by_line={prescribing=0}"])
    study, base = Study(simulate(alone)), flagship.study
    row, as_it_is = without(cluster, line), without(cluster, "")
    for measure in MEASURES:
        found = flagship.numbers[row, measure]
        assert found.value == pytest.approx(study.estimate(cluster, measure).value)
        before = base.estimate(cluster, measure).value
        assert flagship.numbers[as_it_is, measure].value == pytest.approx(before)
        change = flagship.numbers[row, change_of(measure)].value
        assert change == pytest.approx(found.value - before, abs=0.01)
    budgets = [one.estimate(cluster, "annual_budget_gbp").value for one in (study, base)]
    assert flagship.numbers[row, PART].value == pytest.approx(1 - budgets[0] / budgets[1])
    held = [RESERVE.of(-pct_net_gbp(one.books[ALL_CLUSTERS])) for one in (study, base)]
    change = flagship.numbers[row, change_of(RESERVE_THEN)].value
    assert held[0]
    assert held[1]
    assert change == pytest.approx(held[0].value - held[1].value)


def test_parts_of_the_budget_add_up_and_block_care_overspends_nothing(flagship: Quotes) -> None:
    cluster = flagship.left_out.cluster
    parts = [flagship.numbers[without(cluster, line), PART].value for line in flagship.left_out.lines]
    assert sum(parts) == pytest.approx(1)
    for line in ("mental_health", "community_services"):
        change = {one: flagship.numbers[without(cluster, line), change_of(one)] for one in MEASURES}
        assert change[BAD_OVERSPEND].value == change[OVERSPEND].value == 0
        assert change[GAIN].low > 0, "The bond is a share of a smaller budget."


def test_a_mark_stands_where_the_same_contracts_differ_beyond_chance() -> None:
    made = document(scenario_of(service_lines=TWO_LINES))
    table = _table(made)
    assert table is not None
    assert [row[0] for row in table.texts] == ["Nothing", "Hospital", "Drugs"]
    for column in table.table.columns[1:]:
        assert not (column.marked and column.marked[0]), "Nothing left out differs from nothing."
    bad = next(one for one in table.table.columns if one.name == BAD_OVERSPEND)
    assert bad.marked == (False, True, True)
    assert [row[table.table.columns.index(bad)].endswith("*") for row in table.texts] == [*bad.marked]


def test_what_is_not_in_a_budget_cannot_be_left_out() -> None:
    """The cluster of middling size has no drugs in its budget, and of hospital nothing else than that."""
    clusters = [
        cluster_of("Small", people=10_000),
        cluster_of("Middle", people=20_000, service_lines=["hospital"]),
        cluster_of("Large", people=30_000),
    ]
    study = study_of(scenario_of(service_lines=TWO_LINES, clusters=clusters), contracts=100)
    assert LeftOut(study).cluster == "Middle"
    assert LeftOut(study).lines == ()
    assert not dict(LeftOut(study).estimates())
    for lines, can in (([line_of()], ()), (TWO_LINES, ("hospital", "drugs"))):
        assert LeftOut(study_of(scenario_of(service_lines=lines), contracts=100)).lines == can


def test_core_income_may_be_left_out_as_the_scenario_lets_a_cluster_do() -> None:
    study = Study(simulate(load_scenario(ROOT / "scenarios" / "scope-example.toml", FEW)))
    assert "core_income" in LeftOut(study).lines


def test_one_kind_of_care_has_no_table() -> None:
    made = document(scenario_of(service_lines=[line_of()]))
    assert _table(made) is None
    assert LEFT_OUT not in [getattr(block, "text", "") for block in made.blocks]
