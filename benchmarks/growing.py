"""How time grows with contracts, clusters, lines, years and policies; `-m benchmarks.growing` prints it.

In one process, with one worker, in processor time, from the scenario's check to the last estimate.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.measure import SCENARIO, taken
from benchmarks.table import Row, growth

ROUNDS = 3
CONTRACTS = 5_000
SIZES: Mapping[str, Sequence[int]] = {
    "contracts": (10_000, 20_000, 40_000, 80_000),
    "clusters": (8, 16, 32, 64),
    "lines": (6, 12, 24, 48),
    "years": (1, 2, 4, 8),
    "policies": (8, 16, 32, 64),
}


def growths() -> Iterator[Row]:
    """Yield a row for each size."""
    measured = json.loads(taken([sys.executable, "-m", "benchmarks.growing"]).printed)
    for name, seconds in measured.items():
        sizes = SIZES[name]
        what = f"time over {name}, {sizes[0]:,} to {sizes[-1]:,}: its exponent"
        ends = f"{seconds[0]:.2f} to {seconds[-1]:.2f} s"
        yield Row(what, str(growth(sizes, seconds)), ends)


def _of_contracts(contracts: int) -> None:
    from simulator import Draws, load_scenario, simulate

    assert simulate(load_scenario(SCENARIO), draws=Draws(contracts)).rows  # noqa: S101 - asks for them


def _scaled(clusters: int = 8, lines: int = 6, years: int = 2) -> None:
    """Simulate clusters of 60,000 people with the flagship's laws, lines repeated as often as it takes."""
    from simulator import Draws, simulate
    from simulator.scenario.scenario import check_scenario
    from simulator.validation.outturns import FLAGSHIP

    laws = FLAGSHIP["service_lines"]
    settings: dict[str, Any] = {
        "title": "Growth",
        "pct": {"name": "All clusters"},
        "contract": {"start_year": 2010, "years": years},
        "shocks": dict(FLAGSHIP["shocks"]),
        "budgets": {"rule": {"rule": "expected_spend"}},
        "service_lines": [laws[at % len(laws)] | {"name": f"line_{at}"} for at in range(lines)],
        "clusters": [{"name": f"Cluster {at}", "people": 60_000} for at in range(clusters)],
        "rules": [],
    }
    assert simulate(check_scenario(settings, Path()), draws=Draws(CONTRACTS)).rows  # noqa: S101


def _of_policies(policies: int) -> None:
    from simulator import Draws, load_scenario
    from simulator.simulation.shared_draws import SharedDraws

    scenario = load_scenario(SCENARIO)
    draws = SharedDraws.of(scenario, Draws(CONTRACTS))
    for at in range(policies):
        assert draws.simulate(scenario.vary(f"rules.surplus.practice_share={0.01 + 0.001 * at}")).rows  # noqa: S101


_WORK: Mapping[str, Callable[[int], None]] = {
    "contracts": _of_contracts,
    "clusters": lambda size: _scaled(clusters=size),
    "lines": lambda size: _scaled(lines=size),
    "years": lambda size: _scaled(years=size),
    "policies": _of_policies,
}


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def main() -> None:
    """Print by name the median seconds of each size, rounds taken in turn."""
    for work, size in ((_of_contracts, 400), (_scaled, 1), (_of_policies, 1)):
        work(size)  # once unmeasured, so that all is imported
    found = {}
    for name, sizes in SIZES.items():
        rounds = [[_seconds(partial(_WORK[name], size)) for size in sizes] for _ in range(ROUNDS)]
        found[name] = [statistics.median(column) for column in zip(*rounds, strict=True)]
    print(json.dumps(found))


SECTIONS: tuple[Callable[[], Iterator[Row]], ...] = (growths,)

if __name__ == "__main__":
    main()
