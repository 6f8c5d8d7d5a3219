"""The command `frontier`."""

from __future__ import annotations

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question, row_of
from simulator.questions.sweep.command import together_option, vary_option

_A_MEASURE = "A column of the summary, with or without its unit: pct_cost stands for pct_cost_gbp."


@question("policies")
@vary_option
@together_option
@click.option("--minimise", multiple=True, metavar="MEASURE", help=_A_MEASURE)
@click.option("--maximise", multiple=True, metavar="MEASURE", help=_A_MEASURE)
@click.option("--cluster", help="Whose measures; those of all clusters together by default.")
def frontier(
    asked: Asked,
    vary: tuple[str, ...],
    together: bool,
    minimise: tuple[str, ...],
    maximise: tuple[str, ...],
    cluster: str | None,
) -> Ask:
    """Find the policies for SCENARIO that no other beats on both of two goals.

    For example --minimise pct_cost --maximise practice_net_gain. Policies are every combination of the
    values that --vary gives; those that others beat only within chance are named.
    """
    from simulator.questions.frontier.ask import find_frontier, frontier_question
    from simulator.risk.account_book import ALL_CLUSTERS

    whose = row_of(cluster) or ALL_CLUSTERS
    policies, goals = frontier_question(
        asked.scenario, vary, minimise, maximise, cluster=whose, together=together, draws=asked.draws
    )
    return partial(find_frontier, policies, goals, asked.draws.workers)
