"""The results by subject: overspends, what practices gain, and the PCT's position."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import Column, text
from simulator.documents.blocks import Block, Cited, Heading, Paragraph, Section
from simulator.documents.brief import (
    and_interest,
    bond_is_all,
    loses_all,
    loss_of_bond,
    who_pays,
    whole_contract,
    why_in_words,
    why_it_gains,
)
from simulator.documents.cluster_facts import USED_UP
from simulator.documents.exposure import (
    in_common,
    other_returns,
    pool_runs_dry,
    who_bears,
    why_it_plans_more,
)
from simulator.documents.kept_words import after_savings, middle_columns, middle_year
from simulator.documents.odds import odds
from simulator.documents.protection import RESERVE_OF_BUDGET, reserve_at
from simulator.documents.quotes import PCT, PLAN_LESS_BUDGETS, Quotes
from simulator.documents.what_ifs import (
    BETTER_OFF,
    BOND_OF_CONTRACT,
    BOND_OF_YEAR,
    EQUAL_GROWTH,
    GAIN,
    OF_A_CLUSTER,
    OVERSPEND,
    SAVING_NEEDED,
)
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

_AS_ONE, _ADDED_UP = "All clusters as one", "All clusters, added up"
"""Last rows of tables: what clusters have left set off against what others lack, and all of either."""


def overspends(quotes: Quotes) -> Section:
    """Show how likely overspends are, how large, and why."""
    years = [f"overspend_probability_year_{at}" for at in range(1, len(quotes.study.years) + 1)]
    chances: list[str | Column] = list(years if len(years) > 1 else [])
    chances += ["overspend_any_year_probability"] if len(years) > 1 else []
    whole = quotes.column(OVERSPEND, "Overspend, whole contract") if len(years) > 1 else OVERSPEND
    chances += [whole, quotes.column("large_overspend_probability", "Large overspend")]
    if not quotes.study.result.contract_outcomes.takes_part.all():
        chances.append("leaves_probability")
    amounts: list[str | Column] = [
        quotes.column("budget_gbp", "Budget"),
        quotes.column("spend_gbp", "Spend"),
        "budget_less_spend_gbp",
        "expected_overspend_gbp",
        "expected_surplus_gbp",
    ]
    title = "Budget, spend, overspend and surplus over the whole contract"
    alike = _are_alike(quotes)
    and_clusters = " and clusters" * (len(quotes.clusters) > 1)
    return Section(
        (
            Heading(1, "How likely is an overspend?"),
            _overspends_in_words(quotes),
            quotes.table(
                "overspend chance", "Chance of an overspend, in per cent", chances, _first(quotes, _AS_ONE)
            ),
            Paragraph(
                (
                    "A year is overspent if spend exceeds its budget; the whole contract if all its spend "
                    "exceeds all its budget, one year's surplus set off against another's overspend. An "
                    "overspend of the contract by more than 2% is large. ",
                    f"“{_AS_ONE}” sets off clusters too." * (len(quotes.clusters) > 1),
                    *(
                        ()
                        if alike
                        else (" ", Cited("Figure", "overspend", "A chart"), " draws these chances.")
                    ),
                )
            ),
            # Where no cluster stands out, a chart of them shows nothing.
            *(() if alike else (quotes.picture("overspend"),)),
            Paragraph(
                (
                    Cited("Table", "overspend size", "A table"),
                    f" adds up overspends of single years{and_clusters}, and surpluses: it sets nothing off. "
                    "Each number is rounded by itself: a difference may miss by one in its last digit.",
                )
            ),
            quotes.table("overspend size", title, amounts, _first(quotes, _ADDED_UP)),
            *_bond_mark(quotes),
            quotes.picture("outturn"),
        )
    )


def _first(quotes: Quotes, together: str) -> Column:
    """Return the clusters' names, with what the row of all does with them."""
    return text("Cluster", [together if row == ALL_CLUSTERS else row for row in quotes.rows])


