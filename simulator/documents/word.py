"""A document for Word: real headings and captions, tables that repeat their heads, words for pictures."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from simulator.documents.blocks import Block, Document, Heading, Items, Paragraph, Picture, TableBlock

_MADE = datetime(2010, 7, 1)  # noqa: DTZ001 - a fixed date, so that equal documents make equal files
_INK, _DARK, _PALE = "1B2A36", "1F5A8A", "EEF2F5"
_PAGE_CM, _MARGIN_CM, _TEXT_CM = (21.0, 29.7), 1.8, 17.4
_MOST_PICTURE_CM = {True: 7.0, False: 21.0}
"""Height of a picture, on a page that must be one and elsewhere."""
Numbers = dict[str, Iterator[int]]
"""The next number of a caption, by what it counts."""


def _element(name: str, **attributes: str) -> Any:
    """Return an element of Word's own that the library has no other way to make."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field with what it shows until Word works it out."""
    field = _element("fldSimple", instr=instruction)
    field.append(paragraph.add_run(shown)._r)  # noqa: SLF001 - fields have no other way in
    paragraph._p.append(field)  # noqa: SLF001


def _set_borders(grid: Any) -> None:
    """Leave only fine lines between rows."""
    borders = _element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        kind = "nil" if side in {"left", "right", "insideV"} else "single"
        borders.append(_element(side, val=kind, sz="4", color="C9D0D6"))
    grid._tbl.tblPr.append(borders)  # noqa: SLF001


def _without_dates(packed: bytes) -> bytes:
    """Return a zip file with the same contents and no trace of when it was made."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _MADE.timetuple()[:6])
            made.writestr(entry, given.read(name), zipfile.ZIP_DEFLATED)
    return file.getvalue()


def write_word(document: Document, path: Path) -> None:
    """Write a document as a Word file."""
    word = docx.Document()
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.language = document.language
    properties.author = properties.last_modified_by = "cluster-risk"
    properties.comments, properties.revision = "", 1
    properties.created = properties.modified = _MADE
    _set_page(word, document.title)
    _set_styles(word, document.language)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    numbers: Numbers = {"Table": count(1), "Figure": count(1)}
    for section in document.sections:
        for at, block in enumerate(section.blocks):
            added = _add(word, block, numbers, section.one_page)
            if added is not None:
                added.paragraph_format.page_break_before = section.one_page and at == 0
    file = io.BytesIO()
    word.save(file)
    path.write_bytes(_without_dates(file.getvalue()))


def _add(word: Any, block: Block, numbers: Numbers, one_page: bool) -> Any:
    """Add a block; return its paragraph if it is one."""
    match block:
        case Heading():
            return word.add_heading(block.text, block.level)
        case Paragraph():
            return word.add_paragraph(block.text)
        case Items():
            for item in block.texts:
                word.add_paragraph(item, style="List Number" if block.numbered else "List Bullet")
        case TableBlock():
            for narrow in block.narrow():
                _add_table(word, narrow, numbers)
        case Picture():
            _add_figure(word, block, numbers, one_page)
    return None


def _add_table(word: Any, table: TableBlock, numbers: Numbers) -> None:
    _add_caption(word, "Table", numbers, table.table.title).paragraph_format.keep_with_next = True
    columns = len(table.headings)
    grid = word.add_table(rows=0, cols=columns, style="Table Grid")
    grid.autofit = False
    _set_borders(grid)
    given = table.widths or (max(1.7, (columns - 1) / 2.8), *(1.0 for _ in range(columns - 1)))
    widths = [Cm(_TEXT_CM * (width / sum(given))) for width in given]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    small = Pt(8 if columns > 6 else 9)
    short = len(table.rows) <= 15
    for at, row in enumerate((table.headings, *table.texts)):
        made = grid.add_row()
        properties = made._tr.get_or_add_trPr()  # noqa: SLF001 - keep a row on one page, a head on every one
        for kind in ("cantSplit", "tblHeader") if at == 0 else ("cantSplit",):
            properties.append(_element(kind))
        bold = at == 0 or (table.table.rows_apart and at == len(table.rows))
        for column, (cell, content) in enumerate(zip(made.cells, row, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            run = paragraph.add_run(content)
            run.bold, run.font.size = bold, small
            paragraph.paragraph_format.space_after = Pt(1)
            paragraph.paragraph_format.keep_with_next = short and at < len(table.rows)
            if table.is_numeric(column):
                paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            if at == 0:
                shading = _element("shd", val="clear", fill=_PALE)
                cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001
    word.add_paragraph().paragraph_format.space_after = Pt(2)


def _add_figure(word: Any, figure: Picture, numbers: Numbers, one_page: bool) -> None:
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


def _add_caption(word: Any, kind: str, numbers: Numbers, text: str) -> Any:
    """Add a caption with a number that Word keeps up to date."""
    paragraph = word.add_paragraph(style="Caption")
    paragraph.add_run(f"{kind} ")
    _add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(next(numbers[kind])))
    paragraph.add_run(f". {text}")
    return paragraph


def _set_page(word: Any, title: str) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = (Cm(size) for size in _PAGE_CM)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{title} · Page ")
    _add_field(footer, "PAGE", "1")
    footer.add_run(" of ")
    _add_field(footer, "NUMPAGES", "1")
    for run in footer.runs:
        run.font.size = Pt(8.5)


def _set_styles(word: Any, language: str) -> None:
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
    for element in word.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)
