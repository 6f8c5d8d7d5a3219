"""Charts show the summary's numbers, in pictures, tables and words, whatever the scenario."""

from __future__ import annotations

from functools import cache

import pytest

from simulator import charts
from simulator.charts.chart import Chart
from simulator.charts.drivers import LEVELS, usual_moves
from simulator.charts.look import SIZES, Look, looking
from simulator.charts.register import CHARTS, needed
from simulator.charts.strips import SMALLEST
from simulator.charts.study import Study
from simulator.charts.words import MOST_WORDS
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.scenario import load_scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import POOL, SURPLUS, checked, cluster_of, line_of, scenario_of, simulated
from tests.unit.faults_of_charts import faults
from tests.unit.problems import problems_of_call

NAME = 'Ely & "North" <Isle> — Ĉ'
LONG = "The Consortium of General Practices of the Northern Fens and of the Isle of Ely"
SHOCKS = {"cluster_year": {"law": "lognormal", "sd_share": 0.02}}
FEW = tuple(name for name in CHARTS if name not in {"size", "tornado"} and not needed(name))
"""The others simulate the scenario many times over."""
EDGES = {
    "usual": {},
    "one cluster": {"clusters": [cluster_of(NAME)]},
    "long names": {"clusters": [cluster_of(LONG), cluster_of("x" * 80), cluster_of("a_b $x$ 中")]},
    "no rules": {"rules": []},
    "bond of nothing": {"rules": [SURPLUS, {"rule": "bond", "share_of_annual_budget": 0.0}, POOL]},
    "nobody overspends": {"budgets": {"rule": {"rule": "expected_spend", "margin_share": 0.5}}},
    "everybody overspends": {"budgets": {"rule": {"rule": "expected_spend", "margin_share": -0.5}}},
    "one month": {"contract": {"start_year": 2010, "years": 1, "start_month": 3}},
    "ten years": {"contract": {"start_year": 2010, "years": 10}},
    "no budget": {"clusters": [cluster_of("None", proportion=0.0), cluster_of("Some")]},
    "no chance": {"service_lines": [line_of(payment="block")], "shocks": {}},
    "true saving": {
        "clusters": [
            cluster_of("Saves", true_saving_share=0.05),
            cluster_of("Wastes", true_saving_share=-0.05),
        ]
    },
    "fifteen": {
        "clusters": [
            cluster_of(f"{name} {at}", people, true_saving_share=0.005 * at * (at < 6))
            for at, (name, people) in enumerate(
                zip(
                    (*("Wisbech and the Marshland Villages", "Granta", LONG[:66]) * 5,),
                    (*range(2_900, 100_000, 7_000), 143_250),
                    strict=True,
                )
            )
        ]
    },
}
BOND = "rules.bond.share_of_annual_budget"


@cache
def study_of(edge: str) -> Study:
    return Study(simulated(scenario_of(**({"shocks": SHOCKS} | EDGES[edge])), contracts=200))


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("name", FEW)
def test_every_chart_of_every_scenario_renders_whole(name: str, edge: str) -> None:
    chart = charts.draw(study_of(edge), name)
    assert faults(chart) == []
    assert chart.name == name
    # A cluster's name is one word, however long.
    assert 0 < len(chart.title.replace(NAME, "Name").split()) <= MOST_WORDS
    assert "200 simulated contracts, seed 1" in chart.source
    assert "nan" not in chart.alt
    assert ".." not in chart.alt


