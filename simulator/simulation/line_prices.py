"""What care of a scenario's lines costs at the tariff, and what hospitals are paid for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from simulator.compounds.spend import LinePrices
from simulator.compounds.totals import CompoundTotals
from simulator.demand.count_law import CountLaw
from simulator.demand.expected_counts import LineRate
from simulator.demand.fitted import Fitted
from simulator.payments.paying import LinePayment
from simulator.records import FinancialYear, FloatArray
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.scenario.schema import ScenarioFile, ServiceLine
from simulator.simulation.line_budgets import price_of_case_gbp
from simulator.spend.unit_cost import UnitCost


def limited(settings: ScenarioFile) -> ScenarioFile:
    """Return settings whose unit costs are what clusters answer for under a limit per case."""
    lines = settings.service_lines
    for rule in settings.rules:
        if isinstance(rule, PerCaseLimit):
            lines = tuple(_limited_line(line, rule) for line in lines)
    return settings.model_copy(update={"service_lines": lines})


def _limited_line(line: ServiceLine, rule: PerCaseLimit) -> ServiceLine:
    if not line.terms.follows_care or line.paid_to != "providers" or not rule.holds_for(line.name):
        return line
    cost = line.unit_cost_gbp
    limit = rule.limit_gbp if cost.limit is None else min(cost.limit, rule.limit_gbp)
    return line.model_copy(update={"unit_cost_gbp": cost.model_copy(update={"limit": limit})})


def line_prices(
    line: ServiceLine, whole: UnitCost, rate: LineRate, years: Sequence[FinancialYear], planned: FloatArray
) -> LinePrices:
    """Return what care of a line costs at the tariff; `whole` is its law without a limit per case."""
    price_gbp = price_of_case_gbp(line, rate, years)
    limit_gbp = None if line.unit_cost_gbp.limit == whole.limit else line.unit_cost_gbp.limit
    text = line.count.model_dump_json() + whole.model_dump_json()
    totals = _totals(_Law(text, limit_gbp, line.count, whole)) if line.terms.follows_care else None
    return LinePrices(totals, price_gbp / line.unit_cost_gbp.mean_gbp, planned * price_gbp[:, None])


@dataclass(frozen=True, slots=True)
class _Law:
    """A law of totals, told by its text: parts keep what they have worked out, which has no equal."""

    text: str
    limit_gbp: float | None
    count: CountLaw = field(compare=False)
    whole: UnitCost = field(compare=False)


@lru_cache(maxsize=24)
def _totals(law: _Law) -> CompoundTotals:
    """Return totals of a law: those of a policy before it, so that their tables are made once."""
    if law.limit_gbp is None:
        return CompoundTotals(law.count, law.whole)
    return _totals(replace(law, limit_gbp=None)).with_limit(law.limit_gbp)


def as_fitted(
    fitted: Fitted | None, expected: FloatArray, prices: tuple[LinePrices, ...]
) -> tuple[FloatArray, tuple[LinePrices, ...]]:
    """Return expected cases, shape (year, cluster, line), and prices, at the level of a history's draws."""
    if fitted is None:
        return expected, prices
    of_cases, of_prices = fitted.levels()
    moved = (
        replace(price, price_index=price.price_index * level)
        for price, level in zip(prices, of_prices.T, strict=True)
    )
    return expected * of_cases, tuple(moved)


def after_known_year(price: LinePrices, base_year_gbp: FloatArray) -> LinePrices:
    """Return what is paid after a base year of known spend, shape (cluster,)."""
    block_gbp = np.concatenate([base_year_gbp[None], price.block_gbp[1:]])
    return replace(price, base_year_gbp=base_year_gbp, block_gbp=block_gbp)


def line_payments(
    lines: Sequence[ServiceLine],
    whole_costs: Sequence[UnitCost],
    prices: Sequence[LinePrices],
    people: FloatArray,
    parts: FloatArray,
) -> tuple[tuple[LinePayment, ...], tuple[LinePrices, ...]]:
    """Return what is paid for each line, and prices whose fixed sums are what that makes of plans.

    Takes the laws of costs without a limit per case, and the part of each year's cases that falls in its
    months, shape (year, cluster, line).
    """
    payments = tuple(
        LinePayment(
            line.terms,
            price.block_gbp * (whole.mean_gbp / line.unit_cost_gbp.mean_gbp),
            parts[1:, :, at] * (price.price_index[1:, None] / price.price_index[0]),
            parts[..., at] * people,
            price.base_year_gbp is not None,
        )
        for at, (line, whole, price) in enumerate(zip(lines, whole_costs, prices, strict=True))
    )
    paid = (
        price if price.totals else replace(price, block_gbp=payment.paid(price.block_gbp[None])[0][0])
        for price, payment in zip(prices, payments, strict=True)
    )
    return payments, tuple(paid)


def with_earlier(payments: Sequence[LinePayment], earlier: Sequence[LinePrices]) -> tuple[LinePayment, ...]:
    """Return payments that know what was planned in years before the base year."""
    return tuple(
        replace(payment, earlier_planned_gbp=price.block_gbp)
        for payment, price in zip(payments, earlier, strict=True)
    )
