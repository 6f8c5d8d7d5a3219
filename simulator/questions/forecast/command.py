"""The command `forecast`."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from simulator.answers.command import Ask, Asked, question

_actuals_option = click.option(
    "--actuals",
    type=click.Path(path_type=Path),
    required=True,
    help="CSV file of the year's first months: month (such as 2010-04), cluster, line, spend_gbp, and count "
    "where it is known.",
)
_budgets_option = click.option(
    "--budgets",
    type=click.Path(path_type=Path),
    help="CSV file of the year's budgets as handed over: cluster, budget_gbp; the scenario's expected ones "
    "by default.",
)


@question("years")
@_actuals_option
@_budgets_option
def forecast(asked: Asked, actuals: Path, budgets: Path | None) -> Ask:
    """Say where a year of SCENARIO will end, given its first months.

    Learns the year's shocks from spend so far, and from counts where they are known, and draws the rest
    of the year: the outturn and its range, the chance of an overspend, what the bond may lose, and the
    saving from now on that would bring the outturn back to the budget.
    """
    from simulator.questions.forecast.ask import forecast as ask
    from simulator.questions.forecast.ask import year_under_way

    with asked.problems.noted():
        year_under_way(asked.scenario, actuals, budgets)
    return partial(ask, asked.scenario, actuals, budgets, draws=asked.draws)
