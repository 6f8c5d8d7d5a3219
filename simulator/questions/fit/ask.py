"""A scenario fitted to its clusters' own history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from simulator.errors import InputError, Problem, Problems, shown, unknown
from simulator.fitting.estimates import Estimates
from simulator.fitting.fit import ROWS, fit_history
from simulator.fitting.observed import Observed
from simulator.fitting.priors import NormalPrior, Priors
from simulator.history import History, HistoryFiles, HistoryOptions, read_history
from simulator.history.need_of_units import NeedOfUnits
from simulator.questions.fit.answer import FitAnswer
from simulator.records import FloatArray
from simulator.scenario.scenario import Scenario

_LARGEST_GROWTH, _LARGEST_DRIFT = 0.5, 0.2
"""Beyond these a growth is a slip: 2.8 for 0.028. The second is the scenario's own bound."""
_FEWEST_ROWS = 1_000
"""With fewer the ends of 95% intervals stand on too few draws."""
_NOTHING_SAID = HistoryOptions()


def fit(
    scenario: Scenario,
    history: str | Path | HistoryFiles,
    lists: str | Path | None = None,
    options: HistoryOptions = _NOTHING_SAID,
    *,
    growth: Mapping[str, tuple[float, float]] | None = None,
    drift: float | None = None,
    seed: int | None = None,
    rows: int = ROWS,
) -> FitAnswer:
    """Fit a scenario's figures to its clusters' own history.

    Parameters
    ----------
    scenario : Scenario
        Says who the clusters are, which lines there are, and how need is weighed.
    history : str or Path or HistoryFiles
        CSV file with columns month, practice or cluster, line, count, spend_gbp; or all files.
    lists : str or Path, optional
        CSV file of registered people, where `history` is one file.
    options : HistoryOptions, optional
        Last month that is final, and breaks.
    growth : mapping, optional
        What is known of a line's growth of demand a year, from elsewhere: its mean and SD, as shares.
    drift : float, optional
        By how much growth itself moves a year, as an SD; 0 for none.
    seed : int, optional
        Of all draws; the scenario's own when left out.
    rows : int, optional
        Draws to keep.

    Returns
    -------
    FitAnswer
        Figures with their intervals and where they are from; `save` writes them as a scenario.

    Raises
    ------
    InputError
        With everything that is wrong with the files and settings.
    """
    files = HistoryFiles.of(history, lists)
    wrong = _problems_of(scenario, seed, rows)
    read, priors = given(scenario, files, options, (growth or {}, drift), wrong)
    seed = scenario.settings.simulation.seed if seed is None else seed
    posterior = fit_history(observed_of(read, files, scenario), read.month_law, priors, rows, seed)
    return FitAnswer(scenario, seed, files, read, posterior, Estimates.of(posterior))


def given(
    scenario: Scenario,
    files: HistoryFiles,
    options: HistoryOptions,
    believed: tuple[Mapping[str, tuple[float, float]], float | None],
    found: Iterable[Problem],
) -> tuple[History, Priors]:
    """Return the history and what is believed before it; InputError with every problem."""
    problems, read, priors = Problems(found), None, Priors()
    with problems.noted():
        priors = _priors_of(scenario, *believed)
    with problems.noted():
        read = read_history(files, scenario, options)
    if problems or read is None:
        raise InputError(dict.fromkeys(problems))
    return read, priors


def observed_of(history: History, files: HistoryFiles, scenario: Scenario) -> Observed:
    """Return the years of a history as they are fitted: with people, and prices of the last year.

    Without lists people are those of the scenario in every year, so that rates are per person and growth of
    rates is growth of lists as well. With a price index costs are over it, the last year's being one: what
    grows is then what prices do beyond the index.
    """
    observed = history.observed
    if files.lists is None:
        observed = replace(observed, weighted_people=_people(observed, scenario))
    if history.price_index is not None:
        index = history.price_index / history.price_index[:, -1:]
        observed = replace(observed, spend_gbp=observed.spend_gbp / index)
    return observed


def _people(observed: Observed, scenario: Scenario) -> FloatArray:
    """Return the scenario's need-weighted people, shape (cluster, line, year); before a break too."""
    need = NeedOfUnits.of(scenario, "cluster", observed.lines)
    at = [
        next(at for at, name in enumerate(need.units) if unit == name or unit.startswith(f"{name} until "))
        for unit in observed.clusters
    ]
    return np.repeat(need.weighted_people[at][:, :, None], len(observed.years), axis=2)


def _priors_of(scenario: Scenario, growth: Mapping[str, tuple[float, float]], drift: float | None) -> Priors:
    """Return what is believed before the history; InputError with every problem."""
    problems, lines = Problems(), [line.name for line in scenario.settings.service_lines]
    for line, (mean, sd) in growth.items():
        where = f"growth of {line}"
        problems.extend(unknown("growth", line, lines))
        if not (abs(mean) <= _LARGEST_GROWTH and 0 < sd <= _LARGEST_GROWTH):
            need = f"a mean within {_LARGEST_GROWTH} of zero and an SD above 0, up to {_LARGEST_GROWTH}"
            problems.append(Problem(where, need, f"{mean:g} and {sd:g}", "0.028 is 2.8% a year"))
    if drift is not None and not 0 <= drift <= _LARGEST_DRIFT:
        problems.append(
            Problem("drift", f"an SD from 0 to {_LARGEST_DRIFT}", shown(drift), "0.01 is 1% a year")
        )
    problems.report()
    of_lines = {
        line: NormalPrior(float(np.log1p(mean)), sd / (1 + mean)) for line, (mean, sd) in growth.items()
    }
    known = Priors(growth_by_line=of_lines)
    return known if drift is None else replace(known, drift_sd=float(drift))


def _problems_of(scenario: Scenario, seed: int | None, rows: int) -> Iterator[Problem]:
    """Yield what is wrong with what is asked for."""
    if scenario.laid_over:
        hint = "write them into the file"
        yield Problem(
            "the scenario", "a file as it is written", f"with {scenario.laid_over[0]} laid over it", hint
        )
    if seed is not None and seed < 0:
        yield Problem("seed", "zero or more", shown(seed))
    if rows < _FEWEST_ROWS:
        yield Problem("rows", f"at least {_FEWEST_ROWS}", shown(rows))
