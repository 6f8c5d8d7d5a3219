"""Questions that practices ask, with their answers."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.documents.blocks import Block, Heading, Paragraph, Part, Section
from simulator.documents.brief import (
    RAISING,
    bad_case_of_bond,
    bond_is_all,
    counts_no_raising,
    loses_all,
    whole_contract,
)
from simulator.documents.cluster_facts import (
    ANY_DRAWN,
    AVERAGE_CLUSTER,
    AVERAGE_PRACTICE,
    BREAK_EVEN,
    SHORTFALL,
    SIZES,
    SPREAD,
    USED_UP,
    of_size,
)
from simulator.documents.doubt_range import LEAST
from simulator.documents.drivers import MOVED_GAIN
from simulator.documents.kept_words import middle_year
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import (
    BOND_OF_YEAR,
    COVERED,
    EVEN_SAVING,
    GAIN,
    OF_A_CLUSTER,
    SAVING_NEEDED,
)
from simulator.plain_words import joined, per_cent_of, pounds_of
from simulator.questions.luck.ask import PolicySizes
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.rules.bond import Bond
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit


def practice_questions(quotes: Quotes) -> Section:
    """Answer what practices ask."""
    blocks: list[Block] = [Heading(1, "Questions that practices ask")]
    for question, answer in _asked(quotes):
        blocks += [Heading(2, question), answer]
    return Section(tuple(blocks))


def _asked(quotes: Quotes) -> Iterator[tuple[str, Paragraph]]:
    bond = next((one for one in quotes.study.scenario.settings.rules if isinstance(one, Bond)), None)
    yield "Can I lose my own money?", _own_money(quotes, bond)
    if quotes.has(SurplusSplit):
        yield "What might I earn?", _earned(quotes)
    if (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers:
        yield "What must we do for it to pay?", _to_break_even(quotes)
    if bond is not None:
        yield "How likely is it that the bond is used up, and what then?", _used_up(quotes, bond)
        yield "Would a larger bond help?", _larger(quotes)
    yield "What if one patient costs very much?", Paragraph((_limit(quotes, bond), *_costly(quotes)))
    yield "Is it our doing if we overspend?", _blame(quotes)


def _to_break_even(quotes: Quotes) -> Paragraph:
    """Return the saving that repays bonds, as a share of care and in pounds."""
    of_all = quotes.sentence(
        ALL_CLUSTERS, f"Truly save {{{SAVING_NEEDED}}} of the care that is paid by the case, in every year"
    )
    which = "the" if len(quotes.clusters) == 1 else "an average"
    in_pounds = quotes.sentence(
        AVERAGE_CLUSTER,
        f": {{{BREAK_EVEN}}} a year in {which} cluster. With that, practices break even on average, before "
        "what the saving costs them. Each cluster's page says what less or more would do.",
    )
    even = f" From {{{EVEN_SAVING}}} on they are more likely than not to be better off."
    even *= (ALL_CLUSTERS, EVEN_SAVING) in quotes.numbers
    if len(quotes.clusters) > 1 and not quotes.own_savings.others_matter:
        even += " A cluster that saves alone needs just as much."
    return Paragraph((*of_all.parts, *in_pounds.parts, *quotes.sentence(ALL_CLUSTERS, even).parts))


def _own_money(quotes: Quotes, bond: Bond | None) -> Paragraph:
    """Return whether practices can lose money, how much, and what is beyond it."""
    beyond = "What a cluster overspends beyond its bond, practices do not pay"
    beyond += "." if bond_is_all(quotes) else " unless a rule in “The scheme” says so."
    if _is_liable(quotes):
        beyond = "“What clusters are in law” says whose practices pay what is overspent beyond that."
    if bond is None and not _is_liable(quotes):
        said = "Not by a bond: this scheme has none. What other rules ask of practices is in “The scheme”."
        return Paragraph((said,))
    if bond is not None and bond.bearer != Account.PRACTICES:
        return Paragraph((f"Not what is drawn from the bond: whoever posts it bears that. {beyond}",))
    if bond is None:
        said, beyond = "Yes: practices that are liable pay what their cluster overspends.", ""
    elif bond_is_all(quotes):
        most = "as often as it is made up" if bond.top_up else "and no more"
        said = f"Yes: all of your part of the bond, {most}."
        if bond.gbp_per_head is None and all(
            one.bond_gbp is None for one in quotes.study.scenario.settings.clusters
        ):
            said += (
                " The bond is a share of the budget: where that turns out larger, so does what you can lose."
            )
    else:
        said = f"Yes: the bond{' and what it costs to finance' if bond.financing else ''}."
    at_worst = _usual_loss(quotes) or (
        bad_case_of_bond(quotes, ALL_CLUSTERS, "practices between them")
        or "In one contract out of twenty practices between them {practice_net_gain_1_in_20_gbp:beyond}."
    )
    of_one = _of_one(
        quotes, f"An average practice posts {{bond_posted_gbp}}, and may expect to {{{GAIN}:gain}}"
    )
    if bond is not None and bond_is_all(quotes):
        beyond += " A cluster need not take the share: then it posts no bond, and its practices lose nothing."
    of_all = quotes.sentence(ALL_CLUSTERS, f" {at_worst} {beyond}".rstrip())
    return Paragraph((said, *of_one, *of_all.parts))


def _usual_loss(quotes: Quotes) -> str:
    """Return how likely it is that all of a bond is lost, where a bad case says no more than that."""
    measure = f"{OF_A_CLUSTER}{USED_UP}"
    if not loses_all(quotes) or (ALL_CLUSTERS, measure) not in quotes.numbers:
        return ""
    one = "The bond is" if len(quotes.clusters) == 1 else "A cluster's bond is"
    if quotes.numbers[ALL_CLUSTERS, measure].low > 1 / 2:
        return f"{one} all lost more often than not: with a chance of {{{measure}}}."
    return f"{one} all lost with a chance of {{{measure}}}."


def _earned(quotes: Quotes) -> Paragraph:
    """Return what practices keep, and what is left of it."""
    keep = f"{{practice_share_gbp_per_year}} a year, and may over {whole_contract(quotes)} expect to "
    keep += f"{{{GAIN}:gain}} net" + f": {RAISING} is not counted" * counts_no_raising(quotes)
    parts, middle = ", and every practice's part", [*quotes.sentence(ALL_CLUSTERS, middle_year(quotes)).parts]
    if not (mean := _of_one(quotes, f"An average practice keeps {keep}")):
        blank = " " * bool(middle)
        mean = quotes.sentence(ALL_CLUSTERS, f"{blank}On average practices between them keep {keep}.").parts
        parts = ""
    return Paragraph((*middle, *mean, f" Each cluster's page has a middle and a good case{parts}."))


def _of_one(quotes: Quotes, said: str) -> tuple[Part, ...]:
    """Return a sentence on an average practice; nothing where practices are not known."""
    if (AVERAGE_PRACTICE, GAIN) not in quotes.numbers:
        return ()
    return quotes.sentence(AVERAGE_PRACTICE, f" {said}.").parts


def _is_liable(quotes: Quotes) -> bool:
    """Return whether practices that take the share answer with their own money."""
    terms = quotes.study.result.plan.terms
    return terms.legal is not None and bool((terms.legal.is_liable & terms.takes_share).any())


def _blame(quotes: Quotes) -> Paragraph:
    """Return how much of an overspend is how budgets are set, and how much is chance."""
    rank = "“What do the results depend on?” ranks what matters."
    short = quotes.numbers.get((ALL_CLUSTERS, SHORTFALL))
    if short is None or short.value <= 0 or not beyond_chance(short):
        return Paragraph((f"Often not. Some of it is chance and some of it how budgets are set. {rank}",))
    # Clusters set off part of each other's chance.
    by_size = sorted(
        (one for one in quotes.clusters if (one, SPREAD) in quotes.numbers),
        key=lambda one: quotes.numbers[one, SPREAD].value,
    )
    ends = {
        name: quotes.number(one, SPREAD)
        for name, one in zip(("low", "high"), by_size[:: len(by_size) - 1 or 1], strict=False)
    }
    has_doubt = (ALL_CLUSTERS, f"{LEAST}{GAIN}") in quotes.numbers
    moves = "chance and doubt move" if has_doubt else "chance moves"
    spreads = " for all together, which evens some of it out; {low} to {high} for one cluster"
    spreads *= len(by_size) > 1
    return quotes.sentence(
        ALL_CLUSTERS,
        f"Often not. Spend is expected to exceed budgets by {{{SHORTFALL}}}, and {moves} that by "
        f"{{{SPREAD}}} of the budget either way{spreads}. {rank}",
        **ends,
    )


def _larger(quotes: Quotes) -> Paragraph:
    """Return what a larger bond would pay and cost, for the average cluster."""
    posted = quotes.numbers.get((ALL_CLUSTERS, BOND_OF_YEAR))
    larger = [one for one in SIZES if posted and 0 < 2 * posted.value <= one]
    if not larger or (AVERAGE_CLUSTER, GAIN) not in quotes.numbers:
        said = "It pays more overspends, and puts more of practices' money at risk"
        return Paragraph((f"{said}: see each cluster's page.",))
    row = of_size(AVERAGE_CLUSTER, larger[0])
    now = {"now": quotes.number(AVERAGE_CLUSTER, COVERED, "alone")}
    of_posted = quotes.sentence(
        AVERAGE_CLUSTER, f"with {{posted}} they {{{GAIN}:gain}}.", posted=_posted(quotes)
    )
    said = (
        f"It pays more overspends, mostly with practices' money. With {per_cent_of(larger[0])} of a year's "
        "budget, an average cluster's bond would pay all that reaches it with a chance of "
        f"{{{COVERED}:alone}}, not {{now}}; its practices could expect to {{{GAIN}:gain}} over the contract; "
    )
    return Paragraph(
        (*quotes.sentence(row, said, **now).parts, *of_posted.parts, " See each cluster's page.")
    )


def _posted(quotes: Quotes) -> Part:
    return quotes.number(ALL_CLUSTERS, BOND_OF_YEAR, "short")


def _limit(quotes: Quotes, bond: Bond | None) -> str:
    """Return what a cluster answers for of one case, who pays the rest, and what lies beyond the bond."""
    limits = [one for one in quotes.study.scenario.settings.rules if isinstance(one, PerCaseLimit)]
    if limits:
        return " ".join(sentence for one in limits for sentence in one.in_words()) + " "
    none = "There is no limit per case: the whole cost of a case counts against the cluster's budget"
    payers = _payers(quotes)
    beyond = f"{'beyond the bond ' if bond else ''}{joined(payers)} {'pay' if len(payers) > 1 else 'pays'}"
    return f"{none}; {beyond}{'' if bond else ' what is overspent'}. "


def _payers(quotes: Quotes) -> list[str]:
    """Return who pays what no bond does, in their order."""
    liable = ["practices that are liable"] * _is_liable(quotes)
    return [*liable, *["the pool"] * quotes.has(Pool), "the PCT"]


def _costly(quotes: Quotes) -> Iterator[Part]:
    """Yield what a limit on what a case costs its cluster would be worth; nothing where that is not known."""
    limit = pounds_of(PolicySizes().per_case_limit)
    option = f"a limit of {limit} per case"
    if option not in quotes.protection.options:
        return
    budgets = {name: quotes.numbers[name, "annual_budget_gbp"].value for name in quotes.clusters}
    smallest = min(budgets, key=lambda name: budgets[name])
    if budgets[smallest] > 0:
        part = f"{100 * PolicySizes().per_case_limit / budgets[smallest]:.2g}%"
        which = f"{smallest}, the smallest" if len(budgets) > 1 else smallest
        yield f"A case of {limit} is {part} of a year's budget of {which}. "
    more = "more" if quotes.numbers[option, MOVED_GAIN].value > 0 else "less"
    said = f"With {option}, practices between them would have {{{MOVED_GAIN}:size}} {more} over the contract."
    yield from quotes.sentence(option, said).parts


def _used_up(quotes: Quotes, bond: Bond) -> Paragraph:
    """Return how likely it is that overspends go beyond a bond, and what happens then."""
    measure, then = f"{OF_A_CLUSTER}{COVERED}", once_used_up(quotes, bond)
    if (ALL_CLUSTERS, measure) not in quotes.numbers:
        return Paragraph((then,))
    one = "The bond" if len(quotes.clusters) == 1 else "A cluster's bond"
    said = (
        f"{one} pays all that reaches it with a chance of {{{measure}}}; any of it is drawn with a chance of "
        f"{{{OF_A_CLUSTER}{ANY_DRAWN}}}"
    )
    if not loses_all(quotes):  # else it is said above that all is lost more often than not
        said += f", and all of it is lost with a chance of {{{OF_A_CLUSTER}{USED_UP}}}"
    return quotes.sentence(ALL_CLUSTERS, f"{said}. {then}")


def once_used_up(quotes: Quotes, bond: Bond) -> str:
    """Return what happens to a cluster whose bond is used up, and who pays then."""
    if bond.when_exhausted == "leaves":
        return "The cluster hands its budget back at the next annual review."
    again = "practices make the bond up again" if bond.top_up else "the bond is not made up again"
    payers = _payers(quotes)
    pay, order = ("pay", ", in this order") if len(payers) > 1 else ("pays", "")
    return f"The cluster carries on; {again}. Then {joined(payers)} {pay} overspends{order}."
