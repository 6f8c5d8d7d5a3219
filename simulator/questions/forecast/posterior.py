"""What the months so far say of the year's shocks: a linear Gaussian posterior of their logarithms.

It is credibility theory (Buehlmann and Straub 1970) for all clusters and lines together. The joint law of
the logarithms comes from the simulator's own draws, so that every kind of shock, whatever it is shared by,
is learned from in its measure. What was seen is about exp(logarithm) times what was expected, with the
chance in counts and costs as noise; it is made linear where the posterior stands, again and again, as a
generalised linear model is fitted (McCullagh and Nelder 1989, section 2.5).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simulator.demand.shocks import ShockDraws
from simulator.questions.forecast.actuals import Actuals
from simulator.questions.forecast.year_end import tariff_of
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.plan import Plan
from simulator.sums import inner, product, solved

_LEARNT_BLOCKS = 4
"""Blocks of 5,000 contracts whose shocks show their joint law: correlations to less than a hundredth."""
_ROUNDS = 25
"""A start at what was seen converges in three or four; each round is a few small matrices."""
_LEAST_FACTOR, _LEAST_VARIANCE = 0.01, 1e-9
"""A normal shock can be nothing, which has no logarithm; what is known outright still needs some noise."""


def log_factors(
    shocks: ShockDraws, at_year: int, clusters: Sequence[int], lines: Sequence[int]
) -> FloatArray:
    """Return logarithms of the factors of a year, shape (contract, unknown).

    First those on cases, by cluster and line, then those on prices, by line.
    """
    contracts = len(shocks.pct)
    found = [shocks.factors(at_year, cluster, line) for cluster in clusters for line in lines]
    found += [np.broadcast_to(shocks.prices(at_year, 0, line), contracts) for line in lines]
    return np.log(np.maximum(np.stack(found, axis=-1), _LEAST_FACTOR))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen, each against what was expected of it without shocks."""

    sees: FloatArray  # shape (seen, unknown); 1 for the logarithms whose sum it shows
    ratio: FloatArray  # shape (seen,); seen over expected
    variance: FloatArray  # shape (seen,); of the ratio, by chance in counts and costs, at factors of 1

    @classmethod
    def of(cls, plan: Plan, actuals: Actuals, expected: FloatArray, lines: Sequence[int]) -> Seen:
        """Return what actuals show: spend; or where counts are known, these and the cost of a case.

        Takes cases ``expected`` in the months so far, shape (cluster told of, line). Months are added up:
        given the year's shocks their sum says all that they say.
        """
        spend, counts = actuals.spend_gbp.sum(axis=0), actuals.counts.sum(axis=0)
        unknowns = (len(actuals.clusters) + 1) * len(lines)
        tariff = tariff_of(plan, actuals.at_year)
        rows: list[tuple[list[int], float, float]] = []
        for at_cluster in range(len(actuals.clusters)):
            for at, line in enumerate(lines):
                law = plan.settings.service_lines[line]
                cost_gbp = law.unit_cost_gbp.mean_gbp * plan.prices[line].price_index[actuals.at_year]
                cost_gbp *= tariff[line]
                of_count, of_cost = law.chance_of_a_case
                cases, count = expected[at_cluster, line], counts[at_cluster, line]
                on_cases, on_prices = at_cluster * len(lines) + at, unknowns - len(lines) + at
                # Where nothing is expected, or nothing told, there is nothing to learn from.
                if np.isnan(spend[at_cluster, line]) or not cases * cost_gbp > 0:
                    continue
                if np.isnan(count):
                    paid = spend[at_cluster, line] / (cases * cost_gbp)
                    rows.append(([on_cases, on_prices], paid, (of_count + of_cost) / cases))
                    continue
                rows.append(([on_cases], count / cases, of_count / cases))
                if count > 0:
                    paid = spend[at_cluster, line] / (count * cost_gbp)
                    rows.append(([on_prices], paid, of_cost / count))
        sees = np.zeros((len(rows), unknowns))
        for row, (unknown, _, _) in enumerate(rows):
            sees[row, unknown] = 1.0
        ratio, variance = np.array([row[1:] for row in rows]).reshape(-1, 2).T
        return cls(sees, ratio, np.maximum(variance, _LEAST_VARIANCE))


@dataclass(frozen=True, slots=True)
class Posterior:
    """The law of logarithms of factors once something was seen."""

    sees: FloatArray  # shape (seen, unknown)
    response: FloatArray  # shape (seen,); what was seen, as logarithms
    noise_sd: FloatArray  # shape (seen,); of that, by chance
    gain: FloatArray  # shape (unknown, seen); by how much an unknown moves with what was seen

    @classmethod
    def of(cls, prior: FloatArray, seen: Seen) -> Posterior:
        """Return it from draws of the logarithms, shape (contract, unknown), and from what was seen."""
        mean = prior.mean(axis=0)
        centred = prior - mean
        covariance = product(centred.T, centred) / (len(prior) - 1)
        sees, level = seen.sees, np.log(np.maximum(seen.ratio, 0.1))
        shared = product(covariance, sees.T)
        for _ in range(_ROUNDS):
            response = level + seen.ratio * np.exp(-level) - 1
            variance = seen.variance * np.exp(-level)
            gain = solved(product(sees, shared) + np.diag(variance), shared.T).T
            level = inner(sees, mean + inner(gain, response - inner(sees, mean)))
        return cls(sees, response, np.sqrt(variance), gain)

    def moved(self, prior: FloatArray, normals: FloatArray) -> FloatArray:
        """Return draws of the posterior, shape (contract, unknown): those of the prior, moved.

        Each moves by what was seen less what it would have shown itself, with noise of its own from
        ``normals``, shape (contract, seen) (Matheron's rule; Doucet 2010, A note on efficient conditional
        simulation of Gaussian distributions).
        """
        shown = product(prior, self.sees.T) + self.noise_sd * normals
        return np.asarray(prior + product(self.response - shown, self.gain.T))


def learnt(
    plan: Plan,
    actuals: Actuals,
    expected: FloatArray,
    lines: Sequence[int],
    streams: RandomStreams,
) -> Posterior:
    """Return what the months so far say; the same whatever number of contracts is drawn."""
    blocks = (Block(number, CONTRACTS_PER_BLOCK) for number in range(_LEARNT_BLOCKS))
    prior = [
        log_factors(plan.draw_shocks(streams, block), actuals.at_year, actuals.clusters, lines)
        for block in blocks
    ]
    return Posterior.of(np.concatenate(prior), Seen.of(plan, actuals, expected, lines))
