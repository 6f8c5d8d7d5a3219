"""The answer to `run` by the exact method: each cluster's risk and that of all together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.answers.answer import Answer
from simulator.answers.table import Table, measures, people, pounds, text
from simulator.exact.method import WHOLE_CONTRACT, ExactRisk, ExactRow
from simulator.scenario.scenario import Scenario

_EXACT = {
    "expected_overspend_gbp": "expected overspend",
    "bond_90_gbp": "bond needed at 90%",
    "bond_95_gbp": "bond needed at 95%",
    "bond_99_gbp": "bond needed at 99%",
}


@dataclass(frozen=True)
class ExactAnswer(Answer):
    """What the exact method found."""

    risk: ExactRisk
    is_drawn = False

    @property
    def scenario(self) -> Scenario:
        """What was asked about."""
        return self.risk.scenario

    @property
    def _rows_by_year(self) -> dict[str, list[ExactRow]]:
        # In order of time, though not every cluster takes part in every year.
        years = sorted({row.year for row in self.risk.rows}, key=lambda year: (year == WHOLE_CONTRACT, year))
        return {year: [row for row in self.risk.rows if row.year == year] for year in years}

    def tables(self) -> tuple[Table, ...]:
        """Return the overspends and bonds of each year, where there are any."""
        found = self._rows_by_year.items()
        return tuple(_table(year, rows) for year, rows in found if any(row.estimates for row in rows))

    def notes(self) -> tuple[str, ...]:
        """Return what is not given, and why; and what a reader of the tables must know."""
        return (
            *self._missing(),
            "Each ± bounds the numerical error; it does not cover doubt about the scenario's figures. The "
            "chance over the whole contract is that its total spend exceeds its total budget; its expected "
            "overspend is the sum of the years'. Bonds needed are under the scenario's own bond rule: its "
            "interest and its top-up.",
        )

    def origin(self) -> dict[str, str]:
        """Return the method, what low and high are, and what is not given."""
        return {
            "method": "exact: nothing is drawn",
            "intervals": "columns low and high bound the numerical error; doubt about the scenario's figures "
            "is not in it",
            "not given": " ".join(self._missing()) or "nothing",
        }

    def _missing(self) -> Iterator[str]:
        for year, rows in self._rows_by_year.items():
            for reason in dict.fromkeys(row.not_given for row in rows if row.not_given):
                names = [row.cluster for row in rows if row.not_given == reason]
                of_whom = "" if len(names) == len(rows) else f" for {', '.join(names)}"
                yield f"{_title(year)}{of_whom}: {reason}."


def _table(year: str, rows: list[ExactRow]) -> Table:
    """Return the overspends and bonds of one year."""
    chance = "overspend_probability"
    columns = (
        text("cluster", [row.cluster for row in rows]),
        people([row.people for row in rows]),
        measures(chance, [row.estimates.get(chance) for row in rows], heading="overspend"),
        *(
            pounds(heading, [row.estimates.get(name) for row in rows], name)
            for name, heading in _EXACT.items()
            if any(name in row.estimates for row in rows)
        ),
    )
    return Table(year.replace("/", "-"), _title(year), columns)


def _title(year: str) -> str:
    return "The whole contract" if year == WHOLE_CONTRACT else f"The contract year {year}"
