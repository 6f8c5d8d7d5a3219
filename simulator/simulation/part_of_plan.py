"""Parts of a plan: up to the rules a cluster knows nothing of the others, and is drawn as it is among all."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from simulator.actions.acting import Actions
from simulator.records import IntArray
from simulator.simulation.plan import Plan

Record = TypeVar("Record")


def drawn_part(plan: Plan, clusters: IntArray, lines: IntArray) -> Plan:
    """Return the part of a plan that says how some clusters' spend on some lines is drawn."""
    axes, settings, earlier = plan.axes, plan.settings, plan.earlier
    settings = settings.model_copy(
        update={"service_lines": tuple(settings.service_lines[line] for line in lines)}
    )
    if earlier is not None:
        earlier = replace(
            earlier,
            expected_counts=earlier.expected_counts[:, clusters][:, :, lines],
            expected_gbp=earlier.expected_gbp[:, clusters][:, :, lines],
            prices=tuple(_of(clusters, earlier.prices[line], "price_index") for line in lines),
        )
    return replace(
        plan,
        settings=settings,
        axes=replace(
            axes,
            clusters=tuple(axes.clusters[cluster] for cluster in clusters),
            pcts=tuple(axes.pcts[cluster] for cluster in clusters) if axes.pcts else (),
            lines=tuple(axes.lines[line] for line in lines),
        ),
        shocks=plan.shocks.part(clusters, lines),
        expected_counts=plan.expected_counts[:, clusters][:, :, lines],
        prices=tuple(_of(clusters, plan.prices[line], "price_index") for line in lines),
        earlier=earlier,
    )


def is_separable(plan: Plan) -> bool:
    """Return whether what a cluster spends, and its budgets, depend on no other's spend."""
    # Last year's outturn and shadow years tell of shocks that all have in common, whichever cluster's they
    # are; and a plan of payment may be one of all together.
    alone = all(one.is_as_drawn or one.terms.threshold == "cluster" for one in plan.payments)
    return plan.last_year is None and plan.learned is None and alone


def of_clusters(plan: Plan, clusters: IntArray) -> Plan:
    """Return the plan of some clusters of one that is separable: all up to the rules."""
    part = drawn_part(plan, clusters, np.arange(len(plan.axes.lines)))
    names, terms, population = part.axes.clusters, plan.terms, plan.population
    legal = terms.legal and terms.legal.at(clusters.tolist())
    return replace(
        part,
        population=replace(
            population,
            clusters=names,
            people=population.people[clusters],
            need_weighted_people=population.need_weighted_people[clusters],
        ),
        responsibility=plan.responsibility[clusters],
        payments=tuple(_of(clusters, one) for one in plan.payments),
        budgets=tuple(_of(clusters, one) for one in plan.budgets),
        terms=replace(_of(clusters, terms), names=names, legal=legal),
        actions=_actions(plan.actions, clusters, names),
    )


_WITHOUT_CLUSTERS = ("month_shares", "chance_of_a_case", "per_case", "price_growth")
"""Arrays of a scene."""


def _actions(actions: Actions, clusters: IntArray, names: tuple[str, ...]) -> Actions:
    scene = actions.scene
    scene = replace(
        _of(clusters, scene, *_WITHOUT_CLUSTERS, "expected_counts", "responsibility"),
        clusters=names,
        expected_counts=scene.expected_counts[:, clusters],
        responsibility=scene.responsibility[clusters],
    )
    return replace(actions, scene=scene)


def _of(clusters: IntArray, record: Record, *besides: str) -> Record:
    """Return a record whose arrays, but for those named, are of some clusters: their last axis."""
    values = {one.name: getattr(record, one.name) for one in fields(record)}  # type: ignore[arg-type]
    found: dict[str, Any] = {
        name: value[..., clusters]
        for name, value in values.items()
        if isinstance(value, np.ndarray) and name not in besides
    }
    return replace(record, **found)  # type: ignore[type-var]
