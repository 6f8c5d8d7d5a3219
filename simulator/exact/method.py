"""The exact method: overspends and bonds of each cluster, year by year, without sampling error."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from simulator.errors import InputError, Problem, shown
from simulator.exact.law_of_year import (
    OutturnLaw,
    largest_overspend,
    law_of_position,
    sum_of_overspends,
    year_end,
    years_are_independent,
)
from simulator.execution.blocks import Workers, run_blocks
from simulator.records import IntArray
from simulator.risk.estimate import Estimate
from simulator.rules.bond import Bond
from simulator.rules.settlement import bond_of, place_of_the_bond
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import Plan, make_plan

if TYPE_CHECKING:
    import pandas as pd

WHOLE_CONTRACT = "whole contract"
BOND_CONFIDENCES = (0.90, 0.95, 0.99)
_GAPS = 3.0
"""How many times the distance between two cubatures bounds the error of either. Where a finer one was
tried (degree 5, the flagship) the error was at most twice the distance."""

Span = tuple[int, ...]
"""Contract years that are taken together, from 0."""
Wanted = tuple[int, Span]
"""A cluster, and the years."""
Laws = tuple[OutturnLaw, OutturnLaw] | str
"""One law, from either of two cubatures; or why there is none."""


@dataclass(frozen=True, slots=True)
class ExactRow:
    """Exact risk of one cluster in one year, or over the whole contract."""

    cluster: str  # its name
    year: str  # label of the contract year, or `WHOLE_CONTRACT`
    people: float  # registered list
    estimates: dict[str, Estimate]  # by name; intervals bound the numerical error, there is no sampling error
    not_given: str = ""  # why numbers are missing; nothing where none is


@dataclass(frozen=True, slots=True)
class ExactRisk:
    """What `exact_risk` returns.

    Parameters
    ----------
    scenario : Scenario
        What was asked about.
    rows : tuple of ExactRow
        For each cluster its contract years and then, where there are several, the whole contract.
    """

    scenario: Scenario
    rows: tuple[ExactRow, ...]

    def frame(self) -> pd.DataFrame:
        """Return the numbers, one row a cluster and year.

        Returns
        -------
        pandas.DataFrame
            Indexed by cluster and year. Beside each number the ``_low`` and ``_high`` bounds of its
            numerical error; nan, with the reason in ``not_given``, where there is none.
        """
        import pandas as pd

        records = []
        for row in self.rows:
            record: dict[str, str | float] = {"cluster": row.cluster, "year": row.year, "people": row.people}
            for name, estimate in row.estimates.items():
                record |= {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
            records.append(record | {"not_given": row.not_given})
        return pd.DataFrame(records).set_index(["cluster", "year"])


def exact_risk(
    scenario: Scenario,
    cluster: str | None = None,
    workers: Workers = 1,
    progress: Callable[[int], None] = lambda laws_done: None,
) -> ExactRisk:
    """Compute the chance of overspend, the expected overspend and bonds without sampling error.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    cluster : str, optional
        One cluster alone; all when left out.
    workers : int or DaskCluster
        Processes, or those of a cluster; the answer is the same for any.
    progress : callable
        Called with the number of laws done, now and then; `laws_needed` says how many there are.

    Returns
    -------
    ExactRisk
        Of each contract year and of the whole contract, as far as the method applies.

    Raises
    ------
    InputError
        If there is no such cluster.
    """
    plan = make_plan(scenario)
    names = plan.axes.clusters
    if cluster is not None and cluster not in names:
        raise InputError([Problem("cluster", f"one of {', '.join(names)}", shown(cluster))])
    chosen = range(len(names)) if cluster is None else [names.index(cluster)]
    inside = plan.terms.inside
    wanted = [(at, span) for at in chosen for span in _spans(np.flatnonzero(inside[:, at]))]
    laws: dict[Wanted, Laws] = {}
    for position, found in run_blocks(partial(_laws, plan), wanted, workers):
        laws[wanted[position]] = found
        progress(len(laws))
    return ExactRisk(scenario, tuple(_row(plan, at, span, laws) for at, span in wanted))


def laws_needed(scenario: Scenario, cluster: str | None = None) -> int:
    """Return how many laws `exact_risk` computes."""
    settings = scenario.settings
    chosen = [one for one in settings.clusters if cluster in {None, one.name}]
    months = [np.flatnonzero(one.months_inside(settings.contract)) for one in chosen]
    return sum(len(_spans(years)) for years in months)


def _spans(years: IntArray) -> list[Span]:
    """Return each of a cluster's contract years, and all of them where there are several."""
    every: Span = tuple(years.tolist())
    alone: list[Span] = [(year,) for year in every]
    return alone if len(every) == 1 else [*alone, every]


