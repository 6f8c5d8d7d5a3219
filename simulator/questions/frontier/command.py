"""The command `frontier`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from simulator.answers.command import (
    contracts_option,
    overrides_option,
    row_of,
    seed_option,
    workers_option,
)
from simulator.errors import InputError, Problem, printable
from simulator.questions.sweep.command import together_option, vary_option


@click.command()
@click.argument("scenario")
@vary_option
@together_option
@click.option(
    "--minimise",
    multiple=True,
    metavar="MEASURE",
    help="A column of the summary, with or without its unit: pct_cost stands for pct_cost_gbp.",
)
@click.option(
    "--maximise",
    multiple=True,
    metavar="MEASURE",
    help="A column of the summary, with or without its unit: practice_net_gain, say.",
)
@click.option("--cluster", help="Whose measures; those of all clusters together by default.")
@contracts_option
@seed_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path), help="CSV or Excel file for every policy; a new one.")
@overrides_option
def frontier(
    scenario: str,
    vary: tuple[str, ...],
    together: bool,
    minimise: tuple[str, ...],
    maximise: tuple[str, ...],
    cluster: str | None,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Find the policies for SCENARIO that no other beats on both of two goals.

    For example --minimise pct_cost --maximise practice_net_gain. Policies are every combination of the
    values that --vary gives; those that others beat only within chance are named.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.questions.frontier.ask import find_frontier, frontier_question
    from simulator.questions.frontier.report import print_frontier
    from simulator.risk.account_book import ALL_CLUSTERS
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    cluster = row_of(cluster)
    loaded = load_scenario(scenario, overrides)
    workers = (os.cpu_count() or 1) if workers is None else workers
    problems: list[Problem] = []
    try:
        if out is not None:
            check_table_path(out)
    except InputError as error:
        problems += error.problems
    try:
        question, goals = frontier_question(
            loaded,
            vary,
            minimise,
            maximise,
            cluster or ALL_CLUSTERS,
            together,
            Draws(contracts, seed, workers),
        )
    except InputError as error:
        raise InputError([*problems, *error.problems]) from None
    if problems:
        raise InputError(problems)
    with progress_bar(len(question.policies), "policies") as show:
        found = find_frontier(question, goals, workers, show)
    if out is not None:
        wanted = " ".join(f"--{'maximise' if goal.sign > 0 else 'minimise'} {goal.measure}" for goal in goals)
        command = f"frontier {question.in_words(together)} {wanted} --cluster '{goals[0].cluster}'"
        origin = provenance(loaded, command, question.contracts, question.seed)
        write_tables(out, {"frontier": found.table()}, origin)
    print_frontier(found, Printer(), printable(out) if out else "")
    if out is not None:
        click.echo(f"written to {printable(out)}", err=True)
