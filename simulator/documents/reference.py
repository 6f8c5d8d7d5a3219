"""What a reader looks up: questions that practices ask, words, strengths and limits."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import Table, text
from simulator.documents.blocks import Block, Heading, Items, Section, TableBlock
from simulator.documents.brief import whole_contract
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import GAIN, SAVING_NEEDED
from simulator.plain_words import per_cent_of
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

_STRENGTHS = (
    "Costs are drawn case by case in law, not by a normal curve: rare, costly cases have their weight.",
    "Every pound is booked twice, from whom and to whom. What one party loses, another gains.",
    "All options share the same draws of chance, so that a difference between two is their own.",
    "The same scenario and seed give the same numbers on any machine.",
)
_LIMITS = (
    "The ± is of sampling alone. What is not known of a figure counts only where the scenario gives it an "
    "SD.",
    "Most figures may be assumptions: the section on assumptions says which.",
    "No patient moves between clusters, and budgets do not follow lists that grow.",
    "Cases are independent once the shocks are known. What one patient's cases have in common is not "
    "modelled.",
    "What clusters do about demand, when money runs out too, is a true saving or an action of the scenario; "
    "nobody does more.",
    "Rules settle by year, not by month.",
    "Do not use it for single practices: some differ from their formula far more than is modelled here.",
)
_WORDS = {
    "Bond": "Money that practices deposit with the PCT; overspends are paid from it first.",
    "Chance": "Of a hundred simulated contracts, how many come out so.",
    "Contract": "The whole agreement between a cluster and the PCT; one run of the simulation.",
    "Expected": "The mean over all simulated contracts. Single contracts lie well above and below.",
    "Fair share": "The budget that a cluster's people would have by their age, sex and need.",
    "Luck": "What practices are paid though they saved nothing: chance, or a generous budget.",
    "Net gain": "All that comes to practices less all that they pay, their bond included.",
    "Net position": "What the PCT planned to spend on the care, less what it costs it.",
    "1 in 20": "A bad case: only one contract in twenty is worse.",
    "Outturn": "Spend at the year's end against the budget.",
    "Pool": "The PCT's account of surpluses that clusters return; it pays overspends that bonds do not.",
    "Practice share": "The part of a surplus that practices may keep.",
    "SD": "Standard deviation: how far a result typically lies from the expected one.",
    "True saving": "Care that is really avoided, not a saving by chance.",
    "±": "The longer side of a 95% interval of sampling error.",
}


def practice_questions(quotes: Quotes) -> Section:
    """Answer what practices ask."""
    blocks: list[Block] = [Heading(1, "Questions that practices ask")]
    for question, answer in _asked(quotes):
        blocks += [Heading(2, question), quotes.sentence(ALL_CLUSTERS, answer)]
    return Section(tuple(blocks))


def _asked(quotes: Quotes) -> Iterator[tuple[str, str]]:
    bond = next((one for one in quotes.study.scenario.settings.rules if isinstance(one, Bond)), None)
    whole = whole_contract(quotes)
    legal = quotes.study.result.plan.terms.legal
    is_liable = legal is not None and bool(
        (legal.is_liable & quotes.study.result.plan.terms.takes_share).any()
    )
    beyond = (
        "“What clusters are in law” says whose practices pay what is overspent beyond that."
        if is_liable
        else "What a cluster overspends beyond its bond, practices do not pay unless a rule in “The scheme” "
        "says so."
    )
    at_worst = "In one contract out of twenty practices between them {practice_net_gain_1_in_20_gbp:beyond}."
    if bond is None and is_liable:
        said = f"Yes: practices that are liable pay what their cluster overspends. {at_worst}"
    elif bond is None:
        said = "Not by a bond: this scheme has none. What other rules ask of practices is in “The scheme”."
    elif bond.bearer == Account.PRACTICES:
        cost = " and what it costs to finance" if bond.financing else ""
        said = f"Yes: the bond{cost}. {at_worst} {beyond}"
    else:
        said = f"Not what is drawn from the bond: whoever posts it bears that. {beyond}"
    yield "Can I lose my own money?", said
    if quotes.has(SurplusSplit):
        yield (
            "What might I earn?",
            "On average practices between them keep {practice_share_gbp_per_year} a year of surpluses, and "
            f"over {whole} {{{GAIN}:gain}} once all is paid for. The page of each cluster has every "
            "practice's part.",
        )
    if (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers:
        yield (
            "What must we do for it to pay?",
            f"Avoid {{{SAVING_NEEDED}}} of the care that is paid by the case, every year, without spending "
            "as much on avoiding it. That is where practices break even on average.",
        )
    if bond is not None:
        yield "What happens when the bond is used up?", _used_up(bond, is_liable=is_liable)
        yield (
            "Who divides the bond between us?",
            "The practices of a cluster divide bond and share by "
            f"{'need' if bond.split_between_practices_by == 'need' else 'list size'}.",
        )
        yield (
            "Would a larger bond help?",
            (
                "It pays more of the overspends, and puts more of practices' money at risk. The page of each "
                "cluster shows the net gain by size of bond."
            ),
        )
    yield (
        "Is it our doing if we overspend?",
        (
            "Often not. Some of it is chance and some of it how budgets are set. “What do the results depend "
            "on?” ranks what matters."
        ),
    )


def _used_up(bond: Bond, *, is_liable: bool) -> str:
    if bond.when_exhausted == "leaves":
        return "The cluster hands its budget back at the next annual review."
    again = "At each review practices make it up again." if bond.top_up else "It is not made up again."
    liable = "practices that are liable, " * is_liable
    return (
        f"The cluster carries on. {again} Then {liable}the pool, if there is one, and the PCT pay overspends."
    )


def glossary(_: Quotes) -> Section:
    """Say what words mean here."""
    columns = (text("Word", [*_WORDS]), text("What it means here", [*_WORDS.values()]))
    return Section((Heading(1, "Glossary"), TableBlock(Table("", "Words", columns), (2.0, 7.0))))


def strengths_and_limits(quotes: Quotes) -> Section:
    """Say what this can do and cannot."""
    rules = quotes.study.scenario.settings.rules
    taken = next((one for one in rules if isinstance(one, SurplusSplit)), None)
    limits: tuple[str, ...] = _LIMITS
    if taken:
        share = per_cent_of(taken.practice_share)
        how = {"top": "the top", "reinvestment": "what is reinvested", "pct_return": "the PCT's part"}
        limits += (
            f"The offer may be read otherwise: here the {share} comes out of "
            f"{how[taken.practice_share_from]}.",
        )
    return Section(
        (
            Heading(1, "Strengths and limits"),
            Heading(2, "Strengths"),
            Items(_STRENGTHS),
            Heading(2, "Limits"),
            Items(limits),
        )
    )
