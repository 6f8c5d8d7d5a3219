"""The printed report of `luck`."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.questions.luck_answer import LuckAnswer, LuckRow
from simulator.questions.luck_estimates import (
    EARNED,
    LUCK_SHARE,
    PAID,
    SHARE,
    SHARE_PER_HEAD,
    SHARE_PER_YEAR,
    UNPAID,
    change_of,
)
from simulator.reports.columns import Column, money_column, probability_column
from simulator.reports.terminal import Printer
from simulator.risk.estimate import Estimate


def print_luck(answer: LuckAnswer, printer: Printer) -> None:
    """Print what is paid for luck, what true savings are paid, and what rules would change.

    Parameters
    ----------
    answer : LuckAnswer
        What was found.
    printer : Printer
        Where to.
    """
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
    columns = [
        Column("cluster", answer.names, left=True),
        Column("people", tuple(f"{row.people:,.0f}" for row in rows)),
        money_column("paid for luck a year", _of(rows, SHARE_PER_YEAR)),
        money_column("paid for luck in all", _of(rows, SHARE)),
        money_column("paid for luck a head", _of(rows, SHARE_PER_HEAD)),
        probability_column("paid something", _of(rows, PAID)),
    ]
    printer.table("What would practices be paid if no cluster truly saved anything?", columns)
    columns = [Column("cluster", answer.names, left=True)]
    for saving in answer.true_savings:
        rows = [answer.row(saving=saving, cluster=name) for name in answer.names]
        columns.append(probability_column(f"saving {100 * saving:g}%", _of(rows, UNPAID)))
    printer.table("How likely is a true saving to go unpaid over the whole contract?", columns)


def _print_savings(answer: LuckAnswer, printer: Printer) -> None:
    rows = [answer.row(saving=saving) for saving in answer.true_savings]
    columns = [
        Column("true saving", tuple(f"{100 * saving:g}%" for saving in answer.true_savings)),
        money_column("practice share in all", _of(rows, SHARE)),
        money_column("earned by the saving", _of(rows, EARNED)),
        probability_column("luck, of the share", _of(rows, LUCK_SHARE)),
    ]
    title = "How much of the practice share is earned? All clusters together"
    printer.table(title, columns, last_row_apart=False)


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
        probability_column("change", _of(luck, change_of(PAID))),
        probability_column(f"saving of {saving} unpaid", _of(saved, UNPAID)),
        probability_column("change", _of(saved, change_of(UNPAID))),
        money_column(f"earned by {saving}", _of(saved, EARNED)),
        money_column("change", _of(saved, change_of(EARNED))),
    ]
    title = "What would other rules change? All clusters together; changes from the scenario as it is"
    printer.table(title, columns, last_row_apart=False)


def _print_notes(answer: LuckAnswer, printer: Printer) -> None:
    clusters = answer.scenario.settings.clusters
    notes = [
        "Each ± is half of a 95% interval of sampling error; it does not cover doubt about the scenario's "
        "figures. Everything shares the same simulated demand, so changes are known better than what they "
        "are changes of.",
        "Luck: what is paid while no cluster truly saves anything, by chance or because budgets turn out "
        "loose. A true saving: the same share of every cluster's demand, in every year; the scenario's own "
        "play no part. PCT: all clusters together; its probabilities are of a cluster, on average.",
        "The sizes of the other rules are assumptions, to be set by options; a limit per case also takes the "
        "excess out of budgets, for the PCT to pay.",
    ]
    if not all(cluster.takes_share for cluster in clusters):
        left_out = ", ".join(cluster.name for cluster in clusters if not cluster.takes_share)
        notes.append(f"Left out, for taking no practice share: {left_out}.")
    for note in notes:
        printer.line(note)


def _of(rows: Sequence[LuckRow], measure: str) -> list[Estimate | None]:
    return [row.estimates.get(measure) for row in rows]
