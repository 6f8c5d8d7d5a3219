"""When clusters join and leave, and when actions begin, against the contract's years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from simulator.errors import Problem, shown
from simulator.records import FinancialYear
from simulator.scenario.files import Place
from simulator.scenario.schema import ContractSettings


def date_problems(
    contract: Mapping[str, Any], section: str, tables: Sequence[Mapping[str, Any]], place: Place
) -> Iterator[Problem]:
    """Yield clusters, or actions, that begin before the contract, or end before they begin or after it."""
    try:
        years = ContractSettings.model_validate(dict(contract)).financial_years[1:]
    except ValidationError:  # told elsewhere
        return
    for at, table in enumerate(tables):
        numbers = {key: table[key] for key in ("first_year", "first_month", "last_year") if key in table}
        if all(isinstance(one, int) and not isinstance(one, bool) for one in numbers.values()):
            for key, problem in _problems_of(numbers, years):
                yield Problem(place((section, at, key)), problem, shown(numbers[key]), _HINT)


_HINT = "a financial year is named by the year of its April, and its months are 4 to 12, then 1 to 3"


def _problems_of(numbers: Mapping[str, int], years: Sequence[FinancialYear]) -> Iterator[tuple[str, str]]:
    """Yield the keys that cannot hold, each with what must hold."""
    begins, ends = years[0].start, years[-1].start
    for key in ("first_year", "last_year"):
        if not begins <= numbers.get(key, begins) <= ends:
            yield key, f"a financial year of the contract, {begins} to {ends}"
    first = numbers.get("first_year", begins)
    if numbers.get("last_year", ends) < first <= ends:
        yield "last_year", f"{first}, the cluster's first year, or later"
    month = numbers.get("first_month", years[0].first_month)
    if first == begins and month in FinancialYear.whole_year and month not in years[0].months:
        yield "first_month", f"a month from the contract's first, {years[0].first_month}, up to March"
