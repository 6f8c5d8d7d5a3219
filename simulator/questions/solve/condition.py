"""What solve is asked: a condition, a range, and whether both can be asked of the scenario."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.answers.measure_words import measure_in_words
from simulator.answers.settings import in_unit
from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.questions.sweep.question import SETTLED_ONCE
from simulator.risk.account_book import ALL_CLUSTERS, account_books
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimators import Estimator, Mean
from simulator.risk.in_words import in_sentence
from simulator.risk.measures import columns
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.result import Result

GRID_POINTS = 9
TOLERANCE = 0.001
_WIDEST_TOLERANCE = 0.1
_WHOLE_RANGE = 1_000
"""In a range as wide as this, whole numbers are as fine as the usual tolerance."""
_BY_RATIOS = 100
"""A range whose ends are this many times apart is searched by ratios."""
WHERE = "so that"
_PATTERN = re.compile(r"\s*([^\s<>=]+)\s*(<=|>=|<|>)\s*([^\s<>=](?:[^<>=]*[^\s<>=])?)\s*")
_AMOUNT = re.compile(r"([-+]?)£?\s*(\d[\d,]*(?:\.\d+)?|\.\d+)\s*(%|k|m|bn|)", re.IGNORECASE)
"""A number as people write it, with a unit; one without a unit is read as it stands."""
_UNITS = {"%": 0.01, "k": 1e3, "m": 1e6, "bn": 1e9, "": 1.0}
_SAID = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}
_SIGNS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


@dataclass(frozen=True, slots=True)
class Scale:
    """A range and how it is divided."""

    low: float  # its ends
    high: float  # its ends
    whole: bool = False  # whether only whole numbers count

    @property
    def by_ratios(self) -> bool:
        """Whether equal steps are equal ratios: from 1,000 to 1,000,000 people, say."""
        return self.low > 0 and self.high / self.low >= _BY_RATIOS

    def grid(self, points: int) -> tuple[float, ...]:
        """Return up to so many values from end to end in equal steps."""
        inner = (self._at(step / (points - 1)) for step in range(1, points - 1))
        return tuple(sorted({self.low, *inner, self.high}))

    def middle(self, one: float, other: float) -> float:
        """Return the value half-way between two."""
        return self._at((self._place(one) + self._place(other)) / 2)

    def apart(self, one: float, other: float) -> float:
        """Return how far two values lie apart, as a share of the range."""
        return abs(self._place(one) - self._place(other))

    def text(self, value: float) -> str:
        """Return a value as a setting of a scenario."""
        return str(int(value)) if self.whole else repr(float(value))

    def _place(self, value: float) -> float:
        if self.by_ratios:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def _at(self, place: float) -> float:
        if self.by_ratios:
            value = self.low * (self.high / self.low) ** place
        else:
            value = self.low + (self.high - self.low) * place
        return float(round(value)) if self.whole else float(value)


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
    def what(self) -> str:
        """Name of what is estimated."""
        return f"{self.measure} less {self.less}" if self.less else self.measure

    @property
    def in_words(self) -> str:
        """What is to hold: ``the chance of an overspend is at most 10% for Small``."""
        right = f"the {measure_in_words(self.less)}" if self.less else in_unit(self.target, self.unit)
        measure = measure_in_words(self.measure)
        return f"the {measure} is {_SAID[self.sign]} {right} for {in_sentence(self.row)}"

    @property
    def what_in_words(self) -> str:
        """What is estimated, behind an article."""
        less = f" less the {measure_in_words(self.less)}" if self.less else ""
        return measure_in_words(self.measure) + less

    def holds(self, estimate: Estimate) -> bool:
        """Return whether an estimate is on the right side of the target."""
        return bool(_SIGNS[self.sign](estimate.value, self.target))

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
        names = tuple(filter(None, (self.measure, self.less)))
        books = {book.name: book for book in account_books(result.contract_outcomes, result.plan.terms)}
        problems = Problems(unknown("cluster", self.row, tuple(books)))
        for name in names:
            problems += unknown(WHERE, name, tuple(known))
        problems.report()
        found = {name: known[name].measure.of(books[self.row], known[name].year) for name in names}
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
    less = "" if target is not None else column_named(right)
    problems = Problems(unknown(WHERE, name, tuple(known)))
    if less:
        problems += _with_unit(less) or unknown(WHERE, less, tuple(known))
    problems.report()
    measures = [known[name].measure for name in filter(None, (name, less))]
    for one in measures:
        if not one.is_of(row):
            together = one.rows == "together"
            whose = "all clusters together" if together else "single clusters"
            hint = "leave --cluster out" if together else "name one with --cluster"
            problems.append(Problem(WHERE, f"a measure that {row} has", f"{one.name}, of {whose}", hint))
    if less and any(not isinstance(one.estimator, Mean) for one in measures):
        problems.append(Problem(WHERE, "two means, where a measure stands on the right", text))
    if target is not None and measures[0].unit is Unit.PROBABILITY and not 0 <= target <= 1:
        hint = f"did you mean {target / 100:g}?" if 1 < target <= 100 else ""
        problems.append(Problem(WHERE, "a probability from 0 to 1", right, hint))
    problems.report()
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


def check_question(
    scenario: Scenario, so_that: str, cluster: str | None, tolerance: float, draws: Draws
) -> Condition:
    """Return what is to hold, if the question is right but for the range."""
    settings, row = scenario.settings, ALL_CLUSTERS if cluster is None else cluster
    names = (*(one.name for one in settings.clusters), ALL_CLUSTERS)
    problems = Problems(unknown("cluster", row, names))
    if not _is_number(tolerance) or not 0 < tolerance <= _WIDEST_TOLERANCE:
        need = f"a share of the range, above 0 and up to {_WIDEST_TOLERANCE}"
        problems.append(Problem("tolerance", need, shown(tolerance)))
    with problems.noted():
        condition = read_condition(so_that, row, settings.contract.years)
    with problems.noted():
        draws.of(scenario)
    problems.report()
    return condition


def check_range(scenario: Scenario, key: str, low: float, high: float) -> Scale:
    """Check the range that is to be searched: that the scenario takes each value of a grid over it."""
    if key.partition(".")[0].strip() == SETTLED_ONCE:
        hint = "all values share the same draws: use --contracts and --seed"
        raise InputError([Problem("--vary", f"a key outside [{SETTLED_ONCE}]", key, hint)])
    if not (_is_number(low) and _is_number(high) and low < high):
        need = "a range LOW:HIGH of two numbers, the lower first"
        raise InputError([Problem(f"range of {key}", need, f"{shown(low)} to {shown(high)}")])
    scale = Scale(low, high, _whole(scenario, key, low, high))
    problems: dict[str, Problem] = {}
    # The ends first: they are what was given.
    for value in (low, high, *scale.grid(GRID_POINTS)):
        try:
            varied_by(scenario, key, scale.text(value))
        except InputError as error:
            for problem in error.problems:
                problems.setdefault(problem.need, problem)
    if problems:
        raise InputError(problems.values())
    return scale


def varied_by(scenario: Scenario, key: str, text: str) -> Scenario:
    """Return the scenario with a value of the key."""
    try:
        return scenario.vary(f"{key}={text}")
    except InputError as error:
        told = [replace(one, where=one.where.replace("--set ", "--vary, at ")) for one in error.problems]
        raise InputError(told) from None


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _whole(scenario: Scenario, key: str, low: float, high: float) -> bool:
    """Return whether to search whole numbers: where a fraction is refused, or would say no more."""
    if low != round(low) or high != round(high):
        return False
    if high - low >= _WHOLE_RANGE:
        return True
    try:
        scenario.vary(f"{key}={low + 0.5}")
    except InputError:
        # Whatever else is wrong with it is found when the ends are tried.
        return True
    return False
