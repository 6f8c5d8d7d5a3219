"""The command `cluster-risk`: its commands, which import heavy libraries when they run, and how they end."""

from __future__ import annotations

import errno
import os
import signal
import sys
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click

from simulator.answers.command import overrides_option, regimes_option
from simulator.answers.completion import offer
from simulator.errors import InputError, Problem, printable, shown
from simulator.interrupts import as_ever, end, leave_at_once
from simulator.letters import harmless
from simulator.questions import QUESTIONS

# What a terminal that closes or a system that shuts down sends; Windows has not all of them.
_STOPPING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_BAD_INPUT = 2
_LONGEST_MESSAGE = 1_000


class _InOrder(click.Group):
    """A group whose help lists commands in the order of the register."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


def _say_versions(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Say the version, and those of the libraries that results depend on."""
    if wanted and not context.resilient_parsing:
        from simulator.execution.versions import versions

        ours, *others = versions().items()
        click.echo(" ".join(ours))
        click.echo("; ".join(map(" ".join, others)))
        context.exit()


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_say_versions,
    help="Show the versions of what decides results, and end.",
)
def commands() -> None:
    """Estimate what clusters of GP practices risk with a real budget.

    A scenario file says who the clusters are, what care they buy and which rules share surpluses
    and overspends. Start with `cluster-risk init my-scenario`.
    """


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from-history", is_flag=True, help="With three years of a synthetic history to fit.")
@click.option(
    "--flagship", is_flag=True, help="The scenario of Cambridgeshire in 2010, with its tables and regimes."
)
@click.option(
    "--england", is_flag=True, help="A synthetic England: 152 PCTs, of practices like Cambridgeshire's."
)
@click.option("--excel", is_flag=True, help="As an Excel workbook, tables and all.")
def init(folder: Path, from_history: bool, flagship: bool, england: bool, excel: bool) -> None:
    """Write a commented scenario and its tables to FOLDER, to start from."""
    from simulator.scenario.start import write_start

    if from_history and (flagship or england or excel):
        problem = Problem("--from-history", "without --flagship, --england and --excel", "with one of them")
        raise InputError([problem])
    if england and (flagship or excel):
        raise InputError([Problem("--england", "without --flagship and --excel", "with one of them")])
    chosen = {"history": from_history, "flagship": flagship, "england": england}
    name = next((name for name, is_chosen in chosen.items() if is_chosen), "starter")
    written = write_start(folder, name, as_workbook=excel)
    for path in written:
        click.echo(f"written: {printable(path)}")
    if not from_history:
        click.echo(f"next: cluster-risk check {printable(written[0])}")
        return
    scenario, history, lists, *_ = map(printable, written)
    fitted = printable(folder / "my-scenario.toml")
    click.echo("next:")
    click.echo(f"  cluster-risk fit {history} --lists {lists} --scenario {scenario} --out {fitted}")
    click.echo(f"  cluster-risk run {fitted}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path))
@click.argument("target", type=click.Path(path_type=Path))
@regimes_option
@overrides_option
@click.option("--replace", is_flag=True, help="Replace files that exist.")
def convert(
    source: Path, target: Path, regimes: tuple[str, ...], overrides: tuple[str, ...], replace: bool
) -> None:
    """Write the scenario SOURCE, a TOML file or an Excel workbook, as the other: TARGET.

    A workbook holds the tables, too; a TOML file has them beside it as CSV. Comments go with figures, and
    nothing is lost: what was written is read again and compared.
    """
    from simulator.scenario.conversion import convert as convert_it

    for path in convert_it(source, target, overrides, regimes, replace=replace):
        click.echo(f"written: {printable(path)}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from simulator.scenario.schema import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))


@click.command("import-lists")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The table to write; a new one.")
@click.option(
    "--weights", type=click.Path(path_type=Path), help="Need weights, whose age bands it is to have."
)
@click.option("--replace", is_flag=True, help="Replace the table if it exists.")
def import_lists(file: Path, out: Path, weights: Path | None, replace: bool) -> None:
    """Turn practice lists as NHS bodies publish them, in FILE, into the table that scenarios name.

    Takes every layout that a scenario takes. Rows of totals are checked and left out; finer age bands
    are added up to those of --weights. A scenario can name FILE itself, too.
    """
    from simulator.scenario.list_writer import import_lists as import_them

    made = import_them(file, out, weights, replace=replace)
    people = sum(one.people for one in made.practices)
    bands = f"{len(made.groups)} groups by sex and age" if made.by_sex_and_age else "sizes alone"
    click.echo(f"{people:,} people in {len(made.practices):,} practices; {bands}")
    click.echo(f"written to {printable(out)}", err=True)


_COMMANDS = {
    "run": "questions.run.command",
    **{name: f"questions.{name}.command" for name in QUESTIONS},
    # Its report is a document.
    "fit": "documents.fit_command",
    "backtest": "charts.backtest_command",
    "chart": "charts.command",
    "report": "documents.command",
    "lab": "lab.command",
    "check": "questions.check.command",
    "schema": "cli",
    "init": "cli",
    "convert": "cli",
    "import-lists": "cli",
    "validate": "validation.command",
}
"""The register: where each command is, in the order in which the help lists them."""
for name, module in _COMMANDS.items():
    commands.add_command(offer(getattr(import_module(f"simulator.{module}"), name.replace("-", "_"))))


def main() -> None:
    """Run the command; turn what went wrong into a message and an exit code."""
    as_ever()
    _open_what_is_closed()
    for stop in _STOPPING_SIGNALS:
        # Whoever has it ignored, as nohup has, means it.
        if signal.getsignal(stop) is not signal.SIG_IGN:
            signal.signal(stop, end)
    try:
        sys.exit(commands.main(standalone_mode=False) or 0)
    except InputError as error:
        _end(error, _BAD_INPUT)
    except click.exceptions.Exit as wanted:
        sys.exit(wanted.exit_code)
    except (click.Abort, KeyboardInterrupt) as stopped:
        # Click wraps an interrupt; a command that keeps what it has done says so in it.
        kept = str(stopped.__cause__ or stopped)
        _end_workers()
        leave_at_once(f"stopped; {kept or 'nothing was written'}")
    except click.ClickException as error:
        _say_wrong_use(error)
        sys.exit(error.exit_code)
    except (OSError, RuntimeError, MemoryError) as error:
        _say_what_failed(error)


def _say_what_failed(error: OSError | RuntimeError | MemoryError) -> NoReturn:
    """Say what the system did not give, and end."""
    if isinstance(error, BrokenPipeError):
        # Whoever read our output has gone (a pager, head): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    if isinstance(error, MemoryError):
        _end(f"out of memory: ask for fewer --contracts ({str(error) or 'no more can be had'})", 1)
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        problem = Problem(shown(error.filename), "a name that the system takes", "one that is too long")
        _end(InputError([problem]), _BAD_INPUT)
    if isinstance(error, OSError) and error.filename is None and error.errno == errno.ENOSPC:
        _end(f"what is printed could not be written: {error.strerror}", 1)
    _end(error, 1)


def _open_what_is_closed() -> None:
    """Give a place to what is said where nobody listens: no file of ours may get the number of a stream."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            null = os.open(os.devnull, os.O_RDWR)
            if null != number:
                os.dup2(null, number)
                os.close(null)
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8"))


def _say_wrong_use(error: click.ClickException) -> None:
    """Say what is wrong with the options, as click does, but nothing that acts on a terminal."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    usage = f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n\n" if context else ""
    click.echo(f"{usage}Error: {harmless(error.format_message(), _LONGEST_MESSAGE)}", err=True)


def _end(why: object, code: int) -> NoReturn:
    click.echo(harmless(f"cluster-risk: {why}"), err=True)
    sys.exit(code)


def _end_workers() -> None:
    """End worker processes without waiting for them to tidy up."""
    import multiprocessing

    for worker in multiprocessing.active_children():
        worker.kill()
