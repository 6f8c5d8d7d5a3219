"""Several PCTs: each settles with its own clusters, and what comes of it is put together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np

from simulator.records import Axes, Clusters, ClusterTerms, Outcomes, Outturn

Settle = Callable[[Outturn, ClusterTerms, Axes], Outcomes]


def settled_by_pct(settle: Settle, outturn: Outturn, terms: ClusterTerms, axes: Axes) -> Outcomes:
    """Return what `settle` makes of the clusters of each PCT, put together."""
    together = Outcomes.empty(len(outturn.spend_gbp), axes)
    for at, clusters in enumerate(axes.clusters_of_pcts().values()):
        own = settle(_outturn_of(outturn, clusters), *_agreed_with(terms, axes, clusters))
        together.shared_bond_needed_gbp[:, at] = own.shared_bond_needed_gbp[:, 0]
        for name in _BY_CLUSTER:
            getattr(together, name)[..., clusters] = getattr(own, name)
        for reason, flow in own.flows.items():
            if reason not in together.flows:
                together.flows[reason] = replace(flow, gbp=np.zeros(outturn.spend_gbp.shape, order="F"))
            together.flows[reason].gbp[..., clusters] = flow.gbp
    return together


def _outturn_of(outturn: Outturn, clusters: Clusters) -> Outturn:
    """Return the outturn of some clusters."""
    arrays = {
        one.name: array[..., clusters]
        for one in fields(Outturn)
        if isinstance(array := getattr(outturn, one.name), np.ndarray)
    }
    elsewhere = tuple(
        replace(
            one,
            gbp=one.gbp[..., clusters],
            outside_gbp=None if one.outside_gbp is None else one.outside_gbp[..., clusters],
        )
        for one in outturn.elsewhere
    )
    besides = tuple(replace(one, gbp=one.gbp[..., clusters]) for one in outturn.besides)
    return replace(outturn, **arrays, elsewhere=elsewhere, besides=besides)


def _agreed_with(terms: ClusterTerms, axes: Axes, clusters: Clusters) -> tuple[ClusterTerms, Axes]:
    """Return the terms and axes of some clusters, which are of one PCT."""
    numbers = np.arange(len(axes.clusters))[clusters].tolist()
    own = {
        one.name: array[..., clusters]
        for one in fields(ClusterTerms)
        if isinstance(array := getattr(terms, one.name), np.ndarray)
    }
    names = tuple(terms.names[at] for at in numbers)
    legal = terms.legal and terms.legal.at(numbers)
    return replace(terms, **own, names=names, legal=legal), replace(axes, clusters=names, pcts=())


_BY_CLUSTER = (
    *("takes_part", "annual_budget_gbp", "bond_posted_gbp"),
    *("bond_claims_gbp", "bond_needed_gbp", "held_back_gbp"),
)
