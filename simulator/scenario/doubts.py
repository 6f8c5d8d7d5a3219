"""Which of a scenario's figures are written with what is not known of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.demand.doubt import ClusterDoubt, Doubts, LineDoubt, log_sd
from simulator.scenario.schema import Cluster, ScenarioFile, ServiceLine
from simulator.uncertain import sd_of

Size = Callable[[float], float]
"""From a figure to its standard deviation."""


def doubts_of(settings: ScenarioFile) -> Doubts:
    """Return what is not known and carried into every contract; nothing where that is switched off."""
    size = sd_of if settings.doubt.carried else _none
    return Doubts(
        settings.doubt.correlation,
        tuple(_of_line(line, size) for line in settings.service_lines),
        tuple(_of_cluster(cluster, size) for cluster in settings.clusters),
    )


def unsure_of(settings: ScenarioFile) -> list[str]:
    """Return in words which kinds of figure have a standard deviation, carried or not."""
    lines = [_of_line(line, sd_of) for line in settings.service_lines]
    clusters = [_of_cluster(cluster, sd_of) for cluster in settings.clusters]
    kinds: dict[str, Iterable[float]] = {
        "rates": (line.rate for line in lines),
        "growth": (line.growth for line in lines),
        "prices": (line.price_growth for line in lines),
        "mean costs": (line.mean_cost for line in lines),
        "need": (cluster.need for cluster in clusters),
        "true savings": (cluster.kept for cluster in clusters),
        "lists": (cluster.list_growth for cluster in clusters),
    }
    return [kind for kind, sizes in kinds.items() if any(sizes)]


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
