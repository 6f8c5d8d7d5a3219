"""The charts that a document shows, taken from the register of charts."""

from __future__ import annotations

from simulator.charts.register import CHARTS, about, draw
from simulator.documents.answers import Answers
from simulator.documents.blocks import Figure


def pictures(answers: Answers, name: str, cluster: str | None = None) -> tuple[Figure, ...]:
    """Return a chart as a figure of a document."""
    if name not in CHARTS:
        return ()
    return (Figure(about(name).rstrip("."), draw(answers.study, name, cluster)),)
