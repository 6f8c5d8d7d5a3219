"""The command `bond`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from simulator.answers.command import (
    contracts_option,
    numbers_of,
    overrides_option,
    seed_option,
    workers_option,
)
from simulator.errors import InputError, printable


@click.command()
@click.argument("scenario")
@click.option("--cluster", required=True, help="Whose bond.")
@click.option(
    "--confidence",
    default="0.9,0.95,0.99",
    show_default=True,
    help="Probabilities, with commas between, with which a bond shall cover.",
)
@contracts_option
@seed_option
@workers_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="CSV file for the bonds needed, or Excel file for every table; a new one.",
)
@overrides_option
def bond(
    scenario: str,
    cluster: str,
    confidence: str,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Say how big a bond a cluster must post in SCENARIO, and what its bond and share are worth.

    Gives the bond that covers overspends with each confidence, with and without top-up, what becomes
    of the bond that the scenario posts, the practice share to expect, and the true saving that would
    repay the bond.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.questions.bond.ask import bond as ask
    from simulator.questions.bond.checks import bond_problems
    from simulator.questions.bond.report import print_bond
    from simulator.questions.bond.saving import MOST_SIMULATIONS
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    loaded = load_scenario(scenario, overrides)
    simulation = loaded.settings.simulation
    total = simulation.contracts if contracts is None else contracts
    seed = simulation.seed if seed is None else seed
    workers = (os.cpu_count() or 1) if workers is None else workers
    confidences, problems = numbers_of(
        confidence, "--confidence", "probabilities with commas between, such as 0.9,0.95"
    )
    problems += bond_problems(loaded, cluster, confidences or (0.95,), Draws(total, seed, workers))
    if out:
        try:
            check_table_path(out)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    with progress_bar(MOST_SIMULATIONS, "simulations") as show:
        answer = ask(loaded, cluster, confidences, Draws(total, seed, workers), show)
    if out:
        asked = f"bond --cluster {cluster} --confidence {confidence}"
        write_tables(out, answer.tables(), provenance(loaded, asked, total, seed))
    print_bond(answer, Printer())
    if out:
        click.echo(f"written to {printable(out)}", err=True)
