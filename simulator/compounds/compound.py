"""The total cost of a random number of cases of random cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.compounds.exact import ExactLaw
from simulator.compounds.totals import CompoundTotals
from simulator.compounds.transform import exact_law
from simulator.demand.count_law import CountLaw
from simulator.errors import InputError, Problem, shown
from simulator.random_streams import RandomStreams
from simulator.spend.unit_cost import UnitCost
from simulator.spend.working_range import cannot_be_drawn

_TOTALS_PER_BLOCK = 10_000
_MOST_TOTALS = 1_000_000_000


@dataclass(frozen=True)
class Compound:
    """A compound law. Made by `compound`.

    Parameters
    ----------
    count : CountLaw
        Law of the number of cases, with its mean.
    unit_cost : UnitCost
        Law of the cost of one case.
    """

    count: CountLaw
    unit_cost: UnitCost

    @property
    def mean(self) -> float:
        """Exact mean of the total."""
        return (self.count.mean or 0.0) * self.unit_cost.mean_gbp

    @property
    def variance(self) -> float:
        """Exact variance of the total."""
        mean = self.count.mean or 0.0
        return mean * self.unit_cost.variance_gbp2 + self.count.variance(mean) * self.unit_cost.mean_gbp**2

    def exact(self) -> ExactLaw:
        """Return the law of the total without sampling error.

        Returns
        -------
        ExactLaw
            With `cdf`, `quantile`, `limited_mean`, `stop_loss`, `mean`, `variance`, `skewness`.

        Raises
        ------
        InputError
            If a grid cannot hold the law; the message says what to do instead.
        """
        return exact_law(self.count, self.unit_cost, self.mean, self.variance)

    def draw(self, n: int, seed: int = 0) -> NDArray[np.float64]:
        """Draw totals.

        Parameters
        ----------
        n : int
            How many, one or more. The first totals are the same for any larger number.
        seed : int
            Seed of chance, zero or more.

        Returns
        -------
        ndarray of float, shape (n,)
            Independent totals, exact in distribution.

        Raises
        ------
        InputError
            If `n` or `seed` is out of range.
        """
        if not isinstance(n, (int, np.integer)) or isinstance(n, bool) or not 1 <= n <= _MOST_TOTALS:
            need = f"a whole number from 1 to {_MOST_TOTALS:,}"
            raise InputError([Problem("n", need, shown(n))])
        streams, compound_totals = RandomStreams(seed), CompoundTotals(self.count, self.unit_cost)
        totals = np.empty(int(n))
        means = np.full(_TOTALS_PER_BLOCK, self.count.mean)
        for block, start in enumerate(range(0, totals.size, _TOTALS_PER_BLOCK)):
            drawn = compound_totals.draw(means, streams.generator("cost", block=block))
            totals[start : start + _TOTALS_PER_BLOCK] = drawn[: totals.size - start]
        return totals


def compound(count: CountLaw, unit_cost: UnitCost) -> Compound:
    """Return the law of the total cost of a random number of cases.

    Parameters
    ----------
    count : Poisson, NegativeBinomial, Binomial, Fixed or Neyman
        Law of the number of cases; its `mean` must be given.
    unit_cost : Lognormal, Gamma, Pareto, Uniform, Empirical or Mixture
        Law of the cost of one case, independent of the number and of each other.

    Returns
    -------
    Compound
        With `mean`, `variance`, ``draw(n, seed)`` and ``exact()``.

    Raises
    ------
    InputError
        If a law is of the wrong kind or the mean is left out.

    Examples
    --------
    >>> from simulator import Lognormal, NegativeBinomial, compound
    >>> law = compound(NegativeBinomial(mean=6000, variance_to_mean=4), Lognormal(mean=1800, cv=1.6))
    >>> totals = law.draw(10_000, seed=1)
    >>> bool(abs(totals.mean() / law.mean - 1) < 0.01)
    True
    """
    problems = []
    if not isinstance(count, CountLaw):
        need = "Poisson(...), NegativeBinomial(...), Binomial(...), Fixed(...) or Neyman(...)"
        problems.append(Problem("count", need, shown(count)))
    elif count.mean is None:
        problems.append(Problem("count.mean", "given: the mean number of cases", "nothing"))
    if not isinstance(unit_cost, UnitCost):
        need = "Lognormal(...), Gamma(...), Pareto(...), Uniform(...), Empirical(...) or Mixture(...)"
        problems.append(Problem("unit_cost", need, shown(unit_cost)))
    elif not unit_cost.mean_gbp > 0:
        problems.append(Problem("unit_cost", "a cost of which the deductible leaves something", "nothing"))
    elif need := cannot_be_drawn(unit_cost):
        problems.append(Problem("unit_cost", need, shown(unit_cost)))
    if problems:
        raise InputError(problems)
    return Compound(count, unit_cost)
