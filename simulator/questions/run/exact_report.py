"""The printed answer of the exact method."""

from __future__ import annotations

from simulator.answers.columns import Column, money_column, probability_column
from simulator.answers.printer import Printer
from simulator.exact.answer import WHOLE_CONTRACT, ExactRisk, ExactRow

_COLUMNS = {
    "expected_overspend_gbp": "expected overspend",
    "bond_90_gbp": "bond needed at 90%",
    "bond_95_gbp": "bond needed at 95%",
    "bond_99_gbp": "bond needed at 99%",
}


def print_exact(risk: ExactRisk, printer: Printer) -> None:
    """Print overspends and bonds without sampling error, a table for each year."""
    printer.line(f"{risk.scenario.settings.title}: exact method, no sampling error")
    printer.line()
    for year in dict.fromkeys(row.year for row in risk.rows):
        rows = [row for row in risk.rows if row.year == year]
        if any(row.estimates for row in rows):
            printer.text_table(_title(year), _columns(rows), rows_apart=0)
        _print_missing(year, rows, printer)
    printer.line(
        "Each ± bounds the numerical error; it does not cover doubt about the scenario's figures. The chance "
        "over the whole contract is that its total spend exceeds its total budget; its expected overspend is "
        "the sum of the years'. Bonds needed are under the scenario's own bond rule: its interest "
        "and its top-up."
    )


def _title(year: str) -> str:
    return "The whole contract" if year == WHOLE_CONTRACT else f"The contract year {year}"


def _columns(rows: list[ExactRow]) -> list[Column]:
    names = Column("cluster", tuple(row.cluster for row in rows), left=True)
    people = Column("people", tuple(f"{row.people:,.0f}" for row in rows))
    chance = probability_column("overspend", [row.estimates.get("overspend_probability") for row in rows])
    money = [
        money_column(heading, [row.estimates.get(name) for row in rows])
        for name, heading in _COLUMNS.items()
        if any(name in row.estimates for row in rows)
    ]
    return [names, people, chance, *money]


def _print_missing(year: str, rows: list[ExactRow], printer: Printer) -> None:
    for reason in dict.fromkeys(row.not_given for row in rows if row.not_given):
        names = [row.cluster for row in rows if row.not_given == reason]
        of_whom = "" if len(names) == len(rows) else f" for {', '.join(names)}"
        printer.line(f"{_title(year)}{of_whom}: {reason}.")
        printer.line()
