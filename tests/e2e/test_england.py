"""`init --england`: a synthetic England that says so wherever it is shown."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.england import CLUSTERS, PCTS, PRACTICES, SCENARIO
from simulator.scenario.scenario import Scenario, load_scenario
from simulator.scenario.start import EXAMPLES, FLAGSHIP_FILES, write_start
from tests.e2e.command import cluster_risk


@pytest.fixture(scope="module")
def england(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return load_scenario(write_start(tmp_path_factory.mktemp("england"), "england")[0])


def test_it_has_152_pcts_of_seven_clusters(england: Scenario) -> None:
    pcts = england.settings.pct_of_clusters
    assert len(pcts) == PCTS * CLUSTERS == 1064
    assert [pcts.count(name) for name in dict.fromkeys(pcts)] == [CLUSTERS] * PCTS
    assert england.practices is not None
    people = {one.code: one.people for one in england.practices.practices}
    assert sum(people.values()) == pytest.approx(52.23e6, rel=0.01)
    # Every practice is in one cluster, and none is empty.
    members = [code for cluster in england.settings.clusters for code in cluster.practices]
    assert sorted(members) == sorted(people)
    sizes = np.zeros(PCTS)
    for at, cluster in enumerate(england.settings.clusters):
        sizes[at // CLUSTERS] += sum(people[code] for code in cluster.practices)
    # Sizes at equal steps of a lognormal law, and the lists of practices drawn for them.
    assert np.log(sizes).std() == pytest.approx(0.5, rel=0.1)
    assert (sizes.min() < 120_000, sizes.max() > 900_000) == (True, True)


def test_all_but_people_is_the_flagships(england: Scenario) -> None:
    flagship = load_scenario(EXAMPLES / FLAGSHIP_FILES[0]).settings
    ours = england.settings
    for section in (
        "contract",
        "seasons",
        "doubt",
        "budgets",
        "service_lines",
        "rules",
        "actions",
        "simulation",
    ):
        assert getattr(ours, section) == getattr(flagship, section), section
    shared = ours.shocks.pct.model_copy(update={"correlation_between_pcts": 1.0})
    assert ours.shocks.model_copy(update={"pct": shared}) == flagship.shocks


def test_it_says_that_it_is_synthetic_and_is_the_same_each_time(england: Scenario, tmp_path: Path) -> None:
    done = cluster_risk("init", tmp_path, "--england")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / SCENARIO).read_text(encoding="utf-8") == england.text
    assert (tmp_path / PRACTICES).read_bytes() == (england.folder / PRACTICES).read_bytes()
    assert england.text.startswith("# SYNTHETIC")
    # Title and name stand in the output of every command.
    assert "Synthetic" in england.settings.title
    assert "Synthetic" in england.settings.pct.name
    again = cluster_risk("init", tmp_path, "--england")
    assert (again.returncode, "one that exists" in again.stderr) == (2, True)


@pytest.mark.parametrize("other", ["--flagship", "--excel", "--from-history"])
def test_it_goes_with_no_other_start(other: str, tmp_path: Path) -> None:
    done = cluster_risk("init", tmp_path / "new", "--england", other)
    assert (done.returncode, "must be: without" in done.stderr) == (2, True)
    assert not (tmp_path / "new").exists()
