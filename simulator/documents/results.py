"""The results: in brief, by subject in an annex, and on a page for each cluster."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.table import Table, text
from simulator.documents.blocks import Block, Heading, Paragraph, Section, TableBlock
from simulator.documents.quotes import PCT, Quotes, at_confidence, likelihood, odds
from simulator.documents.scheme import period
from simulator.plain_words import counted
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

_OWN_BONDS, _SHARED_BOND = "All, each its own bond", "All, one shared bond"
"""Rows of a table of bonds that stand for all clusters."""
_MOST_YEARS = 6
"""Contract years that stand on the page of a cluster; more have their table in the annex."""


def in_brief(quotes: Quotes) -> Section:
    """Say the most important results first."""
    blocks: list[Block] = [Heading(1, "In brief")]
    # Free text on one line, without the signs that some format cannot hold.
    words = quotes.study.scenario.settings.question.split()
    if question := " ".join("".join(filter(str.isprintable, word)) for word in words):
        blocks.append(Paragraph((question,)))
    blocks.append(_overspend_in_brief(quotes))
    if quotes.has(Bond):
        blocks.append(_bond_in_brief(quotes))
    if quotes.has(SurplusSplit):
        share = (
            "Practices may expect {practice_share_gbp_per_year} a year between them. Net of what bonds cost "
            "them they may expect to {practice_net_gain_gbp:gain} over the contract. "
        )
        blocks.append(quotes.sentence(ALL_CLUSTERS, share + luck_in_words(quotes)))
    blocks.append(pct_sentence(quotes))
    return Section(tuple(blocks))


def luck_in_words(quotes: Quotes) -> str:
    """Return what luck does to the practice share of all clusters, for `Quotes.sentence`."""
    if quotes.has_savers:
        return (
            "Had no cluster truly saved anything, luck alone would bring the practices {luck_gbp}; true "
            "saving adds {skill_gbp}."
        )
    return (
        "No cluster truly saves anything here: spend differs from budget by chance and by how budgets are "
        "set, so that every pound of practice share is luck."
    )


def pct_sentence(quotes: Quotes) -> Paragraph:
    """Return what is left with the PCT, in a sentence or two."""
    said = (
        "Against its plan the PCT may expect to {pct_net_position_gbp:gain} over the contract. It "
        "pays {pct_payment_gbp} for overspends on average, and more than {pct_payment_1_in_20_gbp} in one "
        "contract in twenty."
    )
    bad = quotes.numbers.get((ALL_CLUSTERS, "pct_net_position_1_in_20_gbp"))
    if bad is not None:
        worse = "loses more than" if bad.value < 0 else "gains less than"
        said += f" In one contract in twenty it {worse} {{pct_net_position_1_in_20_gbp:size}} in all."
    if quotes.has(Pool):
        said += (
            " The pool may be expected to pay {pool_payment_gbp} of overspends and to end at "
            "{pool_balance_gbp}. Pool and bonds leave no overspend to the PCT with a chance of "
            "{pool_and_bonds_cover_probability}."
        )
    return quotes.sentence(ALL_CLUSTERS, said)


def _overspend_in_brief(quotes: Quotes) -> Paragraph:
    measure = "overspend_probability"
    if len(quotes.clusters) == 1:
        cluster = quotes.clusters[0]
        return quotes.sentence(
            cluster,
            "It is {likely} that {cluster} overspends the whole contract, {period}: the chance is "
            "{overspend_probability}.",
            likely=likelihood(quotes.numbers[cluster, measure]),
            cluster=cluster,
            period=period(quotes),
        )
    start = "The chance that a cluster overspends the whole contract"
    end = "Together the clusters may expect overspends of {expected_overspend_gbp} over the contract."
    return _over_clusters(quotes, measure, quotes.clusters, start, end)


def _bond_in_brief(quotes: Quotes) -> Paragraph:
    measure = "bond_covers_probability"
    posting = [name for name in quotes.clusters if quotes.numbers.get((name, measure)) is not None]
    if not posting:
        return Paragraph(("No cluster takes the practice share, and so none posts a bond.",))
    if len(quotes.clusters) == 1:
        return quotes.sentence(
            quotes.clusters[0],
            "The bond of {bond_posted_gbp} pays every overspend with a chance of {bond_covers_probability}; "
            "to be 95% sure it would have to be {bond_needed_gbp}.",
        )
    start = "The chance that a cluster's bond pays all that reaches it"
    end = (
        "The bonds posted come to {bond_posted_gbp}; one bond that all who post one shared would have to be "
        "{shared_bond_needed_gbp} to do so with 95% probability."
    )
    return _over_clusters(quotes, measure, posting, start, end)


def _over_clusters(quotes: Quotes, measure: str, names: Sequence[str], start: str, end: str) -> Paragraph:
    """Return over what range a chance goes, and what holds of all clusters together."""
    by_size = sorted(names, key=lambda name: quotes.numbers[name, measure].value)
    least, most = by_size[0], by_size[-1]
    low, high = quotes.numbers[least, measure], quotes.numbers[most, measure]
    said = "is much the same for all: {low} for {least}, {high} for {most}."
    if low.high < high.low and odds(low) != odds(high):
        said = "runs from {low} for {least} to {high} for {most}."
    ends = {"low": quotes.number(least, measure), "high": quotes.number(most, measure)}
    return quotes.sentence(ALL_CLUSTERS, f"{start} {said} {end}", least=least, most=most, **ends)


def overspends(quotes: Quotes) -> Section:
    """Show how likely overspends are, and how large."""
    years = [f"overspend_probability_year_{at}" for at in range(1, len(quotes.study.years) + 1)]
    chances = years if len(years) > 1 else []
    chances += ["overspend_any_year_probability", "overspend_probability", "large_overspend_probability"]
    if not quotes.study.result.contract_outcomes.takes_part.all():
        chances.append("leaves_probability")
    amounts = ["budget_gbp", "spend_gbp", "budget_less_spend_gbp"]
    amounts += ["expected_overspend_gbp", "expected_surplus_gbp"]
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
    title = "Budget, spend, overspend and surplus of the whole contract"
    return Section(
        (
            Heading(1, "How likely is an overspend?"),
            quotes.sentence(ALL_CLUSTERS, meant),
            quotes.table("overspend chance", "Chance of an overspend, in per cent", chances),
            quotes.picture("overspend"),
            quotes.table("overspend size", title, amounts),
            quotes.picture("outturn"),
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
        of_shared = {
            "bond_posted_gbp": "bond_posted_gbp",
            "bond_covers_probability": "shared_bond_covers_probability",
            "expected_bond_draw_gbp": "",
        }
        for own, shared in of_shared.items():
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
            quotes.picture("bond-cover"),
        )
    )


def surpluses(quotes: Quotes) -> Section:
    """Show who may expect what of surpluses, and how much of the practice share is luck."""
    heading = Heading(1, "Who gets what of surpluses, and what luck does")
    if not quotes.has(SurplusSplit):
        said = "The scheme has no practice share: no rule divides a surplus."
        return Section((heading, Paragraph((said,))))
    shares = ["practice_share_gbp_per_year", "practice_share_gbp", "practice_share_gbp_per_head"]
    shares += ["pct_return_gbp", "reinvestment_gbp"]
    blocks: list[Block] = [
        heading,
        quotes.sentence(ALL_CLUSTERS, luck_in_words(quotes)),
        quotes.table("surpluses", "What may be expected of surpluses", shares),
    ]
    if quotes.has_savers:
        title = "Practice share in all: what luck alone brings, and what true saving adds"
        luck = [quotes.column("luck_gbp", "Luck"), quotes.column("skill_gbp", "True saving")]
        blocks.append(quotes.table("luck", title, luck))
    return Section((*blocks, quotes.picture("practice-share")))


def positions(quotes: Quotes) -> Section:
    """Show who gains and who loses, and how the PCT's position comes about."""
    flows = quotes.study.result.contract_outcomes.flows.values()
    accounts = {account for flow in flows for account in (flow.payer, flow.payee)}
    gains = ["practice_net_gain_gbp", "practice_net_gain_1_in_20_gbp", "practice_better_off_probability"]
    others = {
        Account.PARTNER: "partner_net_gain_gbp",
        Account.LENDER: "lender_income_gbp",
        Account.CORE: "core_income_gbp",
        Account.SUPPLIERS: "suppliers_income_gbp",
    }
    gains += [measure for account, measure in others.items() if account in accounts]
    gains += ["pct_net_position_gbp", "pct_net_position_1_in_20_gbp"]
    meant = (
        "A party's net gain is all that comes to it over the contract less all that it pays. The PCT's net "
        "position is what it planned for the care of the clusters' people, which is the expected spend at "
        "the scenario's own growth before any true saving, less all that this care costs it."
    )
    parts = {measure: quotes.heading(measure) for _, measure in quotes.tables[PCT]}
    parts["pct_net_position_gbp"] = "The PCT's net position"
    title = "How the PCT's net position comes about, over the whole contract"
    first = ("Gained, or lost where below zero", "Expected")
    return Section(
        (
            Heading(1, "Who gains, and who loses?"),
            Paragraph((meant,)),
            quotes.table("positions", "Net gains over the whole contract", gains),
            pct_sentence(quotes),
            quotes.amounts("PCT", title, first, ALL_CLUSTERS, parts, has_total=True),
            quotes.picture("pool"),
        )
    )


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
    likely = Heading(2, "How likely is an overspend?")
    blocks: list[Block] = [Heading(1, name), who, likely, _overspend(quotes, name), _chances(quotes, name)]
    if quotes.has(Bond) or quotes.has(SurplusSplit):
        heading = Heading(2, "The bond and the practice share")
        blocks += [heading, _money(quotes, cluster), _amounts(quotes, name)]
    return Section((*blocks, quotes.picture("outturn", name)), one_page=True)


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
    periods = {measure: label for measure, label in periods.items() if (name, measure) in quotes.numbers}
    columns = [quotes.column(measure, label, [(name, measure)]) for measure, label in periods.items()]
    title = f"Chance that {name} overspends, in per cent"
    return TableBlock(Table("", title, (text("Period", ("Chance",)), *columns)))


