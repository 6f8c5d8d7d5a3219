"""One page for a cluster: what its practices need to know, in sentences and two tables."""

from __future__ import annotations

from simulator.documents.blocks import Block, Heading, Paragraph, Part, Section, TableBlock, joined, sentence
from simulator.documents.pictures import pictures
from simulator.documents.quotes import NEEDED, Quotes, likelihood
from simulator.documents.scheme import counted, period
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

_MOST_YEARS = 6
"""Contract years that stand beside the sentences; more have their table in the annex."""


def cluster_page(quotes: Quotes, cluster: Cluster) -> Section:
    """Return a cluster's page."""
    name = cluster.name
    blocks: list[Block] = [
        Heading(1, name),
        _who(quotes, cluster),
        Heading(2, "How likely is an overspend?"),
        _overspend(quotes, name),
        _chances(quotes, name),
    ]
    if quotes.rules(Bond) or quotes.rules(SurplusSplit):
        blocks += [
            Heading(2, "The bond and the practice share"),
            *_money(quotes, cluster),
            _amounts(quotes, name),
        ]
    return Section((*blocks, *pictures(quotes, "outturn", name)), one_page=True)


def _who(quotes: Quotes, cluster: Cluster) -> Paragraph:
    practices = f" in {counted(len(cluster.practices), 'practice')}" if cluster.practices else ""
    return sentence(
        f"{{name}} has {{people}} registered people{practices}, and may expect a budget of {{budget}} a year "
        f"{period(quotes)}.",
        name=cluster.name,
        people=quotes.people(cluster.name),
        budget=quotes.amount(cluster.name, "annual_budget_gbp"),
    )


def _overspend(quotes: Quotes, name: str) -> Paragraph:
    chance = quotes.estimate(name, "overspend_probability")
    if chance is None or chance.value == 0:
        return sentence(
            "In no simulated contract does spend exceed the budget of the whole contract: the chance is "
            "{chance}.",
            chance=quotes.chance(name, "overspend_probability"),
        )
    return joined(
        sentence(
            f"It is {likelihood(chance)} that the whole contract's spend exceeds its budget: the chance is "
            "{chance}. By more than 2% of the budget, it is {large}.",
            chance=quotes.chance(name, "overspend_probability"),
            large=quotes.chance(name, "large_overspend_probability"),
        ),
        sentence(
            "The years' overspends may be expected to come to {over}, and their surpluses to {under}.",
            over=quotes.amount(name, "expected_overspend_gbp"),
            under=quotes.amount(name, "expected_surplus_gbp"),
        ),
    )


def _chances(quotes: Quotes, name: str) -> TableBlock:
    years = quotes.study.years
    periods = [(year, f"overspend_probability_year_{at}") for at, year in enumerate(years, start=1)]
    periods = periods if 1 < len(periods) <= _MOST_YEARS else []
    periods.append(("Whole contract", "overspend_probability"))
    cells: list[Part] = []
    headings = ["Period"]
    for label, measure in periods:
        heading, (cell,) = quotes.column(measure, (name,), label)
        headings.append(heading)
        cells.append(cell)
    return TableBlock(
        "", f"Chance that {name} overspends, in per cent", tuple(headings), (("Chance", *cells),)
    )


def _money(quotes: Quotes, cluster: Cluster) -> list[Block]:
    name = cluster.name
    posted = quotes.estimate(name, "bond_posted_gbp")
    said: list[Paragraph] = []
    if not cluster.takes_share:
        said.append(sentence("{name} does not take the practice share.", name=name))
    if quotes.rules(Bond) and posted is not None and posted.value > 0:
        said.append(
            sentence(
                "It posts a bond of {posted}, which pays all that reaches it over the contract with a chance "
                "of {covers}. To be 95% sure of that, the bond would have to be {needed}.",
                posted=quotes.amount(name, "bond_posted_gbp"),
                covers=quotes.chance(name, "bond_covers_probability"),
                needed=quotes.amount(name, "bond_needed_gbp"),
            )
        )
    elif quotes.rules(Bond):
        said.append(
            sentence(
                "It posts no bond. One that pays all that reaches it over the contract with 95% probability "
                "would have to be {needed}.",
                needed=quotes.amount(name, "bond_needed_gbp"),
            )
        )
    if quotes.rules(SurplusSplit) and cluster.takes_share:
        said.append(_share(quotes, cluster))
    return [joined(*said)]


def _share(quotes: Quotes, cluster: Cluster) -> Paragraph:
    name = cluster.name
    expected = sentence(
        "Its practices may expect {share} a year as their share of surpluses, {head} over the contract "
        "for each registered person.",
        share=quotes.amount(name, "practice_share_gbp_per_year"),
        head=quotes.amount(name, "practice_share_gbp_per_head"),
    )
    if quotes.has_savers:
        luck = sentence(
            "Over the contract, luck alone would bring them {luck}; what clusters truly save adds {skill}.",
            luck=quotes.amount(name, "luck_gbp"),
            skill=quotes.amount(name, "skill_gbp"),
        )
    else:
        luck = sentence("None of it comes from a true saving: it is luck.")
    net = quotes.estimate(name, "practice_net_gain_gbp")
    gains = "gain" if net is None or net.value >= 0 else "lose"
    worth = sentence(
        f"Net of all that the bond costs them they may expect to {gains} {{net}} over the contract; the "
        "chance that they end better off is {better}.",
        net=quotes.size(name, "practice_net_gain_gbp"),
        better=quotes.chance(name, "practice_better_off_probability"),
    )
    return joined(expected, luck, worth)


def _amounts(quotes: Quotes, name: str) -> TableBlock:
    needed = {
        NEEDED.replace("_gbp", f"_{100 * one:.0f}_gbp"): f"Bond needed at {100 * one:.0f}%"
        for one in quotes.confidences
    }
    measures = ["expected_overspend_gbp", *needed]
    if quotes.rules(Bond):
        measures += ["bond_posted_gbp", "expected_bond_draw_gbp"]
    if quotes.rules(SurplusSplit):
        measures.append("practice_share_gbp")
    measures += [
        "practice_net_gain_gbp",
        *(
            ["practice_net_gain_1_in_20_gbp"]
            if quotes.estimate(name, "practice_net_gain_1_in_20_gbp")
            else []
        ),
    ]
    rows = tuple(
        (needed.get(measure) or quotes.heading(measure), quotes.amount(name, measure)) for measure in measures
    )
    return TableBlock("", f"{name}: what is at stake", ("Over the whole contract", "Amount"), rows)
