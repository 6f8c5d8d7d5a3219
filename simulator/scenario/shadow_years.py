"""What must hold of a scenario whose budgets run on paper first."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.errors import Problem, shown
from simulator.scenario.files import KeyPath, Place
from simulator.scenario.schema import ScenarioFile


def shadow_problems(settings: ScenarioFile, place: Place) -> Iterator[Problem]:
    """Yield what cannot stand beside shadow years: they are drawn, and need is learned from what is drawn."""
    if not settings.contract.shadow_years:
        return
    path: KeyPath = ("contract", "shadow_years")
    need = "none beside a past that is known: shadow years are drawn, to see what they tell"
    if settings.budgets.historic.csv:
        yield Problem(place(path), need, "budgets.historic.csv")
    if settings.fit.posterior:
        yield Problem(place(path), need, "fit.posterior")
    for line in settings.service_lines:
        if line.terms.follows_care and not line.terms.is_tariff:
            paid = "lines that are paid per case or a fixed sum beside shadow years"
            yield Problem(place(path), paid, f"another payment for {shown(line.name)}")
