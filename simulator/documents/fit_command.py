"""The command `fit`."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.answers.history_options import GivenHistory, file_option, history_options
from simulator.charts.command import THEME_HELP
from simulator.errors import Problems, printable

if TYPE_CHECKING:
    from simulator.questions.fit.answer import FitAnswer


@click.command()
@history_options
@file_option("--costs", help="CSV file of costs of single cases: line, cost_gbp.")
@file_option("--out", required=True, help="Scenario file to write, a new one ending in .toml.")
@file_option("--report", help="Report to write as well: a new file ending in .html, .pdf, .docx or .xlsx.")
@file_option("--charts", help="A new folder for the charts, as SVG and PNG, each with its data.")
@file_option("--theme", help=f"{THEME_HELP} For the report and the charts.")
@click.option("--replace", is_flag=True, help="Let what is written replace what exists.")
def fit(
    history: Path, scenario: Path, out: Path, report: Path | None, charts: Path | None, **options: Any
) -> None:
    """Fit a scenario to HISTORY, what its clusters had before.

    Writes the scenario with the history's figures, each with its interval, and beside it draws of all that
    the history leaves unknown. `cluster-risk run` and all others then carry that into every answer.
    """
    from simulator.answers.printer import Printer
    from simulator.charts.look import Look, looking
    from simulator.charts.themes import theme_of
    from simulator.documents.fit_report import check_report, report_file
    from simulator.questions.fit.ask import fit as ask
    from simulator.questions.fit.files import FitFiles
    from simulator.questions.fit.words import LITTLE_HISTORY
    from simulator.scenario.scenario import load_scenario

    problems, scenario_given, answer, theme = Problems(), None, None, theme_of(None)
    replace = options["replace"]
    given = GivenHistory.of(problems, history, options)
    with ExitStack() as stack:
        folder: Path | None = None
        with problems.noted():
            theme = theme_of(options["theme"])
        if report is not None:
            with problems.noted():
                check_report(report, replace=replace)
        if charts is not None:
            with problems.noted():
                folder = stack.enter_context(_new_folder(charts, replace=replace))
        with problems.noted():
            scenario_given = load_scenario(scenario)
            FitFiles.of(out).check(scenario_given, replace=replace)
        if scenario_given is not None:
            asked = {name: options[name] for name in ("drift", "seed")}
            with problems.noted():
                answer = ask(scenario_given, given.files, options=given.options, growth=given.growth, **asked)
        problems.report()
        if answer is None:
            return
        if folder is not None:
            with looking(Look(theme=theme)):
                _write_charts(answer, folder)
        if report is not None:
            stack.enter_context(report_file(answer, report, replace=replace, theme=theme))
        written = answer.save(out, replace=replace)
    if answer.history.whole_years < LITTLE_HISTORY:
        click.secho(answer.history.notes[0], fg="red", err=True)
    Printer().answer(answer)
    for path in (*written, *filter(None, (report, charts))):
        click.echo(f"written: {printable(path)}")
    click.echo("next:")
    for step in ("check", "run", "bond", "explain"):
        click.echo(f"  cluster-risk {step} {printable(out)}")


def _new_folder(charts: Path, *, replace: bool) -> AbstractContextManager[Path]:
    from simulator.charts.fits import FIT_CHARTS
    from simulator.execution.new_files import new_folder

    files = {f"{name}.{ending}" for name in FIT_CHARTS for ending in ("svg", "png", "csv")}
    return new_folder(charts, lambda names: replace and bool(names) and names <= files)


def _write_charts(answer: FitAnswer, folder: Path) -> None:
    from simulator.charts.fits import fit_charts

    for chart in fit_charts(answer):
        chart.save(folder / f"{chart.name}.svg")
        (folder / f"{chart.name}.png").write_bytes(chart.rendered("png"))
