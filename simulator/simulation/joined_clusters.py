"""Clusters that join: their budgets and spend, as drawn, are one cluster's, and the rules settle that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.records import ClusterTerms, FloatArray, Outturn
from simulator.risk.account_book import AccountBook, account_books
from simulator.rules.settlement import settled_outcomes
from simulator.simulation.plan import Plan

Groups = Sequence[Sequence[int]]
"""Numbers of the clusters that join, a group for each cluster that comes of it."""


def can_join(plan: Plan) -> bool:
    """Return whether any clusters may be one: of one PCT, on the same terms, none reacting."""
    terms = plan.terms
    return (
        not plan.axes.pcts
        and terms.legal is None
        and not plan.actions.react
        and bool(terms.takes_share.all() and np.isnan(terms.bond_gbp).all())
        and bool((terms.months == terms.months[:, :1]).all())
    )


def joined_books(plan: Plan, outturn: Outturn, groups: Groups, names: Sequence[str]) -> list[AccountBook]:
    """Return the books of clusters of which each group is one: what one has left pays what another lacks.

    Only where `can_join` says so.
    """
    terms = _joined_terms(plan.terms, groups, names)
    axes = replace(plan.axes, clusters=tuple(names))
    outcomes = settled_outcomes(plan.settings.rules, _joined(outturn, groups), terms, axes)
    return account_books(outcomes, terms)[:-1]


def _joined_terms(terms: ClusterTerms, groups: Groups, names: Sequence[str]) -> ClusterTerms:
    first = [group[0] for group in groups]
    return ClusterTerms(
        tuple(names),
        _added(terms.people, groups),
        terms.takes_share[first],
        terms.bond_gbp[first],
        terms.months[:, first],
        _added(terms.planned_gbp, groups),
    )


def _joined(outturn: Outturn, groups: Groups) -> Outturn:
    def added(gbp: FloatArray | None) -> FloatArray | None:
        return None if gbp is None else _added(gbp, groups)

    return Outturn(
        budget_gbp=_added(outturn.budget_gbp, groups),
        spend_gbp=_added(outturn.spend_gbp, groups),
        top_slice_gbp=_added(outturn.top_slice_gbp, groups),
        annual_budget_gbp=_added(outturn.annual_budget_gbp, groups),
        outside_gbp=added(outturn.outside_gbp),
        above_limit_gbp=added(outturn.above_limit_gbp),
        elsewhere=tuple(
            replace(one, gbp=_added(one.gbp, groups), outside_gbp=added(one.outside_gbp))
            for one in outturn.elsewhere
        ),
        held_back_gbp=added(outturn.held_back_gbp),
        besides=tuple(replace(one, gbp=_added(one.gbp, groups)) for one in outturn.besides),
    )


def _added(gbp: FloatArray, groups: Groups) -> FloatArray:
    """Return what groups of clusters have between them; the last axis is clusters."""
    return np.stack([gbp[..., list(group)].sum(axis=-1) for group in groups], axis=-1)
