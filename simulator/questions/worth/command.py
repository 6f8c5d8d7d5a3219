"""The command `worth`."""

from __future__ import annotations

from functools import partial

from simulator.answers.command import Ask, Asked, question


@question("simulations")
def worth(asked: Asked) -> Ask:
    """Say what each action of SCENARIO is worth: alone, together, and for a pound spent on it.

    Shows what each action costs, what it saves, how likely it is to pay, what practices are paid for it and
    what care it holds back, for each cluster and for all; and what actions bring together beyond that.
    """
    from simulator.questions.worth.ask import check_worth
    from simulator.questions.worth.ask import worth as ask

    check_worth(asked.scenario)
    return partial(ask, asked.scenario, draws=asked.draws)
