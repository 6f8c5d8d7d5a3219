"""The command `bond`."""

from __future__ import annotations

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question


@question("simulations")
@click.option(
    "--cluster",
    "clusters",
    multiple=True,
    help="Whose bond; all clusters beside each other by default. Can be given again.",
)
@click.option(
    "--confidence",
    default="0.9,0.95,0.99",
    show_default=True,
    help="Probabilities, with commas between, with which a bond shall cover.",
)
def bond(asked: Asked, clusters: tuple[str, ...], confidence: str) -> Ask:
    """Say how big a bond a cluster must post in SCENARIO, and what its bond and share are worth.

    Gives the bond that covers overspends with each confidence, with and without top-up, what each
    size of bond would do, what becomes of the bond that the scenario posts, the practice share to
    expect, and the true saving that would repay the bond.
    """
    from simulator.questions.bond.ask import bond as ask
    from simulator.questions.bond.ask import check_bond

    what = "probabilities with commas between, such as 0.9,0.95"
    confidences = asked.numbers(confidence, "--confidence", what)
    with asked.problems.noted():
        check_bond(asked.scenario, clusters or None, confidences or (0.95,), asked.draws)
    one = clusters[0] if len(clusters) == 1 else clusters or None
    return partial(ask, asked.scenario, one, confidences=confidences, draws=asked.draws)
