"""What makes the outturn vary: pieces that add up to the whole."""

from __future__ import annotations

from simulator.charts.chart import Chart
from simulator.charts.study import Study
from simulator.charts.style import DARK, GREY, INK, LIGHT, WARM, framed, in_house_style
from simulator.charts.words import money, per_cent, per_cent_tick, sentence
from simulator.questions.explain.answer import ALL_SOURCES, Explanation
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence

_ROW_IN = 0.27
_NAMES = {
    Source.COUNTS: "chance: how many cases",
    Source.UNIT_COSTS: "chance: what a case costs",
    Source.CLUSTER_YEAR: "the cluster's year",
    Source.UNMEASURED_NEED: "need that weights do not measure",
    Source.PCT_SHOCKS: "shocks to the whole PCT",
    Source.BASE_YEAR: "luck of the budget's base year",
    Source.INTERACTION: "shocks together",
}


@in_house_style
def draw(study: Study, cluster: str | None = None) -> Chart:
    """What drives the outturn: shares of its variance that add up to the whole."""
    import pandas as pd

    alone = study.clusters[0] if len(study.clusters) == 1 else ALL_CLUSTERS
    (name,) = study.chosen(cluster or alone, with_pct=True)
    explanation = study.explanation
    shares = _shares(explanation, name)
    sd = explanation.sd_gbp(cluster=name)
    who = in_sentence(name)
    title = _title(shares, who)
    subtitle = f"Shares of the variance of budget less spend over the whole contract; its SD is {money(sd)}"
    figure, grid = framed(title, subtitle, study.source, (len(shares) + 1) * _ROW_IN + 0.4)
    axes = figure.add_subplot(grid[0])
    reached = 0.0
    for row, (_, share) in enumerate(shares):
        axes.barh(row, share.value, left=reached, height=0.62, color=LIGHT if share.value >= 0 else WARM)
        right = reached + max(share.value, share.high, 0.0)
        axes.plot([reached + share.low, reached + share.high], [row, row], color=DARK, linewidth=1.2)
        axes.plot([reached + share.value] * 2, [row - 0.31, row + 1.31], color=GREY, linewidth=0.6)
        axes.text(right + 0.012, row, per_cent(share), va="center", size=8)
        reached += share.value
    if shares:
        axes.barh(len(shares), reached, height=0.62, color=DARK)
        axes.text(reached + 0.012, len(shares), "100%", va="center", size=8)
    names = [*(_NAMES[source] for source, _ in shares), "all of it"]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(right=1.18)
    axes.axvline(0, color=INK, linewidth=0.7)
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_formatter(per_cent_tick)
    axes.grid(visible=True, axis="x")
    said = ", ".join(f"{_NAMES[source]} {per_cent(share)}" for source, share in shares)
    alt = (
        f"{sentence(title)} SD of budget less spend of {who}: {money(sd)}. Shares of its variance: "
        f"{said or 'none'}."
    )
    rows = [
        {"cluster": name, "source": source, "share_of_variance": share.value}
        | {"share_of_variance_low": share.low, "share_of_variance_high": share.high}
        for source, share in [*shares, (ALL_SOURCES, Estimate(1, 1, 1))]
    ]
    return Chart("variance", title, figure, pd.DataFrame(rows if shares else []), alt, study.source)


def _shares(explanation: Explanation, name: str) -> list[tuple[Source, Estimate]]:
    """Return the sources that play a part."""
    found = ((source, explanation.share(source, name)) for source in Source)
    return [(source, share) for source, share in found if share and (share.value or share.half_width)]


def _title(shares: list[tuple[Source, Estimate]], who: str) -> str:
    if not shares:
        return f"Nothing makes the outturn of {who} vary: no service line is paid by the case"
    source, share = max(shares, key=lambda pair: pair[1].value)
    most = _NAMES[source].replace("chance: ", "chance in ")
    return f"What drives the outturn of {who}? Most: {most}, {per_cent(share)}"
