"""A document as PDF, typeset for print by Typst: tagged, with its title and language."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from simulator.documents.blocks import (
    LANGUAGE,
    Block,
    Document,
    Heading,
    Items,
    Paragraph,
    Picture,
    TableBlock,
    text_of,
)

_TEMPLATE = Path(__file__).with_name("document.typ")
_ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: the typesetter refuses a document without title, language, order of headings or alt texts."""


def write_pdf(document: Document, path: Path) -> None:
    """Write a document as PDF.

    Words reach the typesetter as JSON and never as markup, so that no name can be taken for a command.
    """
    import typst

    with tempfile.TemporaryDirectory() as folder:
        source = lay_out(document, Path(folder))
        # The typesetter's own fonts only: the same pages on every machine.
        typst.compile(source, output=path, ignore_system_fonts=True, pdf_standards=[_ACCESSIBLE])


def lay_out(document: Document, folder: Path) -> Path:
    """Write what the typesetter reads."""
    pictures = (folder / f"{number}.svg" for number in range(1, 10_000))
    sections = [
        {
            "one_page": section.one_page,
            "blocks": [one for block in section.blocks for one in _plain(block, pictures)],
        }
        for section in document.sections
    ]
    language, _, region = LANGUAGE.partition("-")
    data = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": language,
        "region": region,
        "sections": sections,
    }
    (folder / "document.json").write_text(json.dumps(data), encoding="utf-8")
    source = folder / _TEMPLATE.name
    source.write_bytes(_TEMPLATE.read_bytes())
    return source


def _plain(block: Block, pictures: Iterator[Path]) -> Iterator[dict[str, Any]]:
    """Yield a block as the template reads it; a wide table as several."""
    match block:
        case Heading():
            yield {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            yield {"kind": "paragraph", "text": block.text}
        case Items():
            yield {"kind": "items", "items": block.items, "numbered": block.numbered}
        case TableBlock():
            yield from map(_plain_table, block.narrow())
        case Picture():
            picture = next(pictures)
            picture.write_bytes(block.picture("svg"))
            yield {"kind": "figure", "file": picture.name, "alt": block.chart.alt, "caption": block.caption}


def _plain_table(table: TableBlock) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": table.table.title,
        "headings": table.headings,
        "rows": [[text_of(cell) for cell in row] for row in table.rows],
        "numeric": [table.is_numeric(column) for column in range(len(table.headings))],
        "widths": table.widths,
        "total_last": bool(table.table.rows_apart),
    }