OPTIONS = {
    "heat-map": {"vary": [f"{BOND}=0.01,0.03", "clusters.*.true_saving_share=0,0.02"]},
    "frontier": {
        "vary": [f"{BOND}=0.01,0.03,0.05"],
        "minimise": ["pct_cost"],
        "maximise": ["practice_net_gain"],
    },
    "regimes": {"compare": ["scenarios/regimes/*.toml"]},
}
"""Of charts that must be told what to draw; the forecast is in `test_forecasts_of_every_size`."""
SOME = ("true saving", "fifteen")
SLIDE_IN, LEAST_ON_SLIDE_PT = 13.333, 10.0
"""How wide a slide is, and how small letters on it may be."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("edge", SOME)
@pytest.mark.parametrize("name", [*FEW, "size", "tornado", *OPTIONS])
def test_every_size_is_laid_out(name: str, edge: str, size: str) -> None:
    with looking(Look(SIZES[size])):
        chart = charts.draw(study_of(edge), name, **OPTIONS.get(name, {}))
    assert faults(chart) == []
    if size == "slide":
        assert SMALLEST * SLIDE_IN / chart.figure.get_size_inches()[0] >= LEAST_ON_SLIDE_PT
    assert 0 < len(chart.title.split()) <= MOST_WORDS
    width, height = chart.figure.get_size_inches()
    # A slide is 16 to 9, a column as wide as one, and a page as its text.
    if size == "slide":
        assert width / height == pytest.approx(16 / 9)
    else:
        assert width == pytest.approx(SIZES[size].width_in)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("cluster", [None, "Small"])
def test_forecasts_of_every_size(cluster: str | None, size: str) -> None:
    result = simulate(load_scenario("scenarios/two-clusters.toml"), Draws(200))
    files = {what: f"scenarios/two-clusters-{what}.csv" for what in ("actuals", "budgets")}
    with looking(Look(SIZES[size])):
        chart = charts.draw(result, "forecast", cluster, **files)
    assert faults(chart) == []
    assert len(chart.title.split()) <= MOST_WORDS


def test_words_of_one_s_own() -> None:
    with looking(Look(SIZES["column"], title="Mine", subtitle="As I say")):
        chart = charts.draw(study_of("usual"), "outturn")
    assert chart.title == "Mine"
    assert {"Mine", "As I say"} <= {text.get_text() for text in chart.figure.texts}
    assert faults(chart) == []


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("edge", ["no budget", "true saving", "long names"])
@pytest.mark.parametrize("name", [*FEW, "size"])
def test_every_chart_of_one_cluster(name: str, edge: str, size: str) -> None:
    study = study_of(edge)
    with looking(Look(SIZES[size])):
        chart = charts.draw(study, name, study.clusters[0])
    assert faults(chart) == []
    assert len(chart.title.split()) <= MOST_WORDS
    assert study.clusters[0] in chart.alt or chart.name in {"pool", "exposure", "size"}


@pytest.mark.parametrize("name", ["outturn", "overspend", "bond-cover", "running-position"])
def test_forty_clusters(name: str) -> None:
    result = simulated(
        scenario_of(clusters=[cluster_of(f"Cluster {at}", 2000 + 500 * at) for at in range(40)])
    )
    chart = charts.draw(result, name)
    assert faults(chart) == []
    # An A4 page is 11.7 inches high.
    assert chart.figure.get_size_inches()[1] < 14.5


@pytest.mark.parametrize("name", ["size", "tornado"])
@pytest.mark.parametrize("edge", ["usual", "no budget", "no chance", "everybody overspends"])
def test_charts_of_many_simulations(name: str, edge: str) -> None:
    assert faults(charts.draw(study_of(edge), name)) == []


def table_of(chart: Chart, **where: str) -> dict[str, float]:
    """Return the one row of a chart's data with these values."""
    data = chart.data
    for column, value in where.items():
        data = data[data[column] == value]
    (row,) = data.to_dict("records")
    return row


