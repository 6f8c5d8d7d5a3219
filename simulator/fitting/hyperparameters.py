"""What a history tells of SDs and correlations: weighted points from their posterior.

The coordinates are prior SDs from the prior's centre, so that the prior is standard normal. The mode is
searched from two starts, then points are drawn in rounds, each round about what those so far tell, and
weighed against the mixture of all rounds; where that fails, chains of Metropolis run from them. Every
point's density is told by one function of many points at once, so nothing here knows the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaln, logsumexp

from simulator.errors import InputError, Problem
from simulator.random_streams import Generator
from simulator.records import FloatArray

Density = Callable[[FloatArray], FloatArray]
"""From points of shape (point, parameter) to log densities of shape (point,)."""

FARTHEST = 4.0
"""Prior SDs within which the mode is searched."""
_EDGE = 6.0
"""Prior SDs beyond which nothing is believed: 2e-9 of a prior."""
POINTS, ROUNDS, ENOUGH, WANTED = 512, 4, 100.0, 800.0
"""Points in a round, rounds at most, the effective number that must be had, and the one at which
rounds end: by 100 a median's own error is an eighth of a posterior SD, by 800 a twentieth."""
_CHAINS, _STEPS, _FIRST = 50, 400, 100
"""Chains of Metropolis, steps of each, and steps of each that are forgotten. In all 20,000: of 5,000 in eight
dimensions hardly 100 are worth an independent one."""
_DEGREES = 5.0
"""Degrees of freedom of a proposal: tails heavier than any posterior's under a normal prior."""
_WIDE = 0.15
"""Share of each proposal that is as wide as the prior: nothing plausible goes unseen."""
_STEP = 1e-3
"""Step of numerical derivatives, in prior SDs."""


@dataclass(frozen=True, slots=True)
class Points:
    """Weighted points from a posterior."""

    units: FloatArray  # shape (point, parameter), prior SDs
    weights: FloatArray  # shape (point,); they add up to one
    effective: float  # independent points that would be worth as much
    method: str  # how they were found, in words

    def resample(self, rows: int, generator: Generator) -> FloatArray:
        """Return the places of points drawn by weight, systematically, in ascending order, shape (rows,)."""
        places = (np.arange(rows) + generator.random()) / rows
        return np.minimum(np.searchsorted(np.cumsum(self.weights), places), len(self.weights) - 1)

    @property
    def learned(self) -> FloatArray:
        """Share of each parameter's prior variance that the history took away, shape (parameter,)."""
        mean = self.weights @ self.units
        return np.asarray(1 - self.weights @ (self.units - mean) ** 2)


def sample_posterior(
    log_likelihood: Density, names: Sequence[str], words: Sequence[str], generator: Generator
) -> Points:
    """Return weighted points of the posterior of the named parameters.

    Parameters
    ----------
    log_likelihood : Density
        Of the data, at points in prior SDs.
    names, words : Sequence[str]
        What the parameters are called, and what they are.
    generator : Generator
        Draws the points.

    Returns
    -------
    Points
        Worth at least `ENOUGH` independent ones.

    Raises
    ------
    InputError
        When too few points count even after Metropolis; it names the parameters at their bounds.
    """

    def density(units: FloatArray) -> FloatArray:
        inside = (np.abs(units) <= _EDGE).all(1)
        found = np.full(len(units), -np.inf)
        if inside.any():
            found[inside] = log_likelihood(units[inside]) - 0.5 * (units[inside] ** 2).sum(1)
        return found

    peaks = _modes(density, len(names))
    points = _in_rounds(density, peaks, generator)
    if points.effective < ENOUGH:
        points = _metropolis(density, points, generator)
    if points.effective < ENOUGH:
        raise InputError([_not_found(points, peaks[0], names, words)])
    return points


