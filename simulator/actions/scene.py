"""What actions act on: what is known before anything is drawn, and the spend that was drawn."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from simulator.records import Account, BoolArray, FinancialYear, FloatArray, Outturn, Spend, SpendElsewhere

Books = Callable[[Spend], tuple[Spend, Outturn]]
"""What is paid for care, and how that stands to budgets: what the plan makes of care at the tariff."""
Months = tuple[tuple[FloatArray, ...], ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """Contract years, clusters and lines, as they are before any action."""

    years: tuple[FinancialYear, ...]  # contract years
    clusters: tuple[str, ...]  # names
    lines: tuple[str, ...]  # names
    people: FloatArray  # shape (cluster,); registered lists
    inside: BoolArray  # shape (year, month, cluster); months, April first, of each cluster's own contract
    month_shares: FloatArray  # shape (year, month, line); of a whole financial year's cases, April first
    expected_counts: FloatArray  # shape (year, cluster, line); cases before actions and shocks
    # shape (line,); squared CV of spend where one case is expected; where N are it is 1 / N of that.
    chance_of_a_case: FloatArray
    per_case: BoolArray  # shape (line,); whether a line is paid per case: no action moves a fixed sum
    responsibility: FloatArray  # shape (cluster, line); proportion that each cluster answers for
    price_growth: FloatArray  # shape (line,); expected growth of prices a year

    @property
    def arrays(self) -> tuple[FloatArray | BoolArray, ...]:
        """All that is not a name."""
        return (
            self.people,
            self.inside,
            self.month_shares,
            self.expected_counts,
            self.chance_of_a_case,
            self.per_case,
            self.responsibility,
            self.price_growth,
        )

    def months_of(self, year: int) -> FloatArray:
        """Return each month's share of a contract year's expected cases, shape (month, cluster, line)."""
        inside = self.inside[year][..., None] * self.month_shares[year][:, None, :]
        whole = inside.sum(axis=0)
        return np.asarray(np.divide(inside, whole, out=np.zeros_like(inside), where=whole > 0))


@dataclass(frozen=True, slots=True)
class Care:
    """Spend of one block of contracts, on its way through the actions."""

    scene: Scene
    spend: Spend
    books: Books
    # Of each contract year, then of each line: the share of its spend that falls in each month, shape
    # (contract, month, cluster), April first. Empty where no action asks for months.
    months: Months = ()

    def by_month(self, year: int, more: Mapping[int, FloatArray], *, held_back: bool) -> Care:
        """Return the care with more spend in the months of a contract year, and so in that year.

        Takes a share of what each month has, by line, to go with (contract, month, cluster); below zero for
        less.
        """
        of_year = np.ones(self.spend.contract_gbp.shape, order="F")
        changed = list(self.months[year])
        for line, share in more.items():
            moved = changed[line] * share
            # No less than nothing: what is left of no care is rounding.
            whole = np.maximum(1 + moved.sum(axis=1, keepdims=True), 0.0)
            of_year[:, year, :, line] = whole[:, 0]
            now, before = changed[line] + moved, changed[line].copy()
            changed[line] = np.divide(now, whole, out=before, where=whole > 0)
        months = (*self.months[:year], tuple(changed), *self.months[year + 1 :])
        return replace(self.times(of_year, held_back=held_back), months=months)

    def times(self, factor: FloatArray, *, held_back: bool = False) -> Care:
        """Return the care with spend of the contract years multiplied.

        Takes a factor of shape (contract or 1, year, cluster, line). What is taken away is told as care
        held back where it is care that people would have had.
        """
        spend = self.spend
        # A block is drawn whole, though fewer of its contracts may be wanted.
        factor = factor[: len(spend.gbp)]
        gbp = spend.gbp.copy(order="K")
        gbp[:, 1:] *= factor
        above = spend.above_limit_gbp
        if above is not None:
            above = above.copy(order="K")
            above[:, 1:] *= factor
        changed = replace(spend, gbp=gbp, above_limit_gbp=above)
        if held_back:
            less = (spend.contract_gbp - changed.contract_gbp) * self.scene.responsibility
            changed = replace(changed, held_back_gbp=_sum_of(spend.held_back_gbp, less.sum(axis=-1)))
        return replace(self, spend=changed)

    def paying(self, reason: str, payee: Account, share: FloatArray) -> Care:
        """Return the care with what is paid to others than hospitals, as a share of the spend as it is.

        Takes a share of shape (contract or 1, year, cluster, line). The spend itself stays.
        """
        above = self.spend.above_limit_gbp
        whole = self.spend.contract_gbp if above is None else self.spend.contract_gbp + above[:, 1:]
        gbp = np.asarray(whole * share[: len(whole)])
        if not gbp.any():
            return self
        paid = SpendElsewhere(reason, payee, gbp)
        return replace(self, spend=replace(self.spend, elsewhere=(*self.spend.elsewhere, paid)))


def _sum_of(before: FloatArray | None, more: FloatArray) -> FloatArray:
    return more if before is None else np.asarray(before + more)
