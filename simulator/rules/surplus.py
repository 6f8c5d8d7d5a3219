"""How a surplus is split between practices, the PCT and patient care, and which is too small to be shared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Share
from simulator.plain_words import per_cent_of
from simulator.records import BUDGET, Account, FloatArray, IntArray
from simulator.rules.bond import MONTHS_IN_A_YEAR
from simulator.rules.ledger import Transfer, of_clusters
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.rule import Position, Rule


class SurplusSplit(Rule):
    """Practices may keep a share of a surplus; the rest returns to the PCT or is reinvested.

    Source: NHS Cambridgeshire's offer of 2010: practices 10%, PCT 30-50%, patient care 50-70%.
    It does not say which part the 10% comes out of, so `practice_share_from` does.
    """

    changes_overspends: ClassVar = "never"

    rule: Literal["surplus"] = "surplus"
    practice_share: Share
    """Share of a surplus that practices keep as income, for a cluster that takes it."""
    practice_share_from: Literal["top", "reinvestment", "pct_return"]
    """Part that the practice share comes out of: `top` is before the split between the others."""
    pct_return_share: Share
    """Share that returns to the PCT: of the whole surplus, or with `top` of what practices leave."""
    needs_bond: bool = True
    """Whether only a cluster that has posted a bond may keep the practice share."""
    minimum_savings_rate: MinimumRate | None = None
    """Least surplus that practices share in; the rest of the split is of every surplus all the same."""
    cap_share_of_budget: Share | None = None
    """Most that practices may keep, as a share of the budget of the period that is settled."""
    settlement: Literal["each_year", "whole_contract"] = "each_year"
    """What practices share in: each year's surplus, or the contract's surpluses less its overspends.

    With `whole_contract` the share of each year's surplus is held, without interest, until the last
    year. It waits in an account of its own: in the pool, other clusters' overspends would use it up.
    """

    @model_validator(mode="after")
    def _part_is_large_enough(self) -> Self:
        parts = {"top": 1.0, "reinvestment": 1 - self.pct_return_share, "pct_return": self.pct_return_share}
        # A hair of rounding: 1 - 0.9 is just below 0.1.
        if self.practice_share > parts[self.practice_share_from] + 1e-12:
            raise PydanticCustomError(
                "part_too_small", "a practice_share no larger than the part that it comes out of"
            )
        return self

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        share, returned = per_cent_of(self.practice_share), per_cent_of(self.pct_return_share)
        reinvested = per_cent_of(1 - self.pct_return_share)
        split = {
            "top": f"Practices may keep {share} of a surplus as income, taken before the rest is split: of "
            f"that, {returned} returns to the PCT and {reinvested} is reinvested in patient care.",
            "reinvestment": f"Of a surplus, {returned} returns to the PCT and {reinvested} is for patient "
            f"care. Practices may keep {share} of the surplus as income, which comes out of the part for "
            "patient care.",
            "pct_return": f"Of a surplus, {returned} is for the PCT and {reinvested} is reinvested in "
            f"patient care. Practices may keep {share} of the surplus as income, which comes out of the "
            "PCT's part.",
        }[self.practice_share_from]
        bond = (
            "Only a cluster that has posted a bond may keep the practice share."
            if self.needs_bond
            else "A cluster may keep the practice share without a bond."
        )
        when = {
            "each_year": "Surpluses are shared year by year: a later overspend takes nothing back.",
            "whole_contract": "Practices share in what the whole contract's surpluses leave after its "
            "overspends: their part of each year's surplus is held, without interest, until the last year.",
        }[self.settlement]
        rate, period = self.minimum_savings_rate, "year" if self.settlement == "each_year" else "contract"
        least = (_least_in_words(rate, period),) if rate else ()
        cap = self.cap_share_of_budget
        most = () if cap is None else (f"They may keep at most {per_cent_of(cap)} of the {period}'s budget.",)
        return (split, bond, *least, *most, when)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return who gets what of the year's surplus, and what waits for the end of the contract."""
        surplus = position.surplus_gbp
        if self.settlement == "each_year":
            practices = self._practices_gbp(position, surplus)
            yield from _taken_out(position, practices, position.terms.months[position.year])
            yield from self._rest(surplus, practices)
        else:
            last = position.is_last_year
            yield from of_clusters(~last, self._held(position, surplus))
            yield from of_clusters(last, self._released(position, surplus))

    def _held(self, position: Position, surplus_gbp: FloatArray) -> Iterable[Transfer]:
        """Hold the most that may be the practices' of a surplus, and split the rest."""
        most = self.practice_share * surplus_gbp * self._may_keep(position)
        yield Transfer("share_held", Account.CLUSTER, Account.HELD, most)
        yield from self._rest(surplus_gbp, most)

    def _released(self, position: Position, surplus_gbp: FloatArray) -> Iterable[Transfer]:
        """Pay the practice share of the whole contract, out of what was held and the last surplus."""
        held = position.ledger.balance(Account.HELD).copy(order="K")
        practices = self._practices_gbp(position, np.maximum(position.ledger.outturn(), 0.0))
        yield Transfer("share_released", Account.HELD, Account.CLUSTER, held)
        yield from _taken_out(position, practices, position.terms.months.sum(axis=0))
        # What was held and is not the practices' after all is split as if it had never been held.
        yield from self._rest(surplus_gbp, practices - held)

    def _practices_gbp(self, position: Position, surplus_gbp: FloatArray) -> FloatArray:
        """Return the practice share of the surplus of a year, or of the whole contract."""
        rate, cap = self.minimum_savings_rate, self.cap_share_of_budget
        if rate is None and cap is None:
            return self.practice_share * surplus_gbp * self._may_keep(position)
        by_year = self.settlement == "each_year"
        budget_gbp = position.budget_gbp if by_year else position.so_far_gbp(BUDGET)
        if rate is not None:
            surplus_gbp = rate.counted_gbp(surplus_gbp, budget_gbp, position.terms.people)
        share_gbp = self.practice_share * surplus_gbp
        if cap is not None:
            share_gbp = np.minimum(share_gbp, cap * budget_gbp)
        return share_gbp * self._may_keep(position)

    def _rest(self, surplus_gbp: FloatArray, practices_gbp: FloatArray) -> Iterable[Transfer]:
        """Split what practices leave of a surplus between the PCT and patient care."""
        if self.practice_share_from == "top":
            returned = self.pct_return_share * np.maximum(surplus_gbp - practices_gbp, 0.0)
        else:
            returned = self.pct_return_share * surplus_gbp
            if self.practice_share_from == "pct_return":
                returned = np.maximum(returned - practices_gbp, 0.0)
        reinvested = np.maximum(surplus_gbp - practices_gbp - returned, 0.0)
        yield Transfer("pct_return", Account.CLUSTER, Account.POOL, returned)
        yield Transfer("reinvestment", Account.CLUSTER, Account.REINVESTMENT, reinvested)

    def _may_keep(self, position: Position) -> FloatArray:
        willing = position.terms.takes_share.astype(float)
        if not self.needs_bond:
            return willing
        return willing * (position.ledger.paid_into(Account.BOND) > 0)

    @classmethod
    def example(cls) -> Self:
        """The offer of 2010, with the practice share taken first."""
        return cls(practice_share=0.1, practice_share_from="top", pct_return_share=0.4)


