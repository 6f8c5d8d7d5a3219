"""Policies compared one after another: found again is what would be found anew, and only that is kept."""

from __future__ import annotations

import dataclasses
from itertools import pairwise

import numpy as np
import pytest

from simulator.questions.sweep.question import sweep_question
from simulator.records import FloatArray
from simulator.risk import paired
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook
from simulator.risk.measures import SummaryColumn
from simulator.risk.measures.measure import Measure
from simulator.risk.paired import InTurn, Samples
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import BOND, POOL, SURPLUS, checked, cluster_of, scenario_of

SHARE, RETURN = "rules.surplus.practice_share", "rules.surplus.pct_return_share"
SIZE, LEAVES = "rules.bond.share_of_annual_budget", "rules.bond.when_exhausted"
SCENARIO = checked(
    scenario_of(
        clusters=[cluster_of("North", 5_000.0), cluster_of("South", 10_000.0)], rules=[SURPLUS, BOND, POOL]
    )
)
DRAWS = SharedDraws.of(SCENARIO, Draws(400))
BASE: dict[str, object] = {}


def samples_of(policy: dict[str, object]) -> Samples:
    result = DRAWS.simulate(SCENARIO.vary(policy))
    return Samples.of(result.contract_outcomes, result.plan.terms)


@pytest.mark.parametrize(
    "policies",
    [
        [{RETURN: 0.3}, {RETURN: 0.5}, {RETURN: 0.5}, {SHARE: 0.2, RETURN: 0.5}, BASE, {RETURN: 0.5}],
        [{SIZE: 0.001}, {SIZE: 0.001, LEAVES: "leaves"}, {SIZE: 0.001}, {SIZE: 0.001, RETURN: 0.5}],
        [{"rules.bond.form": "surety"}, {"rules.bond.form": "surety", SIZE: 0.05}, {SIZE: 0.05}],
        [{"clusters.North.true_saving_share": 0.1}, {"clusters.North.true_saving_share": 0.1, SHARE: 0.2}],
    ],
    ids=["shares", "leaving", "forms", "demand"],
)
def test_one_after_another_is_each_alone(policies: list[dict[str, object]]) -> None:
    base = samples_of(BASE)
    in_turn = InTurn(base)
    for policy in policies:
        assert in_turn.compared(samples_of(policy)) == samples_of(policy).against(base), policy


def test_what_a_policy_leaves_as_the_one_before_had_it_is_not_estimated_again() -> None:
    in_turn = InTurn(samples_of(BASE))
    before = in_turn.compared(samples_of({SHARE: 0.2, RETURN: 0.3}))
    now = in_turn.compared(samples_of({SHARE: 0.2, RETURN: 0.5}))
    kept = {
        measure for (row, measure), one in now.items() if row == ALL_CLUSTERS and one is before[row, measure]
    }
    # The practice share is another than the base's, and that of the policy before.
    assert "practice_share_gbp" in kept
    assert "practice_net_gain_1_in_20_gbp" in kept
    assert not kept & {"pct_return_gbp", "reinvestment_gbp", "pct_net_position_gbp"}


def _looks_further(book: AccountBook, _: int) -> FloatArray:
    """Look at what bonds would have to be where large ones are posted, and nowhere else."""
    if book.bond_posted_gbp.max() < 1e6:
        return np.zeros(len(book.bond_posted_gbp))
    return book.bond_needed_gbp


def test_what_a_policy_looks_at_is_noted_under_that_policy(monkeypatch: pytest.MonkeyPatch) -> None:
    column = SummaryColumn("further_gbp", Measure("further_gbp", "further", "further", _looks_further), 0)
    monkeypatch.setattr(paired, "columns", lambda _: {"further_gbp": column})
    base = samples_of(BASE)

    def changed(posted_gbp: float, needed_gbp: float) -> Samples:
        size = len(base.books[0].bond_posted_gbp)
        posted, needed = np.full(size, posted_gbp), np.full(size, needed_gbp)
        return Samples(
            [dataclasses.replace(book, bond_posted_gbp=posted, bond_needed_gbp=needed) for book in base.books]
        )

    in_turn = InTurn(base)
    # Under the base it looks at no bond that is needed; under both of these it does.
    found = [in_turn.compared(changed(2e6, needed))["North", "further_gbp"] for needed in (3.0, 5.0)]
    assert [one.estimate.value for one in found] == [3.0, 5.0]


def test_what_moves_the_fewest_measures_takes_its_values_first() -> None:
    # The part of the PCT leaves what practices gain as it is; a bond and the practice share do not.
    ranges = {RETURN: "0.3,0.4,0.5", SHARE: "0.05,0.2", SIZE: "0.02,0.05"}
    question = sweep_question(SCENARIO, ranges, draws=Draws(400))
    base = samples_of(BASE)
    moved = {one.key: question.moved(DRAWS, base, one) for one in question.ranges}
    assert 0 < moved[RETURN] < moved[SIZE]
    assert moved[RETURN] < moved[SHARE]
    order = question.order(lambda one: moved[one.key])
    assert sorted(order) == list(range(12))
    steps = [
        [key for key, one, other in zip(question.keys, before, now, strict=True) if one != other]
        for before, now in pairwise(question.policies[number] for number in order)
    ]
    assert sum(step == [RETURN] for step in steps) == 8
