"""Directions and tolerances of `bond` and of the running position: each test names the break it is for.

A break is one sign, one constant or one index changed on purpose, which other tests let pass.
"""

from __future__ import annotations

from calendar import monthrange
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import brentq

import simulator
from simulator.questions.months.ask import RunningPosition, running_position
from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from tests.builders import BOND, SURPLUS, Table, checked, cluster_of, line_of, scenario_of

CONTRACTS, SEED = 2_000, 7
# 100 million cases of GBP 1: all chance is the shock's.
PLAIN = {"unit_cost_gbp": {"model": "empirical", "values": [1.0]}, "rate_per_1000": 1e6}


@cache
def normal_spend(sd: float, margin: float) -> Scenario:
    """Spend normal about its expectation of GBP 100 million; a budget of (1 + margin) times that."""
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": 1},
            shocks={"cluster_year": {"law": "normal", "sd_share": sd}},
            budgets={"rule": {"rule": "expected_spend", "margin_share": margin}},
            service_lines=[line_of(**PLAIN)],
            clusters=[cluster_of("Only", 100_000)],
            rules=[SURPLUS, BOND],
        )
    )


def saving_of(sd: float, margin: float) -> Estimate:
    found = simulator.bond(normal_spend(sd, margin), "Only", draws=Draws(CONTRACTS, SEED))
    assert found.saving_needed.share_of_demand is not None
    return found.saving_needed.share_of_demand


def gains(scenario: Scenario, saving: float) -> FloatArray:
    """Practice share less what is drawn from the bond, by contract: nothing else is paid here."""
    varied = scenario.vary(f"clusters.Only.true_saving_share={saving!r}")
    outcomes = simulator.simulate(varied, Draws(CONTRACTS, SEED)).outcomes
    return (outcomes.practice_share_gbp - outcomes.bond_draw_gbp).to_numpy()[:, 0, 0]


@cache
def exact_saving(sd: float, margin: float) -> float:
    """Root of the same contracts' mean gain, to nine digits."""
    scenario = normal_spend(sd, margin)
    return float(brentq(lambda saving: gains(scenario, float(saving)).mean(), -0.1, 0.6, xtol=1e-9))


SPREADS = [(0.05, 0.0), (0.05, -0.1), (0.03, 0.01), (0.02, -0.2)]
# So near nothing that there is less than half a per cent of demand below, over which to take a slope.
NEAR_NOTHING = (0.03, 0.022)


@pytest.mark.parametrize(("sd", "margin"), SPREADS)
def test_the_saving_is_found_to_a_thousandth_of_a_per_cent(sd: float, margin: float) -> None:
    # Breaks: the search stops at 1% or 0.1% of demand, or after three steps; savings of the other sign.
    assert saving_of(sd, margin).value == pytest.approx(exact_saving(sd, margin), abs=1.1e-5)


@pytest.mark.parametrize(
    ("sd", "margin", "within"), [*((*one, 0.012) for one in SPREADS), (*NEAR_NOTHING, 0.05)]
)
def test_the_error_of_the_saving_is_that_of_the_gain_over_its_slope(
    sd: float, margin: float, within: float
) -> None:
    # Breaks: the gain's error elsewhere than at the root; the slope over a wide step, halved or turned.
    root, step, scenario = exact_saving(sd, margin), 0.002, normal_spend(sd, margin)
    rise = gains(scenario, root + step).mean() - gains(scenario, root - step).mean()
    error = gains(scenario, root).std(ddof=1) / np.sqrt(CONTRACTS) / (rise / (2 * step))
    found = saving_of(sd, margin)
    assert found.standard_error == pytest.approx(error, rel=within)
    assert found.value - found.low == pytest.approx(CONFIDENCE_Z * error, rel=within)
    assert found.high - found.value == pytest.approx(CONFIDENCE_Z * error, rel=within)


def test_a_root_near_nothing_is_near_enough() -> None:
    assert 0 < exact_saving(*NEAR_NOTHING) < 0.004


def test_savings_up_to_half_of_demand_are_searched() -> None:
    # Without chance a saving repays as soon as it fills what is missing from the budget.
    assert saving_of(0.0, -0.49).value == pytest.approx(0.49, abs=0.001)
    beyond = simulator.bond(normal_spend(0.0, -0.5), "Only", draws=Draws(CONTRACTS, SEED))
    assert beyond.saving_needed.share_of_demand is None
    assert "not repaid by a true saving of 50%" in beyond.sentences()[-1]


