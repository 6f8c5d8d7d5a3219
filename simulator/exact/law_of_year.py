"""The law of a cluster's spend less budget, in one year or in all, and of overspends of years added up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import irfft, next_fast_len, rfft

from simulator.budgets.rebasing import rebases
from simulator.demand.count_law import ComplexArray
from simulator.errors import InputError, Problem
from simulator.exact.transform import ShockNormals, Term, amounts_of, position_transform
from simulator.records import FloatArray
from simulator.simulation.plan import Plan
from simulator.sums import inner

_NOT_LINEAR = 1e-9
_SDS = 12.0
"""SDs on either side of the mean that the series covers, besides the largest single cost."""
_TAIL = 1e-8
"""Expected number of single costs beyond the end of the series."""
_MOST_FREQUENCIES = 2**13
_MOMENT_TOLERANCE = 1e-3
_CELLS = 2**13


@dataclass(frozen=True)
class OutturnLaw:
    """Law of spend less budget, from its characteristic function.

    Its density over an interval that holds all but about 1e-8 of the probability is a Fourier
    series, which is integrated term by term: there is no grid of amounts.
    """

    low_gbp: float  # start of the interval
    width_gbp: float  # its width
    # shape (frequency,); E[exp(i t position)] at the frequencies t = 2 pi k / width, k = 1, 2, ...
    transform: ComplexArray
    mean_gbp: float  # of the position, from the laws of counts, costs and shocks and not from the series
    sd_gbp: float  # of the position, from the laws of counts, costs and shocks and not from the series

    def exceeds(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return P(position > amount), same shape."""
        amounts = np.asarray(amount_gbp, dtype=float)[..., None]
        t = self._frequencies
        turns = (np.exp(-1j * t * self.low_gbp) - np.exp(-1j * t * amounts)) / (1j * t)
        below = amounts[..., 0] - self.low_gbp + 2 * inner(turns, self.transform).real
        return np.asarray(np.clip(1 - below / self.width_gbp, 0.0, 1.0))

    def stop_loss(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return E[max(position - amount, 0)], in pounds, same shape."""
        asked = np.asarray(amount_gbp, dtype=float)
        high_gbp = self.low_gbp + self.width_gbp
        amounts = np.clip(asked, self.low_gbp, high_gbp)
        # Below the interval all of it counts; beyond its other end, nothing.
        return self._ramp_gbp(amounts, high_gbp - amounts) + np.maximum(self.low_gbp - asked, 0.0)

    def shortfall(self, amount_gbp: ArrayLike) -> FloatArray:
        """Return E[max(amount - position, 0)], in pounds, same shape."""
        asked = np.asarray(amount_gbp, dtype=float)
        high_gbp = self.low_gbp + self.width_gbp
        amounts = np.clip(asked, self.low_gbp, high_gbp)
        return self._ramp_gbp(amounts, self.low_gbp - amounts) + np.maximum(asked - high_gbp, 0.0)

    def _ramp_gbp(self, amounts_gbp: FloatArray, reach_gbp: FloatArray) -> FloatArray:
        """Integrate how far positions lie from amounts, as far as `reach_gbp`, which has a sign."""
        amounts, reach, t = amounts_gbp[..., None], reach_gbp[..., None], self._frequencies
        ramp = (np.exp(-1j * t * reach) * (1 + 1j * t * reach) - 1) / t**2 * np.exp(-1j * t * amounts)
        total = reach[..., 0] ** 2 / 2 + 2 * inner(ramp, self.transform).real
        return np.asarray(np.maximum(total / self.width_gbp, 0.0))

    def quantile(self, probability: float) -> float:
        """Return the position that is not exceeded with a probability, in pounds."""
        from scipy.optimize import brentq

        high_gbp = self.low_gbp + self.width_gbp

        def beyond(amount_gbp: float) -> float:
            return float(self.exceeds(amount_gbp)) - (1 - probability)

        return float(brentq(beyond, self.low_gbp, high_gbp, xtol=1e-9 * self.width_gbp))

    def density(self, points: int) -> tuple[FloatArray, FloatArray]:
        """Return evenly spaced positions, in pounds, and the probability about each."""
        series = np.zeros(points // 2 + 1, dtype=complex)
        series[0] = 1.0
        shifted = self.transform * np.exp(-1j * self._frequencies * self.low_gbp)
        series[1 : shifted.size + 1] = shifted.conj()
        step = self.width_gbp / points
        positions = np.asarray(self.low_gbp + step * np.arange(points), dtype=float)
        return positions, np.fft.irfft(series, points)

    @property
    def moment_error(self) -> float:
        """Largest relative error of the series' total, mean and SD, in units of the SD.

        The mean is told twice: by the density, and at nothing, by what lies above less what lies below.
        Whatever the budget, overspend less surplus is then spend less budget to within this error.
        """
        positions, probabilities = self.density(4 * self.transform.size)
        mean_gbp = float(inner(probabilities, positions))
        sd_gbp = math.sqrt(max(float(inner(probabilities, (positions - self.mean_gbp) ** 2)), 0.0))
        balance_gbp = float(self.stop_loss(0.0)) - float(self.shortfall(0.0))
        return max(
            abs(float(probabilities.sum()) - 1),
            abs(balance_gbp - self.mean_gbp) / self.sd_gbp,
            abs(mean_gbp - self.mean_gbp) / self.sd_gbp,
            abs(sd_gbp / self.sd_gbp - 1),
        )

    @property
    def _frequencies(self) -> FloatArray:
        numbers = np.arange(1, self.transform.size + 1, dtype=np.float64)
        return numbers * (2 * math.pi / self.width_gbp)


@dataclass(frozen=True, slots=True)
class YearEnd:
    """Spend less budget of one cluster, as a weighted sum of what lines cost in each year."""

    # shape (year, line); on what care of each financial year is worth at the tariff, the base year first:
    # what the cluster answers for in the years asked about, less what budgets pass on of earlier years.
    weights: FloatArray
    # What does not depend on any care: fixed sums and the cost of actions, less the fixed part of budgets.
    fixed_gbp: float


def year_end(plan: Plan, cluster: int, years: Sequence[int]) -> YearEnd | None:
    """Return spend less budget, summed over contract years; None if a budget is no sum of past spends."""
    if plan.learned:
        return None
    weights = np.zeros(plan.expected_counts[:, cluster].shape)
    fixed_gbp = float(plan.actions.cost_gbp()[list(years), cluster].sum())
    for at_line, price in enumerate(plan.prices):
        answers_for = plan.responsibility[cluster, at_line]
        for year in years:
            response = _budget_response(plan, at_line, cluster, year)
            if response is None:
                return None
            fixed_budget_gbp, on_base, on_latest = response * answers_for
            weights[year + 1, at_line] += answers_for
            weights[0, at_line] -= on_base
            weights[year, at_line] -= on_latest
            fixed_gbp -= fixed_budget_gbp
        if price.totals is None:
            fixed_gbp += float(inner(weights[:, at_line], plan.expected_spend_gbp[:, cluster, at_line]))
            weights[:, at_line] = 0.0
        elif not plan.payments[at_line].is_as_drawn:
            rates, sums_gbp = plan.payments[at_line].expected_line()
            fixed_gbp += float(inner(weights[:, at_line], sums_gbp[:, cluster]))
            weights[:, at_line] *= rates
    return YearEnd(weights, fixed_gbp)


def _budget_response(plan: Plan, at_line: int, cluster: int, year: int) -> FloatArray | None:
    """Return a budget's fixed part, and what it passes on of each pound of base and latest spend."""
    # Rules are asked what they would hand over after other spend, so that no formula is written twice.
    line = plan.budgets[at_line]
    size_gbp = max(float(plan.expected_spend_gbp[0, cluster, at_line]), 1.0)
    base = size_gbp * np.array([0.0, 1.0, 0.0, 2.0])
    latest = size_gbp * np.array([0.0, 0.0, 1.0, 3.0])
    # Years between the two, and before the base year, say nothing here: what they do shows as a misfit.
    misfit = size_gbp * np.array([0.0, 0.0, 0.0, 5.0])
    past = [latest] * (year > 0) + [misfit] * (year - 1) + [base] + [misfit] * (line.rule.base_years - 1)
    clusters = len(plan.axes.clusters)
    finished = [np.repeat(gbp[:, None], clusters, axis=1) for gbp in past]
    annual_gbp = line.annual_gbp(year, plan.years_from_base, finished, plan.population.people)
    asked = np.broadcast_to(annual_gbp, (base.size, clusters))[:, cluster]
    on_base, on_latest = (asked[1] - asked[0]) / size_gbp, (asked[2] - asked[0]) / size_gbp
    foreseen = asked[0] + size_gbp * (2 * on_base + 3 * on_latest)
    if abs(foreseen - asked[3]) > _NOT_LINEAR * abs(asked[3]):
        return None
    handed_over = (1 - plan.settings.budgets.top_slice_share) * line.part_year_share[year, cluster]
    # The latest year is the base year at first; afterwards the contract's, which may be part of a year.
    whole_year = line.part_year_share[year - 1, cluster] if year else 1.0
    share = plan.settings.budgets.rebased_share * float(rebases(plan.terms)[year, cluster])
    by_rule, by_latest = np.array([asked[0], on_base, on_latest]), np.array([0.0, 0.0, line.uplift])
    response = (1 - share) * by_rule + share * by_latest
    return np.asarray(response / [1.0, 1.0, whole_year] * float(handed_over))


def law_of_position(plan: Plan, cluster: int, position: YearEnd, rotated: bool = False) -> OutturnLaw:
    """Compute the law of spend less budget."""
    years = tuple(int(year) for year in np.flatnonzero(position.weights.any(axis=1)))
    normals = ShockNormals.of(plan, cluster, years or (0,))
    terms = _terms(plan, cluster, position, normals.years)
    mean_gbp, sd_gbp = _moments(position, terms, normals)
    if sd_gbp <= 1e-9 * max(abs(mean_gbp), 1.0):
        raise _refusal("spend that varies", "no variation", "every line is a block contract or unused")
    below, above = _largest_gbp(terms)
    low = mean_gbp - _SDS * sd_gbp - below
    width = 2 * _SDS * sd_gbp + below + above
    transform = position_transform(terms, normals, width, _MOST_FREQUENCIES, rotated)
    if transform is None:
        raise _refusal(
            "a law that a series can hold",
            "large shocks, or few large cases, or amounts in steps",
            "simulate it; for one line without shocks compound(...).exact() may do",
        )
    fixed = np.exp(1j * np.arange(1, transform.size + 1) * (2 * math.pi / width) * position.fixed_gbp)
    law = OutturnLaw(low, width, transform * fixed, mean_gbp, sd_gbp)
    if law.moment_error > _MOMENT_TOLERANCE:
        got = f"moments that are off by {law.moment_error:.2g} SDs"
        raise _refusal("a law whose moments are right", got, "large shocks: simulate it")
    return law


def _terms(plan: Plan, cluster: int, position: YearEnd, years: Sequence[int]) -> list[Term]:
    chosen = list(years)
    return [
        Term(
            at_line,
            line.count,
            line.unit_cost_gbp,
            plan.expected_counts[chosen, cluster, at_line],
            position.weights[chosen, at_line] * plan.prices[at_line].price_index[chosen],
        )
        for at_line, line in enumerate(plan.settings.service_lines)
        if position.weights[:, at_line].any()
    ]


def _moments(position: YearEnd, terms: Sequence[Term], normals: ShockNormals) -> tuple[float, float]:
    """Return the mean and SD, in pounds, from those of counts, costs and shocks."""
    amounts_gbp = amounts_of(terms, normals)
    shocked = normals.second_moments() - 1
    variance = float(np.einsum("yl,ylzk,zk->", amounts_gbp, shocked, amounts_gbp))
    variance += sum(term.chance_variance_gbp2 for term in terms)
    return position.fixed_gbp + float(amounts_gbp.sum()), math.sqrt(max(variance, 0.0))


def _largest_gbp(terms: Sequence[Term]) -> tuple[float, float]:
    """Return the largest falls and rises, in pounds, that a single cost is likely ever to make."""
    below = above = 0.0
    for term in terms:
        for count, scale in zip(term.expected_counts, term.scales, strict=True):
            if count > 0 and scale != 0:
                rare = min(_TAIL / count, 0.5)
                move = scale * float(term.unit_cost.isf(np.array([rare]))[0])
                below, above = max(below, -move), max(above, move)
    return below, above


def _refusal(must_be: str, got: str, hint: str) -> InputError:
    return InputError([Problem("the exact method", must_be, got, hint)])


def years_are_independent(plan: Plan, cluster: int) -> bool:
    """Return whether a cluster's positions of different years do not depend on each other."""
    shocks = plan.settings.shocks
    lasting = shocks.cluster.sd_share > 0 or shocks.practice.size.sd_share > 0
    persistent = shocks.pct.persistence > 0 and any(law.sd_share > 0 for law in plan.shocks.sizes)
    persistent |= shocks.cluster_year.persistence > 0 and shocks.cluster_year.sd_share > 0
    positions = [year_end(plan, cluster, (year,)) for year in range(len(plan.axes.years) - 1)]
    looks_at = [(position.weights != 0).any(axis=1) for position in positions if position is not None]
    shared = len(looks_at) != len(positions) or (np.sum(looks_at, axis=0) > 1).any()
    return not (lasting or persistent or bool(shared))


def largest_overspend(years: Sequence[OutturnLaw], levels: Sequence[float]) -> list[float]:
    """Return quantiles of the largest of independent years' overspends, in pounds."""
    from scipy.optimize import brentq

    high_gbp = max(law.low_gbp + law.width_gbp for law in years)

    def beyond(amount_gbp: float, level: float) -> float:
        return float(np.prod([1 - law.exceeds(amount_gbp) for law in years])) - level

    return [
        0.0
        if beyond(0.0, level) >= 0
        else float(brentq(beyond, 0.0, high_gbp, args=(level,), xtol=1e-9 * high_gbp))
        for level in levels
    ]


def sum_of_overspends(
    years: Sequence[OutturnLaw], levels: Sequence[float], worths: Sequence[float]
) -> list[float]:
    """Return quantiles of what independent years' overspends are worth in all, in pounds."""
    if len(years) == 1:
        return [max(years[0].quantile(level), 0.0) for level in levels]
    step = max(law.low_gbp + law.width_gbp for law in years) / _CELLS
    if step <= 0:
        return [0.0 for _ in levels]
    total, *others = (_on_grid(law, step, worth) for law, worth in zip(years, worths, strict=True))
    for other in others:
        total = np.maximum(_convolved(total, other), 0.0)
    nothing = float(np.prod([1 - law.exceeds(0.0) for law in years]))
    # Mass of a grid point is spread over the step about it, but for that of no overspend at all.
    total[0] -= nothing
    below = nothing + np.append(0.0, total.cumsum())
    ends = np.append(0.0, (np.arange(total.size) + 0.5) * step)
    return [0.0 if level <= nothing else float(np.interp(level, below, ends)) for level in levels]


def _convolved(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the law of a sum, on a grid; `scipy.signal` would do it, and takes half a second to import."""
    size = one.size + other.size - 1
    length = next_fast_len(size, real=True)
    return np.asarray(irfft(rfft(one, length) * rfft(other, length), length)[:size])


def _on_grid(law: OutturnLaw, step_gbp: float, worth: float) -> FloatArray:
    """Return the law of an overspend's worth on multiples of a step; hat functions keep its mean."""
    points = np.arange(_CELLS + 2) * step_gbp
    slopes = np.diff(worth * law.stop_loss(points / worth)) / step_gbp
    return np.maximum(np.diff(slopes, prepend=-1.0), 0.0)
