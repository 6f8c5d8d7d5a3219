"""A document as a PDF for print."""

from __future__ import annotations

import io
import json
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count, pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
import typst

from simulator.charts.house_font import FONTS
from simulator.documents.blocks import (
    Block,
    Document,
    Heading,
    Items,
    Paragraph,
    Picture,
    Styled,
    TableBlock,
    text_of,
)
from simulator.documents.print_letters import in_print

_HERE = Path(__file__).parent
_ACCESSIBLE: Literal["ua-1"] = "ua-1"
"""PDF/UA-1: the typesetter refuses a document without title, language, order of headings or alt texts."""


_LOOSENESS = (1.0, 0.97, 0.93, 0.9, 0.86, 1.05, 1.1)
"""How far apart things may stand, the usual first."""
_FILLED, _FOOT = 0.75, 0.93
"""How far down every page is filled, and where its foot begins."""
_LAST_COUNTS = 1.5
"""How many times as full the last page counts: it ends where the words do, but is half a page at least."""
_LOOKED_AT = "looked_at.json"
"""What the typesetter reads where pages are only looked at."""
_SEEN_PPI, _INK = 12, 0.9
"""How finely pages are looked at for that, and what is no paper."""
_CELL = re.compile(rb"<</Type/StructElem/S/TD/P (?P<row>\d+ 0 R)/A\[<</O/Table(?P<heads>/Headers\[.*?\])>>")
"""A cell in the typesetter's tags: which row it is in, and which headings it has."""


def write_pdf(document: Document, path: Path) -> None:
    """Write a document as PDF, typeset for print by Typst: tagged, with its title and language."""
    with tempfile.TemporaryDirectory() as folder:
        source = lay_out(document, Path(folder))
        made: Any = typesetter(source, _fonts_of(document)).compile(format="pdf", pdf_standards=[_ACCESSIBLE])
    path.write_bytes(with_row_headings(made))


def _fonts_of(document: Document) -> list[Path]:
    """Return where the fonts are; the typesetter's own are there besides."""
    if not document.font:
        return [FONTS]
    from matplotlib.font_manager import findfont

    return [FONTS, Path(findfont(document.font)).parent]


def typesetter(source: Path, fonts: Sequence[Path] = (FONTS,)) -> typst.Compiler:
    """Return what sets a document: things stand as close or far apart as leaves no page nearly empty."""
    best, most = _LOOSENESS[0], -1.0
    _tell_heights(source, fonts)
    for looseness in _LOOSENESS:
        how = {"part": "annex", "document": _LOOKED_AT}
        filled = _least_filled(_compiler(source, fonts, looseness, how))
        if filled > most:
            best, most = looseness, filled
        if filled >= _FILLED:
            break
    return _compiler(source, fonts, best)


def _compiler(
    source: Path, fonts: Sequence[Path], looseness: float, how: Mapping[str, str] = MappingProxyType({})
) -> typst.Compiler:
    # The house's font and the typesetter's own alone: the same pages on every machine.
    inputs = {"looseness": f"{looseness}", **how}
    return typst.Compiler(source, ignore_system_fonts=True, font_paths=list(fonts), sys_inputs=inputs)


def _tell_heights(source: Path, fonts: Sequence[Path]) -> None:
    """Write the document once more with how high the rows of its tables are, whose cells are set once alone.

    Most of what the typesetter does is to set cells, and rows are as high however far apart things stand.
    """
    told = json.loads(_compiler(source, fonts, 1.0, {"part": "rows"}).query("<row>", field="value"))
    tops: list[list[float]] = []
    for row, top in told:
        if row == 0:
            tops.append([])
        tops[-1].append(top)
    document = json.loads((source.parent / "document.json").read_text(encoding="utf-8"))
    rows = iter(tops)
    for at, section in enumerate(document["sections"]):
        if at < document["opens_with"] or not section["one_page"]:
            for table in (block for block in section["blocks"] if block["kind"] == "table"):
                table["heights"] = [below - above for above, below in pairwise(next(rows))]
    (source.parent / _LOOKED_AT).write_text(json.dumps(document), encoding="utf-8")


