"""The command `explain`."""

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
from simulator.errors import InputError, printable


@click.command()
@click.argument("scenario")
@click.option("--cluster", help='Explain this cluster, by year and service line; or "all", for all together.')
@contracts_option
@seed_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path), help="CSV file for every share and SD; a new one.")
@overrides_option
def explain(
    scenario: str,
    cluster: str | None,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Say what makes budget less spend vary in SCENARIO: what pooling can cure, and what it cannot.

    Splits the variance into chance in counts and in unit costs, the cluster's own shocks, PCT-wide
    shocks, and the luck of the year whose spend set the budget. The contracts are those of `run`.
    """
    from contextlib import ExitStack

    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.errors import unknown
    from simulator.execution.new_file import new_file
    from simulator.questions.explain.ask import explain as ask
    from simulator.questions.explain.report import print_cluster, print_explanation
    from simulator.risk.account_book import ALL_CLUSTERS
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    cluster = row_of(cluster)
    loaded = load_scenario(scenario, overrides)
    simulation = loaded.settings.simulation
    total = simulation.contracts if contracts is None else contracts
    seed = simulation.seed if seed is None else seed
    workers = (os.cpu_count() or 1) if workers is None else workers
    names = (*(one.name for one in loaded.settings.clusters), ALL_CLUSTERS)
    problems = [] if cluster is None else unknown("--cluster", cluster, names)
    try:
        Draws(total, seed, workers).of(loaded)
    except InputError as error:
        problems += error.problems
    with ExitStack() as stack:
        try:
            file = stack.enter_context(new_file(out)) if out else None
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(problems)
        show = stack.enter_context(progress_bar(total, "contracts"))
        explanation = ask(loaded, Draws(total, seed, workers), show)
        if file:
            explanation.table(cluster).to_csv(file, index=False, lineterminator="\n")
    if cluster is None:
        print_explanation(explanation, Printer())
    else:
        print_cluster(explanation, cluster, Printer())
    if out:
        click.echo(f"written to {printable(out)}", err=True)
