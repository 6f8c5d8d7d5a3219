"""Numbers as people write them in tables: read where the meaning is certain, refused where it is not."""

from __future__ import annotations

import re

_PLAIN = re.compile(r"\+?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE)
_SPACED = re.compile(r"[1-9]\d{0,2}( \d{3})+([.,]\d+)?")
_BRITISH = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"([1-9]\d{0,2}(\.\d{3})+|\d+),\d+|[1-9]\d{0,2}(\.\d{3}){2,}")
_EITHER = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
_SUPPRESSED = re.compile(r"\*+|-|\.\.+|:|[<≤] ?\d+|\[[a-z]\]|suppressed|redacted", re.IGNORECASE)
"""What publishers write in place of a small number."""
_SPACES = str.maketrans(dict.fromkeys("\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}", " "))


def number_in(text: str, delimiter: str, *, pounds: bool = False) -> tuple[float | None, str]:
    """Return the number in a cell and no hint, or None and a hint, which may be empty.

    What a mark means depends on what stands between the cells: in a table with commas between them nobody
    writes decimal commas; in one with semicolons some do, and 1,234 may be a thousand or one.
    """
    text = text.translate(_SPACES).strip()
    if text.startswith("£"):
        if not pounds:
            return None, "a sum of money stands where a number of people or a month should"
        text = text[1:].strip()
    if hint := _no_number(text):
        return None, hint
    if _SPACED.fullmatch(text):
        text = text.replace(" ", "")
    # Other scripts have digits too; a spreadsheet does not mean them.
    if not text.isascii():
        return None, ""
    if delimiter != "," and _EITHER.fullmatch(text):
        return None, "between semicolons or tabs 1,234 may be 1234 or 1.234: write 1234, or 1.2340"
    if _BRITISH.fullmatch(text):
        text = text.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(text):
        if delimiter == ",":
            return None, "write a decimal point and not a comma, or save the table with semicolons"
        text = text.replace(".", "").replace(",", ".")
    return (float(text), "") if _PLAIN.fullmatch(text) else (None, "")


def _no_number(text: str) -> str:
    """Return a hint at what stands in a cell in place of a number; empty where nothing known does."""
    if _SUPPRESSED.fullmatch(text):
        return "a figure that its publisher held back: write the number, or leave that practice out"
    if text.endswith("%"):
        return "a percentage stands where a number should"
    if text.startswith("(") and text.endswith(")"):
        return "brackets say that it is below zero"
    return ""
