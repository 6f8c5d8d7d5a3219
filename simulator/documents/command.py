"""The command `report`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.answers.command import contracts_option, overrides_option, seed_option, workers_option
from simulator.errors import InputError, Problem, printable, shown

if TYPE_CHECKING:
    from simulator.simulation.result import Result


@click.command()
@click.argument("scenario", metavar="SCENARIO|RESULTS")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the report; a new one."
)
@click.option("--format", "formats", help="Some of html,pdf,docx,xlsx; all by default.")
@click.option("--title", help="Of the report; the scenario's own by default.")
@contracts_option
@seed_option
@workers_option
@overrides_option
def report(
    scenario: str,
    out: Path,
    formats: str | None,
    title: str | None,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    overrides: tuple[str, ...],
) -> None:
    """Write a prospectus annex and a page for each cluster of SCENARIO.

    As a web page, PDF, Word and Excel. RESULTS is a folder that `run --out` wrote; then nothing is
    simulated. The folder of --out appears whole or not at all.
    """
    from contextlib import ExitStack

    from simulator.answers.progress import progress_bar
    from simulator.charts.study import Study
    from simulator.documents.contents import document_of
    from simulator.documents.formats import chosen_formats, write_document
    from simulator.execution.new_folder import new_folder

    wanted, problems = chosen_formats(formats)
    if title is not None and not (title.strip() and title.isprintable()):
        problems.append(Problem("--title", "some words", shown(title)))
    workers = (os.cpu_count() or 1) if workers is None else workers
    make = _from_folder if Path(scenario).is_dir() else _from_scenario
    with ExitStack() as stack:
        try:
            ask = make(scenario, contracts, seed, workers, overrides)
        except InputError as error:
            problems += error.problems
        try:
            folder = stack.enter_context(new_folder(out))
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(problems)
        result, started = ask()
        show = stack.enter_context(progress_bar(len(wanted), "formats"))
        names = write_document(document_of(Study(result, workers), title, started), folder, wanted, show)
    click.echo(f"written to {printable(out)}: {', '.join(names)}", err=True)


def _from_scenario(
    path: str, contracts: int | None, seed: int | None, workers: int, overrides: tuple[str, ...]
) -> Callable[[], tuple[Result, str | None]]:
    """Return what simulates a scenario, once everything that was given is known to be right."""
    from simulator.answers.progress import progress_bar
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws
    from simulator.simulation.pipeline import simulate

    scenario = load_scenario(path, overrides)
    simulation = scenario.settings.simulation
    contracts = simulation.contracts if contracts is None else contracts
    seed = simulation.seed if seed is None else seed
    Draws(contracts, seed, workers).of(scenario)

    def ask() -> tuple[Result, str | None]:
        with progress_bar(contracts, "contracts") as show:
            return simulate(scenario, Draws(contracts, seed, workers), progress=show), None

    return ask


def _from_folder(
    path: str, contracts: int | None, seed: int | None, workers: int, overrides: tuple[str, ...]
) -> Callable[[], tuple[Result, str | None]]:
    """Return what gives back a result that was simulated before."""
    from simulator.simulation.draws import Draws
    from simulator.simulation.saved_result import read_result

    given = {"--contracts": contracts, "--seed": seed, "--set": "; ".join(overrides) or None}
    hint = "a folder of results is reported as it is; give its scenario's file instead"
    problems = [
        Problem(option, "left out with a folder of results", shown(value), hint)
        for option, value in given.items()
        if value is not None
    ]
    if problems:
        raise InputError(problems)
    saved = read_result(Path(path))
    Draws(workers=workers).of(saved.scenario)
    return lambda: (saved.simulate(workers), saved.started)
