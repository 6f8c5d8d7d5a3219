"""A document for Word: headings, captions and contents that update, a style for tables, vector pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import Any

from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Inches, Pt

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
from simulator.documents.word_fonts import embed_font
from simulator.documents.word_styles import (
    CLOSE_STYLES,
    TABLE_STYLE,
    TABLE_STYLES,
    add_field,
    element,
    new_numbering,
    opened,
    text_width,
)

_NAME_LETTERS, _GAP_LETTERS = 24, 3
_MOST_PICTURE_CM, _LOGO_CM = 21.0, 1.4
_CLOSE, _GAP = (Pt(3), Pt(2)), Pt(3)
"""Above and below paragraphs on a page that holds four tables, and below each of these."""
_SVG = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
_SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"
"""How a picture for older programs names the drawing that newer ones show."""
Numbers = dict[str, Iterator[int]]
"""The next number of a caption, by what it counts."""


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
                    instruction = element("instrText")
                    instruction.text = ' TOC \\o "1-1" \\h \\z \\u '
                    run.append(instruction)
                else:
                    run.append(element("fldChar", fldCharType=kind))
        paragraph.add_run(heading)
        if at == len(headings) - 1:
            paragraph.add_run()._r.append(element("fldChar", fldCharType="end"))  # noqa: SLF001
    word.settings.element.append(element("updateFields", val="true"))


def write_word(document: Document, path: Path) -> None:
    """Write a document as a Word file."""
    word = opened(document)
    _remember_styles(word)
    properties = word.core_properties
    properties.title, properties.subject = document.title, document.subtitle
    properties.language = document.language
    properties.author = properties.last_modified_by = document.said.organisation or "cluster-risk"
    properties.comments, properties.keywords, properties.category, properties.revision = "", "", "", 1
    properties.created = properties.modified = moment_of(document.said.date)
    if document.theme.logo and not document.template:
        _add_logo(word, document)
    word.add_paragraph(document.title, style="Title")
    word.add_paragraph(document.subtitle, style="Subtitle")
    for what, said in document.cover:
        word.add_paragraph(f"{what}: {said}")
    numbers: Numbers = {"Table": count(1), "Figure": count(1), "Drawing": count(1)}
    for place, section in enumerate(document.sections):
        if place == document.opens_with:
            _add_contents(word, document)
        after = (*section.blocks[1:], None)
        for at, (block, following) in enumerate(zip(section.blocks, after, strict=True)):
            added = _add(word, block, numbers, close=section.one_page)
            if added is not None:
                added.paragraph_format.page_break_before = section.one_page and at == 0
                if isinstance(block, Paragraph) and isinstance(following, Items | TableBlock):
                    # What leads to a list or a table stands on its page.
                    added.paragraph_format.keep_with_next = True
    if not document.template:
        without_left_overs(word.part.package.rels, word.part.rels)
        if not document.font:
            embed_font(word)
    file = io.BytesIO()
    word.save(file)
    path.write_bytes(without_clock(file.getvalue(), moment_of(document.said.date)))


def _remember_styles(word: Any) -> None:
    """Look each style up once: the library looks through them all for every paragraph."""
    found: dict[tuple[Any, Any], Any] = {}
    look_up = word.part.get_style_id

    def known(style: Any, kind: Any) -> Any:
        name = getattr(style, "name", style)
        if (name, kind) not in found:
            found[name, kind] = look_up(style, kind)
        return found[name, kind]

    word.part.get_style_id = known


def _add_logo(word: Any, document: Document) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture = paragraph.add_run().add_picture(io.BytesIO(document.theme.logo), height=Cm(_LOGO_CM))
    whose = document.said.organisation or document.theme.organisation
    picture._inline.docPr.set("descr", f"Logo of {whose}")  # noqa: SLF001


def _add(word: Any, block: Block, numbers: Numbers, *, close: bool) -> Any:
    """Add a block, on a page of its own things closer together; return its paragraph if it is one."""
    match block:
        case Heading() | Paragraph():
            if isinstance(block, Heading):
                added = word.add_heading(block.text, block.level)
            else:
                added = _say(word.add_paragraph(), block)
            return _put_close(added) if close else added
        case Items():
            style = "List Number" if block.numbered else "List Bullet"
            numbering = new_numbering(word, style)
            for at, item in enumerate(block.paragraphs, start=1):
                mark = "" if numbering else f"{at}. " if block.numbered else "• "
                added = _say(word.add_paragraph(mark, style=style), item)
                if close:
                    _put_close(added)
                if numbering:
                    added._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = numbering  # noqa: SLF001
        case TableBlock():
            for narrow in block.narrow():
                _add_table(word, narrow, numbers, close=close)
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


def _add_table(word: Any, table: TableBlock, numbers: Numbers, *, close: bool) -> None:
    caption = _add_caption(word, "Table", numbers, table.table.title)
    caption.paragraph_format.keep_with_next = True
    columns = len(table.headings)
    grid = word.add_table(rows=0, cols=columns, style=TABLE_STYLE)
    grid.autofit = False
    last = "1" if table.table.rows_apart else "0"
    look = {"firstRow": "1", "lastRow": last, "firstColumn": "1", "noHBand": "1", "noVBand": "1"}
    look["val"] = "06E0" if table.table.rows_apart else "06A0"  # the same in the older way
    for old in grid._tbl.tblPr.findall(qn("w:tblLook")):  # noqa: SLF001
        grid._tbl.tblPr.remove(old)  # noqa: SLF001
    grid._tbl.tblPr.append(element("tblLook", **look))  # noqa: SLF001
    given = table.widths or [_letters(cells) for cells in zip(table.headings, *table.texts, strict=True)]
    widths = [round(text_width(word) * (width / sum(given))) for width in given]
    for column, width in zip(grid.columns, widths, strict=True):
        column.width = width
    text_style, number_style = TABLE_STYLES
    if close:
        text_style, number_style = CLOSE_STYLES
        _put_close(caption)
    short = len(table.rows) <= 15
    shown = [[*map(text_of, row)] for row in table.shown]
    head = grid.add_row()
    for column, (cell, content) in enumerate(zip(head.cells, table.headings, strict=True)):
        cell.width = widths[column]
        paragraph = cell.paragraphs[0]
        paragraph.add_run(content)
        paragraph.style = number_style if table.is_numeric(column) else text_style
        paragraph.paragraph_format.keep_with_next = short and bool(shown)
    properties = head._tr.get_or_add_trPr()  # noqa: SLF001 - keep a row on one page, a head on every one
    properties.append(element("cantSplit"))
    for at, row in enumerate(shown, start=1):
        # To make a cell takes the library ten times as long as to copy one.
        copied = deepcopy(head._tr)  # noqa: SLF001
        for cell, content in zip(copied.tc_lst, row, strict=True):
            cell.p_lst[0].r_lst[0].text = content
            if at == len(shown):
                cell.p_lst[0].pPr.keepNext.val = False
        grid._tbl.append(copied)  # noqa: SLF001
    properties.append(element("tblHeader"))
    gap = word.add_paragraph(style=text_style)
    if close:
        gap.paragraph_format.line_spacing = _GAP


def _put_close(paragraph: Any) -> Any:
    """Put a paragraph close to what stands above and below it, and return it."""
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = _CLOSE
    return paragraph


def _letters(cells: Sequence[str]) -> int:
    """Return how many letters wide a column is: of a heading's words, and of cells up to a name's length."""
    heading, *others = cells
    longest = max([*map(len, heading.split()), *(min(len(cell), _NAME_LETTERS) for cell in others)])
    return longest + _GAP_LETTERS


def _add_figure(word: Any, figure: Picture, numbers: Numbers) -> None:
    width, height = figure.chart.figure.get_size_inches()
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_after = Pt(0)
    fitting = min(text_width(word), Inches(width), round(Cm(_MOST_PICTURE_CM) * width / height))
    picture = paragraph.add_run().add_picture(io.BytesIO(figure.picture("png")), width=fitting)
    _add_drawing(word, picture, figure, str(next(numbers["Drawing"])))
    properties = picture._inline.docPr  # noqa: SLF001 - the library has no other way to an alt text
    properties.set("descr", figure.chart.alt)
    properties.set("title", figure.chart.title)
    properties.set("name", figure.chart.name)
    _add_caption(word, "Figure", numbers, figure.caption)


def _add_drawing(word: Any, picture: Any, figure: Picture, number: str) -> None:
    """Add the drawing that Word shows in a picture's place: sharp at any size, in print as well."""
    name = PackURI(f"/word/media/figure{number}.svg")
    drawing = Part(name, "image/svg+xml", figure.picture("outlines"), word.part.package)
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
    add_field(paragraph, f"SEQ {kind} \\* ARABIC", str(next(numbers[kind])))
    paragraph.add_run(f". {text}")
    return paragraph
