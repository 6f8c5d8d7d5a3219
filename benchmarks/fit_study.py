"""How well fits do: the acceptance figures of fitting, on histories of known truth and on real ones.

    python -m benchmarks.fit_study [--histories 100] [--drift 0.0] [--tau 0.03] [--phi-d 0.0] [--clusters 7]
    python -m benchmarks.fit_study --real scotland_all_ae_2007_2016.csv

From the project's folder. With known truth: coverage of intervals of clusters' spend in the three years
after the history, by true futures of each; of bonds; of every SD; and the same with what is not known
ignored. On a real file of attendances (columns month, cluster, attendances): fits on five years from every
origin, and what came after, against the last year times 1.02 with the shocks that a scenario starts with.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.fitting.fit import fit_history
from simulator.fitting.future import future
from simulator.fitting.months import month_law
from simulator.fitting.observed import Months, Observed
from simulator.fitting.priors import Priors
from simulator.random_streams import RandomStreams
from tests.references.histories import Truth, draw_history, predicted_spend, true_spend

AHEAD, FUTURES, DRAWS = 3, 1000, 10_000
TYPED_GROWTH, TYPED_SD = 1.02, float(np.sqrt(0.03**2 + 0.02**2 + 0.018**2))  # the starter scenario's shocks
Figures = dict[str, float]


def one_history(years: int, truth: Truth, drift: float, clusters: int, seed: int) -> Figures:
    """Return all figures of one history of known truth."""
    streams = RandomStreams(seed)
    history = draw_history(truth, years, streams.generator("history"), clusters)
    started = time.perf_counter()
    law = month_law(history.months)
    posterior = fit_history(history.observed, law, Priors(drift_sd=drift), seed=seed)
    found = {"seconds": time.perf_counter() - started}
    true = true_spend(history, AHEAD, FUTURES, streams.generator("futures"))
    outturn = np.nansum(history.observed.spend_gbp[..., -1], axis=1)
    # As the flagship's toolkit: the base year's outturn, uplifted by 2% a year.
    budget = outturn * sum(1.02**year for year in range(1, AHEAD + 1))
    for name, one in (("carried", posterior), ("ignored", posterior.at_estimate())):
        spend = predicted_spend(one, history, (law.v, law.cv), AHEAD, DRAWS, seed)
        for whose, predicted, came in (("cluster", spend, true), ("pct", spend.sum(2), true.sum(2))):
            low, high = np.quantile(predicted, [0.025, 0.975], axis=0)
            inside = ((came >= low) & (came <= high)).mean(0).reshape(AHEAD, -1).mean(1)
            found |= {f"{name} {whose} year {at + 1}": float(share) for at, share in enumerate(inside)}
            middle = ((high - low) / predicted.mean(0)).reshape(AHEAD, -1).mean(1)
            found |= {f"{name} {whose} width {at + 1}": float(width) for at, width in enumerate(middle)}
        needed = np.quantile(spend.sum(1), 0.95, axis=0)
        found[f"{name} bond cover"] = float((true.sum(1) <= needed).mean())
        found[f"{name} bond"] = float(((needed - budget) / outturn).mean())
    return found | _parameters(posterior, law, truth)


def _parameters(posterior, law, truth) -> Figures:  # noqa: ANN001 - records of the product
    found, volume = {}, posterior.volume
    true = {"tau": truth.tau, "rho": truth.rho, "phi": truth.phi, "sigma_c": truth.sd_c, "phi_d": truth.phi_d}
    true["delta"] = truth.sd_d * np.sqrt(1 - truth.phi_d**2)
    for name, value in true.items():
        draws = volume.theta[:, volume.parameters.index(name)]
        low, middle, high = np.quantile(draws, [0.025, 0.5, 0.975])
        found[f"median {name}"] = float(middle)
        if value:  # no interval of a correlation reaches none
            found[f"covers {name}"] = float(low <= value <= high)
        found[f"learned {name}"] = volume.learned[volume.free.index(name)]
    # A year's change itself, D less that of the year before: what data tell however long it lasts.
    delta, phi_d = (volume.theta[:, volume.parameters.index(name)] for name in ("delta", "phi_d"))
    low, middle, high = np.quantile(delta * np.sqrt(2 / (1 + phi_d)), [0.025, 0.5, 0.975])
    change = truth.sd_d * np.sqrt(2 * (1 - truth.phi_d))
    found |= {"median change / truth": middle / change, "covers change": float(low <= change <= high)}
    growth = np.log1p(truth.growth)
    low, high = np.quantile(volume.growth, [0.025, 0.975], axis=0)
    found["covers growth"] = float(((low <= growth) & (growth <= high)).mean())
    found["growth square error"] = float(((volume.growth.mean(0) - growth) ** 2).mean())
    for at, (v, k) in enumerate(zip(truth.v, truth.cv, strict=True)):
        found |= {f"v error {at}": law.v[at] / v - 1, f"k error {at}": law.cv[at] / k - 1}
        found |= {f"covers v {at}": float(abs(law.v[at] - v) < 1.96 * law.v_se[at])}
        found |= {f"covers k {at}": float(abs(law.cv[at] - k) < 1.96 * law.cv_se[at])}
    found["found by chains"] = float("Metropolis" in volume.method + posterior.price.method)
    return found | {"least effective": min(volume.effective, posterior.price.effective)}


def study(years: int, truth: Truth, drift: float, clusters: int, seeds: range) -> pd.DataFrame:
    """Return the figures of many histories, one a row."""
    with ProcessPoolExecutor(1) as pool:
        return pd.DataFrame(list(pool.map(partial(one_history, years, truth, drift, clusters), seeds)))


def in_words(years: int, frame: pd.DataFrame) -> str:
    """Return a study's means with their standard errors, as lines of a table."""
    mean, error = frame.mean(), frame.sem()
    rows = [
        f"\n{years} years of history, {len(frame)} histories\n",
        "| figure | mean | SE |",
        "|---|---|---|",
    ]
    mean["growth RMSE"] = np.sqrt(mean.pop("growth square error"))
    error["growth RMSE"] = error["growth square error"] / 2 / mean["growth RMSE"]
    carried, ignored = frame["carried bond"], frame["ignored bond"]
    mean["bond carried / ignored"] = ratio = carried.mean() / ignored.mean()
    error["bond carried / ignored"] = (carried - ratio * ignored).sem() / ignored.mean()
    mean["least effective"] = frame["least effective"].min()
    return "\n".join([*rows, *(f"| {name} | {mean[name]:.4f} | {error[name]:.4f} |" for name in mean.index)])


