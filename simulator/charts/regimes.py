"""What each party has under each regime, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, GREY, INK, LIGHT, WARM
from simulator.charts.panels import scale
from simulator.charts.rows import Rows, rows_at
from simulator.charts.sheet import sheet
from simulator.charts.strips import Key, Sign
from simulator.charts.study import Study
from simulator.charts.style import Looks, in_house_style
from simulator.charts.words import money, pounds, short
from simulator.errors import Problems, unknown
from simulator.questions.compare.regimes import LUCK, PARTIES, POSITIONS, RegimeComparison
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.in_words import in_sentence
from simulator.scenario.regimes import Regime

_LOOKS = ((DARK, "o"), (LIGHT, "s"), (WARM, "D"))
"""Colour and marker of practices, patients and the PCT."""
_APART_IN = 0.09
"""Between the marks of a row."""


@in_house_style
def regimes(study: Study, cluster: str | None = None, *, compare: Sequence[str | Path | Regime]) -> Chart:
    """What practices, patients and the PCT may expect under each regime: --compare, once or more often."""
    name = cluster or ALL_CLUSTERS
    Problems(unknown("cluster", name, (*study.clusters, ALL_CLUSTERS))).report()
    found = study.regimes(compare)
    subtitle = (
        f"Mean over the whole contract for each party of {in_sentence(name)}; lines are 95% intervals, where "
        "they can be seen"
    )
    marks: list[Looks] = [
        {"color": colour, "marker": marker, "markersize": 5, "markeredgecolor": INK, "markeredgewidth": 0.4}
        for colour, marker in _LOOKS
    ]
    signs = [
        Sign(party.removeprefix("The ").replace("Patients", "Patients (reinvested)"), mark | {"linewidth": 0})
        for party, mark in zip(POSITIONS, marks, strict=True)
    ]
    title = _title(found, name)
    rows = Rows(found.names, least_in=0.36, bar_in=0.3)
    figure, (axes,) = sheet(title, subtitle, study.source, [Key(signs), rows])
    for at, place in enumerate(rows_at(axes)):
        for off, measure, mark in zip((-1, 0, 1), POSITIONS.values(), marks, strict=True):
            if one := found.estimate(at, measure, name):
                ends, height = [one.estimate.low, one.estimate.high], place + off * _APART_IN
                axes.plot(ends, [height, height], color=mark["color"], linewidth=1.2)
                axes.plot([one.estimate.value], [height], **mark)
    axes.axvline(0, color=GREY, linewidth=0.8)
    axes.margins(x=0.04)
    scale(axes, "x", pounds)
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


def _title(found: RegimeComparison, name: str) -> str:
    """Return how far regimes lie apart for practices and the PCT."""

    def ends(measure: str) -> str:
        known = [one.estimate for at in range(len(found.names)) if (one := found.estimate(at, measure, name))]
        lowest, highest = (short(end(known, key=lambda one: one.value)) for end in (min, max))
        return lowest if lowest == highest else f"{lowest} to {highest}"

    practices, _, pct = POSITIONS.values()
    return f"Practices expect {ends(practices)} by regime, the PCT {ends(pct)}"
