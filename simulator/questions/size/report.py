"""The printed report of `size`."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.columns import ERRORS_NOTE, Column, money_column, probability_column
from simulator.answers.terminal import Printer
from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.questions.size.answer import (
    BEYOND_SHARES,
    BOND,
    BOND_PER_HEAD,
    CHANCE_SD,
    SD,
    SHARE,
    SHARE_PER_HEAD,
    Sizes,
    overspend_column,
)
from simulator.risk.estimate import Estimate


def print_sizes(sizes: Sizes, printer: Printer) -> None:
    """Print the risk by size, what pooling does, and what it says."""
    printer.line(
        f"{sizes.scenario.settings.title}: {sizes.contracts:,} simulated contracts, seed {sizes.seed}"
    )
    printer.line()
    people = Column("people", tuple(f"{row.people:,.0f}" for row in sizes.rows))
    years = [span for span in sizes.rows[0].by_span if span != WHOLE_CONTRACT]
    for span in (*years[1:][-1:], WHOLE_CONTRACT):
        columns = [
            probability_column(_above(share), _column(sizes, span, overspend_column(share)))
            for share in BEYOND_SHARES
        ]
        columns.append(probability_column("SD of outturn, of budget", _column(sizes, span, SD)))
        when = "over the whole contract" if span == WHOLE_CONTRACT else f"in {span}"
        printer.table(f"How likely is an overspend {when}, by size?", [people, *columns], rows_apart=0)
    columns = [
        probability_column("SD by chance alone, of budget", _column(sizes, WHOLE_CONTRACT, CHANCE_SD)),
        money_column("bond (95%)", _column(sizes, WHOLE_CONTRACT, BOND)),
        money_column("bond per head", _column(sizes, WHOLE_CONTRACT, BOND_PER_HEAD)),
        money_column("practice share by luck", _column(sizes, WHOLE_CONTRACT, SHARE)),
        money_column("practice share by luck per head", _column(sizes, WHOLE_CONTRACT, SHARE_PER_HEAD)),
    ]
    printer.table("What does it cost over the whole contract?", [people, *columns], rows_apart=0)
    if len(sizes.pools) > 1:
        _print_pools(sizes, printer)
    for sentence in sizes.sentences():
        printer.line(sentence)
    _print_notes(printer)


def _print_pools(sizes: Sizes, printer: Printer) -> None:
    pools = sizes.pools
    columns = [
        Column("clusters", tuple(str(len(row.clusters)) for row in pools)),
        Column("with", tuple(row.clusters[-1] for row in pools), left=True),
        Column("people", tuple(f"{row.people:,.0f}" for row in pools)),
        money_column("one joint bond", [row.joint_bond_gbp for row in pools]),
        money_column("separate bonds", [row.separate_bonds_gbp for row in pools]),
        probability_column("saved", [row.saved_share for row in pools]),
        probability_column("SD of net outturn, of budget", [row.outturn_sd_share for row in pools]),
    ]
    title = "What does pooling cure? The scenario's own clusters under one bond, the largest first"
    printer.table(title, columns, rows_apart=0)


def _print_notes(printer: Printer) -> None:
    notes = [
        f"{ERRORS_NOTE} All sizes share the same chances, so that the curve is smooth: errors of "
        "neighbouring sizes go together.",
        "Sizes are of one cluster with the need per head of the whole PCT and no true saving: its practice "
        "share comes from luck and from how budgets are set. SD: standard deviation, the usual distance from "
        "expectation. The joint bond is for net overspends, before any corridor.",
    ]
    for note in notes:
        printer.line(note)


def _above(share: float) -> str:
    return f"above {share:.0%} of budget" if share else "any overspend"


def _column(sizes: Sizes, span: str, name: str) -> Sequence[Estimate]:
    return [row.by_span[span][name] for row in sizes.rows]
