"""Draw docs/flow.svg: how a scenario becomes numbers with errors. `make docs` runs it."""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

HERE = Path(__file__).parent
INK, CHANCE, PLAIN = "#1b2a36", "#dbe9f4", "#f2f0ea"

# Name, what it does, centre (x, y); chance is drawn only in the blue ones.
BOXES = {
    "scenario": ("a file and its tables,\nchecked", 0.9, 2.0, PLAIN),
    "population": ("people weighted\nby need", 3.1, 2.0, PLAIN),
    "demand": ("shocks and\nnumbers of cases", 5.3, 3.0, CHANCE),
    "spend": ("what the\ncases cost", 7.5, 3.0, CHANCE),
    "budgets": ("historic spend and\nfair shares", 7.5, 1.0, PLAIN),
    "rules": ("who pays, keeps:\ndouble entry", 9.9, 2.0, PLAIN),
    "risk": ("estimates with\ntheir errors", 12.1, 2.0, PLAIN),
    "answers": ("tables\nand files", 14.1, 2.0, PLAIN),
}
ARROWS = [
    ("scenario", "population", ""),
    ("population", "demand", ""),
    ("population", "budgets", "fair share"),
    ("demand", "spend", ""),
    ("spend", "budgets", "base year's\noutturn"),
    ("spend", "rules", "spend"),
    ("budgets", "rules", "budget"),
    ("rules", "risk", ""),
    ("risk", "answers", ""),
]
WIDTH, HEIGHT = 1.72, 0.92


def draw() -> Figure:
    """Return the picture."""
    figure = Figure(figsize=(12.6, 3.5))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(-0.15, 15.15), ylim=(0.1, 4.1))
    axes.set_axis_off()
    for name, (words, x, y, colour) in BOXES.items():
        corner = (x - WIDTH / 2, y - HEIGHT / 2)
        style = "round,pad=0,rounding_size=0.1"
        box = FancyBboxPatch(corner, WIDTH, HEIGHT, boxstyle=style, facecolor=colour, edgecolor=INK)
        axes.add_patch(box)
        axes.text(x, y + 0.24, name, ha="center", va="center", weight="bold", size=10.5, color=INK)
        axes.text(x, y - 0.14, words, ha="center", va="center", size=8.2, color=INK)
    for start, end, words in ARROWS:
        _arrow(axes, BOXES[start][1:3], BOXES[end][1:3], words)
    axes.text(
        6.4,
        3.85,
        "blue: drawn by chance, in blocks of 5,000 contracts; there is no chance in any other stage",
        ha="center",
        size=8.2,
        style="italic",
        color=INK,
    )
    return figure


def _arrow(axes, start, end, words: str) -> None:  # noqa: ANN001 - matplotlib's
    (x0, y0), (x1, y1) = start, end
    if x0 == x1:
        begin, finish, place = (x0, y0 - HEIGHT / 2), (x1, y1 + HEIGHT / 2), (x0 + 0.12, (y0 + y1) / 2)
        align = "left"
    else:
        begin, finish = (x0 + WIDTH / 2, y0), (x1 - WIDTH / 2, y1)
        place, align = ((begin[0] + finish[0]) / 2, (y0 + y1) / 2 + 0.08), "center"
    axes.add_patch(FancyArrowPatch(begin, finish, arrowstyle="-|>", mutation_scale=11, color=INK, lw=1.1))
    if words:
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.2}
        axes.text(*place, words, ha=align, va="center", size=8, color=INK, bbox=box)


def main(target: Path = HERE / "flow.svg") -> None:
    """Write the picture, the same bytes each time."""
    with mpl.rc_context({"svg.hashsalt": "cluster-risk", "font.family": "DejaVu Sans"}):
        draw().savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
