"""A peer: what a numpy user would write, drawing every admission of one cluster.

Prints the seconds a single episode takes, all told.
"""

from __future__ import annotations

import sys
import time

import numpy as np

CONTRACTS = 400
# Emergency admissions of about 60,000 people: a negative binomial count and lognormal costs, as in
# the flagship scenario.
MEAN_COUNT, VARIANCE_TO_MEAN = 6_000.0, 1.5
MEAN_COST_GBP, CV = 2_080.0, 1.47


def main() -> None:
    """Draw `CONTRACTS` cluster-years and print the seconds for each episode."""
    generator = np.random.Generator(np.random.SFC64(int(sys.argv[1])))  # noqa: TID251 - a peer, not ours
    sigma = np.sqrt(np.log1p(CV**2))
    started = time.perf_counter()
    scale = VARIANCE_TO_MEAN - 1
    counts = generator.poisson(scale * generator.standard_gamma(MEAN_COUNT / scale, CONTRACTS))
    costs = generator.lognormal(np.log(MEAN_COST_GBP) - sigma**2 / 2, sigma, counts.sum())
    np.add.reduceat(costs, np.append(0, counts.cumsum()[:-1]))
    print((time.perf_counter() - started) / counts.sum())


main()
