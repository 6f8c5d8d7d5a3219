"""The command `backtest`."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.answers.history_options import GivenHistory, file_option, history_options
from simulator.charts.command import THEME_HELP
from simulator.errors import InputError, Problem, Problems, printable, shown

if TYPE_CHECKING:
    from simulator.charts.look import Theme
    from simulator.questions.backtest.answer import BacktestAnswer

_TABLES = ("backtest.csv", "backtest.xlsx")
_CHARTS = ("coverage", "places")
_FILES = {
    *_TABLES,
    "backtest.provenance.csv",
    *(f"{name}.{ending}" for name in _CHARTS for ending in ("svg", "csv")),
}
"""What a folder of `backtest` holds."""


@click.command()
@history_options
@click.option("--years", type=int, default=3, show_default=True, help="Years that each fit sees.")
@click.option("--ahead", default="1:3", show_default=True, metavar="FROM:TO", help="Years ahead to predict.")
@file_option("--out", help="A new folder for the tables (CSV and Excel) and the charts.")
@file_option("--theme", help=f"{THEME_HELP} For the charts of --out.")
@click.option("--replace", is_flag=True, help="Let --out replace a folder that exists.")
def backtest(history: Path, scenario: Path, out: Path | None, **options: Any) -> None:
    """Say how well `fit` would have predicted HISTORY's own later years.

    At each year that has enough years up to it the same method is fitted to those alone, and what it
    predicts is compared with what happened: how often ranges held, how far off, and which bonds would
    have done, beside the scenario as typed.
    """
    from simulator.answers.printer import Printer
    from simulator.answers.progress import progress_bar
    from simulator.charts.themes import theme_of
    from simulator.questions.backtest.ask import backtest as ask
    from simulator.scenario.scenario import load_scenario

    problems, scenario_given, answer, theme = Problems(), None, None, theme_of(None)
    ahead: tuple[int, ...] = ()
    given = GivenHistory.of(problems, history, options)
    with ExitStack() as stack:
        with problems.noted():
            theme = theme_of(options["theme"])
        with problems.noted():
            scenario_given = load_scenario(scenario)
        with problems.noted():
            ahead = _ahead_in(options["ahead"])
        folder: Path | None = None
        if out is not None:
            with problems.noted():
                folder = stack.enter_context(_new_folder(out, replace=options["replace"]))
        if scenario_given is not None:
            asked = {name: options[name] for name in ("years", "drift", "seed")}
            asked |= {"options": given.options, "growth": given.growth, "ahead": ahead or (1,)}
            with problems.noted(), progress_bar(None, "origins") as show:
                answer = ask(scenario_given, given.files, progress=show, **asked)
        problems.report()
        if answer is not None and folder is not None:
            _write(folder, answer, theme)
    if answer is not None:
        Printer().answer(answer)
    if out is not None:
        click.echo(f"written to {printable(out)}", err=True)


def _new_folder(out: Path, *, replace: bool) -> AbstractContextManager[Path]:
    from simulator.execution.new_files import new_folder

    return new_folder(out, lambda names: replace and bool(names) and names <= _FILES)


def _write(folder: Path, answer: BacktestAnswer, theme: Theme) -> None:
    """Write the tables, as CSV and as Excel, and the charts with their data."""
    from simulator.answers.command import command_line
    from simulator.answers.files import write_answer
    from simulator.charts.backtests import coverage, places
    from simulator.charts.look import Look, looking

    for name in _TABLES:
        write_answer(folder / name, answer, command_line())
    with looking(Look(theme=theme)):
        for chart in (coverage(answer), places(answer)):
            chart.save(folder / f"{chart.name}.svg")


def _ahead_in(text: str) -> tuple[int, ...]:
    """Return the years of FROM:TO, or of one number."""
    first, _, last = text.partition(":")
    try:
        found = tuple(range(int(first), int(last or first) + 1))
    except ValueError:
        found = ()
    if not found:
        need = "FROM:TO in whole years, the second no less than the first, such as 1:3"
        raise InputError([Problem("--ahead", need, shown(text))])
    return found
