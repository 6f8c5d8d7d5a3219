"""The command `compare`."""

from __future__ import annotations

import os
from pathlib import Path

import click

from simulator.answers.command import contracts_option, overrides_option, seed_option, workers_option
from simulator.errors import InputError, Problem, printable


@click.command()
@click.argument("scenarios", nargs=-1, required=True)
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
@overrides_option
def compare(
    scenarios: tuple[str, ...],
    measures: tuple[str, ...],
    clusters: tuple[str, ...],
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Set SCENARIOS side by side: what differs between them, and what that does beyond chance.

    All have the same simulated contracts, in number and seed those of the first. Differences are
    from the first. --set holds for all of them.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.questions.compare.ask import check_comparison
    from simulator.questions.compare.ask import compare as ask
    from simulator.questions.compare.report import print_comparison
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    workers = (os.cpu_count() or 1) if workers is None else workers
    problems: list[Problem] = []
    loaded = []
    for path in scenarios:
        try:
            loaded.append(load_scenario(path, overrides))
        except InputError as error:
            problems += error.problems
    try:
        if out is not None:
            check_table_path(out)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(dict.fromkeys(problems))
    asked = (measures or None, clusters or None, Draws(contracts, seed, workers))
    check_comparison(loaded, *asked)
    with progress_bar(len(loaded), "scenarios") as show:
        comparison = ask(loaded, *asked, show)
    if out is not None:
        command = f"compare {' '.join(map(printable, scenarios))}"
        origin = provenance(loaded[0], command, comparison.contracts, comparison.seed)
        for name, scenario in zip(comparison.names[1:], loaded[1:], strict=True):
            origin[f"fingerprint of {name}"] = scenario.fingerprint
        write_tables(out, {"comparison": comparison.table(), "settings": comparison.settings_table()}, origin)
    print_comparison(comparison, measures, clusters, Printer())
    if out is not None:
        click.echo(f"written to {printable(out)}", err=True)
