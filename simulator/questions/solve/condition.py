"""What `solve` is asked to reach: a measure of a row against a number, or against another measure."""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, shown, unknown
from simulator.risk.account_book import account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimator import Estimator, Mean
from simulator.risk.measures import columns
from simulator.risk.unit import Unit
from simulator.simulation.result import Result

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
    """A measure of one row, a sign and a target."""

    measure: str  # column of the summary
    sign: str  # one of <, <=, > and >=
    target: float  # what the measure is held against; zero where `less` is
    less: str  # another mean, taken from the measure contract by contract; empty for none
    row: str  # the cluster, or all clusters together
    estimator: Estimator  # how the measure is estimated
    unit: Unit  # of the measure

    def __str__(self) -> str:
        return f"{self.measure} {self.sign} {self.less or f'{self.target:,.15g}'}"

    @property
    def _names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.measure, self.less)))

    @property
    def what(self) -> str:
        """Name of what is estimated."""
        return f"{self.measure} less {self.less}" if self.less else self.measure

    def holds(self, estimate: Estimate) -> bool:
        """Return whether an estimate is on the right side of the target."""
        return _SIGNS[self.sign](estimate.value, self.target)

    def estimate(self, samples: NDArray[Any]) -> Estimate:
        """Return the estimate from what `samples` gives."""
        found = self.estimator.of(samples)
        if found is None:
            need = f"{self.estimator.fewest_contracts} contracts or more that have {self.what}"
            raise InputError([Problem(WHERE, need, f"{np.count_nonzero(~np.isnan(samples))}")])
        return found

    def samples(self, result: Result) -> NDArray[Any]:
        """Return what is estimated for each contract, shape (contract,)."""
        known = columns(len(result.years))
        books = {book.name: book for book in account_books(result.contract_outcomes, result.plan.terms)}
        problems = unknown("cluster", self.row, tuple(books))
        for name in (self.measure, self.less):
            problems += unknown(WHERE, name, tuple(known)) if name else []
        if problems:
            raise InputError(problems)
        found = {name: known[name].measure.of(books[self.row], known[name].year) for name in self._names}
        if missing := [name for name, samples in found.items() if samples is None]:
            hint = "a bond is posted by clusters that take the share, where there is a rule bond"
            raise InputError([Problem(WHERE, f"a measure that {self.row} has", missing[0], hint)])
        samples, *others = (samples for samples in found.values() if samples is not None)
        return samples - others[0] if others else samples


def read_condition(text: str, row: str, years: int) -> Condition:
    """Read a condition such as ``large_overspend_probability < 0.1``."""
    found = _PATTERN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        need = "MEASURE >= VALUE, with <, <=, > or >="
        raise InputError([Problem(WHERE, need, shown(text), "large_overspend_probability < 0.1")])
    name, sign, right = found.groups()
    known = columns(years)
    name, target = column_named(name), _number(right)
    right = right if target is not None else column_named(right)
    names = [name] if target is not None else [name, right]
    with_unit = _with_unit(right) if target is None else []
    problems = unknown(WHERE, name, tuple(known)) + with_unit
    if target is None and not with_unit:
        problems += unknown(WHERE, right, tuple(known))
    if problems:
        raise InputError(problems)
    measures = [known[name].measure for name in names]
    for one in measures:
        if not one.is_of(row):
            together = one.rows == "together"
            whose = "all clusters together" if together else "single clusters"
            hint = "leave --cluster out" if together else "name one with --cluster"
            problems.append(Problem(WHERE, f"a measure that {row} has", f"{one.name}, of {whose}", hint))
    if target is None and any(not isinstance(one.estimator, Mean) for one in measures):
        problems.append(Problem(WHERE, "two means, where a measure stands on the right", text))
    if target is not None and measures[0].unit is Unit.PROBABILITY and not 0 <= target <= 1:
        hint = f"did you mean {target / 100:g}?" if 1 < target <= 100 else ""
        problems.append(Problem(WHERE, "a probability from 0 to 1", right, hint))
    if problems:
        raise InputError(problems)
    less = "" if target is not None else right
    return Condition(name, sign, target or 0.0, less, row, measures[0].estimator, measures[0].unit)


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
