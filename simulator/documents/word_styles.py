"""What a Word file is written on: a page and styles, the library's own or those of a house's template."""

from __future__ import annotations

import io
from copy import deepcopy
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from simulator.charts.look import Theme
from simulator.documents.blocks import Document
from simulator.errors import InputError, Problem, printable

_PALE = "EEF2F5"
_PAGE_CM, _MARGIN_CM, _SIDE_CM = (21.0, 29.7), 1.8, 1.45
"""Between the sides, pictures have the width that they were drawn for: their smallest letters are 7.5 pt."""
TABLE_STYLE = "Cluster table"
TABLE_STYLES = ("Table text", "Table number")
CLOSE_STYLES = ("Close table text", "Close table number")
"""Of words and numbers in tables; the latter where four of them share a page."""
_USED = (
    *("Title", "Subtitle", "Heading 1", "Heading 2", "Caption", "TOC Heading", "toc 1"),
    *("List Bullet", "List Number"),
)
"""Styles that a house's template may have; those that it lacks are the library's."""
LARGEST_TEMPLATE_BYTES, _NARROWEST_IN = 20_000_000, 3.0


def read_template(path: Path) -> bytes:
    """Return a Word file, known to be one; InputError for any other."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_TEMPLATE_BYTES + 1)
    except (OSError, ValueError):
        raise InputError([Problem(f"--template {printable(path)}", "a Word file", "no such file")]) from None
    try:
        if len(raw) <= LARGEST_TEMPLATE_BYTES and text_width_in(raw) > _NARROWEST_IN:
            return raw
        got = f"one above {LARGEST_TEMPLATE_BYTES / 1e6:g} MB, or with no room between its margins"
    except Exception:  # noqa: BLE001 - the library says in many ways that a file is no Word file
        got = "another file"
    hint = "save it in Word as .docx"
    raise InputError([Problem(f"--template {printable(path)}", "a Word file (.docx)", got, hint)])


def text_width_in(template: bytes) -> float:
    """Return the width between the margins of a Word file, in inches."""
    return float(text_width(docx.Document(io.BytesIO(template)))) / Cm(2.54)


def text_width(word: Any) -> int:
    """Return the width between the margins, in the library's units."""
    section = word.sections[-1]
    return int(section.page_width - section.left_margin - section.right_margin)


def opened(document: Document) -> Any:
    """Return a Word file to write to, with all styles that a document takes."""
    if document.template:
        word = docx.Document(io.BytesIO(document.template))
        body = word.element.body
        for one in [one for one in body if one.tag != qn("w:sectPr")]:
            body.remove(one)
        _borrow(word, document)
    else:
        word = docx.Document()
        _set_page(word, document.running_title)
        _set_styles(word, document)
    _add_own_styles(word, document)
    return word


def new_numbering(word: Any, style: str) -> int:
    """Return the number of a new list, which starts at one; 0 where a style has no bullets or numbers."""
    known = word.styles[style].element.find(f".//{qn('w:numId')}")
    if known is None:
        return 0
    numbering = word.part.numbering_part.numbering_definitions._numbering  # noqa: SLF001
    made = numbering.add_num(numbering.num_having_numId(known.val).abstractNumId.val)
    made.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(made.numId)


def _borrow(word: Any, document: Document) -> None:
    """Take the styles that a template lacks from the library; without numbering, which stands elsewhere."""
    ours = docx.Document()
    _set_styles(ours, document)
    known = {style.name for style in word.styles}
    for name in _USED:
        if name not in known:
            style = deepcopy(ours.styles[name].element)
            # The letters are the template's.
            for kind in ("w:numPr", "w:link", "w:rFonts"):
                for one in list(style.iter(qn(kind))):
                    one.getparent().remove(one)
            word.styles.element.append(style)


def _hex(theme: Theme, name: str) -> str:
    return theme.colours[name].removeprefix("#").upper()


def element(name: str, **attributes: str) -> Any:
    """Return an element of Word's own that the library has no other way to make."""
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field with what it shows until Word works it out."""
    field = element("fldSimple", instr=instruction)
    field.append(paragraph.add_run(shown)._r)  # noqa: SLF001 - fields have no other way in
    paragraph._p.append(field)  # noqa: SLF001


def _add_table_style(word: Any, theme: Theme) -> None:
    """Add the one style of all tables: whoever changes it changes them all."""
    style = word.styles.add_style(TABLE_STYLE, WD_STYLE_TYPE.TABLE).element
    table = element("tblPr")
    borders = element("tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(element(side, val="single", sz="4", color="C9D0D6"))
    table.append(borders)
    margins = element("tblCellMar")
    margins.extend(element(side, w="60", type="dxa") for side in ("left", "right"))
    table.append(margins)
    style.append(table)
    for part, edge in (("firstRow", "bottom"), ("lastRow", "top")):
        condition = element("tblStylePr", type=part)
        words, cell, lines = element("rPr"), element("tcPr"), element("tcBorders")
        words.append(element("b"))
        lines.append(element(edge, val="single", sz="8", color=_hex(theme, "dark")))
        cell.append(lines)
        if part == "firstRow":
            cell.append(element("shd", val="clear", fill=_PALE))
        condition.extend((words, cell))
        style.append(condition)


def _set_page(word: Any, title: str) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = (Cm(size) for size in _PAGE_CM)
    section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    section.left_margin = section.right_margin = Cm(_SIDE_CM)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"{title} · Page ")
    add_field(footer, "PAGE", "1")
    footer.add_run(" of ")
    add_field(footer, "NUMPAGES", "1")
    for run in footer.runs:
        run.font.size = Pt(8.5)


def _set_styles(word: Any, document: Document) -> None:
    """Give the library's own styles the house's letters and colours."""
    word.styles.add_style("toc 1", WD_STYLE_TYPE.PARAGRAPH).base_style = word.styles["Normal"]
    word.styles["toc 1"].paragraph_format.space_after = Pt(2)
    sizes = {"Normal": 10.5, "Title": 24, "Subtitle": 12, "Heading 1": 16, "Heading 2": 12, "Caption": 9}
    for name, size in sizes.items():
        style = word.styles[name]
        style.font.size, style.font.name = Pt(size), document.theme.font_family
        # The template's theme would choose another font for headings.
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if "heme" in key]:
            del fonts.attrib[key]
        style.font.italic = False
        heads = name.startswith("Heading") or name == "Title"
        style.font.color.rgb = RGBColor.from_string(_hex(document.theme, "dark" if heads else "ink"))
    letters = word.styles["Normal"].paragraph_format
    # The font has room between its lines already.
    letters.space_after, letters.line_spacing = Pt(6), 1.0


def _add_own_styles(word: Any, document: Document) -> None:
    """Add the styles of tables, where a template has none of that name."""
    known = {style.name for style in word.styles}
    for name in (*TABLE_STYLES, *CLOSE_STYLES):
        if name not in known:
            style = word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.base_style, style.font.size = word.styles["Normal"], Pt(8.5)
            style.paragraph_format.space_after = Pt(1)
            if name in CLOSE_STYLES:
                style.font.size, style.paragraph_format.line_spacing = Pt(8), Pt(10)
                style.paragraph_format.space_after = Pt(0)
            if name.endswith("number"):
                style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    if TABLE_STYLE not in known:
        _add_table_style(word, document.theme)
    for language in word.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), document.language)
