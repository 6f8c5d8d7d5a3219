"""The printed report of a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from simulator.answers.columns import ERRORS_NOTE, Column, measure_column, money_column
from simulator.answers.printer import Printer
from simulator.answers.rule_notes import rule_notes, scheme_notes
from simulator.records import Account
from simulator.risk.account_book import account_books
from simulator.risk.build_up import pct_build_up
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import loss, money, per_cent, signed_money
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.simulation.result import Result

_Kind = TypeVar("_Kind", bound=Rule)


def print_run(result: Result, printer: Printer) -> None:
    """Print the results of a run, by cluster and for all together."""
    settings = result.scenario.settings
    printer.line(f"{settings.title}: {result.contracts:,} simulated contracts, seed {result.seed}")
    for override in result.scenario.overrides:
        printer.line(f"  with {override}")
    if settings.question:
        printer.line(settings.question)
    printer.line()
    _print_budgets(result, printer)
    years = [f"overspend_probability_year_{number}" for number in range(1, len(result.years) + 1)]
    risk = ("overspend_probability", "large_overspend_probability", "expected_overspend_gbp")
    _print(result, printer, "How likely is an overspend, and how large?", (*years, *risk))
    leaving = [f"leaves_probability_year_{number}" for number in range(1, len(result.years))]
    if any(rule.when_exhausted == "leaves" for rule in _rules(result, Bond)):
        _print(result, printer, "Who leaves, and when?", (*leaving, "leaves_probability"))
    if _rules(result, Bond):
        _print_bonds(result, printer)
    surplus = (
        "practice_share_gbp_per_year",
        "practice_share_gbp",
        "practice_share_gbp_per_head",
        "pct_return_gbp",
        "reinvestment_gbp",
    )
    if _rules(result, SurplusSplit):
        _print(result, printer, "Who may expect what of surpluses?", surplus)
    positions = [
        "practice_net_gain_gbp",
        "practice_net_gain_1_in_20_gbp",
        "practice_better_off_probability",
        *_of_other_parties(result),
        "pct_net_position_gbp",
        "pct_net_position_1_in_20_gbp",
    ]
    _print(result, printer, "Who gains and who loses over the whole contract?", positions)
    for sentence in _of_the_pct(result):
        printer.line(sentence)
    printer.line()
    for note in _notes(result):
        printer.line(note)


def _print(result: Result, printer: Printer, title: str, names: list[str] | tuple[str, ...]) -> None:
    """Print measures by cluster, and for all together."""
    clusters = Column("cluster", tuple(row.name for row in result.rows), left=True)
    columns = [measure_column(name, _estimates(result, name), result.years) for name in names]
    printer.text_table(title, [clusters, *columns])


def _print_budgets(result: Result, printer: Printer) -> None:
    together, years = result.rows[-1].estimates, range(1, len(result.years) + 1)
    periods = ("budget_gbp", "spend_gbp", "budget_less_spend_gbp")
    whole = ("whole contract",) if len(years) > 1 else ()
    columns = [Column("all clusters together", (*result.years, *whole), left=True)]
    for name, heading in zip(periods, ("budget", "expected spend", "budget less spend"), strict=True):
        by_year = [together.get(f"{name}_year_{year}") for year in years]
        columns.append(money_column(heading, [*by_year, *([together[name]] if whole else [])]))
    printer.text_table("Do budgets keep up with expected spend?", columns, rows_apart=len(whole))
    clusters = Column("cluster", tuple(row.name for row in result.rows), left=True)
    people = Column("people", tuple(f"{row.people:,.0f}" for row in result.rows))
    names = ("annual_budget_gbp", *(f"budget_less_spend_gbp_year_{year}" for year in years))
    shown = [measure_column(name, _estimates(result, name), result.years) for name in names]
    printer.text_table("By cluster", [clusters, people, *shown])
    everyone = result.plan.population.pct_people
    if everyone > result.rows[-1].people:
        printer.line(
            f"The whole PCT has {everyone:,.0f} people; {everyone - result.rows[-1].people:,.0f} of them are "
            "in no cluster, and in none of these numbers."
        )
        printer.line()


def _print_bonds(result: Result, printer: Printer) -> None:
    """Print each cluster's bond; then all of them, and the one bond that they could share."""
    names = ("bond_posted_gbp", "bond_covers_probability", "bond_needed_gbp", "expected_bond_draw_gbp")
    together = result.rows[-1].estimates
    shared = {
        "bond_posted_gbp": together["bond_posted_gbp"],
        "bond_covers_probability": together.get("shared_bond_covers_probability"),
        "bond_needed_gbp": together.get("shared_bond_needed_gbp"),
    }
    rows = [*(row.name for row in result.rows[:-1]), "All, each its own bond", "All, one shared bond"]
    columns = [measure_column(name, [*_estimates(result, name), shared.get(name)]) for name in names]
    printer.text_table(
        "Is the bond big enough for the whole contract?",
        [Column("cluster", tuple(rows), left=True), *columns],
        rows_apart=2,
    )


