"""Budgets and spend of all contracts, gathered from blocks that are done in any order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from itertools import pairwise
from typing import Any

import numpy as np

from simulator.records import Account, FloatArray, Outturn, PaidBesides, SpendElsewhere
from simulator.simulation.stored_array import FLOAT_BYTES, PassingFolder, StoredArray

_NAMED = ("elsewhere", "besides")
"""Fields that hold parts with names of their own."""
_OF_PARTS = ("gbp", "outside_gbp")
ARRAYS_OF_OUTTURN = 3
"""By contract, year and cluster: budget, spend, and one more on average, as a contract's year has."""


def arrays_of(outturn: Outturn) -> dict[str, FloatArray]:
    """Return every array of an outturn by name, in order; `outturn_of` puts them together again."""
    found = {one.name: getattr(outturn, one.name) for one in fields(Outturn) if one.name not in _NAMED}
    for part in outturn.elsewhere:
        found |= {f"{part.reason}/{part.payee.name}/{name}": getattr(part, name) for name in _OF_PARTS}
    for paid in outturn.besides:
        # The same in every contract, perhaps: told for each.
        gbp = np.broadcast_to(paid.gbp, outturn.spend_gbp.shape)
        found[f"{paid.reason}/{paid.payer.name}/{paid.payee.name}/besides"] = gbp
    return {name: array for name, array in found.items() if array is not None}


def outturn_of(arrays: Mapping[str, FloatArray]) -> Outturn:
    """Return the outturn of which `arrays_of` are these."""
    elsewhere, besides = [], []
    for name, gbp in arrays.items():
        if name.endswith("/gbp"):
            reason, payee, _ = name.rsplit("/", 2)
            outside = arrays.get(f"{reason}/{payee}/outside_gbp")
            elsewhere.append(SpendElsewhere(reason, Account[payee], gbp, outside))
        elif name.endswith("/besides"):
            reason, payer, payee, _ = name.rsplit("/", 3)
            besides.append(PaidBesides(reason, Account[payer], Account[payee], gbp))
    plain: dict[str, Any] = {name: array for name, array in arrays.items() if "/" not in name}
    return Outturn(**plain, elsewhere=tuple(elsewhere), besides=tuple(besides))


@dataclass(frozen=True)
class Gathered:
    """The outturn of all contracts: in memory, or on disk where it is too large."""

    contracts: int
    arrays: Mapping[str, FloatArray | StoredArray]
    together: int = 0  # contracts that stand together on disk; 0 where all is in memory
    folder: PassingFolder | None = None  # where that is

    @classmethod
    def of(cls, outturn: Outturn) -> Gathered:
        """Return an outturn that is in memory."""
        return cls(len(outturn.spend_gbp), arrays_of(outturn))

    def some(self, start: int, stop: int) -> Outturn:
        """Return the outturn of some contracts; from disk, of those that stand together."""
        return outturn_of(
            {
                name: array.some(start, stop) if isinstance(array, StoredArray) else array[start:stop]
                for name, array in self.arrays.items()
            }
        )

    def bounds(self, at_once: int) -> list[tuple[int, int]]:
        """Return the first contract of each part, and the first of the next, for so many cells at a time."""
        cells = math.prod(self.arrays["spend_gbp"].shape)
        if self.together:
            size = max(at_once * self.contracts // cells // self.together, 1) * self.together
            return list(pairwise([*range(0, self.contracts, size), self.contracts]))
        parts = cells // at_once + 1
        return list(pairwise(self.contracts * part // parts for part in range(parts + 1)))


@dataclass
class Gathering:
    """Room for the outturn of a number of contracts and clusters."""

    contracts: int
    clusters: int
    together: int = 0  # contracts that stand together on disk; 0 to keep all in memory
    _arrays: dict[str, FloatArray | StoredArray] = field(default_factory=dict, repr=False)
    # By a block's first contract and cluster.
    _names: dict[tuple[int, int], list[str]] = field(default_factory=dict, repr=False)
    _folder: PassingFolder | None = field(default=None, repr=False)

    def fill(self, start: int, block: Outturn, first: int = 0) -> int:
        """Copy a block's outturn in, from one contract and cluster on; return how many contracts fitted."""
        arrays = arrays_of(block)
        self._names[start, first] = list(arrays)
        for name, array in arrays.items():
            if name not in self._arrays:
                self._arrays[name] = self._room((self.contracts, *array.shape[1:-1], self.clusters))
            # Nothing is in place already, and zeros that nobody has written take no memory.
            if not array.any():
                continue
            room = self._arrays[name]
            if isinstance(room, StoredArray):
                room.put(start, first, array)
            else:
                room[start : start + len(array), ..., first : first + array.shape[-1]] = array[
                    : self.contracts - start
                ]
        return min(len(block.spend_gbp), self.contracts - start)

    def whole(self) -> Gathered:
        """Return the outturn of all contracts."""
        names = names_in_order(names for _, names in sorted(self._names.items()))
        arrays = {name: self._arrays[name] for name in names}
        return Gathered(self.contracts, arrays, self.together, self._folder)

    def _room(self, shape: tuple[int, ...]) -> FloatArray | StoredArray:
        if not self.together:
            return np.zeros(shape, order="F")
        if self._folder is None:
            self._folder = PassingFolder.made(ARRAYS_OF_OUTTURN * math.prod(shape) * FLOAT_BYTES)
        return StoredArray.empty(self._folder.path / str(len(self._arrays)), shape, self.together)


def names_in_order(blocks: Iterable[Iterable[str]]) -> list[str]:
    """Return every name once, in an order in which each block has its own: some blocks lack some."""
    order: list[str] = []
    for names in blocks:
        at = len(order)
        for name in reversed(list(names)):
            if name not in order:
                order.insert(at, name)
            at = order.index(name)
    return order
