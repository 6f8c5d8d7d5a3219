"""The printed report of `explain`."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.columns import ERRORS_NOTE, Column, money_column, probability_column
from simulator.answers.printer import Printer
from simulator.questions.explain.answer import ALL_SOURCES, WHOLE_CONTRACT, Explanation
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import in_sentence, money, per_cent

_SIZE = "A larger cluster or a pool of clusters"
_POOL = "Only a pool of clusters"
_CURES = {
    Source.COUNTS: _SIZE,
    Source.UNIT_COSTS: _SIZE,
    Source.CLUSTER_YEAR: _POOL,
    Source.UNMEASURED_NEED: _POOL,
    Source.PCT_SHOCKS: "No pool inside the PCT",
    Source.BASE_YEAR: "Budgets by need instead of past spend",
}
"""What would shrink a source; the interaction has no cure of its own."""
_SPOKEN = {Source.CLUSTER_YEAR: "the cluster's year", Source.BASE_YEAR: "the budget's base year"}
_NO_VARIANCE = (
    "Budget less spend does not vary here, so there is nothing to explain: no service line that is "
    "answered for is paid by the case."
)


def print_explanation(explanation: Explanation, printer: Printer) -> None:
    """Print every cluster's sources of variance, and what pooling does to each source."""
    _print_heading(explanation, printer)
    if explanation.share(ALL_SOURCES) is None:
        printer.line(_NO_VARIANCE)
        return
    clusters = explanation.clusters
    sds = [explanation.sd_gbp(cluster=name) for name in clusters]
    shares = [
        probability_column(source, [explanation.share(source, name) for name in clusters])
        for source in Source
    ]
    columns = [
        Column("cluster", clusters, left=True),
        money_column("SD", sds),
        probability_column("SD, of budget", [_of_budget(explanation, name) for name in clusters]),
        *shares,
    ]
    title = "What makes budget less spend vary over the whole contract? Shares of its variance"
    printer.text_table(title, columns)
    if len(clusters) > 2:
        _print_pooling(explanation, printer)
    _print_notes(printer)


def print_cluster(explanation: Explanation, cluster: str, printer: Printer) -> None:
    """Print one cluster's sources of variance, by year and by service line."""
    _print_heading(explanation, printer)
    if explanation.share(ALL_SOURCES, cluster) is None:
        printer.line(_NO_VARIANCE)
        return
    sources, lines = explanation.sources, explanation.lines
    years = explanation.years if len(explanation.years) > 2 else (WHOLE_CONTRACT,)
    by_year = [
        probability_column(year, [explanation.share(source, cluster, year) for source in sources])
        for year in years
    ]
    sds = money_column("SD, whole contract", [explanation.sd_gbp(source, cluster) for source in sources])
    title = f"What makes the budget less spend of {_named(cluster)} vary? Shares of the variance"
    printer.text_table(title, [Column("source", sources, left=True), *by_year, sds])
    by_source = []
    for source in sources:
        shares = [explanation.share(source, cluster, line=line) for line in lines]
        by_source.append(probability_column(source, [_if_it_varies(share) for share in shares]))
    names = Column("service line", tuple(line.replace("_", " ") for line in lines), left=True)
    printer.text_table("In which service lines? Shares of the whole contract's variance", [names, *by_source])
    for sentence in _to_read_aloud(explanation, cluster):
        printer.line(sentence)
    _print_notes(printer)


def _print_heading(explanation: Explanation, printer: Printer) -> None:
    title = explanation.scenario.settings.title
    printer.line(f"{title}: {explanation.contracts:,} simulated contracts, seed {explanation.seed}")
    printer.line()


def _print_pooling(explanation: Explanation, printer: Printer) -> None:
    """Print what is left of each source when all clusters share it."""
    sources = explanation.sources
    pooled = [explanation.pooled_share(source) for source in sources]
    cured = [share and Estimate(1 - share.value, 1 - share.high, 1 - share.low) for share in pooled]
    columns = [
        Column("source", sources, left=True),
        money_column("SD, all clusters together", [explanation.sd_gbp(source) for source in sources]),
        probability_column("cured by pooling all clusters", cured),
        Column(
            "what would shrink it",
            (*(_CURES.get(source, "") for source in Source), ""),
            left=True,
        ),
    ]
    printer.text_table(
        "What can pooling cure? The clusters' SDs added up, against that of all together", columns
    )
    if everything := cured[-1]:
        printer.line(
            f"A pool of all clusters cures {per_cent(everything)} of the SD that they bear one by one."
        )
    if left := _if_it_varies(explanation.share(Source.PCT_SHOCKS)):
        printer.line(
            f"PCT-wide shocks, which no pool inside the PCT cures, are {per_cent(left)} of the variance then."
        )


def _to_read_aloud(explanation: Explanation, cluster: str) -> Iterator[str]:
    """Say what the tables of one cluster say."""
    share_of_budget = _of_budget(explanation, cluster)
    of_budget = f", {per_cent(share_of_budget)} of the budget" if share_of_budget else ""
    yield (
        f"By the end of the contract, chance moves the surplus or overspend of {_named(cluster)} by "
        f"{money(explanation.sd_gbp(cluster=cluster))}{of_budget}; twice as much would be no surprise."
    )
    for cure in dict.fromkeys(_CURES.values()) if cluster != ALL_CLUSTERS else ():
        parts = [
            f"{_SPOKEN.get(source, source)} ({per_cent(share)})"
            for source in Source
            if _CURES.get(source) == cure and (share := _if_it_varies(explanation.share(source, cluster)))
        ]
        if parts:
            yield f"{cure} would shrink {' and '.join(parts)}."
    found = {line: explanation.share(ALL_SOURCES, cluster, line=line) for line in explanation.lines[:-1]}
    by_line = {line: varying for line, share in found.items() if (varying := _if_it_varies(share))}
    if len(by_line) > 1:
        line = max(by_line, key=lambda name: by_line[name].value)
        most = per_cent(by_line[line])
        yield f"The service line that adds most is {line.replace('_', ' ')}: {most} of the variance."


def _named(cluster: str) -> str:
    return in_sentence(cluster)


def _print_notes(printer: Printer) -> None:
    notes = [
        ERRORS_NOTE,
        "A share is the covariance of that part with budget less spend, over its variance: the shares of all "
        "sources add up to 100%. A share below zero is an offset: that part moves against the rest.",
        "Unmeasured need counts less what a budget set by past spend already carries of it. The budget's "
        "base year is all else that past spend brings into the budget. Budgets by need shrink the latter and "
        "raise the former.",
        "SD: standard deviation, the usual distance from expectation.",
    ]
    for note in notes:
        printer.line(note)


def _of_budget(explanation: Explanation, cluster: str) -> Estimate | None:
    """Return the whole contract's SD over the expected budget; None where there is no budget."""
    budget = explanation.expected_budget_gbp[cluster]
    sd = explanation.sd_gbp(cluster=cluster)
    return Estimate(sd.value / budget, sd.low / budget, sd.high / budget) if budget > 0 else None


def _if_it_varies(share: Estimate | None) -> Estimate | None:
    """Return None for the share of what does not vary."""
    return share if share and (share.value or share.half_width) else None
