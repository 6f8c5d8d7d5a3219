"""The command `run`."""

from __future__ import annotations

import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.answers.command import (
    Ask,
    Asked,
    Show,
    answer_question,
    contracts_option,
    overrides_option,
    regimes_option,
    seed_option,
)
from simulator.answers.workers_options import workers_option
from simulator.errors import InputError, Problem, printable, shown
from simulator.imports import quick_imports

if TYPE_CHECKING:
    from simulator.execution.blocks import Workers
    from simulator.scenario.scenario import Scenario
    from simulator.simulation.draws import Draws
    from simulator.simulation.result import Result


@click.command()
@click.argument("scenario")
@contracts_option
@click.option(
    "--method",
    type=click.Choice(["simulate", "exact"]),
    default="simulate",
    help="exact: overspends and bonds without sampling error, as far as that goes.",
)
@click.option(
    "--precision",
    type=float,
    help="Simulate as many contracts as every bond needs for a 95% interval of this share of it "
    "either side, for example 0.01; instead of --contracts.",
)
@seed_option
@workers_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Folder for summary, outcomes and manifest; with --method exact a CSV or Excel file.",
)
@click.option("--replace", is_flag=True, help="Let --out replace an earlier result.")
@click.option("--resume", is_flag=True, help="Go on with a run to --out that was killed.")
@regimes_option
@overrides_option
def run(
    scenario: str,
    contracts: int | None,
    method: str,
    precision: float | None,
    seed: int | None,
    workers: Workers,
    out: Path | None,
    replace: bool,
    resume: bool,
    regimes: tuple[str, ...],
    overrides: tuple[str, ...],
) -> None:
    """Simulate SCENARIO and print each cluster's risk.

    With --out also writes summary.csv (every estimate with its error), outcomes.nc (every
    contract) and manifest.json (what was run), all or nothing. A run that is killed leaves the blocks
    of contracts that it has finished: --resume goes on with them. With --method exact --out is a CSV
    file for every number, or an Excel file for the tables too.
    """
    if method == "exact":
        exact = partial(_exact, contracts=contracts, precision=precision, seed=seed, resume=resume or None)
        ask = partial(answer_question, exact, (scenario,), "laws", regimes=regimes, overrides=overrides)
        ask(workers=workers, out=out, replace=replace)
        return
    if out is not None and out.suffix.lower() in {".csv", ".xlsx"}:
        hint = f"--out {printable(out.with_suffix(''))} writes summary.csv in a folder of that name"
        raise InputError([Problem(f"--out {printable(out)}", "a folder's name", out.suffix, hint)])
    if resume and out is None:
        raise InputError([Problem("--resume", "used with --out, of the run to go on with", "no --out")])
    with quick_imports():
        from simulator.scenario.scenario import load_scenario
        from simulator.simulation.draws import Draws

    loaded = load_scenario(scenario, overrides, regimes)
    draws = Draws(contracts, seed, workers)
    result = _simulated(loaded, draws, precision, out, replace=replace, resume=resume)
    from simulator.answers.printer import Printer
    from simulator.questions.run.answer import RunAnswer

    Printer().answer(RunAnswer(result, precision))
    if out:
        click.echo(f"written to {printable(out)}: summary.csv, outcomes.nc, manifest.json", err=True)


def _simulated(
    scenario: Scenario,
    draws: Draws,
    precision: float | None,
    out: Path | None,
    *,
    replace: bool,
    resume: bool,
) -> Result:
    """Check what was given, simulate, and write."""
    from simulator.answers.progress import progress_bar
    from simulator.simulation.kept_blocks import NOTHING_KEPT
    from simulator.simulation.pipeline import simulate

    started, clock = datetime.now(UTC), time.perf_counter()
    if precision is None:
        simulated = partial(simulate, scenario, draws, meanwhile=_import_what_answers)
    else:
        from simulator.simulation.precision import check_precision, simulate_to_precision

        check_precision(scenario, precision, draws)
        simulated = partial(simulate_to_precision, scenario, precision, draws)
    settled = draws.of(scenario)
    with ExitStack() as stack:
        folder, kept = None, NOTHING_KEPT
        if out:
            from simulator.simulation.saved_result import new_result_folder, run_identity, write_result

            identity = run_identity(scenario, settled, precision)
            new_folder = new_result_folder(out, replace=replace, identity=identity, resume=resume)
            folder, kept = stack.enter_context(new_folder)
        show = stack.enter_context(progress_bar(settled.contracts, "contracts"))
        result = simulated(progress=show, kept=kept)
        if folder:
            write_result(result, folder, started, time.perf_counter() - clock)
    return result


def _import_what_answers() -> None:
    """Import what tells the result, which takes time that other processes draw in."""
    import_module("simulator.questions.run.answer")
    import_module("simulator.answers.printer")


def _exact(asked: Asked, **drawn: object) -> Ask:
    """Return what asks the exact method; `drawn` are options that belong to the simulation."""
    from simulator.exact.method import exact_risk, laws_needed
    from simulator.questions.run.exact_answer import ExactAnswer

    asked.problems += [
        Problem(f"--{name}", "left out with --method exact", shown(value), "the exact method draws nothing")
        for name, value in drawn.items()
        if value is not None
    ]

    def ask(*, progress: Show) -> ExactAnswer:
        laws, workers = laws_needed(asked.scenario), asked.draws.workers
        risk = exact_risk(asked.scenario, workers=workers, progress=lambda done: progress(done, laws))
        return ExactAnswer(risk)

    return ask