@pytest.mark.parametrize("edge", ["usual", "no chance", "everybody overspends"])
def test_chances_by_year_have_a_range_of_clusters_intervals_and_a_scale_with_numbers_at_both_ends(
    edge: str,
) -> None:
    study = study_of(edge)
    panel = charts.draw(study, "overspend").figure.axes[0]
    (band,) = panel.collections
    for at in range(len(study.years)):
        chances = [
            study.estimate(one, f"overspend_probability_year_{at + 1}").value for one in study.clusters
        ]
        reached = [y for x, y in band.get_paths()[0].vertices if x == at]
        assert (min(reached), max(reached)) == pytest.approx((min(chances), max(chances)))
        every = study.estimate(ALL_CLUSTERS, f"overspend_probability_year_{at + 1}")
        boxes = [line.get_ydata() for line in panel.lines if [*line.get_xdata()] == [at, at]]
        assert [[*one] for one in boxes] == [[every.low, every.high]]
    low, high = panel.get_ylim()
    ticks = [tick for tick in panel.get_yticks() if low <= tick <= high]
    assert (ticks[0], ticks[-1]) == pytest.approx((low, high))


def test_overspend_has_the_summary_s_numbers() -> None:
    study = study_of("usual")
    chart = charts.draw(study, "overspend")
    columns = {"2010/11": "overspend_probability_year_1", "2011/12": "overspend_probability_year_2"}
    for period, column in {**columns, "whole contract": "overspend_probability"}.items():
        for row in study.result.rows:
            expected = row.estimates[column]
            found = table_of(chart, cluster=row.name, period=period)
            assert found["overspend_probability"] == expected.value
            assert found["overspend_probability_low"] == expected.low
            assert found["overspend_probability_high"] == expected.high


@pytest.mark.parametrize("cluster", ["North", "South"])
def test_other_charts_have_the_summary_s_numbers(cluster: str) -> None:
    study = study_of("usual")
    estimates = next(row for row in study.result.rows if row.name == cluster).estimates
    outturn = charts.draw(study, "outturn")
    shown = table_of(outturn, cluster=cluster, measure="overspend_probability")
    assert shown["value"] == estimates["overspend_probability"].value
    bond = charts.draw(study, "bond-cover")
    posted = table_of(bond, cluster=cluster, what="posted")
    assert posted["bond_gbp"] == estimates["bond_posted_gbp"].value
    assert posted["covers_probability"] == estimates["bond_covers_probability"].value
    needed = table_of(bond, cluster=cluster, what="needed at 95%")
    assert needed["bond_gbp"] == estimates["bond_needed_gbp"].value
    assert needed["bond_gbp_high"] == estimates["bond_needed_gbp"].high
    share = table_of(charts.draw(study, "practice-share"), cluster=cluster, measure="practice_share_gbp")
    assert share["value"] == estimates["practice_share_gbp"].value
    split = charts.draw(study, "surplus-split")
    for flow in ("practice_share_gbp", "pct_return_gbp", "reinvestment_gbp"):
        assert table_of(split, cluster=cluster, flow=flow)["mean_gbp"] == estimates[flow].value


def test_the_pool_s_years_add_up_to_the_summary() -> None:
    study = study_of("usual")
    estimates = study.result.rows[-1].estimates
    data = charts.draw(study, "pool").data
    by_what = data.groupby("what")["mean_gbp"]
    assert by_what.sum()["paid out"] == pytest.approx(estimates["pool_payment_gbp"].value)
    assert by_what.sum()["paid by the PCT"] == pytest.approx(estimates["pct_payment_gbp"].value)
    assert by_what.last()["left in the pool"] == pytest.approx(estimates["pool_balance_gbp"].value)


def test_the_curve_of_the_bond_by_hand() -> None:
    study = study_of("usual")
    book = study.books["North"]
    data = charts.draw(study, "bond-cover", "North").data
    curve = data[data["what"] == "curve"]
    assert curve["covers_probability"].is_monotonic_increasing
    middle = curve.iloc[60]
    expected = (book.total_overspend_gbp <= middle["bond_gbp"] + 0.005).mean()
    assert middle["covers_probability"] == pytest.approx(expected)
    assert middle["covers_probability_low"] < expected < middle["covers_probability_high"]


