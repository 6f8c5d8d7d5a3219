"""Risk against size: what a larger cluster cures, what a pool cures, and what neither does."""

from __future__ import annotations

import math
from collections.abc import Callable

from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.questions.size.answer import (
    BEYOND_SHARES,
    BOND,
    BOND_PER_HEAD,
    CHANCE_SD,
    SD,
    SHARE,
    SHARE_PER_HEAD,
    SizeRow,
    Sizes,
    overspend_column,
)
from simulator.questions.size.scenario import (
    LARGEST,
    check_asked,
    one_cluster,
    only_pct_shocks,
    where_all_stay,
)
from simulator.questions.size.variance import outturn_variance, pools_of, relative_variance
from simulator.records import BUDGET, SPEND
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import Influence, probability, root
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result

FEWEST_PEOPLE, MOST_PEOPLE, POINTS = 1_000, 1_000_000, 7


def size(
    scenario: Scenario,
    people: tuple[float, float] = (FEWEST_PEOPLE, MOST_PEOPLE),
    points: int = POINTS,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda sizes_done, of_sizes: None,
) -> Sizes:
    """Say how risk depends on the size of a cluster, and on how many clusters share it.

    In place of the scenario's clusters there is one of each size, with the need per head of the
    whole PCT, without a true saving, and otherwise as most of the scenario's clusters are. All
    sizes share the same chances.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    people : tuple of float
        Smallest and largest size.
    points : int
        How many sizes, in equal ratios, each rounded to three digits.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with the sizes done, and how many there are to do.

    Returns
    -------
    Sizes
        Tables by size and by pool, and what no size and no pool cures.

    Raises
    ------
    InputError
        With every argument that is out of range.
    """
    check_asked(scenario, people, points, draws)
    sizes = _sizes(*people, points)
    settled = draws.of(scenario)
    own = Draws(settled.contracts, settled.seed, settled.workers)
    done = 0

    def simulated(varied: Scenario) -> Result:
        nonlocal done
        result = simulate(varied, own)
        done += 1
        progress(done, len(sizes) + 3)
        return result

    return _found(scenario, sizes, simulated)


def _found(scenario: Scenario, sizes: tuple[float, ...], simulated: Callable[[Scenario], Result]) -> Sizes:
    # Results are let go of as soon as may be: each holds every contract.
    pools = pools_of(simulated(where_all_stay(scenario)))
    shared = outturn_variance(simulated(only_pct_shocks(one_cluster(scenario, LARGEST))))
    huge = outturn_variance(simulated(one_cluster(scenario, LARGEST)))
    smallest, *larger = sizes
    first = simulated(one_cluster(scenario, smallest))
    # The variance relative to the budget is any_size + chance / people: two sizes tell both.
    left = (outturn_variance(first) - huge).times(smallest / (LARGEST - smallest))
    any_size = huge - left
    even = None
    if any_size.estimate.low > 0:
        even = ((outturn_variance(first) - any_size) / any_size).times(smallest).estimate
    rest = (_row(simulated(one_cluster(scenario, number)), any_size) for number in larger)
    return Sizes(
        scenario,
        first.contracts,
        first.seed,
        (_row(first, any_size), *rest),
        pools,
        root(any_size),
        root(shared - left),
        even,
    )


def _sizes(low: float, high: float, points: int) -> tuple[float, ...]:
    """Return sizes in equal ratios, to three digits; the ends as they are."""
    inner = (low * (high / low) ** (step / (points - 1)) for step in range(1, points - 1))
    rounded = (round(number, 2 - math.floor(math.log10(number))) for number in inner)
    return tuple(sorted({float(low), *rounded, float(high)}))


def _row(result: Result, any_size: Influence) -> SizeRow:
    (row, _) = result.rows
    outcomes = result.contract_outcomes
    budget_gbp, spend_gbp = (outcomes.gbp(reason)[:, :, 0] for reason in (BUDGET, SPEND))
    spans = {label: [year] for year, label in enumerate(result.years)}
    spans[WHOLE_CONTRACT] = list(range(len(result.years)))
    by_span = {}
    for span, years in spans.items():
        budget, spend = budget_gbp[:, years].sum(axis=1), spend_gbp[:, years].sum(axis=1)
        beyond = {
            overspend_column(share): probability(spend - (1 + share) * budget > PENNY_GBP)
            for share in BEYOND_SHARES
        }
        by_span[span] = beyond | {SD: root(relative_variance(budget - spend, budget))}
    by_span[WHOLE_CONTRACT] |= {
        CHANCE_SD: root(outturn_variance(result) - any_size),
        BOND: row.estimates[BOND],
        BOND_PER_HEAD: _scaled(row.estimates[BOND], 1 / row.people),
        SHARE: row.estimates[SHARE],
        SHARE_PER_HEAD: row.estimates[SHARE_PER_HEAD],
    }
    return SizeRow(row.people, by_span)


def _scaled(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor)
