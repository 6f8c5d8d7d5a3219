"""A worked example; what the results depend on; and what other rules would pay for luck."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.answers.table import Cell, Column, text
from simulator.documents.blocks import Block, Heading, Paragraph, Part, Section
from simulator.documents.brief import most_depends
from simulator.documents.drivers import (
    LUCK_COLUMNS,
    MOST_CONTRACTS,
    MOVED_CHANCE,
    MOVED_GAIN,
    MOVED_PCT,
    SAVING,
    luck_measure,
    of_people,
)
from simulator.documents.example import measure_of
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import GAIN
from simulator.plain_words import capitalised, per_cent_of
from simulator.questions.luck.estimates import PAID
from simulator.questions.size.answer import SD
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.risk.estimation import beyond_chance

_MOST_MOVES = 12
_WEAK = 0.0005
"""Moves of the chance and of all else below a twentieth of a point are noise here."""


def worked_example(quotes: Quotes) -> Section:
    """Take one cluster's first year through the rules."""
    example = quotes.example
    year = quotes.study.years[example.year]
    said = Paragraph(
        (
            f"Take {example.book.name} in {year}, its first year. Of the simulated contracts, the table "
            "shows two: the one in the middle of those with a surplus, and the one in the middle of those "
            "with an overspend. Each pound that moves is in a row, in the order of the rules.",
        )
    )
    columns: list[str | Column] = [
        Column(
            case, f"A year {case} £", Unit.NUMBER, tuple(_cell(quotes, case, one) for one in example.flows)
        )
        for case in example.contracts
    ]
    first = text("What moves", [*example.flows.values()])
    title = f"One year of {example.book.name} through the rules"
    table = quotes.table("worked example", title, columns, first, apart=0)
    return Section((Heading(1, "A worked example"), said, table))


def _cell(quotes: Quotes, case: str, reason: str) -> Cell:
    return quotes.numbers[quotes.example.row(case), measure_of(reason)]


def depends_on(quotes: Quotes) -> Section:
    """Rank what the results depend on, and show the size of a cluster."""
    moves = [*quotes.drivers.moves][:_MOST_MOVES]
    blocks: list[Block] = [Heading(1, "What do the results depend on?")]
    if moves:
        said = most_depends(moves[0], quotes.numbers[moves[0], MOVED_CHANCE].value)
        ranked = "The table ranks the settings by what each, moved up alone, does to that chance."
        blocks.append(quotes.sentence(moves[0], f"{said} {ranked}"))
        headings = ("Chance of an overspend", "Practices' net gain", "PCT's net position")
        columns = [
            _change(quotes, measure, heading, moves)
            for measure, heading in zip((MOVED_CHANCE, MOVED_GAIN, MOVED_PCT), headings, strict=True)
        ]
        first = text("Moved up", [capitalised(one) for one in moves])
        title = "What one setting, moved up alone, changes; of the whole contract"
        blocks.append(quotes.table("drivers", title, columns, first, apart=0))
        blocks.append(Paragraph((_fewer(quotes),)))
    if quotes.study.scenario.settings.actions:
        blocks += [Heading(2, "What clusters do"), quotes.picture("actions")]
    blocks += _sizes(quotes)
    return Section(tuple(blocks))


def _fewer(quotes: Quotes) -> str:
    contracts = min(quotes.study.result.contracts, MOST_CONTRACTS)
    return (
        f"From {contracts:,} contracts on the same draws of chance. An asterisk marks a change beyond "
        "chance. How far each is moved is an assumption, or one SD of what is not known of it."
    )


def _change(quotes: Quotes, measure: str, heading: str, rows: Iterable[str]) -> Column:
    cells = tuple(quotes.numbers.get((row, measure)) for row in rows)
    unit = Unit.GBP if measure.endswith("_gbp") else Unit.SHARE
    return Column(measure, heading, unit, cells, is_change=True)


def _sizes(quotes: Quotes) -> Iterable[Block]:
    rows = [row.people for row in quotes.drivers.sizes.rows]
    names = [of_people(one) for one in rows]
    small, large = (quotes.number(one, SD) for one in (names[0], names[-1]))
    yield Heading(2, "The size of a cluster")
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"Size helps, and less and less: the outturn of {rows[0]:,.0f} people typically misses the expected "
        f"one by {{small}} of the budget, that of {rows[-1]:,.0f} people by {{large}}. The rest is common "
        "to all.",
        small=small,
        large=large,
    )
    headings = {
        SD: "Typical miss (SD), of budget",
        "large_overspend_probability": "Overspend above 2%",
        "bond_needed_gbp_per_head": "Bond needed at 95%, a head",
    }
    columns = [quotes.column(one, words, [(row, one) for row in names]) for one, words in headings.items()]
    first = text("People", [f"{one:,.0f}" for one in rows])
    yield quotes.table("size", "Risk by size of cluster, over the whole contract", columns, first, apart=0)


