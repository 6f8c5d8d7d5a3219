"""Section 3: practice-based commissioning in 2009/10, 190 consortia with budgets 2.5% too small."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from simulator.records import BUDGET, SPEND, FloatArray
from simulator.risk.estimation import mean, quantile
from simulator.simulation.result import Result
from simulator.validation.check import Answer, tune
from simulator.validation.outturns import one_year, overspend_shares, read_table
from simulator.validation.published import Interval, Published

YEARS = 5_000
"""Simulated years, each of all the consortia."""
CONSORTIA, MEAN_PEOPLE = 190, 69_000
SIZES_CV = 0.5
"""Spread of their sizes, lognormal: assumption, as only the mean is known."""
_EVERY = 19
"""Tuning looks at every 19th consortium."""

Shocks = dict[str, Any]


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of the hindcast."""
    net, share = published["consortia:net"].value, published["consortia:share"].value
    margin = 1 / (1 + net) - 1
    shocks = read_table("consortia_2009.toml")["shocks"]
    size = _tuned(lambda size: _in_proportion(shocks, size), (0.5, 2.0), margin, share)
    tuned = f"budgets {-margin:.1%} below expected spend; the flagship's shocks times {size:.2f}"
    result = _simulated(_in_proportion(shocks, size), margin, _people())
    net_overspend, overspent = _net_overspend(result), _share_overspent(result)
    yield "consortia:net", Answer(mean(net_overspend), tuned=tuned)
    yield "consortia:share", Answer(mean(overspent), tuned=tuned)
    stands_for = published["consortia:net"].interval
    like = (net_overspend >= stands_for.low) & (net_overspend < stands_for.high)
    found = _years_like_it(overspent[like], overspend_shares(result).max(axis=1)[like])
    yield "consortia:worst", _worst(result, tuned, found)
    own = _tuned(_apart, (0.01, 0.06), margin, share)
    tuned = f"the same budgets; for each consortium a shock with an SD of {own:.1%}, and none in common"
    result = _simulated(_apart(own), margin, _people())
    as_good = (
        overspend_shares(result).max(axis=1) <= published["consortia:worst_apart"].interval.high
    ).mean()
    found = f"In {as_good:.1%} of simulated years the worst is at most 8%."
    yield "consortia:worst_apart", _worst(result, tuned, found)


def _in_proportion(shocks: Shocks, size: float) -> Shocks:
    """Return the flagship's three shocks, all times `size`."""
    pct = shocks["pct"]
    scaled = {
        name: shocks[name] | {"sd_share": size * shocks[name]["sd_share"]}
        for name in ("cluster", "cluster_year")
    }
    return scaled | {"pct": pct | {"size": pct["size"] | {"sd_share": size * pct["size"]["sd_share"]}}}


def _apart(sd_share: float) -> Shocks:
    """Return shocks that consortia do not share."""
    return {"cluster_year": {"law": "lognormal", "sd_share": sd_share}}


def _tuned(
    shocks_of: Callable[[float], Shocks], between: tuple[float, float], margin_share: float, share: float
) -> float:
    """Return the size of shocks with which `share` of consortia overspend in the mean year."""
    some = _people()[_EVERY // 2 :: _EVERY]

    def excess(size: float) -> float:
        return float(_share_overspent(_simulated(shocks_of(size), margin_share, some)).mean()) - share

    return tune(excess, *between, 0.002 * between[1])


def _simulated(shocks: Shocks, margin_share: float, people: Sequence[float]) -> Result:
    return one_year(people, read_table("consortia_2009.toml")["service_lines"], YEARS, shocks, margin_share)


def _people() -> list[float]:
    """Return the consortia's sizes: the middles of equally likely slices of their law."""
    log_sd = math.sqrt(math.log1p(SIZES_CV**2))
    slices = (np.arange(CONSORTIA) + 0.5) / CONSORTIA
    sizes = np.exp(log_sd * np.array([NormalDist().inv_cdf(float(level)) for level in slices]))
    return [float(size) for size in sizes * MEAN_PEOPLE / sizes.mean()]


def _share_overspent(result: Result) -> FloatArray:
    """Return the share of consortia that overspent in each simulated year."""
    return np.asarray((overspend_shares(result) > 0).mean(axis=1))


def _net_overspend(result: Result) -> FloatArray:
    """Return the overspend of all consortia together in each simulated year, as a share of budget."""
    outcomes = result.contract_outcomes
    spend, budget = (outcomes.gbp(reason).sum(axis=(1, 2)) for reason in (SPEND, BUDGET))
    return np.asarray(spend / budget - 1)


def _years_like_it(overspent: FloatArray, worst: FloatArray) -> str:
    """Say what years with the published net overspend show."""
    shares, worsts = (
        "{:.0%} to {:.0%}".format(*np.quantile(found, (0.025, 0.975))) for found in (overspent, worst)
    )
    return (
        f"Of the {worst.size} simulated years with that net overspend, 95% have {shares} of consortia "
        f"overspent, and the worst {worsts} over."
    )


def _worst(result: Result, tuned: str, found: str) -> Answer:
    """Return the worst consortium of a year: the median of years, and what 95% of years show."""
    worst = overspend_shares(result).max(axis=1)
    year = Interval(quantile(worst, 0.025).low, quantile(worst, 0.975).high)
    return Answer(quantile(worst, 0.5), year=year, tuned=tuned, found=found)