def _least_filled(compiler: typst.Compiler) -> float:
    """Return how far down the emptiest page between the cover and the last is filled."""
    import matplotlib.image as mpimg

    pages: Any = compiler.compile(format="png", ppi=_SEEN_PPI)
    filled = []
    for page in pages if isinstance(pages, list) else [pages]:
        rows = np.any(mpimg.imread(io.BytesIO(page))[..., :3] < _INK, axis=(1, 2))
        filled.append(rows[: int(_FOOT * len(rows))].nonzero()[0].max(initial=0) / len(rows))
    _, *middle, last = (1.0, *filled) if len(filled) == 1 else filled
    return float(min(*middle, _LAST_COUNTS * last, 1.0))


def with_row_headings(pdf: bytes) -> bytes:
    """Return a PDF whose tables have their first cells tagged as the headings of their rows.

    The typesetter can tag these only where a switch of its command line is on, which its library lacks. What
    is written in place of its tags is as long, so that all else of the file stays where it is.
    """
    rows: set[bytes] = set()

    def tagged(found: re.Match[bytes]) -> bytes:
        # Whoever lists the headings of a cell hides that a row has one: the scopes of headings tell both.
        cell, length = found.group(), len(found["heads"])
        is_first = found["row"] not in rows
        rows.add(found["row"])
        cell = cell.replace(found["heads"], (b"/Scope/Row" * is_first).ljust(length))
        return cell.replace(b"/S/TD", b"/S/TH") if is_first else cell

    return _CELL.sub(tagged, pdf)


def lay_out(document: Document, folder: Path) -> Path:
    """Write what the typesetter reads; return the file to typeset."""
    pictures = (folder / f"{number}.svg" for number in count(1))
    sections: list[dict[str, object]] = []
    for section in document.sections:
        blocks = [one for block in section.blocks for one in _plain(block, pictures)]
        sections.append({"one_page": section.one_page, "blocks": blocks})
    # Words reach the typesetter as JSON and never as markup, so that no name can be taken for a command.
    names = {
        "title": document.title,
        "subtitle": document.subtitle,
        "language": document.language,
        "running_title": document.running_title,
        "organisation": document.said.organisation or "",
        "cover": document.cover,
        "colours": dict(document.theme.colours),
        "font": document.theme.font_family,
        "logo": "logo.png" * bool(document.theme.logo),
        "sections": sections,
        "opens_with": document.opens_with,
    }
    (folder / "logo.png").write_bytes(document.theme.logo)
    words = in_print(json.dumps(names, ensure_ascii=False))
    (folder / "document.json").write_text(words, encoding="utf-8")
    return Path(shutil.copyfile(_HERE / "document.typ", folder / "document.typ"))


def _drawn(table: TableBlock) -> dict[str, Any]:
    """Return a table that fits between the margins: a cell is words, or the parts of a number."""
    columns: list[Sequence[str | dict[str, str]]] = []
    for at, cells in enumerate(zip(*table.texts, strict=True)):
        columns.append(table.figures(at) if at and table.is_numeric(at) else cells)
    return {
        "kind": "table",
        "caption": table.table.title,
        "headings": table.headings,
        "rows": list(zip(*columns, strict=True)),
        "numeric": [table.is_numeric(column) for column in range(len(table.headings))],
        "widths": table.widths,
        "total_last": bool(table.table.rows_apart),
    }


def _words(paragraph: Paragraph) -> list[dict[str, Any]]:
    """Return a paragraph's words, with how each of them looks."""
    return [asdict(part if isinstance(part, Styled) else Styled(text_of(part))) for part in paragraph.parts]


def _plain(block: Block, pictures: Iterator[Path]) -> Iterator[dict[str, Any]]:
    """Yield a block as the template reads it; a wide table as several."""
    match block:
        case Heading():
            yield {"kind": "heading", "level": block.level, "text": block.text}
        case Paragraph():
            yield {"kind": "paragraph", "parts": _words(block)}
        case Items():
            items = [_words(paragraph) for paragraph in block.paragraphs]
            yield {"kind": "items", "items": items, "numbered": block.numbered}
        case TableBlock():
            yield from map(_drawn, block.narrow())
        case Picture():
            picture = next(pictures)
            picture.write_bytes(block.picture("outlines"))
            yield {"kind": "figure", "file": picture.name, "alt": block.chart.alt, "caption": block.caption}
