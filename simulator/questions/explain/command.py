"""The command `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from simulator.answers.command import Ask, Asked, Show, question, row_of
from simulator.errors import unknown

if TYPE_CHECKING:
    from simulator.questions.explain.answer import Explanation


@question("contracts")
@click.option("--cluster", help='Explain this cluster, by year and service line; or "all", for all together.')
def explain(asked: Asked, cluster: str | None) -> Ask:
    """Say what makes budget less spend vary in SCENARIO: what pooling can cure, and what it cannot.

    Splits the variance into chance in counts and in unit costs, the cluster's own shocks, PCT-wide
    shocks, and the luck of the year whose spend set the budget. The contracts are those of `run`.
    """
    from simulator.questions.explain.ask import explain as ask
    from simulator.risk.account_book import ALL_CLUSTERS

    row = row_of(cluster)
    names = (*(one.name for one in asked.scenario.settings.clusters), ALL_CLUSTERS)
    if row is not None:
        asked.problems += unknown("--cluster", row, names)

    def explained(*, progress: Show) -> Explanation:
        answer = ask(asked.scenario, draws=asked.draws, progress=progress)
        return answer if row is None else answer.of(row)

    return explained
