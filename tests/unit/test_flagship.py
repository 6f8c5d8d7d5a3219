"""The flagship scenario says what its sources say, and its outturn is credible."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from simulator import load_scenario, simulate
from simulator.simulation.draws import Draws

SCENARIOS = Path(__file__).resolve().parents[2] / "scenarios"
FLAGSHIP = SCENARIOS / "cambridgeshire-2010.toml"


@pytest.fixture(scope="module")
def scenario():
    return load_scenario(FLAGSHIP)


def test_lines_have_the_figures_of_their_table(scenario):
    with (SCENARIOS / "data" / "service_lines_2010_11.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(scenario.settings.service_lines) == 8
    for row, line in zip(rows, scenario.settings.service_lines, strict=True):
        assert line.name == row["service_line"]
        assert line.rate_per_1000 == float(row["rate_per_1000_per_year"])
        assert line.unit_cost_gbp.mean == float(row["unit_cost_gbp"])
        assert line.unit_cost_gbp.cv == float(row["unit_cost_cv"])
        assert line.count.variance_to_mean == float(row["variance_to_mean_ratio"])
        assert line.growth_share == pytest.approx(float(row["annual_growth_pct"]) / 100)
        assert (line.payment == "block") == (row["typical_contract"] == "block")


def test_seven_clusters_hold_over_half_of_the_practices_and_300_000_people(scenario):
    clusters = scenario.settings.clusters
    members = [code for cluster in clusters for code in cluster.practices]
    people = {practice.code: practice.people for practice in scenario.practices.practices}
    assert len(clusters) == 7
    assert len(members) > len(people) / 2
    assert sum(people[code] for code in members) > 300_000


def test_each_figure_has_its_source_or_is_called_an_assumption():
    """Every line with a number that means something says where it comes from."""
    exempt = ("title", "start_month", "contracts", "seed", "rate_year", "name", "practices", "date", "when")
    exempt += ("cited", "used_for")
    for line in FLAGSHIP.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.partition("=")
        if not equals or line.startswith("#") or key.strip() in exempt or not any(map(str.isdigit, value)):
            continue
        words = ("read", "derived", "assumption", "RAND")
        assert any(word in value for word in words) or key.strip().endswith("_csv"), line


def test_the_outturn_varies_as_it_did_in_2009_10(scenario):
    """SD of a year's overspend about 2.6% of budget by the end; see the note on shocks in the file."""
    known = scenario.vary("doubt.carried=false")
    outcomes = simulate(known, Draws(5_000, 2)).contract_outcomes
    budget, spend = outcomes.gbp("budget"), outcomes.gbp("spend")
    spread = ((spend - budget) / budget).std(axis=0)
    assert spread[-1].min() > 0.025
    assert spread.min() > 0.019
    assert spread.max() < 0.031
