"""One cluster's year by one program, ours or a peer's: `python benchmarks/one_year.py WHO YEARS`.

A negative binomial number of admissions (mean 6,000, variance to mean 4), each of a lognormal cost (mean
1,800, CV 1.6). Prints as JSON the mean, SD, 95% and 99% quantile of the total, and then what 36 policies pay:
each in mean what practices keep, what returns to the PCT, what is beyond the bond, and the chance of that. It
imports nothing of ours at its head, so that it runs where only a peer is installed.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import math
import os
import sys
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MEAN_COUNT, VARIANCE_TO_MEAN = 6_000.0, 4.0
MEAN_GBP, CV = 1_800.0, 1.6
LOG_SD = math.sqrt(math.log1p(CV**2))
LOG_MEAN = math.log(MEAN_GBP) - LOG_SD**2 / 2
SUCCESSES, CHANCE = MEAN_COUNT / (VARIANCE_TO_MEAN - 1), 1 / VARIANCE_TO_MEAN
"""Of the negative binomial law, in scipy's words."""
BUDGET_GBP = MEAN_COUNT * MEAN_GBP
LEVELS = (0.95, 0.99)
POLICIES = tuple(itertools.product((0.05, 0.1, 0.15, 0.2), (0.3, 0.4, 0.5), (0.02, 0.03, 0.05)))
"""Practice share, PCT return and bond, the last as a share of the budget: 36."""
CASES_AT_ONCE = 6_000_000
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Totals:
    """Totals, each as likely as its weight; equally where there are none."""

    gbp: Array
    weights: Array | None = None

    def mean(self, of: Array) -> float:
        """Return the mean of something of each total."""
        return float(of.mean() if self.weights is None else of @ self.weights)

    def answer(self) -> list[float]:
        """Return mean, SD and quantiles."""
        mean = self.mean(self.gbp)
        sd = math.sqrt(self.mean((self.gbp - mean) ** 2))
        if self.weights is None:
            return [mean, sd, *np.quantile(self.gbp, LEVELS).tolist()]
        below = self.weights.cumsum()
        return [mean, sd, *(float(self.gbp[np.searchsorted(below, level)]) for level in LEVELS)]

    def policies(self) -> list[list[float]]:
        """Return what each policy pays."""
        surplus, overspend = np.maximum(BUDGET_GBP - self.gbp, 0), np.maximum(self.gbp - BUDGET_GBP, 0)
        found = []
        for share, returned, bond in POLICIES:
            kept = share * surplus
            beyond = np.maximum(overspend - bond * BUDGET_GBP, 0)
            paid = (kept, returned * (surplus - kept), beyond, (beyond > 0).astype(float))
            found.append([self.mean(one) for one in paid])
        return found


def ours(years: int) -> Totals:
    """Draw totals with this project's compound law."""
    return Totals(_compound().draw(years, seed=1))


def exact(years: int) -> list[float]:
    """Return this project's answer without sampling error."""
    law = _compound().exact()
    return [law.mean, math.sqrt(law.variance), *(float(law.quantile(level)) for level in LEVELS)]


def _compound():  # noqa: ANN202 - a class that is not at hand where a peer is installed
    from simulator.compounds.compound import compound
    from simulator.demand.negative_binomial import NegativeBinomial
    from simulator.spend.lognormal import Lognormal

    count = NegativeBinomial(mean=MEAN_COUNT, variance_to_mean=VARIANCE_TO_MEAN)
    return compound(count, Lognormal(mean=MEAN_GBP, cv=CV))


def every_admission(years: int) -> Totals:
    """Draw every admission with numpy, some at a time so that memory holds them."""
    generator = np.random.Generator(np.random.SFC64(1))  # noqa: TID251 - a peer, not ours
    counts = generator.negative_binomial(SUCCESSES, CHANCE, years)
    totals = [
        np.add.reduceat(generator.lognormal(LOG_MEAN, LOG_SD, some.sum()), np.append(0, some.cumsum()[:-1]))
        for some in np.array_split(counts, math.ceil(years * MEAN_COUNT / CASES_AT_ONCE))
    ]
    return Totals(np.concatenate(totals))


