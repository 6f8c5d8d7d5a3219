"""What practices keep in a middle year, and what a true saving does to it, in words and a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simulator.answers.table import Column, text
from simulator.documents.blocks import Block, Cited
from simulator.documents.brief import whole_contract
from simulator.documents.kept_shares import (
    MIDDLE_YEAR,
    NO_SHARE,
    NO_SHARE_OF_YEAR,
    SAVED_GBP,
    TOLD,
    after_saving,
)
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import BETTER_OFF, EVEN_SAVING, GAIN, OF_A_CLUSTER
from simulator.plain_words import joined, per_cent_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool

_SAVINGS = Cited("Table", "savings", "A table")


def middle_year(quotes: Quotes) -> str:
    """Return what practices keep in the middle year, and how often nothing, for `Quotes.sentence`."""
    if (ALL_CLUSTERS, f"{OF_A_CLUSTER}{NO_SHARE}") not in quotes.numbers:
        return ""
    of_all = (
        f"over {whole_contract(quotes)} there is none at all with a chance of {{{OF_A_CLUSTER}{NO_SHARE}}}"
    )
    if (ALL_CLUSTERS, MIDDLE_YEAR) not in quotes.numbers or len(quotes.study.years) == 1:
        return f"A cluster's practices may have no share: {of_all}."
    of_year = f"a year brings no share with a chance of {{{OF_A_CLUSTER}{NO_SHARE_OF_YEAR}}}"
    if not quotes.kept.is_nothing_in_the_middle:
        return f"Some years bring nothing: {of_year}, and {of_all}."
    whose = "practices" if len(quotes.clusters) == 1 else "a cluster's practices"
    return f"In the middle year {whose} keep nothing: {of_year}, and {of_all}."


def middle_columns(quotes: Quotes) -> list[Column]:
    """Return the columns of the share of a middle year, and of none: what the scenario's rules give."""
    headings = {
        MIDDLE_YEAR: "Share a year, middle",
        NO_SHARE_OF_YEAR: "No share in a year",
        NO_SHARE: "No share at all",
    }
    known = {measure for _, measure in quotes.numbers}
    # Of one year, none at all is none of it.
    known -= {NO_SHARE_OF_YEAR} if len(quotes.study.years) == 1 else set()
    columns = [quotes.column(one, words) for one, words in headings.items() if one in known]
    # The middle stands beside the mean: pounds of both are counted in one unit.
    mean = quotes.column("practice_share_gbp_per_year").cells
    return [replace(one, counted_with=mean) if one.unit is Unit.GBP else one for one in columns]


def after_savings(quotes: Quotes) -> Iterator[Block]:
    """Yield how often practices are better off after true savings, and whether one needs others to save."""
    kept = quotes.kept
    rows = {one: after_saving(one) for one in kept.savings if (after_saving(one), GAIN) in quotes.numbers}
    if not rows:
        return
    better = f"{OF_A_CLUSTER}{BETTER_OFF}"
    chances = {f"at_{at}": quotes.number(row, better, "alone") for at, row in enumerate(rows.values())}
    shown = [
        f"{{at_{at}}} {f'at {per_cent_of(saving)}' if saving else 'without a saving'}"
        for at, saving in enumerate(rows)
        if saving in TOLD
    ]
    whose = "practices" if len(quotes.clusters) == 1 else "a cluster's practices"
    who = "the cluster" if len(quotes.clusters) == 1 else "every cluster"
    said = ""
    if (ALL_CLUSTERS, EVEN_SAVING) in quotes.numbers:
        said = (
            f"From a true saving of {{{EVEN_SAVING}}} by {who} on, {whose} are more likely than not to be "
            "better off. "
        )
    said += f"Their chance of that is {joined(shown)} ({{table}}).{_alone(quotes)}"
    yield quotes.sentence(ALL_CLUSTERS, said, table=_SAVINGS, **chances)
    headings = {
        better: "Practices better off",
        f"{OF_A_CLUSTER}{NO_SHARE}": "No share at all",
        GAIN: "Practices' net gain, all clusters",
        SAVED_GBP: "Saved a year, an average cluster",
    }
    columns = [
        quotes.column(one, words, [(row, one) for row in rows.values()]) for one, words in headings.items()
    ]
    labels = [
        f"{100 * saving:.1f}%: {of}" if (of := kept.savings[saving]) else per_cent_of(saving)
        for saving in rows
    ]
    besides = ", besides what actions do" * bool(quotes.study.scenario.settings.actions)
    title = f"Practices after a true saving by {who}{besides}, over the whole contract"
    yield quotes.table("savings", title, columns, text("True saving", labels), apart=0)


def _alone(quotes: Quotes) -> str:
    """Return whether a cluster that saves alone needs as much, for `Quotes.sentence`."""
    if len(quotes.clusters) == 1:
        return ""
    if quotes.own_savings.others_matter:
        return " A cluster that saves alone gains otherwise: what others save moves what its practices gain."
    pool = " The pool, which all share, is the PCT's and pays only what bonds do not."
    pool *= quotes.has(Pool) and quotes.has(Bond)
    return (
        " A cluster that saves alone needs just as much: in no simulated contract do its practices gain more "
        f"or less by what others save.{pool}"
    )
