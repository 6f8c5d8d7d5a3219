"""A page for each cluster: what is different about it, what is at stake, and each practice's part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.answers.table import Column, Table, text
from simulator.documents.apart import differences, luck_of_budget, rank, spread
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Section, TableBlock
from simulator.documents.brief import bad_case_of_bond, whole_contract
from simulator.documents.cluster_facts import (
    BREAK_EVEN,
    OF_SIZES,
    SHORTFALL,
    SIZES,
    SPLIT,
    SPREAD,
    USED_UP,
    of_practice,
    of_size,
)
from simulator.documents.kept_shares import NO_SHARE
from simulator.documents.quotes import Quotes
from simulator.documents.results import saving_adds
from simulator.documents.what_ifs import BETTER_OFF, GAIN, OVERSPEND, SAVING_NEEDED
from simulator.plain_words import as_a_name, counted, in_letters, joined, per_cent_of
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

_BAD = "overspend_1_in_20"
_MOST_YEARS = 6
"""Contract years that stand on the page of a cluster; more have their table in the annex."""
_MOST_PRACTICES = 10
"""Practices that fit on the page of a cluster; the workbook has all."""


def cluster_page(quotes: Quotes, cluster: Cluster) -> Section:
    """Return a cluster's page."""
    name = cluster.name
    blocks: list[Block] = [Heading(1, name), _who(quotes, cluster)]
    if found := tuple(differences(quotes, name)):
        blocks += [Heading(2, "What is different"), Items(found)]
    blocks += [Heading(2, "How likely is an overspend?"), _overspend(quotes, name), _chances(quotes, name)]
    if quotes.has(Bond) or quotes.has(SurplusSplit):
        blocks += [Heading(2, "The bond and the practice share"), _money(quotes, cluster)]
        blocks += [*_sizes(quotes, name)] or [_amounts(quotes, name)]
    return Section((*blocks, *_practices(quotes, name)), one_page=True)


def _who(quotes: Quotes, cluster: Cluster) -> Paragraph:
    practices = f" in {counted(len(cluster.practices), 'practice')}" if cluster.practices else ""
    said = (
        f"{{name}} has {{people}} registered people{practices}, and a budget of {{annual_budget_gbp}} a year."
    )
    return quotes.sentence(cluster.name, f"{said} {_own_terms(cluster)}".rstrip(), name=cluster.name)


def _own_terms(cluster: Cluster) -> str:
    """Return what of a cluster's agreement may be its own."""
    said = []
    savings = cluster.true_saving_share_by_year or (float(cluster.true_saving_share),)
    if any(savings):
        said.append(f"It is taken to save {joined([*map(per_cent_of, savings)])} of demand.")
    if cluster.need != 1:
        said.append(
            f"The need of its people is {per_cent_of(float(cluster.need))} of what its budget assumes."
        )
    if cluster.list_growth_share:
        said.append(f"Its list grows by {per_cent_of(float(cluster.list_growth_share))} a year.")
    if cluster.proportion < 1:
        said.append(f"It answers for {per_cent_of(cluster.proportion)} of budget and spend.")
    return " ".join(said)


def _overspend(quotes: Quotes, name: str) -> Paragraph:
    chance = quotes.numbers[name, OVERSPEND]
    whole = whole_contract(quotes)
    if chance.value == 0:
        said = (
            f"In no simulated contract does it overspend over {whole}: the chance is "
            "{overspend_probability}."
        )
        return quotes.sentence(name, said)
    said = f"Over {whole} it overspends with a chance of {{overspend_probability}}"
    others = {one: quotes.numbers[one, OVERSPEND] for one in quotes.clusters}
    said += rank(others, name)
    said += f". {_cause(quotes, name)} {luck_of_budget(quotes, name)}"
    said += "The overspend is more than 2% of the budget with a chance of {large_overspend_probability}."
    if (name, f"{_BAD}_share") in quotes.numbers:
        said += f" In a bad case (1 in 20) overspends come to {{{_BAD}_gbp}}."
    return quotes.sentence(name, said)


