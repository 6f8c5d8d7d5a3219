"""How well two policies of demand share chance, and what the tables that make them share it cost.

No true saving against one of a thousandth, on the flagship without shocks: the same contracts drawn
twice, against contracts of their own. Prints, for the cluster where it is least, the correlation of spend
and how many times smaller the variance of a difference of expected overspend and of bonds is; then the
milliseconds to make all tables, and their megabytes.
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from simulator import Draws, Scenario, load_scenario, simulate
from simulator.simulation.plan import make_plan

SCENARIO = Path(__file__).parents[1] / "scenarios" / "cambridgeshire-2010.toml"
SEEDS, CONTRACTS = 40, 1_000
SAVING = 0.001
NO_SHOCKS = {
    "shocks.pct.size.sd_share": 0.0,
    "shocks.practice.size.sd_share": 0.0,
    "doubt.carried": False,
    "shocks.cluster_year.sd_share": 0.0,
}


def main() -> None:
    """Print the three ratios, the milliseconds and the megabytes."""
    flagship = load_scenario(SCENARIO)
    pairs = [[_answers(flagship, saving, seed) for saving in (0.0, SAVING)] for seed in range(1, SEEDS + 1)]
    spend = np.array([[one[0] for one in pair] for pair in pairs])
    correlations = [
        np.corrcoef(spend[:, 0, :, cluster].ravel(), spend[:, 1, :, cluster].ravel())[0, 1]
        for cluster in range(spend.shape[-1])
    ]
    ratios = []
    for at in (1, 2):
        without, with_saving = np.array([[one[at] for one in pair] for pair in pairs]).swapaxes(0, 1)
        apart = without.var(axis=0, ddof=1) + with_saving.var(axis=0, ddof=1)
        ratios.append(float((apart / (with_saving - without).var(axis=0, ddof=1)).min()))
    started = time.perf_counter()
    plan = make_plan(flagship)
    plan.prepare()
    taken = time.perf_counter() - started
    tables = [price.totals.table_bytes for price in plan.prices if price.totals is not None]
    print(min(correlations), *ratios, taken * 1e3, sum(tables) / 1e6)


def _answers(flagship: Scenario, saving: float, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return spend, shape (contract, cluster), and mean overspend and bond at 95%, shape (cluster,)."""
    policy = flagship.vary({**NO_SHOCKS, "clusters.*.true_saving_share": saving})
    outcomes = simulate(policy, draws=Draws(CONTRACTS, seed)).contract_outcomes
    spend = outcomes.gbp("spend").sum(axis=1)
    overspend = np.maximum(spend - outcomes.gbp("budget").sum(axis=1), 0.0)
    return spend, overspend.mean(axis=0), np.quantile(overspend, 0.95, axis=0)


if __name__ == "__main__":
    main()
