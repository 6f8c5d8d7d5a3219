"""A small scenario with its history, as files, and what a fit makes of them."""

from __future__ import annotations

from pathlib import Path

from simulator import load_scenario
from simulator.history import HistoryFiles
from simulator.questions.fit.answer import FitAnswer
from simulator.questions.fit.ask import fit
from tests.unit.histories import PRACTICES, rows_of

TEXT = """\
# Two clusters, for a test.

title = "Two clusters" # a title
[pct]
name = "A PCT"
[contract]
start_year = 2013 # read: agreed
[population]
practices_csv = "practices.csv" # synthetic
outside_clusters = "the rest"

# Chance. All assumptions.
[shocks.pct]
size = { law = "lognormal", sd_share = 0.05 } # assumption
[shocks.practice]
size = { law = "lognormal", sd_share = 0.04 }

# Budgets, as agreed.
[budgets.rule]
rule = "toolkit"
fair_share_weight_by_year = [0.2] # assumption

# Kinds of care.
[[service_lines]]
name = "admissions" # the only one with history
rate_per_1000 = 90 # assumption
unit_cost_gbp = { model = "lognormal", mean = 500, cv = 1.5 } # assumption
count = { model = "negative_binomial", variance_to_mean = 2 }
pct_shock = { law = "lognormal", sd_share = 0.09 }
planned_growth_share = 0.01 # read: the plan

# The clusters.
[[clusters]]
name = "North"
practices = ["A1", "A2"] # by post
need = { mean = 1.0, sd = 0.1 }

[[clusters]]
name = "South"
practices = ["B1", "B2"]
# The end.
"""
ROWS = 1_000


def write_files(folder: Path, text: str = TEXT, **tables: str) -> HistoryFiles:
    """Write a scenario and the tables of a history; three years of admissions if none are given."""
    folder.mkdir(exist_ok=True)
    (folder / "practices.csv").write_text(PRACTICES)
    (folder / "clusters.toml").write_text(text)
    found = {"history": rows_of()} | tables
    for name, table in found.items():
        (folder / f"{name}.csv").write_text(table)
    return HistoryFiles(**{name: folder / f"{name}.csv" for name in found})


def fitted(
    folder: Path,
    text: str = TEXT,
    growth: dict[str, tuple[float, float]] | None = None,
    drift: float | None = None,
    **tables: str,
) -> FitAnswer:
    """Return the fit of a small history."""
    files = write_files(folder, text, **tables)
    return fit(load_scenario(folder / "clusters.toml"), files, growth=growth, drift=drift, seed=3, rows=ROWS)


def lists_csv(growth: float = 0.0) -> str:
    """Return lists of the practices at the start and the end of the history's years."""
    sizes = {"A1": 4000, "A2": 6000, "B1": 8000, "B2": 2000}
    rows = [
        f"{year}-04,{code},{round(size * (1 + growth) ** (year - 2010))}"
        for year in range(2010, 2014)
        for code, size in sizes.items()
    ]
    return "\n".join(["month,practice,list_size", *rows]) + "\n"
