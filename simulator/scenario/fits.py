"""The draws of a history that a scenario names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from simulator.errors import Problem, Problems, printable
from simulator.fitting.posterior import Posterior
from simulator.records import FinancialYear
from simulator.scenario.files import Place
from simulator.scenario.schema import ScenarioFile
from simulator.scenario.sheets import beside

_MOST_YEARS_AFTER = 5
"""Years from the history's last to the base year: beyond them a history says little of either."""


def read_fit(settings: ScenarioFile, folder: Path, problems: Problems) -> Posterior | None:
    """Read the draws that a scenario names."""
    fit = settings.fit
    if fit.posterior is None or fit.sha256 is None:
        return None
    with problems.noted():
        return Posterior.load(beside(folder) / fit.posterior, fit.sha256)
    return None


def fit_problems(settings: ScenarioFile, posterior: Posterior, place: Place) -> Iterator[Problem]:
    """Yield what does not go with draws of a history."""
    last, base = posterior.years[-1], settings.contract.financial_years[0].start
    if not last <= base <= last + _MOST_YEARS_AFTER:
        end = FinancialYear(last).label
        need = f"{last + 1} to {last + 1 + _MOST_YEARS_AFTER}, as the history ends with {end}"
        yield Problem(place(("contract", "start_year")), need, str(settings.contract.start_year))
    rules = [settings.budgets.rule, *(line.budget_rule for line in settings.service_lines)]
    if any(rule is not None and rule.base_years > 1 for rule in rules):
        need = "one base year beside draws of a history, which begin with its last year"
        yield Problem(place(("budgets", "rule")), need, "base_year_weights of several")
    lines = {line.name for line in settings.service_lines}
    if not lines & set(posterior.lines):
        got = printable(", ".join(posterior.lines))
        yield Problem(place(("fit", "posterior")), "draws of some line of the scenario", f"draws of {got}")
