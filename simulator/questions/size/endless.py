"""A cluster without end: what no size cures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from simulator.compounds.spend import LinePrices
from simulator.compounds.totals import EndlessTotals
from simulator.demand.shocks import PracticeShock
from simulator.simulation.plan import Plan


def endless(plan: Plan) -> Plan:
    """Return the plan of clusters of more and more people, a head of them.

    By the law of large numbers cases come to what is expected of them given the shocks, each costs the mean,
    and practices need on average what they are expected to: no chance is left, and none need be drawn.
    """
    settings = plan.shocks.settings.model_copy(update={"practice": PracticeShock()})
    earlier = plan.earlier and replace(plan.earlier, prices=_endless(plan.earlier.prices))
    shocks = replace(plan.shocks, settings=settings)
    return replace(plan, prices=_endless(plan.prices), shocks=shocks, earlier=earlier)


def _endless(prices: Sequence[LinePrices]) -> tuple[LinePrices, ...]:
    return tuple(
        replace(price, totals=EndlessTotals.of(price.totals)) if price.totals else price for price in prices
    )