def _taken_out(position: Position, share_gbp: FloatArray, months: IntArray) -> Iterable[Transfer]:
    """Pay the practice share out, as far as the cluster's legal form allows; the rest is for patient care.

    Practices have interest on the bond that they posted first, over so many months, shape (cluster,).
    """
    if (legal := position.terms.legal) is None:
        yield Transfer("practice_share", Account.CLUSTER, Account.PRACTICES, share_gbp)
        return
    capital_gbp = position.ledger.paid_into(Account.BOND, Account.PRACTICES)
    interest_gbp = np.minimum(legal.interest_cap_share * months / MONTHS_IN_A_YEAR * capital_gbp, share_gbp)
    capped_gbp = interest_gbp + legal.distribution_cap_share * (share_gbp - interest_gbp)
    taken_gbp = np.where(legal.distribution_cap_share < 1, np.minimum(capped_gbp, share_gbp), share_gbp)
    yield Transfer("practice_share", Account.CLUSTER, Account.PRACTICES, taken_gbp)
    yield Transfer("locked_in", Account.CLUSTER, Account.REINVESTMENT, share_gbp - taken_gbp)


def _least_in_words(rate: MinimumRate, period: str) -> str:
    """Return the least surplus that is shared in a whole sentence; `period` is a year or the contract."""
    shared = {
        "first_pound": "once it is, they share in all of it",
        "excess": "once it is, they share in what lies beyond that",
    }[rate.once_met]
    return f"Practices share in a surplus only if it is at least {rate.in_words(period)}; {shared}."
