"""A document as one HTML file that needs no other."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

from simulator.documents.blocks import LANGUAGE, Document, Number, Picture

_HERE = Path(__file__).parent


def write_html(document: Document, path: Path) -> None:
    """Write a document as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["picture"] = _picture
    environment.tests["number"] = lambda part: isinstance(part, Number)
    environment.tests["block"] = lambda block, kind: type(block).__name__ == kind
    text = environment.get_template("document.html.jinja").render(
        document=document,
        language=LANGUAGE,
        style=(_HERE / "document.css").read_text(encoding="utf-8"),
    )
    path.write_text(text, encoding="utf-8", newline="\n")


def _picture(figure: Picture) -> str:
    """Return a chart as the address of a picture that is itself the picture."""
    return f"data:image/svg+xml;base64,{b64encode(figure.picture('svg')).decode()}"
