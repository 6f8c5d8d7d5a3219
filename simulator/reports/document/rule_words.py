"""Each rule in plain words, from its own settings: a sentence for every one that matters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.budgets.budget_rule import BudgetRule
from simulator.budgets.expected_spend import ExpectedSpend
from simulator.budgets.per_head import PerHead
from simulator.budgets.toolkit import Toolkit
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.minimum_savings_rate import MinimumSavingsRate
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit


def per_cent_of(share: float) -> str:
    """Return a share that somebody set as a percentage, such as ``2.5%``."""
    return f"{100 * share:.6g}%"


def pounds_of(amount_gbp: float) -> str:
    """Return an amount that somebody set, such as ``£50,000``."""
    return f"£{amount_gbp:,.2f}".removesuffix(".00")


def listed(names: tuple[str, ...]) -> str:
    """Return names as a sentence lists them, underscores as spaces."""
    words = [name.replace("_", " ") for name in names]
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def _surplus(rule: SurplusSplit) -> tuple[str, ...]:
    share, returned = per_cent_of(rule.practice_share), per_cent_of(rule.pct_return_share)
    reinvested = per_cent_of(1 - rule.pct_return_share)
    split = {
        "top": f"Practices may keep {share} of a surplus as income. Of the rest, {returned} returns to the "
        f"PCT and {reinvested} is reinvested in patient care.",
        "reinvestment": f"Of a surplus, {returned} returns to the PCT and {reinvested} is for patient care. "
        f"Practices may keep {share} of the surplus as income, which comes out of the part for patient care.",
        "pct_return": f"Of a surplus, {returned} is for the PCT and {reinvested} is reinvested in patient "
        f"care. Practices may keep {share} of the surplus as income, which comes out of the PCT's part.",
    }[rule.practice_share_from]
    bond = (
        "Only a cluster that has posted a bond may keep the practice share."
        if rule.needs_bond
        else "A cluster may keep the practice share without a bond."
    )
    when = {
        "each_year": "Surpluses are shared year by year: a later overspend takes nothing back.",
        "whole_contract": "Practices share in what the whole contract's surpluses leave after its "
        "overspends: their part of each year's surplus is held, without interest, until the last year.",
    }[rule.settlement]
    least = _least(rule.minimum_savings_rate) if rule.minimum_savings_rate else ()
    return (split, bond, *least, when)


def _least(rate: MinimumSavingsRate) -> tuple[str, ...]:
    shared = {
        "first_pound": "once it is, they share in all of it",
        "excess": "once it is, they share in what lies beyond that",
    }[rate.once_met]
    least = per_cent_of(rate.share_of_budget)
    return (f"Practices share in a surplus only if it is at least {least} of the budget; {shared}.",)


def _bond(rule: Bond) -> tuple[str, ...]:
    size = (
        f"{per_cent_of(rule.share_of_annual_budget)} of a year's budget"
        if rule.share_of_annual_budget is not None
        else f"{pounds_of(rule.gbp_per_head or 0)} for each registered person"
    )
    poster = {
        "practices": "The practices post it, and at the end get back what is left.",
        "partner": "An external partner posts it, and at the end gets back what is left.",
    }[rule.deposited_by]
    ends = {
        "stays": "A cluster whose bond is used up carries on without one.",
        "leaves": "A cluster whose bond is used up hands its budget back at the annual review.",
    }[rule.when_exhausted]
    by = {"list_size": "by list size", "need": "by need"}[rule.split_between_practices_by]
    said = [
        f"A cluster that takes the practice share posts a bond of {size}, unless another sum is agreed with "
        "it. Its overspends are paid from the bond as far as that goes.",
        poster,
    ]
    said.append(
        "At each annual review the bond is made up to its first size."
        if rule.top_up
        else "The bond is not made up again after it has been drawn on."
    )
    if rule.interest_share_per_year:
        said.append(f"The PCT pays {per_cent_of(rule.interest_share_per_year)} interest a year on it.")
    if rule.financing_share_per_year:
        cost = per_cent_of(rule.financing_share_per_year)
        said.append(f"The money costs whoever posts it {cost} a year, paid to a lender.")
    return (*said, ends, f"A cluster's practices divide its bond and its share between them {by}.")


def _pool(rule: Pool) -> tuple[str, ...]:
    said = (
        "What clusters return to the PCT is kept in a pool, which pays the overspends that are still unpaid. "
        "Where it holds too little, it pays every cluster the same proportion."
    )
    held_back = "What the PCT holds back from budgets as contingency is paid into the pool."
    return (said, held_back) if rule.holds_top_slice else (said,)


def _deficit_recovery(_: DeficitRecovery) -> tuple[str, ...]:
    return ("A cluster's surplus first repays what the PCT had to pay for its earlier overspends.",)


def _corridor(rule: Corridor) -> tuple[str, ...]:
    width, kept = per_cent_of(rule.width_share), per_cent_of(rule.cluster_share_beyond)
    left = per_cent_of(1 - rule.cluster_share_beyond)
    return (
        f"Risk beyond a corridor of {width} either side of the year's budget is shared with the PCT: of an "
        f"overspend or a surplus beyond it the PCT takes {left}, and {kept} stays with the cluster.",
    )


def _per_case_limit(rule: PerCaseLimit) -> tuple[str, ...]:
    lines = f"of {listed(rule.service_lines)} " if rule.service_lines else ""
    return (
        f"A cluster answers for at most {pounds_of(rule.limit_gbp)} of any one case {lines}"
        "at the prices of the rate's year; the PCT pays what a case costs beyond that.",
    )


_RULES: dict[type[Rule], Callable[[Any], tuple[str, ...]]] = {
    SurplusSplit: _surplus,
    Bond: _bond,
    Pool: _pool,
    DeficitRecovery: _deficit_recovery,
    Corridor: _corridor,
    PerCaseLimit: _per_case_limit,
}


def _toolkit(rule: Toolkit) -> str:
    weights = [per_cent_of(weight) for weight in rule.fair_share_weight_by_year]
    pace = f"{weights[0]} in every year" if len(weights) == 1 else f"{listed(tuple(weights))} in turn"
    past = {
        "base": "the year before the contract",
        "latest": "the latest finished year",
    }[rule.historic_year]
    uplift = (
        "the growth that is expected"
        if rule.uplift_share is None
        else f"{per_cent_of(rule.uplift_share)} a year"
    )
    return (
        f"past spend, that of {past}, moved towards a fair share by need (weight of the fair share: {pace}) "
        f"and uplifted by {uplift}"
    )


def _expected_spend(rule: ExpectedSpend) -> str:
    if not rule.margin_share:
        return "the spend that is expected"
    more = "more" if rule.margin_share > 0 else "less"
    return f"{per_cent_of(abs(rule.margin_share))} {more} than the spend that is expected"


def _per_head(rule: PerHead) -> str:
    uplift = f", uplifted by {per_cent_of(rule.uplift_share)} a year" if rule.uplift_share else ""
    return f"{pounds_of(rule.gbp_per_head)} a year for each registered person{uplift}"


_BUDGET_RULES: dict[type[BudgetRule], Callable[[Any], str]] = {
    Toolkit: _toolkit,
    ExpectedSpend: _expected_spend,
    PerHead: _per_head,
}


def rule_sentences(rule: Rule) -> tuple[str, ...]:
    """Return a money rule in sentences.

    Parameters
    ----------
    rule : Rule
        Of the register.

    Returns
    -------
    tuple of str
        Whole sentences, which every setting of the rule has a part in.
    """
    return _RULES[type(rule)](rule)


def budget_words(rule: BudgetRule) -> str:
    """Return what a budget rule gives, to follow ``budgets are``.

    Parameters
    ----------
    rule : BudgetRule
        Of the register.

    Returns
    -------
    str
        Words without a full stop.
    """
    return _BUDGET_RULES[type(rule)](rule)
