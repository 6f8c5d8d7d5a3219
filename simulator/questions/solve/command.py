"""The command `solve`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from simulator.answers.command import (
    contracts_option,
    overrides_option,
    row_of,
    seed_option,
    workers_option,
)
from simulator.errors import InputError, Problem, printable, shown


@click.command()
@click.argument("scenario")
@click.option(
    "--vary",
    # So that a second one is refused instead of taking the place of the first.
    multiple=True,
    required=True,
    metavar="KEY=LOW:HIGH",
    help="What to vary, over which range.",
)
@click.option(
    "--so-that",
    required=True,
    metavar="CONDITION",
    help='MEASURE >= VALUE with a column of the summary, such as "large_overspend_probability < 0.1".',
)
@click.option("--cluster", help="Whose measure; that of all clusters together by default.")
@click.option(
    "--tolerance",
    type=float,
    default=0.001,
    show_default=True,
    help="How closely to search, as a share of the range.",
)
@contracts_option
@seed_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path), help="CSV or Excel file for every value; a new one.")
@overrides_option
def solve(
    scenario: str,
    vary: tuple[str, ...],
    so_that: str,
    cluster: str | None,
    tolerance: float,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Find the value of a setting of SCENARIO that makes a measure of risk what it should be.

    Such as the smallest cluster whose chance of a large overspend is below 10%, or the share of
    surpluses that the pool needs to pay for overspends with 90% probability.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.questions.solve.ask import solve as ask
    from simulator.questions.solve.check import check_question, check_range, problems_of
    from simulator.questions.solve.report import print_solution
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    cluster = row_of(cluster)
    loaded = load_scenario(scenario, overrides)
    workers = (os.cpu_count() or 1) if workers is None else workers
    sizes = (Draws(contracts, seed, workers),)
    checks: list[Callable[[], object]] = [
        lambda: check_range(loaded, *_range(vary)),
        lambda: check_question(loaded, so_that, cluster, tolerance, *sizes),
    ]
    if out:
        checks.append(partial(check_table_path, out))
    if problems := problems_of(*checks):
        raise InputError(problems)
    with progress_bar(1, "values") as show:
        solution = ask(loaded, *_range(vary), so_that, cluster, tolerance, *sizes, show)
    if out:
        command = f"solve --vary {vary[0]} --so-that '{so_that}'" + (
            f" --cluster '{cluster}'" if cluster else ""
        )
        origin = provenance(loaded, command, solution.contracts, solution.seed)
        origin |= {"answer": " ".join(solution.sentences())}
        write_tables(out, {"values": solution.table(), "answer": solution.answers()}, origin)
    print_solution(solution, Printer())
    if out:
        click.echo(f"written to {printable(out)}", err=True)


def _range(vary: tuple[str, ...]) -> tuple[str, float, float]:
    """Return the key and the ends of the one KEY=LOW:HIGH."""
    if len(vary) > 1:
        hint = "settle the others with --set, or try combinations with sweep"
        raise InputError([Problem("--vary", "given once", ", ".join(map(shown, vary)), hint)])
    key, _, ends = vary[0].rpartition("=")
    low, _, high = ends.partition(":")
    try:
        # Without both signs an end is empty, which is no number either.
        return key.strip(), float(low), float(high)
    except ValueError:
        hint = "rules.surplus.pct_return_share=0.3:1"
        raise InputError(
            [Problem("--vary", "KEY=LOW:HIGH, with two numbers", shown(vary[0]), hint)]
        ) from None
