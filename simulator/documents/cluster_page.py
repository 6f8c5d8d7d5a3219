"""One page for a cluster: what its practices need to know, in sentences and two tables."""

from __future__ import annotations

from simulator.answers.table import Table, text
from simulator.documents.blocks import Block, Heading, Paragraph, Section, TableBlock
from simulator.documents.quotes import Quotes, at_confidence, likelihood
from simulator.documents.scheme import counted, period
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

_MOST_YEARS = 6
"""Contract years that stand beside the sentences; more have their table in the annex."""


def cluster_page(quotes: Quotes, cluster: Cluster) -> Section:
    """Return a cluster's page."""
    name = cluster.name
    who = quotes.sentence(
        name,
        "{name} has {people} registered people{practices}, and may expect a budget of {annual_budget_gbp} a "
        "year {period}.",
        name=name,
        practices=f" in {counted(len(cluster.practices), 'practice')}" if cluster.practices else "",
        period=period(quotes),
    )
    blocks: list[Block] = [
        Heading(1, name),
        who,
        Heading(2, "How likely is an overspend?"),
        _overspend(quotes, name),
        _chances(quotes, name),
    ]
    if quotes.has(Bond) or quotes.has(SurplusSplit):
        blocks += [
            Heading(2, "The bond and the practice share"),
            _money(quotes, cluster),
            _amounts(quotes, name),
        ]
    return Section((*blocks, *quotes.pictures("outturn", name)), one_page=True)


def _overspend(quotes: Quotes, name: str) -> Paragraph:
    chance = quotes.numbers[name, "overspend_probability"]
    if chance.value == 0:
        return quotes.sentence(
            name,
            "In no simulated contract does spend exceed the budget of the whole contract: the chance is "
            "{overspend_probability}.",
        )
    return quotes.sentence(
        name,
        "It is {likely} that the whole contract's spend exceeds its budget: the chance is "
        "{overspend_probability}. By more than 2% of the budget, it is {large_overspend_probability}. The "
        "years' overspends may be expected to come to {expected_overspend_gbp}, and their surpluses to "
        "{expected_surplus_gbp}.",
        likely=likelihood(chance),
    )


def _chances(quotes: Quotes, name: str) -> TableBlock:
    years = quotes.study.years if 1 < len(quotes.study.years) <= _MOST_YEARS else ()
    periods = {f"overspend_probability_year_{at}": year for at, year in enumerate(years, start=1)}
    periods["overspend_probability"] = "Whole contract"
    columns = [quotes.column(measure, label, [(name, measure)]) for measure, label in periods.items()]
    title = f"Chance that {name} overspends, in per cent"
    return TableBlock(Table("", title, (text("Period", ("Chance",)), *columns)))


def _money(quotes: Quotes, cluster: Cluster) -> Paragraph:
    name = cluster.name
    said = [] if cluster.takes_share else ["{name} does not take the practice share."]
    posted = quotes.estimate(name, "bond_posted_gbp")
    if quotes.has(Bond) and posted is not None and posted.value > 0:
        said.append(
            "It posts a bond of {bond_posted_gbp}, which pays all that reaches it over the contract with a "
            "chance of {bond_covers_probability}. To be 95% sure of that, the bond would have to be "
            "{bond_needed_gbp}."
        )
    elif quotes.has(Bond):
        said.append(
            "It posts no bond. One that pays all that reaches it over the contract with 95% probability "
            "would have to be {bond_needed_gbp}."
        )
    if quotes.has(SurplusSplit) and cluster.takes_share:
        said += [
            "Its practices may expect {practice_share_gbp_per_year} a year as their share of surpluses, "
            "{practice_share_gbp_per_head} over the contract for each registered person.",
            "Over the contract, luck alone would bring them {luck_gbp}; what clusters truly save adds "
            "{skill_gbp}."
            if quotes.has_savers
            else "None of it comes from a true saving: it is luck.",
            "Net of all that the bond costs them they may expect to {gain} {practice_net_gain_gbp:size} over "
            "the contract; the chance that they end better off is {practice_better_off_probability}.",
        ]
    gain = quotes.gain_or_lose(name, "practice_net_gain_gbp")
    return quotes.sentence(name, " ".join(said), name=name, gain=gain)


def _amounts(quotes: Quotes, name: str) -> TableBlock:
    needed = {
        at_confidence("bond_needed_gbp", one): f"Bond needed at {100 * one:.0f}%"
        for one in quotes.confidences
    }
    measures = [
        "expected_overspend_gbp",
        *needed,
        *(["bond_posted_gbp", "expected_bond_draw_gbp"] if quotes.has(Bond) else []),
        *(["practice_share_gbp"] if quotes.has(SurplusSplit) else []),
        "practice_net_gain_gbp",
        "practice_net_gain_1_in_20_gbp",
    ]
    first = ("Over the whole contract", "Amount")
    present = [measure for measure in measures if quotes.estimate(name, measure) is not None]
    labels = {measure: needed.get(measure) or quotes.heading(measure) for measure in present}
    return quotes.amounts("", f"{name}: what is at stake", first, name, labels)
