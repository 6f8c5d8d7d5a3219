"""The results of an annex: overspends, bonds, surpluses and luck, and the PCT's position."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.reports.document.answers import Answers
from simulator.reports.document.blocks import Block, Heading, Section, Table
from simulator.reports.document.in_brief import luck_sentence, pct_sentence
from simulator.reports.document.pictures import pictures
from simulator.reports.document.sentences import Paragraph, Part
from simulator.risk.account_book import PCT_ROW
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

Column = tuple[str, tuple[Part, ...]]


def table_of(
    name: str, caption: str, first: Column, columns: Sequence[Column], *, total_last: bool = True
) -> Table:
    """Return a table from its columns.

    Parameters
    ----------
    name, caption : str
        As for `Table`.
    first : tuple
        Heading and cells of the column that names the rows.
    columns : sequence of tuple
        Of the others.
    total_last : bool
        Whether the last row stands for all others.

    Returns
    -------
    Table
        With as many rows as `first` has.
    """
    every = [first, *columns]
    rows = tuple(zip(*(cells for _, cells in every), strict=True))
    return Table(name, caption, tuple(heading for heading, _ in every), rows, total_last)


def overspends(answers: Answers) -> Section:
    """Show how likely overspends are, and how large.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Section
        Two tables and a chart.
    """
    names: Column = ("Cluster", answers.rows)
    years = [
        answers.column(year, f"overspend_probability_year_{at}", answers.rows)
        for at, year in enumerate(answers.study.years, start=1)
    ]
    chances = [
        *(years if len(years) > 1 else []),
        answers.column("Any year", "overspend_any_year_probability", answers.rows),
        answers.column("Whole contract", "overspend_probability", answers.rows),
        answers.column("Large overspend", "large_overspend_probability", answers.rows),
    ]
    amounts = [
        answers.column("Budget", "budget_gbp", answers.rows),
        answers.column("Spend", "spend_gbp", answers.rows),
        answers.column("Expected overspend", "expected_overspend_gbp", answers.rows),
        answers.column("Expected surplus", "expected_surplus_gbp", answers.rows),
    ]
    meant = (
        "A year is overspent when its spend exceeds its budget; the whole contract when all its spend "
        "exceeds all its budget; an overspend of the whole contract is large if it is more than 2% of the "
        "budget. Expected overspends add up those of the years, and expected surpluses likewise; they are "
        "not set off against each other."
    )
    return Section(
        (
            Heading(1, "How likely is an overspend?"),
            Paragraph((meant,)),
            table_of("overspend chance", "Chance of an overspend, in per cent", names, chances),
            *pictures(answers, "overspend"),
            table_of(
                "overspend size", "Budget, spend, overspend and surplus of the whole contract", names, amounts
            ),
            *pictures(answers, "outturn"),
        )
    )


def bonds(answers: Answers) -> Section:
    """Show how big a bond must be, and what the posted one does.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Section
        A table, also where no bond is posted: what would be needed is worth knowing.
    """
    needed = [
        answers.column(f"Needed at {100 * one:.0f}%", f"bond_needed_{100 * one:.0f}_gbp", answers.rows)
        for one in answers.confidences
    ]
    posted = [
        answers.column("Posted", "bond_posted_gbp", answers.rows),
        answers.column("Covers every overspend", "bond_covers_probability", answers.rows),
        answers.column("Expected draw", "expected_bond_draw_gbp", answers.rows),
    ]
    said = "The scheme has no bond. The table shows what one would have to be."
    if answers.rules(Bond):
        said = "The table sets the bond that is posted against the bonds that would be needed."
    meant = (
        " A bond needed at 95% pays every overspend of the contract, without being made up again, with 95% "
        "probability. The PCT's row is a bond that all clusters would share."
    )
    columns = [*needed, *(posted if answers.rules(Bond) else [])]
    return Section(
        (
            Heading(1, "How big a bond?"),
            Paragraph((said + meant,)),
            table_of("bonds", "Bonds for the whole contract", ("Cluster", answers.rows), columns),
            *pictures(answers, "bond-cover"),
        )
    )


def surpluses(answers: Answers) -> Section:
    """Show who may expect what of surpluses, and how much of the practice share is luck.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Section
        One table, and another where some cluster truly saves.
    """
    names: Column = ("Cluster", answers.rows)
    columns = [
        answers.column("Practice share a year", "practice_share_gbp_per_year", answers.rows),
        answers.column("Practice share in all", "practice_share_gbp", answers.rows),
        answers.column("Practice share a head", "practice_share_gbp_per_head", answers.rows),
        answers.column("PCT return in all", "pct_return_gbp", answers.rows),
        answers.column("Reinvested in all", "reinvestment_gbp", answers.rows),
    ]
    blocks: list[Block] = [Heading(1, "Who gets what of surpluses, and what luck does")]
    if not answers.rules(SurplusSplit):
        blocks.append(Paragraph(("The scheme has no practice share: no rule divides a surplus.",)))
        return Section(tuple(blocks))
    blocks += [
        luck_sentence(answers),
        table_of("surpluses", "What may be expected of surpluses", names, columns),
    ]
    if answers.has_savers:
        luck = [
            answers.column("Luck", "luck_gbp", answers.rows),
            answers.column("True saving", "skill_gbp", answers.rows),
        ]
        blocks.append(
            table_of(
                "luck",
                "Practice share in all: what luck alone brings, and what true saving adds",
                names,
                luck,
            )
        )
    return Section((*blocks, *pictures(answers, "practice-share")))


def pct_position(answers: Answers) -> Section:
    """Show what is left with the PCT.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Section
        One table of amounts over the whole contract.
    """
    measures = [
        ("Overspends of all clusters", "expected_overspend_gbp", True),
        ("Drawn from bonds", "expected_bond_draw_gbp", bool(answers.rules(Bond))),
        ("Paid by the pool", "pool_payment_gbp", bool(answers.rules(Pool))),
        ("Falls on the PCT", "pct_payment_gbp", True),
        ("Returned to the PCT by clusters", "pct_return_gbp", bool(answers.rules(SurplusSplit))),
        ("Left in the pool at the end", "pool_balance_gbp", bool(answers.rules(Pool))),
    ]
    cells = [(label, answers.amount(PCT_ROW, measure)) for label, measure, holds in measures if holds]
    table = Table("PCT", "The PCT's position over the whole contract", ("Amount", "Expected"), tuple(cells))
    return Section(
        (Heading(1, "What is left with the PCT"), pct_sentence(answers), table, *pictures(answers, "pool"))
    )
