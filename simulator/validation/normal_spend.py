"""Section 4: closed forms for surplus, practice share, bond and tail when spend is normal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from simulator.records import BUDGET, Account, FloatArray
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, quantile
from simulator.simulation.result import Result
from simulator.validation.check import Answer
from simulator.validation.outturns import one_year
from simulator.validation.published import Published

YEARS = 1_000_000
"""So many that an SD that is 1% wrong would fail."""
CONFIDENCE = 0.95
# So many cases of GBP 1 that they add an SD of 0.01% of the budget: what varies is the shock.
_LINE = {
    "name": "admissions",
    "rate_per_1000": 1e6,
    "count": {"model": "poisson"},
    "unit_cost_gbp": {"model": "empirical", "values": [1.0]},
}
_PEOPLE = 100_000
_RULE = {
    "rule": "surplus",
    "practice_share": 0.1,
    "practice_share_from": "top",
    "pct_return_share": 0.4,
    "needs_bond": False,
}


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of the section."""
    per_cents = dict.fromkeys(key.split(":")[1] for key in published if key.startswith("normal:"))
    for per_cent in per_cents:
        shocks = {"cluster_year": {"law": "normal", "sd_share": float(per_cent) / 100}}
        found = _estimates(one_year([_PEOPLE], [_LINE], YEARS, shocks, rules=[_RULE]))
        for quantity, estimate in found.items():
            yield f"normal:{per_cent}:{quantity}", Answer(estimate)


def _estimates(result: Result) -> dict[str, Estimate]:
    """Return what the rules make of normal spend, as shares of the budget."""
    outcomes = result.contract_outcomes
    budget = outcomes.gbp(BUDGET)
    surplus, overspend, practice_share = (
        (amounts / budget)[:, 0, 0]
        for amounts in (
            outcomes.surplus_gbp,
            outcomes.overspend_gbp,
            outcomes.paid_gbp((Account.CLUSTER,), (Account.PRACTICES,)),
        )
    )
    return {
        "surplus": mean(surplus),
        "overspend": mean(overspend),
        "practice_share": mean(practice_share),
        "bond": quantile(overspend, CONFIDENCE),
        "worst": _mean_of_worst(overspend),
    }


def _mean_of_worst(overspend: FloatArray) -> Estimate:
    """Return the mean of the worst 5% of years.

    E[cut + max(x - cut, 0) / share] is that mean when `cut` is the quantile, and is flat in `cut`
    there (Rockafellar & Uryasev 2000, J. Risk 2(3):21-41): its error is that of a mean.
    """
    cut = quantile(overspend, CONFIDENCE).value
    return mean(cut + np.maximum(overspend - cut, 0.0) / (1 - CONFIDENCE))
