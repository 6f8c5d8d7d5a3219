"""The command `init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Write a commented scenario and its tables to FOLDER, to start from."""
    from simulator.scenario.starter import write_starter

    written = write_starter(folder)
    for path in written:
        click.echo(f"written: {path}")
    click.echo(f"next: cluster-risk check {written[0]}")
