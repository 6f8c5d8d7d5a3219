"""The pool: returned surpluses pay for overspends elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

import numpy as np

from simulator.records import Account
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class Pool(Rule):
    """What some clusters return pays for what bonds do not cover; in proportion when it is short."""

    rule: Literal["pool"] = "pool"
    holds_top_slice: bool = False
    """Whether the contingency that the PCT holds back from budgets is paid into the pool."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        said = (
            "What clusters return to the PCT is kept in a pool, which pays the overspends that are still "
            "unpaid.",
            "Where it holds too little, it pays every cluster the same proportion.",
        )
        held_back = "What the PCT holds back from budgets as contingency is paid into the pool."
        return (*said, held_back) if self.holds_top_slice else said

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the pool pays for each cluster, and before that the top-slice it is given."""
        available = position.ledger.balance(Account.POOL).sum(axis=1)
        if self.holds_top_slice:
            yield Transfer("top_slice", Account.PCT, Account.POOL, position.top_slice_gbp)
            available = available + position.top_slice_gbp.sum(axis=1)
        unpaid = position.overspend_gbp
        needed = unpaid.sum(axis=1)
        available = np.maximum(available, 0.0)
        share = np.divide(available, needed, out=np.ones_like(needed), where=available < needed)
        payment = unpaid * np.clip(share, 0.0, 1.0)[:, None]
        yield Transfer("pool_payment", Account.POOL, Account.CLUSTER, payment)

    @classmethod
    def example(cls) -> Self:
        """A pool of returned surpluses alone."""
        return cls()
