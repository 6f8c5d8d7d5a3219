"""The command `fit`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from simulator.errors import Problem, Problems, printable, shown

_file = partial(click.option, type=click.Path(path_type=Path))


@click.command()
@click.argument("history", type=click.Path(path_type=Path))
@_file("--lists", help="CSV file of registered people by month or quarter, and practice or cluster.")
@_file("--scenario", "scenario", required=True, help="Scenario file: clusters, lines, needs and rules.")
@_file("--out", required=True, help="Scenario file to write, a new one ending in .toml.")
@_file("--costs", help="CSV file of costs of single cases: line, cost_gbp.")
@_file("--recodes", help="CSV file of codes that became others: old, new, from.")
@_file("--price-index", help="CSV file of an index of prices: year or month, index, and line if by line.")
@click.option(
    "--growth",
    metavar="LINE=MEAN:SD",
    multiple=True,
    help="Growth of a line's demand a year, as known from elsewhere: mean and SD, such as 0.028:0.01. "
    "Can be given again.",
)
@click.option("--drift", type=float, help="By how much growth moves a year, as an SD; 0.01 by default.")
@click.option("--final-to", metavar="YYYY-MM", help="Last month that is complete; later ones are left out.")
@click.option(
    "--break",
    "breaks",
    metavar="UNIT:YYYY-MM",
    multiple=True,
    help="A practice or cluster that starts a new level in that month. Can be given again.",
)
@_file("--report", help="Report to write as well: a new file ending in .html, .pdf, .docx or .xlsx.")
@click.option("--seed", type=int, help="Seed of the draws; the scenario's own by default.")
@click.option("--replace", is_flag=True, help="Let --out and --report replace files that exist.")
def fit(history: Path, scenario: Path, out: Path, seed: int | None, replace: bool, **options: Any) -> None:
    """Fit a scenario to HISTORY, what its clusters had before.

    Writes the scenario with the history's figures, each with its interval, and beside it draws of all that
    the history leaves unknown. `cluster-risk run` and all others then carry that into every answer.
    """
    from simulator.answers.printer import Printer
    from simulator.documents.fit_report import check_report, write_report
    from simulator.history import HistoryFiles
    from simulator.history.options import HistoryOptions, options_in
    from simulator.questions.fit.ask import fit as ask
    from simulator.questions.fit.files import FitFiles
    from simulator.questions.fit.words import LITTLE_HISTORY
    from simulator.scenario.scenario import load_scenario

    problems, known, given, answer = Problems(), HistoryOptions(), None, None
    growth: dict[str, tuple[float, float]] = {}
    with problems.noted():
        known = options_in(options["final_to"], options["breaks"])
    with problems.noted():
        growth = _growth_in(options["growth"])
    report: Path | None = options["report"]
    if report is not None:
        with problems.noted():
            check_report(report, replace=replace)
    with problems.noted():
        given = load_scenario(scenario)
        FitFiles.of(out).check(given, replace=replace)
    names = ("lists", "costs", "recodes", "price_index")
    files = HistoryFiles(history, **{name: options[name] for name in names})
    if given is not None:
        with problems.noted():
            answer = ask(given, files, options=known, growth=growth, drift=options["drift"], seed=seed)
    problems.report()
    if answer is None:
        return
    written = answer.save(out, replace=replace)
    if report is not None:
        write_report(answer, report, replace=replace)
        written = (*written, report)
    if answer.history.whole_years < LITTLE_HISTORY:
        click.secho(answer.history.notes[0], fg="red", err=True)
    Printer().answer(answer)
    for path in written:
        click.echo(f"written: {printable(path)}")
    click.echo("next:")
    for step in ("check", "run", "bond", "explain"):
        click.echo(f"  cluster-risk {step} {printable(out)}")


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