def aggregate_fft(years: int) -> Totals:
    """Return the law from `aggregate`, by Fourier transform: for any number of years."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from aggregate import build

        mixing_cv = math.sqrt((VARIANCE_TO_MEAN - 1) / MEAN_COUNT)
        words = f"agg Year {MEAN_COUNT} claims sev lognorm {MEAN_GBP} cv {CV} mixed gamma {mixing_cv}"
        table = build(words, log2=18, bs=100).density_df
    return Totals(table.loss.to_numpy(), table.p_total.to_numpy())


def _gemact(method: str, **how: object):  # noqa: ANN202 - a peer's class
    from gemact.lossmodel import Frequency, LossModel, Severity

    return LossModel(
        frequency=Frequency(dist="nbinom", par={"n": SUCCESSES, "p": CHANCE}),
        severity=Severity(dist="lognormal", par={"shape": LOG_SD, "scale": math.exp(LOG_MEAN)}),
        aggr_loss_dist_method=method,
        **how,
    )


def gemact_draws(years: int) -> Totals:
    """Draw with `gemact`, by its Monte Carlo; it keeps each total once, with its empirical law."""
    found = _gemact("mc", n_sim=years, random_state=1).dist[0]
    return Totals(np.asarray(found.nodes, float), np.diff(np.asarray(found.cumprobs, float), prepend=0.0))


def gemact_fft(years: int) -> Totals:
    """Return the law from `gemact`, by Fourier transform: for any number of years."""
    step, nodes = 100.0, 2**17  # with twice as many it refuses its own rounding
    model = _gemact(
        "fft",
        n_aggr_dist_nodes=nodes,
        sev_discr_method="massdispersal",
        sev_discr_step=step,
        n_sev_discr_nodes=20_000,
    )
    found = model.dist[0]
    return Totals(np.asarray(found.nodes, float), np.diff(np.asarray(found.cumprobs, float), prepend=0.0))


def monaco_cases(years: int) -> Totals:
    """Draw with `monaco`: a case for each year, in which every admission is drawn."""
    import monaco
    from scipy.stats import nbinom, uniform

    def before(case):  # noqa: ANN001, ANN202 - as monaco wants it
        return case.invals["count"].val, case.invals["chance"].val

    def run(count: float, chance: float) -> tuple[float]:
        generator = np.random.Generator(np.random.SFC64(int(chance * 2**53)))  # noqa: TID251 - a peer
        return (float(generator.lognormal(LOG_MEAN, LOG_SD, int(count)).sum()),)

    def after(case, total: float) -> None:  # noqa: ANN001 - as monaco wants it
        case.addOutVal(name="total", val=total)

    with tempfile.TemporaryDirectory() as folder:
        steps = {"preprocess": before, "run": run, "postprocess": after}
        sim = monaco.Sim(name="year", ndraws=years, fcns=steps, seed=1, verbose=False, resultsdir=folder)
        sim.addInVar(name="count", dist=nbinom, distkwargs={"n": SUCCESSES, "p": CHANCE})
        sim.addInVar(name="chance", dist=uniform, distkwargs={"loc": 0, "scale": 1})
        sim.runSim()
        return Totals(np.asarray(sim.outvars["total"].nums, float))


PROGRAMS: dict[str, Callable[[int], Totals | list[float]]] = {
    "ours": ours,
    "exact": exact,
    "numpy": every_admission,
    "aggregate": aggregate_fft,
    "gemact": gemact_draws,
    "gemact-fft": gemact_fft,
    "monaco": monaco_cases,
}


def main() -> None:
    """Print a program's answer, whatever else it prints."""
    who, years, wants_policies = sys.argv[1], int(sys.argv[2]), "--policies" in sys.argv
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):
        totals = PROGRAMS[who](years)
        of_year = totals.answer() if isinstance(totals, Totals) else totals
        of_policies = totals.policies() if wants_policies and isinstance(totals, Totals) else []
    print(json.dumps({"year": of_year, "policies": of_policies}))


if __name__ == "__main__":
    main()
