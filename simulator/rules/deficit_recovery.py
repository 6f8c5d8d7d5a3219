"""Deficits carried forward: later surpluses first repay what the PCT had to pay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

import numpy as np

from simulator.records import Account, Reason
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class DeficitRecovery(Rule):
    """A cluster's surplus repays what the PCT paid for it in earlier years. List it before the split."""

    rule: Literal["deficit_recovery"] = "deficit_recovery"

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return the repayments out of the year's surpluses."""
        paid = position.so_far_gbp(Reason.PCT_PAYMENT) - position.so_far_gbp(Reason.DEFICIT_REPAID)
        repaid = np.minimum(position.surplus_gbp, np.maximum(paid, 0.0))
        yield Transfer(Reason.DEFICIT_REPAID, Account.CLUSTER, Account.PCT, repaid)

    @classmethod
    def example(cls) -> Self:
        """The rule has no settings."""
        return cls()
