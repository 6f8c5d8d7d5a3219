"""The pieces are the whole, whatever the scenario; and the whole is what `simulate` makes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.execution.blocks import run_blocks
from simulator.questions.explain.answer import ALL_SOURCES
from simulator.questions.explain.ask import explain
from simulator.questions.explain.pieces import Source, pieces_in_parts, sources_of
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray, Outturn
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws
from simulator.simulation.plan import Plan, make_plan
from tests.builders import Table, checked, scenario_of, simulated
from tests.strategies import scenarios

BLOCK = Block(3, 50)
STREAMS = RandomStreams(5)
# Budgets are differences of larger amounts: rounding is against spend.
ROUNDING = 1e-12
CHANGEABLE = scenario_of(
    shocks={
        "pct": {"size": {"law": "lognormal", "sd_share": 0.03}},
        "cluster": {"law": "lognormal", "sd_share": 0.02},
    },
    budgets={"rule": {"rule": "toolkit", "fair_share_weight_by_year": [0.2], "historic_year": "latest"}},
)


def drawn_outturn(plan: Plan) -> Outturn:
    """The outturn as `simulate` makes it."""
    spend = plan.pay(plan.draw(STREAMS, BLOCK))
    return plan.outturn(spend, plan.set_budgets(spend))


def expected_outturn_gbp(plan: Plan) -> FloatArray:
    """At the tariff, shape (year, cluster)."""
    budget_gbp = plan.set_budgets(plan.expected_care).budget_gbp[0] * plan.answered_for
    expected = budget_gbp - plan.expected_care_gbp[1:] * plan.responsibility
    return np.asarray(expected.sum(axis=-1))


_SCENARIOS = scenarios().map(lambda one: one | {"contract": one["contract"] | {"shadow_years": 0}})


@given(scenario=_SCENARIOS)
def test_the_pieces_add_up_to_the_outturn_of_every_contract(scenario: Table) -> None:
    plan = make_plan(checked(scenario))
    outturn = drawn_outturn(plan)
    pieces = next(pieces_in_parts(plan, STREAMS, BLOCK, 0.0, at_once=BLOCK.contracts))
    assert tuple(pieces) == sources_of(plan)
    whole = sum(gbp.sum(axis=-1) for gbp in pieces.values())
    actual = outturn.budget_gbp - outturn.spend_gbp - expected_outturn_gbp(plan)
    # What actions bring on average is no formula's: each source is less its own mean.
    known_gbp = (actual - whole).mean(axis=0) if plan.settings.actions else 0.0
    actual -= known_gbp
    largest = max(np.abs(outturn.spend_gbp).max(), np.abs(outturn.budget_gbp).max(), 1.0)
    assert np.abs(whole - actual).max() <= ROUNDING * largest


@given(scenario=_SCENARIOS, at=st.data())
def test_the_shares_add_up_to_one(scenario: Table, at: st.DataObject) -> None:
    found = explain(checked(scenario), draws=Draws(100))
    cluster, year = at.draw(st.sampled_from(found.clusters)), at.draw(st.sampled_from(found.years))
    if found.share(ALL_SOURCES, cluster, year) is None:
        assert found.sd_gbp(ALL_SOURCES, cluster, year).value == 0
        return
    by_source = [found.share(source, cluster, year) for source in found.sources[:-1]]
    assert sum(share.value for share in by_source if share) == pytest.approx(1, abs=1e-9)
    by_line = [found.share(ALL_SOURCES, cluster, year, line) for line in found.lines[:-1]]
    assert sum(share.value for share in by_line if share) == pytest.approx(1, abs=1e-9)


def test_the_whole_varies_as_in_simulate() -> None:
    """The same contracts: the mean square from expectation is equal, not only close."""
    contracts = CONTRACTS_PER_BLOCK + 100
    run = simulated(CHANGEABLE, contracts=contracts)
    found = explain(checked(CHANGEABLE), draws=Draws(contracts, 1))
    outcomes = run.contract_outcomes
    outturn = outcomes.gbp("budget") - outcomes.gbp("spend") - expected_outturn_gbp(run.plan)
    for cluster, gbp in {
        "North": outturn[..., 0],
        "South": outturn[..., 1],
        "All clusters together": outturn.sum(axis=2),
    }.items():
        by_year = [found.sd_gbp(cluster=cluster, year=year).value for year in run.years]
        assert by_year == pytest.approx(np.sqrt((gbp**2).mean(axis=0)), rel=1e-12)
        whole = np.sqrt((gbp.sum(axis=1) ** 2).mean())
        assert found.sd_gbp(cluster=cluster).value == pytest.approx(whole, rel=1e-12)


def test_two_workers_equal_one() -> None:
    contracts = 2 * CONTRACTS_PER_BLOCK + 100
    seen: list[int] = []
    one = explain(checked(CHANGEABLE), progress=seen.append, draws=Draws(contracts, 1))
    two = explain(checked(CHANGEABLE), draws=Draws(contracts, 1, workers=2))
    assert one.every_number().equals(two.every_number())
    assert seen == [CONTRACTS_PER_BLOCK, 2 * CONTRACTS_PER_BLOCK, contracts]


def test_blocks_may_be_done_in_any_order(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario, draws = checked(CHANGEABLE), Draws(2 * CONTRACTS_PER_BLOCK + 100, 1)
    in_order = explain(scenario, draws=draws).every_number()
    home = "simulator.simulation.draws.run_blocks"
    monkeypatch.setattr(home, lambda *work: reversed(list(run_blocks(*work))))
    assert explain(scenario, draws=draws).every_number().equals(in_order)


def test_another_seed_gives_other_shares() -> None:
    one, other = (explain(checked(CHANGEABLE), draws=Draws(100, seed)) for seed in (1, 2))
    assert one.share(Source.COUNTS) != other.share(Source.COUNTS)
