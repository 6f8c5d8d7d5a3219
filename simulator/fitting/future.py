"""The years after a history: each draw's end carried on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.fitting.posterior import ModelDraws, Posterior
from simulator.records import FinancialYear, FloatArray

IntArray = NDArray[np.intp]
Normals = Callable[..., FloatArray]
"""From names to one standard normal for each row, from the stream of what it shakes."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a row of one model expects of each year, given the row, in logs: means, not medians."""

    lines: FloatArray  # shape (row, year, line); nan for prices of a line without spend
    clusters: FloatArray  # shape (row, year, cluster, line); added to that

    @property
    def known(self) -> FloatArray:
        """What is expected of lines; nothing of those of which a history says nothing."""
        return np.nan_to_num(self.lines)


@dataclass(frozen=True, slots=True)
class Fresh:
    """What chance adds to a row after the history, in logs of factors with mean one; None for none."""

    shock: FloatArray  # shape (row, year, line)
    drift: FloatArray | None  # shape (row, year, line)
    common: FloatArray | None  # shape (row, year, cluster)
    own: FloatArray | None  # shape (row, year, cluster, line)


@dataclass(frozen=True, slots=True)
class Model:
    """Volumes or prices of a posterior, with what carries them on. Year 0 is the last of the history."""

    posterior: Posterior
    draws: ModelDraws
    streams: tuple[str, str]  # names of what is PCT-wide, and of what is a cluster's line's own
    drift_sd: float

    @classmethod
    def volume(cls, posterior: Posterior) -> Model:
        """Return the model of volumes."""
        return cls(posterior, posterior.volume, ("pct", "cluster's line"), posterior.priors.drift_sd)

    @classmethod
    def price(cls, posterior: Posterior) -> Model:
        """Return the model of prices."""
        return cls(posterior, posterior.price, ("price", "price of a cluster's line"), 0.0)

    @property
    def affected(self) -> FloatArray:
        """Return 1 for lines on which a cluster's years act, shape (line,); not those with a rate alone."""
        return np.array([float(line not in self.posterior.rare) for line in self.posterior.lines])

    @property
    def _moves(self) -> FloatArray:
        """Return 1 for lines of which growth drifts, shape (line,)."""
        return (self.draws.line_scales > 0).astype(float)

    def expected(self, rows: IntArray, years_ahead: int) -> Expected:
        """Return what rows expect of the years up to `years_ahead`."""
        draws, values = self.draws, self.draws.values(rows)
        times = np.arange(years_ahead + 1.0)
        phi, phi_d = (values[name][:, None] ** times for name in ("phi", "phi_d"))
        level, growth, shock = (
            one[rows].astype(float)[:, None] for one in (draws.level, draws.growth, draws.shock)
        )
        lines = level + growth * times[:, None] + phi[..., None] * shock
        lines += (self._shock_variance(values, times) + self._drift_variance(times)) / 2
        common = draws.cluster_state[rows].astype(float)[:, None, :, None] * self.affected
        own = draws.cluster_line_state[rows].astype(float)[:, None]
        clusters = draws.cluster_level[rows].astype(float)[:, None] + phi_d[..., None, None] * (common + own)
        variances = [self._faded(values, times, name) for name in ("delta", "epsilon")]
        clusters += (variances[0] * self.affected + variances[1] * self._scales**2)[:, :, None] / 2
        return Expected(lines, clusters)

    def newcomer(self, rows: IntArray, years_ahead: int, normals: Normals, cluster: str) -> FloatArray:
        """Draw what lasts, and what is left of the past, of a cluster without history, as a log.

        Shape (row, year, line); the factor has mean one.
        """
        values, of_line, lines = self.draws.values(rows), self.streams[1], self.posterior.lines
        fading = values["phi_d"][:, None] ** np.arange(years_ahead + 1.0)
        then = FinancialYear(self.posterior.years[-1]).label
        passed = np.sqrt(1 - values["phi_d"] ** 2)
        found = np.zeros((*fading.shape, len(lines)))
        for name, since, weights in (("sigma_c", None, self.affected), ("delta", then, self.affected)):
            sd = values[name][:, None] * (fading / passed[:, None] if since else np.ones_like(fading))
            drawn = sd * normals("cluster", cluster, *filter(None, [since]))[:, None] - sd**2 / 2
            found += drawn[..., None] * weights
        for name, since, weights in (("sigma_k", None, self.affected), ("epsilon", then, self._scales)):
            sd = values[name][:, None] * (fading / passed[:, None] if since else np.ones_like(fading))
            for at_line, line in enumerate(lines):
                own = weights[at_line] * sd
                names = (of_line, cluster, line, *filter(None, [since]))
                found[..., at_line] += own * normals(*names)[:, None] - own**2 / 2
        return found

    def fresh(
        self, rows: IntArray, years_ahead: int, normals: Normals, clusters: Sequence[str] = ()
    ) -> Fresh:
        """Draw what chance adds in the years up to `years_ahead`, to the history's clusters or to others."""
        draws, values = self.draws, self.draws.values(rows)
        times = np.arange(years_ahead + 1.0)
        clusters, lines = clusters or self.posterior.clusters, self.posterior.lines
        last = self.posterior.years[-1]
        labels = [FinancialYear(last + ahead).label for ahead in range(1, years_ahead + 1)]
        wide, of_line = self.streams
        new = values["tau"][:, None] * np.sqrt(1 - values["phi"][:, None] ** 2) * draws.line_scales
        steps = [new * _by_line(values["rho"], normals, wide, label, lines) for label in labels]
        shock = _summed(new, steps, values["phi"][:, None]) - self._shock_variance(values, times) / 2
        drift = common = own = None
        if self.drift_sd:
            new = np.repeat(self.drift_sd * self._moves[None], len(rows), axis=0)
            steps = [new * _by_line(values["rho"], normals, "drift", label, lines) for label in labels]
            drift = np.cumsum(_summed(new, steps, 1.0), axis=1) - self._drift_variance(times) / 2
        if values["delta"].any():
            new = np.repeat(values["delta"][:, None], len(clusters), axis=1)
            steps = [
                new * np.stack([normals("cluster", one, label) for one in clusters], axis=-1)
                for label in labels
            ]
            common = _summed(new, steps, values["phi_d"][:, None])
            common -= self._faded(values, times, "delta") / 2
        if values["epsilon"].any() and self._scales.any():
            shape = (len(rows), len(clusters), len(lines))
            new = np.broadcast_to(values["epsilon"][:, None, None] * self._scales, shape)
            steps = []
            for label in labels:
                drawn = [normals(of_line, one, line, label) for one in clusters for line in lines]
                steps.append(new * np.stack(drawn, axis=-1).reshape(shape))
            own = _summed(new, steps, values["phi_d"][:, None, None])
            own -= self._faded(values, times, "epsilon")[:, :, None] * self._scales**2 / 2
        return Fresh(shock, drift, common, own)

    def shock_variance(self, rows: IntArray, years_ahead: int) -> FloatArray:
        """Return the variance of the log of PCT-wide shocks since the history, shape (row, year, line)."""
        return self._shock_variance(self.draws.values(rows), np.arange(years_ahead + 1.0))

    def fresh_variance(self, rows: IntArray, years_ahead: int) -> FloatArray:
        """Return the variance of the log of all that chance adds up to a year, shape (row, line)."""
        values, times = self.draws.values(rows), np.array([float(years_ahead)])
        wide = self._shock_variance(values, times) + self._drift_variance(times)
        own = self._faded(values, times, "delta") * self.affected
        own += self._faded(values, times, "epsilon") * self._scales**2
        return np.asarray((wide + own)[:, 0])

    @property
    def _scales(self) -> FloatArray:
        return self.draws.cluster_scales.astype(float)

    def _shock_variance(self, values: dict[str, FloatArray], times: FloatArray) -> FloatArray:
        """Return the variance of what is new of shocks, shape (row, year, line)."""
        of_year = values["tau"][:, None] ** 2 * (1 - values["phi"][:, None] ** (2 * times))
        return np.asarray(of_year[..., None] * self.draws.line_scales.astype(float) ** 2)

    def _drift_variance(self, times: FloatArray) -> FloatArray:
        """Return the variance of what drift makes of levels, shape (year, line)."""
        steps = times * (times + 1) * (2 * times + 1) / 6
        return np.asarray(self.drift_sd**2 * steps[:, None] * self._moves)

    def _faded(self, values: dict[str, FloatArray], times: FloatArray, name: str) -> FloatArray:
        """Return the variance of what is new of a cluster's years, shape (row, year, 1)."""
        square = values["phi_d"][:, None] ** 2
        return np.asarray((values[name][:, None] ** 2 * (1 - square**times) / (1 - square))[..., None])


