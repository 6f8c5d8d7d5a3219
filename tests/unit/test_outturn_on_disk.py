"""Many clusters are drawn some at a time, and kept on disk: nothing that is said of them changes."""

from __future__ import annotations

import gc
import shutil
from collections import namedtuple
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simulator import Draws, InputError, load_scenario, simulate
from simulator.actions.chance import Chance
from simulator.actions.outlier_practices import OutlierPractices
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.scenario.scenario import Scenario
from simulator.simulation import memory, pipeline, settled, stored_array
from simulator.simulation import result as result_module
from simulator.simulation.gathering import arrays_of
from simulator.simulation.part_of_plan import is_separable, of_clusters
from simulator.simulation.plan import make_plan
from simulator.simulation.result import Result
from simulator.simulation.stored_array import PassingFolder, StoredArray
from tests.e2e.command import FLAGSHIP, ROOT

SCENARIOS = ROOT / "scenarios"


def on_disk(
    scenario: Path | Scenario, workers: int, contracts: int, monkeypatch: pytest.MonkeyPatch
) -> Result:
    """Return a result drawn in groups of three clusters or so, kept on disk 50 contracts together."""
    loaded = load_scenario(scenario) if isinstance(scenario, Path) else scenario
    years, clusters, lines = make_plan(loaded).expected_counts.shape
    monkeypatch.setattr(pipeline, "CELLS_DRAWN", 3 * 5_000 * years * lines)
    monkeypatch.setattr(memory, "_LARGEST_IN_MEMORY", 0)
    monkeypatch.setattr(memory, "_CELLS_TOGETHER", 60 * years * clusters)
    monkeypatch.setattr(result_module, "_CELLS_AT_ONCE", 110 * years * clusters)
    return simulate(loaded, Draws(contracts, 1, workers))


@pytest.mark.parametrize("workers", [1, 2])
def test_every_number_is_the_same_to_the_last_bit(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate(load_scenario(FLAGSHIP), Draws(5_130, 1))
    # Two rows at a time: their samples, too, are put by in turns.
    monkeypatch.setattr(settled, "_ON_DISK_BYTES", 2 * 5_130 * 500)
    found = on_disk(FLAGSHIP, workers, 5_130, monkeypatch)
    assert len(pipeline.groups_of_clusters(found.plan)) == 3
    assert found.gathered.together == 50
    assert len(found.settled.bounds) > 20
    assert found.rows == whole.rows
    assert found.pct_build_up == whole.pct_build_up
    for name, array in arrays_of(whole.outturn).items():
        np.testing.assert_array_equal(arrays_of(found.outturn)[name], array, err_msg=name)


def test_what_passes_goes_with_the_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(stored_array.tempfile, "tempdir", str(tmp_path))
    found = on_disk(FLAGSHIP, 1, 100, monkeypatch)
    assert found.rows[-1].estimates["budget_gbp"].value > 0
    assert len(list(tmp_path.iterdir())) == 1
    del found
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_a_disk_without_room_is_told_before_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "free")(1_000)  # noqa: PYI024 - as the system's own
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"(?s)a folder with 0\.1 MB free.*TMPDIR"):
        on_disk(FLAGSHIP, 1, 200, monkeypatch)


@pytest.mark.parametrize("clusters", [[0], [1, 0]])
@pytest.mark.parametrize("name", ["cambridgeshire-2010", "two-clusters", "actions-example", "terms-example"])
def test_a_cluster_is_drawn_as_it_is_among_all(name: str, clusters: list[int]) -> None:
    plan, block = make_plan(load_scenario(SCENARIOS / f"{name}.toml")), Block(0, 100)
    assert is_separable(plan)
    whole = arrays_of(pipeline.simulate_block(plan, RandomStreams(1), block))
    part = arrays_of(pipeline.simulate_block(of_clusters(plan, np.array(clusters)), RandomStreams(1), block))
    # Months are added up in another order where there is one cluster.
    rounding = 1e-12 if name == "actions-example" else 0.0
    for name_of_array, array in part.items():
        among_all = whole[name_of_array][..., clusters]
        np.testing.assert_allclose(array, among_all, rtol=rounding, atol=1e-6 * bool(rounding))
    assert not any(whole[name_of_array][..., clusters].any() for name_of_array in set(whole) - set(part))


def test_practices_far_from_the_mean_count_where_their_cluster_is() -> None:
    action = OutlierPractices.example()
    chance = Chance(action.name, ("South", "North"), common=True, carried=False)
    plan = make_plan(load_scenario(SCENARIOS / "two-clusters.toml"))
    found = [
        action.avoided(replace(plan.actions.scene, clusters=names), chance).ravel().tolist()
        for names in (("South", "North"), ("South",), ("North",))
    ]
    assert found[0][1] > 0
    assert found == [[0.0, found[0][1]], [0.0], [found[0][1]]]


def test_pcts_settle_alone_from_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    pcts = tuple(f'clusters.{at}.pct="{"ABA"[at % 3]}"' for at in range(7))
    scenario = load_scenario(FLAGSHIP, (*pcts, "shocks.pct.correlation_between_pcts=0.4"))
    whole = simulate(scenario, Draws(330, 1))
    found = on_disk(scenario, 1, 330, monkeypatch)
    assert (len(found.pct_rows), found.gathered.together) == (2, 50)
    assert found.pct_rows == whole.pct_rows
    assert found.rows == whole.rows
    assert found.pct_build_up == whole.pct_build_up


@pytest.mark.parametrize(
    ("name", "why"),
    [("scope-example", "shadow years"), ("payments-example", "one plan of payment for all clusters")],
)
def test_clusters_that_have_more_in_common_are_drawn_together(name: str, why: str) -> None:
    plan = make_plan(load_scenario(SCENARIOS / f"{name}.toml"))
    assert not is_separable(plan), why
    assert pipeline.groups_of_clusters(plan) == [range(len(plan.axes.clusters))]


def test_what_is_written_of_some_clusters_is_read_with_the_others(tmp_path: Path) -> None:
    whole = np.asfortranarray(np.random.default_rng(1).random((230, 3, 5)))
    stored = StoredArray.empty(tmp_path / "array", whole.shape, 50)
    assert not stored.some(0, 230).any()
    # A block may have more contracts than are wanted.
    stored.put(100, 2, np.concatenate([whole[100:, :, 2:], whole[:20, :, 2:]]))
    stored.put(100, 0, whole[100:, :, :2])
    np.testing.assert_array_equal(stored.some(100, 230), whole[100:])
    np.testing.assert_array_equal(stored.some(200, 230), whole[200:])
    assert not stored.some(0, 100).any()


def test_a_folder_that_passes_is_new_and_goes() -> None:
    first, second = PassingFolder.made(0), PassingFolder.made(0)
    path = first.path
    assert path != second.path
    assert path.is_dir()
    del first
    assert not path.exists()
