"""A document as one web page: for a telephone, a desk, a screen reader and a printer."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from simulator.charts.letters_in_svg import faces, may_be_embedded
from simulator.documents.blocks import Document, Number, Picture, Styled, TableBlock
from simulator.documents.chart_numbers import chart_table

_HERE = Path(__file__).parent
_LETTERS = "/* letters */"
"""Where the style has the font that the page is set in."""
_MOST_ROWS = 40
"""Of a chart's numbers below it; a longer table is no description, and is in the file to download."""


def write_html(document: Document, path: Path) -> None:
    """Write a document as one HTML file that needs no other."""
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"png": _png, "picture": _picture, "data": _data, "numbers_of": _numbers}
    environment.tests |= {
        "number": lambda part: isinstance(part, Number),
        "styled": lambda part: isinstance(part, Styled),
        "block": lambda block, kind: type(block).__name__ == kind,
    }
    text = environment.get_template("document.html.jinja").render(
        document=document,
        style=(_HERE / "document.css").read_text(encoding="utf-8"),
    )
    family = document.theme.font_family
    if may_be_embedded(family):
        # What is no letter of the page, in addresses say, is a letter of the alphabet.
        text = text.replace(_LETTERS, faces([family], {False: set(text), True: set(text)}), 1)
    path.write_text(text, encoding="utf-8", newline="\n")


def _png(picture: bytes) -> str:
    return f"data:image/png;base64,{b64encode(picture).decode()}"


def _picture(picture: Picture) -> str:
    return f"data:image/svg+xml;base64,{b64encode(picture.picture('svg')).decode()}"


def _data(picture: Picture) -> str:
    """Return a chart's data as an address that a browser saves as a file."""
    return f"data:text/csv;charset=utf-8,{quote(picture.chart.csv())}"


def _numbers(picture: Picture) -> TableBlock | None:
    """Return a chart's numbers as a table; none where a page would be too short for it."""
    if len(picture.chart.drawn) > _MOST_ROWS:
        return None
    return TableBlock(chart_table(picture.chart, ""))
