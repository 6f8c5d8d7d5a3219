"""Who gains and who loses under a policy, and whether that is beyond chance: what a page says first."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from simulator.lab.engine import AS_GIVEN, Look
from simulator.plain_words import capitalised
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import phrase

PARTIES = {
    "the PCT": "pct_net_position_gbp",
    "practices": "practice_net_gain_gbp",
    "reinvestment in patient care": "reinvestment_gbp",
    "an external partner": "partner_net_gain_gbp",
    "a lender": "lender_income_gbp",
    "staff and suppliers": "suppliers_income_gbp",
    "providers": "providers_income_gbp",
    "practices' core services": "core_income_gbp",
}
"""Of all that there are: what some gain others lose, to the penny."""
_START = "This is the scenario as given. Change a rule, and this says who gains and who loses."
_NOTE = "over the whole contract, all clusters together, against the scenario as given. ± is a 95% interval."


def verdict(look: Look, name: str = "this policy") -> str:
    """Return who gains and who loses, as HTML."""
    if look.policy == AS_GIVEN:
        return f'<p class="verdict">{_START}</p>'
    moved = {party: one for party, measure in PARTIES.items() if (one := _moved(look, measure)) is not None}
    sure = {party: one for party, one in moved.items() if beyond_chance(one)}
    groups = {
        "Gain": [party for party, one in sure.items() if one.value > 0],
        "Lose": [party for party, one in sure.items() if one.value < 0],
        "No more than chance": [party for party in moved if party not in sure],
    }
    told = [_line(what, parties, moved) for what, parties in groups.items() if parties]
    if not sure:
        told.insert(0, f"<div><dd>{escape(_nobody(name, moved), quote=False)}</dd></div>")
    return f'<dl class="verdict">{"".join(told)}</dl><p class="note">{capitalised(name)}, {_NOTE}</p>'


def _moved(look: Look, measure: str) -> Estimate | None:
    paired = look.paired(ALL_CLUSTERS, measure)
    moved = paired.difference if paired else None
    return moved if moved is not None and moved.value else None


def _line(what: str, parties: Sequence[str], moved: dict[str, Estimate]) -> str:
    told = [f"{party}&nbsp;<b>{escape(phrase(moved[party], Unit.GBP, signed=True))}</b>" for party in parties]
    return f"<div><dt>{what}</dt><dd>{', '.join(told)}</dd></div>"


def _nobody(name: str, moved: dict[str, Estimate]) -> str:
    if moved:
        return f"Nobody gains or loses beyond chance under {name}."
    return f"Nobody's money moves under {name}."