def test_the_curve_of_the_pct_s_exposure_by_hand() -> None:
    study = study_of("usual")
    net = study.samples(ALL_CLUSTERS)["pct_net_position_gbp"]
    data = charts.draw(study, "exposure").data
    point = data[data["what"] == "curve"].iloc[50]
    assert point["exceeded_probability"] == pytest.approx((-net > point["cost_gbp"]).mean())
    (rare,) = data[data["what"] == "1 in 20"].to_dict("records")
    assert (-net > rare["cost_gbp"]).mean() == pytest.approx(0.05, abs=0.006)


def test_pence_of_a_pound_of_surplus() -> None:
    # The practice share of 10% is taken first; of the 90% left, 40% returns and 60% is reinvested.
    split = charts.draw(study_of("usual"), "surplus-split")
    for cluster in ("North", "South", ALL_CLUSTERS):
        shares = [
            table_of(split, cluster=cluster, flow=flow)["share_of_surplus"]
            for flow in ("practice_share_gbp", "pct_return_gbp", "reinvestment_gbp")
        ]
        assert shares == pytest.approx([0.10, 0.36, 0.54])


def test_luck_and_skill_add_up_and_luck_is_the_share_without_saving() -> None:
    study = study_of("true saving")
    data = charts.draw(study, "practice-share").data
    for cluster in study.clusters:
        total, luck, skill = (
            table_of(data_chart, cluster=cluster, measure=measure)["value"]
            for measure in ("practice_share_gbp", "luck_gbp", "true_saving_gbp")
            for data_chart in [charts.draw(study, "practice-share", cluster)]
        )
        assert luck + skill == pytest.approx(total)
    without = scenario_of(shocks=SHOCKS, clusters=[cluster_of("Saves"), cluster_of("Wastes")])
    expected = simulated(without, contracts=200).rows[0].estimates["practice_share_gbp"].value
    first = data[data["cluster"] == "Saves"].set_index("measure")["value"]
    assert first["luck_gbp"] == expected
    assert first["true_saving_gbp"] > 0
    assert "luck" in charts.draw(study_of("usual"), "practice-share").title


def test_shares_of_variance_add_up() -> None:
    data = charts.draw(study_of("usual"), "variance").data
    pieces = data[data["source"] != "all sources"]
    assert len(pieces) > 1
    assert pieces["share_of_variance"].sum() == pytest.approx(1)


def test_a_tornado_s_changes_are_the_differences_of_the_summaries() -> None:
    scenario = scenario_of(shocks=SHOCKS)
    moves = {"rules.bond.share_of_annual_budget": (0.01, 0.05), "rules.surplus.practice_share": (0.1, 0.1)}
    chart = charts.draw(simulated(scenario, contracts=200), "tornado", measure="pct_payment_gbp", moves=moves)
    base, low, high = (
        simulated(scenario, *overrides, contracts=200).rows[-1].estimates["pct_payment_gbp"].value
        for overrides in (
            (),
            ("rules.bond.share_of_annual_budget=0.01",),
            ("rules.bond.share_of_annual_budget=0.05",),
        )
    )
    found = chart.data.set_index("moved")["change"]
    assert found.iloc[:2].tolist() == pytest.approx([low - base, high - base])
    assert low > base > high
    assert chart.data["base"].tolist() == pytest.approx([base] * len(chart.data))


def test_a_tornado_holds_what_the_pct_planned() -> None:
    """Care that grows faster than the PCT planned costs it money; by the summaries' own plans."""
    scenario = scenario_of(shocks=SHOCKS)
    moves = {"service_lines.0.growth_share": (0.0, 0.05)}
    measure = "pct_net_position_gbp"
    chart = charts.draw(simulated(scenario, contracts=200), "tornado", measure=measure, moves=moves)
    base, high = (
        simulated(scenario, *overrides, contracts=200).rows[-1].estimates
        for overrides in ((), ("service_lines.0.growth_share=0.05",))
    )
    plan = "pct_planned_gbp"
    assert high[plan].value > base[plan].value
    costs = high[measure].value - high[plan].value - (base[measure].value - base[plan].value)
    assert chart.data.set_index("moved")["change"]["up"] == pytest.approx(costs)
    assert costs < 0


