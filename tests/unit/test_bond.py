"""The bond: posted, drawn, topped up, with interest, and given back; worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.records import Account, Outturn
from simulator.rules.bond import Bond
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.settlement import claims_on_a_bond_that_lasts
from tests.unit.settling import BOND, POOL, SPLIT, moved, settled, terms_of

# Three years with a budget of 100,000; 1,500 over, 1,200 over, 400 under.
BUDGET, SPEND = [[100_000]] * 3, [[101_500], [101_200], [99_600]]


def _bond(**changes: object) -> Bond:
    return BOND.model_copy(update=changes)


def _flows(bond: Bond, reason: str, **terms: object) -> list[float]:
    return moved(settled([bond], BUDGET, SPEND, **terms), reason).ravel().tolist()


def test_it_is_a_share_of_the_annual_budget() -> None:
    # 2% of 100,000.
    assert _flows(BOND, "bond_posted") == pytest.approx([2_000, 0, 0])


def test_it_is_a_sum_for_each_person() -> None:
    # 1,000 people at GBP 1.50.
    bond = Bond(gbp_per_head=1.5)
    assert _flows(bond, "bond_posted") == pytest.approx([1_500, 0, 0])


def test_a_bond_agreed_with_one_cluster_goes_before_the_rule() -> None:
    settlement = settled([BOND], [[50_000, 50_000]], [[0, 0]], bond_gbp=[700.0, np.nan])
    # The other one's is 2% of 50,000.
    assert moved(settlement, "bond_posted")[0] == pytest.approx([700, 1_000])


def test_a_cluster_that_takes_no_share_posts_none() -> None:
    settlement = settled(
        [BOND], [[50_000, 50_000]], [[51_000, 51_000]], takes_share=[True, False], bond_gbp=[np.nan, 700.0]
    )
    assert moved(settlement, "bond_posted")[0] == pytest.approx([1_000, 0])
    assert moved(settlement, "bond_draw")[0] == pytest.approx([1_000, 0])
    assert moved(settlement, "uncovered_overspend")[0] == pytest.approx([0, 1_000])


def test_it_is_drawn_up_to_its_balance() -> None:
    # 2,000 pay 1,500 of the first overspend and 500 of the second, whose other 700 the PCT pays.
    assert _flows(BOND, "bond_draw") == pytest.approx([1_500, 500, 0])
    assert _flows(BOND, "uncovered_overspend") == pytest.approx([0, 700, 0])
    assert _flows(BOND, "bond_release") == pytest.approx([0, 0, 0])


def test_what_is_left_is_released_at_the_end() -> None:
    bond = Bond(share_of_annual_budget=0.03)
    # 3,000 - 1,500 - 1,200.
    assert _flows(bond, "bond_release") == pytest.approx([0, 0, 300])


def test_a_top_up_makes_up_the_first_size_at_each_review_but_the_last() -> None:
    bond = _bond(top_up=True)
    # Year one draws 1,500 and year two 1,200; each is made up. Year three has no later year.
    assert _flows(bond, "bond_draw") == pytest.approx([1_500, 1_200, 0])
    assert _flows(bond, "bond_top_up") == pytest.approx([1_500, 1_200, 0])
    assert _flows(bond, "bond_release") == pytest.approx([0, 0, 2_000])


def test_no_top_up_after_the_last_year() -> None:
    settlement = settled([_bond(top_up=True)], BUDGET[:1], SPEND[:1])
    assert moved(settlement, "bond_top_up").ravel() == pytest.approx([0])
    assert moved(settlement, "bond_release").ravel() == pytest.approx([500])


def test_interest_is_paid_on_what_is_left_at_the_end_of_each_year() -> None:
    bond = Bond(share_of_annual_budget=0.03, interest_share_per_year=0.04)
    # 3,000 - 1,500 = 1,500, at 4% 60. 1,560 - 1,200 = 360, at 4% 14.40. 374.40, at 4% 14.976.
    assert _flows(bond, "bond_interest") == pytest.approx([60, 14.4, 14.976])
    assert _flows(bond, "bond_release") == pytest.approx([0, 0, 389.376])


def test_interest_of_a_part_year() -> None:
    bond = Bond(share_of_annual_budget=0.03, interest_share_per_year=0.04)
    # Nine months of 4% are 3%: 45 on 1,500. Then 1,545 - 1,200 = 345, at 4% 13.80.
    interest = _flows(bond, "bond_interest", months=[[9], [12], [12]])
    assert interest[:2] == pytest.approx([45, 13.8])


def test_interest_counts_towards_a_top_up() -> None:
    bond = _bond(top_up=True, interest_share_per_year=0.1)
    # 2,000 - 1,500 = 500, with interest 550: 1,450 are missing.
    assert _flows(bond, "bond_top_up")[0] == pytest.approx(1_450)


def test_interest_beyond_the_first_size_is_not_taken_back() -> None:
    settlement = settled([_bond(top_up=True, interest_share_per_year=0.1)], [[100_000]] * 2, [[99_000]] * 2)
    assert not moved(settlement, "bond_top_up").any()
    # 2,000 * 1.1 * 1.1.
    assert moved(settlement, "bond_release").ravel() == pytest.approx([0, 2_420])


@pytest.mark.parametrize(
    ("depositor", "account"), [("practices", Account.PRACTICES), ("partner", Account.PARTNER)]
)
def test_who_deposits_bears_the_draws(depositor: str, account: Account) -> None:
    ledger = settled([_bond(deposited_by=depositor, top_up=True)], BUDGET, SPEND).ledger
    # 2,000 posted, 2,700 topped up, 2,000 back: the overspends of 1,500 and 1,200.
    assert float(ledger.balance(account)[0, 0]) == pytest.approx(-2_700)
    assert float(ledger.balance(Account.BOND)[0, 0]) == 0


def test_a_cluster_leaves_when_its_bond_is_used_up() -> None:
    settlement = settled([_bond(when_exhausted="leaves")], BUDGET, SPEND)
    # The second year takes the last 500: the third year happens without the cluster.
    assert settlement.takes_part.ravel().tolist() == [True, True, False]
    assert moved(settlement, "budget").ravel() == pytest.approx([100_000, 100_000, 0])
    assert moved(settlement, "spend").ravel() == pytest.approx([101_500, 101_200, 0])


def test_who_stays_and_who_never_posted() -> None:
    budget, spend = [[1_000] * 3] * 2, [[2_000, 1_010, 2_000]] * 2
    leaving = _bond(when_exhausted="leaves")
    settlement = settled([leaving], budget, spend, takes_share=[True, True, False])
    # Bonds of 20: the first is used up, the second has 10 left, the third was never posted.
    assert settlement.takes_part[0, 1].tolist() == [False, True, True]
    assert settled([BOND], budget, spend).takes_part.all()


def test_a_cluster_that_left_keeps_out_of_the_pool_and_the_split() -> None:
    leaving = _bond(when_exhausted="leaves")
    budget, spend = [[100_000, 100_000], [100_000, 100_000]], [[110_000, 99_000], [0, 99_000]]
    settlement = settled([SPLIT, leaving, POOL], budget, spend)
    for reason in ("practice_share", "pct_return", "pool_payment", "uncovered_overspend"):
        assert moved(settlement, reason)[1, 0] == 0, reason


def test_a_surety_pays_and_is_paid_back() -> None:
    # 2,000 stand behind the bond; 1,500 and 500 are drawn and paid back. It costs 2% of what stands in it.
    ledger = settled([_bond(form="surety")], BUDGET, SPEND).ledger
    assert ledger.flow("bond_paid_back").ravel() == pytest.approx([1_500, 500, 0])
    assert ledger.flow("bond_financing").ravel() == pytest.approx([40, 10, 0])
    assert float(ledger.balance(Account.PRACTICES)[0, 0]) == pytest.approx(-2_050)
    # What the surety has left is its fee.
    assert float(ledger.balance(Account.LENDER)[0, 0]) == pytest.approx(50)


def test_a_letter_of_credit_costs_less_and_may_be_topped_up() -> None:
    ledger = settled([_bond(form="letter_of_credit", top_up=True)], BUDGET, SPEND).ledger
    assert ledger.flow("bond_paid_back").ravel() == pytest.approx([1_500, 1_200, 0])
    assert ledger.flow("bond_financing").ravel() == pytest.approx([20, 20, 20])
    assert float(ledger.balance(Account.PRACTICES)[0, 0]) == pytest.approx(-2_760)


def test_a_partner_s_guarantee_costs_nothing_until_called() -> None:
    ledger = settled([_bond(form="partner_guarantee")], BUDGET, SPEND).ledger
    assert not ledger.balance(Account.PRACTICES).any()
    assert float(ledger.balance(Account.PARTNER)[0, 0]) == pytest.approx(-2_000)


def test_what_a_form_means_can_be_overridden() -> None:
    own = {"financing_share_per_year": 0.03, "drawn_is_paid_back": False}
    ledger = settled([_bond(form="surety", **own)], BUDGET, SPEND).ledger
    # The surety bears the draws; 3% of 2,000 in each year, drawn or not.
    assert float(ledger.balance(Account.PRACTICES)[0, 0]) == pytest.approx(-180)
    assert float(ledger.balance(Account.LENDER)[0, 0]) == pytest.approx(-2_000 + 180)
    # No cash, and so no interest.
    assert (
        not settled([_bond(form="surety", interest_share_per_year=0.1)], BUDGET, SPEND)
        .ledger.flow("bond_interest")
        .any()
    )


@pytest.mark.parametrize("sizes", [{}, {"share_of_annual_budget": 0.1, "gbp_per_head": 1}])
def test_it_has_one_size(sizes: dict[str, float]) -> None:
    with pytest.raises(InputError, match="not both"):
        Bond(**sizes)


@pytest.mark.parametrize(("share", "said"), [(0.005, True), (0.0, False)])
def test_interest_is_told_where_there_is_any(share: float, said: bool) -> None:
    words = " ".join(Bond(share_of_annual_budget=0.03, interest_share_per_year=share).in_words())
    assert ("The PCT pays 0.5% interest a year on what is left after draws." in words) is said


def test_what_a_lasting_bond_would_pay_shows_in_the_pool_before_it() -> None:
    # 10,000 over: the bond pays 2,000, and the next year's 5,000 under repay the PCT. So nothing is in the
    # pool when 3,000 are over. With a bond that lasts there is no deficit: 40% of 90% of 5,000, so 1,800.
    rules, spend = [DeficitRecovery(), SPLIT, POOL, BOND], [[110_000], [95_000], [103_000]]
    settlement = settled(rules, BUDGET, spend)
    assert settlement.claims_gbp[0].ravel() == pytest.approx([10_000, 0, 3_000])
    budget_gbp, spend_gbp = np.array([[BUDGET], [spend]], dtype=float)
    outturn = Outturn(budget_gbp, spend_gbp, np.zeros_like(budget_gbp), budget_gbp[:, 0])
    lasting = claims_on_a_bond_that_lasts(rules, outturn, terms_of(1, 3), settlement)
    assert lasting[0].ravel() == pytest.approx([10_000, 0, 1_200])
