"""One PCT of several, asked about by itself: the same draws, and the same rows to the last bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.errors import InputError
from simulator.questions.forecast.ask import forecast
from simulator.questions.shadow.ask import shadow
from simulator.questions.size.ask import size
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.conversion import convert
from simulator.scenario.idle import idle_settings
from simulator.scenario.scenario import load_scenario
from simulator.scenario.toml_writer import Notes, toml_text
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import checked, simulated
from tests.e2e.command import cluster_risk
from tests.unit.test_several_pcts import EAST, SHOCK, of_pct, two_pcts, values

SHOCKS = {
    "pct": {"size": SHOCK, "correlation_between_pcts": 0.3, "growth_drift_sd_share": 0.01},
    "price": {"size": SHOCK, "correlation_between_pcts": 0.4},
    "cluster_year": SHOCK,
    "cluster_line": SHOCK,
}


def test_rows_of_one_pct_are_those_of_the_whole_run() -> None:
    mapping = two_pcts(shocks=SHOCKS)
    whole = simulated(mapping, contracts=300)
    rows = {row.name: row for row in (*whole.rows[:-1], *whole.pct_rows)}
    for pct in ("East", "West"):
        alone = simulated(mapping, f"pct.only={pct}", contracts=300)
        assert [row.name for row in alone.rows] == [f"{pct} 1", f"{pct} 2", ALL_CLUSTERS]
        assert alone.pct_rows == ()
        for row in alone.rows:
            found = rows[pct if row.name == ALL_CLUSTERS else row.name]
            assert (values(found), found.people) == (values(row), row.people)


def test_actions_are_those_of_its_own_clusters() -> None:
    kept: dict[str, Any] = {"action": "reduce_demand", "avoided_share": 0.05, "set_up_gbp": 1_000}
    actions = [
        kept | {"name": "one", "clusters": ["East 1", "West 1"]},
        kept | {"name": "other", "clusters": ["West 2"]},
        kept | {"name": "all"},
    ]
    mapping = two_pcts(shocks=SHOCKS, actions=actions)
    whole = {row.name: row for row in simulated(mapping).rows}
    for row in simulated(mapping, "pct.only=East").rows[:-1]:
        assert values(row) == values(whole[row.name])


def test_it_has_its_own_name_and_people_and_no_question_of_all() -> None:
    narrowed = checked(two_pcts(question="Which of both?", shocks=SHOCKS), "pct.only=West")
    assert (narrowed.settings.pct.name, narrowed.settings.question) == ("West", "")
    assert make_plan(narrowed).population.pct_people == 12_000
    assert list(idle_settings(narrowed.settings)) == []


def test_it_stays_narrowed_when_it_is_varied_and_may_become_another() -> None:
    whole = checked(two_pcts(shocks=SHOCKS))
    west = whole.vary("pct.only=West")
    shared = SharedDraws.of(whole, Draws(200))
    for scenario, pct in (
        (west.vary("budgets.top_slice_share=0.01"), "West"),
        (west.vary("pct.only=East"), "East"),
        (whole, ""),
        (west, "West"),
    ):
        names = [one.name for one in scenario.settings.clusters]
        assert all(name.startswith(pct) for name in names)
        assert len(names) == (2 if pct else 4)
        found = shared.simulate(scenario).summary_columns
        assert found == simulate(scenario, Draws(200)).summary_columns


def test_a_pct_that_is_alone_is_what_it_was() -> None:
    mapping = two_pcts(shocks=SHOCKS) | {"clusters": of_pct("East", EAST)}
    assert simulated(mapping, "pct.only=East").summary_columns == simulated(mapping).summary_columns


def test_a_pct_that_there_is_not_is_refused() -> None:
    with pytest.raises(InputError, match='"East" is one'):
        checked(two_pcts(), "pct.only=Eastern")
    with pytest.raises(InputError, match="names each cluster's"):
        checked(two_pcts() | {"clusters": list(EAST)}, "pct.only=East")


def test_questions_of_one_pct_can_be_asked_of_it(tmp_path: Path) -> None:
    scenario = checked(two_pcts())
    with pytest.raises(InputError, match="--pct NAME asks about one of them: --pct East"):
        size(scenario)
    one = scenario.vary("pct.only=East")
    assert size(one, draws=Draws(100)).scenario.settings.pct.name == "East"
    shadow(one, draws=Draws(100))
    actuals = tmp_path / "actuals.csv"
    months = [f"2010-04,East {at},{line},400000" for at in (1, 2) for line in ("admissions", "prescribing")]
    actuals.write_text("\n".join(["month,cluster,line,spend_gbp", *months]), "utf-8")
    forecast(one, actuals, draws=Draws(100))


def test_the_option_narrows_every_command_and_is_kept_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text(toml_text(two_pcts(shocks=SHOCKS), Notes({}, {})), "utf-8")
    whole, alone = (tmp_path / name / "summary.csv" for name in ("whole", "alone"))
    asked = ("run", path, "--contracts", "200", "--out")
    for words in ((whole.parent,), (alone.parent, "--set", "contract.years=1", "--pct", "West")):
        done = cluster_risk(*asked, *words, "--set", "contract.years=1")
        assert done.returncode == 0, done.stderr
    of_one = alone.read_text("utf-8").splitlines()
    assert [line.split(",")[0] for line in of_one[1:]] == ["West 1", "West 2", ALL_CLUSTERS]
    assert "with pct.only=West" in done.stdout
    again = cluster_risk("report", alone.parent, "--out", tmp_path / "report", "--format", "html")
    assert again.returncode == 0, again.stderr
    assert "East" not in (tmp_path / "report" / "report.html").read_text("utf-8")
    refused = cluster_risk("report", path, "--out", tmp_path / "both", "--contracts", "2000000")
    assert (refused.returncode, "--pct NAME asks about one of them" in refused.stderr) == (2, True)
    convert(path, tmp_path / "one.xlsx", overrides=["pct.only=West"])
    assert load_scenario(tmp_path / "one.xlsx").settings.pct.only == "West"
