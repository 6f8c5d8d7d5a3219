"""The results of an annex: overspends, bonds, surpluses and luck, and the PCT's position."""

from __future__ import annotations

from simulator.answers.table import text
from simulator.documents.blocks import Block, Heading, Paragraph, Section
from simulator.documents.in_brief import luck_sentence, pct_sentence
from simulator.documents.quotes import PCT, Quotes, at_confidence
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

_OWN_BONDS, _SHARED_BOND = "All, each its own bond", "All, one shared bond"
"""Rows of a table of bonds that stand for all clusters."""


def overspends(quotes: Quotes) -> Section:
    """Show how likely overspends are, and how large."""
    years = [f"overspend_probability_year_{at}" for at in range(1, len(quotes.study.years) + 1)]
    chances = [
        *(years if len(years) > 1 else []),
        "overspend_any_year_probability",
        "overspend_probability",
        "large_overspend_probability",
        *([] if quotes.study.result.contract_outcomes.takes_part.all() else ["leaves_probability"]),
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
    if len(quotes.clusters) > 1:
        meant += (
            " The chance that some cluster overspends in some year is {some_cluster_overspends_probability}."
        )
    return Section(
        (
            Heading(1, "How likely is an overspend?"),
            quotes.sentence(ALL_CLUSTERS, meant),
            quotes.table("overspend chance", "Chance of an overspend, in per cent", chances),
            *quotes.pictures("overspend"),
            quotes.table(
                "overspend size", "Budget, spend, overspend and surplus of the whole contract", amounts
            ),
            *quotes.pictures("outturn"),
        )
    )


def bonds(quotes: Quotes) -> Section:
    """Show how big a bond must be, and what the posted one does."""
    nothing = (ALL_CLUSTERS, "")
    columns = []
    for one in quotes.confidences:
        own, shared = (at_confidence(name, one) for name in ("bond_needed_gbp", "shared_bond_needed_gbp"))
        places = [*((name, own) for name in quotes.clusters), nothing, (ALL_CLUSTERS, shared)]
        columns.append(quotes.column(own, f"Needed at {100 * one:.0f}%", places))
    said = "The scheme has no bond. The table shows what one would have to be."
    if quotes.has(Bond):
        said = "The table sets the bond that is posted against the bonds that would be needed."
        for own, shared in (
            ("bond_posted_gbp", "bond_posted_gbp"),
            ("bond_covers_probability", "shared_bond_covers_probability"),
            ("expected_bond_draw_gbp", ""),
        ):
            places = [*((row, own) for row in quotes.rows), (ALL_CLUSTERS, shared)]
            columns.append(quotes.column(own, places=places))
    meant = (
        " A bond needed at 95% pays, with 95% probability, all that reaches it over the contract under the "
        "rules in their order, with top-ups and interest where there are any. The last row is one bond that "
        "all clusters would share."
    )
    first = text("Cluster", (*quotes.clusters, _OWN_BONDS, _SHARED_BOND))
    return Section(
        (
            Heading(1, "How big a bond?"),
            Paragraph((said + meant,)),
            quotes.table("bonds", "Bonds for the whole contract", columns, first),
            *quotes.pictures("bond-cover"),
        )
    )


def surpluses(quotes: Quotes) -> Section:
    """Show who may expect what of surpluses, and how much of the practice share is luck."""
    heading = Heading(1, "Who gets what of surpluses, and what luck does")
    if not quotes.has(SurplusSplit):
        said = "The scheme has no practice share: no rule divides a surplus."
        return Section((heading, Paragraph((said,))))
    shares = [
        "practice_share_gbp_per_year",
        "practice_share_gbp",
        "practice_share_gbp_per_head",
        "pct_return_gbp",
        "reinvestment_gbp",
    ]
    blocks: list[Block] = [
        heading,
        luck_sentence(quotes),
        quotes.table("surpluses", "What may be expected of surpluses", shares),
    ]
    if quotes.has_savers:
        title = "Practice share in all: what luck alone brings, and what true saving adds"
        luck = [quotes.column("luck_gbp", "Luck"), quotes.column("skill_gbp", "True saving")]
        blocks.append(quotes.table("luck", title, luck))
    return Section((*blocks, *quotes.pictures("practice-share")))


def positions(quotes: Quotes) -> Section:
    """Show who gains and who loses, and how the PCT's position comes about."""
    flows = quotes.study.result.contract_outcomes.flows.values()
    accounts = {account for flow in flows for account in (flow.payer, flow.payee)}
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
    parts = {measure: quotes.heading(measure) for _, measure in quotes.tables[PCT]}
    parts["pct_net_position_gbp"] = "The PCT's net position"
    return Section(
        (
            Heading(1, "Who gains, and who loses?"),
            Paragraph((meant,)),
            quotes.table("positions", "Net gains over the whole contract", gains),
            pct_sentence(quotes),
            quotes.amounts(
                "PCT",
                "How the PCT's net position comes about, over the whole contract",
                ("Gained, or lost where below zero", "Expected"),
                ALL_CLUSTERS,
                parts,
                has_total=True,
            ),
            *quotes.pictures("pool"),
        )
    )
