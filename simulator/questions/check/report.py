"""The printed report of a check: what a scenario expects, before any chance."""

from __future__ import annotations

import numpy as np

from simulator.answers.columns import Column
from simulator.answers.printer import Printer
from simulator.budgets.budgets import set_budgets
from simulator.records import FloatArray, Spend
from simulator.simulation.plan import Plan

_MILLION = 1e6
_COLUMNS_ABREAST = 6


def print_check(plan: Plan, source: str, printer: Printer) -> None:
    """Print population, budgets and rates of a scenario."""
    settings = plan.settings
    printer.line(f"{source} is a valid scenario: {settings.title}")
    first, last = plan.years[1], plan.years[-1]
    months = " + ".join(str(count) for count in plan.terms.year_months)
    printer.line(f"{settings.pct.name}, {first.label} to {last.label}: {months} months.")
    printer.line("Expected values, exact: nothing is simulated here.")
    printer.line("Sources of the scenario's figures, and which are assumptions, are marked in its file.")
    printer.line()
    names = (*plan.axes.clusters, "all clusters")
    _print_population(plan, names, printer)
    _print_budgets(plan, names, printer)
    _print_rates(plan, printer)


def _print_population(plan: Plan, names: tuple[str, ...], printer: Printer) -> None:
    population = plan.population
    practices = [len(cluster.practices) for cluster in plan.settings.clusters]
    columns = [
        Column("cluster", names, left=True),
        Column("practices", tuple(str(count or "") for count in (*practices, sum(practices)))),
        Column("people", _with_total(population.people, "{:,.0f}")),
    ]
    for weights in dict.fromkeys(line.need_weights for line in plan.settings.service_lines):
        at_line = [line.need_weights for line in plan.settings.service_lines].index(weights)
        weighted = population.need_weighted_people[:, at_line]
        columns.append(Column(f"weighted by {weights}", _with_total(weighted, "{:,.0f}")))
    printer.text_table("People", columns)
    printer.line(f"The whole PCT has {population.pct_people:,.0f} people.")
    printer.line()


def _print_budgets(plan: Plan, names: tuple[str, ...], printer: Printer) -> None:
    budgets = expected_annual_budgets_gbp(plan)
    columns = [
        Column(line.replace("_", " "), _with_total(budgets[:, at_line] / _MILLION, "{:,.2f}"))
        for at_line, line in enumerate(plan.axes.lines)
    ]
    totals = budgets.sum(axis=1)
    columns.append(Column("total", _with_total(totals / _MILLION, "{:,.2f}")))
    people = plan.population.people
    heads = np.append(totals, totals.sum()) / np.append(people, people.sum())
    columns.append(Column("£ a head of list", tuple(f"{amount:,.0f}" for amount in heads)))
    title = f"Expected budgets in £m, {plan.years[1].label} at the rate of a whole year"
    for start in range(0, len(columns), _COLUMNS_ABREAST):
        cluster = Column("cluster", names, left=True)
        printer.text_table(title, [cluster, *columns[start : start + _COLUMNS_ABREAST]])
        title = "continued"


def _print_rates(plan: Plan, printer: Printer) -> None:
    lines = plan.settings.service_lines
    costs = [line.unit_cost_gbp.mean_gbp for line in lines]
    per_head = [line.rate_per_1000 / 1000 * cost for line, cost in zip(lines, costs, strict=True)]
    spread = [np.sqrt(line.unit_cost_gbp.variance_gbp2) / line.unit_cost_gbp.mean_gbp for line in lines]
    columns = [
        Column("service line", tuple(line.name.replace("_", " ") for line in lines), left=True),
        Column("a year per 1,000", tuple(f"{line.rate_per_1000:,g}" for line in lines)),
        Column("£ a case", tuple(f"{cost:,.2f}" for cost in costs)),
        Column("£ a head", tuple(f"{amount:,.2f}" for amount in per_head)),
        Column("law of cost", tuple(line.unit_cost_gbp.model for line in lines), left=True),
        Column("cv of cost", tuple(f"{share:.2f}" for share in spread)),
        Column("growth a year %", tuple(f"{100 * line.growth_share:.1f}" for line in lines)),
        Column("payment", tuple(line.payment.replace("_", " ") for line in lines), left=True),
    ]
    printer.text_table("Rates and prices, of the year that each line says", columns, rows_apart=0)


def expected_annual_budgets_gbp(plan: Plan) -> FloatArray:
    """Return the first contract year's expected budgets at the rate of a whole year.

    Budget rules are linear in past spend, so that the budget of expected spend is the expected
    budget.

    Returns shape (cluster, line): Pounds, for what each cluster answers for.
    """
    expected = plan.expected_spend_gbp[None]
    spend = Spend(expected[:, 0], expected[:, 1:])
    top_slice = plan.settings.budgets.top_slice_share
    budgets = set_budgets(spend, plan.budgets, plan.population.people, top_slice, plan.years_from_base)
    return np.asarray(budgets.annual_gbp[0] * plan.responsibility)


def _with_total(amounts: FloatArray, form: str) -> tuple[str, ...]:
    return tuple(form.format(amount) for amount in (*amounts, amounts.sum()))
