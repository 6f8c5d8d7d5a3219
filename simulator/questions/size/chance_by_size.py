"""How chance falls as a cluster grows, and from which size on it is no more than something."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from simulator.risk.estimate import Estimate
from simulator.risk.estimation import Influence


@dataclass(frozen=True, eq=False)
class ChanceBySize:
    """Variances of the outturn over the contract, over the square of the budget."""

    people: tuple[float, ...]  # sizes that were simulated, smallest first
    by_chance: tuple[Influence, ...]  # what chance adds at each
    any_size: Influence  # what is left however large a cluster is

    def people_where_it_adds(self, part: float) -> Estimate | None:
        """Return from which size on chance adds no more than a part of what no size cures."""
        return self._people_where(self.any_size.times(part))

    def people_where_sd_is(self, sd_share: float) -> Estimate | None:
        """Return from which size on the SD of chance is no more than a share of the budget."""
        return self._people_where(Influence(sd_share**2, np.zeros(self.any_size.moves.size)))

    def _people_where(self, variance: Influence) -> Estimate | None:
        # A cluster has whole practices: between two sizes chance follows 1 / people and a constant, and not
        # 1 / people alone, as it does beyond them.
        none = Influence(0.0, np.zeros(variance.moves.size))
        points = [*zip(self.people, self.by_chance, strict=True), (np.inf, none)]
        if not variance.value > 0 or not self.by_chance[0].value > 0:
            return None
        if self.by_chance[0].value <= variance.value:
            points = [points[0], points[-1]]
        for (fewer, more_chance), (people, chance) in pairwise(points):
            if chance.value <= variance.value:
                step = (variance - chance) / (more_chance - chance)
                inverse = step.times(1 / fewer - 1 / people) + Influence(1 / people, none.moves)
                return (Influence(1.0, none.moves) / inverse).estimate
        return None
