"""What the commands of questions share: their options, and asking, writing and printing."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.answers.workers_options import workers_option
from simulator.errors import Problem, Problems, printable, shown
from simulator.imports import quick_imports

if TYPE_CHECKING:
    from simulator.answers.answer import Answer
    from simulator.execution.blocks import Workers
    from simulator.scenario.regimes import Regime
    from simulator.scenario.scenario import Scenario
    from simulator.simulation.draws import Draws

_PCT = "simulator.pct"


def _note_pct(context: click.Context, _: click.Parameter, name: str | None) -> None:
    context.meta[_PCT] = name


def _with_pct(context: click.Context, _: click.Parameter, overrides: tuple[str, ...]) -> tuple[str, ...]:
    """Add what --pct, which is read first, says: it is a setting like any other."""
    name = context.meta.get(_PCT)
    if name is None:
        return overrides
    from simulator.scenario.keys import setting

    return (*overrides, setting("pct.only", name))


_pct_option = click.option(
    "--pct",
    metavar="NAME",
    is_eager=True,
    expose_value=False,
    callback=_note_pct,
    help="Of a scenario of several PCTs, this one alone.",
)
_set_option = click.option(
    "--set",
    "overrides",
    metavar="KEY=VALUE",
    multiple=True,
    callback=_with_pct,
    help="Override any key of the scenario, for example rules.surplus.practice_share=0.2 or "
    "clusters.*.takes_share=false. Can be given again.",
)


def overrides_option(command: Any) -> Any:
    """Give a command --set, and --pct."""
    return _pct_option(_set_option(command))


regimes_option = click.option(
    "--with",
    "regimes",
    metavar="FILE",
    multiple=True,
    help="Lay a regime over the scenario: a TOML file of policy. Can be given again; --set comes after.",
)
contracts_option = click.option(
    "--contracts", type=int, help="Simulated contracts; the scenario's own number by default."
)
seed_option = click.option("--seed", type=int, help="Seed of chance; the scenario's own by default.")
out_option = click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="CSV file for every number, or Excel file for the tables too; a new one.",
)
replace_option = click.option("--replace", is_flag=True, help="Let --out replace a file that exists.")
measure_option = click.option(
    "--measure",
    "measures",
    multiple=True,
    help="A column of the summary, with or without its unit; can be given again.",
)
clusters_option = click.option(
    "--cluster", "clusters", multiple=True, help="A cluster, besides all together; can be given again."
)
_SHARED = (
    contracts_option,
    seed_option,
    workers_option,
    out_option,
    replace_option,
    regimes_option,
    overrides_option,
)
_NO_PART_OF_THE_QUESTION = {
    "contracts",
    "seed",
    "workers",
    "out",
    "replace",
    "overrides",
    "regimes",
    "resume",
}

Show = Callable[..., None]
"""Takes how much is done, and how much there is to do where that changes."""
Ask = Callable[..., "Answer"]
"""What answers a question that has been checked: given `progress`, it shows how far it is in that."""


@dataclass
class Asked:
    """What every question is given on the command line."""

    scenarios: tuple[Scenario, ...]
    regimes: tuple[Regime, ...]  # for the question to lay over them; none where they are laid already
    draws: Draws
    out: Path | None
    is_written: bool  # whether the answer stands in a file already, and is printed only
    problems: Problems  # so far: add to them what is wrong with the question's own options
    stack: ExitStack = field(default_factory=ExitStack)  # left when the answer is written, or is not

    @property
    def scenario(self) -> Scenario:
        """The scenario, or the first of several."""
        return self.scenarios[0]

    def numbers(self, text: str, option: str, what: str) -> tuple[float, ...]:
        """Return numbers with commas between; what is none is a problem: `what` there should be."""
        found = []
        for item in text.split(","):
            try:
                found.append(float(item))
            except ValueError:
                self.problems.append(Problem(option, what, shown(item.strip() or text)))
        return tuple(found)


def question(
    unit: str, *, several: bool = False, regimes_apart: bool = False
) -> Callable[[Callable[..., Ask]], click.Command]:
    """Make a command of a function that takes an `Asked` and its own options.

    The function checks what it was given, adding to the problems, and returns what answers the question;
    that is called with a function to show progress in, counted in `unit`. Nothing is asked while there is
    any problem. The scenario, or `several`, the regimes over it, unless it is the function's part to lay
    them (`regimes_apart`), and the shared options, are the decorator's business. With an option --resume of
    its own, an answer whose file stands is asked for again and printed only.
    """
    name = "scenarios" if several else "scenario"

    def made(body: Callable[..., Ask]) -> click.Command:
        @wraps(body)
        def command(**options: Any) -> None:
            given = options.pop(name)
            paths = given if several else (given,)
            answer_question(body, paths, unit, regimes_apart=regimes_apart, **options)

        # Read from the last to the first: the scenario comes first, and what all share last.
        command.__click_params__ = []  # type: ignore[attr-defined]
        for option in reversed(_SHARED):
            option(command)
        command.__click_params__ += getattr(body, "__click_params__", [])  # type: ignore[attr-defined]
        click.argument(name, nargs=-1 if several else 1, required=True)(command)
        return click.command()(command)

    return made


def answer_question(
    body: Callable[..., Ask],
    paths: tuple[str, ...],
    unit: str,
    *,
    regimes: tuple[str, ...],
    overrides: tuple[str, ...],
    contracts: int | None = None,
    seed: int | None = None,
    workers: Workers,
    out: Path | None,
    replace: bool,
    regimes_apart: bool = False,
    **options: Any,
) -> None:
    """Load, check, ask, write and print."""
    with quick_imports():
        from simulator.answers.files import check_out, write_answer
        from simulator.answers.printer import Printer
        from simulator.answers.progress import progress_bar
        from simulator.execution.new_files import unfinished
        from simulator.scenario.regimes import as_regimes, expanded
        from simulator.scenario.scenario import load_scenario
        from simulator.simulation.draws import Draws

    problems = Problems()
    # With --replace, or where part of an answer is left, what stands is not the answer.
    goes_on = bool(options.get("resume")) and not replace
    is_written = goes_on and out is not None and out.exists() and not unfinished(out).exists()
    target = None if is_written else out
    if target is not None:
        with problems.noted():
            check_out(target, replace=replace)
    scenarios: list[Scenario] = []
    laid: tuple[Regime, ...] = ()
    with problems.noted():
        laid = as_regimes(expanded(regimes) if regimes_apart else regimes)
    for path in paths:
        with problems.noted():
            scenarios.append(load_scenario(path, overrides, () if regimes_apart else laid))
    if len(scenarios) < len(paths):
        # Without any of them there is nothing to ask about.
        problems.report()
    draws = Draws(contracts, seed, workers)
    asked = Asked(tuple(scenarios), laid if regimes_apart else (), draws, target, is_written, problems)
    with problems.noted():
        draws.of(asked.scenario)
    with asked.stack:
        with problems.noted():
            ask = body(asked, **options)
        problems.report()
        with progress_bar(None, unit) as show:
            answer = ask(progress=show)
        if target is not None:
            write_answer(target, answer, command_line(), replace=replace)
    Printer().answer(answer)
    if out is not None:
        stands = f"nothing written: {printable(out)} stands already"
        click.echo(stands if is_written else f"written to {printable(out)}", err=True)


def command_line() -> str:
    """Return the question as it was asked, without where it was written and how it was drawn."""
    from shlex import quote

    context = click.get_current_context()
    words = [context.info_name or ""]
    for parameter in context.command.params:
        value = context.params.get(parameter.name or "")
        if parameter.name in _NO_PART_OF_THE_QUESTION or value in (None, False, ()):
            continue
        if isinstance(parameter, click.Argument):
            words += map(quote, value) if isinstance(value, tuple) else []
            continue
        for one in value if isinstance(value, tuple) else (value,):
            words += [parameter.opts[0]] if one is True else [parameter.opts[0], quote(str(one))]
    return " ".join(words)


def row_of(name: str | None) -> str | None:
    """Return the row of results that a name stands for: "all" and "PCT" are all clusters together."""
    from simulator.risk.account_book import ALL_CLUSTERS

    return ALL_CLUSTERS if name is not None and name.casefold() in {"all", "pct"} else name
