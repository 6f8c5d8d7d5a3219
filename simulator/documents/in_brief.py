"""The most important results, in sentences that change as the results do."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.documents.blocks import Block, Heading, Paragraph, Section, joined
from simulator.documents.quotes import Quotes, likelihood, odds
from simulator.documents.scheme import period
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

_RANGE = {
    True: "runs from {low} for {least} to {high} for {most}.",
    False: "is much the same for all: {low} for {least}, {high} for {most}.",
}
"""By whether the lowest and the highest are further apart than their errors."""


def in_brief(quotes: Quotes) -> Section:
    """Say the most important results first."""
    blocks: list[Block] = [Heading(1, "In brief")]
    if question := _printable(quotes.study.scenario.settings.question):
        blocks.append(Paragraph((question,)))
    blocks.append(_overspend_in_brief(quotes))
    if quotes.has(Bond):
        blocks.append(_bond_in_brief(quotes))
    if quotes.has(SurplusSplit):
        share = quotes.sentence(
            ALL_CLUSTERS,
            "Practices may expect {practice_share_gbp_per_year} a year between them. Net of what bonds cost "
            "them they may expect to {gain} {practice_net_gain_gbp:size} over the contract.",
            gain=quotes.gain_or_lose(ALL_CLUSTERS, "practice_net_gain_gbp"),
        )
        blocks.append(joined(share, luck_sentence(quotes)))
    blocks.append(pct_sentence(quotes))
    return Section(tuple(blocks))


def luck_sentence(quotes: Quotes) -> Paragraph:
    """Return what luck does to the practice share of all clusters."""
    if quotes.has_savers:
        said = (
            "Had no cluster truly saved anything, luck alone would bring the practices {luck_gbp}; true "
            "saving adds {skill_gbp}."
        )
    else:
        said = (
            "No cluster truly saves anything here: spend differs from budget by chance and by how budgets "
            "are set, so that every pound of practice share is luck."
        )
    return quotes.sentence(ALL_CLUSTERS, said)


def pct_sentence(quotes: Quotes) -> Paragraph:
    """Return what is left with the PCT, in a sentence or two."""
    said = (
        "Against its plan the PCT may expect to {gain} {pct_net_position_gbp:size} over the contract. It "
        "pays {pct_payment_gbp} for overspends on average, and more than {pct_payment_1_in_20_gbp} in one "
        "contract in twenty."
    )
    bad = quotes.estimate(ALL_CLUSTERS, "pct_net_position_1_in_20_gbp")
    if bad is not None:
        worse = "loses more than" if bad.value < 0 else "gains less than"
        said += f" In one contract in twenty it {worse} {{pct_net_position_1_in_20_gbp:size}} in all."
    if quotes.has(Pool):
        said += (
            " The pool may be expected to pay {pool_payment_gbp} of overspends and to end at "
            "{pool_balance_gbp}. Pool and bonds leave no overspend to the PCT with a chance of "
            "{pool_and_bonds_cover_probability}."
        )
    return quotes.sentence(ALL_CLUSTERS, said, gain=quotes.gain_or_lose(ALL_CLUSTERS, "pct_net_position_gbp"))


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
    posting = [name for name in quotes.clusters if quotes.estimate(name, measure) is not None]
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
    apart = low.high < high.low and odds(low) != odds(high)
    return quotes.sentence(
        ALL_CLUSTERS,
        f"{start} {_RANGE[apart]} {end}",
        low=quotes.number(least, measure),
        least=least,
        high=quotes.number(most, measure),
        most=most,
    )


def _printable(text: str) -> str:
    """Return free text on one line, without the signs that some format cannot hold."""
    return " ".join("".join(one for one in part if one.isprintable()) for part in text.split())
