"""The results of an annex: overspends, bonds, surpluses and luck, and the PCT's position."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.documents.blocks import Block, Heading, Paragraph, Part, Section, TableBlock, joined, sentence
from simulator.documents.in_brief import luck_sentence, pct_sentence
from simulator.documents.pictures import pictures
from simulator.documents.quotes import NEEDED, SHARED, Quotes
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

Column = tuple[str, tuple[Part, ...]]
OWN_BONDS, SHARED_BOND = "All, each its own bond", "All, one shared bond"
"""Rows of a table of bonds that stand for all clusters."""


def table_of(
    name: str, caption: str, first: Column, columns: Sequence[Column], *, total_last: bool = True
) -> TableBlock:
    """Return a table from its columns."""
    every = [first, *columns]
    rows = tuple(zip(*(cells for _, cells in every), strict=True))
    return TableBlock(name, caption, tuple(heading for heading, _ in every), rows, total_last)


def overspends(quotes: Quotes) -> Section:
    """Show how likely overspends are, and how large."""
    names: Column = ("Cluster", quotes.rows)
    years = [f"overspend_probability_year_{at}" for at in range(1, len(quotes.study.years) + 1)]
    chances = [
        *(years if len(years) > 1 else []),
        "overspend_any_year_probability",
        "overspend_probability",
        "large_overspend_probability",
        *(["leaves_probability"] if _may_leave(quotes) else []),
    ]
    amounts = [
        "budget_gbp",
        "spend_gbp",
        "budget_less_spend_gbp",
        "expected_overspend_gbp",
        "expected_surplus_gbp",
    ]
    meant = (
        "A year is overspent when its spend exceeds its budget; the whole contract when all its spend "
        "exceeds all its budget; an overspend of the whole contract is large if it is more than 2% of the "
        "budget. Expected overspends add up those of the years, and expected surpluses likewise; they are "
        "not set off against each other. For all clusters together chances are of their net total."
    )
    some = sentence(
        "The chance that some cluster overspends in some year is {chance}.",
        chance=quotes.chance(ALL_CLUSTERS, "some_cluster_overspends_probability"),
    )
    return Section(
        (
            Heading(1, "How likely is an overspend?"),
            joined(Paragraph((meant,)), some if len(quotes.clusters) > 1 else None),
            table_of("overspend chance", "Chance of an overspend, in per cent", names, _of(quotes, chances)),
            *pictures(quotes, "overspend"),
            table_of(
                "overspend size",
                "Budget, spend, overspend and surplus of the whole contract",
                names,
                _of(quotes, amounts),
            ),
            *pictures(quotes, "outturn"),
        )
    )


def bonds(quotes: Quotes) -> Section:
    """Show how big a bond must be, and what the posted one does."""
    rows = (*quotes.clusters, OWN_BONDS, SHARED_BOND)
    levels = [f"_{100 * one:.0f}_gbp" for one in quotes.confidences]
    needed = [
        quotes.cells(
            [
                *((name, NEEDED.replace("_gbp", level)) for name in quotes.clusters),
                None,
                (ALL_CLUSTERS, SHARED.replace("_gbp", level)),
            ],
            f"Needed at {100 * one:.0f}%",
        )
        for one, level in zip(quotes.confidences, levels, strict=True)
    ]
    posted = [
        quotes.cells([*((row, own) for row in quotes.rows), shared], quotes.heading(own))
        for own, shared in (
            ("bond_posted_gbp", (ALL_CLUSTERS, "bond_posted_gbp")),
            ("bond_covers_probability", (ALL_CLUSTERS, "shared_bond_covers_probability")),
            ("expected_bond_draw_gbp", None),
        )
    ]
    said = "The scheme has no bond. The table shows what one would have to be."
    if quotes.rules(Bond):
        said = "The table sets the bond that is posted against the bonds that would be needed."
    meant = (
        " A bond needed at 95% pays, with 95% probability, all that reaches it over the contract under the "
        "rules in their order, with top-ups and interest where there are any. The last row is one bond that "
        "all clusters would share."
    )
    columns = [*needed, *(posted if quotes.rules(Bond) else [])]
    return Section(
        (
            Heading(1, "How big a bond?"),
            Paragraph((said + meant,)),
            table_of("bonds", "Bonds for the whole contract", ("Cluster", rows), columns),
            *pictures(quotes, "bond-cover"),
        )
    )


def surpluses(quotes: Quotes) -> Section:
    """Show who may expect what of surpluses, and how much of the practice share is luck."""
    names: Column = ("Cluster", quotes.rows)
    shares = [
        "practice_share_gbp_per_year",
        "practice_share_gbp",
        "practice_share_gbp_per_head",
        "pct_return_gbp",
        "reinvestment_gbp",
    ]
    blocks: list[Block] = [Heading(1, "Who gets what of surpluses, and what luck does")]
    if not quotes.rules(SurplusSplit):
        blocks.append(Paragraph(("The scheme has no practice share: no rule divides a surplus.",)))
        return Section(tuple(blocks))
    blocks += [
        luck_sentence(quotes),
        table_of("surpluses", "What may be expected of surpluses", names, _of(quotes, shares)),
    ]
    if quotes.has_savers:
        luck = [
            quotes.column("luck_gbp", quotes.rows, "Luck"),
            quotes.column("skill_gbp", quotes.rows, "True saving"),
        ]
        blocks.append(
            table_of(
                "luck",
                "Practice share in all: what luck alone brings, and what true saving adds",
                names,
                luck,
            )
        )
    return Section((*blocks, *pictures(quotes, "practice-share")))


def positions(quotes: Quotes) -> Section:
    """Show who gains and who loses, and how the PCT's position comes about."""
    accounts = {
        account
        for flow in quotes.study.result.contract_outcomes.flows.values()
        for account in (flow.payer, flow.payee)
    }
    gains = [
        "practice_net_gain_gbp",
        "practice_net_gain_1_in_20_gbp",
        "practice_better_off_probability",
        *(["partner_net_gain_gbp"] if Account.PARTNER in accounts else []),
        *(["lender_income_gbp"] if Account.LENDER in accounts else []),
        "pct_net_position_gbp",
        "pct_net_position_1_in_20_gbp",
    ]
    meant = (
        "A party's net gain is all that comes to it over the contract less all that it pays. The PCT's net "
        "position is what it planned for the care of the clusters' people, which is the expected spend at "
        "the scenario's own growth before any true saving, less all that this care costs it."
    )
    total = ("The PCT's net position", quotes.amount(ALL_CLUSTERS, "pct_net_position_gbp"))
    return Section(
        (
            Heading(1, "Who gains, and who loses?"),
            Paragraph((meant,)),
            table_of(
                "positions",
                "Net gains over the whole contract",
                ("Cluster", quotes.rows),
                _of(quotes, gains),
            ),
            pct_sentence(quotes),
            TableBlock(
                "PCT",
                "How the PCT's net position comes about, over the whole contract",
                ("Gained, or lost where below zero", "Expected"),
                (*quotes.parts_of_the_pct(), total),
                total_last=True,
            ),
            *pictures(quotes, "pool"),
        )
    )


def _of(quotes: Quotes, measures: Sequence[str]) -> list[Column]:
    """Return columns of the summary for every row, each under its own heading."""
    return [quotes.column(measure, quotes.rows) for measure in measures]


def _may_leave(quotes: Quotes) -> bool:
    return not quotes.study.result.contract_outcomes.takes_part.all()
