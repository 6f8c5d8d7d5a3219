"""Sizes, pools and their arithmetic, worked by hand."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

import simulator
from simulator.execution import blocks
from simulator.execution.blocks import Workers
from simulator.execution.shared_out import shared_out
from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.questions.size import ask
from simulator.questions.size.answer import (
    BAD_OVERSPEND,
    BOND,
    CHANCE_SD,
    OVERSPEND,
    SD,
    SHARE,
    Sizes,
    a_head,
    overspend_column,
)
from simulator.questions.size.ask import NAME, bond, one_cluster, only_pct_shocks, relative_variance, size
from simulator.risk.estimation import Influence, quantile, root
from simulator.simulation import draws as of_draws
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

# Paid en bloc nothing varies: GBP 100 a head and year, and a budget that is 10% too small.
SHORT = scenario_of(
    service_lines=[line_of(payment="block")],
    budgets={"rule": {"rule": "expected_spend", "margin_share": -0.1}},
)


def sized(mapping: Table, low: float = 1_000, high: float = 100_000, points: int = 3) -> Sizes:
    return size(checked(mapping), (low, high), points, draws=Draws(100))


def test_sizes_are_equal_ratios_as_round_as_keeps_them_apart() -> None:
    people = [row.people for row in sized(SHORT, 1_000, 1_000_000, 7).rows]
    assert people == [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
    assert [row.people for row in sized(SHORT, 2_000, 200_000, 5).rows] == [2e3, 6e3, 2e4, 6e4, 2e5]
    # To one digit both between would be 1,000, which is below all.
    assert [row.people for row in sized(SHORT, 1_040, 1_190, 4).rows] == [1_040, 1_090, 1_140, 1_190]
    assert [row.people for row in sized(SHORT, 1_234, 5_678, 2).rows] == [1_234, 5_678]


def test_without_chance() -> None:
    # Two years overspend by GBP 10 a head each: 11% of the budget of GBP 90.
    found = sized(SHORT)
    row = found.rows[1]
    assert row.people == 10_000
    assert row.whole[BOND].value == pytest.approx(200_000)
    assert row.whole[SHARE].value == 0
    for name in (OVERSPEND, BAD_OVERSPEND):
        assert row.by_span["2010/11"][name].value == pytest.approx(100_000)
        assert row.whole[name].value == pytest.approx(200_000)
        assert row.whole[a_head(name)].value == pytest.approx(20)
    for span in ("2010/11", "2011/12", WHOLE_CONTRACT):
        assert row.by_span[span][overspend_column(0.05)].value == 1
        assert row.by_span[span][SD].value == pytest.approx(0, abs=1e-9)
    assert row.whole[CHANCE_SD].value == pytest.approx(0, abs=1e-9)
    assert found.balance_people is None
    assert "Nothing else is seen" in found.sentences()[2]
    # South has 20,000 people and North 5,000; nothing is gained where nothing varies.
    largest, both = found.pools
    assert (largest.clusters, both.clusters) == (("South",), ("South", "North"))
    assert (largest.people, both.people) == (20_000, 25_000)
    assert both.joint_bond_gbp.value == pytest.approx(500_000)
    assert both.separate_bonds_gbp.value == pytest.approx(500_000)
    assert largest.saved_share is None
    assert both.saved_share is not None
    assert both.saved_share.value == pytest.approx(0, abs=1e-9)


def test_surpluses_pay_for_overspends_inside_a_pool() -> None:
    # Budgets are 10% too small: each year North overspends GBP 50,000 of its 500,000. South really
    # saves 20% of its 2,000,000, which leaves it 200,000 a year, four times as much.
    saves = [cluster_of("North"), cluster_of("South", 20_000, true_saving_share=0.2)]
    mapping = SHORT | {"clusters": saves, "service_lines": [line_of()]}
    south, both = size(checked(mapping), (1_000, 2_000), 2, draws=Draws(200)).pools
    assert south.separate_bonds_gbp.value == 0
    assert both.joint_bond_gbp.value == 0
    assert both.separate_bonds_gbp.low > 100_000
    assert both.saved_share is not None
    assert both.saved_share.value == 1


def test_the_cluster_is_as_most_are() -> None:
    clusters = [
        cluster_of("Other", service_lines=["admissions"]),
        cluster_of("North", proportion=0.5, bond_gbp=7.0, takes_share=False),
        cluster_of("South", proportion=0.5, true_saving_share=0.1),
    ]
    (one,) = one_cluster(checked(scenario_of(clusters=clusters)), 1_000).settings.clusters
    assert (one.name, one.people, one.proportion, one.service_lines) == (NAME, 1_000, 0.5, None)
    assert (one.takes_share, one.bond_gbp, one.true_saving_share) == (True, None, 0)


def test_it_is_in_law_what_most_are() -> None:
    clusters = [
        cluster_of("North", legal_form="charitable_society"),
        cluster_of("South", legal_form="lead_practice", partner_share=0.1),
        cluster_of("East", legal_form="charitable_society"),
    ]
    scenario = checked(scenario_of(clusters=clusters))
    (one,) = one_cluster(scenario, 1_000).settings.clusters
    assert (one.legal_form, one.partner_share) == ("charitable_society", None)
    assert size(scenario, (1_000, 2_000), 2, draws=Draws(100)).pools


def test_it_does_what_most_do() -> None:
    levels = [{"practice": "A", "cluster": "North", "people_share": 0.4, "level": 1.5}]
    actions = [
        {"name": "staff", "action": "management_cost"},
        {"name": "outliers", "action": "outlier_practices", "levels": levels, "brought_in_share": 0.5},
        {"name": "bills", "action": "check_bills", "clusters": ["North", "South"], "net_share": 0.01},
        {"name": "review", "action": "reduce_demand", "clusters": ["North"], "avoided_share": 0.02},
    ]
    varied = one_cluster(checked(scenario_of(actions=actions)), 1_000)
    assert [one.name for one in varied.settings.actions] == ["staff", "outliers", "bills"]
    book = simulate(varied, Draws(100)).contract_outcomes
    assert (book.gbp("cost_of_staff") == 25_000).all()


def test_only_pct_shocks_are_left() -> None:
    law = {"law": "lognormal", "sd_share": 0.1}
    own = ("cluster", "cluster_year", "cluster_line", "cluster_line_year")
    wide = {"pct": {"size": law, "growth_drift_sd_share": 0.01}, "price": {"size": law}}
    shocks = dict.fromkeys(own, law) | {"practice": {"size": law}} | wide
    left = only_pct_shocks(checked(scenario_of(shocks=shocks))).settings.shocks
    assert (left.pct.size.sd_share, left.pct.growth_drift_sd_share, left.price.size.sd_share) == (
        0.1,
        0.01,
        0.1,
    )
    assert {getattr(left, name).sd_share for name in own} == {0}
    assert left.practice.size.sd_share == 0


def test_doubt_is_no_pct_wide_shock_but_is_left_beside_them() -> None:
    shocks = {"pct": {"size": {"law": "lognormal", "sd_share": 0.1}}}
    unsure = [line_of(growth_share={"mean": 0.0, "sd": 0.05})]
    said = [
        size(checked(scenario_of(shocks=shocks, service_lines=lines)), (10_000, 20_000), 2, draws=Draws(400))
        for lines in ([line_of()], unsure)
    ]
    without, with_doubt = (" ".join(one.sentences()) for one in said)
    assert "PCT-wide shocks alone leave" in without
    assert "PCT-wide shocks and doubt about figures alone leave" in with_doubt
    assert said[1].any_pool_sd_share.low > said[0].any_pool_sd_share.high


def test_a_relative_variance_by_hand() -> None:
    # Left 1, 2, 3 have the variance 1; the mean budget is 10: 1 / 100.
    found = relative_variance(np.array([1.0, 2.0, 3.0]), np.array([9.0, 10.0, 11.0]))
    assert found.value == pytest.approx(0.01)
    # Squares less their mean: 1/3, -2/3, 1/3 over 100; less 0.01 * 2 (budget - 10) / 10.
    moves = np.array([1, -2, 1]) / 300 - 0.01 * np.array([-0.2, 0, 0.2])
    assert found.moves == pytest.approx(moves)
    assert found.estimate.standard_error == pytest.approx(math.sqrt(np.mean(moves**2) / 3))
    assert relative_variance(np.ones(3), np.zeros(3)).value == 0


def test_arithmetic_of_moved_numbers() -> None:
    one, other = Influence(6.0, np.array([1.0, -1.0])), Influence(2.0, np.array([0.5, -0.5]))
    assert (one + other).value == 8
    assert (one - other).moves == pytest.approx([0.5, -0.5])
    # (1 - 3 * 0.5) / 2 = -0.25.
    assert (one / other).value == 3
    assert (one / other).moves == pytest.approx([-0.25, 0.25])
    assert one.times(2).moves == pytest.approx([2, -2])
    assert (one - one).estimate.standard_error == 0


def test_a_root_keeps_its_interval() -> None:
    # Variance 4 with a standard error of 1: interval 2.04 to 5.96.
    found = root(Influence(4.0, np.array([math.sqrt(2), -math.sqrt(2)])))
    assert found.value == 2
    assert (found.low, found.high) == (
        pytest.approx(math.sqrt(2.04), rel=1e-3),
        pytest.approx(2.4413, rel=1e-3),
    )
    below = root(Influence(-1.0, np.array([2.0, -2.0])))
    assert (below.value, below.low) == (0, 0)
    assert below.high == pytest.approx(math.sqrt(2 * 1.96 / math.sqrt(2) - 1), rel=1e-3)


def test_a_bond_is_the_quantile_with_its_error() -> None:
    overspend = np.random.default_rng(1).standard_normal(10_000)
    found, known = bond(overspend, 0.95), quantile(overspend, 0.95)
    assert found.value == known.value
    assert found.estimate.half_width == pytest.approx((known.high - known.low) / 2, rel=0.03)


def test_tables() -> None:
    found = sized(scenario_of())
    names = [table.name for table in found.tables()]
    spans = ["2010-11", "2011-12", WHOLE_CONTRACT]
    both = [f"{what}, {span}" for span in spans for what in ("overspends", "in pounds")]
    assert names == [*both, "costs", "pools", "not cured"]
    whole = found.frame(f"overspends, {WHOLE_CONTRACT}")
    assert whole.index.tolist() == [row.people for row in found.rows]
    assert ((whole[f"{SD}_low"] <= whole[SD]) & (whole[SD] <= whole[f"{SD}_high"])).all()
    assert found.frame("costs")[BOND].tolist() == [row.whole[BOND].value for row in found.rows]
    assert found.frame("costs").notna().all(axis=None)
    pools = found.frame("pools")
    assert list(pools.added) == ["South", "North"]
    assert pools.saved_share.isna().to_list() == [True, False]
    assert len(found.frame("not cured")) == 1


def test_the_same_for_any_workers_and_seed() -> None:
    scenario = checked(scenario_of())
    one, two = (
        size(scenario, (1_000, 5_000), 2, draws=Draws(6_000, 1, workers=workers)) for workers in (1, 2)
    )
    assert (one.rows, one.pools, one.balance_people) == (two.rows, two.pools, two.balance_people)
    assert size(scenario, (1_000, 5_000), 2, draws=Draws(6_000, 2)).rows != one.rows


def test_two_processes_have_sizes_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, seen = checked(scenario_of()), list[Workers]()

    def noted(pieces: Sequence[Callable[[], Any]], workers: Workers) -> Any:
        seen.append(workers)
        return shared_out(pieces, workers)

    monkeypatch.setattr(ask, "shared_out", noted)
    found = []
    for worth in (1_501, 1_500):
        monkeypatch.setattr(ask, "_WORTH_A_PROCESS", worth)
        found.append(size(scenario, (1_000, 5_000), 3, draws=Draws(500, workers=2)))
    assert seen == [1, 2]
    assert (found[0].rows, found[0].balance_people) == (found[1].rows, found[1].balance_people)


def test_overspends_in_pounds_are_those_of_a_run_of_one_cluster() -> None:
    scenario = checked(scenario_of())
    row = size(scenario, (1_000, 5_000), 2, draws=Draws(500)).rows[0]
    result = simulate(one_cluster(scenario, 1_000), Draws(500))
    assert row.whole[OVERSPEND].value == pytest.approx(
        result.rows[0].estimates["expected_overspend_gbp"].value
    )
    outcomes = result.contract_outcomes
    over = np.maximum(outcomes.spend_gbp - outcomes.gbp("budget"), 0)[:, :, 0]
    for span, gbp in {"2011/12": over[:, 1], WHOLE_CONTRACT: over.sum(axis=1)}.items():
        assert row.by_span[span][OVERSPEND].value == pytest.approx(gbp.mean())
        assert row.by_span[span][BAD_OVERSPEND].value == pytest.approx(np.sort(gbp)[474])
        assert row.by_span[span][a_head(BAD_OVERSPEND)].high * 1_000 == row.by_span[span][BAD_OVERSPEND].high


def test_few_draws_start_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(_: object) -> None:
        raise AssertionError("a process is started")

    monkeypatch.setattr(blocks._Worker, "started", started)
    size(checked(scenario_of()), (1_000, 5_000), 2, draws=Draws(6_000, 1, workers=2))
    monkeypatch.setattr(of_draws, "_WORTH_PROCESSES", 6_000)
    with pytest.raises(AssertionError, match="a process is started"):
        size(checked(scenario_of()), (1_000, 5_000), 2, draws=Draws(6_000, 1, workers=2))


def test_a_cluster_without_a_budget_has_no_share_of_it() -> None:
    found = sized(scenario_of(clusters=[cluster_of("None", proportion=0.0)]))
    assert found.rows[0].whole[SD].value == 0
    assert found.balance_people is None


def test_the_package_offers_it() -> None:
    assert simulator.size is size


def test_every_problem_at_once() -> None:
    scenario = checked(scenario_of())
    found = problems_of_call(lambda: size(scenario, (5, 1), 1, draws=Draws(5, -1, workers=0)))
    assert [problem.where for problem in found] == ["people", "points", "contracts", "workers", "seed"]
    for people in ((0.5, 10.0), (1.0, math.inf), (1.0, math.nan), (5.0, 5.0)):
        (problem,) = problems_of_call(lambda given=people: size(scenario, given))
        assert problem.where == "people"
    (problem,) = problems_of_call(lambda: size("file.toml"))  # type: ignore[arg-type]
    assert problem.where == "scenario"
