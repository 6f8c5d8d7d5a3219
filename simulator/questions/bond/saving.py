"""The true saving that repays a bond.

What a cluster spends falls smoothly as it saves: between savings that are simulated spend is interpolated,
contract by contract, the bond settles it, and so the root is found. One simulation of all clusters at their
roots then says what practices gain there, and how well that is known.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from simulator.questions.bond.one_cluster import OneCluster, between, each_stands_alone, of_one
from simulator.records import Account, Outturn
from simulator.risk.account_book import AccountBook, account_book
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import gain_gbp
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import saving_every_year
from simulator.simulation.part_of_plan import is_separable
from simulator.simulation.plan import Plan
from simulator.simulation.result import Result
from simulator.uncertain import at_mean

Simulate = Callable[[Scenario], Result]
Gain = Callable[[float], Estimate]
LARGEST_SAVING = 0.5
"""Share of demand; no saving that was ever measured comes near (assumption)."""
MOST_SIMULATIONS = 20
"""For a root with 12 steps, and the points around it; most need 5 of them."""
_CLOSE_ENOUGH = 1e-5
_USUAL_SAVING = 0.05
"""About what repays a usual bond: where the search begins."""
_FAR = 1e-4
"""A hundredth of a per cent of demand: from so near a line through the gain leads to the root."""
_SLOPE_STEP = 0.005
"""Half a per cent of demand: the slope hardly bends over it, and sampling hardly shows."""


@dataclass(frozen=True, slots=True)
class SavingNeeded:
    """The true saving from which on practices gain on average, net of all that the bond costs them."""

    share_of_demand: Estimate | None  # in every contract year; None where it lies outside what was searched
    words: str = ""  # what there is to say where there is none

    def of_all_care(self, per_case_share: float) -> Estimate | str:
        """Return it as a share of all care, of which a part is paid per case; words where there is none."""
        found = self.share_of_demand
        if found is None:
            return self.words
        error = per_case_share * (found.standard_error or 0.0)
        return Estimate.with_error(per_case_share * found.value, error)


def savings_needed(simulate: Simulate, given: Result, clusters: Sequence[int]) -> list[SavingNeeded]:
    """Solve for the true saving of each cluster at which its practices neither gain nor lose on average.

    Takes the result of the scenario as given, and the clusters' positions.
    """
    scenario = given.scenario

    def drawn(at: int) -> Gain:
        return cache(lambda saving: _gain(simulate(with_savings(scenario, {at: saving})), at))

    if not _is_smooth(given.plan):
        return [_by_simulations(drawn(at)) for at in clusters]

    @cache
    def outturn(saving: float) -> Outturn:
        return simulate(with_savings(scenario, dict.fromkeys(clusters, saving))).outturn

    roots = {at: _root(_interpolated(outturn, OneCluster.of(given, at), at)) for at in clusters}
    at_roots = {at: root.saving for at, root in roots.items() if isinstance(root, Root)}
    together = simulate(with_savings(scenario, at_roots)) if at_roots else given
    return [_checked(roots[at], _gain(together, at), drawn(at)) for at in clusters]


@dataclass(frozen=True, slots=True)
class Root:
    """A saving at which practices gain nothing, and how the gain rises there."""

    saving: float
    slope: float


def _is_smooth(plan: Plan) -> bool:
    """Return whether spend falls smoothly as a cluster saves, and no other cluster knows of it."""
    as_drawn = all(payment.is_as_drawn for payment in plan.payments)
    alone = is_separable(plan) and each_stands_alone(plan.settings.rules)
    return as_drawn and alone and not plan.actions.drawn


def _gain(result: Result, at: int) -> Estimate:
    """Return what a cluster's practices gain on average."""
    return _mean_gain(account_book(result.contract_outcomes, result.plan.terms, at))


def _mean_gain(book: AccountBook) -> Estimate:
    return mean(gain_gbp(book, Account.PRACTICES))


def _interpolated(outturn: Callable[[float], Outturn], cluster: OneCluster, at: int) -> Gain:
    """Return what a cluster's practices gain by its saving, with spend between savings that are simulated."""

    @cache
    def node(saving: float) -> Outturn:
        return of_one(outturn(saving), at)

    @cache
    def gain(saving: float) -> Estimate:
        nodes = [0.0, _USUAL_SAVING] if saving <= _USUAL_SAVING else [0.0, _USUAL_SAVING, LARGEST_SAVING]
        nodes = [saving] if saving in nodes else nodes
        # Lagrange's.
        weights = [
            math.prod((saving - other) / (one - other) for other in nodes if other != one) for one in nodes
        ]
        return _mean_gain(cluster.book(outturn=between([node(one) for one in nodes], weights)))

    return gain


