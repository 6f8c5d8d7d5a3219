"""Budgets and spend of all contracts, gathered from blocks that are done in any order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from simulator.records import Account, FloatArray, Outturn, PaidBesides, SpendElsewhere

_NAMED = ("elsewhere", "besides")
"""Fields that hold parts with names of their own."""
_OF_PARTS = ("gbp", "outside_gbp")


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


@dataclass
class Gathering:
    """Room for the outturn of a number of contracts."""

    contracts: int
    _arrays: dict[str, FloatArray] = field(default_factory=dict, repr=False)
    _names: dict[int, list[str]] = field(default_factory=dict, repr=False)  # by a block's first contract

    def fill(self, start: int, block: Outturn) -> int:
        """Copy a block's outturn in from contract `start` on; return how many contracts fitted."""
        arrays = arrays_of(block)
        self._names[start] = list(arrays)
        for name, array in arrays.items():
            if name not in self._arrays:
                self._arrays[name] = np.zeros((self.contracts, *array.shape[1:]), order="F")
            # Nothing is in place already, and zeros that nobody has written take no memory.
            if array.any():
                self._arrays[name][start : start + len(array)] = array[: self.contracts - start]
        return min(len(block.spend_gbp), self.contracts - start)

    def whole(self) -> Outturn:
        """Return the outturn of all contracts."""
        names = names_in_order(names for _, names in sorted(self._names.items()))
        return outturn_of({name: self._arrays[name] for name in names})


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


def part_of(outturn: Outturn, start: int, stop: int) -> Outturn:
    """Return the outturn of some contracts."""
    return outturn_of({name: array[start:stop] for name, array in arrays_of(outturn).items()})
