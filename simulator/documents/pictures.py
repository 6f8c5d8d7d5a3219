"""The charts that a document shows, taken from the register of charts."""

from __future__ import annotations

from simulator.charts.register import CHARTS, about, draw
from simulator.documents.blocks import Picture
from simulator.documents.quotes import Quotes


def pictures(quotes: Quotes, name: str, cluster: str | None = None) -> tuple[Picture, ...]:
    """Return a chart as a figure of a document."""
    if name not in CHARTS:
        return ()
    return (Picture(about(name).rstrip("."), draw(quotes.study, name, cluster)),)
