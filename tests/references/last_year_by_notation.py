"""What last year's outturn makes of expected cases as docs/notation.md has it: written from that paper alone.

Of clusters given as people, lognormal shocks, costs with a mean and a cv, and no doubt.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np

from tests.references.by_notation import ByNotation, FloatArray, Table, is_block


def levels(paper: ByNotation, spent: FloatArray) -> FloatArray:
    """Return factors on expected cases of contract years, shape (year, cluster, line)."""
    places = list(product(range(len(paper.clusters)), range(len(paper.lines))))
    seen = [(c, line) for c, line in places if not is_block(paper.lines[line]) and spent[c, line]]
    chance, apart = [], []
    for c, line in seen:
        law = paper.lines[line]
        cost, ratio = law["unit_cost_gbp"], law["count"].get("variance_to_mean", 1.0)
        chance.append(math.log1p((ratio + cost["cv"] ** 2) / paper.cases[0, c, line]))
        apart.append(
            math.log(spent[c, line] / (paper.cases[0, c, line] * cost["mean"] * paper.prices[0, c, line]))
        )
    sigma = np.array([[covariance(paper, 0, one, other) for other in seen] for one in seen]) + np.diag(chance)
    moves = np.array(apart) + np.diag(sigma) / 2
    found = np.ones((len(paper.starts) - 1, len(paper.clusters), len(paper.lines)))
    for year, place in product(range(1, len(paper.starts)), places):
        own = np.array([covariance(paper, year, place, other) for other in seen])
        credibility = own @ np.linalg.inv(sigma)
        found[year - 1, *place] = math.exp(credibility @ moves - credibility @ own / 2)
    return found


def covariance(paper: ByNotation, year: int, one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return that of a place's logarithm in a year with another's in the base year."""
    shocks = paper.scenario["shocks"]
    same_cluster, same_line = one[0] == other[0], one[1] == other[1]

    def of(shock: Any, share: float = 1.0) -> float:
        return math.log1p(shock.get("sd_share", 0.0) ** 2 * share) * shock.get("persistence", 1.0) ** year

    def of_pct(shock: Table) -> float:
        passes = {"sd_share": shock["size"]["sd_share"], "persistence": shock.get("persistence", 0.0)}
        return of(passes) * (1.0 if same_line else shock.get("correlation", 0.0))

    found = of_pct(shocks["pct"]) + of_pct(shocks["price"])
    if same_cluster:
        practices = max(round(paper.people[one[0]] / shocks["practice"]["people"]), 1)
        found += (
            of(shocks["cluster"]) + of(shocks["practice"]["size"], 1 / practices) + of(shocks["cluster_year"])
        )
        found += (of(shocks["cluster_line"]) + of(shocks["cluster_line_year"])) * same_line
    return found
