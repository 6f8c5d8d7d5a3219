"""What commands about a user's own history share: their options, and what those say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.errors import Problem, Problems, shown

if TYPE_CHECKING:
    from simulator.history import HistoryFiles, HistoryOptions

file_option = partial(click.option, type=click.Path(path_type=Path))
_SHARED: tuple[Callable[[Any], Any], ...] = (
    click.argument("history", type=click.Path(path_type=Path)),
    file_option("--lists", help="CSV file of registered people by month or quarter, by practice or cluster."),
    file_option("--scenario", required=True, help="Scenario file: clusters, lines, needs and rules."),
    file_option("--recodes", help="CSV file of codes that became others: old, new, from."),
    file_option("--price-index", help="CSV file of an index of prices: year or month, index, and line."),
    click.option(
        "--growth",
        metavar="LINE=MEAN:SD",
        multiple=True,
        help="Growth of a line's demand a year, as known from elsewhere: mean and SD, such as 0.028:0.01. "
        "Can be given again.",
    ),
    click.option("--drift", type=float, help="By how much growth moves a year, as an SD; 0.01 by default."),
    click.option(
        "--final-to", metavar="YYYY-MM", help="Last month that is complete; later ones are left out."
    ),
    click.option(
        "--break",
        "breaks",
        metavar="UNIT:YYYY-MM",
        multiple=True,
        help="A practice or cluster that starts a new level in that month. Can be given again.",
    ),
    click.option("--seed", type=int, help="Seed of the draws; the scenario's own by default."),
)


def history_options(body: Callable[..., None]) -> Callable[..., None]:
    """Give a command the argument and the options that say what a history is."""
    # Read from the last to the first, as decorators are.
    for option in reversed(_SHARED):
        body = option(body)
    return body


@dataclass(frozen=True, slots=True)
class GivenHistory:
    """What those options say."""

    files: HistoryFiles
    options: HistoryOptions
    growth: dict[str, tuple[float, float]]  # by line: mean and SD a year

    @classmethod
    def of(cls, problems: Problems, history: Path, given: dict[str, Any]) -> GivenHistory:
        """Return what was given, adding to the problems what is wrong with it."""
        from simulator.history import HistoryFiles, HistoryOptions
        from simulator.history.options import options_in

        known, growth = HistoryOptions(), {}
        with problems.noted():
            known = options_in(given["final_to"], given["breaks"])
        with problems.noted():
            growth = _growth_in(given["growth"])
        names = [name for name in ("lists", "costs", "recodes", "price_index") if name in given]
        return cls(HistoryFiles(history, **{name: given[name] for name in names}), known, growth)


def _growth_in(texts: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    """Return growth by line from texts such as ``ae=0.028:0.01``; InputError with every problem."""
    found, problems = {}, Problems()
    for text in texts:
        line, _, figures = text.rpartition("=")
        try:
            mean, sd = map(float, figures.split(":"))
        except ValueError:
            line = ""
        if not line:
            need = "a line, a mean and an SD, such as ae_attendances=0.028:0.01"
            problems.append(Problem("--growth", need, shown(text)))
            continue
        found[line.strip()] = (mean, sd)
    problems.report()
    return found
