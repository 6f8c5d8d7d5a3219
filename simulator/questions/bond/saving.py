"""The true saving that repays a bond: solved on draws that all savings share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from simulator.questions.bond.samples import net_gain_gbp, with_cluster
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.mean import mean
from simulator.scenario.scenario import Scenario
from simulator.simulation.shared_draws import SharedDraws

LARGEST_SAVING = 0.5
"""Share of demand; no saving that was ever measured comes near (assumption)."""
MOST_SIMULATIONS = 16
"""For a root with 12 steps, the ends of the bracket and the slope; most need half of them."""
_CLOSE_ENOUGH = 1e-5
_SLOPE_STEP = 0.005
"""Half a per cent of demand: the slope hardly bends over it, and sampling hardly shows."""


@dataclass(frozen=True, slots=True)
class SavingNeeded:
    """The true saving from which on practices gain on average, net of all that the bond costs them."""

    # Of demand, in every contract year; None where it lies outside what was searched.
    share_of_demand: Estimate | None
    words: str = ""  # what there is to say where there is none


def saving_needed(
    draws: SharedDraws, scenario: Scenario, at: int, progress: Callable[[], None] = lambda: None
) -> SavingNeeded:
    """Solve for the true saving at which practices neither gain nor lose on average."""
    from scipy.optimize import brentq

    found: dict[float, Estimate] = {}

    def gain(saving: float) -> Estimate:
        if saving not in found:
            found[saving] = mean(
                net_gain_gbp(draws, with_cluster(scenario, at, true_saving_share=saving), at)
            )
            progress()
        return found[saving]

    if gain(0.0).value == gain(LARGEST_SAVING).value == 0:
        return SavingNeeded(None, "neither gained nor lost on: there is nothing to repay")
    if gain(0.0).value >= 0:
        return SavingNeeded(None, "already repaid without any true saving")
    # Nothing gained where nothing is lost repays nothing.
    if gain(LARGEST_SAVING).value <= 0:
        return SavingNeeded(None, f"not repaid by a true saving of {LARGEST_SAVING:.0%}")
    root = float(
        brentq(
            lambda saving: gain(float(saving)).value,
            0.0,
            LARGEST_SAVING,
            xtol=_CLOSE_ENOUGH,
            maxiter=MOST_SIMULATIONS - 4,
            disp=False,
        )
    )
    low, high = max(root - _SLOPE_STEP, 0.0), min(root + _SLOPE_STEP, LARGEST_SAVING)
    slope = (gain(high).value - gain(low).value) / (high - low)
    if not slope > 0:
        return SavingNeeded(None, "repaid by no one saving, as the gain does not rise with it")
    error = (gain(root).standard_error or 0.0) / slope
    half = CONFIDENCE_Z * error
    return SavingNeeded(Estimate(root, root - half, root + half, error))
