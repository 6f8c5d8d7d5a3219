"""Measures of what each party has at the end of the contract against the beginning.

A party's position is what came into its accounts less what left them, whatever the reason. What is
in a bond belongs to who deposited it until it is drawn. The pool is the PCT's. By double entry the
positions add up: all that leaves the PCT reaches another party.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.records import Account, FloatArray
from simulator.risk.account_book import PCT_ACCOUNTS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Unit
from simulator.risk.estimation import Mean, Probability, Quantile, TailMean
from simulator.risk.measures.measure import Measure

_BAD, _WORST = 0.05, 0.01
"""One contract in twenty, and one in a hundred."""


def owned_accounts(book: AccountBook, party: Account) -> tuple[Account, ...]:
    """Return a party's own account, and the bond where that party deposited it."""
    return (party, Account.BOND) if book.depositor == party else (party,)


def gain_gbp(book: AccountBook, party: Account) -> FloatArray:
    """Return what a party gains over the contract, shape (contract,), in pounds."""
    return book.gained_gbp(owned_accounts(book, party))


def gain_by_year_gbp(book: AccountBook, party: Account) -> FloatArray:
    """Return what a party gains in each year, its deposit in the bond counted, shape (contract, year)."""
    return book.gained_by_year_gbp(owned_accounts(book, party))


def pct_cost_by_year_gbp(book: AccountBook) -> FloatArray:
    """Return all that leaves the PCT and its pool, less what comes back, shape (contract, year)."""
    return -book.gained_by_year_gbp(PCT_ACCOUNTS)


def pct_net_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT planned for the care less what it costs it, shape (contract,), in pounds."""
    return float(book.planned_gbp.sum()) + book.gained_gbp(PCT_ACCOUNTS)


def pct_net_by_year_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT planned less its cost in each year, shape (contract, year), in pounds."""
    return book.planned_gbp - pct_cost_by_year_gbp(book)


@dataclass(frozen=True, slots=True)
class _Party:
    """How a party's gain is named."""

    account: Account
    name: str
    heading: str
    meaning: str


_PRACTICES = _Party(
    Account.PRACTICES,
    "practice_net_gain",
    "practices' net gain",
    "what practices gain over the contract: share, interest and their bond given back, less the bond posted, "
    "top-ups, its financing and all that they are liable for",
)
_PARTNER = _Party(
    Account.PARTNER,
    "partner_net_gain",
    "partner's net gain",
    "what an external partner gains over the contract, all that it pays and posts taken off",
)


def _gains(party: _Party) -> tuple[Measure, ...]:
    of = _samples_of(party.account)
    return (
        Measure(f"{party.name}_gbp", party.heading, Unit.GBP, Mean(), f"mean of {party.meaning}", of),
        Measure(
            f"{party.name}_1_in_20_gbp",
            f"{party.heading}, 1 in 20",
            Unit.GBP,
            Quantile(_BAD),
            f"{party.heading} over the contract that only one contract in twenty falls below",
            of,
        ),
        Measure(
            f"{party.name}_gbp_year_{{year}}",
            f"{party.heading} {{year}}",
            Unit.GBP,
            Mean(),
            f"mean of {party.heading} in the year; a deposit counts as its owner's until it is drawn",
            lambda book, year: gain_by_year_gbp(book, party.account)[:, year],
        ),
    )


def _samples_of(party: Account) -> Callable[[AccountBook, int], FloatArray]:
    return lambda book, _: gain_gbp(book, party)


POSITION_MEASURES = (
    *_gains(_PRACTICES),
    Measure(
        "practice_better_off_probability",
        "practices better off",
        Unit.PROBABILITY,
        Probability(),
        "probability that practices gain anything over the contract, net of all that the bond costs",
        lambda book, _: gain_gbp(book, Account.PRACTICES) > PENNY_GBP,
    ),
    *_gains(_PARTNER),
    Measure(
        "lender_income_gbp",
        "lender's income",
        Unit.GBP,
        Mean(),
        "mean paid over the contract to who lends the money of the bond",
        _samples_of(Account.LENDER),
        less_is_better=True,
    ),
    Measure(
        "providers_income_gbp",
        "providers' income",
        Unit.GBP,
        Mean(),
        "mean paid to providers over the contract for all care of the clusters' people, whoever pays",
        _samples_of(Account.PROVIDERS),
    ),
    Measure(
        "pool_balance_gbp",
        "left in the pool",
        Unit.GBP,
        Mean(),
        "mean left in the PCT's pool at the end",
        _samples_of(Account.POOL),
        rows="together",
    ),
    Measure(
        "pct_planned_gbp",
        "planned by the PCT",
        Unit.GBP,
        Mean(),
        "what all care of the clusters' people is expected to cost over the contract at the scenario's own "
        "growth, before true savings",
        lambda book, _: np.full(len(book.takes_part), book.planned_gbp.sum()),
    ),
    Measure(
        "pct_cost_gbp",
        "cost to the PCT",
        Unit.GBP,
        Mean(),
        "mean of all that leaves the PCT for the care of the clusters' people over the contract, less what "
        "comes back or is left in its pool",
        lambda book, _: -book.gained_gbp(PCT_ACCOUNTS),
        less_is_better=True,
    ),
    Measure(
        "pct_net_position_gbp",
        "PCT's net position",
        Unit.GBP,
        Mean(),
        "mean of what the PCT planned for the care less what it costs it; negative where it loses",
        lambda book, _: pct_net_gbp(book),
    ),
    Measure(
        "pct_net_position_1_in_20_gbp",
        "PCT's net position, 1 in 20",
        Unit.GBP,
        Quantile(_BAD),
        "net position of the PCT that only one contract in twenty falls below",
        lambda book, _: pct_net_gbp(book),
    ),
    Measure(
        "pct_net_position_1_in_100_gbp",
        "PCT's net position, 1 in 100",
        Unit.GBP,
        Quantile(_WORST),
        "net position of the PCT that only one contract in a hundred falls below",
        lambda book, _: pct_net_gbp(book),
    ),
    Measure(
        "pct_net_position_beyond_1_in_20_gbp",
        "PCT's net position, mean of the worst 1 in 20",
        Unit.GBP,
        TailMean(_BAD),
        "mean net position of the PCT in the worst twentieth of contracts",
        lambda book, _: pct_net_gbp(book),
    ),
    Measure(
        "pct_net_position_gbp_year_{year}",
        "PCT's net position {year}",
        Unit.GBP,
        Mean(),
        "mean of what the PCT planned for the year's care less what it costs it",
        lambda book, year: pct_net_by_year_gbp(book)[:, year],
    ),
    Measure(
        "pct_net_position_1_in_20_gbp_year_{year}",
        "PCT's net position {year}, 1 in 20",
        Unit.GBP,
        Quantile(_BAD),
        "net position of the PCT in the year that only one contract in twenty falls below",
        lambda book, year: pct_net_by_year_gbp(book)[:, year],
    ),
)
