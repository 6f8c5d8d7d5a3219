"""Who does the work of a command: processes of this machine, or a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

import click

from simulator.errors import Problem, Problems, shown

if TYPE_CHECKING:
    from simulator.execution.blocks import Workers

Command = TypeVar("Command", bound=Callable[..., object])
_DASK = "dask"


def _note(context: click.Context, option: click.Parameter, value: str | None) -> None:
    """Keep what `--workers`, which is read after it, is decided by."""
    context.meta[f"{__name__}.{option.name}"] = value


def _settled(context: click.Context, _: click.Parameter, workers: int | None) -> Workers:
    """Return who does the work."""
    engine, scheduler = (context.meta.get(f"{__name__}.{name}") for name in ("engine", "scheduler"))
    problems = Problems()
    if engine == _DASK and workers is not None:
        need = f"left out with --engine {_DASK}: the cluster has its own"
        problems.append(Problem("--workers", need, shown(workers)))
    if engine == _DASK and scheduler is None:
        hint = "such as --scheduler tls://HOST:8786: docs/cluster.md"
        problems.append(Problem(f"--engine {_DASK}", "used with --scheduler", "no --scheduler", hint))
    if engine != _DASK and scheduler is not None:
        problems.append(Problem("--scheduler", f"used with --engine {_DASK}", shown(scheduler)))
    problems.report()
    if engine == _DASK and scheduler is not None:
        from simulator.execution.dask_cluster import DaskCluster

        return DaskCluster(scheduler)
    return (os.cpu_count() or 1) if workers is None else workers


_OPTIONS = (
    click.option(
        "--workers",
        type=int,
        callback=_settled,
        help="Processes; as many as processors by default. No effect on results.",
    ),
    click.option(
        "--engine",
        type=click.Choice(["processes", _DASK]),
        default="processes",
        is_eager=True,
        expose_value=False,
        callback=_note,
        help="dask: the workers of a Dask cluster do the work. No effect on results.",
    ),
    click.option(
        "--scheduler",
        metavar="ADDRESS",
        is_eager=True,
        expose_value=False,
        callback=_note,
        help="Of the Dask cluster: tls://HOST:PORT, or tcp://127.0.0.1:PORT.",
    ),
)


def workers_option(command: Command) -> Command:
    """Add the options that say who does the work; the command takes `workers`."""
    for option in reversed(_OPTIONS):
        option(command)
    return command