def future(
    posterior: Posterior, rows: IntArray, years_ahead: int, normals: Normals
) -> tuple[FloatArray, FloatArray]:
    """Carry rows of a posterior into the years after the history.

    Parameters
    ----------
    posterior : Posterior
        What is known.
    rows : NDArray[np.intp]
        Rows of it, shape (row,); one may come often.
    years_ahead : int
        Years after the last of the history.
    normals : Normals
        Gives standard normals of shape (row,) for each name.

    Returns
    -------
    tuple of FloatArray
        Log expected cases per weighted person in a year, and log mean pounds a case, given the row and
        all shocks; each of shape (row, year, cluster, line), year 0 the last of the history.
    """
    models = Model.volume(posterior), Model.price(posterior)
    volume, price = (_together(model, rows, years_ahead, normals) for model in models)
    return volume, price


def _together(model: Model, rows: IntArray, years_ahead: int, normals: Normals) -> FloatArray:
    """Return the logs of one model, shape (row, year, cluster, line)."""
    expected, fresh = model.expected(rows, years_ahead), model.fresh(rows, years_ahead, normals)
    lines = expected.lines + fresh.shock + (0.0 if fresh.drift is None else fresh.drift)
    found = lines[:, :, None] + expected.clusters
    if fresh.common is not None:
        found += fresh.common[..., None] * model.affected
    if fresh.own is not None:
        found += fresh.own
    return np.asarray(found)


def _by_line(rho: FloatArray, normals: Normals, kind: str, label: str, lines: tuple[str, ...]) -> FloatArray:
    """Return normals of shape (row, line) that share a part between lines."""
    common = normals(kind, label)[:, None]
    own = np.stack([normals(kind, label, line) for line in lines], axis=-1)
    return np.asarray(np.sqrt(rho[:, None]) * common + np.sqrt(1 - rho[:, None]) * own)


def _summed(like: FloatArray, steps: list[FloatArray], fades: FloatArray | float) -> FloatArray:
    """Return what steps come to, each year what is left of the last and a step, from nothing in year 0."""
    found = [np.zeros_like(like)]
    for step in steps:
        found.append(fades * found[-1] + step)
    return np.stack(found, axis=1)
