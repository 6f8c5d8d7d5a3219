"""Section 2: how chance falls as clusters grow. Each source's spread is tuned on one of its figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from statistics import NormalDist

import numpy as np

from simulator.compounds.compound import compound
from simulator.compounds.exact import ExactLaw
from simulator.demand.poisson import Poisson
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean, probability, quantile
from simulator.spend.lognormal import Lognormal
from simulator.validation.outturns import COST_CV, FLAGSHIP, line_of_spread, overspend_shares, simulate_years
from simulator.validation.published import (
    Answer,
    Interval,
    Published,
    scaled,
    standard_deviation,
    tune,
)

YEARS = 200_000
"""Simulated for each source."""


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number of the section."""
    yield from _overspend_probabilities(published["hsj:100000:1"].value)
    yield from _savings_rates(published)
    yield from _credibility(published)
    yield from _people_for_one_per_cent()
    yield from _planned_operations(published["crump:mean"].value, published["crump:sd"].value)


@lru_cache(maxsize=2)
def law_of_chance(people: float, spread: float, cost_cv: float = COST_CV) -> ExactLaw:
    """Return the law of a cluster's spend, as a share of its expected spend, by chance alone."""
    cases = people * (1 + cost_cv**2) / spread**2
    return compound(Poisson(mean=cases), Lognormal(mean=1 / cases, cv=cost_cv)).exact()


def spread_for(people: float, beyond_share: float, chance: float) -> float:
    """Return the spread of one person's spend that gives an overspend a probability."""

    def excess(spread: float) -> float:
        return 1 - float(law_of_chance(people, spread).cdf(1 + beyond_share)) - chance

    normal = beyond_share * math.sqrt(people) / NormalDist().inv_cdf(1 - chance)
    return tune(excess, 0.95 * normal, 1.05 * normal, 1e-5 * normal)


def _overspend_probabilities(on_100000_beyond_1: float) -> Iterator[tuple[str, Answer]]:
    spread = spread_for(100_000, 0.01, on_100000_beyond_1)
    tuned = f"a person's yearly spend has an SD of {spread:.2f} times its mean"
    sizes = (100_000, 300_000)
    shares = overspend_shares(simulate_years(sizes, [line_of_spread(spread)], YEARS))
    for people, per_cent in ((100_000, 1), (100_000, 2), (300_000, 1)):
        beyond = per_cent / 100
        exact = 1 - float(law_of_chance(people, spread).cdf(1 + beyond))
        ours = probability(shares[:, sizes.index(people)] > beyond)
        yield f"hsj:{people}:{per_cent}", Answer(ours, exact, tuned=tuned)


def _savings_rates(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """The rate is the saving that chance alone exceeds with one less the confidence, by a normal law."""
    # Sizes where the rule changes the confidence; rates are blended in between (CMS-1345-P, p. 268). The
    # levels are remembered: assumption.
    people, confidence = (5_000, 20_000, 50_000), (0.90, 0.95, 0.99)
    sds = [NormalDist().inv_cdf(level) for level in confidence]
    yield from _multiples_of_sd(published, "msr", 7_000, lambda size: float(np.interp(size, people, sds)))


def _credibility(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """The factor is a fixed multiple of the SD; as the spread is tuned, that may be one."""
    yield from _multiples_of_sd(published, "credibility", 2_500, lambda size: 1.0)


def _multiples_of_sd(
    published: Mapping[str, Published], name: str, tuned_on: int, factor: Callable[[float], float]
) -> Iterator[tuple[str, Answer]]:
    """Answer for a table by people of so many SDs of chance, the spread tuned on one row."""
    sizes = [int(key.split(":")[1]) for key in published if key.startswith(f"{name}:")]
    spread = published[f"{name}:{tuned_on}"].value / factor(tuned_on) * math.sqrt(tuned_on)
    tuned = f"a person's yearly spend has an SD of {spread:.2f} times its mean"
    shares = overspend_shares(simulate_years(sizes, [line_of_spread(spread)], YEARS))
    for at, people in enumerate(sizes):
        exact = factor(people) * spread / math.sqrt(people)
        ours = scaled(standard_deviation(shares[:, at]), factor(people))
        yield f"{name}:{people}", Answer(ours, exact, tuned=tuned)


def _people_for_one_per_cent() -> Iterator[tuple[str, Answer]]:
    """English admissions as the flagship has them; nothing is tuned. Variance falls with people."""
    admissions = [line for line in FLAGSHIP["service_lines"] if "admissions" in line["name"]]
    people = 300_000
    sd = standard_deviation(overspend_shares(simulate_years([people], admissions, YEARS))[:, 0])
    for sds in (1, 1.96):
        needed = people * (sds * sd.value / 0.01) ** 2
        error = 2 * needed * (sd.standard_error or 0.0) / sd.value
        yield f"jones:{sds}", Answer(Estimate.with_error(needed, error))


def _planned_operations(mean_gbp: float, sd_gbp: float) -> Iterator[tuple[str, Answer]]:
    people, cost_cv = 9_000, 1.3  # spread of a planned admission's cost: assumption, as in the flagship
    spread = sd_gbp / mean_gbp * math.sqrt(people)
    cases = people * (1 + cost_cv**2) / spread**2
    law = law_of_chance(people, spread, cost_cv)
    result = simulate_years([people], [line_of_spread(spread, cost_cv)], YEARS)
    spend_shares = 1 + overspend_shares(result)[:, 0]
    low, high = (quantile(spend_shares, level) for level in (0.05, 0.95))
    errors = math.hypot(low.half_width, high.half_width) / CONFIDENCE_Z
    exact = float(law.quantile(0.95) - law.quantile(0.05))
    # The source simulated 100 years (abstract), and its range is of those.
    ranges = np.subtract(*np.quantile(spend_shares.reshape(-1, 100), (0.95, 0.05), axis=1))
    repeats = Interval(*(float(end) for end in np.quantile(ranges, (0.025, 0.975))))
    tuned = f"{cases:.0f} operations a year"
    yield "crump:mean", Answer(scaled(mean(spend_shares), mean_gbp))
    yield "crump:sd", Answer(scaled(standard_deviation(spend_shares), mean_gbp), sd_gbp, tuned=tuned)
    yield "crump:range", Answer(Estimate.with_error(high.value - low.value, errors), exact, repeats, tuned)
