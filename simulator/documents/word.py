"""A document for Word: headings, captions and contents that update, a style for tables, vector pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from simulator.answers.files import moment_of
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
from simulator.documents.office_files import without_clock, without_left_overs

_INK, _DARK, _PALE = "1B2A36", "1F5A8A", "EEF2F5"
_PAGE_CM, _MARGIN_CM, _SIDE_CM, _TEXT_CM = (21.0, 29.7), 1.8, 1.45, 18.1
"""Between the sides, pictures have the width that they were drawn for: their smallest letters are 7 pt."""
_MOST_PICTURE_CM = 21.0
_TABLE_STYLE = "Cluster table"
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
"""How a picture for older programs names the drawing that newer ones show."""
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


def _add_table_style(word: Any) -> None:
    """Add the one style of all tables: whoever changes it changes them all."""
    style = word.styles.add_style(_TABLE_STYLE, WD_STYLE_TYPE.TABLE).element
    table = _element("tblPr")
    borders = _element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_element(side, val="single", sz="4", color="C9D0D6"))
    table.append(borders)
    style.append(table)
    for part, edge in (("firstRow", "bottom"), ("lastRow", "top")):
        condition = _element("tblStylePr", type=part)
        words, cell, lines = _element("rPr"), _element("tcPr"), _element("tcBorders")
        words.append(_element("b"))
        lines.append(_element(edge, val="single", sz="8", color=_DARK))
        cell.append(lines)
        if part == "firstRow":
            cell.append(_element("shd", val="clear", fill=_PALE))
        condition.extend((words, cell))
        style.append(condition)


def _add_contents(word: Any, document: Document) -> None:
    """Add a table of contents with what it shows until Word, which is told to, works it out."""
    word.add_paragraph("Contents", style="TOC Heading")
    headings = [heading for _, heading in document.contents if heading]
    for at, heading in enumerate(headings):
        paragraph = word.add_paragraph(style="toc 1")
        if at == 0:
            for kind in ("begin", None, "separate"):
                run = paragraph.add_run()._r  # noqa: SLF001
                if kind is None:
                    instruction = _element("instrText")
                    instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
                    run.append(instruction)
                else:
                    run.append(_element("fldChar", fldCharType=kind))
        paragraph.add_run(heading)
        if at == len(headings) - 1:
            paragraph.add_run()._r.append(_element("fldChar", fldCharType="end"))  # noqa: SLF001
    word.settings.element.append(_element("updateFields", val="true"))


def write_word(document: Document, path: Path) -> None:
    """Write a document as a Word file."""
    word = docx.Document()
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.language = document.language
    properties.author = properties.last_modified_by = document.said.organisation or "cluster-risk"
    properties.comments, properties.keywords, properties.category, properties.revision = "", "", "", 1
    properties.created = properties.modified = moment_of(document.said.date)
    _set_page(word, document.running_title)
    _set_styles(word, document.language)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for what, said in document.cover:
        word.add_paragraph(f"{what}: {said}")
    _add_contents(word, document)
    numbers: Numbers = {"Table": count(1), "Figure": count(1), "Drawing": count(1)}
    for section in document.sections:
        for at, block in enumerate(section.blocks):
            added = _add(word, block, numbers)
            if added is not None:
                added.paragraph_format.page_break_before = section.one_page and at == 0
    without_left_overs(word.part.package.rels, word.part.rels)
    file = io.BytesIO()
    word.save(file)
    path.write_bytes(without_clock(file.getvalue(), moment_of(document.said.date)))


def _add(word: Any, block: Block, numbers: Numbers) -> Any:
    """Add a block; return its paragraph if it is one."""
    match block:
        case Heading():
            return word.add_heading(block.text, block.level)
        case Paragraph():
            return _say(word.add_paragraph(), block)
        case Items():
            for item in block.paragraphs:
                _say(word.add_paragraph(style="List Number" if block.numbered else "List Bullet"), item)
        case TableBlock():
            for narrow in block.narrow():
                _add_table(word, narrow, numbers)
        case Picture():
            _add_figure(word, block, numbers)
    return None


def _say(paragraph: Any, said: Paragraph) -> Any:
    """Write sentences into a paragraph, and return it."""
    for part in said.parts:
        run = paragraph.add_run(text_of(part))
        if isinstance(part, Styled):
            run.bold, run.italic = part.is_bold or None, part.is_italic or None
            if part.address:
                known = paragraph.part.relate_to(part.address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                link = OxmlElement("w:hyperlink")
                link.set(qn("r:id"), known)
                run.font.underline = True
                link.append(run._r)  # noqa: SLF001 - links have no other way in
                paragraph._p.append(link)  # noqa: SLF001
    return paragraph


def _add_table(word: Any, table: TableBlock, numbers: Numbers) -> None:
    _add_caption(word, "Table", numbers, table.table.title).paragraph_format.keep_with_next = True
    columns = len(table.headings)
    grid = word.add_table(rows=0, cols=columns, style=_TABLE_STYLE)
    grid.autofit = False
    last = "1" if table.table.rows_apart else "0"
    look = {"firstRow": "1", "lastRow": last, "firstColumn": "1", "noHBand": "1", "noVBand": "1"}
    look["val"] = "06E0" if table.table.rows_apart else "06A0"  # the same in the older way
    for old in grid._tbl.tblPr.findall(qn("w:tblLook")):  # noqa: SLF001
        grid._tbl.tblPr.remove(old)  # noqa: SLF001
    grid._tbl.tblPr.append(_element("tblLook", **look))  # noqa: SLF001
    given = table.widths or (max(1.7, (columns - 1) / 2.8), *(1.0 for _ in range(columns - 1)))
    widths = [Cm(_TEXT_CM * (width / sum(given))) for width in given]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    short = len(table.rows) <= 15
    for at, row in enumerate((table.headings, *table.texts)):
        made = grid.add_row()
        properties = made._tr.get_or_add_trPr()  # noqa: SLF001 - keep a row on one page, a head on every one
        for kind in ("cantSplit", "tblHeader") if at == 0 else ("cantSplit",):
            properties.append(_element(kind))
        for column, (cell, content) in enumerate(zip(made.cells, row, strict=True)):
            cell.width = widths[column]
            paragraph = cell.paragraphs[0]
            paragraph.add_run(content)
            paragraph.style = word.styles["Table number" if table.is_numeric(column) else "Table text"]
            paragraph.paragraph_format.keep_with_next = short and at < len(table.rows)
    word.add_paragraph(style="Table text")


def _add_figure(word: Any, figure: Picture, numbers: Numbers) -> None:
    width, height = figure.chart.figure.get_size_inches()
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(0)
    fitting = min(_TEXT_CM, 2.54 * width, _MOST_PICTURE_CM * width / height)
    picture = paragraph.add_run().add_picture(io.BytesIO(figure.picture("png")), width=Cm(fitting))
    _add_drawing(word, picture, figure, str(next(numbers["Drawing"])))
    properties = picture._inline.docPr  # noqa: SLF001 - the library has no other way to an alt text
    properties.set("descr", figure.chart.alt)
    properties.set("title", figure.chart.title)
    properties.set("name", figure.chart.name)
    _add_caption(word, "Figure", numbers, figure.caption)


def _add_drawing(word: Any, picture: Any, figure: Picture, number: str) -> None:
    """Add the drawing that Word shows in a picture's place: sharp at any size, in print as well."""
    name = PackURI(f"/word/media/figure{number}.svg")
    drawing = Part(name, "image/svg+xml", figure.picture("svg"), word.part.package)
    blip = next(picture._inline.iter(qn("a:blip")))  # noqa: SLF001
    known = word.part.relate_to(drawing, RELATIONSHIP_TYPE.IMAGE)
    blip.append(
        parse_xml(
            f'<a:extLst {nsdecls("a", "r")}><a:ext uri="{_SVG_EXTENSION}">'
            f'<asvg:svgBlip xmlns:asvg="{_SVG}" r:embed="{known}"/></a:ext></a:extLst>'
        )
    )


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
    section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    section.left_margin = section.right_margin = Cm(_SIDE_CM)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{title} · Page ")
    _add_field(footer, "PAGE", "1")
    footer.add_run(" of ")
    _add_field(footer, "NUMPAGES", "1")
    for run in footer.runs:
        run.font.size = Pt(8.5)


def _set_styles(word: Any, language: str) -> None:
    for name in ("toc 1", "Table text", "Table number"):
        word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = word.styles["Normal"]
    _add_table_style(word)
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
    word.styles["toc 1"].paragraph_format.space_after = Pt(2)
    for name in ("Table text", "Table number"):
        word.styles[name].font.size = Pt(8.5)
        word.styles[name].paragraph_format.space_after = Pt(1)
    word.styles["Table number"].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    for element in word.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), language)
