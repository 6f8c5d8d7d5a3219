"""Need-weighted people, worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.population.need import ClusterMembers, weigh_population
from simulator.population.practices import Practice, PracticeTable

# Young and old: 100 + 100, 300 + 0, and 0 + 100 people; 400 young and 200 old in all.
TABLE = PracticeTable(
    ("F 0-64", "F 65+"),
    (
        Practice("A", "Abbey", (100, 100)),
        Practice("B", "Bridge", (300, 0)),
        Practice("C", "Castle", (0, 100)),
    ),
)
WEIGHTS = {"need": (1.0, 4.0)}
LINES = {"admissions": "need", "tests": "people"}
NORTH, SOUTH = ClusterMembers("North", ("A",)), ClusterMembers("South", ("B", "C"))


def test_people_are_those_of_the_practices() -> None:
    population = weigh_population([NORTH, SOUTH], LINES, TABLE, WEIGHTS)
    assert population.people.tolist() == [200, 400]
    assert population.pct_people == 600
    assert TABLE.practices[0].people == 200


def test_weights_are_scaled_to_the_pct_s_list() -> None:
    population = weigh_population([NORTH, SOUTH], LINES, TABLE, WEIGHTS)
    # Weighted 100 + 400 = 500 and 300 + 400 = 700; together 1,200 for 600 people, so half of each.
    assert population.need_weighted_people[:, 0] == pytest.approx([250, 350])
    assert population.need_weighted_people[:, 1].tolist() == [200, 400]


def test_practices_outside_clusters_count_in_the_scale() -> None:
    alone = weigh_population([NORTH], LINES, TABLE, WEIGHTS)
    assert alone.need_weighted_people[0, 0] == pytest.approx(250)
    assert alone.pct_people == 600


def test_only_the_ratio_of_weights_counts() -> None:
    one, other = (
        weigh_population([NORTH, SOUTH], LINES, TABLE, {"need": weights}) for weights in ((1, 4), (2.5, 10))
    )
    assert one.need_weighted_people == pytest.approx(other.need_weighted_people)


def test_people_of_average_need_count_once_each() -> None:
    people = ClusterMembers("West", (), 50)
    population = weigh_population([NORTH, people], LINES, TABLE, WEIGHTS)
    # They leave the scale of the others as it was.
    assert population.need_weighted_people == pytest.approx(np.array([[250.0, 200.0], [50.0, 50.0]]))
    assert population.pct_people == 650


def test_without_practices_everybody_counts_once() -> None:
    people = [ClusterMembers("West", (), 50), ClusterMembers("East", (), 70.5)]
    population = weigh_population(people, {"tests": "people"}, None, {})
    assert population.people.tolist() == [50, 70.5]
    assert population.need_weighted_people[:, 0].tolist() == [50, 70.5]
    assert population.pct_people == 120.5
    assert (population.clusters, population.lines) == (("West", "East"), ("tests",))
