"""The printed report of `luck`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simulator.answers.columns import ERRORS_NOTE, Column, money_column, probability_column
from simulator.answers.printer import Printer
from simulator.questions.luck.answer import LuckAnswer, LuckRow, answers_for_something
from simulator.questions.luck.estimates import (
    EARNED,
    LUCK_SHARE,
    PAID,
    SHARE,
    SHARE_PER_HEAD,
    SHARE_PER_YEAR,
    UNPAID,
    change_of,
)
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate


def print_luck(answer: LuckAnswer, printer: Printer) -> None:
    """Print what is paid for luck, what true savings are paid, and what rules would change."""
    title = answer.scenario.settings.title
    printer.line(f"{title}: {answer.contracts:,} simulated contracts, seed {answer.seed}")
    printer.line()
    _print_clusters(answer, printer)
    _print_savings(answer, printer)
    _print_policies(answer, printer)
    for sentence in answer.sentences():
        printer.line(sentence)
    _print_notes(answer, printer)


def _print_clusters(answer: LuckAnswer, printer: Printer) -> None:
    rows = [answer.row(cluster=name) for name in answer.names]
    # The PCT's name would claim those that are left out.
    last = ALL_CLUSTERS if answer.is_whole else answer.all_together
    clusters = Column("cluster", (*answer.names[:-1], last), left=True)
    columns = [
        clusters,
        Column("people", tuple(f"{row.people:,.0f}" for row in rows)),
        money_column("paid for luck a year", _of(rows, SHARE_PER_YEAR)),
        money_column("paid for luck in all", _of(rows, SHARE)),
        money_column("paid for luck a head", _of(rows, SHARE_PER_HEAD)),
        probability_column("paid something", _of(rows, PAID)),
    ]
    printer.text_table("What would practices be paid if no cluster truly saved anything?", columns)
    columns = [clusters]
    for saving in answer.true_savings:
        rows = [answer.row(saving=saving, cluster=name) for name in answer.names]
        columns.append(probability_column(f"saving {100 * saving:g}%", _of(rows, UNPAID)))
    printer.text_table("How likely is a true saving to go unpaid over the whole contract?", columns)


def _print_savings(answer: LuckAnswer, printer: Printer) -> None:
    rows = [answer.row(saving=saving) for saving in answer.true_savings]
    columns = [
        Column("true saving", tuple(f"{100 * saving:g}%" for saving in answer.true_savings)),
        money_column("practice share in all", _of(rows, SHARE)),
        money_column("earned by the saving", _of(rows, EARNED)),
        probability_column("luck, of the share", _of(rows, LUCK_SHARE)),
    ]
    title = f"How much of the practice share is earned? {answer.all_together.capitalize()}"
    printer.text_table(title, columns, rows_apart=0)


def _print_policies(answer: LuckAnswer, printer: Printer) -> None:
    names = answer.policy_names
    luck = [answer.row(name) for name in names]
    saved = [answer.row(name, answer.policy_saving) for name in names]
    saving = f"{100 * answer.policy_saving:g}%"
    columns = [
        Column("rules", names, left=True),
        money_column("paid for luck", _of(luck, SHARE)),
        money_column("change", _of(luck, change_of(SHARE))),
        probability_column("paid for nothing", _of(luck, PAID)),
        _points_column(_of(luck, change_of(PAID))),
        probability_column(f"saving of {saving} unpaid", _of(saved, UNPAID)),
        _points_column(_of(saved, change_of(UNPAID))),
        money_column(f"earned by {saving}", _of(saved, EARNED)),
        money_column("change", _of(saved, change_of(EARNED))),
    ]
    whose = answer.all_together.capitalize()
    title = f"What would other rules change? {whose}; changes from the scenario as it is"
    printer.text_table(title, columns, rows_apart=0)


def _print_notes(answer: LuckAnswer, printer: Printer) -> None:
    clusters = answer.scenario.settings.clusters
    whose = answer.all_together
    odds = f"Probabilities of {whose}"
    notes = [
        f"{ERRORS_NOTE} Everything shares the same draws of chance, so a change has a smaller error than "
        "if each had draws of its own.",
        "Luck: what is paid while no cluster truly saves anything, by chance or because budgets turn out "
        "loose. A true saving: the same share of every cluster's demand, in every year; the scenario's own "
        f"play no part. {odds} are of a cluster, on average.",
        "The sizes of the other rules are assumptions, to be set by options; a limit per case also takes the "
        "excess out of budgets, for the PCT to pay.",
    ]
    sharing = [one for one in clusters if one.takes_share]
    for why, left_out in (
        ("taking no practice share", [one.name for one in clusters if not one.takes_share]),
        ("answering for nothing", [one.name for one in sharing if not answers_for_something(one)]),
    ):
        if left_out:
            notes.append(f"Left out, for {why}: {', '.join(left_out)}.")
    for note in notes:
        printer.line(note)


def _points_column(changes: Sequence[Estimate | None]) -> Column:
    """Return a column of changes of probabilities, in percentage points."""
    return replace(probability_column("change", changes), heading="change, points")


def _of(rows: Sequence[LuckRow], measure: str) -> list[Estimate | None]:
    return [row.estimates.get(measure) for row in rows]
