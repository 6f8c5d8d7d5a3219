"""What cells of a scenario's workbook look like, and what may be typed into them."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

from openpyxl.comments import Comment
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.worksheet.datavalidation import DataValidation

from simulator.letters import starts_a_formula, substituted
from simulator.scenario.figures import Figure, Kind, is_share
from simulator.scenario.sheets import Value, letters

_TO_FILL, _HEAD, _BAND, _OF_NO_USE = "FFF5D6", "D5DEE6", "EEF2F5", "E3E3E3"
_THIN = Side(style="thin", color="C9C9C9")
_INK, _PALE = "1F2A33", "5C6770"
_TOP, _ONE_LINE = Alignment(vertical="top", wrap_text=True), Alignment(vertical="top")
_LONGEST_LIST = 255
"""Letters of a list that Excel takes in a drop-down."""
_LARGEST_BOUND = 1e15
PER_CENT, POUNDS, COUNTED = "0.0##%", "£#,##0.00##", "#,##0.###"
_FORMS = (PER_CENT, POUNDS, COUNTED, "General")
WORDS, LINE, TITLE, BELOW, HEAD, BAND, BAND_HEAD, FILL = (
    *("words", "words in one line", "top of sheet", "below the top", "headings"),
    *("part", "head of a part", "to fill in"),
)
"""Styles of cells by their names; those of numbers to fill in have their form after it."""
A4 = 9
_LINE_POINTS = 15
_WIDEST_PAGE = 190
"""Letters across a page that can still be read in print."""


def add_styles(book: Any) -> None:
    """Give a workbook the styles of its cells: by name, as its reader may change them for all."""
    thin = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
    fill = {"fill": _fill(_TO_FILL), "border": thin}
    number = fill | {"alignment": Alignment(vertical="top", horizontal="right")}
    styles: dict[str, dict[str, Any]] = {
        WORDS: {},
        LINE: {"alignment": _ONE_LINE},
        TITLE: {"alignment": _ONE_LINE, "font": _font(bold=True, size=14)},
        BELOW: {"alignment": _ONE_LINE, "font": _font(color=_PALE)},
        HEAD: {"fill": _fill(_HEAD), "font": _font(bold=True)},
        BAND: {"fill": _fill(_BAND)},
        BAND_HEAD: {"fill": _fill(_BAND), "font": _font(bold=True)},
        FILL: fill,
        **{f"{FILL} {form}": number | {"number_format": form} for form in _FORMS},
    }
    for name, look in styles.items():
        book.add_named_style(NamedStyle(name, **({"font": _font(), "alignment": _TOP} | look)))


def put(sheet: Any, row: int, column: int, value: Value | None, style: str = WORDS) -> Any:
    """Write a cell, text as text whatever it starts with, and return it."""
    cell = sheet.cell(row, column)
    cell.style = style
    if isinstance(value, str):
        cell.value = substituted(value)
        cell.data_type = "s"
        if starts_a_formula(value):
            cell.quotePrefix = True
    else:
        cell.value = value
    return cell


def title(sheet: Any, words: str, below: str = "") -> None:
    """Write what a sheet is at its top."""
    put(sheet, 1, 1, words, TITLE)
    put(sheet, 2, 1, below, BELOW)


def head(sheet: Any, row: int, words: Sequence[str]) -> None:
    """Write headings."""
    for column, word in enumerate(words, start=1):
        put(sheet, row, column, word, HEAD)


def band(sheet: Any, row: int, columns: int) -> None:
    """Mark a row that starts a part of a sheet."""
    for column in range(1, columns + 1):
        sheet.cell(row, column).style = BAND if column > 1 else BAND_HEAD


def fill_style(figure: Figure) -> str:
    """Return the style of a cell that its reader may fill in with a figure."""
    if figure.kind not in {Kind.NUMBER, Kind.WHOLE}:
        return FILL
    form = PER_CENT if is_share(figure) else {"pounds": POUNDS, "people": COUNTED}.get(figure.unit, "General")
    return f"{FILL} {form}"


def choose(sheet: Any, cells: str, choices: Sequence[str], *, others: bool = False) -> None:
    """Let some cells be chosen from a list; `others` may be typed all the same."""
    if len(listed := ",".join(choices)) <= _LONGEST_LIST and not any("," in one for one in choices):
        _allow(sheet, cells, "list", f'"{listed}"', error=f"one of {', '.join(choices)}", others=others)


def choose_from(sheet: Any, cells: str, place: str) -> None:
    """Let some cells be chosen from what stands at another place, or be typed."""
    _allow(sheet, cells, "list", place, error="a name that stands there", others=True)


def bound(sheet: Any, cells: str, figure: Figure) -> None:
    """Let some cells hold the numbers that a figure may be, and no others."""
    low, high = figure.low, figure.high
    if low is None or high is None or max(abs(low), abs(high)) > _LARGEST_BOUND:
        return
    of = "a share: type 10% or 0.1 for ten per cent; " if is_share(figure) else ""
    kind = "whole" if figure.kind is Kind.WHOLE else "decimal"
    said = f"{of}{figure.kind.value} from {low:,g} to {high:,g}"
    _allow(sheet, cells, kind, f"{low!r}", f"{high!r}", error=said)


def _allow(sheet: Any, cells: str, kind: str, *ends: str, error: str, others: bool = False) -> None:
    rule = DataValidation(type=kind, formula1=ends[0], formula2=ends[1] if len(ends) > 1 else None)
    rule.operator = "between" if len(ends) > 1 else None
    rule.allow_blank, rule.showErrorMessage = True, not others
    rule.errorTitle, rule.error = "Not possible here", error[:_LONGEST_LIST]
    sheet.add_data_validation(rule)
    rule.add(cells)


def grey_where(sheet: Any, cells: str, formula: str) -> None:
    """Make some cells grey where a formula holds: what is in them counts for nothing."""
    sheet.conditional_formatting.add(cells, FormulaRule([formula], fill=PatternFill(bgColor=_OF_NO_USE)))


def remark(cell: Any, words: str) -> None:
    """Put words on a cell that show when somebody points at it."""
    cell.comment = Comment(substituted(words), "cluster-risk", height=120, width=320)


def page(sheet: Any, widths: Sequence[float], heads: int, columns: int = 1) -> None:
    """Set columns, rows as high as their words need, and a page that can be read in print.

    The row `heads` and those above it, and the first `columns`, stay in sight, if there are `heads`.
    """
    for at, wide in enumerate(widths, start=1):
        sheet.column_dimensions[letters(at)].width = wide
    for row in sheet.iter_rows(min_row=3):
        # Not every program makes rows as high as their words need.
        lines = max(_lines(cell, widths) for cell in row)
        if lines > 1:
            sheet.row_dimensions[row[0].row].height = _LINE_POINTS * lines
    if heads:
        sheet.freeze_panes = f"{letters(columns + 1)}{heads + 1}"
        sheet.print_title_rows = f"{heads}:{heads}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A4
    if sum(widths) <= _WIDEST_PAGE:
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
    else:
        # All on one page would be too small to read: the first columns are on each of several.
        sheet.print_title_cols, sheet.page_setup.scale = f"A:{letters(columns)}", 65
    sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "Page &P of &N"


def _lines(cell: Any, widths: Sequence[float]) -> int:
    """Return how many lines a cell's words need."""
    if not isinstance(cell.value, str) or not cell.alignment.wrap_text or cell.column > len(widths):
        return 1
    width = max(int(1.05 * widths[cell.column - 1]), 1)
    return sum(max(len(textwrap.wrap(line, width)), 1) for line in cell.value.split("\n"))


def _font(**own: Any) -> Font:
    return Font(**({"name": "Calibri", "size": 11, "color": _INK} | own))


def _fill(colour: str) -> PatternFill:
    return PatternFill("solid", fgColor=colour)
