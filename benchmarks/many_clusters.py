"""Memory of whole runs of hundreds of clusters.

`-m benchmarks.many_clusters FILE CLUSTERS YEARS` writes the scenario of one.
"""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import PROGRAM, SCENARIO, peak_bytes
from benchmarks.table import Row
from simulator.scenario.toml_writer import Notes, toml_text

CONTRACTS = 10_000
GIBIBYTE = 2**30
SIZES = ((400, 10), (1_064, 3))
"""Clusters and years: the second is one for each consortium that England planned."""


def write_scenario(path: Path, clusters: int, years: int) -> None:
    """Write the flagship's lines, shocks, doubts and rules with clusters of 20,000 people."""
    given: dict[str, Any] = tomllib.loads(SCENARIO.read_text(encoding="utf-8"))
    for section in ("population", "seasons", "document"):
        del given[section]
    for line in given["service_lines"]:
        line.pop("need_weights", None)
        line.pop("season", None)
    given["title"] = f"{clusters} clusters by {years} years"
    given["contract"]["years"] = years
    given["clusters"] = [{"name": f"Cluster {at:04}", "people": 20_000} for at in range(clusters)]
    path.write_text(toml_text(given, Notes({}, {})), encoding="utf-8")


def many_clusters() -> Iterator[Row]:
    """Yield a row for each size."""
    with tempfile.TemporaryDirectory() as folder:
        for clusters, years in SIZES:
            path = Path(folder) / f"{clusters}.toml"
            write_scenario(path, clusters, years)
            command = [PROGRAM, "run", path, "--contracts", str(CONTRACTS), "--workers", "1"]
            peak, processor = peak_bytes(command)
            what = f"peak memory, {clusters:,} clusters by {years} years, {CONTRACTS:,} contracts, once"
            gibibytes, is_kept = f"{peak / GIBIBYTE:.2f} GiB", peak < GIBIBYTE
            yield Row(what, f"{peak / 2**20:,.0f} MiB", gibibytes, "under 1 GiB", is_kept)
            yield Row(
                f"the same, processor time, {clusters * years:,} clusters x years", f"{processor:.0f} s"
            )


SECTIONS: tuple[Callable[[], Iterator[Row]], ...] = (many_clusters,)

if __name__ == "__main__":
    write_scenario(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
