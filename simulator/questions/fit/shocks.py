"""What a history says of shocks: SDs and correlations, as medians, in place of all under [shocks].

A scenario that carries its posterior draws them instead.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from simulator.fitting.estimates import ENDS, Figure, written
from simulator.fitting.posterior import ModelDraws
from simulator.fitting.priors import WORDS, Priors
from simulator.questions.fit.settings import PRIOR, Fitted, Known, Setting, at_least_nothing
from simulator.records import FloatArray
from simulator.risk.estimate import Unit

_LARGEST_SD = 2.0
"""Of a shock's factor, in a scenario."""
_DIFFERS = 0.005
"""Beyond which a line's scale gets a law of its own."""


def shock_settings(known: Known) -> Iterator[Setting]:
    """Yield all of [shocks], and each line's own shock where its scale differs."""
    volume, price = _Model(known, "volume"), _Model(known, "price")
    yield volume.size(("shocks", "pct", "size"), "PCT-wide shock, SD", 1.0)
    yield from volume.correlations("pct")
    drift = known.posterior.priors.drift_sd
    one = Fitted("pct", "drift of growth, SD", drift, None, Unit.SHARE, PRIOR)
    yield Setting(
        ("shocks", "pct", "growth_drift_sd_share"), drift, "prior: fixed, as no history tells it", (one,)
    )
    levels = "derived: none, since each cluster's level is known and stands in its need"
    yield Setting(("shocks", "cluster", "law"), "lognormal", None)
    yield Setting(("shocks", "cluster", "sd_share"), 0.0, levels)
    yield Setting(("shocks", "cluster_year", "law"), "lognormal", None)
    yield volume.of_years("cluster_year", "passing shock, SD", "delta", 1.0)
    yield volume.correlation(("shocks", "cluster_year", "persistence"), "phi_d")
    if "sigma_k" in volume.draws.free:
        yield Setting(("shocks", "cluster_line", "law"), "lognormal", None)
        yield volume.lasting("cluster_line", "lasting level, SD", "sigma_k")
    if "epsilon" in volume.draws.free:
        scales = volume.draws.cluster_scales.astype(float)
        usual = math.sqrt(float((scales[scales > 0] ** 2).mean())) if scales.any() else 0.0
        yield Setting(("shocks", "cluster_line_year", "law"), "lognormal", None)
        what = "passing shock, SD"
        yield volume.of_years("cluster_line_year", what, "epsilon", usual)
        yield volume.correlation(("shocks", "cluster_line_year", "persistence"), "phi_d")
    if price.draws.free:
        yield price.size(("shocks", "price", "size"), "price shock, SD", 1.0)
        yield from price.correlations("price")
    for model, key in ((volume, "pct_shock"), (price, "price_shock")):
        yield from model.of_lines(key)


class _Model:
    """The SDs and correlations of one model."""

    def __init__(self, known: Known, kind: str) -> None:
        self.known, self.kind = known, kind
        posterior = known.posterior
        self.draws: ModelDraws = getattr(posterior, kind)
        self.figures: Mapping[str, Figure] = getattr(known.estimates, kind)
        self.priors: Priors = posterior.priors
        self.prior_only = posterior.prior_only if kind == "volume" else ()

    def size(self, path: tuple[str, ...], what: str, scale: float, of: str = "") -> Setting:
        """Return the law of a PCT-wide shock: tau times a line's scale."""
        return self._law(path, what, self._rows("tau") * scale, "tau", of)

    def lasting(self, name: str, what: str, parameter: str) -> Setting:
        """Return the SD of what lasts."""
        return self._law(("shocks", name, "sd_share"), what, self._rows(parameter), parameter)

    def of_years(self, name: str, what: str, parameter: str, scale: float) -> Setting:
        """Return the SD of what passes, in any one year, from that of a year's change."""
        sd = scale * self._rows(parameter) / np.sqrt(1 - self._rows("phi_d") ** 2)
        return self._law(("shocks", name, "sd_share"), what, sd, parameter)

    def correlations(self, name: str) -> Iterator[Setting]:
        """Yield how a PCT-wide shock is shared by lines, and how much of it is left a year later."""
        if "rho" in self.draws.free:
            yield self.correlation(("shocks", name, "correlation"), "rho")
        yield self.correlation(("shocks", name, "persistence"), "phi")

    def correlation(self, path: tuple[str, ...], parameter: str) -> Setting:
        """Return a correlation."""
        figure = self.figures.get(parameter, Figure(0.0, 0.0, 0.0))
        learned = self._learned(parameter)
        one = Fitted.figure(path[1], _TOLD[path[2]], figure, learned=learned)
        return self.known.setting(path, figure.value, one, self._prior(parameter))

    def of_lines(self, key: str) -> Iterator[Setting]:
        """Yield the law of each line whose scale differs from the others'."""
        posterior = self.known.posterior
        what = "PCT-wide shock, SD" if self.kind == "volume" else "price shock, SD"
        for line, scale in zip(posterior.lines, self.draws.line_scales.astype(float), strict=True):
            silent = self.kind == "price" and line not in self.known.estimates.mean_cost_gbp
            if self.draws.free and abs(scale - 1) > _DIFFERS and not silent:
                yield self.size(("service_lines", line, key), what, scale, of=line)

    def _law(
        self, path: tuple[str, ...], what: str, draws: FloatArray, parameter: str, of: str = ""
    ) -> Setting:
        """Return the SD of a lognormal factor whose logarithm has SDs as drawn."""
        sds = np.minimum(np.sqrt(np.expm1(np.minimum(draws, 10.0) ** 2)), _LARGEST_SD)
        value, (low, high) = written(float(np.median(sds))), np.quantile(sds, ENDS).tolist()
        learned = self._learned(parameter)
        one = Fitted.figure(of or path[1], what, Figure(value, low, high), Unit.SHARE, learned)
        is_law = path[-1] != "sd_share"
        law: Any = {"law": "lognormal", "sd_share": value} if is_law else value
        return self.known.setting(path, law, one, self._prior(parameter))

    def _rows(self, parameter: str) -> FloatArray:
        if parameter not in self.draws.parameters:
            return np.zeros(self.known.posterior.rows)
        return np.asarray(self.draws.theta[:, self.draws.parameters.index(parameter)].astype(float))

    def _learned(self, parameter: str) -> float | None:
        if parameter in self.prior_only:
            return 0.0
        return at_least_nothing(self.figures[parameter]) if parameter in self.figures else None

    def _prior(self, parameter: str) -> str:
        name = "price_tau" if (self.kind, parameter) == ("price", "tau") else parameter
        return f"{WORDS[name]} {getattr(self.priors, name).in_words()}"


_TOLD: Mapping[str, str] = {
    "correlation": "correlation, lines",
    "persistence": "correlation, years",
}
