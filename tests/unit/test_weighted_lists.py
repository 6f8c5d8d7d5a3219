"""Practice lists with need-weighted people by service, as NHS England publishes them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator.scenario.scenario import load_scenario
from simulator.simulation.plan import make_plan
from tests.builders import checked, cluster_of, line_of, scenario_of


def lists(folder: Path, text: str, **line: str) -> np.ndarray:
    (folder / "practices.csv").write_text(text, encoding="utf-8")
    clusters = [cluster_of("North", None, practices=["A"]), cluster_of("South", None, practices=["B", "C"])]
    mapping = scenario_of(
        population={"practices_csv": "practices.csv"}, service_lines=[line_of(**line)], clusters=clusters
    )
    return make_plan(checked(mapping, folder=folder)).population.need_weighted_people[:, 0]


def test_lists_may_give_weighted_people_by_service(tmp_path: Path) -> None:
    text = (
        "practice_code,practice,list_size,weighted_acute\n"
        "A,Abbey,1000,1500\nB,Bridge,3000,2000\nC,Castle,1000,500.5\n"
    )
    scale = 5000 / 4000.5
    assert lists(tmp_path, text, need_weights="weighted_acute") == pytest.approx(
        [1500 * scale, 2500.5 * scale]
    )
    assert lists(tmp_path, text) == pytest.approx([1000, 4000])


def test_a_scenario_of_today_weighs_88_practices_by_service() -> None:
    population = make_plan(load_scenario(Path("scenarios/cambridgeshire-2024.toml"))).population
    assert population.people.sum() == 1_022_472
    assert population.need_weighted_people.sum(axis=0) == pytest.approx(np.full(5, 1_022_472.0))
