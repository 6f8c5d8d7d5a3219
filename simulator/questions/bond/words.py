"""What a bond's numbers say, in sentences that can be read aloud."""

from __future__ import annotations

import math

from simulator.questions.bond.estimates import NO_TOP_UP, TOP_UP, BondEstimates
from simulator.risk.estimate import Estimate
from simulator.risk.rounding import decimals_for
from simulator.rules.surplus import SurplusSplit

_UNITS = ((1e6, "m"), (1e3, "k"), (1.0, ""))
_MOST_DIGITS = 3
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def sentences(bond: BondEstimates) -> tuple[str, ...]:
    """Return what a cluster's numbers say."""
    return (_needed(bond), _posted(bond), _worth(bond), _saving(bond))


def _needed(bond: BondEstimates) -> str:
    confidence = bond.headline_confidence
    alone, topped_up = (bond.needed_gbp[period, confidence] for period in (NO_TOP_UP, TOP_UP))
    if not alone.high > 0:
        return f"No simulated contract leaves {bond.cluster}'s bond anything to pay."
    share = alone.value / bond.annual_budget_gbp.value
    years = len(bond.years)
    sure = f"To be {100 * confidence:g}% sure that"
    if years == 1:
        return (
            f"{sure} its bond covers the year's overspend, {bond.cluster} must post {_about(alone)}, "
            f"{share:.1%} of the first year's budget."
        )
    return (
        f"{sure} one bond covers every overspend of the {_NUMBERS[years]} years, {bond.cluster} must post "
        f"{_about(alone)}, {share:.1%} of the first year's budget; "
        "if the bond is made up to its first size at each "
        f"review, {_about(topped_up)} will do, but each top-up is new money."
    )


def _posted(bond: BondEstimates) -> str:
    facts = bond.posted_facts
    posted = facts["bond_posted_gbp"]
    if not posted.value > 0:
        splits = (rule for rule in bond.scenario.settings.rules if isinstance(rule, SurplusSplit))
        no_share = any(rule.needs_bond for rule in splits)
        lost = ", so that its practices keep no share of a surplus (needs_bond)" if no_share else ""
        return f"The scenario's bond for {bond.cluster} is nothing{lost}."
    return (
        f"The bond that the scenario posts, {_about(posted)}, runs out in "
        f"{_in_hundred(facts['runs_out_probability'])} and is never touched in "
        f"{_in_hundred(facts['never_drawn_probability'])}; on average "
        f"{_about(facts['expected_draw_gbp_per_year'])} a year is drawn from it."
    )


def _worth(bond: BondEstimates) -> str:
    facts = bond.posted_facts
    share, loss = facts["practice_share_gbp"], bond.expected_loss_gbp
    expected = f"Over the contract the practices may expect a share of {_about(share)}"
    better = _in_hundred(facts["practice_better_off_probability"])
    if bond.rule.deposited_by == "partner":
        return (
            f"{expected}, and lose nothing on the bond: the external partner who posts it may expect to lose "
            f"{_about(loss)}. The practices end better off in {better}."
        )
    return (
        f"{expected}, and to lose {_about(loss)} on the bond, {_about(facts['practice_net_gain_gbp'])} net; "
        f"taking the share leaves them better off in {better}."
    )


def _saving(bond: BondEstimates) -> str:
    saving = bond.saving_needed.share_of_demand
    if saving is None:
        return f"On average the practices' part of the bond is {bond.saving_needed.words}."
    return (
        f"{bond.cluster} would have to save {_per_cent(saving)} of its patients' care, every year, before "
        "its practices gain anything on average."
    )


def _about(estimate: Estimate) -> str:
    """Return an amount with the ends of its interval, in digits that these allow."""
    size = max(abs(estimate.value), abs(estimate.low), abs(estimate.high))
    unit, suffix = next((pair for pair in _UNITS if size >= pair[0]), _UNITS[-1])
    decimals = _decimals(estimate, unit)
    value, low, high = (
        _money(end / unit, decimals, suffix) for end in (estimate.value, estimate.low, estimate.high)
    )
    return f"about {value}" if low == value == high else f"about {value} (between {low} and {high})"


def _money(amount: float, decimals: int, suffix: str) -> str:
    rounded = round(amount, decimals)
    return f"{'-' if rounded < 0 else ''}£{abs(rounded):,.{max(decimals, 0)}f}{suffix}"


def _per_cent(estimate: Estimate) -> str:
    decimals = _decimals(estimate, 0.01)
    value, low, high = (f"{100 * end:.{decimals}f}%" for end in (estimate.value, estimate.low, estimate.high))
    return f"about {value} (between {low} and {high})"


def _decimals(estimate: Estimate, unit: float) -> int:
    """Return decimals that the error allows, for three digits at most: more are not heard."""
    digits_before = math.floor(math.log10(max(abs(estimate.value) / unit, 1.0))) + 1
    half = estimate.half_width / unit
    allowed = decimals_for(half) if half > 0 else _MOST_DIGITS
    return max(min(allowed, _MOST_DIGITS - digits_before), 0)


def _in_hundred(estimate: Estimate) -> str:
    """Return a probability as a number of contracts out of a hundred."""
    if estimate.value in (0, 1):
        return "no simulated contract" if estimate.value == 0 else "every simulated contract"
    if not 0.01 <= estimate.value < 0.995:
        return "fewer than 1 contract in 100" if estimate.value < 0.5 else "more than 99 contracts in 100"
    value, low, high = (round(100 * end) for end in (estimate.value, estimate.low, estimate.high))
    near = f"between {low} and {high}" if low < high else "or very near"
    return f"{value} {'contract' if value == 1 else 'contracts'} in 100 ({near})"
