"""One simulation of demand for many policies: what a policy does not change is not drawn again."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from hashlib import sha256
from typing import TypeVar

import numpy as np

from simulator.demand.shocks import ShockDraws
from simulator.random_streams import KeptStreams, RandomStreams
from simulator.records import Block, FloatArray, IntArray, Outturn, Spend
from simulator.scenario.scenario import Scenario
from simulator.simulation.drawn_together import (
    asked_for,
    books_together,
    budgets_key,
    can_be_drawn_together,
    shocks_key,
)
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws, SettledDraws, drawn_in_blocks
from simulator.simulation.gathering import Gathered, arrays_of
from simulator.simulation.memory import enough_memory
from simulator.simulation.part_of_plan import drawn_part
from simulator.simulation.plan import Plan, make_plan, with_rules_of
from simulator.simulation.result import Result

Keys = np.ndarray[tuple[int, int], np.dtype[np.object_]]
Kept = TypeVar("Kept")

_PLANS_KEPT = 4
"""Policies whose spend is kept at a time, counted in arrays of the largest."""
_OUTTURNS_KEPT, _SMALL_KEPT, _KEPT_BYTES = 4, 16, 100_000_000
"""Outturns that are kept at a time, and where they are small: then no more than so much memory holds."""
_PLANNED_KEPT = 2


@dataclass(frozen=True, eq=False)
class _Planned:
    """A scenario with its plan, and what that draws depends on."""

    scenario: Scenario
    plan: Plan

    @cached_property
    def keys(self) -> Keys:
        """What each cluster's spend on each line depends on."""
        return _keys(self.plan)

    @cached_property
    def key(self) -> Hashable:
        """What budgets and spend depend on."""
        return _key_of_outturn(self.plan, self.keys)


