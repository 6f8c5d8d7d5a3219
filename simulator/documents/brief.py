"""In brief: what a reader should be able to repeat, on the first page."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.documents.assumptions import is_assumed
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Part, Section
from simulator.documents.cluster_facts import A_DEARER_POINT, AVERAGE_CLUSTER, SIZES, USED_UP, of_size
from simulator.documents.doubt_range import LEAST, MOST
from simulator.documents.drivers import MOVED_CHANCE
from simulator.documents.protection import PCT_BEARS
from simulator.documents.quotes import PCT, PLAN_LESS_BUDGETS, Quotes
from simulator.documents.what_ifs import (
    BETTER_OFF,
    BOND_OF_YEAR,
    BONDS_NEEDED,
    BONDS_NEEDED_OF_BUDGET,
    COST_GROWTH,
    EQUAL_GROWTH,
    GAIN,
    OF_A_CLUSTER,
    OVERSPEND,
    SAVING_NEEDED,
)
from simulator.plain_words import in_letters, listed, per_cent_of
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.doubts import unsure_of

INTEREST = "part_of_net_position_bond_interest_gbp"
_RETURN = "part_of_net_position_PCT_return_gbp"
"""Parts of the PCT's net position: what it pays on bonds, and what clusters return of surpluses."""
LOSS_OF_BOND = "practice_loss_of_bond_1_in_20_share"
_NEAR_SHARE = 0.0005
"""Growth that differs by less is equal to a reader: half of the last digit shown."""
NEAR_GBP = 1.0
RAISING = "what it costs to raise the bond"
"""Nobody counts it where no rule says what money for a bond costs: every section says so in these words."""
_BAD_CASE = "pct_net_position_1_in_20_gbp"
_OF_A_CLUSTER = f"{{{OF_A_CLUSTER}{OVERSPEND}}}"
PAYERS = {
    "expected_bond_draw_gbp": "bonds",
    "pool_payment_gbp": "the pool",
    "pct_payment_gbp": "the PCT",
}
"""Who pays for overspends, in the order of the usual rules."""


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
    points += [quotes.sentence(ALL_CLUSTERS, said)] if (said := who_pays(quotes)) else []
    points.append(_pct(quotes))
    blocks += [Items(tuple(points), numbered=True), _doubt(quotes)]
    return Section(tuple(blocks), on_cover=True)


def whole_contract(quotes: Quotes) -> str:
    """Return how long the contract is, such as ``the three years`` or ``the 33 months``."""
    months, years = sum(quotes.study.result.plan.terms.year_months), len(quotes.study.years)
    if months % 12:
        return f"the {months} months"
    return "the year" if years == 1 else f"the {in_letters(years)} years"


def _overspend(quotes: Quotes) -> Paragraph:
    whole = whole_contract(quotes)
    if len(quotes.clusters) == 1:
        said = f"Over {whole} the cluster spends more than its budget with a chance of {_OF_A_CLUSTER}."
        return quotes.sentence(ALL_CLUSTERS, f"{said} {why_in_words(quotes)}".rstrip())
    by_size = sorted(quotes.clusters, key=lambda name: quotes.numbers[name, OVERSPEND].value)
    ends = [quotes.number(name, OVERSPEND, "alone") for name in (by_size[0], by_size[-1])]
    runs = "; {low} to {high} by cluster" if ends[0].text != ends[1].text else ""
    said = f"Over {whole} a cluster spends more than its budget with a chance of {_OF_A_CLUSTER}{runs}."
    said = f"{said} {why_in_words(quotes)}".rstrip()
    return quotes.sentence(ALL_CLUSTERS, said, low=ends[0], high=ends[1])


def why_in_words(quotes: Quotes) -> str:
    """Return what growth of budgets and costs has to do with overspends, for `Quotes.sentence`."""
    if (growth := quotes.what_ifs.growth) is None or not quotes.what_ifs.has_equal_growth:
        return ""
    budgets, costs = (one.value for one in growth)
    if abs(budgets - costs) < _NEAR_SHARE:
        return ""
    chance = f"{{{EQUAL_GROWTH}{OF_A_CLUSTER}{OVERSPEND}:alone}}"
    grow = f"Budgets grow by {{budget_growth_share}} a year and costs by {{{COST_GROWTH}}}"
    return f"{grow}: at equal growth the chance would be {chance}."


