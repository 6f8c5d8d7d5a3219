"""As many contracts as it takes to know every bond to a given precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from simulator.errors import InputError, Problem, Problems, shown
from simulator.risk.account_book import PENNY_GBP
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_CONTRACTS
from simulator.simulation.draws import CONTRACTS_PER_BLOCK, Draws
from simulator.simulation.kept_blocks import NOTHING_KEPT, KeptBlocks
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result

WIDEST_PRECISION = 0.5
"""An interval of more than half the bond either side is no answer."""
MOST_CELLS = 20_000_000
"""Contracts x years x clusters held in memory: some 0.9 GB, at 40 to 45 bytes measured for each."""
_MARGIN = 1.1
"""More contracts than the forecast: the width that it starts from is itself uncertain."""
_LEAP = 4
"""At most so many times the contracts from one run to the next: a forecast from few would often
ask for twice what is needed, and the runs before the last cost a third of it at most."""


@dataclass(frozen=True, slots=True)
class BondPrecision:
    """How well the bonds of a result are known."""

    # The row whose bond is known least well: a cluster's own, or the one that all would share; empty if no
    # row needs a bond.
    widest: str
    share: float  # half width of that row's 95% interval over its bond
    # Rows without overspend in 95% of contracts: nothing is no size to be relative to.
    without_bond: tuple[str, ...]


def bond_precision(result: Result) -> BondPrecision:
    """Return how well the bonds of a result are known."""
    names = ("bond_needed_gbp", "shared_bond_needed_gbp")
    bonds = {row.name: row.estimates[name] for row in result.rows for name in names if name in row.estimates}
    shares = {name: bond.half_width / bond.value for name, bond in bonds.items() if bond.value > PENNY_GBP}
    widest = max(shares, key=lambda name: shares[name], default="")
    return BondPrecision(widest, shares.get(widest, 0.0), tuple(name for name in bonds if name not in shares))


def simulate_to_precision(
    scenario: Scenario,
    precision: float,
    draws: Draws = Draws(),
    *,
    progress: Callable[[int, int], None] = lambda contracts_done, of_contracts: None,
    kept: KeptBlocks = NOTHING_KEPT,
) -> Result:
    """Simulate as many contracts as the bonds need to be known to a precision.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`.
    precision : float
        Largest half width of the 95% interval of any row's bond needed, as a share of it;
        above 0 and up to 0.5. Rows that need no bond are left out.
    draws : Draws
        The seed and the processes; the number of contracts is found.
    progress : callable
        Called now and then with the contracts done and how many there are to do. It starts
        again from few when a first run shows that more are needed.
    kept : KeptBlocks
        As for `simulate`.

    Returns
    -------
    Result
        What `simulate` returns for the number of contracts that it holds.

    Raises
    ------
    InputError
        If a number is out of range, if no row needs a bond, or if the precision needs more
        contracts than there may be; said before they are simulated.
    """
    check_precision(scenario, precision, draws)
    contracts = CONTRACTS_PER_BLOCK
    while True:
        forward = partial(_forward, progress, contracts)
        result = simulate(scenario, replace(draws, contracts=contracts), progress=forward, kept=kept)
        found = bond_precision(result)
        if not found.widest:
            need = "left out where nobody needs a bond: 95% of contracts are without overspend"
            hint = "give a number of contracts instead"
            raise InputError([Problem("precision", need, shown(precision), hint)])
        if found.share <= precision:
            return result
        contracts = _more_contracts(result, found, precision)


def check_precision(scenario: Scenario, precision: float, draws: Draws) -> None:
    """Check what `simulate_to_precision` is given."""
    problems = Problems()
    number = isinstance(precision, (int, float)) and not isinstance(precision, bool)
    if not number or not 0 < precision <= WIDEST_PRECISION:
        need = f"a share above 0 and up to {WIDEST_PRECISION}"
        problems.append(Problem("precision", need, shown(precision), "0.01 stands for ±1% of the bond"))
    if draws.contracts is not None:
        need = "left out where a precision is asked for, which decides it"
        problems.append(Problem("contracts", need, shown(draws.contracts)))
    with problems.noted():
        replace(draws, contracts=None).of(scenario)
    problems.report()


def _forward(progress: Callable[[int, int], None], of_contracts: int, contracts_done: int) -> None:
    progress(contracts_done, of_contracts)


def _more_contracts(result: Result, found: BondPrecision, precision: float) -> int:
    """Return how many contracts should do, in whole blocks; refuse what memory would not hold."""
    cells = len(result.years) * len(result.plan.axes.clusters)
    most = max(_whole_blocks(min(MOST_CONTRACTS, MOST_CELLS // cells)), result.contracts)
    # The half width of a quantile's interval falls with the square root of the contracts.
    needed = result.contracts * _MARGIN * (found.share / precision) * (found.share / precision)
    # A single block is too few to refuse by.
    if needed <= most or result.contracts < min(_LEAP * CONTRACTS_PER_BLOCK, most):
        more = _whole_blocks(min(needed, _LEAP * result.contracts, most) - 1) + CONTRACTS_PER_BLOCK
        return max(more, result.contracts + CONTRACTS_PER_BLOCK)
    reachable = _rounded_up(found.share * math.sqrt(result.contracts * _MARGIN / most) * _MARGIN)
    need = f"about {reachable:g} or more; {most:,} contracts of this scenario are the most that are simulated"
    # A number with a hundred digits says no more than one with thirteen.
    some = _rounded_up(min(needed, 1e12))
    got = f"{precision:g}; {found.widest} needs some {some:,.0f} contracts or more for it"
    hint = f"{found.widest} hardly needs a bond; give a number of contracts instead"
    raise InputError([Problem("precision", need, got, hint if reachable > WIDEST_PRECISION else "")])


def _whole_blocks(contracts: float) -> int:
    """Return the contracts in the blocks that `contracts` fill."""
    return int(contracts // CONTRACTS_PER_BLOCK) * CONTRACTS_PER_BLOCK


def _rounded_up(number: float) -> float:
    """Return a number above zero, rounded up to two digits."""
    digit = 10.0 ** (math.floor(math.log10(number)) - 1)
    return math.ceil(number / digit) * digit
