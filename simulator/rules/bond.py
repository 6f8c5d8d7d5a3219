"""The bond: cash deposited with the PCT, drawn on for an overspend."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import NonNegativeGbp, Share
from simulator.records import Account, BoolArray, FloatArray, Reason
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule

MONTHS_IN_A_YEAR = 12


class Bond(Rule):
    """A cluster that takes the practice share posts a bond; overspends are drawn from it first."""

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
    """Whether a cluster whose bond is used up goes on, or hands its budget back at the review."""
    financing_share_per_year: Share = 0.0
    """What the money in the bond costs who posts it, a year; it is paid to a lender, outside the scheme."""
    split_between_practices_by: Literal["list_size", "need"] = "list_size"
    """How a cluster's practices share bond, draws and practice share between them; see `bond`."""

    @model_validator(mode="after")
    def _has_one_size(self) -> Self:
        if (self.share_of_annual_budget is None) == (self.gbp_per_head is None):
            raise PydanticCustomError(
                "bond_size", "one of share_of_annual_budget and gbp_per_head, and not both"
            )
        return self

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
        yield Transfer(Reason.BOND_POSTED, self._depositor, Account.BOND, size)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what is drawn for the year's overspends, up to what is in the bond."""
        draw = np.minimum(position.overspend_gbp, position.ledger.balance(Account.BOND))
        yield Transfer(Reason.BOND_DRAW, Account.BOND, Account.CLUSTER, draw)

    def review(self, position: Position) -> Iterable[Transfer]:
        """Return the year's interest, and the top-up where there is one."""
        interest = self._interest_gbp(position)
        yield Transfer(Reason.BOND_INTEREST, Account.PCT, Account.BOND, interest)
        if self.top_up and not position.is_last_year:
            missing = position.so_far_gbp(Reason.BOND_POSTED) - position.ledger.balance(Account.BOND)
            yield Transfer(Reason.BOND_TOP_UP, self._depositor, Account.BOND, np.maximum(missing, 0.0))

    def close(self, position: Position) -> Iterable[Transfer]:
        """Return what is left of the bond, with its interest, to who deposited it."""
        left = position.ledger.balance(Account.BOND).copy()
        yield Transfer(Reason.BOND_RELEASE, Account.BOND, self._depositor, left)

    def leavers(self, position: Position) -> BoolArray | None:
        """Return the clusters that posted a bond and have used it up."""
        if self.when_exhausted == "stays":
            return None
        posted = position.so_far_gbp(Reason.BOND_POSTED) > 0
        return np.asarray(posted & (position.ledger.balance(Account.BOND) <= 0))

    def _interest_gbp(self, position: Position) -> FloatArray:
        part_of_year = position.terms.year_months[position.year] / MONTHS_IN_A_YEAR
        balance = position.ledger.balance(Account.BOND)
        return np.asarray(self.interest_share_per_year * part_of_year * balance)

    @classmethod
    def example(cls) -> Self:
        """Two per cent of the annual budget, not topped up."""
        return cls(share_of_annual_budget=0.02)
