"""What chance decides of an action: whether it works, and how well."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulator.random_streams import Generator, RandomStreams
from simulator.records import Block, FloatArray
from simulator.uncertain import sd_of


@dataclass(frozen=True, slots=True)
class Chance:
    """Draws of one action, each from a stream of its own name: no other action's draws depend on them."""

    action: str  # name
    clusters: tuple[str, ...]  # names
    common: bool  # whether one draw is for all clusters
    carried: bool  # whether figures with an sd are drawn; their means if not
    draws: tuple[RandomStreams, Block] | None = None  # nothing where all is known

    def works(self, probability: float) -> FloatArray:
        """Return whether the action works, 1 or 0, to go with (contract, year, cluster, line)."""
        if probability in {0.0, 1.0}:
            return _known(probability)
        return self._each("works", lambda generator, size: generator.random(size) < probability)

    def normal(self, figure: float, what: str) -> FloatArray:
        """Return a figure with the normal law of its sd, to go with (contract, year, cluster, line)."""
        sd = self._sd(figure)
        return figure + sd * self._normals(what) if sd else _known(figure)

    def lognormal(self, figure: float, what: str) -> FloatArray:
        """Return a figure above zero with the lognormal law of its mean and sd."""
        sd = self._sd(figure)
        if not sd:
            return _known(figure)
        variance = math.log1p((sd / figure) ** 2)
        return np.asarray(figure * np.exp(math.sqrt(variance) * self._normals(what) - variance / 2))

    def _sd(self, figure: float) -> float:
        return sd_of(figure) if self.carried else 0.0

    def _normals(self, what: str) -> FloatArray:
        return self._each(what, lambda generator, size: generator.standard_normal(size))

    def _each(self, what: str, draw: Callable[[Generator, int], np.ndarray]) -> FloatArray:
        """Return one draw a contract for all clusters or for each, shape (contract, 1, cluster or 1, 1)."""
        if self.draws is None:
            raise ValueError(f"{self.action} is drawn where all must be known")
        streams, block = self.draws
        found = [
            draw(streams.generator("action", self.action, what, *name, block=block.number), block.contracts)
            for name in ([()] if self.common else [(name,) for name in self.clusters])
        ]
        return np.stack(found, axis=-1).astype(float)[:, None, :, None]


def _known(figure: float) -> FloatArray:
    return np.full((1, 1, 1, 1), float(figure))
