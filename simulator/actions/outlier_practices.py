"""Practices that lie far from the others are brought nearer: from above, and from below."""

from __future__ import annotations

from typing import Annotated, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field

from simulator.actions.avoiding import Avoiding
from simulator.actions.chance import Chance
from simulator.actions.scene import Scene
from simulator.parts import Name, Part, Share, as_tuple
from simulator.records import FloatArray
from simulator.uncertain import GROWTH_IN_DOUBT, MAY_BE_UNCERTAIN


class PracticeLevel(Part):
    """How much care a practice's people have, beside what their need says."""

    practice: Name
    """Its name or code."""
    cluster: Name
    """The cluster that it is in."""
    people_share: Annotated[float, Field(gt=0, le=1)]
    """Its share of the cluster's people."""
    level: Annotated[float, Field(gt=0, le=10)]
    """Its care over that of the cluster's practices on average: 1.3 is 30% more."""


class OutlierPractices(Avoiding):
    """Bringing practices that lie far from the cluster's mean nearer to it: more care for those far below."""

    action: Literal["outlier_practices"]
    levels: Annotated[tuple[PracticeLevel, ...], BeforeValidator(as_tuple)] = ()
    """Practices with levels of their own; others are taken to be at the mean."""
    band_share: Share = 0.2
    """How far from the mean a practice may lie: about the spread of need (SD 17 to 29%)."""
    brought_in_share: Annotated[float, Field(ge=-1, le=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """Share of the distance beyond that which goes, once it works in full."""
    low_ones_too: bool = True
    """Whether practices far below are brought up as well, which costs what it costs."""

    def of_any_cluster(self) -> Self:
        """Return it as a cluster takes it whose practices are not known: none lies far from the mean."""
        return super().of_any_cluster().model_copy(update={"levels": ()})

    def avoided(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return the share of demand that is avoided in full, to go with (contract, year, cluster, line)."""
        beyond = np.zeros((len(scene.clusters), 1))
        for one in (level for level in self.levels if level.cluster in scene.clusters):
            above = max(one.level - (1 + self.band_share), 0.0)
            below = min(one.level - (1 - self.band_share), 0.0) if self.low_ones_too else 0.0
            beyond[scene.clusters.index(one.cluster)] += one.people_share * (above + below)
        return np.asarray(chance.normal(self.brought_in_share, "share brought in") * beyond)

    @classmethod
    def example(cls) -> Self:
        """One practice of three whose people have half as much again."""
        level = PracticeLevel(practice="A", cluster="North", people_share=0.3, level=1.5)
        return cls(name="outliers", action="outlier_practices", levels=(level,), brought_in_share=0.5)