def boards(path: Path) -> tuple[list[str], np.ndarray, list[tuple[int, int]]]:
    """Return attendances by board and month of whole financial years; nan where nothing is given."""
    table = pd.read_csv(path, comment="#").drop_duplicates(["month", "cluster", "unit"])
    wide = table.pivot_table(index="cluster", columns="month", values="attendances", aggfunc="sum")
    months = [(int(one[:4]), int(one[5:])) for one in wide.columns]
    starts = [year - (month < 4) for year, month in months]
    whole = [starts.count(start) >= 9 for start in starts]
    return (
        list(wide.index),
        wide.to_numpy(float)[:, whole],
        [one for one, keep in zip(months, whole, strict=True) if keep],
    )


def one_origin(
    names: list[str], counts: np.ndarray, months: list[tuple[int, int]], first: int, years: int, drift: float
) -> list[Figures]:
    """Fit one window of years and score every board in each of the years that follow."""
    starts = np.array([year - (month < 4) for year, month in months])
    window = (starts >= first) & (starts < first + years)
    seen, kept = counts[:, window], [one for one, keep in zip(months, window, strict=True) if keep]
    law = month_law(
        Months(
            tuple(names), ("attendances",), tuple(kept), seen[:, None], np.full(seen[:, None].shape, np.nan)
        )
    )
    annual, share = np.empty((len(names), 1, years)), np.empty((len(names), 1, years))
    days = np.array([30.44 * law.season[0, month - 1] for _, month in kept])
    for at in range(years):
        of_year = starts[window] == first + at
        there = np.isfinite(seen[:, of_year])
        annual[:, 0, at] = np.where(there.sum(1) >= 6, np.nansum(seen[:, of_year], axis=1), np.nan)
        share[:, 0, at] = (there * days[of_year]).sum(1) / (30.44 * law.season[0]).sum()
    span = tuple(range(first, first + years))
    nothing = np.full(annual.shape, np.nan)
    observed = Observed(tuple(names), ("attendances",), span, annual, nothing, np.ones(annual.shape), share)
    posterior = fit_history(observed, law, Priors(drift_sd=drift, free_levels=True), seed=first)
    streams = RandomStreams(first)
    rows = streams.generator("rows").permutation(posterior.rows)
    logs, _ = future(
        posterior, rows, AHEAD, lambda *name: streams.generator(*name).standard_normal(rows.size)
    )
    found = []
    for ahead in range(1, AHEAD + 1):
        of_year = starts == first + years - 1 + ahead
        if of_year.sum() < 12:
            continue
        came, last = counts[:, of_year].sum(1), annual[:, 0, -1] / share[:, 0, -1]
        for at in np.flatnonzero(np.isfinite(came) & np.isfinite(last)):
            mean = np.exp(logs[:, ahead, at, 0])
            draws = mean + np.sqrt(law.v[0] * mean) * streams.generator(
                "cases", names[at], str(ahead)
            ).standard_normal(rows.size)
            typed = (
                last[at]
                * TYPED_GROWTH**ahead
                * np.exp(
                    TYPED_SD * streams.generator("typed", names[at], str(ahead)).standard_normal(rows.size)
                )
            )
            low, high = np.quantile(draws, [0.025, 0.975])
            score = {"ahead": ahead, "origin": first + years, "inside": float(low <= came[at] <= high)}
            score |= {"bias": np.median(draws) / came[at] - 1, "crps": crps(draws, came[at]) / came[at]}
            low, high = np.quantile(typed, [0.025, 0.975])
            score |= {
                "typed inside": float(low <= came[at] <= high),
                "typed crps": crps(typed, came[at]) / came[at],
            }
            found.append(score | {"effective": posterior.volume.effective, "board": names[at]})
    return found


