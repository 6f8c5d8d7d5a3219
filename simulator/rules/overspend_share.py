"""The overspend share: of an overspend the cluster bears a share, up to a cap; the PCT bears the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np

from simulator.parts import Share
from simulator.plain_words import per_cent_of
from simulator.records import Account
from simulator.rules.ledger import Transfer
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.rule import Position, Rule


class OverspendShare(Rule):
    """Of a year's overspend the cluster bears a share, up to a cap, and the PCT the rest for good.

    Source: shared losses of the Medicare Shared Savings Program (42 CFR 425.605 and 425.610): in BASIC E 30%
    of them, at most 4% of the benchmark; in ENHANCED from 40%, at most 15%; from the first dollar once a
    minimum loss rate is met. It is listed before the rules that pay for overspends.
    """

    changes_overspends: ClassVar = "by_year"

    rule: Literal["overspend_share"] = "overspend_share"
    cluster_share: Share
    """Share of an overspend that the cluster bears."""
    minimum_loss_rate: MinimumRate | None = None
    """Least overspend of which the cluster bears anything."""
    cap_share_of_budget: Share | None = None
    """Most that the cluster bears of a year's overspend, as a share of the year's budget."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        share = per_cent_of(self.cluster_share)
        said = [
            f"Of an overspend the cluster bears {share}, and the PCT the rest. A bond need not cover that."
        ]
        if rate := self.minimum_loss_rate:
            counts = {"first_pound": "all of it counts", "excess": "what lies beyond that counts"}
            least = rate.in_words("year")
            said.append(
                f"It bears nothing of an overspend below {least}; from there on {counts[rate.once_met]}."
            )
        if self.cap_share_of_budget is not None:
            most = per_cent_of(self.cap_share_of_budget)
            said.append(f"It bears at most {most} of the year's budget.")
        return tuple(said)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the PCT bears of the year's overspends."""
        overspend, budget = position.overspend_gbp, position.budget_gbp
        counted = overspend
        if self.minimum_loss_rate is not None:
            counted = self.minimum_loss_rate.counted_gbp(overspend, budget, position.terms.people)
        borne = self.cluster_share * counted
        if self.cap_share_of_budget is not None:
            borne = np.minimum(borne, self.cap_share_of_budget * budget)
        paid = overspend - borne
        yield Transfer("overspend_share_payment", Account.PCT, Account.CLUSTER, paid, moves_outturn=True)

    @classmethod
    def example(cls) -> Self:
        """Medicare's BASIC E, without its minimum rate."""
        return cls(cluster_share=0.3, cap_share_of_budget=0.04)
