"""The command `luck`."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from simulator.answers.command import Ask, Asked, question

_number = partial(click.option, type=float, show_default=True)


@question("simulations")
@click.option(
    "--savings",
    default="0.01,0.02,0.03,0.05",
    show_default=True,
    help="True savings, as shares of demand with commas between.",
)
@_number("--policy-saving", default=0.02, help="True saving at which rules are compared.")
@_number(
    "--minimum-savings-rate",
    default=0.02,
    help="Least surplus to share in, as a share of the budget. An assumption, as the next three are.",
)
@_number("--corridor-width", default=0.02, help="Width either side of the budget, as a share of it.")
@_number(
    "--corridor-cluster-share",
    default=0.5,
    help="Share of what lies beyond the corridor that stays with the cluster.",
)
@_number("--per-case-limit", default=50_000, help="Most that a cluster answers for of one case, in pounds.")
def luck(asked: Asked, savings: str, policy_saving: float, **sizes: Any) -> Ask:
    """Say what practices of SCENARIO are paid for luck, and which true savings go unpaid.

    Shows what is paid if nobody truly saves anything, how likely true savings are to go unpaid and
    how much of what is paid they earn, and what a minimum savings rate, settlement over the whole
    contract, a corridor and a limit per case would change.
    """
    from simulator.questions.luck.ask import PolicySizes, check_luck
    from simulator.questions.luck.ask import luck as ask

    shares = asked.numbers(savings, "--savings", "shares with commas between, such as 0.01,0.02")
    check_luck(asked.scenario, shares or (policy_saving,), policy_saving, PolicySizes(**sizes), asked.draws)
    return partial(ask, asked.scenario, shares, policy_saving=policy_saving, **sizes, draws=asked.draws)
