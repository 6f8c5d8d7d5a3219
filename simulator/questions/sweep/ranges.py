"""The values that a sweep gives a key, and the policies that several keys make."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import numpy as np

from simulator.errors import InputError, Problem, shown
from simulator.scenario.overrides import as_toml

MOST_POLICIES = 100_000
"""More would take days, and nobody could read them."""
SETTLED_ONCE = "simulation"
"""The section that no policy can change: all share the draws."""
_HIT = Decimal("1e-9")
"""Share of a step by which a range may miss its end and still include it."""
_PIECES = re.compile(r""" "(?:[^"\\]|\\.)*" | '[^']*' | [\[{] | [\]}] | , | [^"'\[\]{},]+ | . """, re.VERBOSE)


@dataclass(frozen=True, slots=True)
class Range:
    """The values of one key."""

    key: str  # as in a setting, such as ``rules.surplus.practice_share``
    values: tuple[str, ...]  # as the user wrote them


Values = str | Sequence[Any]
"""Text such as ``0.1:0.3:0.05`` or ``0.1,0.3``, or a sequence of Python values."""


def read_ranges(vary: Mapping[str, Values] | Sequence[str]) -> tuple[Range, ...]:
    """Read which keys are to take which values."""
    problems: list[Problem] = []
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
    if problems:
        raise InputError(problems)
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
        need = "KEY=VALUE,VALUE or KEY=START:STOP:STEP"
        problems.append(
            Problem(f"--vary {text}", need, shown(text), "such as rules.surplus.practice_share=0.05,0.1")
        )
        return text, "none"
    return key.strip(), values


def _read_values(where: str, values: Values, problems: list[Problem]) -> list[str]:
    """Return values as texts that a setting takes; note what cannot be read."""
    if isinstance(values, str):
        texts: list[str] = []
        for item in _split(values):
            texts.extend(_steps(where, item, problems) if _is_range(item) else [item])
    elif isinstance(values, Sequence | np.ndarray):
        texts = [value.strip() if isinstance(value, str) else as_toml(value) for value in values]
    else:
        problems.append(Problem(where, "a list of values", shown(values)))
        return []
    if "" in texts or not texts:
        problems.append(Problem(where, "values with commas in between", shown(values) or "nothing"))
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


def _is_range(item: str) -> bool:
    return ":" in item and item[0] not in "\"'[{"


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
