"""How the budgets of a scenario's lines are set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from simulator.budgets.budgets import LineBudget
from simulator.budgets.given import GivenBudgets
from simulator.demand.expected_counts import LineRate
from simulator.records import BoolArray, FinancialYear, FloatArray
from simulator.scenario.amounts import BUDGET, Amounts, Named
from simulator.scenario.schema import ScenarioFile, ServiceLine


def line_budgets(
    settings: ScenarioFile,
    rates: Sequence[LineRate],
    years: Sequence[FinancialYear],
    parts: FloatArray,
    need_weighted_people: FloatArray,
    amounts: Mapping[Named, Amounts],
) -> tuple[LineBudget, ...]:
    """Return how each line's budgets are set."""
    lines = settings.service_lines
    per_person = [
        price_of_case_gbp(line, rate, years) * [rate.annual_rate_per_person(year) for year in years]
        for line, rate in zip(lines, rates, strict=True)
    ]
    # Shape (year, cluster, line). The PCT plans to spend the rate on every weighted person, so that a
    # cluster's share of need times the PCT's plan is the rate times the cluster's weighted people.
    planned_gbp = np.array(per_person).T[:, None, :] * need_weighted_people
    part_of_budget = _parts_of_budget(planned_gbp[1:], np.array([line.budget_rule is None for line in lines]))
    return tuple(
        LineBudget(
            rule=line.budget_rule or settings.budgets.rule,
            growth_share=(1 + rate.growth_share) * (1 + line.price_growth_share) - 1,
            part_year_share=parts[..., at_line],
            fair_share_gbp=planned_gbp[0, :, at_line],
            expected_gbp=planned_gbp[1:, :, at_line],
            part_of_budget=part_of_budget[..., at_line],
            given_gbp=_given_gbp(settings, line, parts[..., at_line], part_of_budget[..., at_line], amounts),
        )
        for at_line, (line, rate) in enumerate(zip(lines, rates, strict=True))
    )


def _given_gbp(
    settings: ScenarioFile,
    line: ServiceLine,
    part_year_share: FloatArray,
    part_of_budget: FloatArray,
    amounts: Mapping[Named, Amounts],
) -> FloatArray:
    """Return the budgets of a line that a table gives, for whole years, shape (year, cluster); or nothing."""
    rule = line.budget_rule or settings.budgets.rule
    if not isinstance(rule, GivenBudgets):
        return np.zeros(part_of_budget.shape)
    table, years = amounts[rule.csv, BUDGET], settings.contract.financial_years[1:]
    found = table.array(settings.clusters, [year.label for year in years], [line.name])[..., 0]
    # A table with years has what falls in the contract's months of each, as the part of a year gives back.
    found /= part_year_share if table.by_year else 1.0
    return found if table.by_line else found * part_of_budget


def _parts_of_budget(planned_gbp: FloatArray, by_the_usual_rule: BoolArray) -> FloatArray:
    """Return each line's part, by planned spend, of a budget that the rule for all lines gives.

    Shape (year, cluster, line); 1 for a line with a rule of its own. Where nothing is planned the
    lines have equal parts.
    """
    planned = planned_gbp * by_the_usual_rule
    together = planned.sum(axis=-1, keepdims=True)
    equal = np.broadcast_to(1 / max(by_the_usual_rule.sum(), 1), planned.shape)
    parts = np.divide(planned, together, out=equal.copy(), where=together > 0)
    return np.where(by_the_usual_rule, parts, 1.0)


def price_of_case_gbp(line: ServiceLine, rate: LineRate, years: Sequence[FinancialYear]) -> FloatArray:
    """Return the mean cost of a case in each year, shape (year,)."""
    growth = 1 + line.price_growth_share
    return np.array([line.unit_cost_gbp.mean_gbp * growth ** (year.start - rate.rate_year) for year in years])
