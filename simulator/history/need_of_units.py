"""Need of practices or clusters: the scenario's weights, on the scale on which the scenario weighs people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

from simulator.errors import InputError, Problem
from simulator.population.groups import Group, group_in_heading
from simulator.population.need import ClusterMembers, weigh_population
from simulator.population.practices import Practice, PracticeTable
from simulator.records import FloatArray
from simulator.scenario.scenario import Scenario


@dataclass(frozen=True, slots=True)
class NeedOfUnits:
    """What the scenario knows of the need of its practices or clusters."""

    units: tuple[str, ...]  # codes of practices, or names of clusters
    lines: tuple[str, ...]
    line_weights: Mapping[str, str]  # name of the weights of each line
    weights: Mapping[str, tuple[float, ...]]
    groups: tuple[str, ...]  # of the scenario's lists, if by sex and age
    people: FloatArray  # shape (unit,); of the scenario's lists
    weighted_people: FloatArray  # shape (unit, line)

    @classmethod
    def of(cls, scenario: Scenario, by: str, lines: Sequence[str]) -> Self:
        """Return that of a scenario's practices or clusters, in some of its lines."""
        table = scenario.practices
        if by == "practice":
            members = [ClusterMembers(one.code, (one.code,)) for one in table.practices] if table else []
        else:
            clusters = scenario.settings.clusters
            members = [ClusterMembers(one.name, one.practices, one.people or 0.0) for one in clusters]
        line_weights = {
            line.name: line.need_weights for line in scenario.settings.service_lines if line.name in lines
        }
        weighed = weigh_population(members, line_weights, table, scenario.need_weights)
        return cls(
            weighed.clusters,
            weighed.lines,
            line_weights,
            scenario.need_weights,
            table.groups if table and table.by_sex_and_age else (),
            weighed.people,
            weighed.need_weighted_people,
        )

    def weighed(
        self, path: Path, groups: Sequence[Group], lists: Sequence[Practice]
    ) -> dict[str, FloatArray]:
        """Return the need-weighted people of each list by line, of lists of one date.

        With lists by sex and age, need per head of all these people together is what the scenario's own lists
        say of them: then the PCT's sum equals its list at every date, and a PCT that grows older grows in its
        rates. Lists without have the scenario's need per head.
        """
        at = {unit: number for number, unit in enumerate(self.units)}
        known = [at[one.code] for one in lists if one.code in at]
        if not (groups and self.groups):
            per_head = self.weighted_people / np.where(self.people > 0, self.people, 1.0)[:, None]
            per_head[self.people <= 0] = 1.0
            return {one.code: one.people * per_head[at[one.code]] for one in lists}
        table = PracticeTable(tuple(map(str, groups)), tuple(lists)).in_bands(self._bands(path, groups))
        members = [ClusterMembers(one.code, (one.code,)) for one in lists]
        weighed = weigh_population(members, self.line_weights, table, self.weights)
        of_these = self.weighted_people[known].sum(axis=0) / self.people[known].sum()
        by_unit = weighed.need_weighted_people * of_these
        return {one.code: row for one, row in zip(lists, by_unit, strict=True)}

    def _bands(self, path: Path, groups: Sequence[Group]) -> dict[str, Group]:
        """Return the band of the scenario's weights that holds each group; InputError where none does."""
        bands = [band for name in self.groups if (band := group_in_heading(name))]
        held = {str(group): next((band for band in bands if band.holds(group)), None) for group in groups}
        lacking = [name for name, band in held.items() if band is None]
        lacking += [str(band) for band in bands if band not in held.values()]
        if lacking:
            need = f"the age bands of the scenario's lists, {', '.join(self.groups[:4])}, ..."
            hint = "give bands that these add up from, or list_size alone"
            raise InputError([Problem(str(path), need, f"others: {', '.join(lacking[:4])}", hint)])
        return {name: band for name, band in held.items() if band}
