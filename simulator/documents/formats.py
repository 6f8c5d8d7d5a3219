"""A document as a PDF for print."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any, Literal

import typst

from simulator.documents.blocks import Block, Document, Heading, Items, Paragraph, Picture, TableBlock
from simulator.documents.print_letters import in_print

_HERE = Path(__file__).parent
_ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: the typesetter refuses a document without title, language, order of headings or alt texts."""


def write_pdf(document: Document, path: Path) -> None:
    """Write a document as PDF, typeset for print by Typst: tagged, with its title and language."""
    with tempfile.TemporaryDirectory() as folder:
        source = lay_out(document, Path(folder))
        # The typesetter's own fonts only: the same pages on every machine.
        typst.compile(source, output=path, ignore_system_fonts=True, pdf_standards=[_ACCESSIBLE])


def lay_out(document: Document, folder: Path) -> Path:
    """Write what the typesetter reads; return the file to typeset."""
    pictures = (folder / f"{number}.svg" for number in count(1))
    sections: list[dict[str, object]] = []
    for section in document.sections:
        blocks = [one for block in section.blocks for one in _plain(block, pictures)]
        sections.append({"one_page": section.one_page, "blocks": blocks})
    # Words reach the typesetter as JSON and never as markup, so that no name can be taken for a command.
    names = {"title": document.title, "subtitle": document.subtitle, "language": document.language}
    words = in_print(json.dumps(names | {"sections": sections}, ensure_ascii=False))
    (folder / "document.json").write_text(words, encoding="utf-8")
    return Path(shutil.copyfile(_HERE / "document.typ", folder / "document.typ"))


def _plain(block: Block, pictures: Iterator[Path]) -> Iterator[dict[str, Any]]:
    """Yield a block as the template reads it; a wide table as several."""
    match block:
        case Heading():
            yield {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            yield {"kind": "paragraph", "text": block.text}
        case Items():
            yield {"kind": "items", "items": block.texts, "numbered": block.numbered}
        case TableBlock():
            for table in block.narrow():
                yield {
                    "kind": "table",
                    "caption": table.table.title,
                    "headings": table.headings,
                    "rows": table.texts,
                    "numeric": [table.is_numeric(column) for column in range(len(table.headings))],
                    "widths": table.widths,
                    "total_last": bool(table.table.rows_apart),
                }
        case Picture():
            picture = next(pictures)
            picture.write_bytes(block.picture("svg"))
            yield {"kind": "figure", "file": picture.name, "alt": block.chart.alt, "caption": block.caption}
