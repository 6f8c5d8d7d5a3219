"""An independent witness: the package `aggregate` by S. J. Mildenhall, which shares no code with ours.

It spreads costs over a lattice by rounding, so it is right to about half of its step.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from aggregate import build


@dataclass(frozen=True)
class Witness:
    """Amounts, and the probability that another package gives to each."""

    amounts: NDArray[np.float64]
    probabilities: NDArray[np.float64]

    def exceeds(self, amount: float) -> float:
        return float(self.probabilities[self.amounts > amount].sum())

    def stop_loss(self, amount: float) -> float:
        return float(np.maximum(self.amounts - amount, 0) @ self.probabilities)

    def quantile(self, level: float) -> float:
        return float(self.amounts[np.searchsorted(self.probabilities.cumsum(), level)])


def poisson_lognormal(cases: float, mean: float, cv: float) -> Witness:
    """Return the law of a Poisson number of lognormal costs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        law = build(f"agg Line {cases} claims sev lognorm {mean} cv {cv} poisson", log2=17, bs=16)
        table = law.density_df
    return Witness(table.loss.to_numpy(), table.p_total.to_numpy())
