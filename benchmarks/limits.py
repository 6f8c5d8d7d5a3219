"""Our processes against limits: imports, every episode drawn, raw numbers, copying, memory, pairs."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator

from benchmarks.measure import PROGRAM, SCENARIO, in_turn, peak_bytes, printed, taken
from benchmarks.table import Row

ROUNDS = 5
CONTRACTS = 10_000
GIBIBYTE = 2**30


def episodes() -> float:
    """Return the expected cases of the whole scenario in all contracts, the base year included."""
    from simulator import load_scenario
    from simulator.simulation.plan import make_plan

    plan = make_plan(load_scenario(SCENARIO))
    counted = [price.totals is not None for price in plan.prices]
    return float(plan.expected_counts[..., counted].sum()) * CONTRACTS


def whole_runs() -> Iterator[Row]:
    """Yield the rows of a run, against importing what it stands on and against drawing every episode."""
    run = [PROGRAM, "run", SCENARIO, "--contracts", str(CONTRACTS)]
    imports = [sys.executable, "-c", "import numpy, scipy, pandas, matplotlib"]
    with tempfile.TemporaryDirectory() as folder:
        write = [*run, "--out", f"{folder}/out", "--replace"]
        found = in_turn(
            {
                "importing": lambda: taken(imports).seconds,
                "running": lambda: taken(run).seconds,
                "writing": lambda: taken(write).seconds,
                "episode": lambda: printed("benchmarks.every_episode", "1")[0],
            },
            ROUNDS,
        )
    importing, running, writing = (found[name] for name in ("importing", "running", "writing"))
    yield Row("importing numpy, scipy, pandas and matplotlib, alone", f"{importing:.2f} s")
    times = running / importing
    what = "`cluster-risk run`, flagship, 10,000 contracts, whole process"
    yield Row(what, f"{running:.2f} s", f"{times:.2f} times importing", "at most 3", times <= 3)
    yield Row("the same with `--out`", f"{writing:.2f} s", f"{writing / importing:.2f} times importing")
    every = found["episode"] * episodes()
    what = (
        "numpy, every episode: one cluster's admissions measured, scaled up to the whole scenario by its "
        "number of episodes"
    )
    times = every / running
    yield Row(what, f"{every:,.0f} s", f"{times:,.0f} times `cluster-risk run`", "at least 100", times >= 100)


def drawing() -> Iterator[Row]:
    """Yield the rows of the drawing step against raw random numbers."""
    latest: list[float] = []

    def raw() -> float:
        latest[:] = printed("benchmarks.drawing", "1")
        return latest[0]

    # Both sides of one process, measured together in each round.
    found = in_turn({"raw": raw, "ours": lambda: latest[1]}, ROUNDS)
    times = found["ours"] / found["raw"]
    yield Row("raw gamma, Poisson and normal numbers, a total", f"{found['raw']:.1f} ns")
    what = "drawing step, a total"
    yield Row(what, f"{found['ours']:.1f} ns", f"{times:.2f} times raw", "at most 0.7", times <= 0.7)


def memory() -> Iterator[Row]:
    """Yield the rows of memory, and of the time that a million contracts take."""
    command = [PROGRAM, "run", SCENARIO, "--contracts"]
    few = taken([*command, "50000"]).processor
    for contracts in (100_000, 1_000_000):
        peak, processor = peak_bytes([*command, str(contracts)])
        kept, what = peak < GIBIBYTE, f"peak memory, {contracts:,} contracts, all processes, once"
        yield Row(what, f"{peak / 2**20:,.0f} MiB", f"{peak / GIBIBYTE:.2f} GiB", "under 1 GiB", kept)
    times, what = processor / few, "`run --contracts 1000000`, processor time, once"
    yield Row(what, f"{processor:.1f} s", f"{times:.1f} times 50,000 contracts", "at most 20", times <= 20)


def pairing() -> Iterator[Row]:
    """Yield the rows of policies that change demand."""
    correlation, overspend, bond, milliseconds, megabytes = printed("benchmarks.pairing")
    what = "true saving of 0.1% against none, no shocks, the worst cluster: "
    fresh = "variance of a difference of {}, on fresh draws over on the same"
    is_kept = correlation >= 0.995
    yield Row(f"{what}correlation of spend", f"{correlation:.7f}", "", "at least 0.995", is_kept)
    for words, times, least in (("expected overspend", overspend, 100), ("bonds at 95%", bond, 20)):
        yield Row(what + fresh.format(words), f"{times:,.0f} times", "", f"at least {least}", times >= least)
    yield Row("making all tables of the flagship's totals", f"{milliseconds:.0f} ms", "", "about 150 ms idle")
    yield Row("memory of those tables", f"{megabytes:.0f} MB", "", "under 50 MB", megabytes < 50)


def policies() -> Iterator[Row]:
    """Yield the rows of one more policy of rules."""
    simulation, copy, policy, in_a_sweep, paired = printed("benchmarks.policies")
    yield Row("a simulation of the flagship's 10,000 contracts, in one process", f"{simulation:.0f} ms")
    yield Row("copying the arrays that a policy of rules reads", f"{copy:.2f} ms")
    times, what = policy / simulation, "one more policy of rules: settlement and every measure with its error"
    yield Row(what, f"{policy:.1f} ms", f"{times:.3f} simulations", "under 0.1", times < 0.1)
    times = policy / copy
    yield Row(f"{what}, against memory", "", f"{times:.1f} times copying", "under 20", times < 20)
    what = "the same in a sweep: with its check, its plan and every paired difference"
    yield Row(what, f"{in_a_sweep:.1f} ms", f"{in_a_sweep / simulation:.3f} simulations")
    what = "variance of a difference (PCT payment, bonds of 4% for 3%): on fresh draws over on the same"
    yield Row(what, f"{paired:.0f} times", "", "at least 20", paired >= 20)


SECTIONS: tuple[Callable[[], Iterator[Row]], ...] = (whole_runs, drawing, memory, pairing, policies)
