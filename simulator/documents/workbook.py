"""A document as a workbook: its tables, the data of its charts, and terms that a reader may change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.answers.files import Workbook, new_workbook
from simulator.answers.number_forms import Formula, SheetCell
from simulator.documents.blocks import Document, Picture
from simulator.documents.chart_numbers import chart_table
from simulator.documents.own_terms import BANDS, Band, OwnTerms
from simulator.risk.estimate import Unit

ALL_NUMBERS, PROVENANCE = "all numbers", "provenance"
"""Sheets besides those of tables."""
INPUTS, EXPECTED, BY_BAND = "inputs", "your money", "your money by band"
"""Sheets that a reader works with."""
_TERMS = (
    ("practice_share", "Practice share of a surplus"),
    ("bond_share", "Bond, of a year's budget"),
    ("pct_return_share", "Part of a surplus that returns to the PCT"),
)
_KEPT = (
    *("Budget less spend", "Surpluses", "Surpluses that practices share in"),
    *("Overspends that reach the bond", "Budget of a year"),
)
_WORKED = ("Practice share", "Drawn from the bond", "Practices' net gain", "To the PCT", "To patient care")
_FIRST_ROW = 3
"""Of a table, below a caption and a head."""


def write_excel(document: Document, path: Path) -> None:
    """Write a document's tables as a workbook, one a sheet, each estimate with its 95% interval."""
    said = document.said
    with new_workbook(path, document.title, document.subtitle, said.organisation or "", said.date) as book:
        notes = [(what, words) for what, words in document.provenance if what == "intervals"]
        book.front(
            document.title,
            document.subtitle,
            document.cover,
            [(f"{what} in detail".capitalize(), words) for what, words in notes],
        )
        if document.terms is not None:
            _write_terms(book, document.terms)
        for block in document.tables:
            if block.table.name:
                book.table(block.table)
        pictures = (block for block in document.blocks if isinstance(block, Picture))
        for at, picture in enumerate(pictures, start=1):
            book.table(chart_table(picture.chart, f"figure {at}, {picture.chart.name}"))
        headings = ("Table", "Cluster", "Measure", "Unit", "Value", "Low", "High")
        numbers: Iterator[list[SheetCell]] = (
            [
                one.table,
                one.row,
                one.measure,
                str(one.unit),
                *((end, one.unit) for end in (one.value, one.low, one.high)),
            ]
            for one in document.numbers
        )
        book.sheet(ALL_NUMBERS, "Every number, with its 95% interval", headings, numbers)
        book.sheet(PROVENANCE, "Where the numbers come from", ("What", "Value"), document.provenance)


def _write_terms(book: Workbook, terms: OwnTerms) -> None:
    """Write what may be changed, what each cluster may then expect, and the contracts behind it."""
    values = (terms.practice_share, terms.bond_share, terms.pct_return_share)
    rows: Iterator[list[SheetCell]] = (
        [words, (value, Unit.SHARE), "as simulated; change it, and the next two sheets follow"]
        for (_, words), value in zip(_TERMS, values, strict=True)
    )
    caption = "Terms to change: a sketch, which leaves all other rules as they were simulated"
    book.sheet(INPUTS, caption, ("Term", "Value, %", "What it is"), rows, inputs=1)
    for at, (name, _) in enumerate(_TERMS, start=_FIRST_ROW):
        book.call(name, f"{INPUTS}!$B${at}")
    book.sheet(
        EXPECTED,
        "What each cluster may expect of the whole contract on the terms of the sheet inputs",
        ("Cluster", *(f"{words}, £" for words in _WORKED)),
        _expected(terms),
    )
    book.sheet(
        BY_BAND,
        f"Contracts in {BANDS} bands, from the worst for the budget to the best, on the terms of inputs",
        ("Cluster", "Band", "Of all contracts, %", *(f"{words}, £" for words in (*_KEPT, *_WORKED))),
        (
            [*_kept(band), *_worked(terms, band, row)]
            for row, band in enumerate(terms.bands, start=_FIRST_ROW)
        ),
    )


def _kept(band: Band) -> list[SheetCell]:
    amounts = (band.outturn_gbp, band.surplus_gbp, band.shared_gbp, band.claims_gbp, band.annual_budget_gbp)
    pounds = [(one, Unit.GBP) for one in amounts]
    return [band.cluster, (float(band.rank), Unit.NUMBER), (band.weight, Unit.SHARE), *pounds]


def money_of(terms: OwnTerms, band: Band) -> tuple[float, ...]:
    """Return what the formulas of a band come to on the terms as they were simulated, in pounds."""
    keeps = terms.bond_share > 0 or not terms.needs_bond
    practices = terms.practice_share * band.shared_gbp * keeps
    drawn = min(terms.bond_share * band.annual_budget_gbp, band.claims_gbp) * band.takes_share
    less = {"top": terms.pct_return_share, "reinvestment": 0.0, "pct_return": 1.0}[terms.share_from]
    pct = terms.pct_return_share * band.surplus_gbp - less * practices
    return practices, drawn, practices - drawn, pct, band.surplus_gbp - practices - pct


def _worked(terms: OwnTerms, band: Band, row: int) -> Iterator[Formula]:
    """Yield the formulas of a band: columns E to H hold what is kept of it, I to M what is worked out."""
    keeps = "*IF(bond_share>0,1,0)" if terms.needs_bond else ""
    less = {"top": "pct_return_share*", "reinvestment": "0*", "pct_return": ""}[terms.share_from]
    texts = (
        f"=practice_share*F{row}{keeps}",
        f"=MIN(bond_share*H{row},G{row})*{int(band.takes_share)}",
        f"=I{row}-J{row}",
        f"=pct_return_share*E{row}-{less}I{row}",
        f"=E{row}-I{row}-L{row}",
    )
    for text, value in zip(texts, money_of(terms, band), strict=True):
        yield Formula(text, value, Unit.GBP)


def _expected(terms: OwnTerms) -> Iterator[list[SheetCell]]:
    """Yield a row for each cluster: means over its bands."""
    for at in range(0, len(terms.bands), BANDS):
        bands = terms.bands[at : at + BANDS]
        first, last = at + _FIRST_ROW, at + _FIRST_ROW + BANDS - 1
        money = zip(*(money_of(terms, band) for band in bands), strict=True)
        row: list[SheetCell] = [bands[0].cluster]
        for letter, amounts in zip("IJKLM", money, strict=True):
            weights, values = (f"'{BY_BAND}'!{one}{first}:{one}{last}" for one in ("C", letter))
            value = sum(band.weight * amount for band, amount in zip(bands, amounts, strict=True))
            row.append(Formula(f"=SUMPRODUCT({weights},{values})", value, Unit.GBP))
        yield row