def _bond_mark(quotes: Quotes) -> list[Block]:
    """Say on which side the chart has overspends, what it marks and does not say: bonds pay year by year."""
    of_year = quotes.numbers.get((ALL_CLUSTERS, BOND_OF_YEAR))
    said = "{figure} draws overspends to the right; in tables, budget less spend is below zero then."
    if of_year is None or not of_year.value:
        return [quotes.sentence(ALL_CLUSTERS, said, figure=Cited("Figure", "outturn", "A chart"))]
    said += f" It marks one as large as the bond: {{{BOND_OF_YEAR}:short}} of a year's budget, "
    said += f"which is {{{BOND_OF_CONTRACT}:short}} of the whole contract's."
    if (ALL_CLUSTERS, f"{OF_A_CLUSTER}{USED_UP}") in quotes.numbers:
        said += (
            f" A cluster's bond is used up with a chance of {{{OF_A_CLUSTER}{USED_UP}:alone}}. It pays each "
            "year's overspend, with no surplus set off: a contract left of the mark may have used one up too."
        )
    return [quotes.sentence(ALL_CLUSTERS, said, figure=Cited("Figure", "outturn", "A chart"))]


def _by_chance(quotes: Quotes) -> list[str]:
    """Return the clusters, the one that overspends least often first."""
    return sorted(quotes.clusters, key=lambda name: quotes.numbers[name, OVERSPEND].value)


def _are_alike(quotes: Quotes) -> bool:
    """Return whether several clusters have much the same chance, as words tell it."""
    by_chance = [quotes.numbers[name, OVERSPEND] for name in _by_chance(quotes)]
    least, most = by_chance[0], by_chance[-1]
    return len(quotes.clusters) > 1 and (least.high >= most.low or odds(least) == odds(most))


def _overspends_in_words(quotes: Quotes) -> Paragraph:
    by_size = _by_chance(quotes)
    least, most = by_size[0], by_size[-1]
    ends = {"low": quotes.number(least, OVERSPEND, "alone"), "high": quotes.number(most, OVERSPEND, "alone")}
    if len(by_size) == 1:
        said = "The chance that it overspends over {whole} is {low}."
    elif not _are_alike(quotes):
        said = "Over {whole} the chance runs from {low} for {least} to {high} for {most}."
    else:
        said = "Over {whole} the chance is much the same for all clusters: from {low} to {high}."
    if len(by_size) > 1:
        said += (
            " Some cluster overspends in some year with a chance of {some_cluster_overspends_probability}."
        )
    said = f"{said} {why_in_words(quotes)}".rstrip()
    return quotes.sentence(ALL_CLUSTERS, said, whole=whole_contract(quotes), least=least, most=most, **ends)


def practices(quotes: Quotes) -> Section:
    """Show what practices gain or lose, and what would change it."""
    heading = Heading(1, "What do practices gain or lose?")
    if not quotes.has(SurplusSplit):
        return Section(
            (heading, Paragraph(("No rule divides a surplus, so practices keep nothing of one.",)))
        )
    shares: list[str | Column] = [
        quotes.column("practice_share_gbp_per_year", "Share a year, mean"),
        *middle_columns(quotes),
        GAIN,
        # Where a bond is all that they can lose, a bad case in pounds looks like more: it follows the budget.
        *(() if loss_of_bond(quotes) else ("practice_net_gain_1_in_20_gbp",)),
        "practice_better_off_probability",
    ]
    blocks: list[Block] = [
        heading,
        quotes.sentence(ALL_CLUSTERS, _practices_in_words(quotes)),
        *([quotes.sentence(ALL_CLUSTERS, nothing)] if (nothing := middle_year(quotes)) else []),
        quotes.table("surpluses", "What practices may expect over the contract", shares),
        quotes.sentence(ALL_CLUSTERS, _meaning_of_gains(quotes)),
        quotes.sentence(ALL_CLUSTERS, luck_in_words(quotes)),
        *after_savings(quotes),
    ]
    if quotes.study.scenario.settings.truly_saves:
        title = "The practice share: what luck alone brings, and what true saving adds"
        luck = [quotes.column("luck_gbp", "Luck"), quotes.column("skill_gbp", "True saving")]
        # Where every pound is luck, a chart that parts the two shows nothing.
        blocks += [quotes.table("luck", title, luck), quotes.picture("practice-share")]
    return Section(tuple(blocks))


