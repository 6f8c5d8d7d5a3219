"""The command `sweep`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.answers.command import Ask, Asked, Show, clusters_option, measure_option, question, row_of
from simulator.errors import Problem

if TYPE_CHECKING:
    from simulator.questions.sweep.ask import Sweep

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


@question("policies")
@vary_option
@together_option
@measure_option
@clusters_option
@click.option("--resume", is_flag=True, help="Go on with a sweep to --out that was stopped.")
def sweep(
    asked: Asked,
    vary: tuple[str, ...],
    together: bool,
    measures: tuple[str, ...],
    clusters: tuple[str, ...],
    resume: bool,
) -> Ask:
    """Say what many policies would do: every combination of the values that --vary gives to keys of
    SCENARIO, all on the same simulated contracts, each with its difference from SCENARIO as given.

    With --out a sweep that is stopped keeps the policies that it has finished: --resume goes on.
    """  # noqa: D205 - the help shows the first paragraph whole
    from simulator.answers.files import MOST_ROWS
    from simulator.answers.progress import progress_bar
    from simulator.questions.sweep.ask import run_sweep
    from simulator.questions.sweep.journal import sweep_journal
    from simulator.questions.sweep.question import MOST_ESTIMATES, sweep_question
    from simulator.risk.paired import NUMBERS

    if resume and asked.out is None and not asked.is_written:
        need = "used with --out, the file of the sweep to go on with"
        asked.problems.append(Problem("--resume", need, "no --out"))
    in_excel = asked.out is not None and asked.out.suffix.lower() == ".xlsx"
    with progress_bar(1, "policies checked") as show:
        policies = sweep_question(
            asked.scenario,
            vary,
            together=together,
            measures=measures or None,
            clusters=[row_of(name) or name for name in clusters] or None,
            draws=asked.draws,
            progress=show,
            most_estimates=MOST_ROWS if in_excel else MOST_ESTIMATES,
        )

    def ask(*, progress: Show) -> Sweep:
        if asked.out is None:
            return run_sweep(policies, asked.draws.workers, progress)
        shape = (len(policies.places), len(NUMBERS))
        kept = asked.stack.enter_context(sweep_journal(asked.out, policies.identity(), shape, resume))
        return run_sweep(policies, asked.draws.workers, progress, kept.found, kept.keep)

    return ask
