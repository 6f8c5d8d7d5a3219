"""Demand that is avoided: of expected cases where all is known, of what was drawn otherwise."""

from __future__ import annotations

import numpy as np

from simulator.actions.action import OfLines
from simulator.actions.chance import Chance
from simulator.actions.scene import Care, Scene
from simulator.records import FloatArray


def kept(avoided_share: FloatArray) -> FloatArray:
    """Return the share of demand that is left where some is avoided, or added below zero."""
    return np.asarray(np.maximum(1 - avoided_share, 0.0))


class Avoiding(OfLines):
    """An action that avoids a share of the demand of some lines, or adds to it."""

    holds_back_care: bool = False
    """Whether that is care that people would have had and do not get: told as care held back."""

    def known_factor(self, scene: Scene, *, carried: bool) -> FloatArray | None:
        """Return what it makes of expected cases, shape (year, cluster, line), where all is known."""
        if self.acts(carried=carried):
            return None
        known = Chance(self.name, scene.clusters, common=True, carried=False)
        return np.asarray(self.factor(scene, known)[0])

    def acts(self, *, carried: bool) -> bool:
        """Return whether it acts on spend that is drawn."""
        return self.holds_back_care or not self.is_known(carried=carried)

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        return care.times(self.factor(care.scene, chance), held_back=self.holds_back_care)

    def factor(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return what is left of demand, shape (contract or 1, year, cluster, line)."""
        return kept(self.avoided(scene, chance) * self.strength(scene, chance))

    def avoided(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return the share of demand that is avoided in full, to go with (contract, year, cluster, line)."""
        raise NotImplementedError(f"{type(self).__name__} avoids nothing")
