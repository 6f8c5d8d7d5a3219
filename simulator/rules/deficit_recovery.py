"""Deficits carried forward: later surpluses first repay what the PCT had to pay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np

from simulator.records import UNCOVERED, Account
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule

_REPAID = "deficit_repaid"


class DeficitRecovery(Rule):
    """A cluster's surplus repays what the PCT paid for it in earlier years. List it before the split."""

    changes_overspends: ClassVar = "never"

    rule: Literal["deficit_recovery"] = "deficit_recovery"

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        return ("A cluster's surplus first repays what the PCT had to pay for its earlier overspends.",)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return the repayments out of the year's surpluses."""
        paid = position.so_far_gbp(UNCOVERED) - position.so_far_gbp(_REPAID)
        repaid = np.minimum(position.surplus_gbp, np.maximum(paid, 0.0))
        yield Transfer(_REPAID, Account.CLUSTER, Account.PCT, repaid)

    @classmethod
    def example(cls) -> Self:
        """The rule has no settings."""
        return cls()
