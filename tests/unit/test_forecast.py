"""A forecast's sums by hand, and what is told of files that are wrong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import Draws, forecast, load_scenario
from simulator.errors import Problem
from simulator.questions.forecast.answer import NO_SAVING, NONE_WOULD, Forecast
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from tests.builders import BOND, PER_CASE_LIMIT, SURPLUS, Table, checked, cluster_of, line_of, scenario_of
from tests.unit.problems import problems_of_call

ROOT = Path(__file__).resolve().parents[2]
ACTUALS = ROOT / "scenarios" / "two-clusters-actuals.csv"
HEAD = "month,cluster,line,spend_gbp,count"
MONTHS = [f"2010-{month:02d}" for month in range(4, 13)] + ["2011-01", "2011-02", "2011-03"]
SHOCKS = {"cluster_year": {"law": "lognormal", "sd_share": 0.05}}
# A hundred cases a month at GBP 1,000: a budget of GBP 1.2 million, less a block contract of GBP 120,000.
PLAIN = scenario_of(
    contract={"start_year": 2010, "years": 2},
    shocks=SHOCKS,
    service_lines=[
        line_of(rate_per_1000=1_200),
        line_of("community", payment="block", rate_per_1000=120),
    ],
    clusters=[cluster_of("North", 1_000), cluster_of("South", 1_000, takes_share=False)],
    rules=[SURPLUS, BOND],
)
BUDGET = 1_320_000.0


def rows(months: int, spend: float = 100_000, count: object = "", cluster: str = "North") -> list[str]:
    return [f"{month},{cluster},admissions,{spend},{count}" for month in MONTHS[:months]]


def written(folder: Path, lines: list[str], head: str = HEAD, name: str = "actuals.csv") -> Path:
    path = folder / name
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


def found(folder: Path, lines: list[str], mapping: Table = PLAIN, budgets: Path | None = None) -> Forecast:
    return forecast(checked(mapping), written(folder, lines), budgets, draws=Draws(2_000, 1))


def test_what_actions_cost_is_spend_of_the_budget(tmp_path: Path) -> None:
    # GBP 12 a head from July on, and 500 at once: 9,500 by March, 4,500 of it by September.
    one = {"name": "staff", "action": "management_cost", "gbp_per_head": 12, "set_up_gbp": 500}
    own = PLAIN | {"actions": [one | {"first_month": 7}]}
    with_costs, without = (found(tmp_path, rows(6, 101_000), mapping) for mapping in (own, PLAIN))
    more = with_costs.outturn_of("North") - without.outturn_of("North")
    assert more == pytest.approx(9_500)
    assert with_costs.year.costs_gbp[:, 0] == pytest.approx([0] * 3 + [9_500 / 9] * 9)
    assert "£9.50k over the year" in " ".join(with_costs.notes())
    assert not any("actions cost" in note for note in without.notes())


def test_an_action_that_the_months_so_far_hold_is_refused_with_the_reason(tmp_path: Path) -> None:
    control = {"name": "control", "action": "in_year_control", "service_lines": ["admissions"]}
    (problem,) = problems_of_call(lambda: found(tmp_path, rows(6), PLAIN | {"actions": [control]}))
    assert "do not tell how much" in problem.need
    assert "control" in problem.got


def on(payment: object) -> Table:
    """PLAIN with admissions paid on terms: planned at GBP 1.2 million."""
    return PLAIN | {
        "service_lines": [PLAIN["service_lines"][0] | {"payment": payment}, PLAIN["service_lines"][1]]
    }


def test_terms_settle_the_year_by_hand(tmp_path: Path) -> None:
    # 12 months of 101,000: a fifth of what is beyond the plan.
    assert found(tmp_path, rows(12, 101_000), on("blended_2019")).outturn_of("North") == pytest.approx(
        1_322_400
    )
    plain, blended, marginal = (
        found(tmp_path, rows(6, 101_000), on(payment))
        for payment in ("per_case", "blended_2019", {"rate_above_plan": 0.3})
    )
    beyond = plain.outturn_of("North") - BUDGET
    assert 0.2 < (beyond > 0).mean() < 0.95
    assert blended.outturn_of("North") - BUDGET == pytest.approx(0.2 * beyond)
    assert marginal.outturn_of("North") - BUDGET == pytest.approx(np.where(beyond > 0, 0.3 * beyond, beyond))
    # Until it is settled, the year is told by what care is worth.
    assert blended.fan("North")[0.5][-2] == plain.fan("North")[0.5][-2]
    assert blended.fan("North")[0.5][-1].value == pytest.approx(0.2 * plain.fan("North")[0.5][-1].value)
    assert "Of admissions, paid on terms," in " ".join(blended.notes())


def test_a_saving_brings_back_what_terms_let_it(tmp_path: Path) -> None:
    # A fifth of a saving shows: 2,000 below is then as far as 10,000 is at the tariff.
    needed = [
        found(
            tmp_path,
            rows(6, 101_000),
            on(payment),
            written(tmp_path, [f"North,{budget}"], "cluster,budget_gbp", "budgets.csv"),
        ).saving_needed("North")
        for payment, budget in (("per_case", 1_310_000), ("blended_2019", 1_318_000))
    ]
    one, other = (one for one in needed if isinstance(one, Estimate))
    assert 0.01 < one.value < 0.05
    assert (other.value, other.standard_error) == pytest.approx((one.value, one.standard_error), rel=1e-6)
    budgets = tmp_path / "budgets.csv"
    # A fixed sum with nothing that goes back saves nothing.
    stuck = on({"fixed_share": 1.0, "rate_above_plan": 1.0, "rate_below_plan": 0.0})
    assert found(tmp_path, rows(6, 101_000), stuck, budgets).saving_needed("North") == NONE_WOULD


def test_a_tariff_that_budgets_do_not_know_is_no_demand(tmp_path: Path) -> None:
    changed = found(tmp_path, rows(6, 110_000), on({"tariff_change_share_by_year": [0.1]}))
    plain = found(tmp_path, rows(6, 100_000))
    assert changed.factors == pytest.approx(plain.factors)
    more = changed.outturn_of("North") - 120_000
    assert more == pytest.approx(1.1 * (plain.outturn_of("North") - 120_000))


def test_what_clusters_are_in_law_goes_with_them(tmp_path: Path) -> None:
    # South, of which nothing is known before it joins, is left out: North's law must not be taken for its.
    law = [{"first_year": 2011, "legal_form": "charitable_society"}, {"legal_form": "lead_practice"}]
    clusters = [
        cluster_of(name, 1_000, bond_gbp=1.0) | own for name, own in zip(["South", "North"], law, strict=True)
    ]
    answer = found(tmp_path, rows(12, 101_000), PLAIN | {"clusters": clusters})
    assert answer.outturn_of("North") == pytest.approx(1_332_000)


def test_a_year_that_is_over_is_certain(tmp_path: Path) -> None:
    answer = found(tmp_path, [*rows(12, 101_000), *rows(12, 90_000, 95, "South")])
    # Block contracts are paid as planned: GBP 120,000.
    assert answer.outturn_of("North") == pytest.approx(1_332_000)
    assert answer.outturn_of("South") == pytest.approx(1_200_000)
    assert answer.overspent("North") == Estimate.with_error(1.0, 0.0)
    assert answer.overspent("South") == answer.overspent(ALL_CLUSTERS) == Estimate.with_error(0.0, 0.0)
    assert answer.sentences() == (
        "2010/11 is over: all clusters together ended £108.00k within the budget of £2.64m.",
        "2010/11 is over: North ended £12.00k over the budget of £1.32m.",
    )
    bond = answer.frame("bond").loc["North"]
    # 3% of the budget is posted; only North takes the share.
    assert list(bond[["bond_gbp", "expected_draw_gbp"]]) == pytest.approx([0.03 * BUDGET, 12_000])
    assert list(bond[["drawn_probability", "runs_out_probability"]]) == [1, 0]
    assert np.isnan(answer.frame("bond").loc["South", "drawn_probability"])
    assert "saving" not in [table.name for table in answer.tables()]
    assert all(not one.half_width for one in answer.tables()[0].columns[2].cells)


def test_the_bond_is_at_risk_for_what_is_overspent(tmp_path: Path) -> None:
    answer = found(tmp_path, rows(6, 103_000))
    over = np.maximum(answer.outturn_of("North") - BUDGET, 0.0)
    bond, (posted,) = answer.frame("bond").loc["North"], {0.03 * BUDGET}
    assert bond["expected_draw_gbp"] == pytest.approx(np.minimum(over, posted).mean())
    assert bond["drawn_probability"] == pytest.approx((over > 0).mean()) == answer.overspent("North").value
    assert bond["runs_out_probability"] == pytest.approx((over > posted).mean())
    assert 0.02 < bond["runs_out_probability"] < bond["drawn_probability"] < 1


def test_the_saving_brings_the_expected_outturn_to_the_budget(tmp_path: Path) -> None:
    answer = found(tmp_path, rows(6, 103_000))
    saving = answer.saving_needed("North")
    assert isinstance(saving, Estimate)
    to_come = answer.to_come_gbp.sum(axis=(1, 2))
    left = answer.outturn_of("North") - saving.value * to_come
    assert left.mean() == pytest.approx(BUDGET)
    assert saving.low < saving.value < saving.high
    assert found(tmp_path, rows(6, 90_000)).saving_needed("North") == NO_SAVING
    assert found(tmp_path, rows(11, 120_000)).saving_needed("North") == NONE_WOULD


def test_budgets_given_stand_for_those_expected(tmp_path: Path) -> None:
    given = written(tmp_path, ["North,1000000", "South,5"], "cluster,budget_gbp", "budgets.csv")
    answer = found(tmp_path, rows(6), budgets=given)
    assert answer.budget_of("North") == 1_000_000
    assert answer.overspent("North").value == 1
    # The months are April to September, 183 of 365 days.
    spent = 600_000 + 120_000 * 183 / 365
    assert answer.position_so_far("North")[-1] == pytest.approx(spent - 1_000_000 * 183 / 365)
    assert answer.frame("bond").loc["North", "bond_gbp"] == pytest.approx(30_000)
    assert "Budgets are those given." in " ".join(answer.notes())
    assert "--budgets" in " ".join(found(tmp_path, rows(6)).notes())


def test_a_later_year_is_known_by_its_months(tmp_path: Path) -> None:
    lines = [f"2011-{month:02d},South,admissions,100000,99" for month in (4, 5)]
    answer = found(tmp_path, lines)
    assert (answer.label, answer.months_known, answer.rows) == ("2011/12", 2, ("South",))
    assert answer.budget_of("South") == pytest.approx(BUDGET)


def test_counts_say_more_than_spend_where_costs_vary(tmp_path: Path) -> None:
    line = line_of(rate_per_1000=1_200, unit_cost_gbp={"model": "gamma", "mean": 1000, "cv": 4})
    mapping = PLAIN | {"service_lines": [line]}
    # Both are 10% above what was expected; without counts that may be a few costly cases.
    rests = [
        answer.frame("so far")["rest_above_expected_share"].iloc[0]
        for answer in (found(tmp_path, rows(6, 110_000, count), mapping) for count in ("", 110))
    ]
    assert 0 < rests[0] < rests[1] / 2 < 0.05


def test_blocks_that_are_told_of_are_as_told(tmp_path: Path) -> None:
    block = [f"{month},North,community,20000," for month in MONTHS[:6]]
    more = found(tmp_path, rows(6) + block).outturn_of("North") - found(tmp_path, rows(6)).outturn_of("North")
    assert more == pytest.approx(120_000 - 120_000 * 183 / 365)


def test_what_is_above_a_limit_for_each_case_is_not_to_come(tmp_path: Path) -> None:
    mapping = PLAIN | {"rules": [PER_CASE_LIMIT | {"limit_gbp": 500}]}
    # A gamma cost with a cv of one is exponential: up to GBP 500 it is on average 1,000 (1 - exp(-0.5)).
    answer = found(tmp_path, rows(6, 39_346.93, 100), mapping)
    to_come = answer.to_come_gbp.sum(axis=(1, 2)).mean()
    # The months are October to March, 182 of 365 days.
    assert to_come == pytest.approx(39_346.93 * 12 * 182 / 365, rel=0.005)


def test_a_cluster_answers_for_its_part(tmp_path: Path) -> None:
    mapping = PLAIN | {"clusters": [cluster_of("North", 1_000, proportion=0.5, service_lines=["admissions"])]}
    answer = found(tmp_path, rows(12), mapping)
    assert answer.outturn_of("North") == pytest.approx(600_000)
    assert answer.budget_of("North") == pytest.approx(600_000)


def test_draws_are_the_same_for_more_contracts_and_workers(tmp_path: Path) -> None:
    path, scenario = written(tmp_path, rows(6)), checked(PLAIN)
    few, many = (forecast(scenario, path, draws=Draws(number, 3)) for number in (5_100, 6_000))
    two = forecast(scenario, path, draws=Draws(6_000, 3, workers=2))
    assert np.array_equal(few.to_come_gbp, many.to_come_gbp[:5_100])
    assert many.every_number().equals(two.every_number())


# Files that are wrong


def problems(folder: Path, lines: list[str], head: str = HEAD) -> list[Problem]:
    return problems_of_call(lambda: forecast(checked(PLAIN), written(folder, lines, head), draws=Draws(100)))


GOOD = rows(3)
WRONG: dict[str, tuple[list[str], str, str]] = {
    "not a month": (["2010-4,North,admissions,1,"], "line 5, month", "written such as 2010-04"),
    "a month of another year": (["2011-04,North,admissions,1,"], "line 5, month", "contract year 2010/11"),
    "a month outside the contract": (["2013-04,North,admissions,1,"], "line 5, month", "a month of"),
    "a future month": (["2010-08,North,admissions,1,"], "month", "from 2010-04 to 2010-08"),
    "a month that a cluster lacks": (
        ["2010-07,South,admissions,1,", *rows(3, cluster="South")],
        "North, admissions",
        "a row for every month",
    ),
    "an unknown cluster": (["2010-07,Nroth,admissions,1,"], "line 5, cluster", "one of North, South"),
    "an unknown line": (["2010-07,North,admission,1,"], "line 5, line", "one of admissions, community"),
    "negative spend": (["2010-07,North,admissions,-1,"], "line 5, spend_gbp", "from 0 to"),
    "no spend": (["2010-07,North,admissions,,"], "line 5, spend_gbp", "a number"),
    "spend that is none": (["2010-07,North,admissions,nan,"], "line 5, spend_gbp", "a number"),
    "the same twice": (["2010-06,North,admissions,1,"], "line 5, line", "each month, cluster and line once"),
    "a line that is missing": (["2010-04,South,community,1,"], "South, admissions", "a row for every month"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_told_once(tmp_path: Path, case: str) -> None:
    lines, where, need = WRONG[case]
    told = problems(tmp_path, GOOD + lines)
    if case == "a line that is missing":
        # Its other line has two months too few besides.
        (told,) = ([one] for one in told if where in one.where)
    (problem,) = told
    assert where in problem.where
    assert need in problem.need


COUNTS = {
    "-1": "a whole number from 0",
    "1.5": "a whole number from 0",
    "many": "a whole number from 0",
    "0": "above zero where something was spent",
}


@pytest.mark.parametrize("count", COUNTS)
def test_a_wrong_count_is_told_once(tmp_path: Path, count: str) -> None:
    (problem,) = problems(tmp_path, [*rows(3, count=5), f"2010-07,North,admissions,9,{count}"])
    assert problem.where.endswith("line 5, count")
    assert COUNTS[count] in problem.need


def test_counts_are_of_every_month_or_of_none(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, [*rows(3, count=5), "2010-07,North,admissions,9,"])
    assert problem.got == "none for 2010-07"
    assert "in every month, or in none" in problem.need


def test_everything_is_told_at_once(tmp_path: Path) -> None:
    bad = ["2010-13,North,admissions,1,", "2010-07,North,admissions,-5,-5", "2010-07,North,admissions,5,"]
    scenario, actuals = checked(PLAIN), written(tmp_path, rows(3, count=5) + bad)
    budgets = written(tmp_path, ["North,5", "North,-6", "Suoth,7"], "cluster,budget_gbp", "budgets.csv")
    told = problems_of_call(lambda: forecast(scenario, actuals, budgets))
    where = [problem.where.partition(".csv, ")[2] for problem in told]
    assert where == [
        "line 5, month",
        "line 6, spend_gbp",
        "line 6, count",
        "line 7, line",
        "line 3, budget_gbp",
        "line 3, cluster",
        "line 4, cluster",
    ]


def test_columns_are_those_that_there_are(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, ["2010-04,North,admissions,1,2"], HEAD.replace("count", "cuont"))
    assert problem.where.endswith("line 1, cuont")
    (problem,) = problems(tmp_path, ["2010-04,North,1,2"], HEAD.replace("line,", ""))
    assert problem.need == "a column line"
    (problem,) = problems(tmp_path, ["  "])
    assert problem.need == "a header and at least one row"


def test_every_cluster_has_its_budget(tmp_path: Path) -> None:
    budgets = written(tmp_path, ["South,5"], "cluster,budget_gbp", "budgets.csv")
    (problem,) = problems_of_call(lambda: found(tmp_path, rows(3), budgets=budgets))
    assert problem.got == "1 missing: North"
    refused = written(
        tmp_path, ["North,admissions,5", "South,admissions,5"], "cluster,line,budget_gbp", "budgets.csv"
    )
    (problem,) = problems_of_call(lambda: found(tmp_path, rows(3), budgets=refused))
    assert problem.where.endswith("budgets.csv, line")
    total = written(tmp_path, ["North,5", "Total,5"], "cluster,budget_gbp", "budgets.csv")
    (problem,) = problems_of_call(lambda: found(tmp_path, rows(3), budgets=total))
    assert problem.need.startswith("no row of totals")
    misspelt = written(tmp_path, ["Norht,5"], "cluster,budget_gbp", "budgets.csv")
    (problem,) = problems_of_call(lambda: found(tmp_path, rows(3), budgets=misspelt))
    assert problem.hint == 'did you mean "North"?'


def test_other_input_is_refused(tmp_path: Path) -> None:
    scenario = load_scenario(ROOT / "scenarios" / "two-clusters.toml")
    assert problems_of_call(lambda: forecast(scenario, 5))  # type: ignore[arg-type]
    assert problems_of_call(lambda: forecast("scenario.toml", ACTUALS))  # type: ignore[arg-type]
    assert problems_of_call(lambda: forecast(scenario, tmp_path / "none.csv"))
    answer = forecast(scenario, ACTUALS, draws=Draws(100))
    (problem,) = problems_of_call(lambda: answer.outturn_of("Smal"))
    assert problem.hint == 'did you mean "Small"?'


def test_prices_that_were_higher_stay_so(tmp_path: Path) -> None:
    """As many cases as expected at 1.2 times their cost: what is learned is of prices alone."""
    price = {"price": {"size": {"law": "lognormal", "sd_share": 0.2}}}
    lines = [line_of(rate_per_1000=120_000, unit_cost_gbp={"model": "gamma", "mean": 1_000, "cv": 0.1})]
    mapping = PLAIN | {"shocks": price, "service_lines": lines}
    answer = found(tmp_path, rows(6, 12_000_000, 10_000), mapping)
    assert answer.to_come_gbp.sum(axis=1).mean() == pytest.approx(72_000_000, rel=5e-3)
