"""The command `size`."""

from __future__ import annotations

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question
from simulator.errors import InputError, Problem, shown


@question("sizes")
@click.option(
    "--people", default="1000:1000000", show_default=True, metavar="LOW:HIGH", help="Range of sizes."
)
@click.option("--points", type=int, default=7, show_default=True, help="How many sizes, in equal ratios.")
def size(asked: Asked, people: str, points: int) -> Ask:
    """Say how the risk of SCENARIO depends on the size of a cluster, and what pooling cures.

    Shows the chance of overspend, the bond and the practice share earned by luck from small to
    large, the scenario's own clusters under one joint bond, and the risk that no size cures.
    """
    from simulator.questions.size.ask import check_people, check_points
    from simulator.questions.size.ask import size as ask

    with asked.problems.noted():
        check_points(points)
    ends = _range(people)
    check_people(ends)
    return partial(ask, asked.scenario, ends, points, draws=asked.draws)


def _range(people: str) -> tuple[float, float]:
    """Return the ends of LOW:HIGH."""
    low, _, high = people.partition(":")
    try:
        return float(low), float(high)
    except ValueError:
        problem = Problem("--people", "LOW:HIGH, with two numbers", shown(people), "1000:1000000")
        raise InputError([problem]) from None
