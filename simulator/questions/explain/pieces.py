"""Pieces of the outturn by source of chance, and sums of their products from which variances come."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum
from typing import Self

import numpy as np

from simulator.demand.shocks import ShockDraws
from simulator.random_streams import RandomStreams
from simulator.records import Block, FloatArray, Spend
from simulator.risk.estimate import Estimate
from simulator.simulation.plan import Plan
from simulator.sums import inner, product


class Source(StrEnum):
    """Why budget less spend is not what was expected."""

    COUNTS = "chance in counts"
    UNIT_COSTS = "chance in unit costs"
    CLUSTER_YEAR = "cluster's year"
    UNMEASURED_NEED = "unmeasured need"
    PCT_SHOCKS = "PCT-wide shocks"
    CLUSTER_LINE = "cluster's kinds of care"
    DRIFT = "drift of growth"
    PRICES = "shocks to prices"
    DOUBT = "figures not known"
    LAST_YEAR = "last year's outturn"
    PAYMENT = "payment terms"
    BASE_YEAR = "budget's base year"
    ACTIONS = "what clusters do"
    INTERACTION = "interaction"


KNOWN = (Source.COUNTS, Source.UNIT_COSTS)
"""What these add to a variance is known, not drawn."""


def pieces_in_parts(
    plan: Plan, streams: RandomStreams, block: Block, mean_worth_gbp: FloatArray | float, *, at_once: int
) -> Iterator[dict[Source, FloatArray]]:
    """Book the outturn of one block of contracts, less its expectation, by source of chance.

    So many contracts at once; all where actions are drawn. The draws are those of `simulate`. Expected spend
    is e, its factors are P (PCT-wide), L (the cluster's lasting one) and C (lasting and passing together)::

        spend - e = e (P - 1)  +  e (L - 1)  +  e (C - L)  +  e (P - 1)(C - 1)  +  (spend - e P C)
                    PCT-wide      need          year          interaction         counts and unit costs

    A shock that may be off, F, adds e (F - 1), and what its product with the others makes besides is
    interaction. So does what last year's outturn moves shocks by, where it is known: independent of what
    they then are, it adds next to nothing to a variance, and other sources add what it leaves of them.

    Given the shocks, the parts of counts and unit costs in the variance of the last piece are known:
    in proportion to them it is booked to the two. That is right for what they add to the variance of
    anything; how much each varies by itself is known outright (`known_variances_gbp2`).

    All that is of care at the tariff. What terms of payment make of it, in spend and in budgets that rest on
    past spend, is a piece of its own, less its mean, which the first pass over the contracts gives.

    Unmeasured need is booked net: less what it adds to a budget that is set by past spend. All else
    that past spend does to a budget is the piece of the base year. Shape (contract, year, cluster, line):
    pounds for which the cluster answers; above zero where they add to a surplus.
    """
    shocks = plan.draw_shocks(streams, block)
    spend = plan.draw_given(shocks, streams, block)
    if plan.actions.drawn:
        yield _pieces(plan, shocks, spend, plan.act(spend, streams, block).spend, mean_worth_gbp)
        return
    for start in range(0, block.contracts, at_once):
        some = spend.some(start, start + at_once)
        yield _pieces(plan, shocks.some(start, start + at_once), some, some, mean_worth_gbp)


def _pieces(
    plan: Plan, shocks: ShockDraws, before: Spend, spend: Spend, mean_worth_gbp: FloatArray | float
) -> dict[Source, FloatArray]:
    """Return the pieces of the outturn, from spend before actions and after them."""
    by_source_gbp = _pieces_of_spend(plan, shocks, before)
    if plan.actions.drawn:
        moved_gbp = spend.gbp - before.gbp
        for one in spend.elsewhere:
            moved_gbp[:, 1:] += one.gbp
        # There is no formula for what an action brings on average: the block's own mean stands for it.
        by_source_gbp[Source.ACTIONS] = moved_gbp - moved_gbp.mean(axis=0)
    expected = plan.expected_care
    need_gbp = by_source_gbp[Source.UNMEASURED_NEED]
    needy = _with_need(expected, need_gbp)
    # The rule itself is asked what it makes of need alone, and of all: no rule's formula is here,
    # and the pieces add up whatever the rule.
    without_chance, with_need = (plan.set_budgets(one).budget_gbp for one in (expected, needy))
    pieces = {source: -gbp[:, 1:] for source, gbp in by_source_gbp.items()}
    pieces[Source.UNMEASURED_NEED] += with_need - without_chance
    pieces[Source.BASE_YEAR] = plan.set_budgets(spend).budget_gbp - with_need
    if plan.actions.drawn:
        pieces[Source.BASE_YEAR] -= pieces[Source.BASE_YEAR].mean(axis=0)
    found = {source: pieces[source] * plan.answered_for for source in sources_of(plan) if source in pieces}
    if has_terms(plan):
        found[Source.PAYMENT] = worth_of_terms_gbp(plan, spend) - mean_worth_gbp
    return {source: found[source] for source in sources_of(plan)}


def has_terms(plan: Plan) -> bool:
    """Return whether any care that is drawn is paid other than at the tariff."""
    return not all(payment.is_as_drawn for payment in plan.payments)


def worth_of_terms_gbp(plan: Plan, care: Spend) -> FloatArray:
    """Return what payment terms add to budget less spend, against paying each case at the tariff.

    For what clusters answer for, shape (contract, year, cluster, line); takes care at the tariff.
    """
    spend = plan.pay(care)
    budgets = plan.set_budgets(spend).budget_gbp - plan.set_budgets(care).budget_gbp
    return np.asarray((budgets - (spend.contract_gbp - care.contract_gbp)) * plan.answered_for)


def _with_need(expected: Spend, need_gbp: FloatArray) -> Spend:
    """Return expected spend with what lasting need adds to it, before the base year as in it."""
    earlier_gbp = expected.earlier_gbp
    if earlier_gbp is not None:
        base_gbp = expected.gbp[:, :1]
        share = np.divide(need_gbp[:, :1], base_gbp, out=np.zeros_like(need_gbp[:, :1]), where=base_gbp > 0)
        earlier_gbp = earlier_gbp * (1 + share)
    return Spend(expected.gbp + need_gbp, earlier_gbp=earlier_gbp)


def sources_of(plan: Plan) -> tuple[Source, ...]:
    """Return the sources of chance of a plan."""
    shocks, of_history = plan.shocks.settings, plan.shocks.fitted is not None
    on = {
        Source.CLUSTER_LINE: of_history
        or shocks.cluster_line.sd_share > 0
        or shocks.cluster_line_year.sd_share > 0,
        Source.DRIFT: of_history or shocks.pct.growth_drift_sd_share > 0,
        Source.PRICES: of_history or any(law.sd_share > 0 for law in plan.shocks.price_sizes),
        Source.DOUBT: of_history or bool(plan.shocks.doubts),
        Source.LAST_YEAR: plan.last_year is not None,
        Source.PAYMENT: has_terms(plan),
        Source.ACTIONS: bool(plan.actions.drawn),
    }
    return tuple(source for source in Source if on.get(source, True))


def expected_budget_gbp(plan: Plan) -> FloatArray:
    """Return what clusters answer for of budgets when past spend is as expected, (year, cluster, line)."""
    return np.asarray(plan.set_budgets(plan.expected_spend).budget_gbp[0] * plan.answered_for)


def _pieces_of_spend(plan: Plan, shocks: ShockDraws, spend: Spend) -> dict[Source, FloatArray]:
    """Return the pieces of what is spent before actions, shape (contract, year, cluster, line)."""
    per_case = np.array([price.totals is not None for price in plan.prices])
    of_cases_gbp = plan.expected_care_gbp * per_case
    block_gbp = plan.expected_care_gbp * ~per_case

    pct = shocks.of_clusters(shocks.pct) - 1
    cluster = shocks.cluster_year[..., None] - 1
    lasting = shocks.lasting[:, None, :, None] - 1
    usual = (1 + pct) * (1 + cluster)
    others = _other_factors(shocks)
    every = usual * math.prod(others.values())
    together_gbp = of_cases_gbp * pct * cluster
    if others:
        together_gbp += of_cases_gbp * (every - usual - sum(factor - 1 for factor in others.values()))
    chance_gbp = spend.gbp - block_gbp - of_cases_gbp * every
    of_counts, of_costs = _variances_of_a_case(plan)
    part_of_counts = of_counts / (of_counts + of_costs)
    pieces = {
        Source.COUNTS: chance_gbp * part_of_counts,
        Source.UNIT_COSTS: chance_gbp * (1 - part_of_counts),
        Source.CLUSTER_YEAR: of_cases_gbp * (cluster - lasting),
        Source.UNMEASURED_NEED: of_cases_gbp * np.broadcast_to(lasting, cluster.shape),
        Source.PCT_SHOCKS: of_cases_gbp * pct,
        **{source: of_cases_gbp * (factor - 1) for source, factor in others.items()},
        Source.INTERACTION: together_gbp,
    }
    if plan.last_year is not None:
        # What is known of the base year is no chance.
        for gbp in pieces.values():
            gbp[:, 0] = 0.0
    return pieces


def _other_factors(shocks: ShockDraws) -> dict[Source, FloatArray]:
    """Return the factors of the sources that may be off, where they are on, of a shape like that of spend."""
    found: dict[Source, FloatArray] = {}
    if shocks.cluster_line is not None:
        found[Source.CLUSTER_LINE] = shocks.cluster_line
    if shocks.drift is not None:
        found[Source.DRIFT] = shocks.of_clusters(shocks.drift)
    if shocks.price is not None:
        found[Source.PRICES] = shocks.of_clusters(shocks.price)
    of_lines = [one for one in (shocks.doubt_of_lines, shocks.doubt_of_prices) if one is not None]
    doubts = [one[:, :, None, :] for one in of_lines]
    if shocks.unknown is not None and shocks.unknown_prices is not None:
        doubts += [shocks.unknown, shocks.unknown_prices[:, :, None, :]]
    if shocks.doubt_of_clusters is not None:
        doubts.append(shocks.doubt_of_clusters[..., None])
    if doubts:
        found[Source.DOUBT] = math.prod(doubts[1:], start=doubts[0])
    if shocks.last_year is not None:
        found[Source.LAST_YEAR] = shocks.last_year
    return found


def _variances_of_a_case(plan: Plan) -> tuple[FloatArray, FloatArray]:
    """Return what counts and unit costs add to the variance of spend for each case expected, shape (line,).

    In pounds squared at the rate's year's prices. Every count law's variance is in proportion to its mean.
    """
    lines = plan.settings.service_lines
    square_gbp2 = np.square([line.unit_cost_gbp.mean_gbp for line in lines])
    counts, costs = np.array([line.chance_of_a_case for line in lines]).T * square_gbp2
    return counts, costs


def known_sources(plan: Plan) -> tuple[Source, ...]:
    """Return the sources of which what they add to a variance is known; actions move all of them."""
    return () if plan.actions.drawn else KNOWN


def known_variances_gbp2(plan: Plan) -> dict[Source, FloatArray]:
    """Return the variances of the pieces of counts and unit costs, shape (year, cluster, line).

    The last year, cluster and line are all together: given the shocks, chance in one is independent of
    chance in another, and shocks have mean one. Those to prices enter by their mean
    square, and so does what is not known of prices. Given last year's outturn that holds but for what is
    then known of prices, next to nothing.
    """
    per_case = np.array([price.totals is not None for price in plan.prices])
    shocked = 1 + np.square([law.sd_share for law in plan.shocks.price_sizes])
    moved = shocked * (1 + plan.shocks.doubts.price_variances(len(plan.axes.years))[1:, None, :])
    if plan.shocks.fitted:
        moved = moved * plan.shocks.fitted.price_squares()[1:, None, :]
    index = np.stack([price.price_index[1:] for price in plan.prices], axis=-1)[:, None, :]
    scale = plan.expected_counts[1:] * (index * plan.answered_for) ** 2 * per_case * moved
    counts, costs = (with_totals(scale * of_case, (0, 1, 2)) for of_case in _variances_of_a_case(plan))
    known = {Source.COUNTS: counts, Source.UNIT_COSTS: costs}
    return {source: known[source] for source in known_sources(plan)}


_ROUNDING_SHARE = 1e-18
"""A piece that varies by less than this share of the whole is rounding: an SD of a billionth."""
_CANCELLED_SHARE = 1e-12
"""Sums of fourth powers that cancel to less than this share of themselves have cancelled to nothing."""

Place = tuple[int, int, int, int]
"""Where a piece stands: source, year, cluster, line. The last of each is all together."""


@dataclass(frozen=True, slots=True)
class PowerSums:
    """Sums over contracts of powers of the pieces p, and of the whole T of their year and cluster.

    Where the variance of a piece is known, what it adds to that of the whole is not drawn: d is nothing
    for it, p for other pieces, and for the whole what they add up to.

    A piece is what its source adds beyond expectation, so that its mean is known to be zero; a sum
    of squares needs no centring, and sums of blocks add up.
    """

    # Each of shape (source, year, cluster, line).
    squares: FloatArray  # of p ** 2
    fourths: FloatArray  # of p ** 4
    products: FloatArray  # of d T
    products_squared: FloatArray  # of (d T) ** 2
    products_by_whole: FloatArray  # of d T times the whole's d T
    # Shape (source, year, cluster, cluster), all lines together.
    cross: FloatArray  # of p ** 2 in one cluster times p ** 2 in another

    @classmethod
    def of(cls, pieces: Iterable[FloatArray], known: Collection[int] = ()) -> Self:
        """Sum up the pieces of some contracts, each of shape (contract, year, cluster, line)."""
        each = [with_totals(gbp, (1, 2, 3)) for gbp in pieces]
        whole = sum(each[1:], each[0])
        drawn = [None if at in known else gbp for at, gbp in enumerate(each)]
        others = [gbp for gbp in drawn if gbp is not None]
        drawn.append(sum(others[1:], others[0]) if others else None)
        rows = [
            _sums(gbp, of_gbp, whole[..., -1:], drawn[-1])
            for gbp, of_gbp in zip((*each, whole), drawn, strict=True)
        ]
        return cls(*map(np.stack, zip(*rows, strict=True)))

    @classmethod
    def added(cls, parts: Iterable[PowerSums]) -> Self:
        """Return the sums over all contracts of several blocks, added in the order given."""
        return cls(*(np.sum(same, axis=0) for same in zip(*map(astuple, parts), strict=True)))

    def with_known(
        self, sources: Sequence[Source], variances: Mapping[Source, FloatArray], contracts: int
    ) -> PowerSums:
        """Return these sums with those of single pieces as they are where variances are known."""
        found = replace(self, **{one.name: getattr(self, one.name).copy() for one in fields(self)})
        for source, variance in variances.items():
            at = list(sources).index(source)
            found.squares[at] = contracts * variance
            found.fourths[at] = contracts * variance**2
            found.products[[at, -1]] += contracts * variance
            own = variance[..., -1]
            found.cross[at] = contracts * own[:, :, None] * own[:, None, :]
        return found

    def share(self, place: Place) -> Estimate | None:
        """Estimate the covariance of a piece with the whole, over the whole's variance; None if that is 0."""
        whole = self._whole(place)
        if self.squares[whole] == 0:
            return None
        if self._is_rounding(place):
            return Estimate(0.0, 0.0, 0.0, 0.0)
        # The error is the delta method's for the ratio of sums r: the root of the sum of the squares of
        # d T - r times the whole's d T, over the sum of what all pieces add to the whole's variance.
        total = float(self.products[whole])
        ratio = float(self.products[place]) / total
        own, whole_part = float(self.products_squared[place]), ratio**2 * float(self.products_squared[whole])
        spread = own - 2 * ratio * float(self.products_by_whole[place]) + whole_part
        return Estimate.with_error(ratio, _root(spread, own + whole_part) / total)

    def sd(self, place: Place, contracts: int) -> Estimate:
        """Estimate the SD of a piece, in pounds; its error is the delta method's for the root of a mean."""
        if self._is_rounding(place):
            return Estimate(0.0, 0.0, 0.0, 0.0)
        variance, fourth = float(self.squares[place]) / contracts, float(self.fourths[place]) / contracts
        sd = variance**0.5
        return Estimate.with_error(sd, _root(fourth - variance**2, fourth) / contracts**0.5 / (2 * sd))

    def pooled(self, source: int, year: int, contracts: int) -> Estimate | None:
        """Estimate the SD of all clusters together over the sum of theirs; None where it is nothing."""
        sds = np.sqrt(self.squares[source, year, :, -1] / contracts)
        alone = float(sds[:-1].sum())
        if alone == 0 or self._is_rounding((source, year, -1, -1)):
            return None
        ratio = float(sds[-1]) / alone
        # Slopes of the ratio in the mean squares. Slopes times mean squares come to nothing, as the
        # ratio is the same in any currency: so the sum below needs no centring.
        rises = np.append(np.full(sds.size - 1, -ratio), 1.0)
        slopes = np.divide(rises, 2 * alone * sds, out=np.zeros_like(sds), where=sds > 0)
        spread = float(inner(product(slopes, self.cross[source, year]), slopes))
        size = float(inner(product(np.abs(slopes), self.cross[source, year]), np.abs(slopes)))
        return Estimate.with_error(ratio, _root(spread, size) / contracts)

    def _whole(self, place: Place) -> Place:
        """Where the whole stands that a piece is a piece of."""
        return (-1, place[1], place[2], -1)

    def _is_rounding(self, place: Place) -> bool:
        return bool(self.squares[place] <= _ROUNDING_SHARE * self.squares[self._whole(place)])


def with_totals(amounts: FloatArray, axes: tuple[int, ...]) -> FloatArray:
    """Append the total along each axis at its end."""
    found = np.empty([size + (axis in axes) for axis, size in enumerate(amounts.shape)], order="F")
    known = [slice(size) for size in amounts.shape]
    found[tuple(known)] = amounts
    for axis in axes:
        parts, known[axis] = found[tuple(known)], slice(-1, None)
        np.sum(parts, axis=axis, keepdims=True, out=found[tuple(known)])
        known[axis] = slice(None)
    return found


def _sums(
    piece: FloatArray, drawn: FloatArray | None, whole: FloatArray, drawn_whole: FloatArray | None
) -> tuple[FloatArray, ...]:
    """Return one source's sums over contracts, in the order of the fields of `PowerSums`."""
    squares = piece**2
    own = squares[..., -1]
    of_products = [np.zeros(piece.shape[1:])] * 3
    if drawn is not None and drawn_whole is not None:
        products = drawn * whole
        of_products[0] = products.sum(axis=0)
        of_products[2] = (products * (drawn_whole[..., -1:] * whole)).sum(axis=0)
        of_products[1] = np.square(products, out=products).sum(axis=0)
    found = squares.sum(axis=0), np.einsum("nyc,nyd->ycd", own, own)
    return found[0], np.square(squares, out=squares).sum(axis=0), *of_products, found[1]


def _root(spread: float, size: float) -> float:
    """Return the square root of what is left when sums as large as `size` have cancelled."""
    return spread**0.5 if spread > _CANCELLED_SHARE * size else 0.0
