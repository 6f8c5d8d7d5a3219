"""What a cluster is in law: who pays what the bond leaves, and what may be taken out; worked by hand."""

from __future__ import annotations

from typing import get_args

import numpy as np
import pytest

from simulator.answers.rule_notes import scheme_notes
from simulator.records import Account, LegalTerms
from simulator.rules.settlement import Settlement
from simulator.scenario.legal_forms import LEGAL_FORMS, FormName
from simulator.scenario.schema import Cluster
from simulator.simulation.plan import make_plan
from tests.builders import BOND as BOND_TABLE
from tests.builders import POOL as POOL_TABLE
from tests.builders import SURPLUS, checked, cluster_of, scenario_of
from tests.unit.settling import BOND, POOL, SPLIT, Years, moved, settled

BUDGET = [[100_000]]


def legal(**changes: float) -> LegalTerms:
    """Return the law of one cluster."""
    terms = {"is_liable": False, "distribution_cap_share": 1.0, "interest_cap_share": 0.0}
    terms |= {"partner_share": np.nan} | changes
    return LegalTerms(**{key: np.array([value]) for key, value in terms.items()})


def _settled(spend: Years, rules: list[object], law: LegalTerms, **terms: object) -> Settlement:
    return settled(rules, BUDGET * len(spend), spend, legal=law, **terms)  # type: ignore[arg-type]


def test_every_form_has_a_meaning() -> None:
    assert set(LEGAL_FORMS) == set(get_args(FormName))


def test_practices_that_are_liable_pay_what_the_bond_leaves() -> None:
    # Of 5,000 over the bond of 2% pays 2,000 and the practices 3,000; pool and PCT nothing.
    settlement = _settled([[105_000]], [SPLIT, BOND, POOL], legal(is_liable=True))
    assert moved(settlement, "bond_draw")[0, 0] == pytest.approx(2_000)
    assert moved(settlement, "liability_payment")[0, 0] == pytest.approx(3_000)
    for reason in ("pool_payment", "uncovered_overspend"):
        assert not moved(settlement, reason).any()
    assert float(settlement.ledger.balance(Account.PRACTICES)[0, 0]) == pytest.approx(-5_000)
    # The bond that would have covered is that of a cluster without liability.
    assert settlement.claims_gbp[0, 0, 0] == pytest.approx(5_000)


@pytest.mark.parametrize("rules", [[], [POOL], [SPLIT, POOL]])
def test_they_pay_all_of_it_where_there_is_no_bond(rules: list[object]) -> None:
    assert moved(_settled([[105_000]], rules, legal(is_liable=True)), "liability_payment")[0, 0] == 5_000


def test_a_cluster_that_takes_no_share_is_not_liable() -> None:
    settlement = _settled([[105_000]], [SPLIT, BOND, POOL], legal(is_liable=True), takes_share=[False])
    assert moved(settlement, "uncovered_overspend")[0, 0] == 5_000


def test_a_community_interest_company_locks_in_most_of_it() -> None:
    # It may keep 10% of 8,000, which is 800. Practices have 10% interest on the 2,000 that they posted, and
    # 35% of the other 600: 410 in all. The other 390 are for patients, as are 60% of the 7,200 beside.
    law = legal(distribution_cap_share=0.35, interest_cap_share=0.1)
    settlement = _settled([[92_000]], [SPLIT, BOND], law)
    assert moved(settlement, "practice_share")[0, 0] == pytest.approx(410)
    assert moved(settlement, "locked_in")[0, 0] == pytest.approx(390)
    assert float(settlement.ledger.balance(Account.REINVESTMENT)[0, 0]) == pytest.approx(390 + 4_320)


def test_interest_is_paid_out_of_profit_alone() -> None:
    # 10% of 1,000 is 100: less than 10% interest on 2,000.
    law = legal(distribution_cap_share=0.0, interest_cap_share=0.1)
    assert moved(_settled([[99_000]], [SPLIT, BOND], law), "practice_share")[0, 0] == pytest.approx(100)


def test_over_the_whole_contract() -> None:
    # 10% of 8,000 less 1,000 is 700; 5% of 2,000 in each of two years is 200; the other 500 are locked in.
    split = SPLIT.model_copy(update={"settlement": "whole_contract"})
    law = legal(distribution_cap_share=0.0, interest_cap_share=0.05)
    settlement = _settled([[92_000], [101_000]], [split, BOND], law)
    assert moved(settlement, "practice_share").ravel() == pytest.approx([0, 200])
    assert moved(settlement, "locked_in").ravel() == pytest.approx([0, 500])


def test_what_a_form_means_can_be_overridden() -> None:
    form = Cluster(name="A", people=5.0, legal_form="lead_practice", liability_beyond_bond="none").legal
    assert not form.is_liable
    society = Cluster(name="A", people=5.0, legal_form="provident_society", interest_cap_share=0.02).legal
    assert (society.distribution_cap_share, society.interest_cap_share) == (0.0, 0.02)


def test_forms_that_mean_nothing_change_nothing() -> None:
    plain = [cluster_of("North", legal_form="company"), cluster_of("South", legal_form="llp")]
    assert make_plan(checked(scenario_of(clusters=plain))).terms.legal is None


@pytest.mark.parametrize(
    ("cluster", "rules", "said"),
    [
        (
            {"legal_form": "lead_practice"},
            [SURPLUS, BOND_TABLE, POOL_TABLE],
            "North is run by a lead practice: its practices pay what the bond leaves of an overspend.",
        ),
        (
            {"legal_form": "joint_venture"},
            [SURPLUS, BOND_TABLE],
            "clusters.North.legal_form does nothing here: there is no rule partner.",
        ),
        (
            {"distribution_cap_share": 0.5},
            [POOL_TABLE],
            "clusters.North.distribution_cap_share does nothing here: there is no practice share.",
        ),
        (
            {"interest_cap_share": 0.5},
            [SURPLUS, BOND_TABLE],
            "clusters.North.interest_cap_share does nothing here: practices may take out all there is.",
        ),
        (
            {"liability_beyond_bond": "unlimited", "takes_share": False},
            [SURPLUS, BOND_TABLE],
            "clusters.North.liability_beyond_bond does nothing here: the cluster takes no share.",
        ),
    ],
)
def test_it_is_said(cluster: dict[str, object], rules: list[object], said: str) -> None:
    clusters = [cluster_of("North", **cluster), cluster_of("South")]
    assert said in list(scheme_notes(checked(scenario_of(clusters=clusters, rules=rules))))
