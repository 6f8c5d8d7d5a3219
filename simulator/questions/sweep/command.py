"""The command `sweep`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.answers.command import contracts_option, overrides_option, seed_option, workers_option
from simulator.errors import InputError, Problem, printable

if TYPE_CHECKING:
    from simulator.questions.sweep.answer import Sweep
    from simulator.questions.sweep.question import SweepQuestion

vary_option = click.option(
    "--vary",
    multiple=True,
    required=True,
    metavar="KEY=VALUES",
    help="Any key of the scenario, with values as 0.1,0.2 or START:STOP:STEP. Can be given again.",
)
together_option = click.option(
    "--together",
    is_flag=True,
    help="Let the keys' values step side by side; otherwise each meets every other.",
)
MOST_ROWS_OF_A_SHEET = 1_048_575
"""Rows below the heading that Excel can hold."""


@click.command()
@click.argument("scenario")
@vary_option
@together_option
@click.option("--measure", "measures", multiple=True, help="A column of the summary; can be given again.")
@click.option(
    "--cluster", "clusters", multiple=True, help="A cluster, besides all together; can be given again."
)
@contracts_option
@seed_option
@workers_option
@click.option(
    "--out", type=click.Path(path_type=Path), help="CSV or Excel file for every estimate; a new one."
)
@click.option("--resume", is_flag=True, help="Go on with a sweep to --out that was stopped.")
@overrides_option
def sweep(
    scenario: str,
    vary: tuple[str, ...],
    together: bool,
    measures: tuple[str, ...],
    clusters: tuple[str, ...],
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    resume: bool,
    overrides: tuple[str, ...],
) -> None:
    """Say what many policies would do: every combination of the values that --vary gives to keys of
    SCENARIO, all on the same simulated contracts, each with its difference from SCENARIO as given.

    With --out a sweep that is stopped keeps the policies that it has finished: --resume goes on.
    """  # noqa: D205 - the help shows the first paragraph whole
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path
    from simulator.questions.sweep.question import MOST_ESTIMATES, sweep_question
    from simulator.questions.sweep.report import print_sweep
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    loaded = load_scenario(scenario, overrides)
    workers = (os.cpu_count() or 1) if workers is None else workers
    problems: list[Problem] = []
    if resume and out is None:
        problems.append(
            Problem("--resume", "used with --out, the file of the sweep to go on with", "no --out")
        )
    try:
        if out is not None:
            check_table_path(out)
    except InputError as error:
        problems += error.problems
    in_excel = out is not None and out.suffix.lower() == ".xlsx"
    try:
        with progress_bar(1, "policies checked") as show:
            question = sweep_question(
                loaded,
                vary,
                together,
                measures or None,
                clusters or None,
                Draws(contracts, seed, workers),
                show,
                MOST_ROWS_OF_A_SHEET if in_excel else MOST_ESTIMATES,
            )
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    answer = _written(question, workers, out, resume, together) if out else _run(question, workers)
    print_sweep(answer, measures, clusters, Printer(), printable(out) if out else "")
    if out:
        click.echo(f"written to {printable(out)}", err=True)


def _run(question: SweepQuestion, workers: int) -> Sweep:
    from simulator.answers.progress import progress_bar
    from simulator.questions.sweep.ask import run_sweep

    with progress_bar(len(question.policies), "policies") as show:
        return run_sweep(question, workers, show)


def _written(question: SweepQuestion, workers: int, out: Path, resume: bool, together: bool) -> Sweep:
    """Run a sweep, keeping what is finished, and write it."""
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import provenance, write_tables
    from simulator.questions.sweep.answer import NUMBERS
    from simulator.questions.sweep.ask import run_sweep
    from simulator.questions.sweep.journal import journal_path, sweep_journal

    command = f"sweep {question.in_words(together)}"
    origin = provenance(question.scenario, command, question.contracts, question.seed)
    shape = (len(question.places), len(NUMBERS))
    with sweep_journal(out, question.identity(), shape, resume) as journal:
        try:
            with progress_bar(len(question.policies), "policies") as show:
                answer = run_sweep(question, workers, show, journal.found, journal.keep)
            write_tables(out, {"sweep": answer.table()}, origin)
        except KeyboardInterrupt:
            if not journal.kept:
                raise
            done = f"{journal.kept:,} of {len(question.policies):,} policies are kept"
            file = printable(journal_path(out))
            raise KeyboardInterrupt(f"{done} in {file}: go on with --resume") from None
    return answer
