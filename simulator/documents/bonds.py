"""How big a bond must be, what the posted one does and costs, and what joining would change."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import text
from simulator.documents.blocks import Block, Cited, Heading, Paragraph, Section
from simulator.documents.brief import RAISING, counts_no_raising
from simulator.documents.cluster_facts import A_DEARER_POINT, ANY_DRAWN, POSTED, POSTED_A_HEAD
from simulator.documents.joining import APART, AS_ONE, DRAWN, NEEDED, SHARED_LESS
from simulator.documents.quotes import Quotes, at_confidence
from simulator.documents.what_ifs import BETTER_OFF, BONDS_NEEDED, COVERED, GAIN, OF_A_CLUSTER
from simulator.plain_words import capitalised
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.rules.bond import Bond
from simulator.rules.settlement import place_of_the_bond

_ADDED_UP = "All, added up"
_SHARED_COVERS = "shared_bond_covers_probability"
_FELT = 0.05
"""What moves practices' net gain by a smaller part changes little for them (assumption)."""


def bonds(quotes: Quotes) -> Section:
    """Show how big a bond must be, what the posted one does, and what joining does."""
    columns = []
    for one in quotes.confidences:
        own, every = (at_confidence(f"{name}_needed_gbp", one) for name in ("bond", "own_bonds"))
        columns.append(quotes.column(own, f"Needed at {100 * one:.0f}%", _places(quotes, own, every)))
    shown = Cited("Table", "bonds", "A table")
    said = [Paragraph(("There is no bond in this scheme. ", shown, " shows what one would have to be."))]
    if quotes.has(Bond):
        said = [quotes.sentence(ALL_CLUSTERS, _in_words(quotes))]
        columns += [
            quotes.column(measure, heading, _places(quotes, measure))
            for measure, heading in (
                (POSTED, "Posted"),
                (POSTED_A_HEAD, "Posted, £ a head"),
                (DRAWN, "Expected draw"),
            )
        ]
    several = len(quotes.clusters) > 1
    first = text("Cluster", (*quotes.clusters, *[_ADDED_UP] * several))
    meant = "A bond needed at 95% pays all that reaches it over the contract in 95 contracts of 100. "
    if pays_before(quotes):
        meant += "What reaches it is what rules before it leave of an overspend. "
    return Section(
        (
            Heading(1, "How big a bond?"),
            *said,
            quotes.table("bonds", "Bonds for the whole contract", columns, first, apart=int(several)),
            Paragraph(
                (
                    meant,
                    Cited("Figure", "bond-cover", "A chart"),
                    " draws what is needed.",
                    *_raising(quotes).parts,
                )
            ),
            quotes.picture("bond-cover"),
            *_joining(quotes),
        )
    )


def pays_before(quotes: Quotes) -> bool:
    """Return whether a rule pays of overspends before a bond does."""
    rules = quotes.study.scenario.settings.rules
    return any(rule.changes_overspends != "never" for rule in rules[: place_of_the_bond(rules)])


def _places(quotes: Quotes, own: str, every: str = "") -> list[tuple[str, str]]:
    """Return where a column of each cluster and of all added up stands."""
    of_all = [(ALL_CLUSTERS, every or own)] * (len(quotes.clusters) > 1)
    return [*((name, own) for name in quotes.clusters), *of_all]


def _in_words(quotes: Quotes) -> str:
    """Return what posted bonds do and cost, and what larger ones would be, for `Quotes.sentence`."""
    if not quotes.numbers[ALL_CLUSTERS, POSTED].value:
        return "No bond is posted."
    several = len(quotes.clusters) > 1
    said = "Of {bond_posted_gbp} posted, {expected_bond_draw_gbp} is drawn on average and so lost"
    said += " to whoever posts it. "
    one = "A cluster's bond pays" if several else "It pays"
    if (ALL_CLUSTERS, f"{OF_A_CLUSTER}{COVERED}") in quotes.numbers:
        said += f"{one} all that reaches it with a chance of {{{OF_A_CLUSTER}{COVERED}}}"
        both = several and (ALL_CLUSTERS, COVERED) in quotes.numbers
        said += f"; all of them do so at once with a chance of {{{COVERED}}}." if both else "."
        if (ALL_CLUSTERS, f"{OF_A_CLUSTER}{ANY_DRAWN}") in quotes.numbers:
            said += f" Any of it is drawn with a chance of {{{OF_A_CLUSTER}{ANY_DRAWN}}}."
    if (ALL_CLUSTERS, BONDS_NEEDED) in quotes.numbers and several:
        said += f" For each cluster to be 95% sure of its own, they need {{{BONDS_NEEDED}}} between them."
    return said


