"""Write docs/validation.md and draw docs/validation.svg. `make docs` runs it; a test compares them."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from simulator.risk.estimation import probability
from simulator.validation.outturns import FLAGSHIP, overspend_shares, simulate_years
from simulator.validation.population_size import law_of_chance, spread_for
from simulator.validation.report import NOTES, SECTIONS, told_counts

HERE = Path(__file__).parent
INK = "#1b2a36"
# An overspend of more than so much of the budget, in per cent: a grey and a style that stay apart in print.
CURVES = {1: ("#1b2a36", "-"), 2: ("#3f6f94", "-"), 5: ("#3f6f94", "--"), 10: ("#7d8790", "-")}
# People, chance in per cent, label and its alignment: HSJ article 5023200.
POINTS = (
    (100_000, 20, "HSJ 20% (tuned)", "left"),
    (100_000, 4, "HSJ 4%", "right"),
    (300_000, 6, "HSJ 6%", "left"),
)
YEARS = 100_000
COLUMNS = ("source", "case", "quantity", "origin", "published", "ours", "exact", "95% of repeats", "verdict")


def document(rows: Sequence[dict[str, str]]) -> str:
    """Return docs/validation.md from the rows that ``cluster-risk validate --out`` writes."""
    recomputed = Counter(row["source"] for row in rows if row["origin"] == "recomputed")
    derived = sum(row["origin"] == "derived" for row in rows)
    told = "; ".join(f"{count} of {source}" for source, count in recomputed.items())
    parts = [
        "# Published results, and what the simulator makes of them",
        f"Each number here stands in its source or is a closed form, but for {derived} that were derived "
        f"from the source's data and {recomputed.total()} that were recomputed by its method, all marked: "
        f"{told}. `cluster-risk validate` runs them all in some ten seconds and "
        "prints this table; the exit code is 1 if a number fails without a reason that stands here. "
        "Made by `make docs`.",
        f"{told_counts(rows)} *Tuned* and *given* prove nothing: they are what a source's rows "
        "were fitted to. *Does not fit* is shown with its reason, and the simulator must still give what "
        "that reason says.",
        "\n".join(f"- {note}" for note in NOTES),
    ]
    for number, title in SECTIONS.items():
        parts += _section(number, title, [row for row in rows if row["section"] == str(number)])
    return "\n\n".join(parts) + "\n"


def _section(number: int, title: str, rows: Sequence[dict[str, str]]) -> list[str]:
    parts = [f"## {number}. {title}", _table(rows)]
    tuned = dict.fromkeys((row["case"], row["tuned"]) for row in rows if row["tuned"])
    remarks = dict.fromkeys(row["remark"] for row in rows if row["remark"])
    if tuned:
        parts.append("\n".join(f"- Tuned, {case}: {what}." for case, what in tuned))
    if remarks:
        parts.append("\n".join(f"- {_about(rows, remark)}: {remark}" for remark in remarks))
    if number == 2:
        parts.append(
            "![How likely an overspend of more than 1, 2, 5 and 10% is, by population](validation.svg)"
        )
        parts.append(
            "Left: chance alone, exact, with the spread that was tuned on HSJ's 20%; circles: HSJ. "
            "Right: the flagship's service lines and shocks, budgets at expected spend, "
            f"{YEARS:,} simulated years with 95% intervals. Beyond 100,000 people size hardly helps: what is "
            "common to all and what a budget does not measure remain."
        )
    return parts


def _about(rows: Iterable[dict[str, str]], remark: str) -> str:
    found = [row for row in rows if row["remark"] == remark]
    return f"**{found[0]['case']}, {', '.join(row['quantity'] for row in found)}**"


def _table(rows: Sequence[dict[str, str]]) -> str:
    columns = [column for column in COLUMNS if any(row[column] for row in rows)]
    lines = [f"| {' | '.join(columns)} |", "|" + "---|" * len(columns)]
    before: dict[str, str] = {}
    for row in rows:
        same = before.get("source") == row["source"], before.get("case") == row["case"]
        cells = ["" if repeated else row[name] for name, repeated in zip(columns[:2], same, strict=True)]
        cells += [row[name] for name in columns[2:]]
        lines.append(f"| {' | '.join(cells)} |")
        before = row
    return "\n".join(lines)


def draw() -> Figure:
    """Return the picture: the chance of an overspend against population."""
    figure = Figure(figsize=(9.6, 4.1), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True)
    people = np.logspace(3, 6, 37)
    spread = spread_for(100_000, 0.01, 0.2)
    laws = [law_of_chance(size, spread) for size in people]
    for per_cent, (colour, style) in CURVES.items():
        # Rounded, so that the file is the same on any machine.
        chances = [round(100 - 100 * float(law.cdf(1 + per_cent / 100)), 3) for law in laws]
        left.plot(people, chances, color=colour, linestyle=style, lw=1.6)
        _label(left, chances[0], per_cent, colour)
    for size, chance, words, side in POINTS:
        left.plot(size, chance, "o", ms=6, mfc="white", mec=INK, mew=1.4)
        place = (8, 2) if side == "left" else (-8, -4)
        left.annotate(words, (size, chance), place, textcoords="offset points", ha=side, size=8.5, color=INK)
    _draw_with_shocks(right)
    left.set_title("Chance alone", size=10.5, color=INK)
    right.set_title("With the flagship's shocks", size=10.5, color=INK)
    left.set_ylabel("probability, %")
    for axes in (left, right):
        axes.set(xscale="log", xlim=(230, 1.3e6), ylim=(0, 50), xlabel="people in the cluster")
        axes.set_xticks([1e3, 1e4, 1e5, 1e6], ["1,000", "10,000", "100,000", "1,000,000"])
        axes.minorticks_off()
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color="#e3e6e9", lw=0.6)
    return figure


def _draw_with_shocks(axes: Axes) -> None:
    people = np.logspace(3, 6, 7)
    shares = overspend_shares(
        simulate_years(list(people), FLAGSHIP["service_lines"], YEARS, FLAGSHIP["shocks"])
    )
    for per_cent, (colour, style) in CURVES.items():
        found = [probability(column > per_cent / 100) for column in shares.T]
        ends = [[one.value - one.low for one in found], [one.high - one.value for one in found]]
        chances = np.round([100 * one.value for one in found], 3)
        bars = np.round(100 * np.array(ends), 3)
        axes.errorbar(people, chances, bars, color=colour, linestyle=style, lw=1.6, elinewidth=1, capsize=2)
        _label(axes, float(chances[0]), per_cent, colour)


def _label(axes: Axes, chance: float, per_cent: int, colour: str) -> None:
    text = f"over {per_cent}%"
    axes.annotate(
        text,
        (1e3, chance),
        (-6, 0),
        textcoords="offset points",
        ha="right",
        va="center",
        size=8.5,
        color=colour,
    )


def save(target: Path) -> None:
    """Write the picture, the same bytes each time."""
    with mpl.rc_context({"svg.hashsalt": "cluster-risk", "font.family": "DejaVu Sans"}):
        draw().savefig(target, metadata={"Date": None} if target.suffix == ".svg" else None, dpi=110)


def main() -> None:
    """Run the command and write both files."""
    program = Path(sys.executable).with_name("cluster-risk")
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "validation.csv"
        subprocess.run([program, "validate", "--out", table], check=True, stdout=subprocess.DEVNULL)  # noqa: S603
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    (HERE / "validation.md").write_text(document(rows), encoding="utf-8")
    save(HERE / "validation.svg")


if __name__ == "__main__":
    main()
