"""The command `cluster-risk`. Heavy libraries are imported by the commands that need them."""

from __future__ import annotations

import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import click

from simulator.errors import InputError, printable

INTERRUPTED = 130
# What a terminal that closes or a system that shuts down sends; Windows has not all of them.
_STOPPING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_BAD_INPUT = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cluster-risk", message="%(prog)s %(version)s")
def commands() -> None:
    """Estimate what clusters of GP practices risk with a real budget.

    A scenario file says who the clusters are, what care they buy and which rules share surpluses
    and overspends. Start with `cluster-risk init my-scenario`.
    """


_SET = click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    help="Override any key of the scenario, such as rules.surplus.practice_share=0.2 or "
    "clusters.*.takes_share=false. Can be given again.",
)


@commands.command()
@click.argument("scenario")
@click.option("--contracts", type=int, help="Simulated contracts; the scenario's own number by default.")
@click.option("--seed", type=int, help="Seed of chance; the scenario's own by default.")
@click.option(
    "--workers", type=int, help="Processes; as many as processors by default. No effect on results."
)
@click.option("--out", type=click.Path(path_type=Path), help="Folder for summary, outcomes and manifest.")
@click.option("--replace", is_flag=True, help="Let --out replace an earlier result.")
@_SET
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
    for stop in _STOPPING_SIGNALS:
        signal.signal(stop, signal.default_int_handler)
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


@commands.command()
@click.argument("scenario")
@_SET
def check(scenario: str, overrides: tuple[str, ...]) -> None:
    """Check SCENARIO and print its population, budgets and rates; simulate nothing."""
    from simulator.planner import make_plan
    from simulator.reports.check_report import print_check
    from simulator.reports.terminal import Printer
    from simulator.scenario.scenario import load_scenario

    print_check(make_plan(load_scenario(scenario, overrides)), scenario, Printer())


@commands.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from simulator.scenario.schema import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))


@commands.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a commented scenario and its tables to FOLDER, to start from."""
    from simulator.scenario.starter import write_starter

    written = write_starter(folder)
    for path in written:
        click.echo(f"written: {path}")
    click.echo(f"next: cluster-risk check {written[0]}")


def main() -> None:
    """Run the command; turn what went wrong into a message and an exit code."""
    try:
        sys.exit(commands.main(standalone_mode=False) or 0)
    except InputError as error:
        click.echo(f"cluster-risk: {error}", err=True)
        sys.exit(_BAD_INPUT)
    except click.exceptions.Exit as wanted:
        sys.exit(wanted.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _leave_at_once("cluster-risk: stopped; nothing was written")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone (a pager, head): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except (RuntimeError, MemoryError, OSError) as error:
        click.echo(f"cluster-risk: {str(error) or 'out of memory'}", err=True)
        sys.exit(1)


def _leave_at_once(message: str) -> NoReturn:
    """Say why and end, without waiting for worker processes or their threads to tidy up."""
    import multiprocessing

    for worker in multiprocessing.active_children():
        worker.kill()
    sys.stderr.write(f"{message}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)
