"""All actions of a scenario, ready to act."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simulator.actions.action import Action
from simulator.actions.chance import Chance
from simulator.actions.months import draw_months
from simulator.actions.scene import Books, Care, Scene
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray, PaidBesides, Spend, SpendElsewhere


@dataclass(frozen=True)
class Actions:
    """What clusters do, and what it is done to."""

    scene: Scene
    every: Sequence[Action]
    carried: bool  # whether figures with an sd are drawn; their means if not

    @property
    def drawn(self) -> tuple[Action, ...]:
        """Those that act on spend that is drawn, in order; all else that others do is known beforehand.

        Those that react to what spend comes to are last, wherever they are written.
        """
        drawn = (one for one in self.every if one.acts(carried=self.carried))
        return tuple(sorted(drawn, key=lambda one: one.reacts))

    @property
    def react(self) -> bool:
        """Whether what they make of spend depends on budgets."""
        return any(one.reacts for one in self.drawn)

    def on_cases(self) -> FloatArray:
        """Return what known actions make of expected cases, shape (year, cluster, line)."""
        factor = np.ones_like(self.scene.expected_counts)
        for one in self.every:
            known = one.known_factor(self.scene, carried=self.carried)
            if known is not None:
                factor *= known
        return factor

    def costs(self) -> tuple[SpendElsewhere, ...]:
        """Return what the actions cost budgets, each of shape (1, year, cluster)."""
        return tuple(cost for one in self.every for cost in one.costs(self.scene))

    def besides(self) -> tuple[PaidBesides, ...]:
        """Return what they cost others than budgets, each of shape (1, year, cluster)."""
        return tuple(paid for one in self.every for paid in one.besides(self.scene))

    def cost_gbp(self) -> FloatArray:
        """Return what all of them cost budgets, shape (year, cluster), in pounds."""
        nothing = np.zeros(self.scene.expected_counts.shape[:2])
        return np.asarray(sum((cost.gbp[0] for cost in self.costs()), nothing))

    def cost_by_month_gbp(self, year: int) -> FloatArray:
        """Return what all of them cost budgets in each month of a contract year, shape (month, cluster).

        April first; each its months alike.
        """
        found = np.zeros(self.scene.inside.shape[1:])
        for one in self.every:
            months = one.active(self.scene)[year]
            alike = months / np.maximum(months.sum(axis=0), 1)
            for cost in one.costs(self.scene):
                found += alike * cost.gbp[0, year]
        return found

    def paid(self, spend: Spend) -> Iterator[SpendElsewhere]:
        """Yield what actions cost, and pay others than hospitals, of shape (contract, year, cluster)."""
        scene, shape = self.scene, spend.contract_gbp.shape[:3]
        for cost in self.costs():
            yield replace(cost, gbp=np.broadcast_to(cost.gbp, shape))
        for one in spend.elsewhere:
            outside = None
            if not (scene.responsibility == 1).all():
                outside = np.asarray((one.gbp * (1 - scene.responsibility)).sum(axis=-1))
            yield replace(one, gbp=(one.gbp * scene.responsibility).sum(axis=-1), outside_gbp=outside)

    def act(self, spend: Spend, books: Books, streams: RandomStreams, block: Block) -> Care:
        """Return what the actions make of the spend of a block of contracts, in order."""
        care = Care(self.scene, spend, books)
        if any(one.asks_for_months for one in self.drawn):
            expected = self.scene.expected_counts * self.on_cases()
            months = draw_months(self.scene, expected, len(spend.gbp), streams, block)
            care = replace(care, months=months)
        for one in self.drawn:
            draws = (streams, block)
            chance = Chance(one.name, self.scene.clusters, one.is_common, self.carried, draws)
            care = one.act(care, chance)
        return care

    @property
    def key(self) -> Hashable:
        """What is the same where actions do the same to the same care."""
        if not self.every:
            return ()
        names = (self.scene.years, self.scene.clusters, self.scene.lines, self.carried)
        arrays = (np.ascontiguousarray(one).tobytes() for one in self.scene.arrays)
        return (*names, *arrays, *(one.model_dump_json() for one in self.every))

    def without(self) -> Actions:
        """Return the same scene in which nobody does anything."""
        return replace(self, every=())
