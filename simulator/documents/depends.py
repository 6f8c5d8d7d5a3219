"""A worked example, and what the results depend on: settings, doubt, and the size of a cluster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.answers.table import Cell, Column, text
from simulator.charts.drivers import LEVELS, SHARED_DOUBT, budgets_follow_levels
from simulator.documents.asked import once_used_up
from simulator.documents.blocks import Block, Cited, Heading, Paragraph, Section, number
from simulator.documents.brief import bond_is_all, most_depends
from simulator.documents.budget_words import budget_set_wrongly
from simulator.documents.choices import exact_zeros
from simulator.documents.doubt_range import AMOUNTS, LEAST, MOST, OF_CLUSTERS
from simulator.documents.drivers import (
    CALM_PEOPLE,
    ENOUGH_PEOPLE,
    LAST_YEAR,
    LITTLE_CHANCE,
    LITTLE_MORE,
    MOST_CONTRACTS,
    MOVED_CHANCE,
    MOVED_GAIN,
    MOVED_PCT,
    MOVED_RESERVE,
    SIZE_CHANCE,
    of_fewer,
    of_people,
    of_size,
)
from simulator.documents.example import (
    BAD,
    BOND_OF_FIRST_YEAR,
    POOL_HELD,
    POOL_NEEDED,
    measure_of,
)
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import BETTER_OFF, COVERED, GAIN, OF_A_CLUSTER, OVERSPEND
from simulator.plain_words import capitalised, counted, in_letters, joined, listed, per_cent_of
from simulator.questions.size.answer import BAD_OVERSPEND, a_head
from simulator.questions.size.answer import OVERSPEND as OVERSPENT
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.doubts import unsure_of

_MOST_MOVES = 18
_LITTLE_LEVEL = 0.02
"""A change of the chance that is little (assumption)."""
_RANKED = Cited("Table", "drivers", "A table")
_HEADLINES = {
    OVERSPEND: "A cluster overspends",
    COVERED: "A cluster's bond pays all that reaches it",
    BETTER_OFF: "A cluster's practices come out better off",
    GAIN: "Practices' net gain, all clusters",
    "pct_net_position_gbp": "The PCT's net position",
}


def worked_example(quotes: Quotes) -> Section:
    """Take one cluster's first year through the rules."""
    example = quotes.example
    year = quotes.study.years[example.year]
    budgets = " The budgets differ, for each rests on past spend that is drawn by chance too."
    budgets *= example.budgets_differ
    bad = ", and a bad year: one in twenty is worse" * (BAD in example.contracts)
    contracts = counted(len(example.contracts), "simulated contract")
    said = Paragraph(
        (
            f"Take {example.book.name} in {year}, its first year, in {contracts}: the middle surplus, the "
            f"middle overspend{bad}. Each pound that moves has a row, in the order of the rules.{budgets}",
        )
    )
    columns: list[str | Column] = [
        Column(
            case,
            f"{'A bad year, 1 in 20' if case == BAD else f'A year {case}'} £",
            Unit.NUMBER,
            tuple(_cell(quotes, case, one) for one in example.flows),
        )
        for case in example.contracts
    ]
    first = text("What moves", [*example.flows.values()])
    title = f"One year of {example.book.name} through the rules"
    table = quotes.table("worked example", title, columns, first, apart=0)
    return Section(
        (Heading(1, "A worked example"), said, table, *_part_year(quotes), *_pool(quotes), *_after(quotes))
    )