def _verdict_on_rules(quotes: Quotes) -> str:
    """Return whether any rule that was tried lets practices gain on average, where they lose."""
    gain = quotes.numbers[ALL_CLUSTERS, GAIN].value
    changes = [quotes.numbers[policy, MOVED_GAIN].value for policy in quotes.drivers.rules]
    if gain >= 0 or not changes:
        return "Other rules divide gains and losses otherwise."
    if gain + max(changes) < 0:
        return "None of these rules would let practices gain on average."
    return "Some of these rules would let practices gain on average."


def _best_for_the_pct(quotes: Quotes) -> Sequence[Part]:
    """Return which rule the PCT gains most by, and what it does to practices; nothing where none helps it."""
    found = {one: quotes.numbers[one, MOVED_PCT] for one in quotes.drivers.rules}
    best = max(found, key=lambda one: found[one].value, default="")
    if not best or found[best].value <= 0 or not beyond_chance(found[best]):
        return ()
    more = "more" if quotes.numbers[best, MOVED_GAIN].value > 0 else "less"
    said = (
        f" The PCT would gain most by {{rule}}: {{{MOVED_PCT}:size}} more, and practices would have "
        f"{{{MOVED_GAIN}:size}} {more}."
    )
    return quotes.sentence(best, said, rule=best).parts


def _rest(quotes: Quotes) -> str:
    """Return who pays for what the PCT gains beyond what practices lose, where nobody else has a part."""
    flows = quotes.study.books[ALL_CLUSTERS].flows.values()
    if {Account.PARTNER, Account.LENDER} & {one for flow in flows for one in (flow.payer, flow.payee)}:
        return ""
    return " What the PCT gains and practices do not lose is no longer reinvested in patients' care."


def luck_and_rules(quotes: Quotes) -> Section:
    """Show what other rules would pay for luck."""
    heading = Heading(1, "Luck, and what other rules would do")
    answer = quotes.drivers.luck
    if answer is None:
        return Section((heading, Paragraph(("No practice can be paid a share here, nor for luck.",))))
    saving = per_cent_of(SAVING)
    policies = answer.policy_names
    paid = luck_measure(LUCK_COLUMNS[0])
    unpaid = luck_measure(LUCK_COLUMNS[2])
    headings = ("Paid for luck", "Change", f"Saving of {saving} unpaid", "Change")
    columns = []
    for measure, words in zip(LUCK_COLUMNS, headings, strict=True):
        name = luck_measure(measure)
        cells = tuple(quotes.numbers.get((policy, name)) for policy in policies)
        unit = Unit.PROBABILITY if PAID in measure or "probability" in measure else Unit.GBP
        columns.append(Column(name, words, unit, cells, is_change="change" in name))
    for measure, words in (
        (MOVED_GAIN, "Practices' net gain, change"),
        (MOVED_PCT, "PCT's net position, change"),
    ):
        columns.append(_change(quotes, measure, words, policies))
    first = text("Rules", [capitalised(one) for one in policies])
    title = "What other rules would change; all clusters together, over the whole contract"
    numbers = {"paid": quotes.number(policies[0], paid), "unpaid": quotes.number(policies[0], unpaid)}
    said = "Had no cluster truly saved anything, practices would be paid {paid} over the contract for luck; "
    said += f"yet a true saving of {saving} goes unpaid with a chance of {{unpaid}}."
    return Section(
        (
            heading,
            Paragraph((_verdict_on_rules(quotes), *_best_for_the_pct(quotes))),
            quotes.sentence(ALL_CLUSTERS, said, **numbers),
            quotes.table("rules against luck", title, columns, first, apart=0),
            Paragraph(
                (
                    "A rule that pays less for luck also leaves more true savings unpaid: choose how much "
                    "of one for how much of the other."
                    f"{_rest(quotes)} The sizes of these rules are assumptions.",
                )
            ),
        )
    )
