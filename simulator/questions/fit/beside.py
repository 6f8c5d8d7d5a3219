"""The tables that a fitted scenario names: seasons, and what was really spent in the base year."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from simulator.questions.fit.settings import Known, Setting
from simulator.records import FloatArray
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.scenario.checks import FLAT
from simulator.simulation.plan import make_plan

_WHOLE = 1 - 1e-9
"""Share of a year from which it is whole."""


def season_names(known: Known) -> dict[str, str]:
    """Return the column of each line of the history; another than its name where that is taken."""
    taken = {FLAT, "calendar_month", *_kept_seasons(known)}
    return {line: f"{line} fitted" if line in taken else line for line in known.posterior.lines}


def season_settings(known: Known, csv_name: str) -> Iterator[Setting]:
    """Yield the table of seasons, and each line's column of it."""
    yield Setting(("seasons", "csv"), csv_name, f"fitted: {known.source}")
    for line, name in season_names(known).items():
        yield Setting(("service_lines", line, "season"), name, f"fitted: {known.source}")


def seasons_table(known: Known) -> str:
    """Return the table of seasons: those of the history's lines, and of others that the scenario has."""
    kept = _kept_seasons(known)
    names = season_names(known)
    fitted = known.history.month_law.season
    columns = {name: np.array(known.scenario.seasons[name]) for name in kept}
    columns |= {names[line]: fitted[at] for at, line in enumerate(known.posterior.lines)}
    rows = ([month + 1, *(f"{one[month]:.6g}" for one in columns.values())] for month in range(12))
    return _table(("calendar_month", *columns), rows)


def _kept_seasons(known: Known) -> list[str]:
    """Return the columns that lines without history use."""
    lines = known.scenario.settings.service_lines
    used = [line.season for line in lines if line.name not in known.posterior.lines and line.season != FLAT]
    return list(dict.fromkeys(used))


def base_year_table(known: Known) -> str:
    """Return what was spent in the base year, by cluster and line; of a block contract what is planned."""
    settings = known.scenario.settings
    plan = make_plan(known.scenario)
    spend = _last_year_gbp(known)
    rows = []
    for at_cluster, cluster in enumerate(settings.clusters):
        for line, price in zip(settings.service_lines, plan.prices, strict=True):
            gbp = spend.get((cluster.name, line.name))
            if gbp is None or (not line.terms.follows_care and not np.isfinite(gbp)):
                gbp = float(price.block_gbp[0, at_cluster])
            rows.append((cluster.name, line.name, f"{gbp:.2f}"))
    return _table(("cluster", "line", "spend_gbp"), rows)


def no_base_year(known: Known) -> str:
    """Return why the history does not hold the outturn of the contract's base year; nothing where it does."""
    settings, last = known.scenario.settings, known.posterior.years[-1]
    base = settings.contract.financial_years[0]
    rules = [settings.budgets.rule, *(line.budget_rule for line in settings.service_lines)]
    if base.start != last:
        return f"the contract's base year is {base.label}, and the history's last year starts in April {last}"
    if any(len(getattr(rule, "base_year_weights", ())) > 1 for rule in rules):
        return "budgets rest on several base years"
    if any(isinstance(rule, PerCaseLimit) for rule in settings.rules):
        return "a limit per case is agreed, and the history's spend is not within it"
    spend = _last_year_gbp(known)
    for line in settings.service_lines:
        for cluster in settings.clusters:
            known_gbp = np.isfinite(spend.get((cluster.name, line.name), np.nan))
            if line.terms.follows_care and not known_gbp:
                return f"there is no whole year's spend of {line.name} by {cluster.name}"
    return ""


def _last_year_gbp(known: Known) -> dict[tuple[str, str], float]:
    """Return spend in the last year of the history by cluster and line, nan where it is not whole."""
    observed = known.history.observed
    whole = observed.year_share[:, :, -1] >= _WHOLE
    last: FloatArray = np.where(whole, observed.spend_gbp[:, :, -1], np.nan)
    return {
        (cluster, line): float(last[row, at])
        for row, cluster in enumerate(observed.clusters)
        for at, line in enumerate(observed.lines)
    }


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerows([head, *rows])
    return file.getvalue()
