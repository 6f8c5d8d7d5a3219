"""Section 5: outturns of US Medicare groups, tuned on half of the size bands and held against the others."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import Estimate
from simulator.sums import inner, solved
from simulator.validation.outturns import Table, line_of_spread, simulate_years
from simulator.validation.published import Answer, Published, read

LOSS_SHARE, BOND_SHARE = 0.4, 0.01
"""ENHANCED track: the least share of a loss that a group owes (42 CFR 425.610, as quoted in a research file),
and the repayment mechanism, a share of the benchmark. Losses below 2% are not owed, and 40% of those would
not use it up."""
CHANCE = 2.14
"""SD of a person's yearly spend over its mean, as section 2 tunes it on Medicare's minimum rates."""
CONTRACTS, YEARS, BATCHES = 200_000, 6, 20
"""Simulated for each band; errors are those of the mean of batches."""
MIDDLE = (20_000, 30_000)
"""Where the bands of 20,000 to 50,000 people begin."""


@dataclass(frozen=True, slots=True)
class Band:
    """Groups of about one size."""

    from_people: int
    group_years: int
    people: float  # harmonic mean
    minimum_rate: float  # a share of the benchmark, as all that follow
    mean: float
    sd: float  # about the mean of each year
    sd_error: float


def minimum_rate(people: FloatArray, published: Collection[Published]) -> FloatArray:
    """Return Medicare's minimum savings rate for so many people, as a share of the benchmark."""
    nodes = {float(one.key.split(":")[1]): one.value for one in published if one.key.startswith("msr:")}
    return np.interp(people, list(nodes), list(nodes.values()))


