"""Section 3: what really happened to consortia, and how far practices were from their budgets."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z
from simulator.risk.estimation import mean, quantile
from simulator.simulation.result import Result
from simulator.validation.outturns import FLAGSHIP, overspend_shares, simulate_years
from simulator.validation.published import Answer, Interval, Published, read, tune

YEARS = 5_000
"""Simulated years, each of all the consortia or practices."""
CONSORTIA, MEAN_PEOPLE = 190, 69_000
SIZES_CV = 0.5
"""Spread of their sizes, lognormal: assumption, as only the mean is known."""
_EVERY = 19
"""Tuning looks at every 19th consortium."""
PRACTICES = 8_238
HOSPITAL_CARE = ("emergency_admissions", "planned_admissions", "outpatient_attendances")
"""What the formula for practices covers: inpatients and outpatients."""

Shocks = dict[str, Any]


def consortia(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of 2009/10: 190 consortia with budgets 2.5% too small."""
    net, share = published["consortia:net"].value, published["consortia:share"].value
    margin = 1 / (1 + net) - 1
    shocks = FLAGSHIP["shocks"]
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
    at_most = published["consortia:worst_apart"].interval.high
    as_good = (overspend_shares(result).max(axis=1) <= at_most).mean()
    found = f"In {as_good:.1%} of simulated years the worst is at most 8%."
    yield "consortia:worst_apart", _worst(result, tuned, found)


def _in_proportion(shocks: Shocks, size: float) -> Shocks:
    """Return the flagship's three shocks, all times `size`."""

    def scaled(law: Shocks) -> Shocks:
        return law | {"sd_share": size * law["sd_share"]}

    sized = {name: shocks[name] | {"size": scaled(shocks[name]["size"])} for name in ("pct", "practice")}
    return sized | {"cluster_year": scaled(shocks["cluster_year"])}


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
    return simulate_years(people, FLAGSHIP["service_lines"], YEARS, shocks, margin_share)


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
    spend, budget = (gbp.sum(axis=(1, 2)) for gbp in (result.outturn.spend_gbp, result.outturn.budget_gbp))
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
    repeats = Interval(quantile(worst, 0.025).low, quantile(worst, 0.975).high)
    return Answer(quantile(worst, 0.5), repeats=repeats, tuned=tuned, found=found)


def practices(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number about practices and the budgets of the person-based formula."""
    target = published["practices:5"].value

    def excess(sd_share: float) -> float:
        return float(_missed(_misses(sd_share), 0.05).mean()) - target

    sd_share = tune(excess, 0.06, 0.09, 2e-4)
    tuned = f"practices' need differs from the formula's with an SD of {sd_share:.1%}, lognormal"
    misses = _misses(sd_share)
    for per_cent in (5, 10, 20):
        missed = _missed(misses, per_cent / 100)
        ours = mean(missed)
        # Practices are independent here, so that a country's share varies less than a sample's.
        spread = CONFIDENCE_Z * float(missed.std()) * math.sqrt(misses.shape[1] / PRACTICES)
        repeats = Interval(ours.low - spread, ours.high + spread)
        yield f"practices:{per_cent}", Answer(ours, repeats=repeats, tuned=tuned)


@lru_cache(maxsize=2)
def _misses(sd_share: float) -> FloatArray:
    """Return each practice's distance from its budget, shape (year, practice), as a share of it."""
    lines = [line for line in FLAGSHIP["service_lines"] if line["name"] in HOSPITAL_CARE]
    shocks = {"cluster": {"law": "lognormal", "sd_share": sd_share}}
    # The list sizes of Cambridgeshire stand for England's (assumption).
    rows = csv.DictReader(read("practice_lists.csv").splitlines())
    lists = [float(row["people"]) for row in rows]
    return np.abs(overspend_shares(simulate_years(lists, lines, YEARS, shocks)))


def _missed(misses: FloatArray, beyond: float) -> FloatArray:
    """Return the share of practices that missed by more than a share of budget, shape (year,)."""
    return np.asarray((misses > beyond).mean(axis=1))
