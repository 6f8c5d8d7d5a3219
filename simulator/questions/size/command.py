"""The command `size`."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from simulator.answers.options import contracts_option, overrides_option, seed_option, workers_option
from simulator.errors import InputError, Problem, printable, shown


@click.command()
@click.argument("scenario")
@click.option(
    "--people", default="1000:1000000", show_default=True, metavar="LOW:HIGH", help="Range of sizes."
)
@click.option("--points", type=int, default=7, show_default=True, help="How many sizes, in equal ratios.")
@contracts_option
@seed_option
@workers_option
@click.option("--out", type=click.Path(path_type=Path), help="CSV or Excel file for the tables; a new one.")
@overrides_option
def size(
    scenario: str,
    people: str,
    points: int,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Say how the risk of SCENARIO depends on the size of a cluster, and what pooling cures.

    Shows the chance of overspend, the bond and the practice share earned by luck from small to
    large, the scenario's own clusters under one joint bond, and the risk that no size cures.
    """
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.answers.terminal import Printer
    from simulator.questions.size.ask import size as ask
    from simulator.questions.size.report import print_sizes
    from simulator.questions.size.scenario import check_people, check_size
    from simulator.questions.solve.check import problems_of
    from simulator.scenario.scenario import load_scenario

    loaded = load_scenario(scenario, overrides)
    workers = (os.cpu_count() or 1) if workers is None else workers
    asked = (points, contracts, seed, workers)
    checks: list[Callable[[], object]] = [
        lambda: check_people(_range(people)),
        lambda: check_size(loaded, *asked),
    ]
    if out:
        checks.append(partial(check_table_path, out))
    if problems := problems_of(*checks):
        raise InputError(problems)
    with progress_bar(points + 3, "sizes") as show:
        sizes = ask(loaded, _range(people), *asked, show)
    if out:
        question = f"size --people {people} --points {points}"
        origin = provenance(loaded, question, sizes.contracts, sizes.seed)
        origin |= {"answer": " ".join(sizes.sentences())}
        tables = {"sizes": sizes.table(), "pools": sizes.pool_table(), "not cured": sizes.floor_table()}
        write_tables(out, tables, origin)
    print_sizes(sizes, Printer())
    if out:
        click.echo(f"written to {printable(out)}", err=True)


def _range(people: str) -> tuple[float, float]:
    """Return the ends of LOW:HIGH."""
    low, _, high = people.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        raise InputError(
            [Problem("--people", "LOW:HIGH, with two numbers", shown(people), "1000:1000000")]
        ) from None