@dataclass
class SharedDraws:
    """Simulates scenarios on the same draws, and keeps what the next one can use.

    A stream of chance is named by what it decides, so that two scenarios share every draw in any
    case. Here they also share the work: spend is kept by cluster and line, and drawn anew only where
    something that it depends on has changed; a policy that changes rules alone costs their
    settlement.
    """

    draws: SettledDraws
    _spends: OrderedDict[Hashable, tuple[FloatArray, FloatArray | None, FloatArray | None]] = field(
        default_factory=OrderedDict, repr=False
    )
    _outturns: OrderedDict[Hashable, Outturn] = field(default_factory=OrderedDict, repr=False)
    _shocks: tuple[Hashable, dict[int, ShockDraws]] = field(default_factory=lambda: (None, {}), repr=False)
    _planned: deque[_Planned] = field(default_factory=lambda: deque(maxlen=_PLANNED_KEPT), repr=False)
    _streams: RandomStreams = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._streams = KeptStreams(self.draws.seed)

    @classmethod
    def of(cls, scenario: Scenario, draws: Draws = Draws()) -> SharedDraws:
        """Return draws of the size and seed that a scenario names, or of others."""
        return cls(draws.of(scenario))

    def of_first(self, contracts: int) -> SharedDraws:
        """Return draws of the first contracts alone, by one process, with what is at hand of them."""
        fewer = SharedDraws(replace(self.draws, contracts=contracts, workers=1), _shocks=self._shocks)
        fewer._streams = self._streams
        for key, (gbp, above, earlier) in self._spends.items():
            fewer._spends[key] = (
                gbp[:contracts],
                None if above is None else above[:contracts],
                None if earlier is None else earlier[:contracts],
            )
        return fewer

    def simulate(self, scenario: Scenario) -> Result:
        """Return what `simulate` returns for a scenario, to the last bit."""
        planned, plan = self._plan(scenario)
        gathered = Gathered.of(self._outturn(planned))
        return Result(scenario, plan, gathered, self.draws.contracts, self.draws.seed)

    def simulate_together(
        self, scenarios: Sequence[Scenario], progress: Callable[[float], None] = lambda share_drawn: None
    ) -> Iterator[Result]:
        """Yield what `simulate` returns for each of several scenarios, which are drawn at a time if need be.

        Calls `progress` with how much is drawn, from 0 to 1.
        """
        planned = [self._plan(scenario) for scenario in scenarios]
        drawn = self._drawn_together([one for one, _ in planned], progress)
        for scenario, (one, plan) in zip(scenarios, planned, strict=True):
            outturn = drawn[one.key] if one.key in drawn else self._outturn(one)
            yield Result(scenario, plan, Gathered.of(outturn), self.draws.contracts, self.draws.seed)

    def outturn(self, scenario: Scenario) -> Outturn:
        """Return budgets and spend of a scenario, before any rule; not to be written to."""
        return self._outturn(self._plan(scenario)[0])

    def _plan(self, scenario: Scenario) -> tuple[_Planned, Plan]:
        """Return the plan of a scenario, and one that differs from it by rules at most."""
        for planned in self._planned:
            if plan := with_rules_of(planned.plan, planned.scenario, scenario):
                return planned, plan
        self._planned.append(_Planned(scenario, make_plan(scenario)))
        return self._planned[-1], self._planned[-1].plan

    def _outturn(self, planned: _Planned) -> Outturn:
        plan, key = planned.plan, planned.key
        if key not in self._outturns:
            # Once: what others of its policies hold is no sign of how many contracts would fit.
            enough = enough_memory(plan, self.draws.contracts, lines_kept=True)
            with nullcontext() if self._outturns else enough:
                _, outturn = plan.books(self._acted(plan, self._spend(plan, planned.keys)))
            self._keep_outturns({key: outturn})
        self._outturns.move_to_end(key)
        return self._outturns[key]

    def _drawn_together(
        self, planned: Sequence[_Planned], progress: Callable[[float], None]
    ) -> dict[Hashable, Outturn]:
        """Return the outturns that are not at hand of plans that share a chance, by what they depend on."""
        asked: dict[Hashable, dict[Hashable, Plan]] = {}
        for one in planned:
            at_hand = one.key in self._outturns or self._spends.keys() >= set(one.keys.ravel())
            if not at_hand and can_be_drawn_together(one.plan):
                asked.setdefault(shocks_key(one.plan), {})[one.key] = one.plan
        several = [list(plans.items()) for plans in asked.values() if len(plans) > 1]
        found: dict[Hashable, Outturn] = {}
        for done, group in enumerate(several):
            keys, plans = zip(*group, strict=True)
            with enough_memory(plans[0], self.draws.contracts, lines_kept=True):
                books = books_together(
                    plans,
                    self.draws,
                    partial(self._shocks_of, plans[0]),
                    partial(_of_all, progress, done, len(several)),
                    self._streams,
                )
            found |= zip(keys, books, strict=True)
        self._keep_outturns(found)
        return found

    def _keep_outturns(self, found: dict[Hashable, Outturn]) -> None:
        sizes = (sum(one.nbytes for one in arrays_of(outturn).values()) for outturn in found.values())
        small = min(_SMALL_KEPT, _KEPT_BYTES // max(sizes, default=1))
        _keep(self._outturns, found, max(_OUTTURNS_KEPT, small))

    def _shocks_of(self, plan: Plan, block: Block) -> ShockDraws:
        """Return the shocks of a block: those drawn last, where they are the plan's."""
        key, shocks = self._shocks
        if key == shocks_key(plan) and block.number in shocks:
            return shocks[block.number]
        return plan.draw_shocks(self._streams, block)

    def _acted(self, plan: Plan, spend: Spend) -> Spend:
        """Return what actions make of spend, block by block, as they do where it is drawn."""
        if not plan.actions.drawn:
            return spend
        starts = range(0, self.draws.contracts, CONTRACTS_PER_BLOCK)
        parts = [
            plan.act(
                spend.some(start, start + CONTRACTS_PER_BLOCK), self._streams, Block(at, CONTRACTS_PER_BLOCK)
            )
            for at, start in enumerate(starts)
        ]
        return Spend.joined([part.spend for part in parts])

    def _spend(self, plan: Plan, keys: Keys) -> Spend:
        # What is at hand comes last, so that making room for what is missing does not throw it out.
        for key in self._spends.keys() & set(keys.ravel()):
            self._spends.move_to_end(key)
        missing = np.array([[key not in self._spends for key in row] for row in keys])
        missing |= plan.last_year is not None and missing.any()
        if missing.any():
            clusters, lines = np.flatnonzero(missing.any(axis=1)), np.flatnonzero(missing.any(axis=0))
            drawn = self._draw(plan, clusters, lines)
            above, earlier = drawn.above_limit_gbp, drawn.earlier_gbp
            found = {
                keys[cluster, line]: (
                    drawn.gbp[:, :, at_cluster, at_line],
                    None if above is None else above[:, :, at_cluster, at_line],
                    None if earlier is None else earlier[:, :, at_cluster, at_line],
                )
                for at_cluster, cluster in enumerate(clusters)
                for at_line, line in enumerate(lines)
            }
            _keep(self._spends, found, _PLANS_KEPT * keys.size)
            if missing.all():
                return drawn
        spend = self._empty(plan)
        for place, key in np.ndenumerate(keys):
            self._spends.move_to_end(key)
            within, beyond, before = self._spends[key]
            spend.gbp[:, :, place[0], place[1]] = within
            if spend.above_limit_gbp is not None:
                spend.above_limit_gbp[:, :, place[0], place[1]] = 0.0 if beyond is None else beyond
            if spend.earlier_gbp is not None and before is not None:
                spend.earlier_gbp[:, :, place[0], place[1]] = before
        return spend

    def _draw(self, whole: Plan, clusters: IntArray, lines: IntArray) -> Spend:
        """Draw the spend of some clusters of a plan on some lines."""
        plan = drawn_part(whole, clusters, lines)
        spend = self._empty(plan)
        draws = self.draws.of_totals(spend.gbp.size)
        if draws.workers == 1:
            # A process that draws alone makes the tables that it needs as it needs them.
            work = partial(self._drawn, whole, plan, clusters, lines)
        else:
            plan.prepare(draws.workers)
            work = partial(_drawn_elsewhere, plan, RandomStreams(self.draws.seed), self.draws.contracts)
        for start, drawn in drawn_in_blocks(work, draws):
            some = slice(start, min(start + CONTRACTS_PER_BLOCK, self.draws.contracts))
            spend.gbp[some] = drawn.gbp[: some.stop - start]
            if spend.above_limit_gbp is not None and drawn.above_limit_gbp is not None:
                spend.above_limit_gbp[some] = drawn.above_limit_gbp[: some.stop - start]
            if spend.earlier_gbp is not None and drawn.earlier_gbp is not None:
                spend.earlier_gbp[some] = drawn.earlier_gbp[: some.stop - start]
        return spend

    def _drawn(self, whole: Plan, plan: Plan, clusters: IntArray, lines: IntArray, block: Block) -> Spend:
        """Draw the spend of a block of a part of a plan, with shocks that are at hand: those drawn last."""
        streams, key = self._streams, shocks_key(whole)
        is_whole, are_at_hand = plan.axes == whole.axes, self._shocks[0] == key
        # What is known of last year bears on shocks by way of demand.
        if whole.last_year is not None or not (is_whole or are_at_hand):
            return plan.draw_before_actions(streams, asked_for(block, self.draws.contracts))
        if not are_at_hand:
            self._shocks = key, {}
        shocks = self._shocks[1]
        if block.number not in shocks:
            shocks[block.number] = whole.draw_shocks(streams, block)
        some = shocks[block.number].part(clusters, lines)
        return plan.draw_given(some, streams, asked_for(block, self.draws.contracts))

    def _empty(self, plan: Plan) -> Spend:
        shape = (self.draws.contracts, *plan.expected_counts.shape)
        limited = any(price.has_case_limit for price in plan.prices)
        earlier = None
        if plan.earlier:
            earlier = np.empty((shape[0], *plan.earlier.expected_counts.shape), order="F")
        return Spend(np.empty(shape, order="F"), np.empty(shape, order="F") if limited else None, earlier)


def _drawn_elsewhere(plan: Plan, streams: RandomStreams, contracts: int, block: Block) -> Spend:
    """Draw the spend of those of a block that are among the first contracts."""
    return plan.draw_before_actions(streams, asked_for(block, contracts))


def _of_all(progress: Callable[[float], None], done: int, groups: int, share: float) -> None:
    """Say how much is done of all groups, of one of which a share is."""
    progress((done + share) / groups)


def same_demand(plan: Plan, other: Plan) -> bool:
    """Return whether two plans have the same clusters and lines, and the same spend in every contract."""
    ours, others = _keys(plan), _keys(other)
    if plan.actions.react and _key_of_outturn(plan, ours) != _key_of_outturn(other, others):
        # What clusters do about budgets is another thing where budgets are others.
        return False
    same = plan.axes == other.axes and plan.actions.key == other.actions.key
    return same and bool((ours == others).all())


def _key_of_outturn(plan: Plan, keys: Keys) -> Hashable:
    """Return what budgets and spend of a plan depend on."""
    # What is drawn knows of no payment; of a sum that is fixed it has what is paid.
    paid = [
        (one.terms, *_bytes(one.planned_gbp, one.of_base_year, one.person_years))
        for one in plan.payments
        if not one.is_as_drawn
    ]
    return (
        tuple(keys.ravel()),
        budgets_key(plan),
        *paid,
        plan.responsibility.tobytes(),
        tuple(line.paid_to for line in plan.settings.service_lines),
        plan.actions.key,
    )


def _keys(plan: Plan) -> Keys:
    """Return what each cluster's spend on each line depends on, shape (cluster, line)."""
    keys = np.empty((len(plan.axes.clusters), len(plan.axes.lines)), dtype=object)
    of_all = sha256(plan.shocks.key.encode()).digest()
    for at_line, (line, price) in enumerate(zip(plan.settings.service_lines, plan.prices, strict=True)):
        # The line's law has the limit per case in it; the whole law is that of the totals.
        totals = price.totals
        whole = () if totals is None else (totals.unit_cost.model_dump_json(), totals.case_limit_gbp)
        laws = (
            line.count.model_dump_json(),
            line.unit_cost_gbp.model_dump_json(),
            *whole,
        )
        common = (
            of_all,
            line.name,
            plan.axes.years,
            totals is None,
            *laws,
            *_bytes(price.price_index, *([] if price.base_year_gbp is None else [price.base_year_gbp])),
        )
        for at_cluster, cluster in enumerate(plan.axes.clusters):
            expected = plan.expected_counts[:, at_cluster, at_line]
            shocks = plan.shocks.key_of(at_cluster, at_line)
            own = (cluster, shocks, *common, *_bytes(expected, price.block_gbp[:, at_cluster]))
            if plan.earlier is not None:
                then = plan.earlier.prices[at_line]
                own = (*own, *_bytes(plan.earlier.expected_counts[:, at_cluster, at_line], then.price_index))
            keys[at_cluster, at_line] = sha256(repr(own).encode()).digest()
    if plan.last_year is not None:
        # What is known of one cluster's line bears on every other: they are drawn together or not at all.
        known = keys.ravel().tolist()
        for place, key in np.ndenumerate(keys):
            keys[place] = sha256(repr((key, known)).encode()).digest()
    return keys


def _keep(kept: OrderedDict[Hashable, Kept], found: dict[Hashable, Kept], most: int) -> None:
    """Add what was found, and let go of what was not used for longest."""
    kept.update(found)
    while len(kept) > most:
        kept.popitem(last=False)


def _bytes(*arrays: FloatArray) -> tuple[bytes, ...]:
    return tuple(np.ascontiguousarray(array).tobytes() for array in arrays)
