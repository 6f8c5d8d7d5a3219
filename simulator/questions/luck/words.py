"""What the numbers of `luck` say, in sentences that can be read aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.questions.luck.estimates import LUCK_SHARE, PAID, SHARE, UNPAID, change_of
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money, per_cent

if TYPE_CHECKING:
    from simulator.questions.luck.answer import LuckAnswer


def sentences(answer: LuckAnswer) -> tuple[str, ...]:
    """Return what is paid for luck, which saving goes unpaid, and what the first other rule would change."""
    return (_for_luck(answer), _unpaid(answer), *(_other(answer, name) for name in answer.policy_names[1:2]))


def _for_luck(answer: LuckAnswer) -> str:
    found = answer.row().estimates
    if not found[PAID].value > 0:
        return "With no true saving at all, practices would be paid nothing."
    clusters = len(answer.names) - 1
    those = "clusters" if answer.is_whole else "clusters that take the share"
    whose = f"the {clusters} {those}" if clusters > 1 else answer.names[0]
    return (
        f"With no true saving at all, practices of {whose} would be paid {money(found[SHARE])} over the "
        f"contract for luck: a cluster would be paid in {per_cent(found[PAID])} of contracts."
    )


def _unpaid(answer: LuckAnswer) -> str:
    found = answer.row(saving=answer.policy_saving).estimates
    unpaid = f"{_saving(answer)} would go unpaid in {per_cent(found[UNPAID])} of contracts"
    if LUCK_SHARE not in found:
        return f"{unpaid}."
    return f"{unpaid}; of what practices would then be paid, {per_cent(found[LUCK_SHARE])} is luck."


def _other(answer: LuckAnswer, policy: str) -> str:
    luck, saved = (answer.row(policy, one).estimates for one in (0.0, answer.policy_saving))
    before, change = answer.row(saving=answer.policy_saving).estimates[UNPAID], saved[change_of(UNPAID)]
    pause = "," if "," in policy else ""
    start = f"{policy[0].upper()}{policy[1:]}{pause} would {_effect(luck[change_of(SHARE)])}, and"
    if change.low <= 0 <= change.high:
        return f"{start} hardly change how often {_saving(answer).lower()} goes unpaid."
    after = f"in {per_cent(saved[UNPAID])} of contracts instead of {per_cent(before)}"
    return f"{start} leave {_saving(answer).lower()} unpaid {after}."


def _saving(answer: LuckAnswer) -> str:
    return f"A true saving of {100 * answer.policy_saving:g}%"


def _effect(change: Estimate) -> str:
    if change.low <= 0 <= change.high:
        return "hardly change what is paid for luck"
    size = Estimate(abs(change.value), *sorted((abs(change.low), abs(change.high))))
    return f"{'cut' if change.value < 0 else 'raise'} what is paid for luck by {money(size)}"
