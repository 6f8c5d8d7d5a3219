"""The bond: a sum that the PCT may draw on for an overspend, in cash or as somebody's word for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
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
_POSTED, _TOP_UP, _DRAWN = "bond_posted", "bond_top_up", "bond_draw"
FINANCING, PAID_BACK = "bond_financing", "bond_paid_back"
_DEPOSITORS = {"practices": Account.PRACTICES, "partner": Account.PARTNER, "lender": Account.LENDER}


@dataclass(frozen=True, slots=True)
class _Form:
    """What a form of bond means unless the rule says otherwise."""

    deposited_by: str  # one of `_DEPOSITORS`
    financing_share_per_year: float  # what it costs a year
    paid_back: bool  # whether practices pay back what is drawn
    who: str  # who stands behind it, in words


# A surety costs 0.5% to 3% of the sum a year in the US (brokers' pages, read), in the UK 1% to 3%
# (remembered): 2% is an assumption. A letter of credit costs about 1% (read), and is paid on demand. What a
# guarantee costs, no source says.
_FORMS = {
    "cash": _Form("practices", 0.0, False, ""),
    "surety": _Form("lender", 0.02, True, "A surety company"),
    "letter_of_credit": _Form("lender", 0.01, True, "A bank, by a letter of credit,"),
    "partner_guarantee": _Form("partner", 0.0, False, "An external partner, by a guarantee,"),
}


class Bond(Rule):
    """A cluster that takes the practice share posts a bond; overspends are drawn from it first."""

    changes_overspends: ClassVar = "by_history"

    rule: Literal["bond"] = "bond"
    share_of_annual_budget: Share | None = None
    """Bond as a share of the first year's budget at the rate of a whole year."""
    gbp_per_head: NonNegativeGbp | None = None
    """Bond in pounds for each registered person; this or the share, and a cluster may differ."""
    form: Literal["cash", "surety", "letter_of_credit", "partner_guarantee"] = "cash"
    """What the bond is made of: it decides the keys below that are left out."""
    deposited_by: Literal["practices", "partner", "lender"] | None = None
    """Who posts the bond and gets back what is left: the practices, an external partner or a lender.

    Left out: practices for cash, the lender for a surety and a letter of credit, the partner for a guarantee.
    """
    drawn_is_paid_back: bool | None = None
    """Whether practices pay back to the partner or lender, at the year's review, what was drawn.

    Left out: yes for a surety and a letter of credit.
    """
    top_up: bool = False
    """Whether the bond is made up to its first size at each annual review."""
    interest_share_per_year: Share = 0.0
    """Interest that the PCT pays on what is in the bond at the end of a year, where that is cash."""
    when_exhausted: Literal["stays", "leaves"] = "stays"
    """Whether a cluster whose bond is used up goes on, or hands its budget back at the review.

    Not with `top_up`: a bond that is made up first is never used up.
    """
    financing_share_per_year: Share | None = None
    """What the bond costs who posts it, or of a lender's bond the practices, a year; it is paid to a lender.

    Left out: 0.02 for a surety, 0.01 for a letter of credit, otherwise nothing.
    """
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
            *self._poster_in_words(),
            topped_up,
        ]
        if self.interest:
            said.append(
                f"The PCT pays {per_cent_of(self.interest)} interest a year on what is left after draws."
            )
        if self.financing:
            cost, by_form = per_cent_of(self.financing), self.financing_share_per_year is None
            who = "practices" if self.depositor == Account.LENDER else "whoever posts it"
            assumed = " (an assumption: the usual cost of that form)" if by_form else ""
            said.append(f"The money costs {who} {cost} a year, paid to a lender{assumed}.")
        return (*said, ends, f"A cluster's practices divide its bond and its share between them by {by}.")

    def _poster_in_words(self) -> Iterable[str]:
        """Yield who posts it, who bears what is drawn, and who gets back what is left."""
        form, depositor = _FORMS[self.form], self.depositor
        if self.form == "cash" and depositor == Account.PRACTICES:
            yield "The practices post it, and at the end get back what is left."
            return
        if self.form == "cash" and depositor == Account.PARTNER and not self.is_paid_back:
            yield (
                "An external partner posts it, bears what is drawn, and at the end gets back what is left."
            )
            return
        if self.form == "cash" or depositor != _DEPOSITORS[form.deposited_by]:
            who = {
                Account.PRACTICES: "The practices post it",
                Account.PARTNER: "An external partner posts it",
                Account.LENDER: "A lender posts it",
            }[depositor]
            yield f"{who}{'' if self.form == 'cash' else f' as a {spaced(self.form)}'}."
        else:
            yield f"{form.who} stands behind it, and no cash is deposited."
        if self.is_paid_back:
            yield "What is drawn the practices pay back to it at the year's review."
        elif depositor != Account.PRACTICES:
            yield "It bears what is drawn."

    @property
    def depositor(self) -> Account:
        """Who posts the bond, and gets back what is left."""
        return _DEPOSITORS[self.deposited_by or _FORMS[self.form].deposited_by]

    @property
    def is_paid_back(self) -> bool:
        """Whether practices pay back what is drawn to somebody else who posted the bond."""
        given = self.drawn_is_paid_back
        wanted = _FORMS[self.form].paid_back if given is None else given
        return wanted and self.depositor != Account.PRACTICES

    @property
    def bearer(self) -> Account:
        """Who bears in the end what is drawn."""
        return Account.PRACTICES if self.is_paid_back else self.depositor

    @property
    def payer(self) -> Account:
        """Who pays what the bond costs."""
        return Account.PRACTICES if self.depositor == Account.LENDER else self.depositor

    @property
    def financing(self) -> float:
        """What the bond costs a year, as a share of what was posted."""
        given = self.financing_share_per_year
        return _FORMS[self.form].financing_share_per_year if given is None else given

    @property
    def interest(self) -> float:
        """The interest that the PCT pays a year: on cash alone."""
        return self.interest_share_per_year if self.form == "cash" else 0.0

    def open(self, position: Position) -> Iterable[Transfer]:
        """Return the deposits of the clusters that take the practice share."""
        if self.share_of_annual_budget is not None:
            usual = self.share_of_annual_budget * position.annual_budget_gbp
        else:
            usual = (self.gbp_per_head or 0.0) * position.terms.people
        agreed = position.terms.bond_gbp
        size = np.where(np.isnan(agreed), usual, agreed) * position.terms.takes_share
        size = np.broadcast_to(size, position.annual_budget_gbp.shape)
        yield Transfer(_POSTED, self.depositor, Account.BOND, size)

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what is drawn for the year's overspends, up to what is in the bond."""
        draw = np.minimum(position.overspend_gbp, position.ledger.balance(Account.BOND))
        yield Transfer(_DRAWN, Account.BOND, Account.CLUSTER, draw)

    def review(self, position: Position) -> Iterable[Transfer]:
        """Return what the money costs, what is paid back of draws, the year's interest, and the top-up."""
        months = position.terms.months[position.year]
        if self.financing:
            # Money that was drawn costs on: who lent it wants interest until the contract ends, or it is paid
            # back.
            lent = position.so_far_gbp(_POSTED) + position.so_far_gbp(_TOP_UP)
            if self.is_paid_back:
                lent = lent - position.so_far_gbp(PAID_BACK)
            cost = self.financing * months / MONTHS_IN_A_YEAR * lent
            yield Transfer(FINANCING, self.payer, Account.LENDER, cost)
        if self.is_paid_back:
            drawn = position.so_far_gbp(_DRAWN) - position.so_far_gbp(PAID_BACK)
            # Sums of the same draws in another order: rounding alone goes below nothing.
            yield Transfer(PAID_BACK, Account.PRACTICES, self.depositor, np.maximum(drawn, 0.0))
        interest = (self.growth_in(months) - 1) * position.ledger.balance(Account.BOND)
        yield Transfer("bond_interest", Account.PCT, Account.BOND, interest)
        if self.top_up:
            missing = position.so_far_gbp(_POSTED) - position.ledger.balance(Account.BOND)
            made_up = Transfer(_TOP_UP, self.depositor, Account.BOND, np.maximum(missing, 0.0))
            yield from of_clusters(position.goes_on, [made_up])

    def close(self, position: Position) -> Iterable[Transfer]:
        """Return what is left of the bond, with its interest, to who deposited it."""
        left = position.ledger.balance(Account.BOND).copy(order="K")
        yield Transfer("bond_release", Account.BOND, self.depositor, left)

    def leavers(self, position: Position) -> BoolArray | None:
        """Return the clusters that posted a bond and have used it up."""
        if self.when_exhausted == "stays":
            return None
        posted = position.so_far_gbp(_POSTED) > 0
        return np.asarray(posted & (position.ledger.balance(Account.BOND) <= 0))

    def growth_in(self, months: IntArray) -> FloatArray:
        """Return what a pound that stays in the bond becomes in so many months."""
        return 1 + self.interest * months / MONTHS_IN_A_YEAR

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
