"""Risk against size: what a larger cluster cures, what a pool cures, and what neither does."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from simulator.actions.action import Action
from simulator.demand.shocks import Shocks
from simulator.errors import InputError, Problem, Problems, shown
from simulator.execution.blocks import Workers
from simulator.execution.shared_out import shared_out
from simulator.questions.explain.answer import WHOLE_CONTRACT
from simulator.questions.size.answer import (
    BAD_OVERSPEND,
    BEYOND_SHARES,
    BOND,
    BOND_PER_HEAD,
    CHANCE_SD,
    OVERSPEND,
    SD,
    SHARE,
    SHARE_PER_HEAD,
    PoolRow,
    SizeRow,
    Sizes,
    a_head,
    overspend_column,
)
from simulator.questions.size.chance_by_size import ChanceBySize
from simulator.questions.size.endless import endless
from simulator.records import BUDGET, FloatArray, Outturn
from simulator.risk.account_book import PENNY_GBP, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import Influence, probability, quantile_and_spread, root
from simulator.risk.measures import estimates_of
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.rules.bond import Bond
from simulator.rules.settlement import settled_outcomes
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import LAW, Cluster
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.pipeline import simulate_plan
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.refusals import one_pct
from simulator.simulation.result import Result

LARGEST = 1e7
"""People of the largest cluster that can be asked for."""
NAME = "a cluster of any size"
"""Streams of chance are named by the cluster, so that all sizes share them and the curve is smooth."""
_COLUMNS = {OVERSPEND: f"expected_{OVERSPEND}", BAD_OVERSPEND: BAD_OVERSPEND}
"""Columns of a summary that are told of each span; those of a year say so behind."""
_OF_CONTRACT = (BOND, SHARE, SHARE_PER_HEAD)
_MOST_POINTS = 50
_BESIDE_SIZES = 3
"""Simulations of the scenario itself, of any pool and of any size."""
_WORTH_A_PROCESS = 30_000
"""Contracts of all sizes from which on a second process, which starts in 0.02 s, is worth it."""
_ROUNDING = 1e-9
"""An SD below this share of the budget is the rounding of sums."""


def size(
    scenario: Scenario,
    people: tuple[float, float] = (1_000, 1_000_000),
    points: int = 7,
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
        How many sizes, in equal ratios, rounded to one digit where that keeps them apart, to three at most.
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
    workers = draws.of(scenario).workers
    _make_tables(scenario, sizes, workers)

    def simulated(varied: Scenario, of_plan: Callable[[Plan], Plan] = lambda plan: plan) -> Result:
        return simulate_plan(of_plan(make_plan(varied)), varied, _worth(varied, draws))

    largest = _worth(one_cluster(scenario, LARGEST), draws)
    if largest.workers != 1 or largest.contracts * len(sizes) < _WORTH_A_PROCESS:
        # Each size has all processes, or all have one.
        workers = 1

    def told(done: int) -> None:
        progress(done, len(sizes) + _BESIDE_SIZES)

    return _found(scenario, sizes, simulated, workers, told)


def _worth(scenario: Scenario, draws: Draws) -> SettledDraws:
    """Return draws by as many processes as are worth starting: most sizes are one cluster."""
    settings, settled = scenario.settings, draws.of(scenario)
    of_contract = (
        len(settings.contract.financial_years) * len(settings.clusters) * len(settings.service_lines)
    )
    return settled.of_totals(settled.contracts * of_contract)


def _make_tables(scenario: Scenario, sizes: tuple[float, ...], workers: Workers) -> None:
    """Make the tables of all sizes at once: made size by size they would be copied as they grow."""
    smallest, largest = (make_plan(one_cluster(scenario, people)) for people in (sizes[0], sizes[-1]))
    counts = np.concatenate([smallest.expected_counts, largest.expected_counts], axis=1)
    replace(largest, expected_counts=counts).prepare(workers)


def check_asked(scenario: Scenario, people: tuple[float, float], points: int, draws: Draws) -> None:
    """Check what `size` is given."""
    problems = Problems()
    with problems.noted():
        check_people(people)
    with problems.noted():
        check_points(points)
    with problems.noted():
        draws.of(scenario)
    if isinstance(scenario, Scenario):
        problems += one_pct(scenario.settings, "size")
    problems.report()


def check_people(people: tuple[float, float]) -> None:
    """Check the range of sizes."""
    low, high = people
    if not 1 <= low < high <= LARGEST:
        need = f"a range LOW:HIGH from 1 to {LARGEST:,.0f}, the lower first"
        raise InputError([Problem("people", need, f"{low:g}:{high:g}")])


def check_points(points: int) -> None:
    """Check the number of sizes."""
    if not isinstance(points, int) or not 2 <= points <= _MOST_POINTS:
        raise InputError([Problem("points", f"a whole number from 2 to {_MOST_POINTS}", shown(points))])


def _found(
    scenario: Scenario,
    sizes: tuple[float, ...],
    simulated: Callable[..., Result],
    workers: Workers,
    progress: Callable[[int], None],
) -> Sizes:
    """Work out every table; `workers` have a size each, and not one size together."""
    # Results are let go of as soon as may be: each holds every contract.
    whole = simulated(where_all_stay(scenario))
    progress(1)
    pools, contracts, seed = pools_of(whole), whole.contracts, whole.seed
    del whole
    huge = one_cluster(scenario, LARGEST)
    any_pool, any_size = (outturn_variance(simulated(one, endless)) for one in (only_pct_shocks(huge), huge))
    progress(_BESIDE_SIZES)

    def of_size(people: float) -> tuple[SizeRow, Influence]:
        return _row(simulated(one_cluster(scenario, people)), any_size)

    with shared_out([partial(of_size, number) for number in sizes], workers) as finish:
        found = finish(lambda done: progress(_BESIDE_SIZES + done))
    progress(_BESIDE_SIZES + len(sizes))
    rows = tuple(row for row, _ in found)
    chance = ChanceBySize(sizes, tuple(one for _, one in found), any_size)
    return Sizes(scenario, contracts, seed, rows, pools, root(any_pool), chance)


def _sizes(low: float, high: float, points: int) -> tuple[float, ...]:
    """Return sizes in equal ratios, of as few digits as keep them apart; the ends as they are."""
    inner = [low * (high / low) ** (step / (points - 1)) for step in range(1, points - 1)]
    for digits in (1, 2, 3):
        rounded = (round(number, digits - 1 - math.floor(math.log10(number))) for number in inner)
        sizes = sorted(number for number in {float(low), *rounded, float(high)} if low <= number <= high)
        if len(sizes) == points:
            break
    return tuple(sizes)


def _row(result: Result, any_size: Influence) -> tuple[SizeRow, Influence]:
    """Return estimates of a size, and what chance adds to its variance."""
    outcomes = result.contract_outcomes
    book = account_books(outcomes, result.plan.terms)[0]
    # Only what is told: to estimate every measure took a third of the time of a size.
    estimates = estimates_of(book, _columns(len(result.years)))
    budget_gbp, spend_gbp = (gbp[:, :, 0] for gbp in (outcomes.gbp(BUDGET), outcomes.spend_gbp))
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
        of_span = "" if span == WHOLE_CONTRACT else _of_year(years[0])
        for name in _COLUMNS:
            found = estimates[f"{_COLUMNS[name]}{of_span}"]
            by_span[span] |= {name: found, a_head(name): _times(found, 1 / book.people)}
    chance = outturn_variance(result) - any_size
    by_span[WHOLE_CONTRACT] |= {name: estimates[name] for name in _OF_CONTRACT} | {
        CHANCE_SD: root(chance),
        BOND_PER_HEAD: _times(estimates[BOND], 1 / book.people),
    }
    return SizeRow(book.people, by_span), chance


def _columns(years: int) -> Iterator[str]:
    """Yield the columns of a summary that an answer holds."""
    for name in _COLUMNS.values():
        yield from (name, *(f"{name}{_of_year(year)}" for year in range(years)))
    yield from _OF_CONTRACT


def _of_year(year: int) -> str:
    return f"_year_{year + 1}"


def _times(found: Estimate, factor: float) -> Estimate:
    return Estimate(found.value * factor, found.low * factor, found.high * factor)


def where_all_stay(scenario: Scenario) -> Scenario:
    """Return the scenario without leaving: what clusters that stay would share."""
    rules = tuple(
        rule.model_copy(update={"when_exhausted": "stays"}) if isinstance(rule, Bond) else rule
        for rule in scenario.settings.rules
    )
    return scenario.with_settings(rules=rules)


def one_cluster(scenario: Scenario, people: float) -> Scenario:
    """Return the scenario with one cluster of a size in place of its own."""
    answers_for = Counter(
        (one.proportion, tuple(sorted(one.proportion_by_line.items())), one.service_lines)
        for one in scenario.settings.clusters
    )
    (proportion, by_line, lines), _ = answers_for.most_common(1)[0]
    cluster = Cluster(
        name=NAME,
        people=people,
        proportion=proportion,
        proportion_by_line=dict(by_line),
        service_lines=lines,
    )
    in_law = Counter(tuple(getattr(one, key) for key in LAW) for one in scenario.settings.clusters)
    cluster = cluster.model_copy(update=dict(zip(LAW, in_law.most_common(1)[0][0], strict=True)))
    # What tables give in pounds it has a head of what the scenario's clusters have.
    part = people / float(make_plan(scenario).population.people.sum()) if scenario.amounts else 0.0
    amounts = {
        name: table.as_one(scenario.settings.clusters, NAME, part) for name, table in scenario.amounts.items()
    }
    actions = tuple(_actions_of_most(scenario))
    return replace(scenario, amounts=amounts).with_settings(clusters=(cluster,), actions=actions)


def _actions_of_most(scenario: Scenario) -> Iterator[Action]:
    """Yield the actions that most of the scenario's clusters take, as any cluster does."""
    clusters = len(scenario.settings.clusters)
    for action in scenario.settings.actions:
        if action.clusters is None or 2 * len(action.clusters) > clusters:
            yield action.of_any_cluster()


