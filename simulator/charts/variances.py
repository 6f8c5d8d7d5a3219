"""What drives the outturn: shares of its variance by source, and what a pool of all clusters could cure."""

from __future__ import annotations

from simulator.charts.chart import Chart, with_ends
from simulator.charts.look import DARK, INK, LIGHT
from simulator.charts.panels import scale, worded
from simulator.charts.rows import BAR_IN, Beside, Rows, rows_at
from simulator.charts.sheet import sheet
from simulator.charts.strips import Key, Sign, Words
from simulator.charts.study import Study
from simulator.charts.style import in_house_style
from simulator.charts.words import money, per_cent, per_cent_tick, shortened
from simulator.plain_words import joined
from simulator.questions.explain.answer import ALL_SOURCES, Explanation
from simulator.questions.explain.pieces import Source, sources_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence

SOURCE_NAMES = {
    Source.COUNTS: "chance in how many cases",
    Source.UNIT_COSTS: "chance in what a case costs",
    Source.CLUSTER_YEAR: "the cluster's year",
    Source.UNMEASURED_NEED: "need that weights do not measure",
    Source.PCT_SHOCKS: "shocks to the whole PCT",
    Source.CLUSTER_LINE: "a cluster's kinds of care",
    Source.DRIFT: "growth that drifts",
    Source.PRICES: "shocks to prices",
    Source.DOUBT: "figures that are not known",
    Source.LAST_YEAR: "last year's outturn",
    Source.PAYMENT: "terms of payment",
    Source.BASE_YEAR: "luck of the budget's base year",
    Source.ACTIONS: "what clusters do",
    Source.INTERACTION: "shocks together",
}


_SHARED = 0.5
"""A source is called shared where clusters' parts of it go together by more than this correlation."""
SMALL_SHARE = 0.005
"""A smaller share is not worth a row."""


@in_house_style
def variance(study: Study, cluster: str | None = None) -> Chart:
    """What drives the outturn: shares of its variance that add up to the whole."""
    alone = study.clusters[0] if len(study.clusters) == 1 else ALL_CLUSTERS
    (name,) = study.chosen(cluster or alone, with_pct=True)
    explanation = study.explanation
    shares = sorted(_shares(explanation, name), key=lambda pair: -pair[1].value)
    sd, who = explanation.sd_gbp(cluster=name), in_sentence(name)
    title = _variance_title(explanation, shares, name)
    seen = [(source, share) for source, share in shares if abs(share.value) >= SMALL_SHARE]
    if seen:
        subtitle = (
            f"Shares of the variance of budget less spend of {who} over the whole contract; SD {money(sd)}"
        )
        shared = len(study.clusters) > 1
        is_shared = [shared and is_shared_source(explanation, source) for source, _ in seen]
        signs = [
            Sign(words, {"facecolor": colour, "edgecolor": "none"})
            for words, colour, is_used in (
                ("the same for all clusters: no pool cures it", DARK, any(is_shared)),
                ("clusters' own: a pool spreads it", LIGHT, not all(is_shared)),
            )
            if is_used
        ]
        rows = Rows(
            [SOURCE_NAMES[source] for source, _ in seen],
            (Beside("share", [per_cent(share) for _, share in seen]),),
        )
        rest = [SOURCE_NAMES[source] for source, share in shares if abs(share.value) < SMALL_SHARE]
        left = [Words([f"Not drawn, each under {SMALL_SHARE:.1%}: {joined(rest)}."])] if rest else []
        figure, (axes,) = sheet(title, subtitle, study.source, [*shared * [Key(signs)], rows, *left])
        for place, (_, share), dark in zip(rows_at(axes), seen, is_shared, strict=True):
            axes.barh(place, share.value, height=BAR_IN, color=DARK if dark else LIGHT)
            axes.plot([share.low, share.high], [place, place], color=INK, linewidth=1)
        axes.axvline(0, color=INK, linewidth=0.7)
        scale(axes, "x", per_cent_tick)
    else:
        figure = worded(title, study.source, "The outturn does not vary.")
    parts = ", ".join(f"{SOURCE_NAMES[source]} {per_cent(share)}" for source, share in seen) or "none"
    words = f"SD of budget less spend of {who}: {money(sd)}. Shares of its variance: {parts}."
    data = [
        {"cluster": name, "source": source} | with_ends("share_of_variance", share)
        for source, share in [*shares, (ALL_SOURCES, Estimate(1, 1, 1))]
    ]
    return Chart.of("variance", title, figure, data if shares else [], words, study.source)


def is_shared_source(explanation: Explanation, source: Source) -> bool:
    """Return whether a source moves all clusters together: by the mean correlation of their pieces."""
    left = explanation.pooled_share(source)
    sds = [explanation.sd_gbp(source, name).value for name in explanation.clusters[:-1]]
    # What is left of SDs that have nothing to do with each other.
    alone = sum(sd**2 for sd in sds) / sum(sds) ** 2 if any(sds) else 1.0
    return left is not None and alone < 1 and (left.value**2 - alone) / (1 - alone) > _SHARED


def _shares(explanation: Explanation, name: str) -> list[tuple[Source, Estimate]]:
    """Return the sources that play a part."""
    found = ((source, explanation.share(source, name)) for source in sources_of(explanation.plan))
    return [(source, share) for source, share in found if share and (share.value or share.half_width)]


def _variance_title(explanation: Explanation, shares: list[tuple[Source, Estimate]], name: str) -> str:
    if not shares:
        return f"Nothing makes the outturn of {shortened(name)} vary"
    left = explanation.pooled_share() if len(explanation.clusters) > 2 else None
    if name == ALL_CLUSTERS and left is not None:
        cured = per_cent(Estimate(1 - left.value, 1 - left.high, 1 - left.low))
        common = sum(share.value for source, share in shares if is_shared_source(explanation, source))
        why = "most of the rest is common" if common > 0.5 else "more clusters would share more"
        return f"Pooling cures {cured} of clusters' risk; {why}"
    return f"{shortened(name)}: most risk is {SOURCE_NAMES[shares[0][0]]}"