def test_a_usual_move_goes_down_first_and_a_figure_with_an_sd_by_that() -> None:
    lines = [line_of(growth_share={"mean": 0.02, "sd": 0.015}), line_of("tests", growth_share=0.02)]
    found = usual_moves(checked(scenario_of(service_lines=lines)))
    moves = {move.words.replace("\N{NO-BREAK SPACE}", " "): move for move in found}
    growth = moves["growth of demand a year ± one SD of what is not known"]
    ends = [dict(setting.split("=") for setting in end) for end in (growth.low, growth.high)]
    # The other line's is known, and stays.
    keys = ["service_lines.0.growth_share", "service_lines.0.rate_per_1000"]
    assert [list(end) for end in ends] == [keys] * 2
    assert [float(end["service_lines.0.growth_share"]) for end in ends] == pytest.approx([0.005, 0.035])
    # What was spent in the year before the rate's is the same.
    of_base = [float(end[keys[1]]) / (1 + float(end[keys[0]])) for end in ends]
    assert of_base == pytest.approx([lines[0]["rate_per_1000"] / 1.02] * 2)
    prices = moves["growth of prices a year ± 1 point"]
    assert prices.low[0] == "service_lines.0.price_growth_share=-0.01"
    assert prices.high[0] == "service_lines.0.price_growth_share=0.01"


def test_the_plan_knows_of_a_level_only_where_past_spend_and_budgets_do() -> None:
    def followed(**budgets: object) -> dict[str, bool]:
        found = usual_moves(checked(scenario_of(**budgets)))
        return {move.words: move.plan_follows for move in found}

    expected = followed()
    assert [one.partition(" ±")[0] for one, follows in expected.items() if follows] == list(LEVELS)
    a_head = followed(budgets={"rule": {"rule": "per_head", "gbp_per_head": 500}})
    assert a_head.keys() >= {one for one in expected if one.startswith(LEVELS)}
    assert not any(a_head.values())


# Nobody does anything there; see `test_charts_actions`.
@pytest.mark.parametrize("name", [name for name in FEW if name != "actions"])
def test_words_hold_the_numbers(name: str) -> None:
    chart = charts.draw(study_of("usual"), name)
    assert chart.title.rstrip("?") in chart.alt
    assert "±" in chart.alt
    assert "£" in chart.alt or "%" in chart.alt


def test_words_of_overspend_by_hand() -> None:
    study = study_of("usual")
    chart = charts.draw(study, "overspend", "North")
    value = study.estimate("North", "overspend_probability").value
    assert f"North {100 * value:.0f}% ± " in chart.alt


def test_notebooks_show_charts_and_their_words() -> None:
    chart = charts.draw(study_of("usual"), "overspend")
    shown = chart._repr_mimebundle_()
    assert shown["image/svg+xml"].lstrip().startswith("<?xml")
    assert shown["text/plain"] == chart.alt


def test_what_there_is_not() -> None:
    study = study_of("usual")
    (problem,) = problems_of_call(lambda: charts.draw(study, "overspent"))
    assert problem.hint == 'did you mean "overspend"?'
    assert "running-position" in problem.need
    (problem,) = problems_of_call(lambda: charts.draw(study, "bond-cover", "Nort"))
    assert problem.hint == 'did you mean "North"?'
    (problem,) = problems_of_call(lambda: charts.draw(study, "tornado", measure="overspent"))
    assert "one of annual_budget_gbp" in problem.need
    (problem,) = problems_of_call(lambda: charts.draw(study, "running-position", year="2015/16"))
    assert "2010/11, 2011/12" in problem.need
    assert problems_of_call(lambda: charts.draw("scenario.toml", "pool"))


def test_each_chart_says_what_it_shows() -> None:
    for name in CHARTS:
        assert charts.about(name).endswith(".")
