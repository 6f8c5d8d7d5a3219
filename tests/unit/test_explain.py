"""The pieces of the outturn and their sums, worked by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simulator
import simulator.questions.explain.ask as of_explain
from simulator.questions.explain.answer import ALL_LINES, ALL_SOURCES, WHOLE_CONTRACT, Explanation
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import (
    PowerSums,
    Source,
    expected_budget_gbp,
    pieces_in_parts,
    with_totals,
)
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

BLOCK = Block(0, 200)
WHOLE = (-1, -1, -1, -1)
TOOLKIT = {"rule": "toolkit", "fair_share_weight_by_year": [0.25], "uplift_share": 0.0}


def explained(mapping: Table, contracts: int = 100, seed: int = 1) -> Explanation:
    return explain(checked(mapping), draws=Draws(contracts, seed))


def piece(*amounts: float) -> np.ndarray:
    """One year, cluster and line."""
    return np.array(amounts)[:, None, None, None]


def test_shares_by_hand() -> None:
    # Pieces (1, -1, 2) and (1, 1, -1) make the whole (2, 0, 1): sums of squares 6, 3 and 5;
    # products with the whole 2 + 0 + 2 = 4 and 2 + 0 - 1 = 1; so shares 4/5 and 1/5.
    sums = PowerSums.of([piece(1, -1, 2), piece(1, 1, -1)])
    one, other = (sums.share((source, 0, 0, 0)) for source in (0, 1))
    assert one is not None
    assert other is not None
    assert (one.value, other.value) == (pytest.approx(0.8), pytest.approx(0.2))
    # p T - 0.8 T ** 2 is (2 - 3.2, 0, 2 - 0.8) = (-1.2, 0, 1.2): root of 2.88 over 5.
    assert one.standard_error == pytest.approx(math.sqrt(2.88) / 5)
    # One piece gains what the other loses.
    assert other.standard_error == pytest.approx(one.standard_error)
    whole = sums.share(WHOLE)
    assert whole is not None
    assert (whole.value, whole.standard_error) == (1, 0)


def test_an_sd_by_hand() -> None:
    # Squares 1, 1 and 4 have the mean 2; fourth powers 1, 1 and 16 the mean 6; the variance of the
    # mean of squares is (6 - 4) / 3, and the SD's error its root over twice the SD.
    sd = PowerSums.of([piece(1, -1, 2)]).sd((0, 0, 0, 0), contracts=3)
    assert sd.value == pytest.approx(math.sqrt(2))
    assert sd.standard_error == pytest.approx(math.sqrt(2 / 3) / (2 * math.sqrt(2)))


def test_pooling_by_hand() -> None:
    # Two clusters with (3, 0) and (0, 4), together (3, 4): the roots of the sums of squares are 3, 4, 5.
    apart = np.array([[3.0, 0.0], [0.0, 4.0]])[:, None, :, None]
    pooled = PowerSums.of([apart]).pooled(0, -1, contracts=2)
    assert pooled is not None
    assert pooled.value == pytest.approx(5 / 7)
    # Slopes times the squares, up to 1 / 7 and the contracts: 9/10 - 5/7 * 9/6 and 16/10 - 5/7 * 16/8.
    effects = np.array([9 / 10 - 5 / 7 * 9 / 6, 16 / 10 - 5 / 7 * 16 / 8]) / 7
    assert pooled.standard_error == pytest.approx(np.sqrt(effects @ effects))


def test_what_clusters_share_is_not_cured() -> None:
    same = np.array([[1.0, 2.0], [-3.0, -6.0]])[:, None, :, None]
    pooled = PowerSums.of([same]).pooled(0, -1, contracts=2)
    assert pooled is not None
    assert pooled.value == pytest.approx(1)
    assert pooled.standard_error == 0


def test_rounding_is_not_variance() -> None:
    sums = PowerSums.of([piece(1, -1, 2), piece(1e-12, 1e-12, -1e-12)])
    share = sums.share((1, 0, 0, 0))
    assert share is not None
    assert (share.value, share.half_width) == (0, 0)
    assert sums.sd((1, 0, 0, 0), contracts=3).value == 0
    assert sums.pooled(1, -1, contracts=3) is None


def test_lasting_shocks_are_those_that_demand_sees() -> None:
    shocks = {"cluster": {"law": "lognormal", "sd_share": 0.1}}
    plan = make_plan(checked(scenario_of(shocks=shocks)))
    streams = RandomStreams(1)
    drawn = plan.draw_shocks(streams, BLOCK)
    assert np.array_equal(drawn.cluster_year, np.broadcast_to(drawn.lasting[:, None, :], (200, 3, 2)))


EVERY_SHOCK = {
    "cluster": {"law": "lognormal", "sd_share": 0.1},
    "cluster_line": {"law": "lognormal", "sd_share": 0.1},
    "price": {"size": {"law": "lognormal", "sd_share": 0.05}},
    "pct": {"size": {"law": "lognormal", "sd_share": 0.03}, "growth_drift_sd_share": 0.01},
}


def test_pieces_of_some_contracts_are_those_of_all() -> None:
    plan = make_plan(checked(scenario_of(shocks=EVERY_SHOCK, budgets={"rule": TOOLKIT})))
    whole = next(pieces_in_parts(plan, RandomStreams(1), BLOCK, 0.0, at_once=200))
    parts = list(pieces_in_parts(plan, RandomStreams(1), BLOCK, 0.0, at_once=70))
    assert [len(one[Source.COUNTS]) for one in parts] == [70, 70, 60]
    assert {Source.CLUSTER_LINE, Source.PRICES, Source.DRIFT} <= set(whole)
    for source, gbp in whole.items():
        assert np.array_equal(np.concatenate([one[source] for one in parts]), gbp)


def test_sums_of_parts_are_those_of_the_contracts_that_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    in_parts = explained(scenario_of(shocks=EVERY_SHOCK), contracts=730)
    monkeypatch.setattr(of_explain, "_AT_ONCE", 730)
    at_once = explained(scenario_of(shocks=EVERY_SHOCK), contracts=730)
    for name in ("squares", "fourths", "products", "products_squared", "products_by_whole", "cross"):
        some, all_of_them = (getattr(one.sums, name) for one in (in_parts, at_once))
        assert np.allclose(some, all_of_them, rtol=1e-9, atol=1e-12 * np.abs(all_of_them).max())


def test_totals_along_axes_are_of_what_was_given_and_of_totals() -> None:
    amounts = np.arange(24.0).reshape(2, 3, 4)
    found = with_totals(amounts, (1, 2))
    assert np.array_equal(found[:, :3, :4], amounts)
    assert np.array_equal(found[:, 3, :4], amounts.sum(axis=1))
    assert np.array_equal(found[..., 4], found[..., :4].sum(axis=2))
    assert np.array_equal(with_totals(np.array([1.0, 2.0]), (0,)), [1, 2, 3])


def test_need_is_net_of_what_the_budget_carries() -> None:
    # Three quarters of the budget are past spend, without growth: three quarters of need come back.
    one_shock = {"cluster": {"law": "lognormal", "sd_share": 0.1}}
    plans = (
        make_plan(checked(scenario_of(shocks=one_shock, budgets=rule)))
        for rule in ({"rule": TOOLKIT}, {"rule": {"rule": "expected_spend"}})
    )
    pieces, free = (next(pieces_in_parts(plan, RandomStreams(1), BLOCK, 0.0, at_once=200)) for plan in plans)
    assert np.allclose(pieces[Source.UNMEASURED_NEED], 0.25 * free[Source.UNMEASURED_NEED])
    assert not free[Source.BASE_YEAR].any()
    # What is left of past spend's part is luck of the base year, the same in both years.
    assert np.allclose(pieces[Source.BASE_YEAR][:, 0], pieces[Source.BASE_YEAR][:, 1])
    assert pieces[Source.BASE_YEAR].std() > 0


def test_expected_budgets_are_after_top_slice_and_for_what_is_answered_for() -> None:
    # 5,000 people: 500 admissions of GBP 1,000 and 10,000 items of GBP 9; half of 90% of it.
    half = scenario_of(
        clusters=[cluster_of("North", proportion=0.5)],
        budgets={"rule": {"rule": "expected_spend"}, "top_slice_share": 0.1},
    )
    budgets = expected_budget_gbp(make_plan(checked(half)))
    assert budgets == pytest.approx(np.array([[[225_000, 40_500]]] * 2))
    assert explained(half).expected_budget_gbp == {
        "North": pytest.approx(531_000),
        "All clusters together": pytest.approx(531_000),
    }


def test_without_chance_there_is_nothing_to_explain() -> None:
    nothing = explained(scenario_of(service_lines=[line_of(payment="block")]))
    assert nothing.share(ALL_SOURCES) is None
    assert nothing.sd_gbp().value == 0
    assert nothing.pooled_share() is None
    table = nothing.every_number()
    assert table.share_of_variance.isna().all()
    assert (table.sd_gbp == 0).all()


def test_a_cluster_that_answers_for_nothing_stands_beside_one_that_does() -> None:
    mixed = explained(scenario_of(clusters=[cluster_of("None", proportion=0.0), cluster_of("Whole")]))
    assert mixed.share(Source.COUNTS, "None") is None
    assert mixed.share(ALL_SOURCES, "Whole") is not None
    pooled = mixed.pooled_share()
    assert pooled is not None
    assert pooled.value == pytest.approx(1)


def test_one_cluster_is_its_own_pct_and_one_year_the_whole_contract() -> None:
    alone = explained(scenario_of(clusters=[cluster_of("Only")], contract={"start_year": 2010, "years": 1}))
    for source in alone.sources:
        assert alone.share(source, "Only", "2010/11") == alone.share(source)


def test_the_table_has_every_combination_once() -> None:
    found = explained(scenario_of())
    table = found.every_number()
    names = ["cluster", "year", "line", "source"]
    assert not table.duplicated(names).any()
    assert len(table) == 3 * 3 * 3 * 8
    whole = {"year": WHOLE_CONTRACT, "line": ALL_LINES, "source": "chance in counts"}
    row = table.set_index(names).loc[("South", *whole.values())]
    share, sd = found.share(Source.COUNTS, "South"), found.sd_gbp(Source.COUNTS, "South")
    assert share is not None
    assert row.tolist() == [
        *(share.value, share.standard_error, share.low, share.high),
        *(sd.value, sd.standard_error, sd.low, sd.high),
    ]
    assert found.of("South").every_number().equals(table[table.cluster == "South"].reset_index(drop=True))


def test_the_package_offers_it() -> None:
    assert simulator.explain is explain


def test_every_unknown_name_is_reported() -> None:
    found = explained(scenario_of())
    problems = problems_of_call(lambda: found.share("chance in count", "Suoth", "2009/10", "tests"))
    assert [problem.where for problem in problems] == ["source", "year", "cluster", "line"]
    assert "chance in counts" in problems[0].hint
    assert "South" in problems[2].hint
    (problem,) = problems_of_call(lambda: found.pooled_share("shocks"))
    assert problem.where == "source"
    (problem,) = problems_of_call(lambda: found.of("Middle"))
    assert problem.need == "one of North, South, All clusters together"


def test_bad_numbers_are_refused() -> None:
    (problem,) = problems_of_call(lambda: explained(scenario_of(), contracts=5))
    assert problem.where == "contracts"
    (problem,) = problems_of_call(lambda: explain("scenario.toml"))  # type: ignore[arg-type]
    assert problem.where == "scenario"
