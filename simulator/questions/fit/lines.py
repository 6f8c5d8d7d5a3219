"""What a history says of service lines and of clusters' need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from simulator.fitting.estimates import Figure, written
from simulator.questions.fit.settings import (
    FITTED,
    PRIOR,
    Fitted,
    Known,
    Setting,
    interval,
    learned_of,
)
from simulator.questions.fit.unit_costs import FEWEST_COSTS, Spread, law_of, spread_of
from simulator.risk.estimate import CONFIDENCE_Z, Unit
from simulator.scenario.schema import ServiceLine

NEARLY_POISSON = 1.05
"""Variance-to-mean up to which counts are taken to be Poisson: its SE is 4% of 43 practices' three years."""


@dataclass(frozen=True)
class LineFigures:
    """One line's figures."""

    known: Known
    line: ServiceLine

    @property
    def name(self) -> str:
        """The line's name."""
        return self.line.name

    @cached_property
    def at(self) -> int:
        """Position among the history's lines."""
        return self.known.posterior.lines.index(self.name)

    @property
    def spend_only(self) -> bool:
        """Whether the history has spend and no counts: then the scenario's cost makes cases of pounds."""
        return self.name in self.known.posterior.spend_only

    @property
    def is_priced(self) -> bool:
        """Whether the history says what a case costs, and the scenario can be told."""
        layered = self.line.unit_cost_gbp.deductible or self.line.unit_cost_gbp.limit is not None
        return self.name in self.known.estimates.mean_cost_gbp and not layered

    @cached_property
    def spread(self) -> Spread | None:
        """How the cost of a case scatters."""
        law = self.known.history.month_law
        return spread_of(self.name, law.cv[self.at], law.cv_se[self.at], self.known.history.costs_gbp)

    @property
    def cv_ends(self) -> tuple[float, float] | None:
        """The interval of the CV."""
        return _ends(self.spread.cv, self.spread.standard_error) if self.spread else None

    def settings(self) -> Iterator[Setting]:
        """Yield what is written under the line, in the order of a scenario."""
        yield self._rate()
        history, last = self.known.history, self.known.posterior.years[-1]
        yield Setting(self._path("rate_year"), last, f"derived: the last financial year of {history.source}")
        yield from self._cost()
        yield from self._count()
        yield self._growth()
        yield from self._price_growth()

    def _path(self, key: str) -> tuple[str, ...]:
        return "service_lines", self.name, key

    def _rate(self) -> Setting:
        figure = self.known.estimates.rate_per_1000[self.name]
        # Pounds become cases at the scenario's cost.
        cost = self.line.unit_cost_gbp.mean_gbp if self.spend_only else 1.0
        value = written(figure.value / cost) if self.spend_only else figure.value
        ends = figure.low / cost, figure.high / cost
        one = Fitted(self.name, "cases per 1,000", value, ends)
        setting = self.known.setting(self._path("rate_per_1000"), value, one)
        if self.spend_only:
            how = "the history has spend alone: cases at the scenario's cost"
            return replace(setting, remark=f"{setting.remark}; {how}")
        return setting

    def _cost(self) -> Iterator[Setting]:
        """Yield the law of a case's cost."""
        if not self.is_priced:
            return
        figure, spread = self.known.estimates.mean_cost_gbp[self.name], self.spread
        cv = getattr(self.line.unit_cost_gbp, "cv", None)
        scatter = spread or (Spread(cv, 0.0, "cv as the scenario had it") if cv else None)
        if scatter is None:
            return
        costs = self.known.history.costs_gbp.get(self.name)
        mean = Fitted.figure(self.name, "mean cost, £", figure)
        ends, source = _ends(scatter.cv, scatter.standard_error), FITTED if spread else PRIOR
        of_cv = Fitted(self.name, "CV of cost", written(scatter.cv), ends, source=source)
        said = f"{self.known.remark(mean)} of the mean; {scatter.basis}"
        said += f", 95% interval {interval(ends)}" if ends else ""
        if costs is not None and costs.size >= FEWEST_COSTS:
            said += "; shape: those costs"
        law = law_of(figure.value, scatter, costs)
        yield Setting(self._path("unit_cost_gbp"), law, said, (mean, of_cv))

    def _count(self) -> Iterator[Setting]:
        """Yield the law of counts: nothing where months cannot tell."""
        law = self.known.history.month_law
        v, error = float(law.v[self.at]), float(law.v_se[self.at])
        if self.spend_only:
            # The variance of pounds over their mean is the mean cost times v + CV^2.
            cost = self.line.unit_cost_gbp
            v, error = v / cost.mean_gbp - cost.variance_gbp2 / cost.mean_gbp**2, error / cost.mean_gbp
        if not np.isfinite(v):
            return
        one = Fitted(self.name, "variance over mean", written(max(v, 0.0)), _ends(v, error))
        poisson = v <= NEARLY_POISSON or self.name in self.known.posterior.rare
        model: dict[str, Any] = {"model": "negative_binomial", "variance_to_mean": written(v)}
        setting = self.known.setting(self._path("count"), {"model": "poisson"} if poisson else model, one)
        said = f"; variance over mean {one.value:.3g}, as good as Poisson's" if poisson else ""
        if self.name in self.known.posterior.rare:
            said = "; a rare line: Poisson"
        yield replace(setting, remark=f"{setting.remark}{said}")

    def _growth(self) -> Setting:
        posterior = self.known.posterior
        prior = posterior.priors.growth_by_line.get(self.name, posterior.priors.growth)
        moved = posterior.priors.drift_sd**2 * (len(posterior.years) - 1)
        draws = posterior.volume.growth[:, self.at].astype(float)
        learned = 0.0 if self.name in posterior.rare else learned_of(draws, prior, moved)
        figure = self.known.estimates.growth_share[self.name]
        what = "growth of cases" if not self.spend_only else "growth of spend"
        return self._of_growth("growth_share", what, figure, learned, prior.in_words())

    def _price_growth(self) -> Iterator[Setting]:
        """Yield growth of prices: nominal, so that with an index its own growth is put back."""
        if self.spend_only:
            remark = f"derived: none, as growth of spend is in growth_share ({self.known.history.source})"
            yield Setting(self._path("price_growth_share"), 0.0, remark)
        if not self.is_priced:
            return
        posterior, figure = self.known.posterior, self.known.estimates.price_growth_share[self.name]
        draws, prior = posterior.price.growth[:, self.at].astype(float), posterior.priors.price_growth
        learned = 0.0 if self.name in posterior.rare else learned_of(draws, prior, 0.0)
        of_index = self.index_growth
        if of_index:
            value, low, high = (
                (1 + one) * (1 + of_index) - 1 for one in (figure.value, figure.low, figure.high)
            )
            figure = Figure(written(value), low, high)
        words = f"{prior.in_words()}{' beyond the price index' if of_index else ''}"
        setting = self._of_growth("price_growth_share", "growth of prices", figure, learned, words)
        if of_index:
            said = f"; the price index's own {of_index:.2%} a year, taken to go on, is in it"
            setting = replace(setting, remark=f"{setting.remark}{said}")
        yield setting

    @property
    def index_growth(self) -> float:
        """Mean growth a year of the price index over the history; nothing without one."""
        index = self.known.history.price_index
        if index is None or index.shape[1] < 2:
            return 0.0
        return float((index[self.at, -1] / index[self.at, 0]) ** (1 / (index.shape[1] - 1)) - 1)

    def _of_growth(self, key: str, what: str, figure: Figure, learned: float, prior: str) -> Setting:
        one = Fitted.figure(self.name, what, figure, Unit.SHARE, learned)
        return self.known.setting(self._path(key), figure.value, one, prior)


def _ends(value: float, standard_error: float) -> tuple[float, float] | None:
    """Return the ends of a figure's interval, where its error is known."""
    half = CONFIDENCE_Z * standard_error
    return (max(value - half, 0.0), value + half) if np.isfinite(half) and half else None


def line_settings(known: Known) -> Iterator[Setting]:
    """Yield what is written under the lines that have history."""
    for line in known.scenario.settings.service_lines:
        if line.name in known.posterior.lines:
            yield from LineFigures(known, line).settings()


def need_settings(known: Known) -> Iterator[Setting]:
    """Yield the need of clusters that have history: what lasts of their level, as a mean over lines."""
    for cluster in known.scenario.settings.clusters:
        if (figure := known.estimates.need.get(cluster.name)) is not None:
            one = Fitted.figure(cluster.name, "need", figure)
            yield known.setting(("clusters", cluster.name, "need"), figure.value, one)
