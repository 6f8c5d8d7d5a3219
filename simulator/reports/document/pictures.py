"""The charts that a document shows, taken from the register of charts."""

from __future__ import annotations

from simulator.charts import CHARTS, about, draw
from simulator.reports.document.answers import Answers
from simulator.reports.document.blocks import Figure


def pictures(answers: Answers, name: str, cluster: str | None = None) -> tuple[Figure, ...]:
    """Return a chart as a figure of a document.

    Parameters
    ----------
    answers : Answers
        What to draw.
    name : str
        Of the register.
    cluster : str, optional
        Only this one.

    Returns
    -------
    tuple of Figure
        One; none for a chart that is not in the register.
    """
    if name not in CHARTS:
        return ()
    return (Figure(about(name).rstrip("."), draw(answers.study, name, cluster)),)