def _practices_in_words(quotes: Quotes) -> str:
    """Return what practices may expect, what it is made of, and what would change it."""
    said = f"Practices may expect to {{{GAIN}:gain}} over the contract: they keep {{practice_share_gbp}} of "
    said += "surpluses"
    if bond_is_all(quotes):
        said += f"{and_interest(quotes)}, and {{expected_bond_draw_gbp}} of their bonds is drawn"
    said += "."
    if (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers:
        said += (
            f" To break even, before what the saving costs them, they must truly save {{{SAVING_NEEDED}}} of "
            "the care that is paid by the case, every year."
        )
    if (ALL_CLUSTERS, f"{EQUAL_GROWTH}{GAIN}") in quotes.numbers:
        said += (
            f" If budgets grew as costs do, they would {{{EQUAL_GROWTH}{GAIN}:gain}}, and those of a cluster "
            f"would be better off with a chance of {{{EQUAL_GROWTH}{OF_A_CLUSTER}{BETTER_OFF}}}."
        )
    return said


def _meaning_of_gains(quotes: Quotes) -> str:
    """Return what the columns of the table are, and why its last row is not the others' mean."""
    said = "The net gain is all that comes to practices less all that they pay, their bond included. "
    if loses_all(quotes):
        every = "all of the bond" if len(quotes.clusters) == 1 else "every bond"
        said += f"In at least one contract in twenty, practices lose {every}."
    elif all_of_bond := loss_of_bond(quotes):
        said += f"In one contract out of twenty they lose {all_of_bond}. "
        said += "A bond is a share of the budget, so it differs by contract."
    else:
        said += "In one contract out of twenty it is worse than “1 in 20”."
    if len(quotes.clusters) > 1 and (ALL_CLUSTERS, f"{OF_A_CLUSTER}{BETTER_OFF}") in quotes.numbers:
        said += (
            " The last row sets the gains of some clusters against the losses of others: all practices "
            "taken together are better off with a chance of {practice_better_off_probability}, those of one "
            f"cluster with {{{OF_A_CLUSTER}{BETTER_OFF}}}."
        )
    return said


def saving_adds(quotes: Quotes, row: str) -> str:
    """Return what true saving does to the practice share: an action that costs more than it saves takes."""
    does = "adds" if quotes.numbers[row, "skill_gbp"].value >= 0 else "takes away"
    return f"true saving, with what it costs the budget, {does} {{skill_gbp:size}}"


def luck_in_words(quotes: Quotes) -> str:
    """Return what luck does to the practice share of all clusters, for `Quotes.sentence`."""
    if quotes.study.scenario.settings.truly_saves:
        adds = saving_adds(quotes, ALL_CLUSTERS)
        return f"Luck alone would bring practices {{luck_gbp}} of surpluses; {adds}."
    return "No cluster truly saves anything here, so every pound of practice share is luck."


def pct_position(quotes: Quotes) -> Section:
    """Show who gains and who loses, and how the PCT's position comes about."""
    flows = quotes.study.result.contract_outcomes.flows.values()
    accounts = {account for flow in flows for account in (flow.payer, flow.payee)}
    gains: list[str | Column] = [
        quotes.column("pct_payment_1_in_20_gbp", "PCT pays for overspends, 1 in 20"),
        *("pct_net_position_gbp", "pct_net_position_1_in_20_gbp"),
    ]
    worst = ("pct_net_position_1_in_100_gbp", "pct_net_position_beyond_1_in_20_gbp")
    gains += [one for one in worst if (ALL_CLUSTERS, one) in quotes.numbers]
    others = {
        Account.PARTNER: "partner_net_gain_gbp",
        Account.LENDER: "lender_income_gbp",
        Account.CORE: "core_income_gbp",
        Account.SUPPLIERS: "suppliers_income_gbp",
    }
    gains += [measure for account, measure in others.items() if account in accounts]
    blocks: list[Block] = [
        Heading(1, "What is left with the PCT?"),
        pct_sentence(quotes),
        quotes.table("positions", "The PCT's net position over the whole contract", gains),
        Paragraph(
            (
                "The net position is what the PCT planned to spend on these people's care, less what that "
                "care costs it; below zero is a loss. The plan is the cost expected before any true saving.",
            )
        ),
        *_reserve(quotes),
        Heading(2, "How it comes about"),
    ]
    parts = {measure: quotes.heading(measure) for _, measure in quotes.tables[PCT]}
    parts["pct_net_position_gbp"] = "The PCT's net position"
    title = "How the PCT's net position comes about, over the whole contract"
    first = ("Gained, or lost where below zero", "Expected")
    blocks.append(quotes.amounts("PCT", title, first, ALL_CLUSTERS, parts, has_total=True))
    blocks += who_bears(quotes)
    pool = [quotes.picture("pool"), *pool_runs_dry(quotes), *other_returns(quotes)]
    return Section((*blocks, *pool, *in_common(quotes)))


def _reserve(quotes: Quotes) -> Iterator[Block]:
    """Yield what the PCT must hold to meet its losses, over the contract and in each year."""
    confidences = [one for one in quotes.confidences if (ALL_CLUSTERS, reserve_at(one)) in quotes.numbers]
    if not confidences:
        return
    yield Heading(2, "What reserve should the PCT hold?")
    said = "It needs none: even in a bad case it gains against its plan."
    if quotes.numbers[ALL_CLUSTERS, reserve_at(0.95)].value:
        said = (
            f"To be 95% sure of meeting its losses, the PCT must hold {{{reserve_at(0.95)}}} over the "
            f"contract: {{{RESERVE_OF_BUDGET}}} of the clusters' budgets of a year. That is after bonds and "
            "pool have paid. “What could be done, and who would pay?” says what protects it from a bad case, "
            "and at whose cost."
        )
    yield quotes.sentence(ALL_CLUSTERS, said)
    years = quotes.study.years if len(quotes.study.years) > 1 else ()
    spans = {"": whole_contract(quotes).capitalize()} | {
        f"_year_{at}": one for at, one in enumerate(years, 1)
    }
    columns = [
        quotes.column(
            "pct_net_position_gbp",
            "Net position, expected",
            [(ALL_CLUSTERS, f"pct_net_position_gbp{one}") for one in spans],
        )
    ]
    for one in confidences:
        places = [(ALL_CLUSTERS, f"{reserve_at(one)}{span}") for span in spans]
        columns.append(quotes.column(reserve_at(one), f"Reserve, {100 * one:.0f}% sure", places))
    title = "The PCT's net position, and the reserve that meets its losses"
    yield quotes.table("reserve", title, columns, text("Of", [*spans.values()]), apart=0)


def pct_sentence(quotes: Quotes) -> Paragraph:
    """Return what is left with the PCT, in a few sentences."""
    said = f"The PCT may expect to {{pct_net_position_gbp:gain}} against its plan{why_it_gains(quotes)}."
    said += why_it_plans_more(quotes)
    said += f" {who_pays(quotes) or 'It pays {pct_payment_gbp} for overspends on average.'}"
    said += " In one contract in twenty the PCT pays more than {pct_payment_1_in_20_gbp}"
    bad = quotes.numbers.get((ALL_CLUSTERS, "pct_net_position_1_in_20_gbp"))
    if bad is not None:
        worse = "loses more than" if bad.value < 0 else "gains less than"
        said += f", and in one in twenty it {worse} {{pct_net_position_1_in_20_gbp:size}} against its plan"
        planned = quotes.numbers.get((ALL_CLUSTERS, PLAN_LESS_BUDGETS))
        if planned and planned.half_width:
            said += ", not always in the same contracts: budgets differ by contract too"
    said += "."
    if quotes.has(Pool):
        said += (
            " The pool ends at {pool_balance_gbp} on average. Bonds and pool pay everything with a chance of "
            "{pool_and_bonds_cover_probability}."
        )
    return quotes.sentence(ALL_CLUSTERS, said)
