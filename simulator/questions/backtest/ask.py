"""How well the same method would have done before: fitted at every earlier origin, and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from simulator.errors import InputError, Problem, shown
from simulator.history import HistoryFiles, HistoryOptions
from simulator.questions.backtest.answer import BacktestAnswer
from simulator.questions.backtest.predicted import predict
from simulator.questions.backtest.scores import BondScore, Score, bond_scores, scores
from simulator.questions.backtest.windows import in_cases, windows
from simulator.questions.fit.ask import given, observed_of
from simulator.records import FinancialYear
from simulator.scenario.scenario import Scenario

MOST_AHEAD = 10
_NOTHING_SAID = HistoryOptions()


def backtest(
    scenario: Scenario,
    history: str | Path | HistoryFiles,
    lists: str | Path | None = None,
    options: HistoryOptions = _NOTHING_SAID,
    *,
    years: int = 3,
    ahead: Sequence[int] = (1, 2, 3),
    growth: Mapping[str, tuple[float, float]] | None = None,
    drift: float | None = None,
    seed: int | None = None,
    progress: Callable[[int, int], None] = lambda origins_done, of_origins: None,
) -> BacktestAnswer:
    """Say how well a fit would have predicted before.

    At every year that has `years` up to it the method is fitted to those alone, and compared with later ones.

    Parameters
    ----------
    scenario : Scenario
        Says who the clusters are and how need is weighed; its own figures are compared, too.
    history, lists, options : str or Path or HistoryFiles, str or Path, HistoryOptions
        As for `fit`.
    years : int
        Years that each fit sees.
    ahead : sequence of int
        Years ahead that are predicted.
    growth, drift, seed : mapping, float and int, optional
        As for `fit`.
    progress : callable
        Called with the origins done, and how many there are.

    Returns
    -------
    BacktestAnswer
        Coverage, errors and bonds, each with the number of origins.

    Raises
    ------
    InputError
        With all that is wrong, or where the history is too short.
    """
    files, wanted = HistoryFiles.of(history, lists), tuple(sorted(set(ahead)))
    read, priors = given(scenario, files, options, (growth or {}, drift), _problems_of(years, wanted))
    seed = scenario.settings.simulation.seed if seed is None else seed
    observed = observed_of(read, files, scenario)
    found = list(windows(read, observed, years, wanted))
    if not found:
        raise InputError([_too_short(files.history.name, observed.years, years)])
    told: list[Score] = []
    bonds: list[BondScore] = []
    for done, window in enumerate(found, start=1):
        predicted = predict(window, scenario, priors, seed)
        told += scores(predicted)
        bonds += bond_scores(predicted, wanted)
        progress(done, len(found))
    of = (scenario, seed, read, years, wanted, in_cases(observed))
    return BacktestAnswer(*of, tuple(told), tuple(bonds))


def _too_short(name: str, known: Sequence[int], years: int) -> Problem:
    span = f"{FinancialYear(known[0]).label} to {FinancialYear(known[-1]).label}"
    need = f"{years} years to fit and one more to compare with"
    return Problem(name, need, f"{len(known)}: {span}", "ask for fewer with --years")


def _problems_of(years: object, ahead: Sequence[object]) -> list[Problem]:
    problems = []
    if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= 20:
        problems.append(Problem("years", "a whole number from 1 to 20", shown(years)))
    sound = [isinstance(one, int) and not isinstance(one, bool) and 1 <= one <= MOST_AHEAD for one in ahead]
    if not ahead or not all(sound):
        need = f"whole numbers of years from 1 to {MOST_AHEAD}"
        problems.append(Problem("ahead", need, ", ".join(map(shown, ahead)) or "none"))
    return problems
