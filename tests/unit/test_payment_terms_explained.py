"""What payment terms are worth, and what they take off the risk, as `explain` says it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import load_scenario
from simulator.exact.method import exact_risk
from simulator.questions.explain.answer import ALL_LINES
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source
from simulator.records import BUDGET
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from tests.builders import checked, line_of, scenario_of

EXAMPLE = load_scenario(Path(__file__).parents[2] / "scenarios" / "payments-example.toml")
DRAWS = Draws(2_000, 1)
FOUND = explain(EXAMPLE, draws=DRAWS)
DRAWN = "emergency_admissions", "planned_admissions", "outpatients"


def left_gbp(*overrides: str) -> np.ndarray:
    """Budget less spend over the contract, shape (contract, cluster)."""
    outcomes = simulate(EXAMPLE.vary(*overrides), DRAWS).contract_outcomes
    return np.asarray((outcomes.gbp(BUDGET) - outcomes.spend_gbp).sum(axis=1))


def test_worth_is_what_paying_per_case_would_have_changed_on_the_same_draws() -> None:
    worth = left_gbp() - left_gbp(*(f"service_lines.{line}.payment=tariff" for line in DRAWN))
    for at, cluster in enumerate(("North", "South")):
        found = FOUND.terms_worth_gbp(cluster)
        assert found.value == pytest.approx(worth[:, at].mean())
        assert found.standard_error == pytest.approx(worth[:, at].std() / 2_000**0.5)
    together = FOUND.terms_worth_gbp()
    assert together.value == pytest.approx(worth.sum(axis=1).mean())
    by_line = [FOUND.terms_worth_gbp(line=line).value for line in FOUND.lines]
    assert sum(by_line[:-1]) == pytest.approx(by_line[-1])
    assert FOUND.terms_worth_gbp(line="diagnostics").value == 0
    assert FOUND.terms_worth_gbp(line="community").value == 0


def test_the_whole_varies_as_in_simulate_and_the_shares_add_up() -> None:
    spread = left_gbp().sum(axis=1).std()
    assert FOUND.sd_gbp().value == pytest.approx(spread, rel=0.06)
    shares = [FOUND.share(source) for source in FOUND.sources[:-1]]
    assert sum(share.value for share in shares if share) == pytest.approx(1)
    terms = FOUND.share(Source.PAYMENT)
    assert terms is not None
    assert terms.high < 0


def test_it_is_said_and_shown() -> None:
    said = " ".join((*FOUND.sentences(), *FOUND.notes()))
    assert "what hospitals are paid is worth" in said
    assert "risk that hospitals bear" in said
    table = FOUND.tables()[-1]
    assert [column.heading for column in table.columns][1:] == [
        *(line.replace("_", " ") for line in DRAWN),
        ALL_LINES,
    ]
    assert FOUND.of("South").tables()[-1].name == table.name
    plain = explain(EXAMPLE.vary("service_lines.*.payment=tariff"), draws=Draws(100))
    assert Source.PAYMENT not in plain.sources
    assert plain.terms_worth_gbp(ALL_CLUSTERS).value == 0


def test_payment_in_proportion_to_care_has_an_exact_answer() -> None:
    """Of a pound more care 40 pence are paid: so the SD is 40% of what it is at the tariff."""
    lines = [line_of(payment={"form": "blended_2019", "rate_above_plan": 0.4, "rate_below_plan": 0.4})]
    scenario = checked(scenario_of(service_lines=lines, contract={"start_year": 2010, "years": 1}))
    exact = exact_risk(scenario, "North").rows[0].estimates["expected_overspend_gbp"].value
    drawn = simulate(scenario, Draws(20_000, 1)).rows[0].estimates
    mean = next(
        one for name, one in drawn.items() if name.startswith("mean_overspend") or "expected_over" in name
    )
    assert mean.low <= exact <= mean.high
    bent = scenario.vary("service_lines.admissions.payment.rate_above_plan=0.3")
    assert "payments that are not in proportion to care" in exact_risk(bent, "North").rows[0].not_given