def only_pct_shocks(scenario: Scenario) -> Scenario:
    """Return the scenario without the clusters' own shocks: those that a pool would cure."""
    usual = Shocks()
    own = ("cluster", "practice", "cluster_year", "cluster_line", "cluster_line_year")
    without = {name: getattr(usual, name) for name in own}
    return scenario.with_settings(shocks=scenario.settings.shocks.model_copy(update=without))


def relative_variance(left_gbp: FloatArray, budget_gbp: FloatArray) -> Influence:
    """Return the variance of what is left of a budget over the square of its mean, both shape (contract,)."""
    squares, contracts = (left_gbp - left_gbp.mean()) ** 2, left_gbp.size
    variance = Influence(float(squares.mean()) * contracts / (contracts - 1), squares - squares.mean())
    mean = float(budget_gbp.mean())
    if not variance.value > (_ROUNDING * mean) ** 2:
        return Influence(0.0, np.zeros(contracts))
    return variance / Influence(mean**2, 2 * mean * (budget_gbp - mean))


def bond(overspend_gbp: FloatArray, confidence: float) -> Influence:
    """Return the bond that covers an overspend of the contract, shape (contract,), with a probability."""
    # A contract above the quantile moves it by (1 - its probability) over the density there
    # (Bahadur 1966, Annals of Mathematical Statistics 37:577-580).
    value, spread = quantile_and_spread(overspend_gbp, confidence)
    above = overspend_gbp > value
    return Influence(value, (above - above.mean()) * spread)


