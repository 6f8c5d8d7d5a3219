"""Which of a scenario's figures are written with what is not known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.demand.doubt import ClusterDoubt, Doubts, LineDoubt, log_sd
from simulator.plain_words import listed
from simulator.scenario.schema import Cluster, ScenarioFile, ServiceLine
from simulator.uncertain import sd_of

Size = Callable[[float], float]
"""From a figure to its standard deviation."""


_FITTED = "the fitted figures"
A_YEAR = ("growth", "prices", "lists")
"""Kinds of figure of which an SD is for each year after the base year."""


def doubts_of(settings: ScenarioFile) -> Doubts:
    """Return what is not known and carried into every contract; nothing where that is switched off."""
    size = sd_of if settings.doubt.carried else _none
    return Doubts(
        settings.doubt.correlation,
        tuple(_of_line(line, size) for line in settings.service_lines),
        tuple(_of_cluster(cluster, size) for cluster in settings.clusters),
    )


def carries_fit(settings: ScenarioFile) -> bool:
    """Return whether each contract takes a draw of what a history leaves unknown."""
    fit = settings.fit
    return fit.posterior is not None and fit.carry_uncertainty and settings.doubt.carried


def sizes_of_doubt(settings: ScenarioFile) -> dict[str, tuple[float, ...]]:
    """Return the standard deviations that kinds of figure have, from the smallest, as shares.

    Of growth, prices and lists a year; carried or not. Kinds that are all known are left out.
    """
    lines, clusters = settings.service_lines, settings.clusters
    costs = [getattr(line.unit_cost_gbp, "mean", 1.0) for line in lines]
    kinds: dict[str, Iterable[float]] = {
        "rates": (sd_of(line.rate_per_1000) / line.rate_per_1000 for line in lines),
        "growth": (sd_of(line.growth_share) for line in lines),
        "prices": (sd_of(line.price_growth_share) for line in lines),
        "mean costs": (sd_of(cost) / cost for cost in costs),
        "need": (sd_of(cluster.need) / cluster.need for cluster in clusters),
        "true savings": (sd_of(cluster.true_saving_share) for cluster in clusters),
        "lists": (sd_of(cluster.list_growth_share) for cluster in clusters),
    }
    found = {kind: tuple(sorted({size for size in sizes if size})) for kind, sizes in kinds.items()}
    return {kind: sizes for kind, sizes in found.items() if sizes}


def unsure_of(settings: ScenarioFile) -> list[str]:
    """Return in words which kinds of figure are not known, carried or not."""
    fit = settings.fit
    of_history = [_FITTED] if fit.posterior is not None and fit.carry_uncertainty else []
    return [*sizes_of_doubt(settings), *of_history]


def doubt_in_words(settings: ScenarioFile) -> str:
    """Return what becomes of doubt, to follow a semicolon; nothing where no figure has any."""
    said = []
    if unsure := unsure_of(settings):
        where = "is inside" if settings.doubt.carried else "is not in"
        said.append(f"doubt about {listed(unsure)} {where} the figures")
    if settings.fit.posterior is not None and not settings.fit.carry_uncertainty:
        said.append(f"doubt about {_FITTED} is not in the figures")
    return "; ".join(said)


def _of_line(line: ServiceLine, size: Size) -> LineDoubt:
    mean_cost = getattr(line.unit_cost_gbp, "mean", 1.0)
    return LineDoubt(
        rate=log_sd(size(line.rate_per_1000), line.rate_per_1000),
        growth=log_sd(size(line.growth_share), 1 + line.growth_share),
        price_growth=log_sd(size(line.price_growth_share), 1 + line.price_growth_share),
        mean_cost=log_sd(size(mean_cost), mean_cost),
    )


def _of_cluster(cluster: Cluster, size: Size) -> ClusterDoubt:
    return ClusterDoubt(
        need=log_sd(size(cluster.need), cluster.need),
        kept=log_sd(size(cluster.true_saving_share), 1 - cluster.true_saving_share),
        list_growth=log_sd(size(cluster.list_growth_share), 1 + cluster.list_growth_share),
    )


def _none(_figure: float) -> float:
    return 0.0
