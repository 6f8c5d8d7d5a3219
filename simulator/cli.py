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

from simulator.errors import InputError, Problem, shown
from simulator.interrupts import as_ever, leave_at_once
from simulator.questions import QUESTIONS

# What a terminal that closes or a system that shuts down sends; Windows has not all of them.
_STOPPING_SIGNALS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
_BAD_INPUT = 2


class _InOrder(click.Group):
    """A group whose help lists commands in the order of the register."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(cls=_InOrder, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="cluster-risk", message="%(prog)s %(version)s")
def commands() -> None:
    """Estimate what clusters of GP practices risk with a real budget.

    A scenario file says who the clusters are, what care they buy and which rules share surpluses
    and overspends. Start with `cluster-risk init my-scenario`.
    """


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--from-history", is_flag=True, help="With three years of a synthetic history to fit.")
def init(folder: Path, from_history: bool) -> None:
    """Write a commented scenario and its tables to FOLDER, to start from."""
    from simulator.scenario.starter import write_starter

    written = write_starter(folder, with_history=from_history)
    for path in written:
        click.echo(f"written: {path}")
    if not from_history:
        click.echo(f"next: cluster-risk check {written[0]}")
        return
    scenario, history, lists, *_ = written
    fitted = folder / "my-scenario.toml"
    click.echo("next:")
    click.echo(f"  cluster-risk fit {history} --lists {lists} --scenario {scenario} --out {fitted}")
    click.echo(f"  cluster-risk run {fitted}")


@click.command()
def schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    import json

    from simulator.scenario.schema import ScenarioFile

    click.echo(json.dumps(ScenarioFile.model_json_schema(), indent=2))


_COMMANDS = {
    "run": "questions.run.command",
    **{name: f"questions.{name}.command" for name in QUESTIONS},
    "chart": "charts.command",
    "report": "documents.command",
    "check": "questions.check.command",
    "schema": "cli",
    "init": "cli",
    "validate": "validation.command",
}
"""The register: where each command is, in the order in which the help lists them."""
for name, module in _COMMANDS.items():
    commands.add_command(getattr(import_module(f"simulator.{module}"), name))


def main() -> None:
    """Run the command; turn what went wrong into a message and an exit code."""
    as_ever()
    for stop in _STOPPING_SIGNALS:
        signal.signal(stop, signal.default_int_handler)
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
        error.show()
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone (a pager, head): nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            problem = Problem(shown(error.filename), "a name that the system takes", "one that is too long")
            _end(InputError([problem]), _BAD_INPUT)
        _end(error, 1)
    except (RuntimeError, MemoryError) as error:
        _end(str(error) or "out of memory", 1)


def _end(why: object, code: int) -> NoReturn:
    click.echo(f"cluster-risk: {why}", err=True)
    sys.exit(code)


def _end_workers() -> None:
    """End worker processes without waiting for them to tidy up."""
    import multiprocessing

    for worker in multiprocessing.active_children():
        worker.kill()
