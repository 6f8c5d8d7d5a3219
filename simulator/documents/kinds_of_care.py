"""What the budgets are for: how much of each kind of care there is, what it costs, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simulator.answers.table import Column, Table, text
from simulator.documents.assumptions import basis_and_reason
from simulator.documents.blocks import Block, Cited, Items, Paragraph, TableBlock
from simulator.documents.method import NOT_STATED, Figure, assumptions_of, knows_its_past
from simulator.documents.quotes import Quotes
from simulator.payments.payment import in_short
from simulator.plain_words import capitalised, joined, per_cent_of, spaced
from simulator.scenario.schema import ServiceLine
from simulator.uncertain import sd_of

_CASES, _COST = "Cases a year for 1,000 people", "Mean cost of a case"
_DEMAND, _PRICES = "Growth of demand (cases) a year", "Growth of prices a year"
_KEYS = {
    _CASES: "rate_per_1000",
    _COST: "unit_cost_gbp.mean",
    _DEMAND: "growth_share.mean",
    _PRICES: "price_growth_share.mean",
}
"""Keys of a line by the headings of their columns; the SDs of growth stand beside its means."""
_ASSUMED = "assumption"
_PENCE_BELOW_GBP = 100


def kinds_of_care(quotes: Quotes) -> Iterator[Block]:
    """Yield the table of kinds of care, which growth is in it, and what its figures rest on."""
    lines = quotes.study.scenario.settings.service_lines
    table = _table(lines)
    shown = Cited("Table", table.table.name, "The table above")
    yield table
    yield _pounds(lines, shown)
    figures = assumptions_of(quotes.study.scenario).figures
    said = []
    for heading in (one.heading for one in table.table.columns if one.heading in _KEYS):
        if rests := _rests_on(lines, figures, _KEYS[heading]):
            said.append(f"{heading}: {rests}.")
            if heading == _DEMAND and (sd := _rests_on(_with_sd(lines), figures, "growth_share.sd")):
                said[-1] += f" SD: {sd}."
    if said:
        here = "" if knows_its_past(quotes.study.scenario) else " None was measured in these clusters."
        bases = " was read (seen in its source), derived (worked out from what was read) or assumed."
        yield Paragraph(("Each figure of ", shown, f"{bases}{here}"))
        yield Items(tuple(said))


def _table(lines: Sequence[ServiceLine]) -> TableBlock:
    columns: list[Column] = [
        text("Kind of care", tuple(capitalised(spaced(line.name)) for line in lines)),
        text(_CASES, tuple(f"{line.rate_per_1000:,g}" for line in lines)),
        text(_COST, tuple(_cost(line.unit_cost_gbp.mean_gbp) for line in lines)),
        text(_DEMAND, tuple(_growth(line.growth_share) for line in lines)),
    ]
    if _prices_move(lines):
        columns.append(text(_PRICES, tuple(_growth(line.price_growth_share) for line in lines)))
    columns.append(text("Payment", tuple(capitalised(in_short(line.payment)) for line in lines)))
    return TableBlock(Table("kinds of care", "What the budgets are for", tuple(columns)))


def _prices_move(lines: Sequence[ServiceLine]) -> bool:
    return any(line.price_growth_share or sd_of(line.price_growth_share) for line in lines)


def _growth(share: float) -> str:
    """Return what growth is expected, with what is not known of it."""
    sd = sd_of(share)
    return per_cent_of(share) + (f" (SD {per_cent_of(sd)})" if sd else "")


def _cost(gbp: float) -> str:
    """Return the mean cost of a case: no pence where pounds say enough."""
    return f"£{gbp:,.2f}" if gbp < _PENCE_BELOW_GBP else f"£{gbp:,.0f}"


def _pounds(lines: Sequence[ServiceLine], shown: Cited) -> Paragraph:
    """Say which pounds these are, and which growth is in them."""
    cash = "All pounds are cash of the year in which they are paid, not discounted. "
    if any(line.price_growth_share for line in lines):
        return Paragraph((cash, shown, " has the growth of demand and of prices that is in them."))
    stay = "prices are expected to stay as they are"
    if any(sd_of(line.price_growth_share) for line in lines):
        stay += ", and what is not known of them is drawn with the SD of "
        return Paragraph((f"{cash}Costs are expected to grow with demand alone: {stay}", shown, "."))
    return Paragraph((f"{cash}Costs are expected to grow with demand alone: {stay}.",))


def _with_sd(lines: Sequence[ServiceLine]) -> dict[int, ServiceLine]:
    return {at: line for at, line in enumerate(lines) if sd_of(line.growth_share)}


def _rests_on(
    lines: Sequence[ServiceLine] | Mapping[int, ServiceLine], figures: Sequence[Figure], key: str
) -> str:
    """Return what the file says of a figure of each kind of care: its basis, and whence; nothing if nothing.

    Such as ``derived for A&E attendances (QMAE); the others are assumptions``.
    """
    numbered = lines if isinstance(lines, Mapping) else dict(enumerate(lines))
    found: dict[str, dict[str, list[str]]] = {}
    for at, line in numbered.items():
        if said := basis_and_reason(figures, f"service_lines.{at}.{key}"):
            basis, why = said
            found.setdefault(basis, {}).setdefault(why, []).append(spaced(line.name))
    if not found.keys() - {NOT_STATED}:
        return ""
    assumed = found.pop(_ASSUMED, {})
    told = [f"{basis} for {_listed(reasons)}" for basis, reasons in found.items()]
    if assumed:
        alone = "assumptions" if len(assumed) > 1 else f"assumptions{_in_brackets(*assumed)}"
        every = f"assumptions, for {_listed(assumed)}" if len(assumed) > 1 and any(assumed) else alone
        told.append("the others are assumptions" if told else every)
    return "; ".join(told)


def _listed(reasons: Mapping[str, Sequence[str]]) -> str:
    """Return kinds of care with why, those of one reason together."""
    return joined([f"{joined(names)}{_in_brackets(why)}" for why, names in reasons.items()])


def _in_brackets(why: str) -> str:
    """Return a reason behind what it is of, without brackets of its own."""
    return f" ({why.replace(' (', ', ').replace(')', '')})" if why else ""
