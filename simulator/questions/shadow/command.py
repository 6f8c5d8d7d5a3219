"""The command `shadow`."""

from __future__ import annotations

from functools import partial

import click

from simulator.answers.command import Ask, Asked, question


@question("contracts")
@click.option("--years", type=int, default=3, show_default=True, help="Most shadow years, 1 to 5.")
def shadow(asked: Asked, years: int) -> Ask:
    """Say what years of budgets on paper are worth to SCENARIO before budgets are real.

    Shows, after none, one and more shadow years, how far a fair budget misses the next outturn, the
    bond needed, the overspend and the practice share to expect, and when each cluster is ready.
    """
    from simulator.questions.shadow.ask import check_shadow
    from simulator.questions.shadow.ask import shadow as ask

    check_shadow(asked.scenario, years)
    return partial(ask, asked.scenario, years, draws=asked.draws)
