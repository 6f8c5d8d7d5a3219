"""The risk corridor: near the budget the cluster's risk, beyond it the PCT's."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np

from simulator.parts import Share
from simulator.plain_words import per_cent_of
from simulator.records import Account, FloatArray
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class Corridor(Rule):
    """Beyond a width either side of the budget the PCT bears overspends, and takes surpluses alike.

    Within it the other rules hold, so it is listed before those that pay or share. Source of the
    form: the risk corridors of Medicare Part D (42 CFR 423.336), with one band in place of two.
    """

    changes_overspends: ClassVar = "by_year"

    rule: Literal["corridor"] = "corridor"
    width_share: Share
    """Width either side of the budget, as a share of the year's budget."""
    cluster_share_beyond: Share
    """Share of what lies beyond that stays with the cluster; 0 leaves all of it to the PCT."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        left = per_cent_of(1 - self.cluster_share_beyond)
        return (
            f"Risk beyond a corridor of {per_cent_of(self.width_share)} either side of the year's budget is "
            f"shared with the PCT: of an overspend or a surplus beyond it the PCT takes {left}, and "
            f"{per_cent_of(self.cluster_share_beyond)} stays with the cluster. A bond need not cover the "
            "PCT's part.",
        )

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the PCT bears and takes of the year's outturn beyond the corridor."""
        width = self.width_share * position.budget_gbp
        borne = self._pct_part_gbp(position.overspend_gbp - width)
        taken = self._pct_part_gbp(position.surplus_gbp - width)
        yield Transfer("corridor_payment", Account.PCT, Account.CLUSTER, borne, moves_outturn=True)
        yield Transfer("corridor_return", Account.CLUSTER, Account.PCT, taken, moves_outturn=True)

    def _pct_part_gbp(self, beyond_gbp: FloatArray) -> FloatArray:
        return np.asarray((1 - self.cluster_share_beyond) * np.maximum(beyond_gbp, 0.0))

    @classmethod
    def example(cls) -> Self:
        """Five per cent either side, as in Part D since 2008; half of what lies beyond."""
        return cls(width_share=0.05, cluster_share_beyond=0.5)
