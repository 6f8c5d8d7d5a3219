"""The bond: cash deposited with the PCT, drawn on for an overspend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import NonNegativeGbp, Share
from simulator.plain_words import per_cent_of, pounds_of, spaced
from simulator.records import Account, BoolArray, FloatArray, IntArray
from simulator.rules.ledger import Transfer, of_clusters
from simulator.rules.rule import Position, Rule

MONTHS_IN_A_YEAR = 12
_POSTED, _TOP_UP = "bond_posted", "bond_top_up"


class Bond(Rule):
    """A cluster that takes the practice share posts a bond; overspends are drawn from it first."""

    changes_overspends: ClassVar = "by_history"

    rule: Literal["bond"] = "bond"
    share_of_annual_budget: Share | None = None
    """Bond as a share of the first year's budget at the rate of a whole year."""
    gbp_per_head: NonNegativeGbp | None = None
    """Bond in pounds for each registered person; this or the share, and a cluster may differ."""
    deposited_by: Literal["practices", "partner"] = "practices"
    """Who posts the bond and gets back what is left: the practices or an external partner."""
    top_up: bool = False
    """Whether the bond is made up to its first size at each annual review."""
    interest_share_per_year: Share = 0.0
    """Interest that the PCT pays on what is in the bond at the end of a year."""
    when_exhausted: Literal["stays", "leaves"] = "stays"
    """Whether a cluster whose bond is used up goes on, or hands its budget back at the review.

    Not with `top_up`: a bond that is made up first is never used up.
    """
    financing_share_per_year: Share = 0.0
    """What the money in the bond costs who posts it, a year; it is paid to a lender."""
    split_between_practices_by: Literal["list_size", "need"] = "list_size"
    """How a cluster's practices share bond, draws and practice share between them; see `bond`."""

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        if (self.share_of_annual_budget is None) == (self.gbp_per_head is None):
            raise PydanticCustomError(
                "bond_size", "one of share_of_annual_budget and gbp_per_head, and not both"
            )
        return self

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        size = (
            f"{per_cent_of(self.share_of_annual_budget)} of a year's budget"
            if self.share_of_annual_budget is not None
            else f"{pounds_of(self.gbp_per_head or 0)} for each registered person"
        )
        poster = {
            "practices": "The practices post it, and at the end get back what is left.",
            "partner": "An external partner posts it, bears what is drawn, and at the end gets back what is "
            "left.",
        }[self.deposited_by]
        topped_up = (
            "At each annual review the bond is made up to its first size."
            if self.top_up
            else "The bond is not made up again after it has been drawn on."
        )
        ends = {
            "stays": "A cluster whose bond is used up carries on without one.",
            "leaves": "A cluster whose bond is used up hands its budget back at the annual review.",
        }[self.when_exhausted]
        by = spaced(self.split_between_practices_by)
        said = [
            f"A cluster that takes the practice share posts a bond of {size}, unless another sum is agreed "
            "with it. Its overspends are paid from the bond as far as that goes.",
            poster,
            topped_up,
        ]
        if self.interest_share_per_year:
            said.append(f"The PCT pays {per_cent_of(self.interest_share_per_year)} interest a year on it.")
        if self.financing_share_per_year:
            cost = per_cent_of(self.financing_share_per_year)
            said.append(f"The money costs whoever posts it {cost} a year, paid to a lender.")
        return (*said, ends, f"A cluster's practices divide its bond and its share between them by {by}.")

    @property
    def _depositor(self) -> Account:
        return Account.PRACTICES if self.deposited_by == "practices" else Account.PARTNER

    def open(self, position: Position) -> Iterable[Transfer]:
        """Return the deposits of the clusters that take the practice share."""
        if self.share_of_annual_budget is not None:
            usual = self.share_of_annual_budget * position.annual_budget_gbp
        else:
            usual = (self.gbp_per_head or 0.0) * position.terms.people
        agreed = position.terms.bond_gbp
        size = np.where(np.isnan(agreed), usual, agreed) * position.terms.takes_share
        size = np.broadcast_to(size, position.annual_budget_gbp.shape)
        yield Transfer(_POSTED, self._depositor, Account.BOND, size)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what is drawn for the year's overspends, up to what is in the bond."""
        draw = np.minimum(position.overspend_gbp, position.ledger.balance(Account.BOND))
        yield Transfer("bond_draw", Account.BOND, Account.CLUSTER, draw)

    def review(self, position: Position) -> Iterable[Transfer]:
        """Return what the money costs whoever posted it, the year's interest, and the top-up."""
        months = position.terms.months[position.year]
        if self.financing_share_per_year:
            # Money that was drawn costs on: who lent it wants interest until the contract ends.
            lent = position.so_far_gbp(_POSTED) + position.so_far_gbp(_TOP_UP)
            cost = self.financing_share_per_year * months / MONTHS_IN_A_YEAR * lent
            yield Transfer("bond_financing", self._depositor, Account.LENDER, cost)
        interest = (self.growth_in(months) - 1) * position.ledger.balance(Account.BOND)
        yield Transfer("bond_interest", Account.PCT, Account.BOND, interest)
        if self.top_up:
            missing = position.so_far_gbp(_POSTED) - position.ledger.balance(Account.BOND)
            made_up = Transfer(_TOP_UP, self._depositor, Account.BOND, np.maximum(missing, 0.0))
            yield from of_clusters(position.goes_on, [made_up])

    def close(self, position: Position) -> Iterable[Transfer]:
        """Return what is left of the bond, with its interest, to who deposited it."""
        left = position.ledger.balance(Account.BOND).copy(order="K")
        yield Transfer("bond_release", Account.BOND, self._depositor, left)

    def leavers(self, position: Position) -> BoolArray | None:
        """Return the clusters that posted a bond and have used it up."""
        if self.when_exhausted == "stays":
            return None
        posted = position.so_far_gbp(_POSTED) > 0
        return np.asarray(posted & (position.ledger.balance(Account.BOND) <= 0))

    def growth_in(self, months: IntArray) -> FloatArray:
        """Return what a pound that stays in the bond becomes in so many months."""
        return 1 + self.interest_share_per_year * months / MONTHS_IN_A_YEAR

    def needed_gbp(self, claims_gbp: FloatArray, months: IntArray) -> FloatArray:
        """Return the smallest bonds, as first posted, that pay claims of shape (contract, year).

        Takes ``months`` of each year in which the bond stands, shape (year,).
        """
        # The interest that the bond earns pays claims too; a bond that is topped up starts each year at its
        # first size at least.
        needed = np.zeros(len(claims_gbp))
        starts: list[tuple[FloatArray, float]] = []
        # A bond b has at least b in it at each start. It pays what has been claimed since then if b is
        # no less than those claims, each worth less by the interest earned before it; from any start
        # will do.
        growth = self.growth_in(months).tolist()
        for year in range(len(growth)):
            if year == 0 or self.top_up:
                starts.append((np.zeros(len(claims_gbp)), 1.0))
            claimed = [(total + worth * claims_gbp[:, year], worth) for total, worth in starts]
            needed = np.maximum(needed, np.minimum.reduce([total for total, _ in claimed]))
            starts = [(total, worth / growth[year]) for total, worth in claimed]
        return needed

    @classmethod
    def example(cls) -> Self:
        """Two per cent of the annual budget, not topped up."""
        return cls(share_of_annual_budget=0.02)
