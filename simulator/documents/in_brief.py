"""The most important results, in sentences that change as the results do."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.documents.blocks import Block, Heading, Paragraph, Section, joined, sentence
from simulator.documents.quotes import SUMMARY, Quotes, likelihood, odds
from simulator.documents.scheme import period
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

_RANGE = {
    True: "runs from {low} for {least} to {high} for {most}",
    False: "is much the same for all: {low} for {least}, {high} for {most}",
}
"""By whether the lowest and the highest are further apart than their errors."""


def in_brief(quotes: Quotes) -> Section:
    """Say the most important results first."""
    blocks: list[Block] = [Heading(1, "In brief")]
    if question := _printable(quotes.study.scenario.settings.question):
        blocks.append(Paragraph((question,)))
    blocks.append(_overspend_in_brief(quotes))
    if quotes.rules(Bond):
        blocks.append(_bond_in_brief(quotes))
    if quotes.rules(SurplusSplit):
        blocks.append(joined(_share_in_brief(quotes), luck_sentence(quotes)))
    blocks.append(pct_sentence(quotes))
    return Section(tuple(blocks))


def luck_sentence(quotes: Quotes) -> Paragraph:
    """Return what luck does to the practice share of all clusters."""
    if not quotes.has_savers:
        return sentence(
            "No cluster truly saves anything here: spend differs from budget by chance and by how budgets "
            "are set, so that every pound of practice share is luck."
        )
    return sentence(
        "Had no cluster truly saved anything, luck alone would bring the practices {luck}; true saving "
        "adds {skill}.",
        luck=quotes.amount(ALL_CLUSTERS, "luck_gbp"),
        skill=quotes.amount(ALL_CLUSTERS, "skill_gbp"),
    )


def pct_sentence(quotes: Quotes) -> Paragraph:
    """Return what is left with the PCT, in a sentence or two."""
    net = quotes.amount(ALL_CLUSTERS, "pct_net_position_gbp")
    gains = "gain" if net.value >= 0 else "lose"
    bad = quotes.estimate(ALL_CLUSTERS, "pct_net_position_1_in_20_gbp")
    position = sentence(
        f"Against its plan the PCT may expect to {gains} {{net}} over the contract. It pays {{falls}} for "
        "overspends on average, and more than {most} in one contract in twenty.",
        net=quotes.size(ALL_CLUSTERS, "pct_net_position_gbp"),
        falls=quotes.amount(ALL_CLUSTERS, "pct_payment_gbp"),
        most=quotes.amount(ALL_CLUSTERS, "pct_payment_1_in_20_gbp"),
    )
    tail = None
    if bad is not None:
        worse = "loses more than" if bad.value < 0 else "gains less than"
        tail = sentence(
            f"In one contract in twenty it {worse} {{bad}} in all.",
            bad=quotes.size(ALL_CLUSTERS, "pct_net_position_1_in_20_gbp"),
        )
    if not quotes.rules(Pool):
        return joined(position, tail)
    pool = sentence(
        "The pool may be expected to pay {paid} of overspends and to end at {left}. Pool and bonds leave no "
        "overspend to the PCT with a chance of {cover}.",
        paid=quotes.amount(ALL_CLUSTERS, "pool_payment_gbp"),
        left=quotes.amount(ALL_CLUSTERS, "pool_balance_gbp"),
        cover=quotes.chance(ALL_CLUSTERS, "pool_and_bonds_cover_probability"),
    )
    return joined(position, tail, pool)


def _overspend_in_brief(quotes: Quotes) -> Paragraph:
    measure = "overspend_probability"
    if len(quotes.clusters) == 1:
        cluster = quotes.clusters[0]
        word = likelihood(quotes.tables[SUMMARY][cluster, measure])
        return sentence(
            f"It is {word} that {{cluster}} overspends the whole contract, {period(quotes)}: the chance is "
            "{chance}.",
            cluster=cluster,
            chance=quotes.chance(cluster, measure),
        )
    return joined(
        sentence("The chance that a cluster overspends the whole contract"),
        _over_clusters(quotes, measure, quotes.clusters),
        sentence(
            "Together the clusters may expect overspends of {all} over the contract.",
            all=quotes.amount(ALL_CLUSTERS, "expected_overspend_gbp"),
        ),
    )


def _bond_in_brief(quotes: Quotes) -> Paragraph:
    measure = "bond_covers_probability"
    posting = [name for name in quotes.clusters if quotes.estimate(name, measure) is not None]
    if not posting:
        return sentence("No cluster takes the practice share, and so none posts a bond.")
    if len(quotes.clusters) == 1:
        cluster = quotes.clusters[0]
        return sentence(
            "The bond of {posted} pays every overspend with a chance of {covers}; to be 95% sure it would "
            "have to be {needed}.",
            posted=quotes.amount(cluster, "bond_posted_gbp"),
            covers=quotes.chance(cluster, measure),
            needed=quotes.amount(cluster, "bond_needed_gbp"),
        )
    return joined(
        sentence("The chance that a cluster's bond pays all that reaches it"),
        _over_clusters(quotes, measure, posting),
        sentence(
            "The bonds posted come to {posted}; one bond that all who post one shared would have to be "
            "{needed} to do so with 95% probability.",
            posted=quotes.amount(ALL_CLUSTERS, "bond_posted_gbp"),
            needed=quotes.amount(ALL_CLUSTERS, "shared_bond_needed_gbp"),
        ),
    )


def _over_clusters(quotes: Quotes, measure: str, names: Sequence[str]) -> Paragraph:
    """Return over what range a chance goes, to follow its name; only where it can be told apart."""
    summary = quotes.tables[SUMMARY]
    by_size = sorted(names, key=lambda name: summary[name, measure].value)
    least, most = by_size[0], by_size[-1]
    low, high = summary[least, measure], summary[most, measure]
    apart = low.high < high.low and odds(low) != odds(high)
    return sentence(
        f"{_RANGE[apart]}.",
        low=quotes.chance(least, measure),
        least=least,
        high=quotes.chance(most, measure),
        most=most,
    )


def _share_in_brief(quotes: Quotes) -> Paragraph:
    net = quotes.amount(ALL_CLUSTERS, "practice_net_gain_gbp")
    return sentence(
        "Practices may expect {share} a year between them. Net of what bonds cost them they may expect to "
        f"{'gain' if net.value >= 0 else 'lose'} {{net}} over the contract.",
        share=quotes.amount(ALL_CLUSTERS, "practice_share_gbp_per_year"),
        net=quotes.size(ALL_CLUSTERS, "practice_net_gain_gbp"),
    )


def _printable(text: str) -> str:
    """Return free text on one line, without the signs that some format cannot hold."""
    return " ".join("".join(one for one in part if one.isprintable()) for part in text.split())
