"""What a question that takes no more says of a plan."""

from __future__ import annotations

from shlex import quote

from simulator.errors import Problem
from simulator.payments.payment import in_short
from simulator.scenario.schema import ScenarioFile
from simulator.simulation.plan import Plan


def other_payments(plan: Plan, question: str) -> list[Problem]:
    """Return the problem with each line that is neither paid at the tariff nor by a fixed sum."""
    lines = zip(plan.settings.service_lines, plan.payments, strict=True)
    return [
        Problem(
            f"service_lines.{line.name}.payment",
            f"per case or a fixed sum: {question} takes no others, since its laws are of care, and what is "
            "paid follows the whole year's",
            in_short(line.payment),
            "--set 'service_lines.*.payment=per_case' leaves the terms out",
        )
        for line, payment in lines
        if not payment.is_as_drawn
    ]


def one_pct(settings: ScenarioFile, question: str) -> list[Problem]:
    """Return the problem with a scenario of several PCTs."""
    several, first = len(set(settings.pct_of_clusters)), settings.clusters[0].pct
    need = f"the same for all clusters, or left out: {question} is of the clusters of one PCT"
    hint = f"--pct NAME asks about one of them: --pct {quote(first or '')}"
    return [Problem("clusters.*.pct", need, f"{several} PCTs", hint)] if several else []


def no_shadow_years(plan: Plan, question: str) -> list[Problem]:
    """Return the problem with budgets that rest on shadow years."""
    need = f"0: {question} takes no budgets yet that rest on shadow years"
    hint = "--set contract.shadow_years=0 sets them by the budget rules"
    years = plan.settings.contract.shadow_years
    return [Problem("contract.shadow_years", need, str(years), hint)] if years else []
