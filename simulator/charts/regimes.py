"""What each party has under each regime, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, WARM
from simulator.charts.panels import legend_above, row_panel, scale
from simulator.charts.study import Study
from simulator.charts.style import in_house_style
from simulator.charts.words import money, pounds
from simulator.errors import Problems, unknown
from simulator.questions.compare.regimes import LUCK, PARTIES, POSITIONS
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.in_words import in_sentence
from simulator.scenario.regimes import Regime

_LOOKS = ((DARK, "o", -0.22), (LIGHT, "s", 0.0), (WARM, "D", 0.22))
"""Colour and marker of practices, patients and the PCT, and how far from the middle of the row they stand."""


@in_house_style
def regimes(study: Study, cluster: str | None = None, *, compare: Sequence[str | Path | Regime]) -> Chart:
    """What practices, patients and the PCT may expect under each regime: --compare, once or more often."""
    name = cluster or ALL_CLUSTERS
    Problems(unknown("cluster", name, (*study.clusters, ALL_CLUSTERS))).report()
    found = study.regimes(compare)
    title = f"What practices, patients and the PCT may expect of {in_sentence(name)} under each regime"
    subtitle = "Mean over the whole contract; lines are 95% intervals, where they can be seen"
    figure, axes = row_panel(title, subtitle, study.source, found.names, least_in=0.36, top_in=0.3)
    for (party, measure), (colour, marker, off) in zip(POSITIONS.items(), _LOOKS, strict=True):
        known = [found.estimate(at, measure, name) for at in range(len(found.names))]
        rows = [(at, one.estimate) for at, one in enumerate(known) if one]
        values = np.array([(one.value, one.value - one.low, one.high - one.value) for _, one in rows]).T
        axes.errorbar(
            values[0],
            [at + off for at, _ in rows],
            xerr=np.maximum(values[1:], 0.0),
            fmt=marker,
            color=colour,
            markeredgecolor=INK,
            markeredgewidth=0.4,
            markersize=5,
            elinewidth=1.2,
            label=party.removeprefix("The ").replace("Patients", "Patients (reinvested)"),
        )
    axes.axvline(0, color=GREY, linewidth=0.8)
    for row in range(len(found.names) - 1):
        axes.axhline(row + 0.5, color=GREY, linewidth=0.3)
    scale(axes, "x", pounds)
    legend_above(axes, fontsize=7.5, ncols=3, handlelength=1.2, columnspacing=1.2)
    words = []
    for at, regime in enumerate(found.names):
        said = (
            f"{party.removeprefix('The ')} {money(one.estimate)}"
            for party, measure in POSITIONS.items()
            if (one := found.estimate(at, measure, name))
        )
        words.append(f"{regime}: {', '.join(said)}.")
    rows_of_data = [
        {"regime": regime, "cluster": name, "measure": measure}
        | with_ends("value", one.estimate)
        | with_ends("difference", one.difference)
        for at, regime in enumerate(found.names)
        for measure in (*(one for party in PARTIES.values() for one in party), LUCK)
        if (one := found.estimate(at, measure, name))
    ]
    return Chart.of("regimes", title, figure, rows_of_data, " ".join(words), study.source)
