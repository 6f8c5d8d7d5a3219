"""The line on which a key of a TOML file stands."""

from __future__ import annotations

import tomllib

import pytest

from simulator.scenario.files import KeyPath as Path
from simulator.scenario.files import lines_by_path, nearest

TEXT = """title = "T" # 1
[pct]
name = "P" # 3

[shocks.cluster_year] # 5
  law = "lognormal"

[[service_lines]] # 8
name = "one"
unit_cost_gbp = { model = "gamma", mean = 5, cv = 1 } # 10
[service_lines.count] # 11
model = "poisson"

[[ service_lines ]] # 14
"name" = "two"
'season' = "flat" # 16
practices = [
  "A",
] # 19
[[clusters]]
name = "North" # 21
"""


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("pct",), 2),
        (("pct", "name"), 3),
        (("shocks", "cluster_year"), 5),
        (("shocks", "cluster_year", "law"), 6),
        (("service_lines",), 8),
        (("service_lines", 0), 8),
        (("service_lines", 0, "name"), 9),
        # Within an inline table: where it starts.
        (("service_lines", 0, "unit_cost_gbp", "mean"), 10),
        (("service_lines", 0, "count", "model"), 12),
        (("service_lines", 1), 14),
        (("service_lines", 1, "name"), 15),
        (("service_lines", 1, "season"), 16),
        (("service_lines", 1, "practices", 0), 17),
        # What is missing: the table that should have it.
        (("service_lines", 1, "rate_per_1000"), 14),
        (("clusters", 0, "name"), 21),
        (("contract",), None),
        ((), None),
    ],
)
def test_line_of_a_path(path: Path, line: int | None) -> None:
    assert nearest(lines_by_path(TEXT), path) == line


def test_the_text_is_toml() -> None:
    assert len(tomllib.loads(TEXT)["service_lines"]) == 2


def test_an_empty_text_has_no_places() -> None:
    assert lines_by_path("") == {}
