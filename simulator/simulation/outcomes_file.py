"""Every contract's outcomes with labels, and in a file that is written some contracts at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from simulator.records import DIMENSIONS, Axes, Outcomes
from simulator.simulation.gathering import names_in_order
from simulator.simulation.settled import Settled


@dataclass(frozen=True, slots=True)
class Labelled:
    """An array with its name, the names of its dimensions, and what is said of it."""

    name: str
    dimensions: tuple[str, ...]
    values: NDArray[Any]
    attributes: Mapping[str, object]


def labelled(outcomes: Outcomes) -> Iterator[Labelled]:
    """Yield the arrays of outcomes, those of the flows in the order in which each first moved."""
    for order, (reason, flow) in enumerate(outcomes.flows.items(), start=1):
        ways = {"units": "GBP", "paid_by": str(flow.payer), "paid_to": str(flow.payee), "order": order}
        yield Labelled(f"{reason}_gbp", DIMENSIONS, flow.gbp, ways)
    yield Labelled("takes_part", DIMENSIONS, outcomes.takes_part, {})
    for name, dimensions, meaning in (
        ("bond_claims_gbp", DIMENSIONS, "what reaches the bond, had it never run dry"),
        (
            "annual_budget_gbp",
            DIMENSIONS[::2],
            "budget of its first contract year at the rate of a whole year",
        ),
        ("bond_needed_gbp", DIMENSIONS[::2], "smallest bond that pays all that reaches it"),
    ):
        yield Labelled(name, dimensions, getattr(outcomes, name), {"units": "GBP", "long_name": meaning})


_NONE = np.empty(0)


def write_outcomes(settled: Settled, path: Path) -> None:
    """Write the outcomes of all contracts as netCDF: an array of each of `labelled`."""
    import netCDF4

    # What moves in few contracts is in some parts only.
    found = [
        {name: replace(flow, gbp=_NONE) for name, flow in part.flows.items()} for part in settled.parts()
    ]
    names, ways = names_in_order(found), dict(chain.from_iterable(one.items() for one in found))
    start = 0
    with netCDF4.Dataset(path, "w") as file:
        for part in settled.parts():
            nothing = np.zeros(part.takes_part.shape)
            flows = {name: part.flows.get(name) or replace(ways[name], gbp=nothing) for name in names}
            arrays = list(labelled(replace(part, flows=flows)))
            if not start:
                _make_room(file, arrays, settled.contracts, part.axes)
            for one in arrays:
                file[one.name][start : start + len(one.values)] = one.values
            start += len(part.takes_part)


def _make_room(file: Any, arrays: list[Labelled], contracts: int, axes: Axes) -> None:
    """Put into a file the labels of its dimensions, and room for arrays of all contracts."""
    labels = (np.arange(contracts), np.array(axes.years[1:], object), np.array(axes.clusters, object))
    for name, values in zip(DIMENSIONS, labels, strict=True):
        file.createDimension(name, len(values))
        file.createVariable(name, str if values.dtype == object else values.dtype, name)[:] = values
    for one in arrays:
        # Netcdf knows no truth: xarray reads it from the name of the type.
        is_truth = one.values.dtype == bool
        kind, missing = ("i1", None) if is_truth else (one.values.dtype, np.nan)
        room = file.createVariable(one.name, kind, one.dimensions, fill_value=missing)
        room.setncatts({**one.attributes, **({"dtype": "bool"} if is_truth else {})})
