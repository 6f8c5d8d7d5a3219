"""Need-weighted population: people weighted by sex, age and need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.population.practices import PracticeTable
from simulator.records import FloatArray, Population
from simulator.sums import inner

UNWEIGHTED = "people"
"""Name of the weights that count each person as one."""


@dataclass(frozen=True, slots=True)
class ClusterMembers:
    """Who belongs to a cluster: practices by code, or a number of people of average need."""

    name: str
    practices: tuple[str, ...] = ()
    people: float = 0.0


def weigh_population(
    members: Sequence[ClusterMembers],
    line_weights: Mapping[str, str],
    table: PracticeTable | None,
    weights: Mapping[str, Sequence[float]],
) -> Population:
    """Return people and need-weighted people by cluster and line."""
    given = np.array([cluster.people for cluster in members])
    groups = len(table.groups) if table else 0
    by_code = (
        {practice.code: np.array(practice.people_by_group) for practice in table.practices} if table else {}
    )
    listed = np.array(
        [
            np.sum([np.zeros(groups), *(by_code[code] for code in cluster.practices)], axis=0)
            for cluster in members
        ]
    ).reshape(len(members), groups)
    everyone = np.sum([np.zeros(groups), *by_code.values()], axis=0)
    columns = [_weighted(listed, everyone, weights.get(name)) + given for name in line_weights.values()]
    return Population(
        clusters=tuple(cluster.name for cluster in members),
        lines=tuple(line_weights),
        people=listed.sum(axis=1) + given,
        need_weighted_people=np.stack(columns, axis=1),
        pct_people=float(everyone.sum() + given.sum()),
    )


def _weighted(listed: FloatArray, everyone: FloatArray, weights: Sequence[float] | None) -> FloatArray:
    """Return each cluster's weighted people, on the scale on which `everyone` counts in full."""
    if weights is None or not everyone.sum():
        return np.asarray(listed.sum(axis=1))
    by_group = np.asarray(weights)
    return np.asarray(inner(listed, by_group) * (everyone.sum() / inner(everyone, by_group)))


def need_per_head(table: PracticeTable, weights: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Return the mean weight of the people of all practices, by the name of the weights."""
    everyone = np.sum([practice.people_by_group for practice in table.practices], axis=0)
    return {
        name: float(inner(everyone, np.asarray(values)) / everyone.sum()) for name, values in weights.items()
    }
