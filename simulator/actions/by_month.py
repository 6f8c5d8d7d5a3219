"""An action on single months of the years that are drawn."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from simulator.actions.action import OfLines
from simulator.actions.chance import Chance
from simulator.actions.scene import Care
from simulator.parts import Shares
from simulator.records import FloatArray


class ByMonth(OfLines):
    """An action on single months, one contract year after the other."""

    asks_for_months: ClassVar[bool] = True
    holds_back: ClassVar[bool] = False
    """Whether what it takes away is care that people would have had."""
    ramp_share_by_year: Shares = (1.0,)
    """Share of the full effect in each contract year of it; the last repeats."""

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        # A block is drawn whole, though fewer of its contracts may be wanted.
        scene, size = care.scene, self.size(chance)[: len(care.spend.gbp), 0, :, 0]
        lines = np.flatnonzero(self.of_lines(scene) * scene.per_case).tolist()
        if not lines:
            return care
        sizes = self.grown(scene)[:, None] * self.active(scene)  # shape (year, month, cluster)
        for year in range(len(scene.years)):
            more = self.more(care, year, size[:, None] * sizes[year], lines)
            now = care.by_month(year, more, held_back=self.holds_back)
            care = self.later(care, now, year, lines)
        return care

    def size(self, chance: Chance) -> FloatArray:
        """Return how far it works, to go with (contract, year, cluster, line)."""
        return chance.works(self.probability_of_working)

    def later(self, before: Care, now: Care, year: int, lines: Sequence[int]) -> Care:
        """Return the care with what the year, as it was before and is now, leaves for the next one."""
        return now

    @abstractmethod
    def more(
        self, care: Care, year: int, sizes: FloatArray, lines: Sequence[int]
    ) -> Mapping[int, FloatArray]:
        """Return what months of a contract year have more, as a share, by line.

        Takes how far it works in each month, shape (contract or 1, month, cluster), and the lines that it
        acts on, by number. Returns what goes with (contract, month, cluster).
        """
