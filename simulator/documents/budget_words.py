"""What is said of a budget that is set wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.table import text
from simulator.documents.blocks import Block, Heading, Paragraph
from simulator.documents.budget_levels import LEVELS, SET_CHANCE, SET_OUTTURN, at_level
from simulator.documents.quotes import Quotes
from simulator.plain_words import capitalised, per_cent_of

SET_WRONGLY = "A budget that is set wrongly"
"""The heading, which other sections cite."""


def budget_set_wrongly(quotes: Quotes) -> Iterator[Block]:
    """Yield what becomes of a cluster whose budget is too low, or too high; nothing without budgets."""
    rows = [one for one in map(at_level, LEVELS) if (one, SET_CHANCE) in quotes.numbers]
    if not rows:
        return
    least, little, most = LEVELS[0], LEVELS[1], LEVELS[-1]
    named = {"now": 0.0, "little": little, "low": least, "high": most}
    parts = {name: quotes.number(at_level(level), SET_CHANCE, "alone") for name, level in named.items()}
    yield Heading(2, SET_WRONGLY)
    yield quotes.sentence(
        rows[0],
        f"If its budget is {per_cent_of(-little)} too low, a cluster overspends over the whole contract with "
        f"a chance of {{little}}, not {{now}}; if it is {per_cent_of(-least)} too low, with {{low}}; and if "
        f"it is {per_cent_of(most)} too high, with {{high}}.",
        **parts,
    )
    measures = {SET_CHANCE: "Chance of an overspend", SET_OUTTURN: "Expected budget less spend"}
    columns = [quotes.column(one, words, [(row, one) for row in rows]) for one, words in measures.items()]
    title = "One cluster, on average, if its budget is set otherwise; over the whole contract"
    yield quotes.table("budget levels", title, columns, text("Budget", list(map(capitalised, rows))), apart=0)
    yield Paragraph(
        (
            "Too low or high means: against the budget that it has here, in every year. The same draws of "
            "chance stand behind all rows. Spend does not follow the budget: that is an assumption.",
        )
    )