def _modes(density: Density, size: int) -> list[FloatArray]:
    """Return where the posterior is highest, the best first; a second only where it counts."""

    def downhill(units: FloatArray) -> tuple[float, FloatArray]:
        shifts = _STEP * np.eye(size)
        values = density(np.concatenate([units[None], units + shifts, units - shifts]))
        return -values[0], (values[size + 1 :] - values[1 : size + 1]) / (2 * _STEP)

    found = []
    for start in (0.0, -1.0):
        # The gradient's error is far below what a tenth of a prior SD needs.
        options = {"maxiter": 60, "gtol": 1e-2, "ftol": 1e-7}
        ended = minimize(
            downhill,
            np.full(size, start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(-FARTHEST, FARTHEST)] * size,
            options=options,
        )
        found.append((float(ended.fun), tuple(ended.x)))
    (best, first), (other, second) = sorted(found)
    apart = np.abs(np.subtract(first, second)).max() > 0.5
    return [np.array(first), *([np.array(second)] if apart and other - best < 5 else [])]


def _curvature(density: Density, mode: FloatArray) -> FloatArray:
    """Return a covariance from the curvature at a mode, no wider than twice the prior."""
    size, step = mode.size, 0.1  # wide enough to see past a bound's flat side
    both = step * np.eye(size)
    pairs = [(i, j) for i in range(size) for j in range(i + 1)]
    corners = [mode + si * both[i] + sj * both[j] for i, j in pairs for si in (1, -1) for sj in (1, -1)]
    values = density(np.array(corners)).reshape(-1, 4)
    minus = np.zeros((size, size))
    for (i, j), (up_up, up_down, down_up, down_down) in zip(pairs, values, strict=True):
        minus[i, j] = minus[j, i] = -(up_up - up_down - down_up + down_down) / (4 * step**2)
    scale, turn = np.linalg.eigh(minus)
    return np.asarray((turn / np.clip(scale, 0.5, None)) @ turn.T)


@dataclass(frozen=True, slots=True)
class _Proposal:
    """Mixture of Student-t laws, one of them as wide as the prior."""

    means: FloatArray  # shape (part, parameter)
    roots: FloatArray  # shape (part, parameter, parameter)
    shares: FloatArray  # shape (part,)

    @classmethod
    def of(cls, parts: Sequence[tuple[FloatArray, FloatArray]]) -> _Proposal:
        size = parts[0][0].size
        means = [mean for mean, _ in parts] + [np.zeros(size)]
        roots = [np.linalg.cholesky(one + 1e-6 * np.eye(size)) for _, one in parts] + [np.eye(size)]
        shares = [*[(1 - _WIDE) / len(parts)] * len(parts), _WIDE]
        return cls(np.array(means), np.array(roots), np.array(shares))

    def draw(self, count: int, generator: Generator) -> FloatArray:
        part = np.searchsorted(np.cumsum(self.shares)[:-1], generator.random(count))
        normals = generator.standard_normal((count, self.means.shape[1]))
        spread = np.sqrt(_DEGREES / generator.chisquare(_DEGREES, count))
        return np.asarray(
            self.means[part] + np.einsum("bij,bj->bi", self.roots[part], normals) * spread[:, None]
        )

    def log_density(self, units: FloatArray) -> FloatArray:
        size = units.shape[1]
        constant = (
            gammaln((_DEGREES + size) / 2) - gammaln(_DEGREES / 2) - size / 2 * np.log(_DEGREES * np.pi)
        )
        logs = []
        for mean, root, share in zip(self.means, self.roots, self.shares, strict=True):
            square = (np.linalg.solve(root, (units - mean).T) ** 2).sum(0)
            log_root = np.log(np.diag(root)).sum()
            tail = (_DEGREES + size) / 2 * np.log1p(square / _DEGREES)
            logs.append(np.log(share) + constant - log_root - tail)
        return np.asarray(logsumexp(logs, axis=0))