def _bond(quotes: Quotes) -> Paragraph:
    posted = quotes.numbers.get((ALL_CLUSTERS, "bond_posted_gbp"))
    if (ALL_CLUSTERS, BONDS_NEEDED) not in quotes.numbers or posted is None:
        return Paragraph(("No cluster takes the practice share, and so none posts a bond.",))
    needed = quotes.numbers[ALL_CLUSTERS, BONDS_NEEDED]
    verdict = "too small" if needed.value > posted.value else "large enough"
    share = f", {{{BONDS_NEEDED_OF_BUDGET}}} of a year's budget"
    share *= (ALL_CLUSTERS, BONDS_NEEDED_OF_BUDGET) in quotes.numbers
    if len(quotes.clusters) == 1:
        return quotes.sentence(
            ALL_CLUSTERS,
            f"The bond is {verdict} to pay every overspend in 95 contracts of 100: {{bond_posted_gbp}} is "
            f"posted, {{{BONDS_NEEDED}}} is needed{share}.{_dearer(quotes)}",
        )
    return quotes.sentence(
        ALL_CLUSTERS,
        f"The bonds are {verdict} to pay every overspend of each cluster in 95 contracts of 100: "
        f"{{bond_posted_gbp}} is posted, {{{BONDS_NEEDED}}} is needed{share}.{_dearer(quotes)}",
    )


def _dearer(quotes: Quotes) -> str:
    """Return, in a sentence, that practices lose by a larger bond, where they do."""
    posted, largest = quotes.numbers.get((ALL_CLUSTERS, BOND_OF_YEAR)), max(SIZES)
    larger = quotes.numbers.get((of_size(AVERAGE_CLUSTER, largest), GAIN))
    if posted is None or larger is None or posted.value >= largest:
        return ""
    return " Larger bonds cost practices more." * (larger.value < quotes.numbers[AVERAGE_CLUSTER, GAIN].value)


def _practices(quotes: Quotes) -> Iterator[str]:
    """Yield what practices gain, and what would have to be true for it to be worth it."""
    if not quotes.has(SurplusSplit):
        return
    gain = quotes.numbers[ALL_CLUSTERS, GAIN].value
    if not gain:
        yield "Practices neither gain nor lose anything."
        return
    nobody = (", while", ", even though")[gain > 0] + " nobody truly saves"
    nobody *= not quotes.study.scenario.settings.truly_saves
    whose = "They" if len(quotes.clusters) == 1 else "In a cluster they"
    if (
        quotes.kept.split is not None
        and len(quotes.study.years) > 1
        and len(quotes.clusters) > 1
        and quotes.kept.is_nothing_in_the_middle
    ):
        whose = "In the middle year those of a cluster keep nothing; they"
    better = f"{whose} come out better off with a chance of {{{OF_A_CLUSTER}{BETTER_OFF}}}."
    posts = (ALL_CLUSTERS, BONDS_NEEDED) in quotes.numbers
    less = most = ""
    if posts and bond_is_all(quotes):
        less = f" ({RAISING} is not counted)"
        used_up = f"{OF_A_CLUSTER}{USED_UP}"
        is_made_up = any(isinstance(one, Bond) and one.top_up for one in quotes.study.scenario.settings.rules)
        beyond = "it is made up again, and they can lose more" if is_made_up else "they can lose no more"
        most = f" All of their bond is lost with a chance of {{{used_up}}}; {beyond}."
        most *= (ALL_CLUSTERS, used_up) in quotes.numbers
    verdict = verdict_on_share(quotes)
    (split,) = (one for one in quotes.study.scenario.settings.rules if isinstance(one, SurplusSplit))
    share = f"The practice share ({per_cent_of(split.practice_share)} of a surplus)"
    yield (
        f"{share} {verdict}{nobody}: on average practices keep {{practice_share_gbp}} of surpluses, "
        f"and {{{GAIN}:gain}} net{less}. {better}{most}"
    )
    if gain < 0:
        yield _worth_it(quotes)


def counts_no_raising(quotes: Quotes) -> bool:
    """Return whether practices raise the money of a bond, and what that costs them is not counted."""
    return (ALL_CLUSTERS, A_DEARER_POINT) in quotes.numbers


def verdict_on_share(quotes: Quotes) -> str:
    """Return whether the practice share is worth it, on average."""
    gains = quotes.numbers[ALL_CLUSTERS, GAIN].value > 0
    return "is worth it on average" if gains else "is not worth it as things stand"


