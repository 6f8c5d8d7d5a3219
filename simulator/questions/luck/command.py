"""The command `luck`."""

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
@click.option(
    "--savings",
    default="0.01,0.02,0.03,0.05",
    show_default=True,
    help="True savings, as shares of demand with commas between.",
)
@click.option(
    "--policy-saving",
    type=float,
    default=0.02,
    show_default=True,
    help="True saving at which rules are compared.",
)
@click.option(
    "--minimum-savings-rate",
    type=float,
    default=0.02,
    show_default=True,
    help="Least surplus to share in, as a share of the budget. An assumption, as the next three are.",
)
@click.option(
    "--corridor-width",
    type=float,
    default=0.02,
    show_default=True,
    help="Width either side of the budget, as a share of it.",
)
@click.option(
    "--corridor-cluster-share",
    type=float,
    default=0.5,
    show_default=True,
    help="Share of what lies beyond the corridor that stays with the cluster.",
)
@click.option(
    "--per-case-limit",
    type=float,
    default=50_000,
    show_default=True,
    help="Most that a cluster answers for of one case, in pounds.",
)
@contracts_option
@seed_option
@workers_option
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="CSV file for every estimate, or Excel file with tables of parts too; a new one.",
)
@overrides_option
def luck(
    scenario: str,
    savings: str,
    policy_saving: float,
    minimum_savings_rate: float,
    corridor_width: float,
    corridor_cluster_share: float,
    per_case_limit: float,
    contracts: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    overrides: tuple[str, ...],
) -> None:
    """Say what practices of SCENARIO are paid for luck, and which true savings go unpaid.

    Shows what is paid if nobody truly saves anything, how likely true savings are to go unpaid and
    how much of what is paid they earn, and what a minimum savings rate, settlement over the whole
    contract, a corridor and a limit per case would change.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.answers.table_file import check_table_path, provenance, write_tables
    from simulator.questions.luck.ask import check_luck
    from simulator.questions.luck.ask import luck as ask
    from simulator.questions.luck.policies import PolicySizes
    from simulator.questions.luck.report import print_luck
    from simulator.scenario.scenario import load_scenario
    from simulator.simulation.draws import Draws

    loaded = load_scenario(scenario, overrides)
    workers = (os.cpu_count() or 1) if workers is None else workers
    sizes = (minimum_savings_rate, corridor_width, corridor_cluster_share, per_case_limit)
    simulated = (Draws(contracts, seed, workers),)
    shares, problems = numbers_of(savings, "--savings", "shares with commas between, such as 0.01,0.02")
    try:
        check_luck(loaded, shares or (policy_saving,), policy_saving, PolicySizes(*sizes), *simulated)
    except InputError as error:
        problems += error.problems
    try:
        if out:
            check_table_path(out)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    with progress_bar(1, "simulations") as show:
        answer = ask(loaded, shares, policy_saving, *sizes, *simulated, show)
    if out:
        question = (
            f"luck --savings {savings} --policy-saving {policy_saving:g} "
            f"--minimum-savings-rate {minimum_savings_rate:g} --corridor-width {corridor_width:g} "
            f"--corridor-cluster-share {corridor_cluster_share:g} --per-case-limit {per_case_limit:g}"
        )
        origin = provenance(loaded, question, answer.contracts, answer.seed)
        write_tables(out, answer.tables(), origin | {"answer": " ".join(answer.sentences())})
    print_luck(answer, Printer())
    if out:
        click.echo(f"written to {printable(out)}", err=True)
