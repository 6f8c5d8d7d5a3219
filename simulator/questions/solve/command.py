"""The command `solve`."""

from __future__ import annotations

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question, row_of
from simulator.errors import InputError, Problem, shown


@question("values")
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
    help='MEASURE >= VALUE with a column of the summary, for example "large_overspend_probability < 0.1"; or '
    'with a measure on both sides, "practice_share >= expected_bond_draw".',
)
@click.option("--cluster", help="Whose measure; that of all clusters together by default.")
@click.option(
    "--tolerance",
    type=float,
    default=0.001,
    show_default=True,
    help="How closely to search, as a share of the range.",
)
def solve(asked: Asked, vary: tuple[str, ...], so_that: str, cluster: str | None, tolerance: float) -> Ask:
    """Find the value of a setting of SCENARIO that makes a measure of risk what it should be.

    For example the smallest cluster whose chance of a large overspend is below 10%, or the share of
    surpluses that the pool needs to pay for overspends with 90% probability.
    """
    from simulator.questions.solve.ask import solve as ask
    from simulator.questions.solve.condition import check_question, check_range

    row = row_of(cluster)
    with asked.problems.noted():
        check_question(asked.scenario, so_that, row, tolerance, asked.draws)
    key, low, high = _range(vary)
    check_range(asked.scenario, key, low, high)
    return partial(
        ask, asked.scenario, key, low, high, so_that, cluster=row, tolerance=tolerance, draws=asked.draws
    )


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
        need, hint = "KEY=LOW:HIGH, with two numbers", "rules.surplus.pct_return_share=0.3:1"
        raise InputError([Problem("--vary", need, shown(vary[0]), hint)]) from None
