"""The command `cluster-risk`: its commands, which import heavy libraries when they run, and how they end."""

from __future__ import annotations

import errno
import gc
import os
import signal
import sys
from collections import UserDict
from importlib import import_module
from typing import Any, NoReturn

import click

from simulator.errors import InputError, Problem, shown
from simulator.interrupts import as_ever, end, leave_at_once
from simulator.letters import harmless
from simulator.questions import QUESTIONS

# What a terminal that closes or a system that shuts down sends; Windows has not all of them.
_STOPPING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_BAD_INPUT = 2
_LONGEST_MESSAGE = 1_000


_COMMANDS = {
    "run": ("questions.run.command", "Simulate SCENARIO and print each cluster's risk."),
    **{name: (f"questions.{name}.command", words) for name, words in QUESTIONS.items()},
    # Its report is a document.
    "fit": ("documents.fit_command", QUESTIONS["fit"]),
    "backtest": (
        "charts.backtest_command",
        "Say how well `fit` would have predicted HISTORY's own later years.",
    ),
    "chart": ("charts.command", "Draw the chart NAME of SCENARIO, or all of them, ready for a document."),
    "report": ("documents.command", "Write a prospectus annex and a page for each cluster of SCENARIO."),
    "lab": ("lab.command", "Open a page on this machine to try policies on SCENARIO, with sliders."),
    "check": (
        "questions.check.command",
        "Check SCENARIO and print its scheme in words, population, budgets and rates; simulate nothing.",
    ),
    "schema": ("answers.scenario_files", "Print the JSON Schema of scenario files, for editors."),
    "init": ("answers.scenario_files", "Write a commented scenario and its tables to FOLDER, to start from."),
    "convert": (
        "answers.scenario_files",
        "Write the scenario SOURCE, a TOML file or an Excel workbook, as the other: TARGET.",
    ),
    "import-lists": (
        "answers.scenario_files",
        "Turn practice lists as NHS bodies publish them, in FILE, into the table that scenarios name.",
    ),
    "validate": (
        "validation.command",
        "Hold the simulator against published results, and say what does not fit and why.",
    ),
}
"""The register: where each command is and how its help begins, in the order in which the help lists them."""


class _Commands(UserDict[str, Any]):
    """The commands, each imported when it is asked for."""

    def __getitem__(self, name: str) -> click.Command:
        from simulator.answers.completion import offer

        module, _ = self.data[name]
        return offer(getattr(import_module(f"simulator.{module}"), name.replace("-", "_")))


class _InOrder(click.Group):
    """A group whose help lists commands in the order of the register."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


class _NotImported(_InOrder):
    """One that does so without importing them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        listed = {name: click.Command(name, help=words) for name, (_, words) in _COMMANDS.items()}
        _InOrder(commands=listed).format_commands(ctx, formatter)


def _say_versions(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    """Say the version, and those of the libraries that results depend on."""
    if wanted and not context.resilient_parsing:
        from simulator.execution.versions import versions

        ours, *others = versions().items()
        click.echo(" ".join(ours))
        click.echo("; ".join(map(" ".join, others)))
        context.exit()


@click.group(
    cls=_NotImported,
    commands=_Commands(_COMMANDS),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
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
    finally:
        # Python would look once more for garbage, through all there is, as it ends.
        gc.freeze()


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
