"""Closed forms for a bond, one cluster, and years whose spend is normal about the budget."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

from tests.references.normal_spend import NormalSpend

_NORMAL = NormalDist()


@dataclass(frozen=True)
class BondOnNormalSpend:
    """Shares of a year's budget: spend N(`mean`, `sd`), bond `bond`, budget 1, every year alike and alone."""

    sd: float
    bond: float
    mean: float = 1.0
    practice_share: float = 0.1
    interest: float = 0.0
    financing: float = 0.0

    def beyond(self, amount: float) -> float:
        """E[max(overspend - `amount`, 0)]: an overspend of a budget that is larger by `amount`."""
        return NormalSpend(self.sd, self.mean - amount).expected_overspend

    @property
    def draw(self) -> float:
        """E[min(max(spend - budget, 0), bond)] of one year with a full bond."""
        return self.beyond(0) - self.beyond(self.bond)

    @property
    def share(self) -> float:
        """E[practice share] of one year."""
        return self.practice_share * (self.beyond(0) - (self.mean - 1))

    @property
    def runs_out(self) -> float:
        """P(overspend > bond) in one year with a full bond."""
        return NormalSpend(self.sd, self.mean).overspend_probability(self.bond)

    @property
    def gain(self) -> float:
        """E[share + interest on what is left - draw - financing] of a contract of one year."""
        left = self.bond - self.draw
        return self.share + self.interest * left - self.draw - self.financing * self.bond

    @property
    def better_off(self) -> float:
        """P(gain > 0) of a contract of one year, financing above interest.

        Only a surplus s can pay: share s + interest bond > financing bond.
        """
        surplus = (self.financing - self.interest) * self.bond / self.practice_share
        return 1 - NormalSpend(self.sd, self.mean).overspend_probability(-surplus)

    def topped_up_bond(self, confidence: float, years: int) -> float:
        """Bond that covers the largest overspend of so many years: P(one year's is below) ** years."""
        return self.mean - 1 + self.sd * _NORMAL.inv_cdf(confidence ** (1 / years))


def saving_that_repays(sd: float, bond: float, interest: float = 0.0, financing: float = 0.0) -> float:
    """Return the saving s at which spend N(1 - s, (1 - s) sd) makes the expected gain nothing."""
    low, high = 0.0, 0.5
    for _ in range(60):
        middle = (low + high) / 2
        law = BondOnNormalSpend(sd * (1 - middle), bond, 1 - middle, interest=interest, financing=financing)
        low, high = (middle, high) if law.gain < 0 else (low, middle)
    return (low + high) / 2