def test_what_neither_gains_nor_loses_is_repaid_already() -> None:
    # No bond and a budget 10% short: nothing is lost on it, and nothing gained but by a saving.
    free = normal_spend(0.0, -0.1).vary(
        "rules.bond.share_of_annual_budget=0.0", "rules.surplus.needs_bond=false"
    )
    found = simulator.bond(free, "Only", draws=Draws(CONTRACTS, SEED))
    assert found.saving_needed.share_of_demand is None
    assert "already repaid without any true saving" in found.sentences()[-1]


# Practices


PRACTICES = """practice_code,practice,list_size,m0_64,m65_plus
X9,Elsewhere,4000,0,4000
A1,Young,2000,2000,0
B2,Old,3000,0,3000
C3,Mixed,5000,4000,1000
"""
WEIGHTS = """sex,age_band,age
M,0-64,1
M,65+,3
"""


@pytest.fixture
def practices(tmp_path: Path) -> Scenario:
    """Three practices of a second cluster, which answers for other parts of care than the first."""
    (tmp_path / "practices.csv").write_text(PRACTICES, encoding="utf-8")
    (tmp_path / "weights.csv").write_text(WEIGHTS, encoding="utf-8")
    first = cluster_of("First", None, practices=["X9"], service_lines=["tests"], proportion=0.5)
    second = cluster_of("Second", None, practices=["A1", "B2", "C3"], bond_gbp=10.03)
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": 1},
            population={"practices_csv": "practices.csv", "need_weights_csv": "weights.csv"},
            service_lines=[line_of(need_weights="age", growth_share=0.5, rate_year=2010), line_of("tests")],
            clusters=[first, second],
        ),
        folder=tmp_path,
    )


def parts_of(scenario: Scenario, by: str) -> list[float]:
    varied = scenario.vary(f"rules.bond.split_between_practices_by={by}")
    found = simulator.bond(varied, "Second", draws=Draws(400))
    assert [(part.code, part.name, part.people) for part in found.parts] == [
        ("A1", "Young", 2000),
        ("B2", "Old", 3000),
        ("C3", "Mixed", 5000),
    ]
    return [part.share for part in found.parts]


def test_practices_by_list_size_and_by_need(practices: Scenario) -> None:
    # Breaks: one way taken for the other; the first cluster's lines or need; rates of the base year.
    assert parts_of(practices, "list_size") == pytest.approx([0.2, 0.3, 0.5])
    # Weights are 2,000 + 9,000 + 7,000 of 18,000 here and 12,000 elsewhere: 30,000 for 14,000 people.
    # Admissions cost GBP 100 a weighted person, whose weight counts 14/30, and tests 100 a head.
    need = np.array([2_000, 9_000, 7_000]) * 14 / 30 + np.array([2_000, 3_000, 5_000])
    assert parts_of(practices, "need") == pytest.approx(list(need / need.sum()))


@pytest.mark.parametrize(
    ("bond_gbp", "parts"),
    [
        # 1,003 pence are 200.6, 300.9 and 501.5: the two left over go to the last pence of .9 and .6.
        (10.03, [2.01, 3.01, 5.01]),
        # 1,004 are 200.8, 301.2 and 502.0; 1,001 are 200.2, 300.3 and 500.5.
        (10.04, [2.01, 3.01, 5.02]),
        (10.01, [2.00, 3.00, 5.01]),
        # A hundred times 1.15 is a hair below 115, of which 23, 34.5 and 57.5: the first of equals.
        (1.15, [0.23, 0.35, 0.57]),
    ],
)
def test_pence_left_over_go_to_the_largest_remainders(
    practices: Scenario, bond_gbp: float, parts: list[float]
) -> None:
    # Breaks: to the smallest, to nobody, to everybody; pence rounded down before they are split.
    found = simulator.bond(practices.vary(f"clusters.Second.bond_gbp={bond_gbp}"), "Second", draws=Draws(400))
    posted = found.split()["bond_posted_gbp"]
    assert [part.value for part in posted] == parts
    # A penny more than the share of an amount that is known lies at an end of the interval, not outside.
    assert all(part.low <= part.value <= part.high for part in posted)


# The months of a running position

INDICES = {"rising": range(1, 13), "falling": range(12, 0, -1)}
SEASONS = "calendar_month,rising,falling\n" + "".join(
    f"{month},{month},{13 - month}\n" for month in range(1, 13)
)
CASES_PER_1000 = {"rising": 100_000, "falling": 300_000}
GROWTH, MARGIN, PEOPLE = 0.1, -0.5, 10_000_000
MONTHS = (*range(7, 13), 1, 2, 3)


