"""Several PCTs in one scenario: each settles alone, and what it comes to for all is their sum."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.questions.check.answer import CheckAnswer
from simulator.questions.forecast.ask import forecast
from simulator.questions.run.answer import RunAnswer
from simulator.questions.shadow.ask import shadow
from simulator.questions.size.ask import size
from simulator.random_streams import RandomStreams
from simulator.records import Axes, Block, Outturn
from simulator.risk.account_book import ALL_CLUSTERS, account_books, pct_books
from simulator.risk.measures import SummaryRow, summarise
from simulator.rules.settlement import settled_outcomes
from simulator.scenario.idle import idle_settings
from simulator.simulation import memory, pipeline
from simulator.simulation import result as of_results
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import BOND, POOL, SURPLUS, Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.unit.settling import POOL as POOL_RULE
from tests.unit.settling import SPLIT, terms_of

SHOCK = {"law": "lognormal", "sd_share": 0.05}
EAST = (cluster_of("East 1", 5_000), cluster_of("East 2", 30_000))
WEST = (cluster_of("West 1", 8_000), cluster_of("West 2", 4_000, takes_share=False))


def of_pct(pct: str, clusters: tuple[Table, ...]) -> list[Table]:
    return [one | {"pct": pct} for one in clusters]


def two_pcts(between: float = 1.0, **changes: Any) -> Table:
    shocks = {"pct": {"size": SHOCK, "correlation_between_pcts": between}, "cluster_year": SHOCK}
    east, west = of_pct("East", EAST), of_pct("West", WEST)
    # Not PCT by PCT: clusters stand in any order.
    clusters = [east[0], west[0], east[1], west[1]]
    return scenario_of(shocks=shocks, clusters=clusters, rules=[SURPLUS, BOND, POOL]) | changes


def values(row: SummaryRow) -> dict[str, tuple[float, float, float]]:
    return {name: (one.value, one.low, one.high) for name, one in row.estimates.items()}


def test_a_pool_pays_the_overspends_of_its_own_pct_alone() -> None:
    # East: 1 has GBP 100.05 left. Practices keep a tenth, 10.005; 40% of the rest, 36.018, returns to the
    # pool, which pays 2's overspend of 20.00 and keeps 16.018. West: 1 overspends by 50.00, 2 has nothing
    # left: no pool pays for it, though one pool of both PCTs would have.
    budget, spend = [[1000.0, 500.0, 800.0, 400.0]], [[899.95, 550.0, 820.0, 400.0]]
    arrays = np.array([budget]), np.array([spend])
    outturn = Outturn(*arrays, np.zeros_like(arrays[0]), arrays[0][:, 0])
    terms = terms_of(4, 1)
    split = SPLIT.model_copy(update={"needs_bond": False})
    axes = Axes(("2009/10", "2010/11"), terms.names, ("admissions",), ("East", "West", "East", "West"))
    outcomes = settled_outcomes((split, POOL_RULE), outturn, terms, axes)
    assert outcomes.gbp("pct_return")[0, 0].tolist() == pytest.approx([36.018, 0, 0, 0])
    assert outcomes.gbp("pool_payment")[0, 0].tolist() == pytest.approx([0, 0, 20, 0])
    assert outcomes.gbp("uncovered_overspend")[0, 0].tolist() == pytest.approx([0, 50, 0, 0])
    assert outcomes.shared_bond_needed_gbp.tolist() == [pytest.approx([20, 50])]
    of_one = settled_outcomes((split, POOL_RULE), outturn, terms, Axes(axes.years, axes.clusters, axes.lines))
    # One PCT: the pool's 36.018 is shared in proportion to 50 and 20.
    assert of_one.gbp("pool_payment")[0, 0].tolist() == pytest.approx([0, 25.727143, 10.290857, 0])


def test_a_pct_whose_clusters_join_later_has_no_months_before() -> None:
    nothing = np.zeros((1, 2, 4))
    terms = terms_of(4, 2, months=[[12, 0, 12, 0], [12, 12, 12, 12]])
    axes = Axes(
        ("2009/10", "2010/11", "2011/12"), terms.names, ("admissions",), ("East", "West", "East", "West")
    )
    outcomes = settled_outcomes((SPLIT,), Outturn(nothing, nothing, nothing[0], nothing[:, 0]), terms, axes)
    books = account_books(outcomes, terms)
    assert [one.year_months for one in pct_books(outcomes, terms, books)] == [(12, 12), (0, 12)]


def test_each_pct_is_as_in_a_scenario_of_its_own_where_all_shocks_are_shared() -> None:
    together = simulated(two_pcts())
    by_name = {row.name: row for row in (*together.rows, *together.pct_rows)}
    for pct, clusters in (("East", EAST), ("West", WEST)):
        alone = simulated(two_pcts() | {"clusters": list(clusters)})
        assert alone.pct_rows == ()
        for row in alone.rows:
            found = by_name[pct if row.name == ALL_CLUSTERS else row.name]
            assert (values(found), found.people) == (values(row), row.people)


def test_one_pct_by_name_is_as_none() -> None:
    named = simulated(scenario_of(clusters=of_pct("Home", EAST), rules=[SURPLUS, BOND, POOL]))
    plain = simulated(scenario_of(clusters=list(EAST), rules=[SURPLUS, BOND, POOL]))
    assert named.summary_columns == plain.summary_columns


@pytest.mark.parametrize("cells", [10**6, 700])
def test_pcts_add_up_to_all_together(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_results, "_CELLS_AT_ONCE", cells)
    found = simulated(two_pcts(0.3), contracts=400)
    together, pcts = found.rows[-1].estimates, found.pct_rows
    assert [row.name for row in pcts] == ["East", "West"]
    for name in (
        "pct_cost_gbp",
        "spend_gbp",
        "expected_overspend_gbp",
        "practice_share_gbp",
        "pool_balance_gbp",
    ):
        assert together[name].value == pytest.approx(sum(row.estimates[name].value for row in pcts))
    assert sum(row.people for row in pcts) == found.rows[-1].people == 47_000
    # The same as from the outcomes of all clusters at a time, but for the order in which sums are made.
    for row, other in zip(found.rows, summarise(found.contract_outcomes, found.plan.terms), strict=True):
        assert (row.name, row.estimates.keys()) == (other.name, other.estimates.keys())
        for name, one in row.estimates.items():
            assert values(row)[name] == pytest.approx(values(other)[name]), name
            assert one.standard_error == pytest.approx(other.estimates[name].standard_error), name
    assert found.pct_build_up.total.value == pytest.approx(together["pct_net_position_gbp"].value)
    assert "shared_bond_needed_gbp" not in together
    assert all("shared_bond_needed_gbp" in row.estimates for row in pcts)


def test_check_says_what_pcts_share() -> None:
    price = {"size": {"law": "lognormal", "sd_share": 0.02}, "correlation_between_pcts": 0.7}
    shocks = two_pcts()["shocks"]
    shocks["pct"] |= {"correlation_between_pcts": 0.3}
    scenario = checked(two_pcts(shocks=shocks | {"price": price}))
    answer = CheckAnswer(scenario, make_plan(scenario), "it")
    said = " ".join(answer.sentences())
    assert "moves the demand of a PCT has a correlation of 30% with another PCT's" in said
    assert "moves the prices of a PCT has a correlation of 70% with another PCT's" in said
    assert "All PCTs together have 47,000 people." in answer.notes()


def test_processes_change_nothing_and_many_policies_share_the_draws() -> None:
    mapping = two_pcts(0.3)
    many = mapping | {"clusters": [cluster_of(f"{at}", pct=f"PCT {at // 2}") for at in range(40)]}
    one, two = (simulated(many, contracts=200, workers=workers) for workers in (1, 2))
    assert one.summary_columns == two.summary_columns
    shared = SharedDraws.of(checked(mapping), Draws(200))
    changes = ("clusters.West 1.true_saving_share=0.02", "clusters.West 1.pct=East")
    for scenario in (checked(mapping), *(checked(mapping, one) for one in changes)):
        assert shared.simulate(scenario).summary_columns == simulate(scenario, Draws(200)).summary_columns


def test_an_outturn_on_disk_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulated(two_pcts(0.3), contracts=230)
    monkeypatch.setattr(pipeline, "CELLS_DRAWN", 1)
    monkeypatch.setattr(memory, "_LARGEST_IN_MEMORY", 0)
    monkeypatch.setattr(memory, "_CELLS_TOGETHER", 50 * 2 * 4)
    found = simulated(two_pcts(0.3), contracts=230)
    # A cluster at a time, and some contracts at a time, which do not divide them all.
    assert (len(pipeline.groups_of_clusters(found.plan)), found.gathered.together) == (4, 50)
    assert found.summary_columns == whole.summary_columns
    assert found.pct_build_up == whole.pct_build_up


def test_a_summary_names_each_rows_pct() -> None:
    found = simulated(two_pcts()).summary_columns
    assert found["cluster"] == ["East 1", "West 1", "East 2", "West 2", "East", "West", ALL_CLUSTERS]
    assert found["pct"] == ["East", "West", "East", "West", "East", "West", "Test PCT"]
    assert "pct" not in simulated(scenario_of()).summary_columns


def test_run_tells_which_pct_is_exposed_most_and_what_it_comes_to() -> None:
    answer = RunAnswer(simulated(two_pcts(0.3), contracts=400))
    tables = {table.name: table for table in answer.tables()}
    exposed = tables["exposures"]
    assert [column.name for column in exposed.columns] == [
        *("pct", "people", "overspend_probability", "shared_bond_needed_gbp", "pct_payment_gbp"),
        *("pct_net_position_1_in_20_gbp", "pct_net_position_1_in_20_share_of_plan"),
    ]
    shares = [cell.value for cell in exposed.columns[-1].cells[:-1]]
    assert shares == sorted(shares)
    first = exposed.columns[0].cells[0]
    assert answer.sentences()[0].startswith(f"{first} is exposed most for its size")
    assert any("2 PCTs settle with their own clusters each" in note for note in answer.notes())
    assert "in all" in tables
    assert "positions" in tables
    many = two_pcts() | {"clusters": [cluster_of(f"{at}", pct=f"PCT {at // 2}") for at in range(40)]}
    of_many = RunAnswer(simulated(many))
    assert [table.name for table in of_many.tables()] == ["budgets", "exposures", "in all"]


@pytest.mark.parametrize(
    ("clusters", "need"),
    [
        ([cluster_of("A", pct="East"), cluster_of("B")], "the name of its PCT"),
        ([cluster_of("A", pct=""), cluster_of("B", pct="West")], "text that is not empty"),
        ([cluster_of("A", pct="East"), cluster_of("B", pct="EAST")], 'spelled one way, as "East"'),
        ([cluster_of("A", pct="East"), cluster_of("B", pct="A")], "not that of a cluster"),
        ([cluster_of("A", pct="East"), cluster_of("B", pct="Test PCT")], "not that of a cluster"),
        ([cluster_of("A", pct="East"), cluster_of("B", pct="all")], "not that of a cluster"),
    ],
)
def test_pcts_that_cannot_be_told_apart_are_refused(clusters: list[Table], need: str) -> None:
    with pytest.raises(InputError, match=need):
        checked(scenario_of(clusters=clusters))


def test_hospitals_are_not_paid_by_what_several_pcts_buy_together() -> None:
    terms = {"rate_above_plan": 0.3, "threshold": "shared"}
    lines = [line_of(payment=terms), line_of("tests", payment=terms | {"threshold": "cluster"})]
    with pytest.raises(InputError, match="one that all share would be one of all PCTs") as refused:
        checked(two_pcts(service_lines=lines))
    assert len(refused.value.problems) == 1
    checked(two_pcts(service_lines=lines) | {"clusters": list(EAST)})


def test_questions_of_one_pct_say_so(tmp_path: Path) -> None:
    scenario = checked(two_pcts())
    actuals = tmp_path / "actuals.csv"
    actuals.write_text("cluster,line,year,months,spend_gbp\n", encoding="utf-8")
    for ask in (size, shadow, lambda one: forecast(one, actuals)):
        with pytest.raises(InputError, match="of the clusters of one PCT"):
            ask(scenario)
    fit = {"posterior": "draws.npz", "sha256": "0" * 64}
    with pytest.raises(InputError, match="a history is of one"):
        checked(two_pcts(fit=fit))


def test_a_correlation_between_pcts_that_does_nothing_is_told() -> None:
    def told(mapping: Table) -> list[str]:
        return [one for one in idle_settings(checked(mapping).settings) if "between_pcts" in one]

    assert told(two_pcts(0.5)) == []
    (one,) = told(two_pcts(0.5) | {"clusters": list(EAST)})
    assert "there is one PCT" in one
    (none,) = told(two_pcts(shocks={"price": {"correlation_between_pcts": 0.5}}))
    assert "sd_share of 0" in none


def test_a_pct_has_the_same_draws_wherever_its_clusters_stand() -> None:
    scenario = two_pcts(0.3)
    turned = scenario | {"clusters": scenario["clusters"][::-1]}
    one, other = (make_plan(checked(each)) for each in (scenario, turned))
    spends = [plan.draw(RandomStreams(1), Block(0, 100)).gbp for plan in (one, other)]
    assert np.array_equal(spends[0], spends[1][:, :, ::-1])