def _raising(quotes: Quotes) -> Paragraph:
    """Return what it costs to raise bonds, which is not counted."""
    if not counts_no_raising(quotes):
        return Paragraph(())
    said = f" {capitalised(RAISING)}, whether it is borrowed or missed elsewhere, is not counted: "
    return quotes.sentence(ALL_CLUSTERS, f"{said}{{{A_DEARER_POINT}}} a year for each 1% of interest.")


def _joining(quotes: Quotes) -> Iterator[Block]:
    """Yield what clusters would need, lose and gain as one, and what one bond for all would do."""
    if not (groups := quotes.joining.groups):
        return
    yield Heading(2, "What if clusters join?")
    *_, every = groups
    apart = {
        one: quotes.number(f"{every}, {APART}", measure, "alone", *how)
        for one, measure, how in (
            ("needed", NEEDED, ()),
            ("gain", GAIN, ("size",)),
            ("better", BETTER_OFF, ()),
        )
        if (f"{every}, {APART}", measure) in quotes.numbers
    }
    yield quotes.sentence(f"{every}, {AS_ONE}", _as_one(quotes, every), **apart)
    rows = [f"{name}, {how}" for name in groups for how in (APART, AS_ONE)]
    headings = {
        NEEDED: "Needed at 95%",
        COVERED: "Posted pays all",
        DRAWN: "Expected draw",
        GAIN: "Net gain",
        BETTER_OFF: "Better off",
    }
    columns = [
        quotes.column(measure, heading, [(row, measure) for row in rows])
        for measure, heading in headings.items()
        if (rows[0], measure) in quotes.numbers
    ]
    title = "Clusters apart and as one: bonds, and practices' net gain, over the whole contract"
    yield quotes.table("joining", title, columns, text("Clusters", [*map(capitalised, rows)]), apart=0)
    meant = "Chances of clusters that are apart are those of one of them, on average; amounts are of all. "
    yield quotes.sentence(ALL_CLUSTERS, meant + _shared(quotes))


def _as_one(quotes: Quotes, every: str) -> str:
    """Return what joining does to practices and to the bond, the finding first, for `Quotes.sentence`."""
    apart, joined = (quotes.numbers[f"{every}, {how}", GAIN] for how in (APART, AS_ONE))
    change = joined.value - apart.value
    felt = abs(change) >= _FELT * abs(apart.value)
    finds = ("costs practices more than it brings", "helps practices")[change > 0]
    if not felt:
        finds = "changes little for practices"
    said = f"Joining {finds}. Clusters that join set off what one has left against what another lacks. "
    if (f"{every}, {AS_ONE}", NEEDED) in quotes.numbers:
        said += f"As one, all would need a bond of {{{NEEDED}}} to be 95% sure, not {{needed}} between them. "
    does = "lose" if apart.value < 0 else "gain"
    return (
        f"{said}Their practices would {{{GAIN}:gain}}, where apart they {does} {{gain}}, and be better off "
        f"with a chance of {{{BETTER_OFF}:alone}}, not {{better}}."
    )


def _shared(quotes: Quotes) -> str:
    """Return what one bond for all would be and do, and why it pays all less often than a cluster's own."""
    if not {(ALL_CLUSTERS, one) for one in (_SHARED_COVERS, "shared_bond_needed_gbp")} <= {*quotes.numbers}:
        return ""
    said = "If all kept budgets and surpluses of their own and shared one bond, it would have to be "
    said += f"{{shared_bond_needed_gbp}}; what is posted would pay all with a chance of {{{_SHARED_COVERS}}}"
    less = quotes.numbers[ALL_CLUSTERS, SHARED_LESS]
    if less.value > 0 and beyond_chance(less):
        said += ": less often than a cluster's own, for it pays whichever clusters overspend, and what "
        said += "others have left does not help it"
    return f"{said}."