def bond_is_all(quotes: Quotes) -> bool:
    """Return whether practices pay for a bond and for nothing else."""
    flows = quotes.study.books[ALL_CLUSTERS].flows.values()
    paid_to = {flow.payee for flow in flows if flow.payer == Account.PRACTICES and flow.gbp.any()}
    return paid_to == {Account.BOND}


def and_interest(quotes: Quotes) -> str:
    """Return the interest that practices have on bonds, as the end of a sum; nothing where it is no part."""
    has_it = bond_is_all(quotes) and (ALL_CLUSTERS, INTEREST) in quotes.numbers
    return f" and {{{INTEREST}:size}} of interest" * has_it


def loss_of_bond(quotes: Quotes, row: str = ALL_CLUSTERS) -> str:
    """Return a bad case as a share of the bond of that same contract, for `Quotes.sentence` of a row.

    Nothing where practices pay for more than a bond, or for none.
    """
    if (row, LOSS_OF_BOND) not in quotes.numbers or not bond_is_all(quotes):
        return ""
    is_all = abs(quotes.numbers[row, LOSS_OF_BOND].value - 1) < _NEAR_SHARE
    share = f"all ({{{LOSS_OF_BOND}:short}})" if is_all else f"{{{LOSS_OF_BOND}}}"
    return f"{share} of the {'bonds' if row == ALL_CLUSTERS else 'bond'} posted in that same contract"


def loses_all(quotes: Quotes, row: str = ALL_CLUSTERS) -> bool:
    """Return whether practices lose all of their bond in a bad case: how likely that is, is said then."""
    lost = quotes.numbers.get((row, LOSS_OF_BOND))
    return lost is not None and bond_is_all(quotes) and abs(lost.value - 1) < _NEAR_SHARE


def bad_case_of_bond(quotes: Quotes, row: str, who: str) -> str:
    """Return in a sentence what practices lose of their bond in a bad case; nothing where they do not."""
    if not (said := loss_of_bond(quotes, row)) or quotes.numbers[row, LOSS_OF_BOND].value <= 0:
        return ""
    return f"In a bad case (1 in 20) {who} lose {said}."


def _worth_it(quotes: Quotes) -> str:
    if (ALL_CLUSTERS, SAVING_NEEDED) not in quotes.numbers:
        said = "No true saving was found with which practices would break even on average."
        return f"{said}{_at_equal_growth(quotes)}"
    who = (
        "their cluster"
        if len(quotes.clusters) == 1 or not quotes.own_savings.others_matter
        else "every cluster"
    )
    return (
        f"Practices would break even on average, before what the saving costs, if {who} truly saved "
        f"{{{SAVING_NEEDED}}} of the care paid by the case, every year.{_at_equal_growth(quotes)}"
    )


def _at_equal_growth(quotes: Quotes) -> str:
    """Return what budgets that grow as costs do would change of it, in a sentence."""
    moved = quotes.numbers.get((ALL_CLUSTERS, f"{EQUAL_GROWTH}{GAIN}"))
    if moved is None:
        return ""
    if moved.value < 0:
        return " Budgets that grow as costs do would not be enough."
    return " Budgets that grow as costs do would be enough."


def payers(quotes: Quotes) -> dict[str, str]:
    """Return the measures of who pays for overspends, with who it is; none unless they add up to all."""
    said = {one: who for one, who in PAYERS.items() if (ALL_CLUSTERS, one) in quotes.numbers}
    paid = sum(quotes.numbers[ALL_CLUSTERS, one].value for one in said)
    whole = quotes.numbers[ALL_CLUSTERS, "expected_overspend_gbp"].value
    said = {one: who for one, who in said.items() if quotes.numbers[ALL_CLUSTERS, one].value}
    return said if len(said) > 1 and abs(paid - whole) < NEAR_GBP else {}


def who_pays(quotes: Quotes) -> str:
    """Return who is expected to pay for overspends, for `Quotes.sentence`; nothing where it is one alone."""
    if not (shares := payers(quotes)):
        return ""
    (first, who), *others = shares.items()
    said = [f"{who} pay {{{first}}}" if who == "bonds" else f"{who} pays {{{first}}}"]
    said += [f"{other} {{{one}}}" for one, other in others]
    return f"Of {{expected_overspend_gbp}} of overspends expected, {', '.join(said[:-1])} and {said[-1]}."