def _of_other_parties(result: Result) -> list[str]:
    """Return the measures of parties that some rule pays or asks to pay."""
    flows = result.contract_outcomes.flows.values()
    parties = {account for flow in flows for account in (flow.payer, flow.payee)}
    named = {Account.PARTNER: "partner_net_gain_gbp", Account.LENDER: "lender_income_gbp"}
    return [measure for account, measure in named.items() if account in parties]


def _of_the_pct(result: Result) -> Iterator[str]:
    """Yield the PCT's position, how it comes about, and how bad a bad contract is."""
    pct = result.rows[-1].estimates
    book = account_books(result.contract_outcomes, result.plan.terms)[-1]
    build_up = pct_build_up(book)
    parts = ", ".join(f"{words} {signed_money(one)}" for words, one in build_up.parts)
    yield f"The PCT's net position: {parts}; in all {signed_money(build_up.total)}."
    bad, worst = pct.get("pct_net_position_1_in_20_gbp"), pct.get("pct_net_position_1_in_100_gbp")
    beyond = pct.get("pct_net_position_beyond_1_in_20_gbp")
    if bad and beyond:
        hundred = f"; in one in a hundred {loss(worst)}" if worst else ""
        yield (
            f"In one contract in twenty the PCT {loss(bad)} or worse, {signed_money(beyond)} on average of "
            f"those{hundred} or worse."
        )
    yield (
        f"It pays {money(pct['pct_payment_gbp'])} for overspends on average, "
        f"{money(pct['pct_payment_median_gbp'])} in the middle contract of all, and more than "
        f"{money(pct['pct_payment_1_in_20_gbp'])} in one contract in twenty."
    )
    if _rules(result, Pool):
        yield (
            f"The pool pays {money(pct['pool_payment_gbp'])} for overspends and ends at "
            f"{money(pct['pool_balance_gbp'])}. Pool and bonds leave no overspend to the PCT with "
            f"probability {per_cent(pct['pool_and_bonds_cover_probability'])}."
        )
    if len(result.rows) > 2:
        yield (
            "Some cluster overspends in some year with probability "
            f"{per_cent(pct['some_cluster_overspends_probability'])}."
        )


def _notes(result: Result) -> Iterator[str]:
    yield f"{ERRORS_NOTE} Sources and assumptions are marked in its file."
    yield (
        "Overspends of a contract are the sum of its years' overspends; its chance of an overspend in all is "
        "that its total spend exceeds its total budget. All clusters together: chances are of their net "
        "total, expected overspends add up every cluster's."
    )
    yield (
        "Net gain: all that comes to a party less all that it pays. Better off: a net gain above nothing. 1 "
        "in 20: only one contract in twenty is worse. "
        "The PCT's net position: what it planned for the care of the clusters' people (expected spend at the "
        "scenario's own growth, before true savings) less all that this care costs it."
    )
    yield from rule_notes(result.scenario.settings.rules)
    yield from scheme_notes(result.scenario)
    savers = [cluster for cluster in result.scenario.settings.clusters if cluster.true_saving_share]
    if _rules(result, SurplusSplit) and result.plan.terms.takes_share.any() and not savers:
        yield "No cluster truly saves anything here: every practice share above is luck."


def _rules(result: Result, kind: type[_Kind]) -> list[_Kind]:
    return [rule for rule in result.scenario.settings.rules if isinstance(rule, kind)]


def _estimates(result: Result, name: str) -> list[Estimate | None]:
    return [row.estimates.get(name) for row in result.rows]
