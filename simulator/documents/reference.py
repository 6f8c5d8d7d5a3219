"""What a reader looks up: dates, words, strengths and limits."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import Table, text
from simulator.documents.blocks import Heading, Items, Section, TableBlock
from simulator.documents.brief import RAISING, counts_no_raising
from simulator.documents.budget_levels import SET_CHANCE, at_level
from simulator.documents.budget_words import SET_WRONGLY
from simulator.documents.quotes import Quotes
from simulator.plain_words import capitalised, per_cent_of
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

_STRENGTHS = (
    "Costs follow from single cases, not from a normal curve: rare, costly cases have their weight.",
    "Every pound is booked twice, from whom and to whom. What one party loses, another gains.",
    "All options share the same draws of chance, so that a difference between two is their own.",
)
_AS_NEEDED = (
    "Where no real past spend is given, clusters are assumed to have spent what their need explains, but for "
    "chance: a cluster that is really dearer or cheaper has other chances than these."
)
_LIMITS = (
    "The ± is of sampling alone. What is not known of a figure counts only where the scenario gives it an "
    "SD; most figures may be assumptions.",
    "No patient moves between clusters, and budgets do not follow lists that grow.",
    _AS_NEEDED,
    "Cases are independent once the shocks are known. What one patient's cases have in common is not "
    "modelled.",
    "Clusters avoid care only by a true saving or an action of the scenario. None saves harder because its "
    "budget is running out: if some do, overspends are smaller than shown.",
    "Rules settle by year, not by month.",
    "A practice's figures are its part of its cluster's. Some practices differ from their formula far more "
    "than is modelled here: do not set a practice's own budget by them.",
)
_WORDS = {
    "1 in 20": "A bad case: only one contract in twenty is worse; or a good one, and only one is better.",
    "Assumption": "A figure that no source gives: chosen, for reasons that stand beside it.",
    "Better off": "Practices have a net gain over the contract.",
    "Block": "Care that is paid as planned, whatever the number of cases.",
    "Bond": "Money that practices deposit with the PCT; overspends are paid from it first.",
    "Budget shortfall": "What spend is expected to exceed the budget by, as a share of the budget.",
    "Case": "One admission, attendance or prescribed item.",
    "Chance": "Of a hundred simulated contracts, how many come out so.",
    "Chance alone": "What evens out as a cluster grows: how many cases there are, what each costs, and what "
    "practices need beyond what weights measure. Shocks and doubt, which do not, are no part of it.",
    "Cluster": "Practices that hold one budget, post one bond and share what is left.",
    "Contract": "The whole agreement between a cluster and the PCT; one run of the simulation.",
    "Corridor": "A width either side of the budget; beyond it the PCT bears or takes some or all.",
    "Derived": "A figure worked out from figures that were read.",
    "Doubt": "What is not known of a figure: each simulated contract draws what it may be.",
    "Equal growth": "Budgets that grow as much a year as costs are expected to.",
    "Expected": "The mean over all simulated contracts. Single contracts lie well above and below.",
    "Fair share": "The budget that a cluster's people would have by their age, sex and need.",
    "Large overspend": "One of more than 2% of the budget of the whole contract.",
    "Limit per case": "The most that a cluster answers for of any one case; the PCT pays the rest.",
    "Luck": "What practices are paid though they saved nothing: by chance, or by a generous budget.",
    "Minimum savings rate": "How large a surplus must be, of the budget, before practices share in it. "
    "The PCT and patient care have all of a smaller one.",
    "Net gain": "All that comes to practices less all that they pay, their bond included.",
    "Net position": "What the PCT planned to spend on the care, less what it costs it.",
    "Outturn": "Spend at the year's end against the budget.",
    "PCT": "Primary Care Trust: the NHS body that buys care for an area, and offers the budgets.",
    "Pool": "The PCT's account of surpluses that clusters return; it pays overspends that bonds do not.",
    "Practice share": "The part of a surplus that practices may keep.",
    "Read": "A figure seen in the source that is named.",
    "Reserve": "What the PCT must hold to meet its losses against its plan in so many contracts of 100.",
    "Scenario": "All that was simulated: people, care and its cost, budgets, and the rules on money.",
    "SD": "Standard deviation: how far a result typically lies from the expected one.",
    "Settlement over the whole contract": "The practice share is worked out once, on the surpluses of "
    "all years less their overspends. All else is settled year by year: the PCT's part, bonds and the pool.",
    "Shock": "What moves the demand of many people at once, such as a hard winter; drawn by chance.",
    "Surplus": "What is left of a budget where spend is less; an overspend is the reverse. Pounds of either, "
    "over the contract, are those of its years added up; the chance of an overspend sets surpluses off.",
    "True saving": "Care that is really avoided, not a saving by chance.",
    "Unpaid": "A true saving that brings no practice share, by chance or a tight budget.",
    "±": "The longer side of a 95% interval of sampling error: of 100 that are made like this, 95 hold what "
    "endless simulation would give.",
}

_OF_OPTIONS = {
    "Corridor": "corridor",
    "Limit per case": "per case",
    "Minimum savings rate": "minimum savings rate",
    "Settlement over the whole contract": "settlement over",
}
"""Words that stand in a document only where it tries them, with what options are then called."""


def timetable(quotes: Quotes) -> Section:
    """Say what happens when; nothing where the scenario does not."""
    dates = quotes.study.scenario.settings.document.timetable
    if not dates:
        return Section(())
    columns = (text("When", [one.when for one in dates]), text("What happens", [one.what for one in dates]))
    return Section((Heading(1, "Timetable"), TableBlock(Table("", "What happens when", columns), (2.0, 7.0))))


def glossary(quotes: Quotes) -> Section:
    """Say what words mean here."""
    options = " ".join(quotes.protection.options)
    words = {word: said for word, said in _WORDS.items() if _OF_OPTIONS.get(word, "") in options}
    words["Net gain"] += f" {capitalised(RAISING)} is not counted." * counts_no_raising(quotes)
    columns = (text("Word", [*words]), text("What it means here", [*words.values()]))
    return Section((Heading(1, "Glossary"), TableBlock(Table("", "Words", columns), (2.0, 7.0))))


def _behaviour(quotes: Quotes) -> Iterator[str]:
    """Yield what clusters may do that is not modelled, with the way in which it would move the results."""
    settings = quotes.study.scenario.settings
    clusters = settings.clusters
    bond = next((one for one in settings.rules if isinstance(one, Bond)), None)
    if bond is not None:
        yield (
            "Spending freely once the bond is gone: no cluster does so here. If some did, overspends would "
            "be larger, and the PCT would pay more than is shown."
        )
    yield (
        "Choosing to take part: who does is given here. If clusters chose by what they expect, those that "
        "expect a surplus would join; their practices would gain more than is shown, and the overspends of "
        "the others would stay with the PCT."
    )
    if bond is not None and all(one.takes_share for one in clusters):
        yield (
            "Taking the share: here every cluster does. If only some did, the others "
            "would post no bond and have no share, and the PCT would bear more of their overspends."
        )
    yield (
        "Gaming: nobody games the rules here. Care that is coded as dearer makes overspends likelier. "
        "Referrals held back over a year's end make that year's surplus larger and the next year's smaller; "
        "where years are settled one by one, practices would be paid more than is shown."
    )
    leaves = any(one.last_year for one in clusters) or (bond is not None and bond.when_exhausted == "leaves")
    yield (
        f"Leaving before the end: here {'some clusters may' if leaves else 'no cluster does'}, and no "
        "practice leaves its cluster alone. Scenarios have settings for it. If those that lose left, the PCT "
        "would bear what their practices no longer do, and pay more."
    )


def strengths_and_limits(quotes: Quotes) -> Section:
    """Say what this can do and cannot."""
    settings = quotes.study.scenario.settings
    taken = next((one for one in settings.rules if isinstance(one, SurplusSplit)), None)
    limits: tuple[str, ...] = _LIMITS
    if (at_level(0.0), SET_CHANCE) in quotes.numbers and "depends_on" in settings.document.sections:
        which = f" “What do the results depend on?” says which, below “{SET_WRONGLY}”."
        limits = tuple(f"{one}{which}" if one == _AS_NEEDED else one for one in limits)
    if taken:
        share = per_cent_of(taken.practice_share)
        how = {"top": "the top", "reinvestment": "what is reinvested", "pct_return": "the PCT's part"}
        limits += (
            f"The offer may be read otherwise. Here the practices' {share} of a surplus comes out of "
            f"{how[taken.practice_share_from]}.",
        )
    return Section(
        (
            Heading(1, "Strengths and limits"),
            Heading(2, "Strengths"),
            Items(_STRENGTHS),
            Heading(2, "Limits"),
            Items(limits),
            Heading(2, "What clusters may do that is not modelled"),
            Items(tuple(_behaviour(quotes))),
        )
    )
