"""In brief: what a reader should be able to repeat, one number a point."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.documents.blocks import Block, Heading, Items, Paragraph, Section
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import (
    BETTER_OFF,
    BONDS_NEEDED,
    COST_GROWTH,
    EQUAL_GROWTH,
    GAIN,
    OF_A_CLUSTER,
    OVERSPEND,
    SAVING_NEEDED,
)
from simulator.plain_words import in_letters
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

_NEAR_SHARE = 0.0005
"""Growth that differs by less is equal to a reader: half of the last digit shown."""
_OF_A_CLUSTER = f"{{{OF_A_CLUSTER}{OVERSPEND}:error}}"


def in_brief(quotes: Quotes) -> Section:
    """Answer the scenario's question."""
    blocks: list[Block] = [Heading(1, "In brief")]
    # Free text on one line, without the signs that some format cannot hold.
    words = quotes.study.scenario.settings.question.split()
    if question := " ".join("".join(filter(str.isprintable, word)) for word in words):
        blocks.append(Paragraph((question,)))
    points = [_overspend(quotes)]
    if quotes.has(Bond):
        points.append(_bond(quotes))
    points += [quotes.sentence(ALL_CLUSTERS, said) for said in _practices(quotes)]
    points.append(_pct(quotes))
    return Section((*blocks, Items(tuple(points), numbered=True)))


def whole_contract(quotes: Quotes) -> str:
    """Return how long the contract is, such as ``the three years``."""
    years = len(quotes.study.years)
    return "the year" if years == 1 else f"the {in_letters(years)} years"


def _overspend(quotes: Quotes) -> Paragraph:
    who = "the cluster" if len(quotes.clusters) == 1 else "a cluster"
    said = (
        f"Over {whole_contract(quotes)} {who} spends more than its budget with a chance of {_OF_A_CLUSTER}."
    )
    return quotes.sentence(ALL_CLUSTERS, f"{said} {why_in_words(quotes)}".rstrip())


def why_in_words(quotes: Quotes) -> str:
    """Return what growth of budgets and costs has to do with overspends, for `Quotes.sentence`."""
    if (growth := quotes.what_ifs.growth) is None or quotes.what_ifs.at_equal_growth is None:
        return ""
    chance = f"{{{EQUAL_GROWTH}{OF_A_CLUSTER}{OVERSPEND}:alone}}"
    budgets, costs = (one.value for one in growth)
    grow = f"Budgets grow by {{budget_growth_share}} a year and costs by {{{COST_GROWTH}}}"
    if abs(budgets - costs) < _NEAR_SHARE:
        return ""
    return f"{grow}: if both grew alike, the chance would be {chance}."


def _bond(quotes: Quotes) -> Paragraph:
    posted = quotes.numbers.get((ALL_CLUSTERS, "bond_posted_gbp"))
    if (ALL_CLUSTERS, BONDS_NEEDED) not in quotes.numbers or posted is None:
        return Paragraph(("No cluster takes the practice share, and so none posts a bond.",))
    needed = quotes.numbers[ALL_CLUSTERS, BONDS_NEEDED]
    if len(quotes.clusters) == 1:
        return quotes.sentence(
            ALL_CLUSTERS,
            f"To be 95% sure of paying every overspend, the bond must be {{{BONDS_NEEDED}:error}}; "
            "{bond_posted_gbp} is posted.",
        )
    verdict = "too small" if needed.value > posted.value else "large enough"
    return quotes.sentence(
        ALL_CLUSTERS,
        f"The bonds are {verdict}: {{bond_posted_gbp}} is posted, and {{{BONDS_NEEDED}:error}} is needed for "
        "each cluster to be 95% sure that its own pays every overspend.",
    )


def _practices(quotes: Quotes) -> Iterator[str]:
    """Yield what practices gain, and what would have to be true for it to be worth it."""
    if not quotes.has(SurplusSplit):
        return
    gain = quotes.numbers[ALL_CLUSTERS, GAIN].value
    if not gain:
        yield "Practices neither gain nor lose anything."
        return
    whose = "The chance" if len(quotes.clusters) == 1 else "In a cluster, the chance"
    better = f"{whose} that they are better off is {{{OF_A_CLUSTER}{BETTER_OFF}}}."
    posts = (ALL_CLUSTERS, BONDS_NEEDED) in quotes.numbers
    less = " once the bonds are paid for" if posts else ""
    yield f"Practices may expect to {{{GAIN}:gain error}}{less}. {better}"
    if gain > 0:
        yield f"So the practice share is worth it on average{', even without a true saving' * posts}."
    else:
        yield _worth_it(quotes)


def _worth_it(quotes: Quotes) -> str:
    said = f"So the practice share is not worth it as things stand{_even_at_equal_growth(quotes)}."
    if (ALL_CLUSTERS, SAVING_NEEDED) not in quotes.numbers:
        return f"{said} No true saving was found that would make it so."
    who = "the cluster" if len(quotes.clusters) == 1 else "every cluster"
    return (
        f"{said} It would be if {who} saved {{{SAVING_NEEDED}:error}} of the care that is paid by "
        "the case, every year."
    )


def _even_at_equal_growth(quotes: Quotes) -> str:
    """Return what budgets that grow as costs do would change of it, in a clause."""
    moved = quotes.numbers.get((ALL_CLUSTERS, f"{EQUAL_GROWTH}{GAIN}"))
    if moved is None:
        return ""
    if moved.value < 0:
        return ", nor would it be if budgets grew as costs do"
    return "; it would be if budgets grew as costs do"


def _pct(quotes: Quotes) -> Paragraph:
    years = len(quotes.study.years)
    by_year = [f"pct_net_position_1_in_20_gbp_year_{at}" for at in range(1, years + 1)]
    found = {
        one: quotes.numbers[ALL_CLUSTERS, one] for one in by_year if (ALL_CLUSTERS, one) in quotes.numbers
    }
    said = "Over the contract, the PCT may expect to {pct_net_position_gbp:gain} against its plan."
    if found:
        worst = min(found, key=lambda one: found[one].value)
        at = by_year.index(worst)
        does = "loses more than" if found[worst].value < 0 else "gains less than"
        when = f" (in {quotes.study.years[at]}, when most is at risk)" * (years > 1)
        said = (
            f"In one year out of twenty the PCT {does} {{{worst}:size error}} against its plan"
            f"{when}. On average it may expect to {{pct_net_position_gbp:gain}} over the contract."
        )
    return quotes.sentence(ALL_CLUSTERS, said)
