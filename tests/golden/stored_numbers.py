"""Numbers of named cases beside a stored list, to nine digits: a change of any of them says whose it is.

To accept a change: delete the case's lines in tests/golden/numbers, or the file, run its tests once in one
process (the run that writes lines fails), look at the difference, and say what changed under "Results
changed" in CHANGELOG.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

STORED = Path(__file__).parent / "numbers"
Lines = Mapping[str, Mapping[str, float]]
"""Numbers by name, by what they are of."""
# Another processor rounds sums and logarithms otherwise, in the thirteenth digit or so.
TOLERANCE = 2e-8
DUST = 1e-12
"""Beside the largest number of a line, so much is rounding."""


def mixed(values: NDArray[np.generic]) -> float:
    """Return a sum in which each place has a weight of its own, from 1 to 2: it tells orders apart."""
    flat = np.asarray(values, dtype=float).ravel()
    return float(flat @ (1 + np.arange(1, flat.size + 1) * 0.6180339887498949 % 1))


def check(name: str, lines: Lines, tolerance: float = TOLERANCE) -> None:
    """Hold numbers against those of a stored file; write down those of which there are none."""
    file = STORED / f"{name}.txt"
    stored = read(file)
    written = [case for case in lines if case not in stored]
    moved = [
        f"{case}: {what} was {stored[case].get(what)} and is {found.get(what)}"
        for case, found in lines.items()
        if case in stored
        for what in dict.fromkeys([*stored[case], *found])
        if not alike(what, stored[case], found, tolerance)
    ]
    if written:
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as told:
            told.writelines(f"{case}: {in_line(lines[case])}\n" for case in written)
        pytest.fail(f"{file.name} had no {written} and has now; look at it, then run again")
    assert not moved, f"not as in {file.name}; {__doc__}\n" + "\n".join(moved)


def alike(what: str, stored: Mapping[str, float], found: Mapping[str, float], tolerance: float) -> bool:
    """Whether a number is as it was but for rounding."""
    if what not in stored or what not in found:
        return False
    one, other = stored[what], found[what]
    dust = DUST * max((abs(value) for value in found.values() if math.isfinite(value)), default=0.0)
    same = one == other or (math.isnan(one) and math.isnan(other))
    return same or abs(one - other) <= tolerance * abs(one) + dust


def in_line(found: Mapping[str, float]) -> str:
    return " ".join(f"{what}={value:.9g}" for what, value in found.items())


def read(file: Path) -> dict[str, dict[str, float]]:
    """Return what is stored, by case."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        case, _, numbers = line.rpartition(": ")
        pairs = (pair.partition("=") for pair in numbers.split())
        found[case] = {what: float(value) for what, _, value in pairs}
    return found
