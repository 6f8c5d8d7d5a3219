"""docs/notation.md is enough to re-implement from: what was written from it alone gives the same money."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario
from simulator.random_streams import RandomStreams
from simulator.records import Account, Block
from simulator.risk import estimation
from simulator.risk.estimate import Estimate
from simulator.risk.estimators import TailMean
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan
from tests.builders import CORRIDOR, DEFICIT_RECOVERY, POOL, Table, checked, cluster_of, line_of, scenario_of
from tests.references import estimates_by_notation
from tests.references.by_notation import ByNotation, is_block
from tests.references.last_year_by_notation import levels
from tests.references.money_by_notation import Money

SCENARIOS = Path(__file__).parents[2] / "scenarios"
PENNY = 0.01
CONTRACTS = 60
NAMES = {
    "patient care": Account.REINVESTMENT,
    "partner": Account.PARTNER,
    "held": Account.HELD,
} | {str(one): one for one in (Account.PCT, Account.PROVIDERS, Account.PRACTICES)}
NAMES |= {str(one): one for one in (Account.BOND, Account.POOL, Account.LENDER)} | {"core": Account.CORE}

SPLIT = {"rule": "surplus", "practice_share": 0.1, "practice_share_from": "top", "pct_return_share": 0.4}
BOND = {"rule": "bond", "share_of_annual_budget": 0.01}
LATE = {"settlement": "whole_contract"}
PARTNER = {
    "rule": "partner",
    "gains_share": 0.3,
    "losses_share": 0.4,
    "bond_share": 0.2,
    "fee_share_of_budget": 0.001,
}
LAW: list[Table] = [
    {"legal_form": "community_interest_company", "partner_share": 0.1},
    {"legal_form": "lead_practice"},
    {"legal_form": "joint_venture", "interest_cap_share": 0.02, "distribution_cap_share": 0.5},
    {"legal_form": "provident_society"},
    {"liability_beyond_bond": "unlimited", "distribution_cap_share": 0.0},
]
RULES: dict[str, list[Table]] = {
    "none": [],
    "pool alone": [POOL],
    "split of what is reinvested": [SPLIT | {"practice_share_from": "reinvestment"}, BOND, POOL],
    "split of the PCT's part": [
        SPLIT
        | {
            "practice_share_from": "pct_return",
            "minimum_savings_rate": {"share_of_budget": 0.005, "once_met": "excess"},
        },
        BOND | {"interest_share_per_year": 0.05, "top_up": True, "financing_share_per_year": 0.04},
        POOL | {"holds_top_slice": True},
    ],
    "whole contract": [DEFICIT_RECOVERY, SPLIT | LATE, BOND | {"deposited_by": "partner"}, POOL],
    "whole contract, least saving": [
        CORRIDOR | {"width_share": 0.02},
        SPLIT | LATE | {"needs_bond": False, "minimum_savings_rate": {"share_of_budget": 0.002}},
        POOL,
    ],
    "leavers": [SPLIT, BOND | {"when_exhausted": "leaves", "interest_share_per_year": 0.02}, POOL],
    "leavers who held": [
        SPLIT | LATE | {"minimum_savings_rate": {"share_of_budget": 0.005}},
        BOND | {"when_exhausted": "leaves", "deposited_by": "partner"},
    ],
    "pool before the bond": [
        {"rule": "per_case_limit", "limit_gbp": 5_000},
        SPLIT,
        POOL,
        {"rule": "bond", "gbp_per_head": 5, "when_exhausted": "leaves"},
    ],
    "bands": [
        {
            "rule": "corridor",
            "bands": [
                {"up_to_share": 0.005, "cluster_share": 1.0},
                {"up_to_share": 0.02, "cluster_share": 0.5},
                {"cluster_share": 0.2},
            ],
            "surplus_bands": [{"up_to_share": 0.01, "cluster_share": 0.7}, {"cluster_share": 0.4}],
        },
        SPLIT,
        BOND,
        POOL,
    ],
    "a surety": [SPLIT, BOND | {"form": "surety", "top_up": True}, POOL],
    "a letter of credit": [
        SPLIT,
        BOND | {"form": "letter_of_credit", "when_exhausted": "leaves", "interest_share_per_year": 0.1},
        POOL,
    ],
    "a guarantee": [
        SPLIT,
        BOND | {"form": "partner_guarantee", "drawn_is_paid_back": True, "financing_share_per_year": 0.1},
    ],
    "a partner": [
        SPLIT | {"practice_share": 0.4},
        BOND | {"interest_share_per_year": 0.03, "financing_share_per_year": 0.06, "top_up": True},
        POOL,
        PARTNER,
    ],
    "a partner, a surety": [SPLIT | LATE, BOND | {"form": "surety"}, PARTNER],
    "overspend share": [
        CORRIDOR | {"width_share": 0.02},
        {
            "rule": "overspend_share",
            "cluster_share": 0.6,
            "minimum_loss_rate": {
                "by_people": [
                    {"people": 6_000, "share_of_budget": 0.006},
                    {"people": 90_000, "share_of_budget": 0.002},
                ]
            },
            "cap_share_of_budget": 0.01,
        },
        SPLIT | LATE | {"minimum_savings_rate": {"by_people": "medicare", "once_met": "excess"}},
        BOND,
        POOL,
    ],
    "every rule": [
        {"rule": "per_case_limit", "limit_gbp": 20_000},
        CORRIDOR | {"width_share": 0.01},
        DEFICIT_RECOVERY,
        SPLIT | {"minimum_savings_rate": {"share_of_budget": 0.01}, "cap_share_of_budget": 0.003},
        BOND | {"top_up": True, "interest_share_per_year": 0.01},
        POOL,
    ],
}
FLAGSHIP_TERMS = (
    "clusters.Wisbech.takes_share=false",
    "clusters.Granta.proportion=0.6",
    'clusters.Granta.service_lines=["prescribing", "emergency_admissions", "mental_health"]',
    "clusters.Isle of Ely.true_saving_share=0.03",
    "budgets.top_slice_share=0.02",
)
GIVEN = scenario_of(
    contract={"start_year": 2011, "start_month": 2, "years": 4},
    shocks={
        "cluster_year": {"law": "lognormal", "sd_share": 0.05},
        "pct": {"size": {"law": "normal", "sd_share": 0.1}},
    },
    budgets={"rule": {"rule": "per_head", "gbp_per_head": 60, "uplift_share": 0.03}, "top_slice_share": 0.05},
    service_lines=[
        line_of(rate_year=2008, growth_share=0.04, price_growth_share=-0.02, rate_per_1000=60),
        line_of("clinics", unit_cost_gbp={"model": "uniform", "low": 5, "high": 95, "deductible": 10}),
        line_of(
            "homes",
            payment="block",
            growth_share=0.1,
            planned_growth_share=0.08,
            unit_cost_gbp={"model": "pareto", "shape": 3, "scale": 300, "limit": 2_000},
            budget_rule={
                "rule": "toolkit",
                "fair_share_weight_by_year": [0.1, 0.4],
                "historic_year": "latest",
            },
        ),
        line_of(
            "drugs",
            growth_share=0.02,
            planned_growth_share=0.01,
            price_growth_share=0.05,
            unit_cost_gbp={"model": "empirical", "values": [5, 10, 20], "probabilities": [0.2, 0.3, 0.5]},
            budget_rule={"rule": "toolkit", "fair_share_weight_by_year": [0.5], "historic_year": "latest"},
        ),
        line_of("tests", paid_to="practices", budget_rule={"rule": "expected_spend", "margin_share": -0.02}),
    ],
    clusters=[
        cluster_of("North", true_saving_share=0.05),
        cluster_of("South", 20_000, takes_share=False, service_lines=["admissions", "drugs"]),
        cluster_of("East", 9_000, proportion=0.5, true_saving_share=-0.02),
    ],
)


def compare(scenario: Scenario) -> Money:
    """Hold every amount against the paper's, and return the paper's."""
    plan = make_plan(scenario)
    spend = plan.draw(RandomStreams(3), Block(0, CONTRACTS))
    budgets = plan.set_budgets(spend)
    outturn = plan.outturn(spend, budgets)
    ours = plan.settle(outturn)
    paper = ByNotation(scenario.changed, scenario.folder)
    theirs = Money(paper, spend.gbp, spend.above_limit_gbp)

    per_case = [not is_block(line) for line in paper.lines]
    close(plan.expected_counts[..., per_case], paper.expected_counts()[..., per_case], 1e-7)
    close(plan.expected_spend_gbp, paper.expected_spend())
    close(spend.gbp[..., ~np.array(per_case)], paper.expected_spend()[None][..., ~np.array(per_case)])
    close(plan.terms.planned_gbp, paper.planned())
    close(outturn.budget_gbp, theirs.budget)
    close(outturn.top_slice_gbp, theirs.top_slice)
    close(ours.annual_budget_gbp, theirs.annual_budget)
    close(ours.bond_posted_gbp, theirs.first_bonds)
    assert np.array_equal(ours.takes_part, theirs.takes_part)
    for name, party in NAMES.items():
        gains = np.zeros(ours.takes_part.shape)
        for flow in ours.flows.values():
            gains += flow.gbp * (int(flow.payee == party) - int(flow.payer == party))
        close(gains, theirs.gains[name], what=name)
    close(ours.bond_claims_gbp, theirs.claims)
    close(ours.bond_needed_gbp, theirs.bond_needed())
    close(ours.shared_bond_needed_gbp[:, 0], theirs.shared_bond_needed())
    return theirs


def close(ours: np.ndarray, theirs: np.ndarray, within: float = PENNY, what: str = "") -> None:
    # What a bond of a million billion pounds leaves of a penny is rounding.
    np.testing.assert_allclose(
        ours, np.broadcast_to(theirs, ours.shape), rtol=1e-11, atol=within, err_msg=what
    )


SHIPPED = ("cambridgeshire-2010", "two-clusters", "terms-example", "scope-example")


@pytest.mark.parametrize("name", [f"{one}.toml" for one in SHIPPED])
def test_the_shipped_scenarios(name: str) -> None:
    # Budgets that rest on shadow years: tests/statistical/test_shadow.py.
    compare(load_scenario(SCENARIOS / name, ["contract.shadow_years=0"]))


@pytest.mark.parametrize("name", RULES)
def test_rules_of_the_flagship_on_other_terms(name: str) -> None:
    rules = RULES[name]
    posts = ("clusters.Granta.bond_gbp=400000",) if any(one["rule"] == "bond" for one in rules) else ()
    terms = load_scenario(SCENARIOS / "cambridgeshire-2010.toml", FLAGSHIP_TERMS)
    assert_happened(name, compare(terms.vary({"rules": rules}, *posts)))


@pytest.mark.parametrize("name", RULES)
def test_rules_where_every_kind_of_budget_is_set(name: str) -> None:
    assert_happened(name, compare(checked(GIVEN | {"rules": RULES[name]})))


def test_budgets_that_follow_the_year_before() -> None:
    budgets = GIVEN["budgets"] | {"rebased_share": 0.6}
    compare(checked(GIVEN | {"budgets": budgets, "rules": RULES["every rule"]}))


@pytest.mark.parametrize("name", ["pool alone", "a partner", "a partner, a surety", "every rule", "bands"])
def test_clusters_of_every_legal_form(name: str) -> None:
    clusters = [one | law for one, law in zip(GIVEN["clusters"] * 2, LAW, strict=False)]
    clusters = [one | {"name": f"{one['name']} {at}"} for at, one in enumerate(clusters)]
    compare(checked(GIVEN | {"clusters": clusters, "rules": RULES[name]}))


@pytest.mark.parametrize("by", ["year", "line", "year,line", "practice", ""])
def test_budgets_that_a_table_gives(tmp_path: Path, by: str) -> None:
    who = "practice" if by == "practice" else "cluster"
    apart = [] if by == "practice" else by.split(",") if by else []
    clusters, lines = (
        [one["name"] for one in GIVEN["clusters"]],
        [one["name"] for one in GIVEN["service_lines"]],
    )
    scenario = GIVEN | {"rules": RULES["every rule"]}
    if who == "practice":
        practices = "".join(f"{code},{code},1000,1000\n" for code in "ABCDE")
        (tmp_path / "practices.csv").write_text("practice_code,practice,list_size,f0_plus\n" + practices)
        members = zip(GIVEN["clusters"], ("A", "BC", "D"), strict=True)
        scenario |= {
            "population": {"practices_csv": "practices.csv", "outside_clusters": "the rest"},
            "clusters": [
                {key: value for key, value in one.items() if key != "people"} | {"practices": list(codes)}
                for one, codes in members
            ],
        }
    names = {
        "year": ["2010/11", "2011/12", "2012/13", "2013/14"],
        "line": ["admissions", "clinics"] if "line" in apart else lines,
    }
    rows = list(product(list("ABCDE") if who == "practice" else clusters, *(names[one] for one in apart)))
    text = "".join(f"{','.join(row)},{150_000 + 1_000 * at}\n" for at, row in enumerate(rows))
    (tmp_path / "b.csv").write_text(",".join([who, *apart, "budget_gbp"]) + "\n" + text)
    rule = {"rule": "given", "csv": "b.csv"}
    compare(checked(scenario | {"budgets": {"rule": rule, "top_slice_share": 0.05}}, folder=tmp_path))


def test_what_last_years_outturn_says(tmp_path: Path) -> None:
    shock = {"law": "lognormal", "sd_share": 0.03}
    passing = shock | {"persistence": 0.4}
    scenario = GIVEN | {
        "shocks": {
            "pct": {"size": shock, "correlation": 0.3, "persistence": 0.6},
            "cluster": shock,
            "practice": {"size": shock, "people": 2_000},
            "cluster_year": passing,
            "cluster_line": shock,
            "cluster_line_year": passing,
            "price": {"size": shock, "correlation": 0.5, "persistence": 0.8},
        },
        "service_lines": [
            line_of(growth_share=0.02),
            line_of("clinics", rate_per_1000=3),
            GIVEN["service_lines"][2],
        ],
        "clusters": [cluster_of("North"), cluster_of("South", 20_000), cluster_of("East", 9_000)],
        "budgets": {"rule": GIVEN["service_lines"][2]["budget_rule"]},
        "rules": RULES["every rule"][1:],
    }
    before = checked(scenario)
    # Nothing is spent on clinics in North.
    spent = make_plan(before).expected_spend_gbp[0] * [[1.1, 0, 1], [0.9, 1.3, 1.2], [1.02, 0.7, 0.9]]
    names = product(["North", "South", "East"], ["admissions", "clinics", "homes"])
    rows = [f"{','.join(pair)},{gbp!r}\n" for pair, gbp in zip(names, spent.ravel().tolist(), strict=True)]
    (tmp_path / "h.csv").write_text("cluster,line,spend_gbp\n" + "".join(rows))
    budgets = scenario["budgets"] | {"historic": {"csv": "h.csv"}}
    known = make_plan(checked(scenario | {"budgets": budgets}, folder=tmp_path))
    found = known.expected_counts[1:, :, :2] / make_plan(before).expected_counts[1:, :, :2]
    theirs = levels(ByNotation(before.changed), spent)[..., :2]
    np.testing.assert_allclose(found, theirs, rtol=1e-10)
    assert np.abs(np.log(theirs)).max() > 0.02


def assert_happened(name: str, money: Money) -> None:
    """What a list of rules is there to try did happen in some contract, and did not in some other."""
    rules = {rule["rule"]: rule for rule in RULES[name]}
    over, under = money.spend > money.budget, money.spend < money.budget
    assert over.any()
    assert under.any()
    assert money.takes_part.all() != (rules.get("bond", {}).get("when_exhausted") == "leaves")
    assert money.takes_part[:, -1].any()
    assert money.gains["practices"].any() == ("surplus" in rules)
    assert money.gains["held"].any() == (rules.get("surplus", {}).get("settlement") == "whole_contract")
    assert (money.gains["bond"] < 0).any() == ("bond" in rules)
    assert money.claims.any()


@pytest.mark.parametrize("chance", [0.004, 0.3, 1.0])
def test_estimates(chance: float) -> None:
    generator = RandomStreams(4).generator("amounts")
    amounts = generator.pareto(2.2, 1_000) * (generator.random(1_000) < chance)
    rough_or_not = estimation.mean(amounts)
    expected, is_rough = estimates_by_notation.mean(amounts.tolist())
    assert three(rough_or_not) == pytest.approx(expected, rel=1e-9)
    assert rough_or_not.is_rough == is_rough
    happened = amounts > 0
    expected = estimates_by_notation.probability(happened.tolist())
    assert three(estimation.probability(happened)) == pytest.approx(expected, rel=1e-9)
    for level in (0.05, 0.5, 0.95):
        expected = estimates_by_notation.quantile(amounts.tolist(), level)
        assert three(estimation.quantile(amounts, level)) == expected
    worst = estimates_by_notation.mean_of_worst((-amounts).tolist(), 0.05)
    assert three(TailMean(0.05).estimate(-amounts)) == pytest.approx(worst, rel=1e-9)


def three(estimate: Estimate) -> tuple[float, float, float]:
    return estimate.value, estimate.low, estimate.high
