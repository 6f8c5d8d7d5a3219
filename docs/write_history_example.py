"""Write the synthetic history of scenarios/history-example, and the copy of `init --from-history`.

Drawn by the simulator's own law from the figures of clusters.toml, with seasons, growth of lists and shocks.
The same seed gives the same bytes.
"""

from __future__ import annotations

import csv
import io
import math
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from simulator import load_scenario
from simulator.demand.expected_counts import LineRate
from simulator.history.calendar_months import financial_year_of, span, written
from simulator.history.need_of_units import NeedOfUnits
from simulator.random_streams import RandomStreams
from simulator.records import FinancialYear, FloatArray
from simulator.scenario.scenario import Scenario
from simulator.scenario.start import HISTORY_FILES

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "scenarios" / "history-example"
PACKAGED = ROOT / "simulator" / "scenario" / "starter" / "history_example"
STREAMS = RandomStreams(2010)
SYNTHETIC = (
    "# Synthetic: drawn by the simulator's own law (docs/write_history_example.py). No practice is real.\n"
)
MONTHS = span((2010, 4), (2013, 3))
QUARTERS = [month for month in span((2010, 4), (2013, 1)) if month[1] % 3 == 1]
SIZES = (9200, 7400, 11800, 5100, 8600, 12400, 6300, 7900, 5600, 9700, 10900, 4800)
"""People of each practice in April 2010."""
BANDS = ("0_4", "5_14", "15_24", "25_34", "35_44", "45_54", "55_64", "65_74", "75_plus")
SHARES = (0.058, 0.112, 0.128, 0.133, 0.146, 0.139, 0.118, 0.088, 0.078)
"""About those of an English list."""
SEASONS = {"emergency_admissions": 0.04, "ae_attendances": -0.04}
"""By how much January is above the year's mean; July is as much below."""


def write_example(folder: Path) -> None:
    """Write the practices, their lists and their history to the example's folder."""
    growth = 0.008 + 0.006 * STREAMS.generator("list growth").standard_normal(len(SIZES))
    _write(folder / "practices.csv", *_practices(growth))
    lists = [
        (f"{year}-Q{(month + 2) // 3}", code, _people(at, growth[at], (year, month)))
        for year, month in QUARTERS
        for at, code in enumerate(_codes())
    ]
    _write(folder / "lists.csv", ("quarter", "practice", "list_size"), lists)
    scenario = load_scenario(folder / "clusters.toml")
    _write(
        folder / "history.csv",
        ("month", "practice", "line", "count", "spend_gbp"),
        _history(scenario, growth),
    )


def _codes() -> list[str]:
    return [f"P{at:02d}" for at in range(1, len(SIZES) + 1)]


def _people(at: int, growth: float, month: tuple[int, int]) -> int:
    """Return a practice's list in a month."""
    years = month[0] - 2010 + (month[1] - 4) / 12
    return round(SIZES[at] * (1 + growth) ** years)


def _practices(growth: FloatArray) -> tuple[Sequence[str], list[Sequence[object]]]:
    """Return the lists of April 2013 by sex and age, some practices older than others."""
    older = STREAMS.generator("age").normal(0, 0.15, len(SIZES))
    rows: list[Sequence[object]] = []
    for at, code in enumerate(_codes()):
        tilt = np.array(SHARES) * np.exp(older[at] * np.linspace(-1, 1, len(SHARES)))
        people = _people(at, growth[at], (2013, 4)) * tilt / tilt.sum() / 2
        counts = [round(one) for one in np.repeat(people, 2)]
        rows.append((code, f"Practice {at + 1}", sum(counts), *counts))
    return (
        "practice_code",
        "practice",
        "list_size",
        *(f"{sex}{band}" for band in BANDS for sex in "mf"),
    ), rows


def _history(scenario: Scenario, growth: FloatArray) -> Iterable[Sequence[object]]:
    """Yield a row for each month, practice and line."""
    settings = scenario.settings
    need = NeedOfUnits.of(scenario, "practice", [line.name for line in settings.service_lines])
    factors = _factors(scenario)
    cluster_of = {code: at for at, one in enumerate(settings.clusters) for code in one.practices}
    for year, month in MONTHS:
        financial = FinancialYear(financial_year_of((year, month)))
        at_month = financial.whole_year.index(month)
        for at, code in enumerate(need.units):
            listed = _people(at, growth[at], (year, month)) / need.people[at]
            for at_line, line in enumerate(settings.service_lines):
                swing = SEASONS.get(line.name, 0.0)
                season = tuple(1 + swing * math.cos(math.tau * month / 12) for month in range(12))
                rate = LineRate(line.rate_per_1000, line.rate_year or 2012, float(line.growth_share), season)
                mean = need.weighted_people[at, at_line] * listed * rate.annual_rate_per_person(financial)
                mean *= rate.month_shares(financial)[at_month]
                mean *= factors[cluster_of[code], at_line, financial.start - 2010]
                chance = STREAMS.generator("cases", code, line.name, written((year, month)))
                count = int(line.count.quantile(np.array([mean]), chance.standard_normal(1))[0])
                spend = line.unit_cost_gbp.draw(chance, count).sum()
                yield written((year, month)), code, line.name, count, f"{spend:.2f}"


def _factors(scenario: Scenario) -> FloatArray:
    """Return what shocks make of cases, shape (cluster, line, year)."""
    shocks, clusters = scenario.settings.shocks, len(scenario.settings.clusters)
    lines, years = len(scenario.settings.service_lines), 3
    normals = STREAMS.generator("pct").standard_normal((years, lines + 1))
    share = shocks.pct.correlation
    fresh = math.sqrt(share) * normals[:, :1] + math.sqrt(1 - share) * normals[:, 1:]
    pct = shocks.pct.size.sd_share * _path(fresh, shocks.pct.persistence)
    of_year = STREAMS.generator("cluster year").standard_normal((years, clusters))
    passing = shocks.cluster_year.sd_share * _path(of_year, shocks.cluster_year.persistence)
    lasting = shocks.cluster.sd_share * STREAMS.generator("cluster").standard_normal(clusters)
    return np.exp(pct.T[None] + (lasting[:, None] + passing.T)[:, None])


def _path(fresh: FloatArray, persistence: float) -> FloatArray:
    """Return standard normals that remember the year before, shape (year, ...)."""
    path = [fresh[0]]
    for one in fresh[1:]:
        path.append(persistence * path[-1] + math.sqrt(1 - persistence**2) * one)
    return np.array(path)


def _write(path: Path, heading: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table with the comment that says that it is synthetic."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heading, *rows])
    path.write_text(SYNTHETIC + text.getvalue(), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_example(EXAMPLE)
    PACKAGED.mkdir(exist_ok=True)
    for name in HISTORY_FILES:
        shutil.copyfile(EXAMPLE / name, PACKAGED / name)
