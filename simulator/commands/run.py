"""The command `run`."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from simulator.commands.options import contracts_option, overrides_option, seed_option, workers_option
from simulator.errors import printable


@click.command()
@click.argument("scenario")
@contracts_option
@seed_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path), help="Folder for summary, outcomes and manifest.")
@click.option("--replace", is_flag=True, help="Let --out replace an earlier result.")
@overrides_option
def run(
    scenario: str,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    replace: bool,
    overrides: tuple[str, ...],
) -> None:
    """Simulate SCENARIO and print each cluster's risk.

    With --out also writes summary.csv (every estimate with its error), outcomes.nc (every
    contract) and manifest.json (what was run), all or nothing.
    """
    from contextlib import ExitStack

    from simulator.pipeline import check_sizes, simulate
    from simulator.reports.progress import progress_bar
    from simulator.reports.result_folder import new_result_folder, write_result
    from simulator.reports.run_report import print_run
    from simulator.reports.terminal import Printer
    from simulator.scenario.scenario import load_scenario

    started, clock = datetime.now(UTC), time.perf_counter()
    loaded = load_scenario(scenario, overrides)
    total = loaded.settings.simulation.contracts if contracts is None else contracts
    seed = loaded.settings.simulation.seed if seed is None else seed
    workers = (os.cpu_count() or 1) if workers is None else workers
    check_sizes(total, seed, workers)
    with ExitStack() as stack:
        folder = stack.enter_context(new_result_folder(out, replace)) if out else None
        show = stack.enter_context(progress_bar(total, "contracts"))
        result = simulate(loaded, total, seed, workers, show)
        if folder:
            write_result(result, folder, started, time.perf_counter() - clock)
    print_run(result, Printer())
    if out:
        click.echo(f"written to {printable(out)}: summary.csv, outcomes.nc, manifest.json", err=True)
