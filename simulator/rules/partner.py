"""The external partner: it has a part of gains, losses and bond, for a fee."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np

from simulator.parts import Share
from simulator.plain_words import joined, per_cent_of
from simulator.records import Account, FloatArray
from simulator.rules.bond import FINANCING, PAID_BACK
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class Partner(Rule):
    """An external partner settles with the practices at each review, for clusters that take the share.

    It has a part of what they keep of surpluses; it bears a part of what they lose of the bond and pay beyond
    it, and of what the bond costs them. It is listed after the bond. No source says
    how large such parts are: any is an assumption.
    """

    changes_overspends: ClassVar = "never"

    rule: Literal["partner"] = "partner"
    gains_share: Share = 0.0
    """Share that it has of what practices keep of surpluses."""
    losses_share: Share = 0.0
    """Share that it bears of what practices lose: what is drawn from their bond or paid back for it, and what
    they are liable for beyond it."""
    bond_share: Share = 0.0
    """Share of the bond's money that it puts up: it bears that part of what that costs, and has it of what
    that earns."""
    fee_share_of_budget: Share = 0.0
    """What practices pay it for that each year, as a share of the year's budget."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        parts = {
            "of what practices keep of surpluses": self.gains_share,
            "of what they lose on overspends": self.losses_share,
            "of what the bond costs and earns": self.bond_share,
        }
        said = [f"{per_cent_of(share)} {what}" for what, share in parts.items() if share]
        parts_of = f"An external partner has {joined(said) if said else 'no part of gains and losses'}."
        if not self.fee_share_of_budget:
            return (parts_of,)
        return (parts_of, f"Practices pay it {per_cent_of(self.fee_share_of_budget)} of each year's budget.")

    def review(self, position: Position) -> Iterable[Transfer]:
        """Return what partner and practices owe each other for the year."""
        ledger, year, terms = position.ledger, position.year, position.terms
        gains, losses, bond = (self._part(position, share) for share in self._shares)
        mine, its, theirs = Account.PRACTICES, Account.PARTNER, Account.CLUSTER
        owns_bond = ledger.has_way(mine, Account.BOND)
        drawn = ledger.in_year(year, Account.BOND, theirs) if owns_bond else 0.0
        earned = ledger.in_year(year, Account.PCT, Account.BOND) if owns_bond else 0.0
        lost = ledger.in_year(year, mine, theirs) + drawn + ledger.in_year(year, mine, reason=PAID_BACK)
        yield Transfer("partner_gains", mine, its, gains * ledger.in_year(year, theirs, mine))
        yield Transfer("partner_losses", its, mine, losses * lost)
        cost = ledger.in_year(year, mine, reason=FINANCING)
        yield Transfer("partner_bond_cost", its, mine, bond * cost)
        yield Transfer("partner_bond_interest", mine, its, bond * earned)
        has_part = terms.takes_share & (np.maximum(np.maximum(gains, losses), bond) > 0)
        fee = self.fee_share_of_budget * position.budget_gbp * has_part
        yield Transfer("partner_fee", mine, its, fee)

    @property
    def _shares(self) -> tuple[float, float, float]:
        return self.gains_share, self.losses_share, self.bond_share

    @staticmethod
    def _part(position: Position, share: float) -> FloatArray:
        """Return a share for each cluster, its own where it has one, shape (cluster,)."""
        legal = position.terms.legal
        if legal is None:
            return np.full(len(position.terms.names), share)
        return np.where(np.isnan(legal.partner_share), share, legal.partner_share)

    @classmethod
    def example(cls) -> Self:
        """A third of all, for a fifth of a per cent of the budget."""
        return cls(gains_share=0.3, losses_share=0.3, bond_share=0.3, fee_share_of_budget=0.002)