def _laws(plan: Plan, wanted: Wanted) -> Laws:
    """Return the law of a cluster's spend less budget, or why there is none."""
    cluster, span = wanted
    if beyond := [name for name, is_on in _shocks_beyond(plan).items() if is_on]:
        return f"the method does not take {', '.join(beyond)}: simulate it"
    leaves = any(isinstance(rule, Bond) and rule.when_exhausted == "leaves" for rule in plan.settings.rules)
    if max(span) > 0 and leaves and plan.terms.takes_share[cluster]:
        return "a cluster whose bond is used up leaves"
    position = year_end(plan, cluster, span)
    if position is None:
        return "budgets are not a weighted sum of past spends"
    try:
        plain = law_of_position(plan, cluster, position)
        return plain, law_of_position(plan, cluster, position, rotated=True)
    except InputError as refusal:
        (problem,) = refusal.problems
        return f"the law has {problem.got} ({problem.hint})"


def _shocks_beyond(plan: Plan) -> dict[str, bool]:
    """Return by key whether shocks are on that are no function of the normals that the method knows."""
    shocks = plan.shocks.settings
    drawn = [
        (one.terms, price) for one, price in zip(plan.payments, plan.prices, strict=True) if price.totals
    ]
    actions = {f"the action {one.name}, which chance decides": True for one in plan.actions.drawn}
    return actions | {
        "shocks.practice beside shocks.cluster": min(shocks.practice.size.sd_share, shocks.cluster.sd_share)
        > 0,
        "shocks.cluster_line": shocks.cluster_line.sd_share > 0,
        "shocks.cluster_line_year": shocks.cluster_line_year.sd_share > 0,
        "shocks.pct.growth_drift_sd_share": shocks.pct.growth_drift_sd_share > 0,
        "base_year_weights of several years": plan.earlier is not None,
        "contract.shadow_years": plan.learned is not None,
        "budgets.historic": plan.last_year is not None,
        "figures with an sd (--set doubt.carried=false takes them as known)": bool(plan.shocks.doubts),
        "draws of a history (--set fit.carry_uncertainty=false)": plan.shocks.fitted is not None,
        "payments that are not in proportion to care": any(
            terms.rate is None or (terms.knows_a_plan and price.has_case_limit) for terms, price in drawn
        ),
        "shocks.price": any(law.sd_share > 0 for law in plan.shocks.price_sizes),
    }


def _row(plan: Plan, cluster: int, span: Span, laws: Mapping[Wanted, Laws]) -> ExactRow:
    label = WHOLE_CONTRACT if len(span) > 1 else plan.axes.years[span[0] + 1]
    name, people = plan.axes.clusters[cluster], float(plan.population.people[cluster])
    needed = [laws[cluster, span], *(laws[cluster, (year,)] for year in span)]
    if reasons := [one for one in needed if isinstance(one, str)]:
        return ExactRow(name, label, people, {}, f"no numbers, since {reasons[0]}")
    plain, rotated = zip(*(one for one in needed if not isinstance(one, str)), strict=True)
    not_given = _why_no_bonds(plan, cluster, span)
    bond = None if not_given else bond_of(plan.settings.rules)
    months = plan.terms.months[list(span), cluster]
    values, others = (_values(together, years, bond, months) for together, *years in (plain, rotated))
    doubt = max(float(law.moment_error) for law in (*plain, *rotated))
    estimates = {key: _estimate(key, values[key], others[key], doubt, plain[0].sd_gbp) for key in values}
    return ExactRow(name, label, people, estimates, not_given)


def _why_no_bonds(plan: Plan, cluster: int, span: Span) -> str:
    rules = plan.settings.rules
    if paying := [one.rule for one in rules[: place_of_the_bond(rules)] if one.changes_overspends != "never"]:
        return f"no bonds, since the rule {paying[0]} bears part of the overspends before the bond"
    if len(span) > 1 and not years_are_independent(plan, cluster):
        return "no bonds, since the years depend on each other"
    bond = bond_of(rules)
    if len(span) > 1 and bond.top_up and bond.interest:
        return "no bonds, since a bond that is topped up and earns interest has no simple law"
    return ""


def _values(
    together: OutturnLaw, years: Sequence[OutturnLaw], bond: Bond | None, months: IntArray
) -> dict[str, float]:
    """Return the numbers of a row; without bonds where there is no `bond`."""
    values = {
        "overspend_probability": float(together.exceeds(0.0)),
        "expected_overspend_gbp": sum(float(law.stop_loss(0.0)) for law in years),
    }
    bonds: list[float] = []
    if bond is not None and bond.top_up:
        bonds = largest_overspend(years, BOND_CONFIDENCES)
    elif bond is not None:
        growth = np.cumprod([1.0, *bond.growth_in(months[:-1])])
        bonds = sum_of_overspends(years, BOND_CONFIDENCES, (1 / growth).tolist())
    names = [f"bond_{100 * confidence:.0f}_gbp" for confidence in BOND_CONFIDENCES]
    return values | dict(zip(names, bonds, strict=False))


def _estimate(name: str, value: float, other: float, doubt: float, sd_gbp: float) -> Estimate:
    """Return a number with bounds on its numerical error."""
    if name.endswith("probability"):
        error = _GAPS * abs(other - value) + doubt
        return Estimate(value, max(value - error, 0.0), min(value + error, 1.0))
    error = _GAPS * abs(other - value) + doubt * sd_gbp
    return Estimate(value, max(value - error, 0.0), value + error)
