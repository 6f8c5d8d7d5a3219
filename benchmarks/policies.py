"""A limit: one more policy of rules against one simulation, and against copying what it reads.

For the flagship's 10,000 contracts, in one process. Prints milliseconds: a simulation; the copy; the
policy's settlement and every measure with its error; the same with its check, its plan and every
difference, as in a sweep; and how many times smaller the variance of a difference is on the same
draws than on fresh ones, by its standard error.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from simulator import load_scenario, simulate
from simulator.risk.measures import summarise
from simulator.risk.paired import Samples
from simulator.simulation.shared_draws import SharedDraws

SCENARIO = Path(__file__).parents[1] / "scenarios" / "cambridgeshire-2010.toml"
CHANGE = "rules.bond.share_of_annual_budget=0.04"
MEASURE = ("All clusters together", "pct_payment_gbp")
REPEATS = 15


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def main() -> None:
    """Print the milliseconds and the ratio."""
    scenario = load_scenario(SCENARIO)
    draws = SharedDraws.of(scenario)
    result = draws.simulate(scenario)
    base = Samples.of(result.contract_outcomes, result.plan.terms)
    outturn = next(iter(draws._outturns.values()))  # noqa: SLF001 - what a policy of rules reads
    arrays = (outturn.budget_gbp, outturn.spend_gbp, outturn.top_slice_gbp, outturn.annual_budget_gbp)
    plan = draws.simulate(scenario.vary(CHANGE)).plan

    def evaluate() -> None:
        summarise(plan.settle(outturn), plan.terms)

    def one_of_a_sweep() -> None:
        changed = draws.simulate(scenario.vary(CHANGE))
        Samples.of(changed.contract_outcomes, changed.plan.terms).against(base)

    measures = (lambda: simulate(scenario), lambda: [one.copy() for one in arrays], evaluate, one_of_a_sweep)
    for work in measures:
        # Once unmeasured, so that tables stand and memory is warm.
        work()
    rounds = [[milliseconds(work) for work in measures] for _ in range(REPEATS)]
    changed = draws.simulate(scenario.vary(CHANGE))
    paired = Samples.of(changed.contract_outcomes, changed.plan.terms).against(base)[MEASURE]
    fresh = base.against(base)[MEASURE].estimate
    errors = [paired.estimate.standard_error, fresh.standard_error, paired.difference.standard_error]
    ratio = (errors[0] ** 2 + errors[1] ** 2) / errors[2] ** 2
    print(*(statistics.median(column) for column in zip(*rounds, strict=True)), ratio)


main()