def _part_year(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield how a first year of less than twelve months weighs in the bond."""
    case = next(iter(quotes.example.contracts), "")
    row = quotes.example.row(case)
    bond, months = quotes.facts.bond, quotes.example.book.year_months[quotes.example.year]
    if (row, BOND_OF_FIRST_YEAR) not in quotes.numbers or bond is None or months >= 12:
        return
    said = (
        f"The bond is {per_cent_of(bond.share_of_annual_budget or 0)} of a budget of twelve months, though "
        f"this year has {in_letters(months)}: it is {{{BOND_OF_FIRST_YEAR}:short}} of the budget above."
    )
    yield quotes.sentence(row, said)


def _pool(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what the pool held before it paid in the bad year, so that what it paid can be worked out."""
    row = quotes.example.row(BAD)
    if (row, POOL_HELD) not in quotes.numbers:
        return
    held, needed, paid = (
        number(f"£{one.value:,.0f}", one)
        for one in (
            quotes.numbers[row, name] for name in (POOL_HELD, POOL_NEEDED, measure_of("pool_payment"))
        )
    )
    said = "In the bad year the pool held {held} before it paid, "
    if needed.quoted.value > held.quoted.value:
        is_alone = abs(paid.quoted.value - held.quoted.value) <= 1
        said += (
            "and paid all of it: no other cluster needed any."
            if is_alone
            else "and all clusters needed {needed}: it paid each the same part of what it needed."
        )
    else:
        said += "enough for the {needed} that all clusters needed."
    yield quotes.sentence(row, said, held=held, needed=needed)


def _after(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what comes after a year that uses the bond up."""
    bond = quotes.facts.bond
    if bond is None or not quotes.example.is_used_up:
        return
    said = f"The bad year uses the bond up. {once_used_up(quotes, bond)}"
    if bond_is_all(quotes) and bond.when_exhausted == "stays" and not bond.top_up:
        kept = ", and would still have their share of a surplus" * quotes.has(SurplusSplit)
        said += f" In the years after, practices can lose no more{kept}."
    yield Paragraph((said,))


def _cell(quotes: Quotes, case: str, reason: str) -> Cell:
    return quotes.numbers[quotes.example.row(case), measure_of(reason)]


def depends_on(quotes: Quotes) -> Section:
    """Say what the results depend on most, rank all settings, and show the size of a cluster."""
    moves = [*quotes.drivers.moves][:_MOST_MOVES]
    blocks: list[Block] = [Heading(1, "What do the results depend on?")]
    if moves:
        said = most_depends(quotes, moves[0])
        ranked = "{table} ranks the settings by what each, moved up alone, does to that chance."
        blocks.append(quotes.sentence(moves[0], f"{said} {ranked}", table=_RANKED))
    blocks += _doubt(quotes)
    if moves:
        blocks += _one_setting(quotes, moves)
    if quotes.study.scenario.settings.actions:
        blocks += [Heading(2, "What clusters do"), quotes.picture("actions")]
    return Section((*blocks, *budget_set_wrongly(quotes), *_sizes(quotes)))


def _one_setting(quotes: Quotes, moves: Sequence[str]) -> Iterator[Block]:
    """Yield what each setting changes, moved up alone."""
    headings = {
        MOVED_CHANCE: "Chance of an overspend",
        MOVED_GAIN: "Practices' net gain",
        MOVED_PCT: "PCT's net position",
        MOVED_RESERVE: "PCT's reserve at 95%",
    }
    columns = [
        quotes.changes(measure, heading, moves)
        for measure, heading in headings.items()
        if (moves[0], measure) in quotes.numbers
    ]
    first = text("Moved up", [capitalised(one) for one in moves])
    fewer = of_fewer(quotes.study.result.contracts)
    title = f"What one setting, moved up alone, changes over the whole contract{fewer}"
    exact = exact_zeros(columns).replace("is exact.", "is exact: that setting cannot change it.")
    yield Heading(2, "One setting at a time")
    yield quotes.table("drivers", title, columns, first, apart=0)
    yield Paragraph((f"{_fewer(quotes)}{exact}",))
    yield from _levels(quotes)
    yield from _goes_together(quotes)


def _levels(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what it matters if there are more cases than assumed, or cases cost more."""
    moves = [one for level in LEVELS for one in quotes.drivers.moves if one.startswith(level)]
    if len(moves) != len(LEVELS):
        return
    changes = [quotes.numbers[one, MOVED_CHANCE] for one in moves]
    ends = {
        f"{what}_{how}": quotes.number(move, measure, *words)
        for what, move in zip(("cases", "costs"), moves, strict=True)
        for how, measure, words in (("chance", MOVED_CHANCE, ["points"]), ("gain", MOVED_GAIN, []))
    }
    found = (
        "How many cases there are and what they cost {matters} for the chance: moved up, they change it by "
        "{cases_chance} and {costs_chance}. {why} Pounds move with them: practices' net gain "
        "changes by {cases_gain} and {costs_gain}."
    )
    is_little = all(-_LITTLE_LEVEL < one.low <= one.high < _LITTLE_LEVEL for one in changes)
    why = "Budgets rest on the same levels: past spend, fair shares and the PCT's plan are taken to move "
    why += "along."
    if not budgets_follow_levels(quotes.study.scenario):
        why = "Not all budgets move along here."
    said = found.replace("{matters}", "matter little" if is_little else "matter").replace("{why}", why)
    yield quotes.sentence(moves[0], said, **ends)


def _goes_together(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what it matters that what is not known of several figures goes together."""
    moves = [one for one in quotes.drivers.moves if one.startswith(SHARED_DOUBT)]
    for move in moves:
        if (move, MOVED_RESERVE) in quotes.numbers:
            far = move.partition(" +")[2].strip()
            together = per_cent_of(quotes.study.scenario.settings.doubt.correlation)
            said = (
                "How far what is not known of two kinds of care goes together is an assumption (correlation: "
                f"{together}): {far} more change the chance by {{{MOVED_CHANCE}:points}} and the "
                f"reserve by {{{MOVED_RESERVE}}}."
            )
            yield quotes.sentence(move, said)


def _fewer(quotes: Quotes) -> str:
    every, rank = quotes.study.result.contracts, ""
    if every > MOST_CONTRACTS:
        rank = f"A ranking needs no more than {MOST_CONTRACTS:,} of the {every:,} contracts. "
    but = ", except where cases or their cost are moved" * budgets_follow_levels(quotes.study.scenario)
    return (
        f"{rank}An asterisk marks a change beyond chance: all rows share their draws. How far each is moved "
        "is an assumption, or one SD of what is not known of it. Past spend and the PCT's plan are held"
        f"{but}: so care that costs more, or larger budgets, cost the PCT money."
    )


def _doubt(quotes: Quotes) -> Iterator[Block]:
    """Yield the headline results with sampling error and doubt in one range, and what is not in it."""
    yield Heading(2, "Sampling error and doubt in one range")
    settings = quotes.study.scenario.settings
    rows = [one for one in (*OF_CLUSTERS, *AMOUNTS) if (ALL_CLUSTERS, f"{LEAST}{one}") in quotes.numbers]
    others = "Errors of other settings are not in it: {table} shows what each would do."
    if not rows:
        said = f"No doubt about figures is drawn here: ± is sampling error alone. {others}"
        yield quotes.sentence(ALL_CLUSTERS, said, table=_RANKED)
        return
    kinds = listed(unsure_of(settings))
    ends = {end: quotes.number(ALL_CLUSTERS, f"{end}{OVERSPEND}", "alone") for end in (LEAST, MOST)}
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"Once {kinds} are known, a cluster's chance of an overspend will lie between {{{LEAST}}} and "
        f"{{{MOST}}}: that is the 95% range of sampling and doubt together ({{own}}). What is expected "
        "today is a mean over it. The amounts are means too: one bad contract may cost more than the end of "
        "a range. "
        f"{others}",
        **ends,
        own=Cited("Table", "doubt", "the table below"),
        table=_RANKED,
    )
    places = {one: f"{OF_A_CLUSTER * (one in OF_CLUSTERS)}{one}" for one in rows}
    columns = [
        Column(name, words, tuple(quotes.numbers[ALL_CLUSTERS, of(one)].unit for one in rows), cells)
        for name, words, of in (
            ("expected", "As expected, with ±", places.__getitem__),
            ("least", "Range from", lambda one: f"{LEAST}{one}"),
            ("most", "Range to", lambda one: f"{MOST}{one}"),
        )
        for cells in [tuple(quotes.numbers[ALL_CLUSTERS, of(one)] for one in rows)]
    ]
    first = text("Result", [_HEADLINES[one] for one in rows])
    title = f"Results with doubt about {kinds}: 95% ranges, over the whole contract"
    yield quotes.table("doubt", title, columns, first, apart=0)


def _sizes(quotes: Quotes) -> Iterator[Block]:
    rows = [row.people for row in quotes.drivers.sizes.rows]
    names = [of_people(one) for one in rows]
    bad = of_size(a_head(BAD_OVERSPEND))
    ends = {
        f"{size}_{what}": quotes.number(row, measure, "alone")
        for size, row in (("small", names[0]), ("large", names[-1]))
        for what, measure in (("chance", SIZE_CHANCE), ("bad", bad))
    }
    fewest, most = (f"{one:,.0f}" for one in (rows[0], rows[-1]))
    yield Heading(2, "The size of a cluster")
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"{_chance_by_size(quotes, names[0], names[-1])}: {{small_chance}} for {fewest} people, "
        f"{{large_chance}} for {most}. {_bad_by_size(quotes, names[0], names[-1])}: in one contract out of "
        f"twenty the overspends of its years add up to more than £{{small_bad}} a head for {fewest} people, "
        f"£{{large_bad}} for {most}. {_large_enough(quotes)}",
        **ends,
    )
    last = quotes.study.years[-1]
    headings = {
        LAST_YEAR: f"Overspend {last}",
        SIZE_CHANCE: "Overspend, whole contract",
        of_size(a_head(OVERSPENT)): "Expected overspend, £ a head",
        of_size(a_head(BAD_OVERSPEND)): "Overspend, 1 in 20, £ a head",
        OVERSPENT: "Expected overspend",
        BAD_OVERSPEND: "Overspend, 1 in 20",
    }
    headings = {one: words for one, words in headings.items() if (names[0], one) in quotes.numbers}
    columns = [quotes.column(one, words, [(row, one) for row in names]) for one, words in headings.items()]
    first = text("People", [f"{one:,.0f}" for one in rows])
    title = f"Overspends by size of cluster, over the whole contract{of_fewer(quotes.study.result.contracts)}"
    yield quotes.table("size", title, columns, first, apart=0)


def _chance_by_size(quotes: Quotes, smallest: str, largest: str) -> str:
    """Return whether a smaller cluster overspends more often, as far as errors tell."""
    small, large = (quotes.numbers[one, SIZE_CHANCE] for one in (smallest, largest))
    if small.low > large.high:
        return "A smaller cluster overspends more often"
    if small.high < large.low:
        why = ", for budgets are short of spend and chance makes up for that more often"
        why *= large.low > 1 / 2
        return f"A smaller cluster is somewhat less likely to overspend{why}"
    short = ", for budgets are short of spend at every size" if large.low > 1 / 2 else ""
    return f"A smaller cluster is no likelier to overspend{short}"


def _bad_by_size(quotes: Quotes, smallest: str, largest: str) -> str:
    """Return whether a bad case costs a smaller cluster more a head, as far as errors tell."""
    small, large = (quotes.numbers[one, of_size(a_head(BAD_OVERSPEND))] for one in (smallest, largest))
    if small.low > large.high:
        return "What grows as clusters shrink is a bad case"
    return "Nor is a bad case seen to grow as clusters shrink"


def _large_enough(quotes: Quotes) -> str:
    """Return from which size on a cluster is large enough, by two measures, for `Quotes.sentence`."""
    more, little = per_cent_of(LITTLE_MORE), per_cent_of(LITTLE_CHANCE)
    said = [
        f"from {{{measure}}} people on {what} ({_smaller(quotes, measure)})"
        for measure, what in (
            (
                ENOUGH_PEOPLE,
                f"its outturns spread at most {more} wider than those of one cluster of endless people, "
                "where chance alone is gone, and shocks and doubt are not",
            ),
            (CALM_PEOPLE, f"chance alone moves them by at most {little} of the budget"),
        )
        if (ALL_CLUSTERS, measure) in quotes.numbers
    ]
    return f"A cluster is large enough, by two measures (assumptions): {'; '.join(said)}." if said else ""


def _smaller(quotes: Quotes, measure: str) -> str:
    """Return which clusters are smaller than a size."""
    enough, many = quotes.numbers[ALL_CLUSTERS, measure], len(quotes.clusters)
    people = {name: quotes.numbers[name, "people"].value for name in quotes.clusters}
    small = [name for name in people if people[name] < enough.low]
    near = [name for name in people if enough.low <= people[name] <= enough.high]
    if near:
        unsure = f"too close to tell: {joined(near)}"
        return f"smaller: {joined(small)}; {unsure}" if small else unsure
    every = ("the cluster is", "both are", f"all {in_letters(many)} are")[min(many, 3) - 1]
    if not small:
        return f"{every} larger"
    if len(small) == many:
        return f"{every} smaller"
    return f"smaller: {joined(small)}"