def bands() -> tuple[Band, ...]:
    """Read the outturns by size."""
    rows = csv.DictReader(read("mssp_outturns.csv").splitlines())
    names = ("people", "minimum_rate", "mean", "sd", "sd_error")
    return tuple(
        Band(int(row["from_people"]), int(row["group_years"]), *(float(row[name]) for name in names))
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class Spread:
    """What a group's outturn varies by."""

    any_size: float  # SD of its own need that no size cures
    falling: float  # SD of what falls with size, times the root of people; chance included
    persistence: float = 0.0  # of its own need, from year to year

    def variance(self, band: Band) -> float:
        """Return the variance of an outturn."""
        return self.any_size**2 + self.falling**2 / band.people

    def own(self, band: Band) -> float:
        """Return the variance of a group's own need: all that is not chance."""
        return self.variance(band) - CHANCE**2 / band.people


def tuned_on(some: Sequence[Band], every: Sequence[Band], first_lag: float) -> Spread:
    """Return the spread nearest to some bands' SDs, with the persistence that gives the first lag."""
    terms = np.array([(1, 1 / band.people) for band in some])
    weights = np.array([1 / (2 * band.sd * band.sd_error) for band in some])
    squares = np.array([band.sd**2 for band in some])
    fixed, falling = np.linalg.lstsq(terms * weights[:, None], squares * weights, rcond=None)[0]
    spread = Spread(math.sqrt(fixed), math.sqrt(falling))
    return Spread(spread.any_size, spread.falling, first_lag / own_share(spread, every))


def own_share(spread: Spread, every: Sequence[Band]) -> float:
    """Return what a group's own need is of the variance of all outturns."""
    own, total = (sum(band.group_years * of(band) for band in every) for of in (spread.own, spread.variance))
    return own / total


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of the section."""
    every = bands()
    # The first, third, fifth and seventh.
    spread = tuned_on(every[::2], every, published["groups:lag:1"].value)
    tuned = (
        f"own need with an SD of {spread.any_size:.1%} at any size, and of "
        f"{math.sqrt(spread.falling**2 - CHANCE**2):.1f} over the root of people besides; correlation from "
        f"year to year {spread.persistence:.2f}; a shock that passes within the year: none"
    )
    drawn = {band: _savings(band, _own(spread.own(band), spread.persistence)) for band in every}
    for band in every:
        ours = _batched(partial(_sd, drawn[band]))
        yield f"groups:sd:{band.from_people}", Answer(ours, math.sqrt(spread.variance(band)), tuned=tuned)
    share = own_share(spread, every)
    lags = [1.0, *(share * spread.persistence**lag for lag in range(1, YEARS))]
    for lag in range(1, YEARS):
        ours = _batched(partial(_correlation, drawn, lag))
        yield f"groups:lag:{lag}", Answer(ours, lags[lag], tuned=tuned)
    yield from _beyond_limits(drawn)
    yield from _worth_of_years(drawn, lags)
    # The share of own need that lasts is the persistence: so the first lag is the same.
    for_ever = {band: _savings(band, _in_two(spread.own(band), spread.persistence)) for band in every}
    last = YEARS - 1
    ours = _batched(partial(_correlation, for_ever, last))
    tuned = f"{spread.persistence:.0%} of the variance of own need lasts unchanged, the rest passes at once"
    yield f"for_ever:lag:{last}", Answer(ours, lags[1], tuned=tuned)
    chance = {band: _savings(band, {}) for band in every if band.from_people in MIDDLE}
    yield "chance:saved:middle", Answer(_share_beyond(chance, 1, lambda band: band.minimum_rate))


def _own(variance: float, persistence: float) -> Table:
    """Return own need that fades from year to year."""
    year = {"law": "lognormal", "sd_share": math.sqrt(variance), "persistence": persistence}
    return {"cluster_year": year}


def _in_two(variance: float, lasting: float) -> Table:
    """Return own need of which a share lasts for ever, and the rest for a year."""
    parts = {"cluster": lasting, "cluster_year": 1 - lasting}
    return {
        name: {"law": "lognormal", "sd_share": math.sqrt(share * variance)} for name, share in parts.items()
    }


Drawn = Mapping[Band, FloatArray]
"""Simulated savings about their mean, shape (contract, year), as shares of the budget."""


def _savings(band: Band, shocks: Table) -> FloatArray:
    result = simulate_years([band.people], [line_of_spread(CHANCE)], CONTRACTS, shocks, years=YEARS)
    return np.asarray(1 - result.outturn.spend_gbp[:, :, 0] / result.outturn.budget_gbp[:, :, 0])


def _batched(statistic: Callable[[slice], float]) -> Estimate:
    """Estimate a statistic from what each batch of contracts gives."""
    size = CONTRACTS // BATCHES
    found = [statistic(slice(start, start + size)) for start in range(0, CONTRACTS, size)]
    return Estimate.with_error(float(np.mean(found)), float(np.std(found, ddof=1)) / math.sqrt(BATCHES))


def _pooled(of: Callable[[Band], float], some: Collection[Band]) -> float:
    """Return the mean of bands, by their number of outturns."""
    return sum(band.group_years * of(band) for band in some) / sum(band.group_years for band in some)


def _sd(savings: FloatArray, at: slice) -> float:
    return float(savings[at].std())


def _correlation(drawn: Drawn, lag: int, at: slice) -> float:
    """Return the correlation of outturns so many years apart, all bands together."""

    def product(lag: int) -> float:
        return _pooled(lambda of: float((drawn[of][at, : YEARS - lag] * drawn[of][at, lag:]).mean()), drawn)

    return product(lag) / product(0)


def _share_beyond(drawn: Drawn, sign: int, limit: Callable[[Band], float]) -> Estimate:
    """Return how many save more than a limit, or with sign -1 overspend; each band's mean is as it was."""

    def beyond(band: Band, at: slice) -> float:
        return float((sign * (band.mean + drawn[band][at]) > limit(band)).mean())

    return _batched(lambda at: _pooled(lambda band: beyond(band, at), drawn))


def _beyond_limits(drawn: Drawn) -> Iterator[tuple[str, Answer]]:
    """How many cross the minimum savings rate, and how many would owe more than their bond."""
    middle = {band: savings for band, savings in drawn.items() if band.from_people in MIDDLE}
    predicted = {str(band.from_people): {band: drawn[band]} for band in list(drawn)[1::2]}
    for name, some in ({"middle": middle} | predicted).items():
        for key, sign in (("saved", 1), ("overspent", -1)):
            ours = _share_beyond(some, sign, lambda band: band.minimum_rate)
            yield f"groups:{key}:{name}", Answer(ours)
    yield "groups:owed", Answer(_share_beyond(drawn, -1, lambda band: BOND_SHARE / LOSS_SHARE))


def _worth_of_years(drawn: Drawn, lags: Sequence[float]) -> Iterator[tuple[str, Answer]]:
    """How far off the best guess of an outturn is that knows the years before it."""
    for years in (1, 2):
        ours = _batched(partial(_error_known, drawn, years))
        yield f"groups:known:{years}", Answer(ours, _error_left(lags[: years + 1]))


def _error_known(drawn: Drawn, years: int, at: slice) -> float:
    return _error_left([_correlation(drawn, lag, at) for lag in range(years + 1)])


def _error_left(lags: Sequence[float]) -> float:
    """Return the error of the best linear guess, as a share of that of the mean, from correlations by lag."""
    known, ours = len(lags) - 1, np.array(lags[1:])
    between = np.array([[lags[abs(one - other)] for other in range(known)] for one in range(known)])
    return math.sqrt(1 - inner(ours, solved(between, ours[:, None])[:, 0]))
