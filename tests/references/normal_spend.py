"""Closed forms for one cluster and year whose spend is normal about its budget."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

_NORMAL = NormalDist()
PRINTED_PERCENT = {
    0.01: ("0.3989", "0.0399", "1.645", "2.063"),
    0.02: ("0.7979", "0.0798", "3.290", "4.125"),
    0.05: ("1.9947", "0.1995", "8.224", "10.314"),
}
"""By SD of spend: expected surplus (and overspend), practice share of 10%, bond that covers 95%,
and mean loss in the worst 5%, as printed, in percent of the budget."""


@dataclass(frozen=True)
class NormalSpend:
    """Shares of the budget when spend is normal with mean `mean` and SD `sd` (budget = 1)."""

    sd: float
    mean: float = 1.0

    @property
    def expected_overspend(self) -> float:
        """E[max(spend - budget, 0)]; with the mean at the budget it is sd / sqrt(2 pi)."""
        distance = (self.mean - 1) / self.sd
        return self.sd * _NORMAL.pdf(distance) + (self.mean - 1) * _NORMAL.cdf(distance)

    @property
    def expected_surplus(self) -> float:
        """E[max(budget - spend, 0)]."""
        return self.expected_overspend - (self.mean - 1)

    def practice_share(self, share: float = 0.1) -> float:
        """Earned by luck alone, as there is no true saving here."""
        return share * self.expected_surplus

    def bond_needed(self, confidence: float = 0.95) -> float:
        """Value at risk: the overspend that is exceeded with probability 1 - `confidence`."""
        return self.mean - 1 + self.sd * _NORMAL.inv_cdf(confidence)

    def mean_of_worst(self, share: float = 0.05) -> float:
        """Mean overspend in the worst `share` of contracts (expected shortfall)."""
        return self.mean - 1 + self.sd * _NORMAL.pdf(_NORMAL.inv_cdf(share)) / share

    def overspend_probability(self, beyond: float = 0.0) -> float:
        """P(spend > (1 + `beyond`) budget)."""
        return _NORMAL.cdf((self.mean - 1 - beyond) / self.sd)
