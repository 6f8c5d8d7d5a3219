"""What a task costs on a Dask cluster beside its work: processor time, by size of result.

With a scheduler and workers on this machine (docs/cluster.md); `--nthreads 200` has as many tasks under way
as hundreds of workers have:
    python benchmarks/dask_tasks.py tcp://127.0.0.1:8786
With a scenario, such as that of `cluster-risk init england --england`, its blocks and estimates alone:
    python benchmarks/dask_tasks.py - england/england.toml
"""

from __future__ import annotations

import os
import sys
import time
from functools import partial
from operator import mul

import numpy as np
import psutil
from distributed import Client

from simulator import Draws, load_scenario, simulate
from simulator.execution.dask_cluster import DaskCluster
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.gathering import arrays_of
from simulator.simulation.pipeline import simulate_block
from simulator.simulation.plan import make_plan

TASKS = 1_000
FLAGSHIP = "scenarios/cambridgeshire-2010.toml"


def cost_of_tasks(address: str, scheduler: psutil.Process, size: int) -> None:
    """Print what tasks cost that return so many bytes."""
    before, clock = time.process_time(), time.perf_counter()
    of_scheduler = sum(scheduler.cpu_times()[:2])
    done = sum(1 for _ in DaskCluster(address).run(partial(mul, bytes(1)), [size] * TASKS))
    ours, theirs = time.process_time() - before, sum(scheduler.cpu_times()[:2]) - of_scheduler
    wall = time.perf_counter() - clock
    each = [1e3 * one / done for one in (ours, theirs, wall)]
    print(f"{size:>10,} bytes: client {each[0]:.2f} ms, scheduler {each[1]:.2f} ms, wall {each[2]:.2f} ms")


def cost_of_block(path: str, blocks: int) -> None:
    """Print what a block of a scenario costs, and the size of its result."""
    scenario = load_scenario(path)
    before = time.process_time()
    plan = make_plan(scenario)
    plan.prepare()
    planned = time.process_time() - before
    work = partial(simulate_block, plan, RandomStreams(Draws().of(scenario).seed))
    work(Block(0, CONTRACTS_PER_BLOCK))
    before = time.process_time()
    sizes = [
        sum(array.nbytes for array in arrays_of(work(Block(number, CONTRACTS_PER_BLOCK))).values())
        for number in range(1, 1 + blocks)
    ]
    cost = 1e3 * (time.process_time() - before) / blocks
    print(f"a plan: {1e3 * planned:,.0f} ms; a block: {cost:,.0f} ms, {np.mean(sizes):,.0f} bytes")


def cost_of_estimates(path: str) -> None:
    """Print what estimates of one block cost whoever asks, beside drawing it."""
    result = simulate(load_scenario(path), Draws(CONTRACTS_PER_BLOCK))
    before = time.process_time()
    rows = len(result.rows) + len(result.pct_rows)
    print(f"{rows:,} rows of estimates: {1e3 * (time.process_time() - before):,.0f} ms")


def main(address: str) -> None:
    """Measure tasks on a cluster."""
    cost_of_block(FLAGSHIP, 10)
    with Client(address) as client:
        scheduler = psutil.Process(client.run_on_scheduler(os.getpid))
    for size in (1_000, 100_000, 2_800_000):
        cost_of_tasks(address, scheduler, size)


if __name__ == "__main__":
    if sys.argv[2:]:
        cost_of_block(sys.argv[2], 1)
        cost_of_estimates(sys.argv[2])
    else:
        main(sys.argv[1])
