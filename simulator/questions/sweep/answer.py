"""The answer to `sweep`: every policy's estimates, and their differences from the base policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.questions.sweep.check import Policy
from simulator.questions.sweep.question import SweepQuestion
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.paired import PairedEstimate, Place

if TYPE_CHECKING:
    import pandas as pd

NUMBERS = (
    "value",
    "standard_error",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
)
"""What is kept of an estimate and its difference, in this order."""


@dataclass(frozen=True, eq=False)
class Sweep:
    """What `sweep` returns.

    Parameters
    ----------
    question : SweepQuestion
        The scenario, the policies, and what is estimated.
    numbers : ndarray of float, shape (policy, place, number)
        By policy and place of the question, the `NUMBERS`; nan for what there is not.
    base : mapping of tuple to Estimate
        Of the scenario as given, by row and measure.
    """

    question: SweepQuestion
    numbers: FloatArray
    base: Mapping[Place, Estimate]

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Each policy's values of the keys, as the user wrote them."""
        return self.question.policies

    def estimate(self, policy: int, measure: str, cluster: str = ALL_CLUSTERS) -> PairedEstimate | None:
        """Return an estimate of a policy, and its difference from the scenario as given.

        Parameters
        ----------
        policy : int
            Its number, from 0.
        measure, cluster : str
            One of the summary's columns, and of its rows.

        Returns
        -------
        PairedEstimate or None
            None where the policy has no such row or measure.
        """
        numbers = self.numbers[policy, self._position[cluster, measure]].tolist()
        return paired_estimate(numbers)

    def table(self) -> pd.DataFrame:
        """Return every estimate.

        Returns
        -------
        pandas.DataFrame
            One row a policy, cluster and measure: a column for each key, and then `cluster`,
            `measure` and the `NUMBERS`.
        """
        import pandas as pd

        places = self.question.places
        columns: dict[str, object] = {
            key: np.repeat(np.array(_typed([policy[at] for policy in self.policies])), len(places))
            for at, key in enumerate(self.question.keys)
        }
        columns["cluster"] = np.tile(np.array([row for row, _ in places], object), len(self.policies))
        columns["measure"] = np.tile(np.array([column for _, column in places], object), len(self.policies))
        flat = self.numbers.reshape(-1, len(NUMBERS))
        columns.update({name: flat[:, at] for at, name in enumerate(NUMBERS)})
        table = pd.DataFrame(columns)
        return table[table["value"].notna()].reset_index(drop=True)

    @cached_property
    def _position(self) -> dict[Place, int]:
        return {place: position for position, place in enumerate(self.question.places)}


def numbers_of(found: Mapping[Place, PairedEstimate], places: Sequence[Place]) -> FloatArray:
    """Return estimates as the `NUMBERS` of each place, shape (place, number)."""
    numbers = np.full((len(places), len(NUMBERS)), np.nan)
    for at, place in enumerate(places):
        if paired := found.get(place):
            one, difference = paired.estimate, paired.difference
            error = np.nan if one.standard_error is None else one.standard_error
            numbers[at, :4] = one.value, error, one.low, one.high
            if difference:
                numbers[at, 4:] = difference.value, difference.low, difference.high
    return numbers


def paired_estimate(numbers: Sequence[float]) -> PairedEstimate | None:
    """Return the estimate that `NUMBERS` stand for; None for nan."""
    value, error, low, high, difference, difference_low, difference_high = numbers
    if np.isnan(value):
        return None
    paired = None if np.isnan(difference) else Estimate(difference, difference_low, difference_high)
    return PairedEstimate(Estimate(value, low, high, None if np.isnan(error) else error), paired)


def _typed(texts: Sequence[str]) -> list[float] | list[int] | list[str]:
    """Return a key's values as numbers where all are."""
    for kind in (int, float):
        try:
            return [kind(text) for text in texts]
        except ValueError:
            continue
    return list(texts)
