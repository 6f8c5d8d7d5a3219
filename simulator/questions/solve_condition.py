"""What `solve` is asked to reach: a measure of a row against a number, or against another measure."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from simulator.errors import InputError, Problem, shown
from simulator.questions.explain_answer import unknown
from simulator.result import Result
from simulator.risk.account_book import PCT_ROW, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.measures import MEASURES, Kind, Measure

WHERE = "so that"
_PATTERN = re.compile(r"\s*([^\s<>=]+)\s*(<=|>=|<|>)\s*([^\s<>=](?:[^<>=]*[^\s<>=])?)\s*")
_AMOUNT = re.compile(r"([-+]?)£?\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(%|k|m|bn|)", re.IGNORECASE)
"""A number as people write it, with a unit; one without a unit is read as it stands."""
_UNITS = {"%": 0.01, "k": 1e3, "m": 1e6, "bn": 1e9, "": 1.0}
_SIGNS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A measure of one row, a sign and a target.

    Parameters
    ----------
    measure : str
        Column of the summary.
    sign : str
        One of <, <=, > and >=.
    target : float
        What the measure is held against; zero where `less` is.
    less : str
        Another mean, taken from the measure contract by contract; empty for none.
    row : str
        The cluster, or PCT.
    kind : Kind
        How the measure is estimated.
    """

    measure: str
    sign: str
    target: float
    less: str
    row: str
    kind: Kind

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.less or f'{self.target:,.15g}'}"

    @property
    def what(self) -> str:
        """Name of what is estimated."""
        return f"{self.measure} less {self.less}" if self.less else self.measure

    def holds(self, estimate: Estimate) -> bool:
        """Return whether an estimate is on the right side of the target."""
        return _SIGNS[self.sign](estimate.value, self.target)

    def samples(self, result: Result) -> NDArray[Any]:
        """Return what is estimated for each contract, shape (contract,).

        Parameters
        ----------
        result : Result
            Of any scenario with the row.

        Raises
        ------
        InputError
            If the scenario has no such row or measure.
        """
        columns = _columns(len(result.years))
        books = {book.name: book for book in account_books(result.contract_outcomes, result.plan.terms)}
        problems = unknown("cluster", self.row, tuple(books))
        for name in (self.measure, self.less):
            problems += unknown(WHERE, name, tuple(columns)) if name else []
        if problems:
            raise InputError(problems)
        measure, year = columns[self.measure]
        samples = measure.samples(books[self.row], year)
        if self.less:
            other, year = columns[self.less]
            samples = samples - other.samples(books[self.row], year)
        return samples


def read_condition(text: str, row: str, years: int) -> Condition:
    """Read a condition such as ``large_overspend_probability < 0.1``.

    Parameters
    ----------
    text : str
        MEASURE SIGN VALUE, or two measures that are means in pounds.
    row : str
        The cluster, or PCT.
    years : int
        Contract years: each has measures of its own.

    Returns
    -------
    Condition
        Ready to be asked.

    Raises
    ------
    InputError
        With everything that is wrong with it.
    """
    found = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        need = "MEASURE >= VALUE, with <, <=, > or >="
        raise InputError([Problem(WHERE, need, shown(text), "large_overspend_probability < 0.1")])
    name, sign, right = found.groups()
    columns = _columns(years)
    target = _number(right)
    names = [name] if target is not None else [name, right]
    with_unit = _with_unit(right) if target is None else []
    problems = unknown(WHERE, name, tuple(columns)) + with_unit
    if target is None and not with_unit:
        problems += unknown(WHERE, right, tuple(columns))
    if problems:
        raise InputError(problems)
    measures = [columns[name][0] for name in names]
    kind = measures[0].kind
    for one in measures:
        if one.pct_only and row != PCT_ROW:
            hint = "leave --cluster out"
            problems.append(
                Problem(WHERE, f"a measure that {row} has", f"{one.name}, of the PCT alone", hint)
            )
    if target is None and any(one.kind is not Kind.MEAN for one in measures):
        problems.append(Problem(WHERE, "two means, where a measure stands on the right", text))
    if target is not None and kind is Kind.PROBABILITY and not 0 <= target <= 1:
        hint = f"did you mean {target / 100:g}?" if 1 < target <= 100 else ""
        problems.append(Problem(WHERE, "a probability from 0 to 1", right, hint))
    if problems:
        raise InputError(problems)
    return Condition(name, sign, target or 0.0, "" if target is not None else right, row, kind)


def _columns(years: int) -> dict[str, tuple[Measure, int]]:
    """Return the measures of a contract by the names of their columns, each with its year."""
    return {column: (measure, year) for measure in MEASURES for column, year in measure.columns(years)}


def _with_unit(text: str) -> list[Problem]:
    """Say how a number is written that was given with a unit; nothing for other text."""
    found = _AMOUNT.fullmatch(text)
    if not found:
        return []
    sign, digits, unit = found.groups()
    plain = float(f"{sign}{digits.replace(',', '')}") * _UNITS[unit.lower()]
    need = "a plain number: a share such as 0.9, or pounds such as 500000"
    return [Problem(WHERE, need, text, f"{text} is written {plain:.12g}")]


def _number(text: str) -> float | None:
    """Return a number; None for text that looks like a name."""
    try:
        value = float(text.replace(",", ""))
    except ValueError:
        return None
    if not math.isfinite(value):
        raise InputError([Problem(WHERE, "a number", text)])
    return value