def _pct(quotes: Quotes) -> Paragraph:
    """Say what the PCT may expect and what a bad case is: of the contract, and of its worst year."""
    years = len(quotes.study.years)
    by_year = [f"pct_net_position_1_in_20_gbp_year_{at}" for at in range(1, years + 1)]
    found = {
        one: quotes.numbers[ALL_CLUSTERS, one] for one in by_year if (ALL_CLUSTERS, one) in quotes.numbers
    }
    said = (
        f"Over {whole_contract(quotes)} the PCT may expect to {{pct_net_position_gbp:gain}} against its plan"
    )
    said += why_it_gains(quotes)
    if bad := quotes.numbers.get((ALL_CLUSTERS, _BAD_CASE)):
        said += f". In one contract out of twenty it {_worse(bad)} {{{_BAD_CASE}:size}}"
    if found and years > 1:
        worst = min(found, key=lambda one: found[one].value)
        at, does = by_year.index(worst), _worse(found[worst])
        said += (
            f". In {quotes.study.years[at]}, when most is at risk, it may expect to "
            f"{{pct_net_position_gbp_year_{at + 1}:gain}}; in one year out of twenty it {does} "
            f"{{{worst}:size}}"
        )
    return quotes.sentence(ALL_CLUSTERS, f"{said}.")


def _worse(bad: Estimate) -> str:
    return "loses more than" if bad.value < 0 else "gains less than"


def why_it_gains(quotes: Quotes) -> str:
    """Return, in a clause, that budgets are below what the PCT planned, where that is why it gains.

    With what it pays of that: the two differ by what it gains.
    """
    kept = quotes.numbers.get((ALL_CLUSTERS, PLAN_LESS_BUDGETS))
    gain = quotes.numbers[ALL_CLUSTERS, "pct_net_position_gbp"]
    if kept is None or not 0 < gain.value < kept.value or not beyond_chance(gain):
        return ""
    back = f", less {{{_RETURN}}} of surpluses returned to it"
    gained = {one for (_, one), found in quotes.tables[PCT].items() if found.value > 0}
    back *= gained == {PLAN_LESS_BUDGETS, _RETURN}
    return (
        f": its budgets are {{{PLAN_LESS_BUDGETS}}} below what it planned to spend on that care, and it pays "
        f"back {{{PCT_BEARS}}} of that (what it and its pool pay{back}){and_interest(quotes)}"
    )


def _doubt(quotes: Quotes) -> Paragraph:
    """Say what errors leave out, how wide the range is with it, and what the results depend on most."""
    parts: list[Part] = ["All figures are simulated, and ± is sampling error alone."]
    if (ALL_CLUSTERS, f"{LEAST}{OVERSPEND}") in quotes.numbers:
        kinds = listed(unsure_of(quotes.study.scenario.settings))
        ends = {end: quotes.number(ALL_CLUSTERS, f"{end}{OVERSPEND}", "alone") for end in (LEAST, MOST)}
        said = (
            f" Once {kinds} are known, a cluster's chance of an overspend will lie between {{{LEAST}}} and "
            f"{{{MOST}}} (a 95% range): what is expected is a mean over that doubt."
        )
        parts += quotes.sentence(ALL_CLUSTERS, said, **ends).parts
    moves = [*quotes.drivers.moves][:1]
    if moves and beyond_chance(quotes.numbers[moves[0], MOVED_CHANCE]):
        said = most_depends(quotes, moves[0])
        parts += quotes.sentence(moves[0], f" {said}").parts
    return Paragraph(tuple(parts))


def most_depends(quotes: Quotes, move: str) -> str:
    """Return what the chance of an overspend depends on most, for `Quotes.sentence`."""
    what, _, step = move.partition(" +")
    what += ", an assumption," if is_assumed(quotes, move) else ""
    does = "raises" if quotes.numbers[move, MOVED_CHANCE].value > 0 else "lowers"
    more = f"{step.strip()} more" if step else "a move up"
    return (
        # The chart of drivers ranks by the larger of both sides, and may begin with another.
        f"Moved up alone, the {what} matters most: {more} {does} a cluster's chance of an overspend by "
        f"{{{MOVED_CHANCE}:size points}}."
    )
