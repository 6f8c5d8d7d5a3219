"""What a part's own checks just let through, and what they just do not: both sides of each bound."""

from __future__ import annotations

from typing import Any

import pytest

from simulator import InputError
from simulator.parts import Part
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.minimum_rate import MinimumRate
from simulator.rules.surplus import SurplusSplit
from simulator.spend.empirical import Empirical
from simulator.spend.gamma import Gamma
from simulator.spend.mixture import Mixture
from simulator.spend.uniform import Uniform

ONE, OTHER = Gamma(mean=1, cv=1), Gamma(mean=9, cv=1)


def bands(*ends: float | None) -> tuple[dict[str, float], ...]:
    given = ({} if end is None else {"up_to_share": end} for end in ends)
    return tuple({"cluster_share": 0.5} | end for end in given)


def rates(*people: float) -> tuple[dict[str, float], ...]:
    return tuple({"people": one, "share_of_budget": 0.02} for one in people)


def surplus(source: str, share: float) -> dict[str, Any]:
    return {"practice_share": share, "practice_share_from": source, "pct_return_share": 0.4}


EDGES: dict[str, tuple[type[Part], dict[str, Any], dict[str, Any]]] = {
    "the smallest value": (Empirical, {"values": (0, 1e-6)}, {"values": (0, 0.99e-6)}),
    "the largest value": (Empirical, {"values": (1, 1e12)}, {"values": (1, 1.0000000001e12)}),
    "no value below nothing": (Empirical, {"values": (0, 5)}, {"values": (-0.001, 5)}),
    "some value": (Empirical, {"values": (5,)}, {"values": ()}),
    "a probability of nothing": (
        Empirical,
        {"values": (1, 2), "probabilities": (0, 1)},
        {"values": (1, 2), "probabilities": (-0.5, 1.5)},
    ),
    "a probability for each value": (
        Empirical,
        {"values": (1, 2), "probabilities": (0.4, 0.6)},
        {"values": (1, 2, 3), "probabilities": (0.4, 0.6)},
    ),
    "probabilities that add up": (
        Empirical,
        {"values": (1, 2), "probabilities": (0.4, 0.6000000009)},
        {"values": (1, 2), "probabilities": (0.4, 0.6000000011)},
    ),
    "probabilities that fall short": (
        Empirical,
        {"values": (1, 2), "probabilities": (0.4, 0.5999999991)},
        {"values": (1, 2), "probabilities": (0.4, 0.5999999989)},
    ),
    "kinds that add up": (
        Mixture,
        {"parts": (ONE, OTHER), "probabilities": (0.4, 0.6000000009)},
        {"parts": (ONE, OTHER), "probabilities": (0.4, 0.6000000011)},
    ),
    "a chance of each kind": (
        Mixture,
        {"parts": (ONE, OTHER), "probabilities": (0.0001, 0.9999)},
        {"parts": (ONE, OTHER), "probabilities": (0, 1)},
    ),
    "as many chances as kinds": (
        Mixture,
        {"parts": (ONE,), "probabilities": (1,)},
        {"parts": (ONE,), "probabilities": (0.5, 0.5)},
    ),
    "kinds with a density": (
        Mixture,
        {"parts": (ONE,), "probabilities": (1,)},
        {"parts": (Empirical.example(),), "probabilities": (1,)},
    ),
    "kinds without a layer": (
        Mixture,
        {"parts": (ONE,), "probabilities": (1,)},
        {"parts": (ONE.model_copy(update={"limit": 5.0}),), "probabilities": (1,)},
    ),
    "a width": (Uniform, {"low": 99.99989, "high": 100}, {"low": 99.99991, "high": 100}),
    "one size": (Bond, {"gbp_per_head": 5}, {"gbp_per_head": 5, "share_of_annual_budget": 0.1}),
    "a size at all": (Bond, {"share_of_annual_budget": 0.1}, {}),
    "one rate": (
        MinimumRate,
        {"by_people": "medicare"},
        {"by_people": "medicare", "share_of_budget": 0.1},
    ),
    "a rate at all": (MinimumRate, {"share_of_budget": 0.1}, {}),
    "sizes that rise": (MinimumRate, {"by_people": rates(1, 2)}, {"by_people": rates(1, 2, 2)}),
    "a width and what is beyond": (
        Corridor,
        {"width_share": 0.1, "cluster_share_beyond": 0.5},
        {"width_share": 0.1},
    ),
    "what is beyond, and a width": (Corridor, {"bands": bands(None)}, {"cluster_share_beyond": 0.5}),
    "a shape at all": (Corridor, {"overspend_bands": bands(None)}, {}),
    "one shape": (
        Corridor,
        {"surplus_bands": bands(0.1, None)},
        {"surplus_bands": bands(0.1, None), "width_share": 0.1, "cluster_share_beyond": 0.5},
    ),
    "half a width beside bands": (
        Corridor,
        {"bands": bands(0.1, 0.2, None)},
        {"bands": bands(0.1, None), "width_share": 0.1},
    ),
    "bands that rise": (Corridor, {"bands": bands(0.1, 0.2, None)}, {"bands": bands(0.1, 0.1, None)}),
    "a last band that is open": (Corridor, {"bands": bands(0.1, None)}, {"bands": bands(0.1, 0.2)}),
    "no other band that is": (Corridor, {"bands": bands(0.1, None)}, {"bands": bands(0.1, None, None)}),
    "a share of patient care": (
        SurplusSplit,
        surplus("reinvestment", 0.6),
        surplus("reinvestment", 0.6000001),
    ),
    "a share of the PCT's part": (
        SurplusSplit,
        surplus("pct_return", 0.4),
        surplus("pct_return", 0.4000001),
    ),
    "a share of all": (SurplusSplit, surplus("top", 1.0), surplus("top", 1.01)),
}


@pytest.mark.parametrize("what", EDGES)
def test_both_sides_of_a_bound(what: str) -> None:
    kind, allowed, refused = EDGES[what]
    kind(**allowed)
    with pytest.raises(InputError):
        kind(**refused)
