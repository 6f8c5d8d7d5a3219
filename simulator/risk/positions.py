"""What each party has at the end of the contract against the beginning, and how the PCT's comes about.

A party's position is what came into its accounts less what left them, whatever the reason. What is
in a bond belongs to who deposited it until it is drawn. The pool is the PCT's. By double entry the
positions add up: all that leaves the PCT reaches another party.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.plain_words import spaced
from simulator.records import BUDGET, OUTSIDE_BUDGETS, Account, FloatArray
from simulator.risk.account_book import PCT_ACCOUNTS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean


def gain_gbp(book: AccountBook, party: Account) -> FloatArray:
    """Return what a party gains over the contract, shape (contract,), in pounds."""
    return book.gained_gbp(_owned_by(book, party))


def gain_by_year_gbp(book: AccountBook, party: Account) -> FloatArray:
    """Return what a party gains in each year, its deposit in the bond counted, shape (contract, year)."""
    return book.gained_by_year_gbp(_owned_by(book, party))


def _owned_by(book: AccountBook, party: Account) -> tuple[Account, ...]:
    """Return a party's own account, and the bond where that party deposited it."""
    return (party, Account.BOND) if book.depositor == party else (party,)


def pct_net_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT planned for the care less what it costs it, shape (contract,), in pounds."""
    return book.once("PCT's net", lambda: float(book.planned_gbp.sum()) + book.gained_gbp(PCT_ACCOUNTS))


def pct_net_by_year_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT planned less its cost in each year, shape (contract, year), in pounds."""
    gained = book.gained_by_year_gbp
    return book.once("PCT's net by year", lambda: book.planned_gbp + gained(PCT_ACCOUNTS))


def pct_payment_by_year_gbp(book: AccountBook) -> FloatArray:
    """Return what the PCT pays for overspends, on top of budgets, shape (contract, year), in pounds."""
    return book.paid_by_year_gbp((Account.PCT,), (Account.CLUSTER,), besides=BUDGET)


@dataclass(frozen=True, slots=True)
class BuildUp:
    """A sum with its parts."""

    parts: tuple[tuple[str, Estimate], ...]  # what each part is, in words, and its mean; above zero is gained
    total: Estimate  # mean of the sum of the parts


_TOTAL = "together"


def pct_build_up(book: AccountBook) -> BuildUp:
    """Return what the PCT's net position over the contract is made of."""
    return build_up(dict(build_up_samples(book)))


def build_up(samples: Mapping[str, FloatArray]) -> BuildUp:
    """Return the sum of which `build_up_samples` has the parts."""
    means = {words: mean(gbp) for words, gbp in samples.items()}
    total = means.pop(_TOTAL)
    moving = ((words, one) for words, one in means.items() if max(one.high, -one.low) > PENNY_GBP)
    return BuildUp(tuple(moving), total)


def build_up_samples(book: AccountBook) -> Iterator[tuple[str, FloatArray]]:
    """Yield the parts of the PCT's net position in words, and the whole, each of shape (contract,)."""
    outside = [reason for reason in book.flows if reason.endswith(OUTSIDE_BUDGETS)]
    kept_back = float(book.planned_gbp.sum()) - book.total_gbp(BUDGET)
    for reason in outside:
        kept_back = kept_back - book.total_gbp(reason)
    words = " and ".join(["planned care less budgets", *map(spaced, outside)])
    yield words, kept_back
    for reason, flow in book.flows.items():
        pays, gets = flow.payer in PCT_ACCOUNTS, flow.payee in PCT_ACCOUNTS
        if pays != gets and reason not in {BUDGET, *outside}:
            moved = book.total_gbp(reason)
            yield spaced(reason), moved if gets else -moved
    yield _TOTAL, pct_net_gbp(book)