def _checked(root: Root | str, gain: Estimate, drawn: Gain) -> SavingNeeded:
    """Return an interpolated root, moved by what practices gain at it; searched again where that is far."""
    if isinstance(root, Root) and root.slope > 0:
        move = -gain.value / root.slope
        if abs(move) > _FAR:
            return _by_simulations(drawn)
        return _with_error(root.saving + move, gain, root.slope)
    return _found(root, drawn)


def _by_simulations(gain: Gain) -> SavingNeeded:
    return _found(_root(gain), gain)


def _found(root: Root | str, gain: Gain) -> SavingNeeded:
    if isinstance(root, str):
        return SavingNeeded(None, root)
    if not root.slope > 0:
        return SavingNeeded(None, "repaid by no one saving, as the gain does not rise with it")
    return _with_error(root.saving, gain(root.saving), root.slope)


def _with_error(saving: float, gain: Estimate, slope: float) -> SavingNeeded:
    return SavingNeeded(Estimate.with_error(saving, (gain.standard_error or 0.0) / slope))


def with_savings(scenario: Scenario, savings: Mapping[int, float]) -> Scenario:
    """Return the scenario with other true savings of some clusters, in every year."""
    found = [(scenario.settings.clusters[at], saving) for at, saving in savings.items()]
    keys = {one.name: saving_every_year(at_mean(one.true_saving_share, saving)) for one, saving in found}
    return scenario.with_clusters(keys)


def _root(gain: Gain) -> Root | str:
    """Return where practices neither gain nor lose; words where that is nowhere that is searched."""
    none = gain(0.0).value
    if none == 0 and gain(LARGEST_SAVING).value == 0:
        return "neither gained nor lost on: there is nothing to repay"
    if none >= 0:
        return "already repaid without any true saving"
    low, high = _near_the_root(gain)
    # Nothing gained where nothing is lost repays nothing.
    if high == LARGEST_SAVING and gain(high).value <= 0:
        return f"not repaid by a true saving of {LARGEST_SAVING:.0%}"
    return Root(*_root_and_slope(gain, low, high))


def _near_the_root(gain: Gain) -> tuple[float, float]:
    """Return the ends for the slope; all that is searched where the largest saving repays nothing."""
    # The gain bends little: a line through two points comes close to the root.
    none, usual = gain(0.0).value, gain(_USUAL_SAVING).value
    ends = _around(_USUAL_SAVING * none / (none - usual) if usual > none else LARGEST_SAVING)
    if gain(ends[0]).value < 0 < gain(ends[1]).value:
        return ends
    if gain(LARGEST_SAVING).value <= 0:
        return 0.0, LARGEST_SAVING
    return _around(_searched(gain, 0.0, LARGEST_SAVING))


def _root_and_slope(gain: Gain, low: float, high: float) -> tuple[float, float]:
    """Return where a gain is nothing, and how it rises there; no slope where it does not rise."""

    def rise(low: float, high: float) -> float:
        return (gain(high).value - gain(low).value) / (high - low)

    if not gain(low).value < 0 < gain(high).value:
        return low, 0.0
    root = _crossing([(one, gain(one).value) for one in (low, high, _USUAL_SAVING)])
    if not low < root < high or abs(gain(root).value) * (high - low) > _CLOSE_ENOUGH * gain(high).value:
        root = _searched(gain, low, high)
    if not low < root < high:
        return root, rise(low, high)
    # Of the parabola through three points.
    return root, rise(low, root) + rise(root, high) - rise(low, high)


def _crossing(points: Sequence[tuple[float, float]]) -> float:
    """Return where a parabola through three points says that nothing is gained; nan if two gain the same."""
    if len({gain for _, gain in points}) < len(points):
        return math.nan
    return sum(
        saving * math.prod(other / (other - gain) for _, other in points if other != gain)
        for saving, gain in points
    )


def _around(saving: float) -> tuple[float, float]:
    """Return the ends between which the slope is taken."""
    middle = min(saving, LARGEST_SAVING)
    return max(middle - _SLOPE_STEP, 0.0), min(middle + _SLOPE_STEP, LARGEST_SAVING)


def _searched(gain: Gain, low: float, high: float) -> float:
    """Return the saving at which a gain is nothing, between two with gains of either sign."""
    from scipy.optimize import brentq

    steps = {"xtol": _CLOSE_ENOUGH, "maxiter": MOST_SIMULATIONS - 8, "disp": False}
    return float(brentq(lambda saving: gain(float(saving)).value, low, high, **steps))
