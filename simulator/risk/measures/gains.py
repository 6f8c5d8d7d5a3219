"""Measures of who gets what of surpluses, and of what each party gains or loses over the contract."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from simulator.records import Account, FloatArray
from simulator.risk.account_book import PCT_ACCOUNTS, PENNY_GBP, AccountBook
from simulator.risk.estimators import Probability, Quantile, TailMean
from simulator.risk.measures.measure import Measure
from simulator.risk.positions import gain_by_year_gbp, gain_gbp, pct_net_by_year_gbp, pct_net_gbp

_BAD, _WORST = 0.05, 0.01
"""One contract in twenty, and one in a hundred."""


def _pct_net_gbp(book: AccountBook, _: int) -> FloatArray:
    return pct_net_gbp(book)


def _pct_net_of_year_gbp(book: AccountBook, year: int) -> FloatArray:
    return pct_net_by_year_gbp(book)[:, year]


def _practice_share_gbp(book: AccountBook) -> FloatArray:
    return book.practice_share_gbp


def _loss_of_bond(book: AccountBook, _: int) -> FloatArray | None:
    """What practices lose of the bond that they posted in the same contract; nan where that is nothing."""
    if not book.has_bond or book.depositor != Account.PRACTICES:
        return None
    lost, posted = -gain_gbp(book, Account.PRACTICES), book.bond_posted_gbp
    return np.divide(lost, posted, out=np.full_like(lost, np.nan), where=posted > PENNY_GBP)


@cache
def _gain_of(party: Account) -> Callable[[AccountBook, int], FloatArray]:
    return lambda book, _: gain_gbp(book, party)


def _gains(party: Account, name: str, heading: str, meaning: str) -> tuple[Measure, ...]:
    """Return the measures of what a party gains: its mean, its bad case and year, and its mean by year."""
    return (
        Measure(f"{name}_gbp", heading, f"mean of {meaning}", _gain_of(party)),
        Measure(
            f"{name}_1_in_20_gbp",
            f"{heading}, 1 in 20",
            f"{heading} over the contract that only one contract in twenty falls below",
            _gain_of(party),
            Quantile(_BAD),
        ),
        Measure(
            f"{name}_worst_year_1_in_20_gbp",
            f"{heading} in the worst year, 1 in 20",
            f"{heading} in the worst of a contract's years that only one contract in twenty falls below",
            lambda book, _: gain_by_year_gbp(book, party).min(axis=1),
            Quantile(_BAD),
        ),
        Measure(
            f"{name}_below_zero_probability",
            f"{heading} below zero",
            f"probability of {heading} below zero over the contract: more was paid than came",
            lambda book, _: gain_gbp(book, party) < -PENNY_GBP,
            Probability(),
            less_is_better=True,
        ),
        Measure(
            f"{name}_gbp_year_{{year}}",
            f"{heading} {{year}}",
            f"mean of {heading} in the year; a deposit counts as its owner's until it is drawn",
            lambda book, year: gain_by_year_gbp(book, party)[:, year],
        ),
    )


GAIN_MEASURES = (
    Measure(
        "practice_share_gbp",
        "practice share over the contract",
        "mean practice share over the contract, before what the bond costs",
        lambda book, _: _practice_share_gbp(book),
    ),
    Measure(
        "practice_share_gbp_per_year",
        "practice share a year",
        "mean practice share for twelve months",
        lambda book, _: _practice_share_gbp(book) / book.years,
    ),
    Measure(
        "practice_share_gbp_per_head",
        "practice share a head",
        "mean practice share over the contract for each registered person",
        lambda book, _: _practice_share_gbp(book) / book.people,
    ),
    Measure(
        "pct_return_gbp",
        "PCT return over the contract",
        "mean surplus returned to the PCT's pool over the contract",
        lambda book, _: book.paid_gbp((Account.CLUSTER,), (Account.POOL,)),
    ),
    Measure(
        "reinvestment_gbp",
        "reinvested over the contract",
        "mean put into patient care over the contract, of surpluses and of what is withheld from hospitals",
        lambda book, _: book.gained_gbp((Account.REINVESTMENT,)),
    ),
    *_gains(
        Account.PRACTICES,
        "practice_net_gain",
        "practices' net gain",
        "what practices gain over the contract: share, interest and their bond given back, less the bond "
        "posted, top-ups, its financing and all that they are liable for",
    ),
    Measure(
        "practice_better_off_probability",
        "practices better off",
        "probability that practices gain anything over the contract, net of all that the bond costs",
        lambda book, _: gain_gbp(book, Account.PRACTICES) > PENNY_GBP,
        Probability(),
    ),
    Measure(
        "practice_loss_of_bond_1_in_20_share",
        "practices' loss, of the bond, 1 in 20",
        "what practices lose over the contract, as a share of the bond posted in that same contract, that "
        "only one contract in twenty exceeds",
        _loss_of_bond,
        Quantile(1 - _BAD),
        less_is_better=True,
    ),
    *_gains(
        Account.PARTNER,
        "partner_net_gain",
        "partner's net gain",
        "what an external partner gains over the contract, all that it pays and posts taken off",
    ),
    Measure(
        "lender_income_gbp",
        "lender's income",
        "mean paid over the contract to who lends the money of the bond",
        _gain_of(Account.LENDER),
        less_is_better=True,
    ),
    Measure(
        "providers_income_gbp",
        "providers' income",
        "mean paid to providers over the contract for all care of the clusters' people, whoever pays",
        _gain_of(Account.PROVIDERS),
    ),
    Measure(
        "core_income_gbp",
        "practices' core income",
        "mean paid to practices over the contract for their core services, whoever pays; they have it "
        "without budgets too, so it is no part of what they gain",
        _gain_of(Account.CORE),
    ),
    Measure(
        "care_held_back_gbp",
        "care held back",
        "mean value over the contract of care that people would have had and actions held back, less what "
        "came back: no saving",
        lambda book, _: book.total_held_back_gbp,
        less_is_better=True,
    ),
    Measure(
        "suppliers_income_gbp",
        "suppliers' income",
        "mean paid over the contract to staff and suppliers for what clusters do",
        _gain_of(Account.SUPPLIERS),
    ),
    Measure(
        "pool_balance_gbp",
        "left in the pool",
        "mean left in the PCT's pool at the end",
        _gain_of(Account.POOL),
        rows="together",
    ),
    Measure(
        "pct_planned_gbp",
        "planned by the PCT",
        "what all care of the clusters' people is expected to cost over the contract at the scenario's own "
        "growth, before true savings",
        lambda book, _: np.full(len(book.takes_part), book.planned_gbp.sum()),
    ),
    Measure(
        "pct_cost_gbp",
        "cost to the PCT",
        "mean of all that leaves the PCT for the care of the clusters' people over the contract, less what "
        "comes back or is left in its pool",
        lambda book, _: -book.gained_gbp(PCT_ACCOUNTS),
        less_is_better=True,
    ),
    Measure(
        "pct_net_position_gbp",
        "PCT's net position",
        "mean of what the PCT planned for the care less what it costs it; negative where it loses",
        _pct_net_gbp,
    ),
    Measure(
        "pct_net_position_1_in_20_gbp",
        "PCT's net position, 1 in 20",
        "net position of the PCT that only one contract in twenty falls below",
        _pct_net_gbp,
        Quantile(_BAD),
    ),
    Measure(
        "pct_net_position_1_in_100_gbp",
        "PCT's net position, 1 in 100",
        "net position of the PCT that only one contract in a hundred falls below",
        _pct_net_gbp,
        Quantile(_WORST),
    ),
    Measure(
        "pct_net_position_beyond_1_in_20_gbp",
        "PCT's net position, mean of the worst 1 in 20",
        "mean net position of the PCT in the worst twentieth of contracts",
        _pct_net_gbp,
        TailMean(_BAD),
    ),
    Measure(
        "pct_net_position_worst_year_1_in_20_gbp",
        "PCT's net position in the worst year, 1 in 20",
        "net position of the PCT in the worst of a contract's years that only one contract in twenty falls "
        "below",
        lambda book, _: pct_net_by_year_gbp(book).min(axis=1),
        Quantile(_BAD),
    ),
    Measure(
        "pct_net_position_below_zero_probability",
        "PCT's net position below zero",
        "probability that the care costs the PCT more over the contract than it planned",
        lambda book, _: pct_net_gbp(book) < -PENNY_GBP,
        Probability(),
        less_is_better=True,
    ),
    Measure(
        "pct_net_position_gbp_year_{year}",
        "PCT's net position {year}",
        "mean of what the PCT planned for the year's care less what it costs it",
        _pct_net_of_year_gbp,
    ),
    Measure(
        "pct_net_position_1_in_20_gbp_year_{year}",
        "PCT's net position {year}, 1 in 20",
        "net position of the PCT in the year that only one contract in twenty falls below",
        _pct_net_of_year_gbp,
        Quantile(_BAD),
    ),
)
