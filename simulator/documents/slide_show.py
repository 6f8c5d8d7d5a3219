"""What eight slides say: the finding as the title, one chart each, and in the notes its numbers in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.documents.blocks import Items, Paragraph, Series, Slide, SlideChart, text_of
from simulator.documents.brief import in_brief, verdict_on_share
from simulator.documents.drivers import MOVED_CHANCE
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import GAIN, OVERSPEND
from simulator.plain_words import capitalised
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.rules.surplus import SurplusSplit

_MOST_ROWS = (0, 15, 10)
"""Rows of a slide's chart that can be read from the back of a room, by its series."""
_MOST_DRIVERS = 9
_SHORT = "budget_less_spend_gbp"


def slides_of(quotes: Quotes) -> tuple[Slide, ...]:
    """Return the slides after the title's."""
    made = (_brief, _overspends, _budgets, _bonds, _practices, _drivers, _pct)
    return tuple(slide for one in made for slide in one(quotes))


def _brief(quotes: Quotes) -> Iterator[Slide]:
    blocks = in_brief(quotes).blocks
    points = next(block for block in blocks if isinstance(block, Items)).paragraphs
    title = "In brief"
    if (gain := quotes.numbers.get((ALL_CLUSTERS, GAIN))) and gain.value and quotes.has(SurplusSplit):
        title = f"The practice share {verdict_on_share(quotes)}"
    said = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    yield Slide(title, points, notes=said)


def _overspends(quotes: Quotes) -> Iterator[Slide]:
    rows = _ranked(quotes, OVERSPEND)
    chart = _chart(quotes, rows, {"Chance": OVERSPEND}, "Chance of an overspend over the whole contract")
    title = quotes.picture("overspend").chart.title
    yield Slide(
        title,
        chart=chart,
        notes=_notes(chart, "Of a hundred simulated contracts, so many come out overspent."),
    )


def _budgets(quotes: Quotes) -> Iterator[Slide]:
    years = quotes.study.years
    measures = [f"budget_less_spend_gbp_year_{at}" for at in _from_one(years)]
    whole = quotes.numbers.get((ALL_CLUSTERS, _SHORT))
    if whole is None or not all((ALL_CLUSTERS, one) in quotes.numbers for one in measures):
        return
    size, does = quotes.number(ALL_CLUSTERS, _SHORT, "size").text, "short of" if whole.value < 0 else "above"
    by = f"{size} {does}" if beyond_chance(whole) else "equal to"
    title = f"Over the contract budgets are expected to be {by} spend"
    series = (Series("Budget less spend", tuple(quotes.numbers[ALL_CLUSTERS, one] for one in measures)),)
    chart = SlideChart("columns", years, series, "Budget less expected spend, all clusters together")
    yield Slide(title, chart=chart, notes=_notes(chart, "Below zero, a year is overspent on average."))


def _bonds(quotes: Quotes) -> Iterator[Slide]:
    if "bond_needed_gbp" not in {measure for _, measure in quotes.numbers}:
        return
    rows = _ranked(quotes, "bond_needed_gbp")
    measures = {"Needed to be 95% sure": "bond_needed_gbp", "Posted": "bond_posted_gbp"}
    chart = _chart(quotes, rows, measures, "Bond, by cluster")
    meant = "A bond needed at 95% pays all that reaches it in 95 contracts of 100."
    yield Slide(quotes.picture("bond-cover").chart.title, chart=chart, notes=_notes(chart, meant))


def _practices(quotes: Quotes) -> Iterator[Slide]:
    if not quotes.has(SurplusSplit):
        return
    gain = quotes.sentence(ALL_CLUSTERS, f"Practices may expect to {{{GAIN}:gain}} over the contract").text
    rows = _ranked(quotes, GAIN)
    measures = {"Practice share": "practice_share_gbp", "Net gain": GAIN}
    chart = _chart(quotes, rows, measures, "What practices may expect over the whole contract")
    meant = "The net gain is all that comes to practices less all that they pay, their bond included."
    yield Slide(gain, chart=chart, notes=_notes(chart, meant))


def _drivers(quotes: Quotes) -> Iterator[Slide]:
    moves = [*quotes.drivers.moves]
    moves = [one for one in moves if beyond_chance(quotes.numbers[one, MOVED_CHANCE])][:_MOST_DRIVERS]
    if not moves:
        return
    numbers = tuple(quotes.numbers[one, MOVED_CHANCE] for one in moves)
    way = "raises" if numbers[0].value > 0 else "lowers"
    size = quotes.number(moves[0], MOVED_CHANCE, "size", "points").text
    title = f"{capitalised(moves[0])} {way} the chance of an overspend by {size}"
    series = (Series("Change of the chance", numbers),)
    places = tuple(map(capitalised, moves))
    axis = "Change of a cluster's chance of an overspend, in points, when one setting is moved up alone"
    chart = SlideChart("rows", places, series, axis, is_points=True)
    yield Slide(title, chart=chart, notes=_notes(chart, "How far each is moved is an assumption, or one SD."))


def _pct(quotes: Quotes) -> Iterator[Slide]:
    years = quotes.study.years
    measures = {"Expected": "pct_net_position_gbp", "1 year in 20": "pct_net_position_1_in_20_gbp"}
    series = tuple(
        Series(name, tuple(quotes.numbers.get((ALL_CLUSTERS, f"{one}_year_{at}")) for at in _from_one(years)))
        for name, one in measures.items()
    )
    worst = min((one for one in series[1].numbers if one), key=lambda one: one.value, default=None)
    if worst is None:
        return
    does = "loses more than" if worst.value < 0 else "gains less than"
    size = text_of(quotes.number(ALL_CLUSTERS, worst.measure, "size"))
    title = f"In one year out of twenty the PCT {does} {size} against its plan"
    chart = SlideChart("columns", years, series, "The PCT's net position, by year")
    meant = "The net position is what the PCT planned to spend on the care less what it costs it."
    yield Slide(title, chart=chart, notes=_notes(chart, meant))


def _from_one(things: Sequence[object]) -> range:
    return range(1, len(things) + 1)


def _ranked(quotes: Quotes, measure: str) -> list[str]:
    """Return the clusters that have a number, the largest first."""
    found = [name for name in quotes.clusters if (name, measure) in quotes.numbers]
    return sorted(found, key=lambda name: -abs(quotes.numbers[name, measure].value))


def _chart(quotes: Quotes, rows: Sequence[str], measures: dict[str, str], axis: str) -> SlideChart:
    """Return a chart with a row for each cluster, as many as can be read."""
    most = _MOST_ROWS[len(measures)]
    shown = tuple(rows[:most])
    some = f"; the first {most} of {len(rows)} clusters" if len(rows) > most else ""
    series = (
        Series(name, tuple(quotes.numbers.get((row, one)) for row in shown)) for name, one in measures.items()
    )
    kept = tuple(one for one in series if any(one.numbers))
    return SlideChart("rows", shown, kept, f"{axis}{some}")


def _notes(chart: SlideChart, meant: str) -> str:
    return f"{meant}\n{chart.in_words}"
