"""How the PCT's net position comes about: what it planned, and each flow in and out of its accounts."""

from __future__ import annotations

from dataclasses import dataclass

from simulator.plain_words import spaced
from simulator.records import BUDGET, CARE_OUTSIDE, FloatArray
from simulator.risk.account_book import PCT_ACCOUNTS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean
from simulator.risk.measures.positions import pct_net_gbp


@dataclass(frozen=True, slots=True)
class BuildUp:
    """A sum with its parts."""

    parts: tuple[tuple[str, Estimate], ...]  # what each part is, in words, and its mean; above zero is gained
    total: Estimate  # mean of the sum of the parts


def pct_build_up(book: AccountBook) -> BuildUp:
    """Return what the PCT's net position over the contract is made of."""
    kept_back = float(book.planned_gbp.sum()) - book.total_gbp(BUDGET) - book.total_gbp(CARE_OUTSIDE)
    outside = f" and {spaced(CARE_OUTSIDE)}" if CARE_OUTSIDE in book.flows else ""
    parts: list[tuple[str, FloatArray]] = [(f"planned care less budgets{outside}", kept_back)]
    for reason, flow in book.flows.items():
        pays, gets = flow.payer in PCT_ACCOUNTS, flow.payee in PCT_ACCOUNTS
        if pays != gets and reason not in {BUDGET, CARE_OUTSIDE}:
            moved = book.total_gbp(reason)
            parts.append((spaced(reason), moved if gets else -moved))
    means = ((words, mean(gbp)) for words, gbp in parts)
    moving = tuple((words, one) for words, one in means if max(one.high, -one.low) > PENNY_GBP)
    return BuildUp(moving, mean(pct_net_gbp(book)))
