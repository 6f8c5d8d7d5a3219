"""Last year's outturn: what it says of later years is what the model's own law says, given that outturn."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.plan import Plan, make_plan
from tests.builders import Table, checked, cluster_of, line_of, scenario_of
from tests.references.checks import Comparison, FloatArray, mean_against, misses, sd_against

CONTRACTS = 100_000
SIZE, LASTING, PASSING = 8_000, 0.04, 0.03
# 800 cases of GBP 1,500 a year, negative binomial and lognormal.
LINE = line_of(
    count={"model": "negative_binomial", "variance_to_mean": 1.5},
    unit_cost_gbp={"model": "lognormal", "mean": 1500, "cv": 1.3},
)
CHANCE = (1.5 + 1.3**2) / 800


def shock(size: float) -> Table:
    return {"law": "lognormal", "sd_share": size}


def one_cluster(folder: Path | None, ratio: float, people: float = SIZE, **shocks: Table) -> Plan:
    """Return the plan of one cluster and line; what was spent is a multiple of what was expected."""
    usual = {"cluster": shock(LASTING), "cluster_year": shock(PASSING)}
    budgets: Table = {"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "uplift_share": 0.0}}
    if folder is not None:
        spent = ratio * people * 0.1 * 1500
        (folder / "h.csv").write_text(f"cluster,line,spend_gbp\nOnly,admissions,{spent!r}\n")
        budgets["historic"] = {"csv": "h.csv"}
    scenario = scenario_of(
        shocks=usual | shocks,
        budgets=budgets,
        service_lines=[LINE],
        clusters=[cluster_of("Only", people)],
        rules=[],
    )
    return make_plan(checked(scenario, folder=folder or Path()))


def log_factors(plan: Plan, year: int, before: float) -> FloatArray:
    """Return logarithms of expected cases, all shocks in, against those before any."""
    draws = plan.draw_shocks(RandomStreams(8), Block(0, CONTRACTS))
    return np.log(draws.factors(year, 0, 0) * plan.expected_counts[year, 0, 0] / before)


@pytest.mark.parametrize("ratio", [0.9, 1.0, 1.07])
@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_one_cluster_has_the_closed_form(tmp_path: Path, ratio: float, persistence: float) -> None:
    passing = shock(PASSING) | {"persistence": persistence}
    plan = one_cluster(tmp_path, ratio, cluster_year=passing)
    lasts, passes, chance = (math.log1p(one) for one in (LASTING**2, PASSING**2, CHANCE))
    seen = lasts + passes + chance
    for year in (1, 2):
        with_base = lasts + persistence**year * passes
        credibility = with_base / seen
        mean = -(lasts + passes) / 2 + credibility * (math.log(ratio) + seen / 2)
        sd = math.sqrt(lasts + passes - credibility * with_base)
        found = log_factors(plan, year, SIZE * 0.1)
        assert misses([mean_against(found, mean), sd_against(found, sd)]) == []
        assert plan.expected_counts[year, 0, 0] == pytest.approx(800 * math.exp(mean + sd**2 / 2))


def test_credibility_is_the_slope_of_a_later_year_on_a_simulated_base_year() -> None:
    """So that chance in counts and costs, which the law takes as lognormal, is as large as it is."""
    gbp = one_cluster(None, 1.0).draw(RandomStreams(3), Block(0, CONTRACTS)).gbp[..., 0, 0]
    base, later = (np.log(gbp[:, year]) - np.log(gbp[:, year]).mean() for year in (0, 1))
    lasts = math.log1p(LASTING**2)
    credibility = lasts / (lasts + math.log1p(PASSING**2) + math.log1p(CHANCE))
    assert misses([mean_against(base * (later - credibility * base), 0.0)]) == []


def test_base_year_spend_is_that_of_the_table_in_every_contract(tmp_path: Path) -> None:
    plan = one_cluster(tmp_path, 1.05)
    spend = plan.draw(RandomStreams(1), Block(0, 200))
    assert spend.gbp[:, 0] == pytest.approx(np.full((200, 1, 1), 1.05 * 1_200_000))
    assert plan.set_budgets(spend).budget_gbp == pytest.approx(np.full((200, 2, 1, 1), 1.05 * 1_200_000))
    assert plan.expected_spend_gbp[0, 0, 0] == pytest.approx(1.05 * 1_200_000)


@pytest.mark.parametrize(
    ("people", "lasting", "level"),
    # Nearly all is believed of millions, or where shocks are much larger than chance; nothing of a household.
    [(6e6, LASTING, 1.05), (1e6, 0.5, 1.05), (0.5, LASTING, 1.0), (SIZE, 0.0, 1.0)],
)
def test_credibility_goes_to_all_and_to_nothing(
    tmp_path: Path, people: float, lasting: float, level: float
) -> None:
    plan = one_cluster(tmp_path, 1.05, people, cluster=shock(lasting), cluster_year=shock(0.0))
    assert plan.last_year is not None
    assert plan.last_year.level == pytest.approx(np.full((2, 1, 1), level), rel=2e-3)


YEARS_AND_LINES: Table = {
    "contract": {"start_year": 2010, "years": 2},
    "shocks": {
        "pct": {"size": shock(0.05), "correlation": 0.7, "persistence": 0.7, "growth_drift_sd_share": 0.01},
        "cluster": shock(0.02),
        "practice": {"size": shock(0.05), "people": 2_000},
        "cluster_year": shock(0.02) | {"persistence": 0.5},
        "cluster_line": shock(0.02),
        "cluster_line_year": shock(0.03) | {"persistence": 0.3},
        "price": {"size": shock(0.04), "correlation": 0.7, "persistence": 0.8},
    },
    "doubt": {"correlation": 0.5},
    "service_lines": [
        LINE | {"rate_per_1000": {"mean": 100, "sd": 3}, "growth_share": {"mean": 0.02, "sd": 0.01}},
        line_of(
            "clinics",
            rate_per_1000=200,
            unit_cost_gbp={"model": "gamma", "mean": {"mean": 100, "sd": 4}, "cv": 1},
        ),
        line_of("homes", payment="block"),
    ],
    "clusters": [cluster_of("North", 8_000, need={"mean": 1.05, "sd": 0.02}), cluster_of("South", 20_000)],
    "rules": [],
}
RATIOS = np.array([[1.07, 0.96], [1.03, 0.94]])


TOOLKIT: Table = {"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.3]}}


def table(folder: Path) -> Path:
    """Write the outturn of two clusters to a folder."""
    prior = make_plan(checked(scenario_of(**YEARS_AND_LINES)))
    spent = prior.expected_spend_gbp[0].copy()
    spent[:, :2] *= RATIOS
    names = product(prior.axes.clusters, prior.axes.lines)
    rows = [
        f"{','.join(pair)},{amount!r}\n" for pair, amount in zip(names, spent.ravel().tolist(), strict=True)
    ]
    (folder / "h.csv").write_text("cluster,line,spend_gbp\n" + "".join(rows))
    return folder


def two_clusters(folder: Path) -> tuple[Plan, Plan]:
    """Return plans before and after an outturn is known."""
    before = checked(scenario_of(**YEARS_AND_LINES), folder=table(folder))
    return make_plan(before), make_plan(before.vary("budgets.historic.csv=h.csv"))


def test_several_clusters_and_lines_have_the_law_of_prior_draws_weighted_by_their_likelihood(
    tmp_path: Path,
) -> None:
    prior, plan = two_clusters(tmp_path)
    block = Block(0, 400_000)
    drawn, given = prior.draw_shocks(RandomStreams(5), block), plan.draw_shocks(RandomStreams(6), block)
    # Cases of the base year, a year of growth before the rates; and what chance makes of them, as in CHANCE.
    cases = np.array([[1.05 * 8_000], [20_000]]) * np.array([0.1 / 1.02, 0.2])
    chance = np.log1p(np.array([1.5 + 1.3**2, 2.0]) / cases)
    logs = np.zeros(block.contracts)
    for at in np.ndindex(2, 2):
        found = np.log(drawn.factors(0, *at) * drawn.prices(0, *at))
        logs -= (math.log(RATIOS[at]) + chance[at] / 2 - found) ** 2 / (2 * chance[at])
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    comparisons = []
    for year, *at in np.ndindex(2, 2, 2):
        place = (year + 1, *at)
        level = float(plan.expected_counts[place] / prior.expected_counts[place])
        before, after = (one.factors(*place) * one.prices(year + 1, *at) for one in (drawn, given))
        mean = float(weights @ before)
        error = math.sqrt(float(weights**2 @ (before - mean) ** 2))
        comparisons.append(Comparison(f"level {place}", level, mean, error))
        squares = (before - mean) ** 2
        spread = float(weights @ squares)
        error = math.sqrt(float(weights**2 @ (squares - spread) ** 2)) + spread * (2 / block.contracts) ** 0.5
        comparisons.append(Comparison(f"variance {place}", float(level**2 * after.var()), spread, error))
    assert misses(comparisons) == []
    assert 1 / (weights @ weights) > 20_000


def test_a_block_contract_pays_what_it_did_and_then_what_is_planned(tmp_path: Path) -> None:
    prior, plan = two_clusters(tmp_path)
    gbp = plan.draw(RandomStreams(1), Block(0, 100)).gbp[..., 2]
    assert gbp[:, 1:] == pytest.approx(np.broadcast_to(prior.expected_spend_gbp[1:, :, 2], (100, 2, 2)))


def test_the_simulation_has_the_mean_that_the_plan_expects(tmp_path: Path) -> None:
    _, plan = two_clusters(tmp_path)
    gbp = plan.draw(RandomStreams(2), Block(0, CONTRACTS)).gbp
    places = [(year + 1, *at) for year, *at in np.ndindex(2, 2, 2)]
    found = [
        mean_against(gbp[:, *place], plan.expected_spend_gbp[place], what=f"spend {place}")
        for place in places
    ]
    assert misses(found) == []


def test_what_is_explained_is_what_the_outturn_leaves_open(tmp_path: Path) -> None:
    scenario = checked(
        scenario_of(**YEARS_AND_LINES, budgets=TOOLKIT | {"historic": {"csv": "h.csv"}}),
        folder=table(tmp_path),
    )
    found = explain(scenario, draws=Draws(CONTRACTS, 4))
    shares = {source: found.share(source) for source in found.sources}
    # It moves shocks by what is independent of what they then are, and budgets follow it without chance.
    assert shares[Source.LAST_YEAR].low < 0.002
    assert shares[Source.LAST_YEAR].high > -0.002
    assert shares[Source.BASE_YEAR].value == 0
    assert sum(share.value for share in list(shares.values())[:-1]) == pytest.approx(1)
