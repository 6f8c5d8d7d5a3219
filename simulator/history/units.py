"""Whom a scenario knows: its practices, its clusters, and who belongs to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from simulator.errors import unknown
from simulator.scenario.csv_tables import Table
from simulator.scenario.scenario import Scenario

_MANY = 5
"""More unknown names than this, if they are most of all, are one fault."""


@dataclass(frozen=True, slots=True)
class ScenarioUnits:
    """Practices and clusters of a scenario."""

    clusters: tuple[str, ...]
    practices: tuple[str, ...]  # all of the PCT's table
    cluster_of: dict[str, str]  # by practice; one that is in no cluster is not there
    lines: tuple[str, ...]  # service lines

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Return those of a scenario."""
        clusters = scenario.settings.clusters
        table = scenario.practices.practices if scenario.practices else ()
        return cls(
            tuple(one.name for one in clusters),
            tuple(one.code for one in table),
            {code: one.name for one in clusters for code in one.practices},
            tuple(line.name for line in scenario.settings.service_lines),
        )

    def names(self, by: str) -> tuple[str, ...]:
        """Return the units that rows by practice or by cluster may name."""
        return self.practices if by == "practice" else self.clusters

    def cluster(self, unit: str) -> str | None:
        """Return the cluster of a practice, or the cluster itself; None for a practice in none."""
        return unit if unit in self.clusters else self.cluster_of.get(unit)

    def refuse_unknown(self, table: Table, by: str, units: Sequence[tuple[int, str]]) -> None:
        """Note each unit that the scenario does not know, once; where most are unknown, that alone."""
        names = self.names(by)
        counts, first = Counter(name for _, name in units), dict(reversed([(name, at) for at, name in units]))
        strange = [name for name in counts if name and name not in names]
        if not strange:
            return
        at = first[strange[0]]
        if not names:
            need = "clusters, as no cluster of the scenario lists practices"
            hint = "list practices in [[clusters]] with population.practices_csv, or give a column cluster"
            table.complain(at, by, need, f"{len(counts):,} practices", hint)
        elif len(strange) > max(_MANY, len(counts) // 2):
            need = f"{by}s of the scenario ({', '.join(names[:3])}, ...)"
            got = f"{len(strange):,} of {len(counts):,} are none, such as {', '.join(strange[:3])}"
            whose = "its table of practices and the practices of its clusters" if by == "practice" else "its"
            hint = f"is it the right scenario? {whose} names are what rows must have"
            table.complain(at, by, need, got, hint)
        else:
            for name in strange:
                self._refuse(table, by, first[name], name, counts[name])

    def _refuse(self, table: Table, by: str, at: int, name: str, rows: int) -> None:
        """Note one unit that is not known."""
        (problem,) = unknown(table.at(at, by), name, self.names(by), most=4)
        more = f", and {rows - 1:,} more rows of it" if rows > 1 else ""
        closed = "a practice that has closed or merged needs a row in recodes.csv (old, new, from)"
        hint = problem.hint or (closed if by == "practice" else "")
        table.problems.append(replace(problem, got=f"{problem.got}{more}", hint=hint))

    def refuse_unknown_lines(self, table: Table, named: Sequence[tuple[int, str]]) -> None:
        """Note each service line that the scenario does not have, once."""
        counts = Counter(name for _, name in named)
        first = dict(reversed([(name, at) for at, name in named]))
        for name in counts:
            for problem in unknown(table.at(first[name], "line"), name, self.lines, most=8):
                more = f", and {counts[name] - 1:,} more rows of it" if counts[name] > 1 else ""
                table.problems.append(replace(problem, got=f"{problem.got}{more}"))
