"""What a sweep is asked: keys with values, policies and estimates, all checked before anything is drawn."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import partial
from hashlib import sha256
from typing import Any

import numpy as np

from simulator.answers.places import places_of, rows_shown, samples_at
from simulator.answers.table import column_named
from simulator.errors import InputError, Problem, Problems, shown
from simulator.execution.blocks import Workers, run_blocks
from simulator.execution.versions import what_decides
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.paired import Place, Samples
from simulator.scenario.keys import as_toml
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.shared_draws import SharedDraws, same_demand

MOST_POLICIES = 100_000
"""More would take days, and nobody could read them."""
MOST_ESTIMATES = 5_000_000
"""All policies' estimates together: some 300 MB, and a file that a spreadsheet cannot open."""
_CHECKED_AT_ONCE = 50
_GIVEN_SHOWN = 5
SETTLED_ONCE = "simulation"
"""The section that no policy can change: all share the draws."""
_HIT = Decimal("1e-9")
"""Share of a step by which a range may miss its end and still include it."""
_MOST_PLACES = 300
"""Of a number in a range, before or after the point: no setting has more."""
Values = str | Sequence[Any]
"""Text such as ``0.1:0.3:0.05`` or ``0.1,0.3``, or a sequence of Python values."""
Policy = tuple[str, ...]
"""A value of each key, as the user wrote it."""
_PIECES = re.compile(r""" "(?:[^"\\]|\\.)*" | '[^']*' | [\[{] | [\]}] | , | [^"'\[\]{},]+ | . """, re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Range:
    """The values of one key."""

    key: str  # as in a setting, such as ``rules.surplus.practice_share``
    values: tuple[str, ...]  # as the user wrote them


def read_ranges(vary: Mapping[str, Values] | Sequence[str]) -> tuple[Range, ...]:
    """Read which keys are to take which values."""
    problems = Problems()
    pairs = list(vary.items()) if isinstance(vary, Mapping) else [_pair(text, problems) for text in vary]
    if not pairs:
        example = "--vary rules.surplus.practice_share=0.05,0.1"
        problems.append(Problem("--vary", "at least one key and its values", "nothing", example))
    ranges: list[Range] = []
    for key, values in pairs:
        where = f"--vary {key}"
        if key in {one.key for one in ranges}:
            problems.append(Problem(where, "a key that is varied once", "the same key again"))
        if key.split(".")[0] == SETTLED_ONCE:
            hint = "all policies share the same draws: use --contracts and --seed"
            problems.append(Problem(where, f"a key outside [{SETTLED_ONCE}]", key, hint))
        texts = _read_values(where, values, problems)
        repeated = [text for text, times in Counter(texts).items() if times > 1]
        if repeated:
            problems.append(Problem(where, "values that differ", f"{repeated[0]} more than once"))
        ranges.append(Range(key, tuple(texts)))
    problems.report()
    return tuple(ranges)


def policies_of(ranges: Sequence[Range], together: bool) -> tuple[tuple[str, ...], ...]:
    """Return the policies: a value of each key."""
    lengths = [len(one.values) for one in ranges]
    if together and len(set(lengths)) > 1:
        got = ", ".join(f"{one.key} has {len(one.values)}" for one in ranges)
        raise InputError([Problem("--together", "used with as many values for each key", got)])
    policies = lengths[0] if together else math.prod(lengths)
    if policies > MOST_POLICIES:
        need = f"at most {MOST_POLICIES:,} policies"
        raise InputError([Problem("--vary", need, f"{policies:,}", "take longer steps")])
    values = [one.values for one in ranges]
    return tuple(zip(*values, strict=True)) if together else tuple(itertools.product(*values))


def _pair(text: str, problems: list[Problem]) -> tuple[str, str]:
    key, equals, values = text.partition("=")
    if not equals or not key.strip():
        need, hint = "KEY=VALUE,VALUE or KEY=START:STOP:STEP", "such as rules.surplus.practice_share=0.05,0.1"
        problems.append(Problem(f"--vary {text}", need, shown(text), hint))
        return text, "none"
    return key.strip(), values


def _read_values(where: str, values: Values, problems: list[Problem]) -> list[str]:
    """Return values as texts that a setting takes; note what cannot be read."""
    if isinstance(values, str):
        texts: list[str] = []
        for item in _split(values):
            is_range = ":" in item and item[0] not in "\"'[{"
            texts += _steps(where, item, problems) if is_range else [item]
    elif isinstance(values, Sequence | np.ndarray):
        texts = [value.strip() if isinstance(value, str) else as_toml(value) for value in values]
    else:
        problems.append(Problem(where, "a list of values", shown(values)))
        return []
    if "" in texts or not texts:
        problems.append(Problem(where, "values with commas in between", shown(values)))
    return texts


def _split(text: str) -> Iterator[str]:
    """Split at the commas outside brackets and quotes."""
    item, depth = "", 0
    for piece in _PIECES.findall(text):
        depth += (piece in ("[", "{")) - (piece in ("]", "}"))
        if piece == "," and depth <= 0:
            yield item.strip()
            item = ""
        else:
            item += piece
    yield item.strip()


def _steps(where: str, item: str, problems: list[Problem]) -> list[str]:
    """Return the values from START to STOP, with STOP where it is hit within rounding."""

    def refused(need: str, hint: str = "") -> list[str]:
        problems.append(Problem(where, need, item, hint))
        return ["none"]

    try:
        start, stop, step = (Decimal(part.strip()) for part in item.split(":"))
    except (InvalidOperation, ValueError):
        return refused("START:STOP:STEP, three numbers", "text with a colon stands in quotes")
    if not all(number.is_finite() for number in (start, stop, step)):
        return refused("finite numbers")
    if any(number and abs(number.adjusted()) > _MOST_PLACES for number in (start, stop, step)):
        return refused(f"numbers of at most {_MOST_PLACES} places")
    if not step:
        return refused("a STEP other than 0")
    steps = (stop - start) / step
    if steps < 0:
        way = "below" if step > 0 else "above"
        return refused("a STEP that leads from START to STOP", f"STOP is {way} START")
    if steps >= MOST_POLICIES:
        return refused(f"fewer than {MOST_POLICIES:,} steps", "take longer steps")
    last = int(steps + _HIT)
    values = [start + number * step for number in range(last + 1)]
    if abs(values[-1] - stop) <= abs(step) * _HIT:
        # As it was given, not as the steps' rounding left it.
        values[-1] = stop
    return [f"{value.normalize():f}" for value in values]


@dataclass(frozen=True)
class SweepQuestion:
    """A sweep that can be run."""

    scenario: Scenario  # the base policy
    ranges: tuple[Range, ...]  # keys and their values
    policies: tuple[Policy, ...]  # A value of each key
    places: tuple[Place, ...]  # what is estimated: a row (a cluster or the PCT) and a measure
    contracts: int  # the draws that all policies share
    seed: int  # the draws that all policies share
    measures: tuple[str, ...] = ()  # those that were asked for; none for the main ones
    rows: tuple[str, ...] = (ALL_CLUSTERS,)  # those that a page shows

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys that vary."""
        return tuple(one.key for one in self.ranges)

    def policy(self, number: int) -> Scenario:
        """Return a policy's scenario, by its number from 0."""
        return self.scenario.vary(*_overrides(self.keys, self.policies[number]))

    def samples(self, draws: SharedDraws, number: int) -> Samples:
        """Return what is estimated of a policy, for each contract."""
        return samples_at(draws.simulate(self.policy(number)), self.places)

    def order(self, moved: Callable[[Range], int] = lambda _: 0) -> list[int]:
        """Return the policies' numbers, so that each has much in common with the one before.

        Those that share demand come one after another: it stays drawn. Of the other keys the one that moves
        the fewest measures, as ``moved`` says, takes its values first.
        """
        plan, policies = make_plan(self.scenario), self.policies
        demand = [at for at, one in enumerate(self.ranges) if self._changes_demand(plan, one)]
        others = [at for at in range(len(self.ranges)) if at not in demand]
        if len(others) > 1:
            others.sort(key=lambda at: -moved(self.ranges[at]))
        return sorted(
            range(len(policies)), key=lambda number: [policies[number][at] for at in demand + others]
        )

    def moved(self, draws: SharedDraws, base: Samples, one: Range) -> int:
        """Return how many measures a key moves: with its first and its last value, all else as given."""
        found = []
        for value in (one.values[0], one.values[-1]):
            try:
                varied = self.scenario.vary(f"{one.key}={value}")
            except InputError:
                # It needs another key's value beside it.
                return len(self.places)
            found.append(samples_at(draws.simulate(varied), self.places).moved_from(base))
        return max(found)

    def _changes_demand(self, plan: Plan, one: Range) -> bool:
        """Return whether a key changes what is drawn: asked of plans, for its first and its last value."""
        for value in (one.values[0], one.values[-1]):
            try:
                varied = make_plan(self.scenario.vary(f"{one.key}={value}"))
            except InputError:
                # It needs another key's value beside it: nothing is lost by taking it for demand.
                return True
            if not same_demand(plan, varied):
                return True
        return False

    def identity(self) -> dict[str, str]:
        """Return what must be the same for two sweeps to find the same numbers, by name."""
        return {
            "scenario": self.scenario.fingerprint,
            "contracts": str(self.contracts),
            "seed": str(self.seed),
            "keys of --vary": ", ".join(self.keys),
            "values of --vary": _digest(self.policies),
            "clusters and measures": _digest(self.places),
            **what_decides(),
        }


def sweep_question(
    scenario: Scenario,
    vary: Mapping[str, Values] | Sequence[str],
    *,
    together: bool = False,
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda policies_checked, of_policies: None,
    most_estimates: int = MOST_ESTIMATES,
) -> SweepQuestion:
    """Check what a sweep is asked, every policy included; see `sweep` for most parameters."""
    if not isinstance(scenario, Scenario):
        draws.of(scenario)
    problems = Problems()
    places: tuple[Place, ...] = ()
    policies: tuple[Policy, ...] = ()
    checkers: Workers = 1
    with problems.noted():
        settled = draws.of(scenario)
        checkers = settled.workers
    with problems.noted():
        places = places_of([scenario], measures, clusters)
    with problems.noted():
        ranges = read_ranges(vary)
        policies = policies_of(ranges, together)
    if len(policies) * len(places) > most_estimates:
        got = f"{len(policies):,} policies of {len(places)} estimates each"
        hint = "name the measures that matter, or take longer steps"
        problems.append(Problem("--vary", f"at most {most_estimates:,} estimates", got, hint))
    elif policies:
        keys = [one.key for one in ranges]
        problems += _policy_problems(scenario, keys, policies, checkers, progress)
    problems.report()
    asked = tuple(map(column_named, measures or ()))
    drawn = settled.contracts, settled.seed
    return SweepQuestion(scenario, ranges, policies, places, *drawn, asked, rows_shown(places, clusters))


def _digest(value: object) -> str:
    return sha256(repr(value).encode()).hexdigest()


def _overrides(keys: Sequence[str], policy: Policy) -> tuple[str, ...]:
    """Return the settings that make a policy of the scenario."""
    return tuple(f"{key}={value}" for key, value in zip(keys, policy, strict=True))


def _policy_problems(
    scenario: Scenario,
    keys: Sequence[str],
    policies: Sequence[Policy],
    workers: Workers,
    progress: Callable[[int, int], None],
) -> list[Problem]:
    """Return what is wrong with any policy, each problem once with the first policy that has it."""
    numbers = range(len(policies))
    tasks = [numbers[start : start + _CHECKED_AT_ONCE] for start in numbers[::_CHECKED_AT_ONCE]]
    checked: dict[int, list[tuple[int, Problem]]] = {}
    for position, problems in run_blocks(partial(_check, scenario, keys, policies), tasks, workers):
        checked[position] = problems
        progress(len(checked) * _CHECKED_AT_ONCE, len(policies))
    found: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    # In the order of the policies, whichever was checked first.
    for position in sorted(checked):
        for number, one in checked[position]:
            found.setdefault((one.where, one.need, one.hint), []).append((number, one.got))
    return [
        Problem(where, need, _given(met, keys, policies), hint) for (where, need, hint), met in found.items()
    ]


def _check(
    scenario: Scenario, keys: Sequence[str], policies: Sequence[Policy], numbers: Sequence[int]
) -> list[tuple[int, Problem]]:
    """Return the problems of some policies, each with the policy's number."""
    problems = []
    for number in numbers:
        settings = _overrides(keys, policies[number])
        try:
            scenario.vary(*settings)
        except InputError as error:
            problems += [(number, _about_vary(problem, keys, settings)) for problem in error.problems]
    return problems


def _about_vary(problem: Problem, keys: Sequence[str], settings: Iterable[str]) -> Problem:
    """Say `--vary KEY` where the check of a scenario says `--set KEY=VALUE`."""
    for key, setting in zip(keys, settings, strict=True):
        if problem.where.startswith(f"--set {setting}"):
            below = problem.where.removeprefix(f"--set {setting}").replace(f" ({key})", "")
            return replace(problem, where=f"--vary {key}{below}")
    return problem


def _given(met: Sequence[tuple[int, str]], keys: Sequence[str], policies: Sequence[Policy]) -> str:
    """Say what was given where a problem was met, and with which policies if not with them all."""
    given = list(dict.fromkeys(got for _, got in met))
    shown_some = ", ".join(given[:_GIVEN_SHOWN]) + (", ..." if len(given) > _GIVEN_SHOWN else "")
    numbers = sorted({number for number, _ in met})
    if len(numbers) == len(policies):
        return shown_some
    first = ", ".join(_overrides(keys, policies[numbers[0]]))
    return f"{shown_some} (in {len(numbers):,} of {len(policies):,} policies; first with {first})"
