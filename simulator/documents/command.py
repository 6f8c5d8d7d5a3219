"""The command `report`."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simulator.answers.command import (
    contracts_option,
    overrides_option,
    regimes_option,
    replace_option,
    seed_option,
)
from simulator.answers.workers_options import workers_option
from simulator.charts.command import THEME_HELP
from simulator.errors import InputError, Problem, Problems, printable, shown
from simulator.imports import quick_imports
from simulator.letters import is_blank, oddity

if TYPE_CHECKING:
    from simulator.execution.blocks import Workers
    from simulator.scenario.scenario import Scenario
    from simulator.simulation.draws import Draws


@click.command()
@click.argument("scenario", metavar="SCENARIO|RESULTS")
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, help="Folder for the report; a new one."
)
@click.option("--format", "formats", help="Some of html,pdf,docx,xlsx,pptx; all by default.")
@click.option("--title", help="Of the report; the scenario's own by default.")
@click.option(
    "--compare",
    multiple=True,
    metavar="FILE",
    help="Add what each party has under a regime; files, or names with *.",
)
@click.option("--theme", "theme_file", metavar="FILE", help=THEME_HELP)
@click.option("--template", metavar="FILE", help="Word file whose styles, head and foot the Word file takes.")
@contracts_option
@seed_option
@workers_option
@replace_option
@click.option(
    "--resume", is_flag=True, help="Go on with a report to --out that was killed while it simulated."
)
@regimes_option
@overrides_option
def report(
    scenario: str,
    out: Path,
    formats: str | None,
    title: str | None,
    compare: tuple[str, ...],
    theme_file: str | None,
    template: str | None,
    contracts: int | None,
    seed: int | None,
    workers: Workers,
    replace: bool,
    resume: bool,
    regimes: tuple[str, ...],
    overrides: tuple[str, ...],
) -> None:
    """Write a prospectus annex and a page for each cluster of SCENARIO.

    As a web page, PDF, Word, Excel and slides for PowerPoint. RESULTS is a folder that `run --out` wrote;
    then nothing is simulated. The folder of --out appears whole or not at all; --replace replaces an earlier
    report.
    """
    with quick_imports():
        from simulator.answers.progress import progress_bar
        from simulator.charts.study import Study
        from simulator.charts.themes import theme_of
        from simulator.documents import contents
        from simulator.simulation.draws import Draws
        from simulator.simulation.saved_result import scenario_or_result

    problems, identity = Problems(), dict[str, str]()
    with problems.noted():
        wanted = contents.chosen_formats(formats)
    if title is not None and (is_blank(title) or oddity(title)):
        problems.append(Problem("--title", "some words", shown(title)))
    with problems.noted():
        theme = theme_of(theme_file)
    with problems.noted():
        words = b"" if template is None else _read_template(template)
    draws = Draws(contracts, seed, workers)
    with ExitStack() as stack:
        with problems.noted():
            loaded, started, simulated = scenario_or_result(scenario, overrides, regimes, draws)
            identity = _identity(loaded, draws) if started is None else {}
            _check_regimes(loaded, compare)
        with problems.noted():
            if resume and Path(scenario).is_dir():
                problems.append(Problem("--resume", "left out with a folder of results", "given"))
            new_folder = contents.new_report_folder(out, replace=replace, identity=identity, resume=resume)
            folder, kept = stack.enter_context(new_folder)
        problems.report()
        show = stack.enter_context(progress_bar(len(wanted), "formats"))
        study = Study(simulated(kept=kept) if started is None else simulated(), draws.workers)
        document = contents.document_of(study, title, started, compare, theme, words, wanted, draws.workers)
        names = contents.write_document(document, folder, wanted, show, draws.workers)
    click.echo(f"written to {printable(out)}: {', '.join(names)}", err=True)


def _check_regimes(scenario: Scenario, compare: tuple[str, ...]) -> None:
    """Refuse regimes that are none, or that the scenario cannot have."""
    from simulator.questions.compare.ask import with_each
    from simulator.scenario.regimes import as_regimes, expanded

    with_each((scenario,), as_regimes(expanded(compare)))


def _read_template(template: str) -> bytes:
    from simulator.documents.word_styles import read_template

    return read_template(Path(template))


def _identity(scenario: Scenario, draws: Draws) -> dict[str, str]:
    """Return what tells the simulation from others; refuse several PCTs before anything is drawn."""
    from simulator.simulation.refusals import one_pct
    from simulator.simulation.saved_result import run_identity

    if problems := one_pct(scenario.settings, "report"):
        raise InputError(problems)
    return run_identity(scenario, draws.of(scenario), None)
