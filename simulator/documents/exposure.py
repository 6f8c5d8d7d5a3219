"""What the PCT is left with: who bears short budgets, the pool, and what no pool of clusters spreads."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import text
from simulator.documents.blocks import Block, Cited, Heading, Paragraph
from simulator.documents.brief import NEAR_GBP, and_interest
from simulator.documents.cluster_facts import SHORTFALL
from simulator.documents.drivers import MOVED_OUTTURN
from simulator.documents.protection import PCT_BEARS
from simulator.documents.quotes import Quotes
from simulator.documents.shared_shocks import (
    EVERYTHING,
    OF_ALL,
    OF_CLUSTER,
    ONE_SD,
    REST,
    SHOCK_OF_YEAR,
    TOGETHER,
)
from simulator.documents.what_ifs import GAIN
from simulator.plain_words import capitalised, joined, per_cent_of, spaced
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS

_DRY = "pool_runs_dry_probability"
_MOST = 0.5


def who_bears(quotes: Quotes) -> Iterator[Block]:
    """Yield who bears that budgets are short of spend, where nobody else has a part in it."""
    short, gain, care, pct = (
        quotes.numbers[ALL_CLUSTERS, one].value
        for one in ("budget_less_spend_gbp", GAIN, "reinvestment_gbp", PCT_BEARS)
    )
    yield Paragraph(("Each row is rounded to its own ±: added up, they may miss the total by that.",))
    if max(short, gain) >= 0 or min(pct, care) <= 0 or abs(gain + care - pct - short) >= NEAR_GBP:
        return
    yield Heading(2, "Who bears that budgets are short?")
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"Budgets are {{{SHORTFALL}}} short of what is spent, {{budget_less_spend_gbp:size}}. Practices bear "
        f"{{{GAIN}:size}} of it: what is drawn from their bonds, less what they keep of surpluses"
        f"{and_interest(quotes)}. The PCT bears {{{PCT_BEARS}}}, its pool included. Together they bear "
        "{reinvestment_gbp} more than the shortfall: so much of the surpluses of other clusters and years "
        f"goes to patients' care.",
    )


def pool_runs_dry(quotes: Quotes) -> Iterator[Block]:
    """Yield how often the pool runs dry, and whose it is."""
    if (ALL_CLUSTERS, _DRY) not in quotes.numbers:
        return
    years = quotes.study.years
    by_year = joined([f"{{{_DRY}_year_{at}:alone}} in {one}" for at, one in enumerate(years, 1)])
    ever = f"; in some year with a chance of {{{_DRY}}}" if len(years) > 1 else ""
    yield quotes.sentence(
        ALL_CLUSTERS,
        "{figure} follows the pool. "
        f"The pool runs dry, since more reaches it than it holds, with a chance of {by_year}{ever}. The "
        "PCT pays the rest. What is left in the pool is the PCT's own, and counts in its net position.",
        figure=Cited("Figure", "pool", "A chart"),
    )


def in_common(quotes: Quotes) -> Iterator[Block]:
    """Yield how much of a bad year all clusters have in common, by source and as shocks with a sum."""
    common = quotes.in_common
    if not common.sources:
        return
    yield Heading(2, "How much of a bad year do all clusters have in common?")
    of_each = (
        f"{{{OF_CLUSTER}}} of the variance of a cluster's outturn, and {{{OF_ALL}}} of that of all together"
    )
    most = "Most of it: " if quotes.numbers[TOGETHER, OF_CLUSTER].low > _MOST else ""
    said = quotes.sentence(TOGETHER, f"{most}{of_each}. No pool of clusters spreads that.")
    parts = [*said.parts]
    for move in quotes.drivers.moves:
        what, _, step = move.partition(" +")
        if what.startswith("growth of"):
            far = step.strip().removesuffix(" of what is not known")
            more = f" {capitalised(what)} that is {far} higher in every kind of care costs them "
            more += f"{{{MOVED_OUTTURN}:size}} over the contract."
            parts += quotes.sentence(move, more).parts
    if common.shocked_line:
        line = f"One SD of the shock that the whole PCT has to {spaced(common.shocked_line)}"
        costs = f" {line} costs them {{{SHOCK_OF_YEAR}}} in {quotes.study.years[-1]}."
        parts += quotes.sentence(ALL_CLUSTERS, costs).parts
    yield Paragraph(tuple(parts))
    yield quotes.sentence(REST, _as_in_the_table(quotes))
    shared = [*common.sources.values()]
    rows = [*shared, TOGETHER, *(one for one in common.rows if one not in shared), EVERYTHING]
    headings = {
        OF_CLUSTER: "Of a cluster's variance",
        OF_ALL: "Of the variance of all",
        ONE_SD: "SD of all clusters together",
    }
    columns = [quotes.column(one, words, [(row, one) for row in rows]) for one, words in headings.items()]
    title = "What makes budget less spend vary over the whole contract: in common, and a cluster's own"
    first = text("What moves it", [capitalised(one) for one in rows])
    yield quotes.table("in common", title, columns, first)


def _as_in_the_table(quotes: Quotes) -> str:
    """Return how shares and SDs go together, and why they are less than shocks that are moved alone."""
    said = "Shares add up, and so do the squares of SDs. Budgets follow past spend and so take back some of "
    said += "what moved it: an SD is of what is left."
    settings = quotes.study.scenario.settings
    if Source.DOUBT in quotes.in_common.sources and len(settings.service_lines) > 1:
        together = per_cent_of(settings.doubt.correlation)
        said += (
            " Figures that are not known move it less than every kind of care at once would: between two "
            f"kinds their correlation is {together} (assumption)."
        )
    return said
