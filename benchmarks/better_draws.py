"""A study on demand: would better spread points answer better than more draws? (some minutes)

`python benchmarks/better_draws.py` simulates the flagship many times over with plain draws, with antithetic
ones, with a Latin hypercube and with scrambled Sobol points, each of the same number of contracts, and
writes `benchmarks/better-draws.md`: how many times smaller the variance of each answer is than with plain
draws, and what the points cost. A ratio of 2 is worth as much as drawing twice as many contracts.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from scipy.stats import qmc

from simulator import Scenario, load_scenario
from simulator.random_streams import Generator, RandomStreams
from simulator.records import Block, FloatArray
from simulator.simulation.gathering import Gathering
from simulator.simulation.pipeline import simulate_block
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.result import Result

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "benchmarks" / "better-draws.md"
SCENARIO = ROOT / "scenarios" / "cambridgeshire-2010.toml"
CONTRACTS, REPLICATES = 4096, 100


class OnePoint:
    """Stands for a generator that is asked for one normal a contract: a column of points."""

    def __init__(self, normals: FloatArray) -> None:
        self.normals = normals

    def standard_normal(self, size: int | tuple[int, ...]) -> FloatArray:
        """Return the column."""
        if size not in {len(self.normals), self.normals.shape}:
            raise ValueError(size)
        return self.normals.copy()


@dataclass(frozen=True)
class Points(RandomStreams):
    """Streams of which the first ones named take a column of points each, as far as points reach."""

    normals: FloatArray = field(default_factory=lambda: np.empty((0, 0)))
    spread: tuple[str, ...] = ("shock", "cost")
    columns: dict[tuple[str, ...], int] = field(default_factory=dict)

    def generator(self, *names: str, block: int = 0) -> Generator:
        """Return the stream of what is named: the next column of points, or plain chance."""
        if names[0] not in self.spread:
            return super().generator(*names, block=block)
        at = self.columns.setdefault(names, len(self.columns))
        return OnePoint(self.normals[:, at])  # type: ignore[return-value]


def points(seed: int, part: int = 0) -> Generator:
    """Return the generator of one set of points."""
    return RandomStreams(seed).generator("points", block=part)


def sobol(columns: int, seed: int) -> FloatArray:
    """Return scrambled Sobol points as normals, shape (contract, column)."""
    return ndtri(qmc.Sobol(columns, rng=points(seed)).random(CONTRACTS))


def sobol_in_eight(columns: int, seed: int) -> FloatArray:
    """Return eight scrambles of an eighth of the points each: what an honest interval would need."""
    part = CONTRACTS // 8
    scrambles = [qmc.Sobol(columns, rng=points(seed, one)).random(part) for one in range(8)]
    return ndtri(np.concatenate(scrambles))


def hypercube(columns: int, seed: int) -> FloatArray:
    """Return a Latin hypercube as normals, shape (contract, column)."""
    return ndtri(qmc.LatinHypercube(columns, rng=points(seed)).random(CONTRACTS))


def antithetic(columns: int, seed: int) -> FloatArray:
    """Return normals of which the second half is the first with its sign turned."""
    half = points(seed).standard_normal((CONTRACTS // 2, columns))
    return np.concatenate([half, -half])


def plain(columns: int, seed: int) -> FloatArray:
    """Return plain normals."""
    return points(seed).standard_normal((CONTRACTS, columns))


ALL, SHOCKS = ("shock", "cost"), ("shock",)
METHODS: dict[str, tuple[Callable[[int, int], FloatArray], tuple[str, ...]]] = {
    "plain draws": (plain, ALL),
    "antithetic": (antithetic, ALL),
    "Latin hypercube": (hypercube, ALL),
    "Sobol, shocks only": (sobol, SHOCKS),
    "Sobol": (sobol, ALL),
    "Sobol, eight scrambles": (sobol_in_eight, ALL),
}
ANSWERS = (
    "chance of an overspend",
    "bond that is enough with 95%",
    "expected overspend",
    "expected practice share",
    "chance that the bond is used up",
    "the PCT's loss of one contract in a hundred",
)


def answers(scenario: Scenario, plan: Plan, streams: RandomStreams) -> FloatArray:
    """Simulate once; return the answers for the last cluster, and for the PCT."""
    block = Block(0, CONTRACTS)
    gathering = Gathering(CONTRACTS, len(plan.axes.clusters))
    gathering.fill(0, simulate_block(plan, streams, block))
    outcomes = Result(scenario, plan, gathering.whole(), CONTRACTS, 0).contract_outcomes
    over = (outcomes.gbp("spend") - outcomes.gbp("budget")).sum(axis=1)
    uncovered = outcomes.gbp("uncovered_overspend").sum(axis=1)
    own = over[:, -1]
    return np.array(
        [
            (own > 0).mean(),
            np.quantile(np.maximum(own, 0.0), 0.95),
            np.maximum(own, 0.0).mean(),
            outcomes.gbp("practice_share").sum(axis=1)[:, -1].mean(),
            (uncovered[:, -1] > 0).mean(),
            np.quantile(uncovered.sum(axis=1), 0.99),
        ]
    )


def columns_of(plan: Plan, spread: tuple[str, ...]) -> dict[tuple[str, ...], int]:
    """Return which normal decides what: shocks first, since the first columns of points are the best."""
    asked: dict[tuple[str, ...], int] = {}
    simulate_block(plan, Points(1, normals=np.zeros((CONTRACTS, 5000)), columns=asked), Block(0, CONTRACTS))
    names = sorted((one for one in asked if one[0] in spread), key=lambda one: one[0] != "shock")
    return {name: at for at, name in enumerate(names)}


def main() -> None:
    """Write the page."""
    scenario = load_scenario(SCENARIO)
    plan = make_plan(scenario)
    plan.prepare()
    variances, seconds, normals = {}, {}, {}
    for name, (draw, spread) in METHODS.items():
        columns = columns_of(plan, spread)
        found, started, drawing = [], time.process_time(), 0.0
        for seed in range(1, REPLICATES + 1):
            before = time.process_time()
            drawn = draw(len(columns), seed)
            drawing += time.process_time() - before
            streams = Points(seed, normals=drawn, spread=spread, columns=columns)
            found.append(answers(scenario, plan, streams))
        variances[name] = np.var(found, axis=0, ddof=1)
        seconds[name], normals[name] = (time.process_time() - started) / REPLICATES, drawing / REPLICATES
    PAGE.write_text(page(variances, seconds, normals, len(columns_of(plan, ALL))), encoding="utf-8")


def page(
    variances: dict[str, FloatArray], seconds: dict[str, float], drawing: dict[str, float], columns: int
) -> str:
    """Return the study in words and a table; a ratio of two variances of so many is known to its error."""
    plain_variance = variances["plain draws"]
    error = np.sqrt(4 / (REPLICATES - 1))
    lines = [
        "# Would better spread points answer better than more draws?",
        "",
        f"Made by `python benchmarks/better_draws.py`: {REPLICATES} times {CONTRACTS:,} contracts of the "
        f"flagship each, {columns} normals a contract. How many times smaller the variance of an answer is "
        f"than with plain draws; each ratio is known to about ±{100 * 2 * error:.0f}% (95%). The last two "
        "rows are milliseconds of processor time: in all, and for the points alone.",
        "",
        "| answer | " + " | ".join(METHODS) + " |",
        "|---|" + "---|" * len(METHODS),
    ]
    for at, answer in enumerate(ANSWERS):
        ratios = [f"{plain_variance[at] / variances[name][at]:.1f}" for name in METHODS]
        lines.append(f"| {answer} | " + " | ".join(ratios) + " |")
    for what, times in (("ms in all", seconds), ("ms for the points", drawing)):
        lines.append(f"| {what} | " + " | ".join(f"{1e3 * times[name]:.0f}" for name in METHODS) + " |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