def _cause(quotes: Quotes, name: str) -> str:
    """Return where the chance comes from: how tight the budget is, and how far the outturn spreads."""
    if (name, SHORTFALL) not in quotes.numbers:
        return "It has no budget to answer for."
    does = "short of" if quotes.numbers[name, SHORTFALL].value > 0 else "above"
    said = f"Its budget is expected to be {{{SHORTFALL}:size}} {does} what is spent"
    if spread(quotes, name):
        return f"{said}."
    return f"{said}, and the outturn typically differs by {{{SPREAD}}} of the budget from that."


def _chances(quotes: Quotes, name: str) -> TableBlock:
    """Return how likely and how large overspends are, by year and over the whole contract."""
    years = quotes.study.years if 1 < len(quotes.study.years) <= _MOST_YEARS else ()
    periods = {f"_year_{at}": year for at, year in enumerate(years, start=1)} | {"": "Whole contract"}
    periods = {one: label for one, label in periods.items() if (name, OVERSPEND + one) in quotes.numbers}
    headings = {
        OVERSPEND: "Chance",
        "expected_overspend_gbp": "Expected overspend",
        f"{_BAD}_gbp": "1 in 20",
        f"{_BAD}_share": "1 in 20",
    }
    columns = [
        quotes.column(measure, heading, [(name, measure + period) for period in periods])
        for measure, heading in headings.items()
    ]
    title = f"{name}: overspends; in a bad case (1 in 20) in pounds and per cent of the budget"
    return TableBlock(Table("", title, (text("Period", [*periods.values()]), *columns)))