def outturn_variance(result: Result, clusters: Sequence[int] = (0,)) -> Influence:
    """Return the relative variance of the net outturn of clusters over the contract."""
    outcomes, chosen = result.contract_outcomes, list(clusters)
    budget_gbp = outcomes.gbp(BUDGET)[:, :, chosen].sum(axis=(1, 2))
    spend_gbp = outcomes.spend_gbp[:, :, chosen].sum(axis=(1, 2))
    return relative_variance(budget_gbp - spend_gbp, budget_gbp)


def pools_of(result: Result) -> tuple[PoolRow, ...]:
    """Return the scenario's clusters pooled one after another, the largest first."""
    people = result.plan.population.people
    order = [int(cluster) for cluster in np.argsort(-people, kind="stable")]
    separate = Influence(0.0, np.zeros(result.contracts))
    rows = []
    for number, cluster in enumerate(order, start=1):
        pooled = tuple(order[:number])
        joint, alone = (
            bond(bond_needed_as_one_gbp(result, some), BOND_CONFIDENCE) for some in (pooled, (cluster,))
        )
        separate += alone
        needed = number > 1 and separate.value > PENNY_GBP
        saved = ((separate - joint) / separate).estimate if needed else None
        names = tuple(result.plan.axes.clusters[one] for one in pooled)
        together = float(people[list(pooled)].sum())
        spread = root(outturn_variance(result, pooled))
        rows.append(PoolRow(names, together, joint.estimate, separate.estimate, saved, spread))
    return tuple(rows)


def bond_needed_as_one_gbp(result: Result, clusters: Sequence[int]) -> FloatArray:
    """Return the bond that clusters would need, were they one, in pounds, shape (contract,)."""
    outcomes, plan, some = result.contract_outcomes, result.plan, list(clusters)
    budget_gbp, spend_gbp = (
        gbp[:, :, some].sum(axis=2, keepdims=True) for gbp in (outcomes.gbp(BUDGET), outcomes.spend_gbp)
    )
    annual_budget_gbp = outcomes.annual_budget_gbp[:, some].sum(axis=1, keepdims=True)
    outturn = Outturn(budget_gbp, spend_gbp, np.zeros_like(budget_gbp), annual_budget_gbp)
    terms = replace(
        plan.terms,
        names=(" and ".join(plan.terms.names[one] for one in some),),
        people=plan.terms.people[some].sum(keepdims=True),
        takes_share=np.ones(1, dtype=bool),
        bond_gbp=np.full(1, np.nan),
        months=plan.terms.months[:, some].max(axis=1, keepdims=True),
        planned_gbp=plan.terms.planned_gbp[:, some].sum(axis=1, keepdims=True),
        # What clusters are in law says nothing of what reaches a bond.
        legal=None,
    )
    return settled_outcomes(plan.settings.rules, outturn, terms, plan.axes).bond_needed_gbp[:, 0]