def _money(quotes: Quotes, cluster: Cluster) -> Paragraph:
    name = cluster.name
    said = [] if cluster.takes_share else ["{name} does not take the practice share."]
    posted = quotes.numbers.get((name, "bond_posted_gbp"))
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
            "Net of all that the bond costs them they may expect to {practice_net_gain_gbp:gain} over "
            "the contract; the chance that they end better off is {practice_better_off_probability}.",
        ]
    return quotes.sentence(name, " ".join(said), name=name)


def _amounts(quotes: Quotes, name: str) -> TableBlock:
    sure = quotes.confidences
    needed = {at_confidence("bond_needed_gbp", one): f"Bond needed at {100 * one:.0f}%" for one in sure}
    measures = ["expected_overspend_gbp", *needed]
    measures += ["bond_posted_gbp", "expected_bond_draw_gbp"] if quotes.has(Bond) else []
    measures += ["practice_share_gbp"] if quotes.has(SurplusSplit) else []
    measures += ["practice_net_gain_gbp", "practice_net_gain_1_in_20_gbp"]
    first = ("Over the whole contract", "Amount")
    present = [measure for measure in measures if quotes.numbers.get((name, measure)) is not None]
    labels = {measure: needed.get(measure) or quotes.heading(measure) for measure in present}
    return quotes.amounts("", f"{name}: what is at stake", first, name, labels)