def seasonal(folder: Path, **line: object) -> Scenario:
    """Two lines of opposite seasons and prices that grow, half of whose spend is budgeted."""
    (folder / "seasons.csv").write_text(SEASONS, encoding="utf-8")
    lines = [
        line_of(name, **PLAIN | {"rate_per_1000": rate}, season=name, price_growth_share=GROWTH, **line)
        for name, rate in CASES_PER_1000.items()
    ]
    return checked(
        scenario_of(
            contract={"start_year": 2010, "start_month": 7, "years": 2},
            budgets={"rule": {"rule": "expected_spend", "margin_share": MARGIN}},
            seasons={"csv": "seasons.csv"},
            service_lines=lines,
            clusters=[
                cluster_of("Both", PEOPLE),
                cluster_of("Rising", PEOPLE, service_lines=["rising"], proportion=0.5),
            ],
            rules=[],
        ),
        folder=folder,
    )


def spend_gbp(line: str, start: int) -> dict[int, float]:
    """Expected spend of the people in each month of a financial year, by hand."""
    days = {month: monthrange(start + (month < 4), month)[1] for month in range(1, 13)}
    weights = {month: days[month] * INDICES[line][month - 1] for month in range(1, 13)}
    year_gbp = CASES_PER_1000[line] / 1000 * PEOPLE * (1 + GROWTH) ** (start - 2010)
    return {month: year_gbp * weight / sum(weights.values()) for month, weight in weights.items()}


def expected_position(start: int, months: tuple[int, ...], lines: tuple[str, ...]) -> FloatArray:
    """Half of the spend so far is not budgeted."""
    by_line = [[spend_gbp(line, start)[month] for month in months] for line in lines]
    return -MARGIN * np.cumsum(np.sum(by_line, axis=0))


@pytest.mark.parametrize(("line", "within"), [({"payment": "block"}, 1e-9), ({}, 1e-4)])
@pytest.mark.parametrize(
    ("year", "months"), [("2010/11", MONTHS), ("2011/12", (4, 5, 6, *MONTHS))], ids=["part", "whole"]
)
def test_each_month_has_its_own_share(
    tmp_path: Path, year: str, months: tuple[int, ...], line: Table, within: float
) -> None:
    # Breaks: a month's share, price or block payment under another month, line or year.
    found = running_position(seasonal(tmp_path, **line), year, draws=Draws(200, SEED))
    start = int(year[:4])
    for name, lines, proportion in (("Both", tuple(CASES_PER_1000), 1.0), ("Rising", ("rising",), 0.5)):
        expected = proportion * expected_position(start, months, lines)
        assert found.of(name).mean(axis=0) == pytest.approx(expected, rel=within)
    # The table says which month is which.
    table = found.frame().reset_index()
    mine = table[table.cluster == "Both"]
    assert tuple(mine.month) == months
    assert list(mine.position_50_gbp) == pytest.approx(
        list(expected_position(start, months, tuple(CASES_PER_1000))), rel=2e-4
    )


def test_months_are_drawn_apart() -> None:
    # Break: one month's chance for all of them.
    mapping = scenario_of(contract={"start_year": 2010, "years": 1}, service_lines=[line_of()], rules=[])
    found = running_position(checked(mapping), draws=Draws(CONTRACTS, SEED))
    each = np.diff(found.of("North"), axis=1, prepend=0)
    apart = np.corrcoef(each.T)[~np.eye(12, dtype=bool)]
    assert abs(apart).max() < 4.5 / np.sqrt(CONTRACTS)


@pytest.mark.parametrize("year", ["2010/11", "2011/12"])
def test_each_line_has_its_own_shock_of_the_year(year: str) -> None:
    # Breaks: another line's or year's shock or budget. `simulate` has the same shocks from the same seed.
    shock = {"law": "normal", "sd_share": 0.05}
    past = {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "historic_year": "latest"}
    scenario = checked(
        scenario_of(
            shocks={"pct": {"size": shock}, "cluster_year": shock},
            budgets={"rule": past},
            service_lines=[line_of("one", **PLAIN), line_of("other", **PLAIN)],
            clusters=[
                cluster_of("One", 1e6, service_lines=["one"]),
                cluster_of("Other", 1e6, service_lines=["other"]),
            ],
            rules=[],
        )
    )
    found: RunningPosition = running_position(scenario, year, draws=Draws(200, SEED))
    result = simulator.simulate(scenario, Draws(200, SEED))
    net = (result.outcomes.spend_gbp - result.outcomes.budget_gbp).to_numpy()
    # Of GBP 1,000 million, 1 in 10,000 is chance in the cases.
    assert found.position_gbp[:, -1] == pytest.approx(net[:, result.years.index(year)], abs=5e5)
