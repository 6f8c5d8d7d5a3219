"""The command `run`."""

from __future__ import annotations

import os
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

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
    workers_option,
)
from simulator.errors import InputError, Problem, printable, shown


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
@regimes_option
@overrides_option
def run(
    scenario: str,
    contracts: int | None,
    method: str,
    precision: float | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    replace: bool,
    regimes: tuple[str, ...],
    overrides: tuple[str, ...],
) -> None:
    """Simulate SCENARIO and print each cluster's risk.

    With --out also writes summary.csv (every estimate with its error), outcomes.nc (every
    contract) and manifest.json (what was run), all or nothing. With --method exact --out is a CSV
    file for every number, or an Excel file for the tables too.
    """
    if method == "exact":
        exact = partial(_exact, contracts=contracts, precision=precision, seed=seed)
        ask = partial(answer_question, exact, (scenario,), "laws", regimes=regimes, overrides=overrides)
        ask(workers=workers, out=out, replace=replace)
        return
    if out is not None and out.suffix.lower() in {".csv", ".xlsx"}:
        hint = f"--out {printable(out.with_suffix(''))} writes summary.csv in a folder of that name"
        raise InputError([Problem(f"--out {printable(out)}", "a folder's name", out.suffix, hint)])
    from simulator.answers.printer import Printer, progress_bar
    from simulator.questions.run.answer import RunAnswer
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws
    from simulator.simulation.pipeline import simulate
    from simulator.simulation.precision import check_precision, simulate_to_precision
    from simulator.simulation.saved_result import new_result_folder, write_result

    started, clock = datetime.now(UTC), time.perf_counter()
    loaded = load_scenario(scenario, overrides, regimes)
    total = loaded.settings.simulation.contracts if contracts is None else contracts
    draws = Draws(contracts, seed, (os.cpu_count() or 1) if workers is None else workers)
    if precision is None:
        draws.of(loaded)
        simulated = partial(simulate, loaded, draws)
    else:
        check_precision(loaded, precision, draws)
        simulated = partial(simulate_to_precision, loaded, precision, draws)
    with ExitStack() as stack:
        folder = stack.enter_context(new_result_folder(out, replace=replace)) if out else None
        show = stack.enter_context(progress_bar(total, "contracts"))
        result = simulated(progress=show)
        if folder:
            write_result(result, folder, started, time.perf_counter() - clock)
    Printer().answer(RunAnswer(result, precision))
    if out:
        click.echo(f"written to {printable(out)}: summary.csv, outcomes.nc, manifest.json", err=True)


def _exact(asked: Asked, **drawn: object) -> Ask:
    """Return what asks the exact method; `drawn` are options that belong to the simulation."""
    from simulator.exact.method import exact_risk, laws_needed
    from simulator.questions.run.answer import ExactAnswer

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