def crps(draws: np.ndarray, came: float) -> float:
    """Return the continuous ranked probability score of draws: how far, on average, less their own spread."""
    ordered = np.sort(draws)
    weights = 2 * np.arange(1, draws.size + 1) - draws.size - 1
    return float(np.abs(draws - came).mean() - (weights * ordered).sum() / draws.size**2)


def real(path: Path, drift: float, years: int) -> str:
    """Return coverage and scores on a real file, from every origin."""
    names, counts, months = boards(path)
    starts = sorted({year - (month < 4) for year, month in months})
    scores = [
        score
        for first in starts
        if first + years <= starts[-1]
        for score in one_origin(names, counts, months, first, years, drift)
    ]
    frame = pd.DataFrame(scores)
    by_year = frame.groupby("ahead")[
        ["inside", "typed inside", "crps", "typed crps", "bias", "effective"]
    ].mean()
    by_year["crps ratio"] = by_year["crps"] / by_year["typed crps"]
    by_year["origins"] = frame.groupby("ahead")["origin"].nunique()
    return by_year.round(4).to_string()


def main() -> None:
    """Print the study that is asked for."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    asked.add_argument("--histories", type=int, default=100)
    asked.add_argument("--first-seed", type=int, default=1)
    asked.add_argument("--years", type=int, nargs="+", default=[3, 5])
    asked.add_argument("--drift", type=float)
    asked.add_argument("--clusters", type=int, default=7)
    for name in ("tau", "phi_d"):
        asked.add_argument(f"--{name.replace('_', '-')}", type=float, default=getattr(Truth(), name))
    asked.add_argument("--real", type=Path)
    given = asked.parse_args()
    for years in given.years:
        if given.real:
            print(f"\n{given.real.name}, {years} years of history\n")
            print(real(given.real, 0.01 if given.drift is None else given.drift, years))
            continue
        truth = Truth(tau=given.tau, phi_d=given.phi_d)
        seeds = range(given.first_seed, given.first_seed + given.histories)
        print(in_words(years, study(years, truth, given.drift or 0.0, given.clusters, seeds)), flush=True)


if __name__ == "__main__":
    main()
