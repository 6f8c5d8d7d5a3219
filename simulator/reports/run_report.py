"""The printed report of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from simulator.reports.columns import Column, money_column, probability_column
from simulator.reports.terminal import Printer
from simulator.result import Result
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money, per_cent
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit

_Kind = TypeVar("_Kind", bound=Rule)
_TAKEN_FROM = {
    "top": "before the rest is split",
    "reinvestment": "out of the part for reinvestment",
    "pct_return": "out of the PCT's part",
}


def print_run(result: Result, printer: Printer) -> None:
    """Print the results of a run, by cluster and for the PCT.

    Parameters
    ----------
    result : Result
        What was simulated.
    printer : Printer
        Where to.
    """
    settings = result.scenario.settings
    printer.line(f"{settings.title}: {result.contracts:,} simulated contracts, seed {result.seed}")
    if settings.question:
        printer.line(settings.question)
    printer.line()
    people = Column("people", tuple(f"{row.people:,.0f}" for row in result.rows))
    names = Column("cluster", tuple(row.name for row in result.rows), left=True)
    years = [
        _probability(result, f"overspend_probability_year_{number}", label)
        for number, label in enumerate(result.years, start=1)
    ]
    risk = [
        _money(result, "annual_budget_gbp", "budget a year"),
        *years,
        _probability(result, "overspend_probability", "whole contract"),
        _probability(result, "large_overspend_probability", "by more than 2%"),
        _money(result, "expected_overspend_gbp", "expected overspend"),
    ]
    printer.table("How likely is an overspend, and how large?", [names, people, *risk])
    bond = [
        _money(result, "bond_posted_gbp", "bond posted"),
        _probability(result, "bond_covers_probability", "covers every overspend"),
        _money(result, "bond_needed_gbp", "bond needed at 95%"),
        _money(result, "expected_bond_draw_gbp", "expected draw"),
    ]
    printer.table("Is the bond big enough for the whole contract?", [names, *bond])
    surplus = [
        _money(result, "practice_share_gbp_per_year", "practice share a year"),
        _money(result, "practice_share_gbp", "practice share in all"),
        _money(result, "practice_share_gbp_per_head", "practice share a head"),
        _money(result, "pct_return_gbp", "PCT return in all"),
        _money(result, "reinvestment_gbp", "reinvestment in all"),
    ]
    if _rules(result, SurplusSplit):
        printer.table("Who may expect what of surpluses?", [names, *surplus])
    _print_pct(result, printer)
    _print_notes(result, printer)


def _print_pct(result: Result, printer: Printer) -> None:
    pct = result.rows[-1].estimates
    if not _rules(result, Pool):
        printer.line(f"Of overspends, {money(pct['pct_payment_gbp'])} falls on the PCT.")
        return
    printer.line(
        f"The pool pays {money(pct['pool_payment_gbp'])} for overspends and ends at "
        f"{money(pct['pool_balance_gbp'])}; {money(pct['pct_payment_gbp'])} falls on the PCT. "
        f"Pool and bonds pay every overspend with probability "
        f"{per_cent(pct['pool_and_bonds_cover_probability'])}."
    )


def _print_notes(result: Result, printer: Printer) -> None:
    notes = [
        "Each ± is the longer side of a 95% interval of sampling error; it does not cover doubt about the "
        "scenario's figures, whose sources and assumptions are marked in its file.",
        "Overspends of a contract are the sum of its years' overspends; the whole contract's chance is that "
        "its total spend exceeds its total budget.",
        "PCT: all clusters together. Its chances of overspend are of their net total. Its expected "
        "overspend, and the bond it needs, add up every cluster's overspends: one bond that all would share. "
        "The bonds cover where every cluster's own does, which takes more than that bond split between them.",
    ]
    if _rules(result, SurplusSplit) and not result.plan.terms.takes_share.any():
        notes.append("No cluster takes the practice share, and so none posts a bond.")
    notes += [note for split in _rules(result, SurplusSplit) for note in _of_split(split)]
    notes += [
        f"Beyond {_percent(rule.width_share)} either side of the budget the PCT bears "
        f"{_percent(1 - rule.cluster_share_beyond)} of an overspend, and takes as much of a surplus; bonds "
        "need not cover that part."
        for rule in _rules(result, Corridor)
    ]
    notes += [
        f"Clusters answer for £{rule.limit_gbp:,.10g} of one case at most{_of_lines(rule)}; what the PCT "
        "pays beyond that is in none of these amounts."
        for rule in _rules(result, PerCaseLimit)
    ]
    if any(rule.when_exhausted == "leaves" for rule in _rules(result, Bond)):
        notes.append(
            "A cluster whose bond is used up leaves: later years count as no budget and no overspend, so the "
            "bond needed is too small for a cluster that means to stay."
        )
    savers = [cluster for cluster in result.scenario.settings.clusters if cluster.true_saving_share]
    if _rules(result, SurplusSplit) and result.plan.terms.takes_share.any() and not savers:
        notes.append("No cluster truly saves anything here: every practice share above is luck.")
    for note in notes:
        printer.line(note)


def _of_split(split: SurplusSplit) -> Iterator[str]:
    """Yield what a reader must know of the practice share."""
    taken = _TAKEN_FROM[split.practice_share_from]
    yield f"The practice share of {_percent(split.practice_share)} is taken {taken}."
    whole = split.settlement == "whole_contract"
    if whole:
        yield "It is of the contract's surpluses less its overspends, held until the last year and paid then."
    rate = split.minimum_savings_rate
    if rate is not None:
        period = "the contract's" if whole else "the year's"
        shared = "all of it" if rate.once_met == "first_pound" else "what lies beyond"
        yield (
            f"Practices share in a surplus only from {_percent(rate.share_of_budget)} of {period} budget on, "
            f"and then in {shared}."
        )


def _of_lines(rule: PerCaseLimit) -> str:
    if rule.service_lines is None:
        return ""
    return f" ({', '.join(line.replace('_', ' ') for line in rule.service_lines)})"


def _percent(share: float) -> str:
    return f"{100 * share:.6g}%"


def _rules(result: Result, kind: type[_Kind]) -> list[_Kind]:
    return [rule for rule in result.scenario.settings.rules if isinstance(rule, kind)]


def _estimates(result: Result, name: str) -> list[Estimate | None]:
    return [row.estimates.get(name) for row in result.rows]


def _money(result: Result, name: str, heading: str) -> Column:
    return money_column(heading, _estimates(result, name))


def _probability(result: Result, name: str, heading: str) -> Column:
    return probability_column(heading, _estimates(result, name))