def _money(quotes: Quotes, cluster: Cluster) -> Paragraph:
    name = cluster.name
    said = [] if cluster.takes_share else ["{name} does not take the practice share."]
    posted = quotes.numbers.get((name, "bond_posted_gbp"))
    if quotes.has(Bond) and posted is not None and posted.value > 0:
        said.append(
            "Its bond of {bond_posted_gbp} pays all that reaches it with a chance of "
            f"{{bond_covers_probability}}; with a chance of {{{USED_UP}}} all of it is lost. To be 95% sure, "
            "it would have to be {bond_needed_gbp}."
        )
    elif quotes.has(Bond):
        said.append("It posts no bond. To be 95% sure of paying everything, one would be {bond_needed_gbp}.")
    if quotes.has(SurplusSplit) and cluster.takes_share:
        bad = "In one contract out of twenty they {practice_net_gain_1_in_20_gbp:beyond}."
        bad = bad_case_of_bond(quotes, name, "they") or bad
        none = f" (none at all with a chance of {{{NO_SHARE}}})" * ((name, NO_SHARE) in quotes.numbers)
        said += [
            f"Its practices may expect {{practice_share_gbp_per_year}} a year of surpluses{none}, and over "
            f"the contract to {{practice_net_gain_gbp:gain}} net. {bad} They are better off with a chance of "
            "{practice_better_off_probability}.",
        ]
        if (name, BREAK_EVEN) in quotes.numbers and len(quotes.clusters) > 1:
            said.append(
                "They break even on average if every cluster truly saves {saving} of the care paid by the "
                f"case: here {{{BREAK_EVEN}}} a year."
            )
        if quotes.study.scenario.settings.truly_saves:
            said.append(
                f"Luck alone would bring them {{luck_gbp}} over the contract; {saving_adds(quotes, name)}."
            )
    said += filter(None, [_earns_more(quotes, name)])
    needed = (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers
    saving = quotes.number(ALL_CLUSTERS, SAVING_NEEDED, "short") if needed else ""
    return quotes.sentence(name, " ".join(said), name=name, saving=saving)


def _of_sizes(quotes: Quotes, name: str) -> dict[str, float]:
    """Return the rows of bonds that were tried, with their sizes."""
    rows = {of_size(name, share): share for share in SIZES}
    return {row: share for row, share in rows.items() if (row, GAIN) in quotes.numbers}


def _earns_more(quotes: Quotes, name: str) -> str:
    """Return why practices are more often better off with a larger bond, where they are."""
    bond, tried = quotes.facts.bond, [*_of_sizes(quotes, name)]
    # Without interest no contract has practices better off with a larger bond: only more is drawn.
    if not (tried and bond and bond.interest and bond.depositor == Account.PRACTICES):
        return ""
    if quotes.numbers[tried[-1], BETTER_OFF].value <= quotes.numbers[tried[0], BETTER_OFF].value:
        return ""
    return "A larger bond earns more interest: that alone is why practices are more often better off."


def _sizes(quotes: Quotes, name: str) -> Iterable[Block]:
    """Yield what bonds of several sizes would do."""
    if not (rows := _of_sizes(quotes, name)):
        return
    budget, posted = (quotes.numbers[name, one].value for one in ("annual_budget_gbp", "bond_posted_gbp"))
    # What is posted has its place between the others.
    order = sorted([*rows.items(), (name, posted / budget)], key=lambda one: one[1])
    labels = [
        f"Posted: {per_cent_of(round(share, 4))}" if row == name else f"{100 * share:g}%"
        for row, share in order
    ]
    headings = ("Bond", "Pays all", "Net gain", "Better off")
    columns = [
        quotes.column(measure, heading, [(row, measure) for row, _ in order])
        for measure, heading in zip(OF_SIZES, headings, strict=True)
    ]
    first = text("Bond, of a year's budget", labels)
    title = f"{name}: what bonds of other sizes would pay, and do for practices"
    yield TableBlock(Table("", title, (first, *columns)))


def _practices(quotes: Quotes, name: str) -> Iterable[Block]:
    """Yield each practice's part, and what it is not."""
    parts = quotes.facts.parts(name)[:_MOST_PRACTICES]
    if not parts or (name, GAIN) not in quotes.numbers:
        return
    rows = [of_practice(name, part) for part in parts]
    # Where all that is lost is of the bond, a bad case is told as a share of it: bonds differ by contract.
    of_bond = bad_case_of_bond(quotes, name, "practices")
    split = [one for one in SPLIT if not (of_bond and "1_in_20" in one)]
    measures = [one for one in ("people", *split) if (rows[0], one) in quotes.numbers]
    headings = {
        "people": "People",
        "bond_posted_gbp": "Bond",
        "practice_share_gbp_per_year": "Share a year",
        "practice_net_gain_gbp": "Net gain",
        "practice_net_gain_1_in_20_gbp": "Net gain, 1 in 20",
    }
    columns: Sequence[Column] = [
        quotes.column(measure, headings[measure], [(row, measure) for row in rows]) for measure in measures
    ]
    by = (
        "need"
        if quotes.facts.bond and quotes.facts.bond.split_between_practices_by == "need"
        else "list size"
    )
    yield Paragraph(
        (
            f"A practice's figures are its part of the cluster's, by {by}: no forecast for it. They are "
            "simulated: where practices are real, nothing here says how any of them has done.",
        )
    )
    first = text("Practice", [as_a_name(part.name) for part in parts])
    largest = f", the {in_letters(len(parts))} largest" if len(quotes.facts.parts(name)) > len(parts) else ""
    title = f"{name}: each practice's part of bond, share and net gain{largest}"
    yield TableBlock(Table("", title, (first, *columns)))


def _amounts(quotes: Quotes, name: str) -> TableBlock:
    measures = ["expected_overspend_gbp", "bond_needed_gbp"]
    measures += ["practice_share_gbp"] if quotes.has(SurplusSplit) else []
    measures += ["practice_net_gain_gbp", "practice_net_gain_1_in_20_gbp"]
    present = [measure for measure in measures if quotes.numbers.get((name, measure)) is not None]
    labels = {measure: quotes.heading(measure) for measure in present}
    return quotes.amounts(
        "", f"{name}: what is at stake", ("Over the whole contract", "Amount"), name, labels
    )
