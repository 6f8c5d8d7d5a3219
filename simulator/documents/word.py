"""A document for Word: real headings and captions, tables that repeat their heads, words for pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

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

_ZIP_DATE = (2010, 7, 1, 0, 0, 0)
_PALE = "EEF2F5"


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field with what it shows until Word works it out."""
    from docx.oxml import OxmlElement

    field = OxmlElement("w:fldSimple")
    _set(field, "w:instr", instruction)
    run = paragraph.add_run(shown)
    field.append(run._r)  # noqa: SLF001 - fields have no other way in
    paragraph._p.append(field)  # noqa: SLF001


def set_row(row: Any, *, is_head: bool) -> None:
    """Keep a row on one page, and a head on every page."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way to either
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def set_borders(grid: Any) -> None:
    """Leave only fine lines between rows."""
    from docx.oxml import OxmlElement

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        _set(line, "w:val", "nil" if side in {"left", "right", "insideV"} else "single")
        _set(line, "w:sz", "4")
        _set(line, "w:color", "C9D0D6")
        borders.append(line)
    grid._tbl.tblPr.append(borders)  # noqa: SLF001


def shade(cell: Any) -> None:
    """Shade a cell as those of a head are."""
    from docx.oxml import OxmlElement

    shading = OxmlElement("w:shd")
    _set(shading, "w:val", "clear")
    _set(shading, "w:fill", _PALE)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001


def _set(element: Any, name: str, value: str) -> None:
    from docx.oxml.ns import qn

    element.set(qn(name), value)


def without_dates(packed: bytes) -> bytes:
    """Return a zip file with the same contents and no trace of when it was made."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, given.read(name))
    return file.getvalue()


_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal documents make equal files
_INK, _DARK = "1B2A36", "1F5A8A"
_MARGIN_CM, _TEXT_CM = 1.8, 17.4
_MOST_PICTURE_CM = {True: 7.0, False: 21.0}
"""Height of a picture, on a page that must be one and elsewhere."""
_PAGE_CM = (21.0, 29.7)


def write_word(document: Document, path: Path) -> None:
    """Write a document as a Word file."""
    import docx

    word = docx.Document()
    _set_properties(word, document)
    _set_page(word, document.title)
    _set_styles(word)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    numbers: dict[str, Iterator[int]] = {"table": count(1), "figure": count(1)}
    for section in document.sections:
        for at, block in enumerate(section.blocks):
            added = _add(word, block, numbers, section.one_page)
            if added is not None:
                added.paragraph_format.page_break_before = section.one_page and at == 0
    file = io.BytesIO()
    word.save(file)
    path.write_bytes(without_dates(file.getvalue()))


def _add(word: Any, block: Block, numbers: dict[str, Iterator[int]], one_page: bool) -> Any:
    """Add a block; return its paragraph if it is one."""
    match block:
        case Heading():
            return word.add_heading(block.text, block.level)
        case Paragraph():
            return word.add_paragraph(block.text)
        case Items():
            for item in block.items:
                word.add_paragraph(item, style="List Number" if block.numbered else "List Bullet")
        case TableBlock():
            for narrow in block.narrow():
                _add_table(word, narrow, numbers["table"])
        case Picture():
            _add_figure(word, block, numbers["figure"], one_page)
    return None


def _add_table(word: Any, table: TableBlock, numbers: Iterator[int]) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Cm, Pt

    _add_caption(word, "Table", numbers, table.table.title).paragraph_format.keep_with_next = True
    columns = len(table.headings)
    grid = word.add_table(rows=0, cols=columns, style="Table Grid")
    grid.autofit = False
    set_borders(grid)
    widths = [Cm(_TEXT_CM * share) for share in _shares(table)]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    small = Pt(8 if columns > 6 else 9)
    short = len(table.rows) <= 15
    for at, row in enumerate((table.headings, *table.rows)):
        made = grid.add_row()
        set_row(made, is_head=at == 0)
        bold = at == 0 or (table.table.rows_apart and at == len(table.rows))
        for column, (cell, content) in enumerate(zip(made.cells, row, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(text_of(content))
            run.bold, run.font.size = bold, small
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.keep_with_next = short and at < len(table.rows)
            if table.is_numeric(column):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if at == 0:
                shade(cell)
    word.add_paragraph().paragraph_format.space_after = Pt(2)


def _shares(table: TableBlock) -> list[float]:
    """Return columns' shares of the page's width."""
    others = len(table.headings) - 1
    given = table.widths or (max(1.7, others / 2.8), *(1.0 for _ in range(others)))
    return [width / sum(given) for width in given]


def _add_figure(word: Any, figure: Picture, numbers: Iterator[int], one_page: bool) -> None:
    from docx.shared import Cm, Pt

    width, height = figure.chart.figure.get_size_inches()
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(0)
    fitting = min(_TEXT_CM, _MOST_PICTURE_CM[one_page] * width / height)
    picture = paragraph.add_run().add_picture(io.BytesIO(figure.picture("png")), width=Cm(fitting))
    properties = picture._inline.docPr  # noqa: SLF001 - the library has no other way to an alt text
    properties.set("descr", figure.chart.alt)
    properties.set("title", figure.chart.title)
    properties.set("name", figure.chart.name)
    _add_caption(word, "Figure", numbers, figure.caption)


def _add_caption(word: Any, kind: str, numbers: Iterator[int], text: str) -> Any:
    """Add a caption with a number that Word keeps up to date."""
    paragraph = word.add_paragraph(style="Caption")
    paragraph.add_run(f"{kind} ")
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(next(numbers)))
    paragraph.add_run(f". {text}")
    return paragraph


def _set_properties(word: Any, document: Document) -> None:
    properties = word.core_properties
    properties.title, properties.subject, properties.language = document.title, document.subtitle, LANGUAGE
    properties.author = properties.last_modified_by = "cluster-risk"
    properties.comments = ""
    properties.created = properties.modified = _MADE
    properties.revision = 1


def _set_page(word: Any, title: str) -> None:
    from docx.shared import Cm, Pt

    section = word.sections[0]
    section.page_width, section.page_height = (Cm(size) for size in _PAGE_CM)
    section.left_margin = section.right_margin = Cm(_MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{title} · Page ")
    add_field(footer, "PAGE", "1")
    footer.add_run(" of ")
    add_field(footer, "NUMPAGES", "1")
    for run in footer.runs:
        run.font.size = Pt(8.5)


def _set_styles(word: Any) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    sizes = {"Normal": 10.5, "Title": 24, "Subtitle": 12, "Heading 1": 16, "Heading 2": 12, "Caption": 9}
    for name, size in sizes.items():
        style = word.styles[name]
        style.font.size, style.font.name = Pt(size), "Calibri"
        # The template's theme would choose another font for headings.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if "heme" in key]:
            del fonts.attrib[key]
        style.font.italic = False
        heads = name.startswith("Heading") or name == "Title"
        style.font.color.rgb = RGBColor.from_string(_DARK if heads else _INK)
    word.styles["Normal"].paragraph_format.space_after = Pt(6)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), LANGUAGE)
