"""Options compared: what each party has under each regime, in a section of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from simulator.answers.table import Cell, Table
from simulator.charts.regimes import regimes as draw
from simulator.charts.study import Study
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Picture, Quoted, Section, TableBlock
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.scenario.regimes import Regime


def options_compared(
    study: Study, regimes: Sequence[str | Path | Regime]
) -> tuple[Section, tuple[Quoted, ...]]:
    """Return the section, and every number in it with where it is found."""
    found = replace(study.regimes(regimes), rows=(ALL_CLUSTERS,))
    tables = [_quoted(table) for table in (found.by_party(ALL_CLUSTERS), found.changes(ALL_CLUSTERS))]
    questions = [f"{name}: {one.question or 'no question given.'}" for name, one in found.with_regimes]
    blocks: list[Block] = [
        Heading(1, "Options compared"),
        Paragraph((" ".join(found.sentences()),)),
        Items(tuple(questions)),
        *(TableBlock(replace(table, in_files_only=False)) for table in tables),
        Paragraph((" ".join(found.meanings),)),
        Picture(
            "What practices, patients and the PCT may expect under each regime", draw(study, compare=regimes)
        ),
    ]
    return Section(tuple(blocks)), tuple(one for table in tables for one in _numbers(table))


def _quoted(table: Table) -> Table:
    """Return a table whose estimates know where they are found."""
    rows = table.columns[0].cells

    def cell(at: int, measure: str, one: Cell, unit: object) -> Cell:
        if not isinstance(one, Estimate):
            return one
        return Quoted(
            one.value,
            one.low,
            one.high,
            one.standard_error,
            one.is_rough,
            unit=unit,  # type: ignore[arg-type]
            table=table.name,
            row=str(rows[at]),
            measure=measure,
        )

    columns = (
        replace(
            column,
            cells=tuple(
                cell(at, column.name, one, column.unit_at(at)) for at, one in enumerate(column.cells)
            ),
        )
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def _numbers(table: Table) -> Iterator[Quoted]:
    return (cell for column in table.columns for cell in column.cells if isinstance(cell, Quoted))
