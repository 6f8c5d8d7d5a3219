"""Commands that write scenarios, tables and their schema: `init`, `convert`, `schema`, `import-lists`."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.answers.command import overrides_option, regimes_option
from simulator.errors import InputError, Problem, printable


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
