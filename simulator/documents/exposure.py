"""What the PCT is left with: who bears short budgets, the pool, and what no pool of clusters spreads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.answers.table import text
from simulator.documents.blocks import Block, Cited, Heading, Paragraph
from simulator.documents.brief import NEAR_GBP, and_interest, why_it_gains
from simulator.documents.cluster_facts import SHORTFALL
from simulator.documents.drivers import MOVED_OUTTURN
from simulator.documents.protection import PCT_BEARS
from simulator.documents.quotes import PLAN_LESS_BUDGETS, Quotes
from simulator.documents.returns import BAD_SHORT, ENOUGH, SHORT, of_return
from simulator.documents.shared_shocks import (
    EVERYTHING,
    OF_ALL,
    OF_CLUSTER,
    ONE_SD,
    REST,
    SHOCK_OF_YEAR,
    TOGETHER,
)
from simulator.documents.what_ifs import BUDGET_GROWTH, COST_GROWTH, EQUAL_GAP, GAIN
from simulator.plain_words import capitalised, joined, per_cent_of, spaced
from simulator.questions.explain.pieces import Source
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.rules.bond import Bond

_DRY, _SURE = "pool_runs_dry_probability", 0.95
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
        f"Spend is expected to exceed budgets by {{{SHORTFALL}}}, {{budget_less_spend_gbp:size}}. Practices "
        f"bear {{{GAIN}:size}} of it: what is drawn from their bonds, less what they keep of surpluses"
        f"{and_interest(quotes)}. The PCT bears {{{PCT_BEARS}}}, its pool included. Together they bear "
        f"{{reinvestment_gbp}} more, because that much surplus is reinvested.{_two_errors(quotes)}",
    )


def _two_errors(quotes: Quotes) -> str:
    """Return why one sum has two errors: what budgets are below the plan, and below what is spent."""
    kept, short = (
        quotes.numbers.get((ALL_CLUSTERS, one)) for one in (PLAN_LESS_BUDGETS, "budget_less_spend_gbp")
    )
    if kept is None or short is None or kept.half_width >= short.half_width:
        return ""
    if abs(kept.value + short.value) > short.half_width:
        return ""
    return (
        f" Budgets are {{{PLAN_LESS_BUDGETS}}} below the PCT's plan. That is the same sum. Its error is "
        "smaller: the plan is the spend expected, which does not vary, and real spend does."
    )


def why_it_plans_more(quotes: Quotes) -> str:
    """Return why a PCT plans more than it hands out, where costs grow more than budgets, for a sentence."""
    if (ALL_CLUSTERS, EQUAL_GAP) not in quotes.numbers or not why_it_gains(quotes):
        return ""
    gap, growth = quotes.numbers[ALL_CLUSTERS, EQUAL_GAP], quotes.what_ifs.growth
    if growth is None or growth[0].value >= growth[1].value:
        return ""
    side = "below" if gap.value > 0 else "above"
    chance = "" if beyond_chance(gap) else ", no more than chance"
    return (
        " It plans more than it budgets because its plan grows as costs are expected to, by "
        f"{{{COST_GROWTH}}} a year, and budgets by {{{BUDGET_GROWTH}}}: at equal growth they would be "
        f"{{{EQUAL_GAP}:size}} {side} the plan{chance}."
    )


def other_returns(quotes: Quotes) -> Iterator[Block]:
    """Yield how often the pool is enough at other returns of surpluses, and what is short."""
    shares = [one for one in quotes.returns.shares if (of_return(one), ENOUGH) in quotes.numbers]
    if not shares or quotes.returns.split is None:
        return
    own, most = quotes.returns.split.pct_return_share, shares[-1]
    bonds = "bonds and pool" if quotes.has(Bond) else "the pool"
    yield Heading(2, "Would a larger return to the PCT be enough?")
    bad = (
        {"bad": quotes.number(of_return(own), BAD_SHORT)}
        if (of_return(own), BAD_SHORT) in quotes.numbers
        else {}
    )
    yield quotes.sentence(of_return(most), _enough(quotes, shares, bonds, is_bad_known=bool(bad)), **bad)
    rows = [of_return(one) for one in shares]
    headings = {
        "pct_return_gbp": "Returned to the pool",
        "pool_payment_gbp": "The pool pays",
        ENOUGH: f"{capitalised(bonds)} are enough" if quotes.has(Bond) else "The pool is enough",
        SHORT: "Short, paid by the PCT",
        BAD_SHORT: "Short, 1 in 20",
    }
    columns = [quotes.column(one, words, [(row, one) for row in rows]) for one, words in headings.items()]
    marks = {own: " (as it is)", most: " (all that may return)"}
    labels = [f"{per_cent_of(one)}{marks.get(one, '')}" for one in shares]
    title = "The pool at other returns of surpluses to the PCT, over the whole contract"
    yield quotes.table("returns", title, columns, text("Return", labels), apart=0)


def _enough(quotes: Quotes, shares: Sequence[float], bonds: str, *, is_bad_known: bool) -> str:
    """Return which return is enough in 95 contracts of 100, if any, for a sentence on the largest."""
    enough = [one for one in shares if quotes.numbers[of_return(one), ENOUGH].low >= _SURE]
    if enough:
        least = per_cent_of(enough[0])
        return f"A return of {least} is enough: {bonds} would pay everything with a chance of at least 95%."
    said = (
        f"No return is enough: if all that may return of surpluses did, {bonds} would pay everything with a "
        f"chance of {{{ENOUGH}}}, and the PCT would still pay {{{SHORT}}} on average."
    )
    if not is_bad_known:
        return said
    ends = [quotes.numbers[of_return(one), BAD_SHORT] for one in (shares[0], shares[-1])]
    if ends[0].low < ends[1].value < ends[0].high:
        said += " In a bad case (1 in 20) it pays {bad}, at any of these returns."
    return said


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
    """Yield how much of a bad contract all clusters have in common, by source and as shocks with a sum."""
    common = quotes.in_common
    if not common.sources:
        return
    yield Heading(2, "How much of a bad contract do all clusters have in common?")
    of_each = (
        f"{{{OF_CLUSTER}}} of the variance of a cluster's outturn, and {{{OF_ALL}}} of that of all together"
    )
    most = "Most of it: " if quotes.numbers[TOGETHER, OF_CLUSTER].low > _MOST else ""
    said = quotes.sentence(TOGETHER, f"{most}{of_each}. No pool of clusters spreads that.")
    parts = [*said.parts]
    grown = [one for one in quotes.drivers.moves if one.startswith("growth of")]
    for move in grown:
        what, _, step = move.partition(" +")
        far = step.strip().removesuffix(" of what is not known")
        more = (
            f", and {what} "
            if move != grown[0]
            else f" {capitalised(what)} {far} higher in every kind of care costs them "
        )
        parts += quotes.sentence(move, f"{more}{{{MOVED_OUTTURN}:size}}").parts
    parts += [" over the contract."] * bool(grown)
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
    first = text("What moves it", [capitalised("subtotal: " * (one == TOGETHER) + one) for one in rows])
    yield quotes.table("in common", title, columns, first)


def _as_in_the_table(quotes: Quotes) -> str:
    """Return how shares and SDs go together, and why they are less than shocks that are moved alone."""
    said = "Without the subtotal, shares add up to 100%, and so do the squares of SDs to that of everything. "
    said += "SDs are after budgets have followed past spend."
    settings = quotes.study.scenario.settings
    if Source.DOUBT in quotes.in_common.sources and len(settings.service_lines) > 1:
        together = per_cent_of(settings.doubt.correlation)
        said += (
            " What is not known of figures differs between kinds of care (correlation: "
            f"{together}, an assumption): it moves all less than if every kind were wrong alike."
        )
    return said