def _in_rounds(density: Density, peaks: Sequence[FloatArray], generator: Generator) -> Points:
    """Draw rounds of points, each from what those so far tell, weighed against the mixture of all."""
    first = [(peak, _curvature(density, peak)) for peak in peaks]
    proposals = [_Proposal.of(first)]
    units, logs = np.empty((0, peaks[0].size)), np.empty(0)
    for _ in range(ROUNDS):
        fresh = proposals[-1].draw(POINTS, generator)
        units, logs = np.concatenate([units, fresh]), np.concatenate([logs, density(fresh)])
        mixture = logsumexp([one.log_density(units) for one in proposals], axis=0)
        weights = _normalised(logs - mixture)
        effective = float(1 / (weights**2).sum())
        if effective > max(WANTED, len(units) / 4):
            break
        mean = weights @ units
        proposals.append(_Proposal.of([(mean, _tempered(units, logs - mixture)), *first[:1]]))
    return Points(units, weights, effective, f"importance sampling, {len(units)} points")


def _normalised(logs: FloatArray) -> FloatArray:
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _tempered(units: FloatArray, logs: FloatArray) -> FloatArray:
    """Return the covariance of weighted points, weights flattened until a few cannot decide it alone."""
    needed = 3 * units.shape[1]
    weights = _normalised(logs)
    for power in (1.0, 0.7, 0.5, 0.35, 0.25, 0.1):
        weights = _normalised(power * logs)
        if 1 / (weights**2).sum() >= needed:
            break
    away = units - weights @ units
    return np.asarray(away.T * weights @ away)


def _metropolis(density: Density, points: Points, generator: Generator) -> Points:
    """Run chains from weighted points; they are told apart from one another to count what they are worth."""
    size = points.units.shape[1]
    at = points.units[points.resample(_CHAINS, generator)]
    logs = density(at)
    step = np.linalg.cholesky(_tempered(points.units, np.log(points.weights + 1e-300)) + 1e-6 * np.eye(size))
    kept = np.empty((_STEPS - _FIRST, _CHAINS, size))
    for number in range(_STEPS):
        fresh = at + 2.38 / np.sqrt(size) * generator.standard_normal(at.shape) @ step.T
        fresh_logs = density(fresh)
        moves = np.log(generator.random(_CHAINS)) < fresh_logs - logs
        at, logs = np.where(moves[:, None], fresh, at), np.where(moves, fresh_logs, logs)
        if number >= _FIRST:
            kept[number - _FIRST] = at
    # Were all chains' steps independent, their means would differ by the whole variance over their steps.
    of_means = kept.mean(0).var(0, ddof=1)
    worth = _CHAINS * kept.reshape(-1, size).var(0) / np.maximum(of_means, 1e-300)
    units = kept.reshape(-1, size)
    weights = np.full(len(units), 1 / len(units))
    # Chains that began at few points and still spread, or that still drift, are worth nothing yet.
    before, after = np.split(kept, 2)
    spread = after.var((0, 1)) / np.maximum(before.var((0, 1)), 1e-300)
    shift = np.abs(after.mean((0, 1)) - before.mean((0, 1))) / np.maximum(units.std(0), 1e-150)
    arrived = ((spread > 0.5) & (spread < 2) & (shift < 0.5)).all()
    effective = float(min(worth.min(), len(units))) if arrived else 0.0
    return Points(units, weights, effective, f"Metropolis, {_CHAINS * _STEPS} steps")


def _not_found(points: Points, mode: FloatArray, names: Sequence[str], words: Sequence[str]) -> Problem:
    """Return the problem with a posterior that cannot be sampled, with what lies at its bound."""
    at_bound = [
        f"{name} ({word})"
        for name, word, unit in zip(names, words, mode, strict=True)
        if abs(unit) > FARTHEST - 0.05
    ]
    where = f"; at its bound: {', '.join(at_bound)}" if at_bound else "; no parameter is at its bound"
    return Problem(
        "history",
        f"one whose shocks can be learned: at least {ENOUGH:.0f} effective points",
        f"{points.effective:.0f} effective points by {points.method}{where}",
        "look for breaks in the history, or widen the prior of what is at its bound",
    )
