"""Scenarios and settings damaged at random: in their text, in their values, and by overrides."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from simulator.random_streams import Generator, RandomStreams
from tests.builders import Table

NUMBERS = (0, 1, -1, 2, 3, 1_000, 2**31, 2**63, 10**5_000, -(10**400), 0.0, -0.0, 0.5, 1.0, 1.5, -0.5)
EXTREMES = (1e-9, 1e-300, 5e-324, 1e6, 1e12, 1e15, 1.7e308, float("nan"), float("inf"))
WORDS = ("", " ", "x", "x" * 10_000, "all", "the rest", "=2+2", "1,000", "10%")
SIGNS = ("\x1b[2J", "\x00", "\u2028", "\uffff", "\x85", "\ufeff")
LISTS = ([], [[]], [None], [1, "x"], [0.0] * 40)
UNSURE = ({"mean": 1.0}, {"mean": 1.0, "sd": 0.1}, {"low": 2, "high": 1}, {"mean": 0.0, "sd": 1e9}, {"sd": 1})
LAWS: tuple[Table, ...] = (
    {"model": "gamma"},
    {"model": "pareto", "shape": 1.01},
    {"model": "pareto", "shape": 2.01, "scale": 1.0},
    {"model": "empirical", "values": [0, 1e12]},
    {"model": "uniform", "low": 1, "high": 1},
    {"model": "lognormal", "mean": 1e3, "cv": 1e-6, "limit": 1e-6},
    {"model": "negative_binomial", "variance_to_mean": 1e6},
    {"law": "normal"},
    {"law": "lognormal", "sd_share": 2},
    {"rule": "pool"},
    {"rule": "given", "csv": "no.csv"},
    {"csv": "."},
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, {}),
    *(*NUMBERS, *EXTREMES, *WORDS, *SIGNS, *LISTS, *UNSURE, *LAWS),
)
ODD_TEXT = (*"\"'[]{}=#-.\n\t\ré", "9" * 400, *SIGNS)
_LONGEST_PATH = 12


@dataclass(frozen=True)
class Damaged:
    """A scenario that was damaged: as text, or as a mapping with settings laid over it."""

    text: str = ""
    given: Table | None = None
    overrides: tuple[str, ...] = ()


def damaged(number: int, text: str, given: Table) -> Damaged:
    """Return the damaged scenario of a number, always the same, of a file's text or of a mapping."""
    chance = RandomStreams(number).generator("damage")
    match number % 4:
        case 0:
            for _ in range(chance.integers(1, 4)):
                text = _damaged_text(text, chance)
            return Damaged(text=text)
        case 1:
            path = _path_in(given, chance)
            return Damaged(
                given=given, overrides=(f"{'.'.join(map(str, path))}={_written(_pick(ODD_VALUES, chance))}",)
            )
        case _:
            changed = copy.deepcopy(given)
            for _ in range(chance.integers(1, 3)):
                _damage_value(changed, chance)
            return Damaged(given=changed)


def _pick(some: Any, chance: Generator) -> Any:
    return some[int(chance.integers(len(some)))]


def _damaged_text(text: str, chance: Generator) -> str:
    lines = text.split("\n")
    at, place = int(chance.integers(len(lines))), int(chance.integers(len(text) + 1))
    match int(chance.integers(6)):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, _pick(lines, chance))
        case 2:
            other = int(chance.integers(len(lines)))
            lines[at], lines[other] = lines[other], lines[at]
        case 3:
            return text[:place]
        case 4:
            return text[:place] + text[place + 1 :]
        case _:
            return text[:place] + _pick(ODD_TEXT, chance) + text[place:]
    return "\n".join(lines)


def _path_in(given: Any, chance: Generator) -> list[str | int]:
    path: list[str | int] = []
    while isinstance(given, (dict, list)) and given and len(path) < _LONGEST_PATH:
        keys = list(given) if isinstance(given, dict) else list(range(len(given)))
        path.append(_pick(keys, chance))
        given = given[path[-1]]
        if chance.random() < 0.1:
            break
    return path


def _damage_value(given: Table, chance: Generator) -> None:
    """Change, add or leave out a value somewhere."""
    *steps, last = _path_in(given, chance)
    inside: Any = given
    for step in steps:
        inside = inside[step]
    match int(chance.integers(4)):
        case 0:
            del inside[last]
        case 1 if isinstance(inside, dict):
            inside[f"{last}x"] = inside[last]
        case 2 if isinstance(inside[last], float):
            inside[last] = inside[last] * 10.0 ** chance.uniform(-12, 12)
        case _:
            inside[last] = copy.deepcopy(_pick(ODD_VALUES, chance))


def _written(value: Any) -> str:
    try:
        return str(value)
    except ValueError:
        return "9" * 5_000
