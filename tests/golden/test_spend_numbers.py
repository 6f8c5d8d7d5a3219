"""Each law of costs, its layers and its totals, against stored numbers: a change of one says which.

What they should be is for the tests beside exact values (`test_unit_costs`, `test_totals_map`, the
statistical ones) to say; here any change of a number shows. `stored_numbers` tells how to accept one.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.spend.bounds import bounds_gbp, bulk_sd_gbp
from simulator.spend.cost_sums import CostSums
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.lognormal import Lognormal
from simulator.spend.mixture import Mixture
from simulator.spend.pareto import Pareto
from simulator.spend.smooth_part import SmoothPart
from simulator.spend.totals_map import WithinLimit
from simulator.spend.uniform import Uniform
from simulator.spend.unit_cost import FloatArray, UnitCost
from simulator.spend.working_range import cannot_be_drawn, does_not_show
from tests.golden.stored_numbers import check, mixed

_ROUGH = tuple(10 * 1.37**k for k in range(40))
"""More values than are counted one by one, of no common step."""
LAWS: dict[str, UnitCost] = {
    "lognormal": Lognormal(mean=1550, cv=0.6),
    "lognormal, wide": Lognormal(mean=1550, cv=6),
    "lognormal of pennies": Lognormal(mean=0.02, cv=1.5),
    "lognormal with a limit": Lognormal(mean=2000, cv=1.5, limit=9000),
    "lognormal with a deductible": Lognormal(mean=2000, cv=1.5, deductible=300),
    "lognormal, narrow": Lognormal(mean=1000, cv=2e-3),
    "gamma": Gamma(mean=105, cv=0.6),
    "exponential": Gamma(mean=500, cv=1),
    "gamma, wide": Gamma(mean=500, cv=4),
    "gamma of millions": Gamma(mean=2e6, cv=0.1),
    "gamma with a deductible and a limit": Gamma(mean=105, cv=1.2, deductible=40, limit=500),
    "gamma, rarely between": Gamma(mean=105, cv=1, deductible=500, limit=200),
    "gamma, nearly all at the limit": Gamma(mean=500, cv=0.5, limit=60),
    "gamma, alike": Gamma(mean=1000, cv=1e-4),
    "gamma, alike, with a limit": Gamma(mean=1000, cv=1e-4, limit=1000.1),
    "gamma, certain": Gamma(mean=1000, cv=1e-6),
    "Pareto": Pareto(shape=2.5, scale=3000),
    "Pareto with a limit": Pareto(shape=1.5, scale=3000, limit=50_000),
    "Pareto of infinite variance": Pareto(shape=1.5, scale=3000),
    "Pareto of index 2 with both": Pareto(shape=2, scale=100, deductible=30, limit=1000),
    "uniform": Uniform(low=5, high=95),
    "uniform from nothing": Uniform(low=0, high=1000),
    "uniform, narrow": Uniform(low=100, high=100.5),
    "uniform with both": Uniform(low=50, high=950, deductible=300, limit=400),
    "few values": Empirical(values=(5, 10, 20), probabilities=(0.2, 0.3, 0.5)),
    "few values with both": Empirical(values=(0, 5, 17, 400, 5), deductible=4, limit=100),
    "values on a lattice": Empirical(values=tuple(10.0 * k for k in range(1, 41))),
    "values on a lattice with both": Empirical(
        values=tuple(2.5 * k for k in range(60)), deductible=30, limit=80
    ),
    "values without a lattice": Empirical(values=_ROUGH),
    "values without a lattice, skewed": Empirical(values=_ROUGH, probabilities=(0.61, *(0.01,) * 39)),
    "mixture": Mixture.example(),
    "mixture with both": Mixture(
        parts=[Uniform(low=100, high=300), Gamma(mean=900, cv=2)],
        probabilities=[0.6, 0.4],
        deductible=140,
        limit=700,
    ),
}
COUNTS = {
    "few": np.arange(60) % 17,
    "some": np.arange(60) % 41 + 10,
    "33 to 500": 33 + (np.arange(60) * 37) % 468,
    "hundreds": 3 * np.arange(60) + 40,
    "up to a million": np.geomspace(5_000, 1_000_000, 60).astype(np.int64),
    "all sorts": np.geomspace(1, 90_000, 60).astype(np.int64),
    "alike": np.full(60, 260),
}
NORMALS = np.linspace(-5.0, 5.0, 60)
FAR = np.array([-9.0, -6.1, -5.9, 5.9, 6.1, 9.0])
"""Where tables end, and how far off they are shows: five digits are right."""
SLOW = ("Pareto", "Pareto of infinite variance", "lognormal, wide", "mixture")
"""Laws whose tables take a second for each doubling of counts."""
OF_MILLIONS = ("lognormal", "exponential", "Pareto with a limit", "values on a lattice")


def generator(law: str) -> np.random.Generator:
    return RandomStreams(5).generator("costs", law)


@cache
def sums(law: str, case_limit_gbp: float | None = None) -> CostSums:
    return CostSums(LAWS[law], case_limit_gbp)


def costs(law: UnitCost) -> FloatArray:
    """Return costs from nothing far into the tail, the ends and the limit among them."""
    found = [float(law.isf(np.array([beyond]))[0]) for beyond in (1.0, 0.9, 0.5, 0.1, 1e-3, 1e-9)]
    return np.array([0.0, *found, law.mean_gbp, law.limit or 3 * law.mean_gbp])


@pytest.mark.parametrize("name", LAWS)
def test_one_cost(name: str) -> None:
    law = LAWS[name]
    at, beyond = costs(law), np.array([1.0, 0.97, 0.6, 0.25, 1e-2, 1e-6, 1e-12])
    part = SmoothPart.of(law)
    found = {
        "mean": law.mean_gbp,
        "variance": law.variance_gbp2,
        "lowest": law.lowest_gbp,
        "kinks": mixed(law.kinks_gbp),
        "sf": mixed(law.sf(at)),
        "isf": mixed(law.isf(beyond)),
        "isf_log": mixed(np.log1p(law.isf(beyond))),
        "excess": mixed(law.excess_mean(at)),
        "second": mixed(law.limited_second_moment(at)),
        "span": law.lattice_span_gbp or 0.0,
    }
    drawn, part_drawn = law.draw(generator(name), 40), part.draw(generator(name), 40)
    cap = float(at[4])
    of_part = {
        "nothing": part.zero_probability,
        "limit": part.limit_probability,
        "between": part.probability,
        "part_mean": part.mean_gbp,
        "part_sd": part.sd_gbp,
        "part_isf": part.isf(0.3),
        "capped_mean": part.capped_mean_gbp(cap),
        "capped_sd": part.capped_sd_gbp(cap),
        "part_excess": mixed(part.excess_mean(at)),
    }
    lines = {"of one": found, "between": of_part, "draws": {"whole": mixed(drawn), "part": mixed(part_drawn)}}
    check("spend_one_cost", {f"{name}, {what}": numbers for what, numbers in lines.items()})


def totals_of(law: str, counts: str, limit: float | None = None) -> dict[str, float]:
    """Return sums of totals drawn, of their logarithms, and of what is within a limit."""
    found, within = sums(law, limit).draw_within_limit(COUNTS[counts], generator(law))
    assert limit is not None or np.array_equal(found, within)
    kinds = {"total": found} | ({} if limit is None else {"within": within})
    return {
        f"{kind}{how}": mixed(of(values))
        for kind, values in kinds.items()
        for how, of in {"": np.asarray, "_log": np.log1p}.items()
    } | {f"{kind}_most": float(values.max()) for kind, values in kinds.items()}


def counts_for(law: str) -> list[str]:
    some = COUNTS if law not in SLOW else ("few", "some")
    return [one for one in some if law in OF_MILLIONS or one != "up to a million"]


@pytest.mark.parametrize(("name", "counts"), [(law, one) for law in LAWS for one in counts_for(law)])
def test_totals(name: str, counts: str) -> None:
    check("spend_totals", {f"{name}, {counts}": totals_of(name, counts)})


PER_CASE = {
    "lognormal": (300.0, 1550.0, 8000.0),
    "lognormal with a limit": (2000.0, 9000.0),
    "lognormal with a deductible": (1000.0,),
    "gamma": (2.0, 40.0, 300.0, 1e7),
    "exponential": (500.0,),
    "gamma of millions": (1e6, 2.2e6),
    "gamma with a deductible and a limit": (100.0,),
    "gamma, rarely between": (50.0,),
    "gamma, alike": (400.0, 1000.0, 2000.0),
    "gamma, certain": (500.0, 1000.0),
    "Pareto with a limit": (4000.0,),
    "uniform": (3.0, 50.0),
    "uniform, narrow": (99.0, 100.2),
    "few values": (7.0, 20.0),
    "few values with both": (11.0,),
    "values on a lattice": (50.0, 55.0, 390.0),
    "values without a lattice": (100.0, 1e5),
}
LIMITED = [
    (law, limit, one)
    for law, limits in PER_CASE.items()
    for limit in limits
    for one in ("few", "some", "hundreds", "alike")
] + [("gamma", 300.0, "all sorts"), ("lognormal", 1550.0, "up to a million")]


@pytest.mark.parametrize(("name", "limit", "counts"), LIMITED)
def test_totals_within_a_limit_per_case(name: str, limit: float, counts: str) -> None:
    check("spend_within_limit", {f"{name}, {limit:g} a case, {counts}": totals_of(name, counts, limit)})


MAPPED = [law for law in LAWS if law not in ("few values", "few values with both", *SLOW)]
MAPPED = [
    law for law in MAPPED if law not in ("gamma, certain", "gamma, alike", "gamma, alike, with a limit")
]


def grid_of(tables: object, count: int) -> dict[str, float]:
    grid, transform = tables._transform(count)  # type: ignore[attr-defined]
    size = np.abs(transform)
    return {"step": grid.step_gbp, "cells": grid.cells, "lattice": grid.on_lattice, "last": float(size[-1])}


@pytest.mark.parametrize("name", MAPPED)
def test_quantiles_of_totals(name: str) -> None:
    """Of counts with tables of their own, and between them."""
    whole, lines = sums(name), dict[str, dict[str, float]]()
    for count in (17, 30, 64, 150, 2_000):
        counts = np.full(NORMALS.size, count)
        at = whole._map.totals(counts, NORMALS)
        low, high = bounds_gbp(whole._part, count)
        ends = {"low": low, "high": high, "bulk_sd": bulk_sd_gbp(whole._part, count)}
        totals = {"sum": mixed(at), "low_one": at[0], "middle": at[30], "high_one": at[-1]}
        settles = {"settles": float(whole._tables.settles(count))}
        lines[f"{name}, {count}"] = totals | ends | grid_of(whole._tables, count) | settles
    check("spend_quantiles", lines)


@pytest.mark.parametrize("name", ["exponential", "uniform", "values on a lattice"])
def test_where_the_tables_end(name: str) -> None:
    at = {count: sums(name)._map.totals(np.full(FAR.size, count), FAR) for count in (17, 90)}
    lines = {
        f"{name}, {count}": dict(
            zip(("low", "last", "first", "up", "end", "high"), totals.tolist(), strict=True)
        )
        for count, totals in at.items()
    }
    check("spend_far", lines, tolerance=1e-5)


@pytest.mark.parametrize(
    ("name", "limit"), [(law, limit) for law in MAPPED for limit in PER_CASE.get(law, ())]
)
def test_quantiles_of_totals_within_a_limit_per_case(name: str, limit: float) -> None:
    limited, lines = WithinLimit(SmoothPart.of(LAWS[name]), limit), dict[str, dict[str, float]]()
    for count in (17, 30, 64, 150, 2_000):
        at = limited.totals(np.full(NORMALS.size, count), NORMALS)
        totals = {"sum": mixed(at), "low_one": at[0], "middle": at[30], "high_one": at[-1]}
        known = {} if limited._tables is None else grid_of(limited._tables, count)
        lines[f"{name}, {limit:g} a case, {count}"] = totals | known
    check("spend_quantiles_within_limit", lines)


AT_THE_EDGES: dict[str, list[UnitCost]] = {
    "rare": [Gamma(mean=100, cv=1, deductible=deductible) for deductible in np.linspace(1_950, 2_200, 40)],
    "limits of next to nothing": [Gamma(mean=1e6, cv=1, limit=float(x)) for x in np.geomspace(1e-5, 100, 60)],
    "layers far up": [
        Lognormal(mean=100, cv=2, deductible=float(x), limit=float(x) * 1e-4)
        for x in np.geomspace(1, 1e5, 60)
    ],
    "layers low down": [
        Pareto(shape=2.5, scale=1e6, deductible=50, limit=float(x)) for x in np.geomspace(1e-5, 100, 60)
    ],
    "pennies": [Gamma(mean=0.02, cv=1, deductible=0.01, limit=float(x)) for x in np.geomspace(1e-5, 1, 60)],
    "wide": [Lognormal(mean=100, cv=float(cv)) for cv in np.geomspace(1, 1_000, 60)],
    "heavy": [Pareto(shape=float(shape), scale=100) for shape in np.linspace(2.01, 3, 60)],
    "capped": [Pareto(shape=1.5, scale=100, limit=float(x)) for x in np.geomspace(1e3, 1e12, 60)],
    "rare values": [
        Empirical(values=(0, 10), probabilities=(1 - float(p), float(p)))
        for p in np.geomspace(1e-11, 1e-4, 60)
    ],
}


@pytest.mark.parametrize("kind", AT_THE_EDGES)
def test_which_laws_can_be_drawn(kind: str) -> None:
    """How many in a row, and which of them."""
    drawn = np.array([not cannot_be_drawn(law) for law in AT_THE_EDGES[kind]])
    shown = np.array([not does_not_show(law) for law in AT_THE_EDGES[kind]])
    which = {"drawn": mixed(drawn), "shown": mixed(shown)}
    check("spend_edges", {kind: which | {"many_drawn": drawn.sum(), "many_shown": shown.sum()}})
