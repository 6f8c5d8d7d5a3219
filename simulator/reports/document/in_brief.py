"""The most important results, in sentences that change as the results do."""

from __future__ import annotations

from simulator.reports.document.answers import SUMMARY, Answers
from simulator.reports.document.blocks import Block, Heading, Section
from simulator.reports.document.chance_words import likelihood, odds
from simulator.reports.document.scheme import period
from simulator.reports.document.sentences import Paragraph, joined, sentence
from simulator.risk.account_book import PCT_ROW
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

_RANGE = {
    True: "runs from {low} for {least} to {high} for {most}",
    False: "is much the same for all: {low} for {least}, {high} for {most}",
}
"""By whether the lowest and the highest are further apart than their errors."""


def in_brief(answers: Answers) -> Section:
    """Say the most important results first.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Section
        A paragraph for each question.
    """
    blocks: list[Block] = [Heading(1, "In brief")]
    if question := _printable(answers.study.scenario.settings.question):
        blocks.append(Paragraph((question,)))
    blocks.append(_overspend_in_brief(answers))
    if answers.rules(Bond):
        blocks.append(_bond_in_brief(answers))
    if answers.rules(SurplusSplit):
        blocks.append(joined(_share_in_brief(answers), luck_sentence(answers)))
    blocks.append(pct_sentence(answers))
    return Section(tuple(blocks))


def luck_sentence(answers: Answers) -> Paragraph:
    """Return what luck does to the practice share of all clusters.

    Parameters
    ----------
    answers : Answers
        Of a scenario with a practice share.

    Returns
    -------
    Paragraph
        A sentence or two.
    """
    if not answers.has_savers:
        return sentence(
            "No cluster truly saves anything here: spend differs from budget by chance and by how budgets "
            "are set, so that every pound of practice share is luck."
        )
    return sentence(
        "Had no cluster truly saved anything, luck alone would bring the practices {luck}; true saving "
        "adds {skill}.",
        luck=answers.amount(PCT_ROW, "luck_gbp"),
        skill=answers.amount(PCT_ROW, "skill_gbp"),
    )


def pct_sentence(answers: Answers) -> Paragraph:
    """Return what is left with the PCT, in a sentence or two.

    Parameters
    ----------
    answers : Answers
        Of a scenario.

    Returns
    -------
    Paragraph
        Of expected amounts over the contract.
    """
    falls = answers.amount(PCT_ROW, "pct_payment_gbp")
    if not answers.rules(Pool):
        return sentence("Of overspends, {falls} may be expected to fall on the PCT.", falls=falls)
    return sentence(
        "The pool may be expected to pay {paid} of overspends and to end at {left}; {falls} falls on the "
        "PCT. Pool and bonds pay every overspend with a chance of {cover}.",
        paid=answers.amount(PCT_ROW, "pool_payment_gbp"),
        left=answers.amount(PCT_ROW, "pool_balance_gbp"),
        falls=falls,
        cover=answers.chance(PCT_ROW, "pool_and_bonds_cover_probability"),
    )


def _overspend_in_brief(answers: Answers) -> Paragraph:
    measure = "overspend_probability"
    if len(answers.clusters) == 1:
        cluster = answers.clusters[0]
        word = likelihood(answers.tables[SUMMARY][cluster, measure])
        return sentence(
            f"It is {word} that {{cluster}} overspends the whole contract, {period(answers)}: the chance is "
            "{chance}.",
            cluster=cluster,
            chance=answers.chance(cluster, measure),
        )
    return joined(
        sentence("The chance that a cluster overspends the whole contract"),
        _over_clusters(answers, measure),
        sentence(
            "Together the clusters may expect overspends of {all} over the contract.",
            all=answers.amount(PCT_ROW, "expected_overspend_gbp"),
        ),
    )


def _bond_in_brief(answers: Answers) -> Paragraph:
    measure = "bond_covers_probability"
    if len(answers.clusters) == 1:
        cluster = answers.clusters[0]
        return sentence(
            "The bond of {posted} pays every overspend with a chance of {covers}; to be 95% sure it would "
            "have to be {needed}.",
            posted=answers.amount(cluster, "bond_posted_gbp"),
            covers=answers.chance(cluster, measure),
            needed=answers.amount(cluster, "bond_needed_gbp"),
        )
    return joined(
        sentence("The chance that a cluster's bond pays every overspend"),
        _over_clusters(answers, measure),
        sentence(
            "The bonds posted come to {posted}; one bond that all clusters shared would have to be "
            "{needed} to pay every overspend with 95% probability.",
            posted=answers.amount(PCT_ROW, "bond_posted_gbp"),
            needed=answers.amount(PCT_ROW, "bond_needed_gbp"),
        ),
    )


def _over_clusters(answers: Answers, measure: str) -> Paragraph:
    """Return over what range a chance goes, to follow its name; only where it can be told apart."""
    summary = answers.tables[SUMMARY]
    by_size = sorted(answers.clusters, key=lambda name: summary[name, measure].value)
    least, most = by_size[0], by_size[-1]
    low, high = summary[least, measure], summary[most, measure]
    apart = low.high < high.low and odds(low) != odds(high)
    return sentence(
        f"{_RANGE[apart]}.",
        low=answers.chance(least, measure),
        least=least,
        high=answers.chance(most, measure),
        most=most,
    )


def _share_in_brief(answers: Answers) -> Paragraph:
    return sentence(
        "Practices may expect {share} a year between them.",
        share=answers.amount(PCT_ROW, "practice_share_gbp_per_year"),
    )


def _printable(text: str) -> str:
    """Return free text on one line, without the signs that some format cannot hold."""
    return " ".join("".join(one for one in part if one.isprintable()) for part in text.split())
