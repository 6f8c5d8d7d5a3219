"""The command `chart`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simulator.answers.command import (
    contracts_option,
    overrides_option,
    regimes_option,
    replace_option,
    row_of,
    seed_option,
)
from simulator.answers.workers_options import workers_option
from simulator.errors import Problem, Problems, printable, shown, unknown
from simulator.imports import quick_imports
from simulator.letters import harmless

if TYPE_CHECKING:
    from simulator.charts.chart import Chart
    from simulator.charts.study import Study
    from simulator.execution.blocks import Workers
    from simulator.scenario.scenario import Scenario

ALL = "all"
_LONGEST_ENDING = 100
"""Of a file's name: clusters' names may be long, and many."""
THEME_HELP = "TOML file of a house's colours, font, logo and name."


@click.command()
@click.argument("scenario")
@click.argument("name")
@click.option(
    "--cluster",
    "clusters",
    multiple=True,
    help="Draw this cluster alone; all of them by default. Can be given again.",
)
@click.option(
    "--year", help="Of the running position: this contract year, such as 2011/12; the first by default."
)
@click.option("--measure", help="Of the tornado and the heat map: this column of the summary.")
@click.option(
    "--vary", multiple=True, metavar="KEY=VALUES", help="Of the heat map (two keys) and the frontier."
)
@click.option("--minimise", multiple=True, metavar="MEASURE", help="Of the frontier: a goal.")
@click.option("--maximise", multiple=True, metavar="MEASURE", help="Of the frontier: a goal.")
@click.option("--compare", multiple=True, metavar="FILE", help="Of the regimes: files, or names with *.")
@click.option("--actuals", type=click.Path(path_type=Path), help="Of the forecast: as for `forecast`.")
@click.option("--budgets", type=click.Path(path_type=Path), help="Of the forecast: as for `forecast`.")
@click.option("--size", "size_name", default="page", show_default=True, help="column, page or slide.")
@click.option("--title", help="Of one chart: instead of its own.")
@click.option("--subtitle", help="Of one chart: instead of its own.")
@click.option("--theme", "theme_file", metavar="FILE", help=THEME_HELP)
@click.option("--format", "kind", help="svg (the default), png or pdf.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("charts"),
    show_default=True,
    help="Folder for charts and their data; or for one chart, a file.",
)
@replace_option
@contracts_option
@seed_option
@workers_option
@regimes_option
@overrides_option
def chart(
    scenario: str,
    name: str,
    clusters: tuple[str, ...],
    size_name: str,
    title: str | None,
    subtitle: str | None,
    theme_file: str | None,
    kind: str | None,
    out: Path,
    replace: bool,
    contracts: int | None,
    seed: int | None,
    workers: Workers,
    regimes: tuple[str, ...],
    overrides: tuple[str, ...],
    **given: Any,
) -> None:
    """Draw the chart NAME of SCENARIO, or all of them, ready for a document.

    SCENARIO is a scenario file, or a folder that `run --out` wrote: its contracts are simulated again,
    and must come out as they did. Beside each chart stands a CSV file of what it shows. A NAME that
    there is not lists those that there are.
    """
    with quick_imports():
        from simulator.charts.look import SIZES, Look, looking
        from simulator.charts.register import CHARTS, needed, several_problems
        from simulator.charts.study import Study
        from simulator.charts.themes import theme_of
        from simulator.simulation.draws import Draws
        from simulator.simulation.saved_result import scenario_or_result

    chosen = tuple(dict.fromkeys(str(row_of(one)) for one in clusters))
    names = tuple(one for one in CHARTS if not needed(one)) if name == ALL else (name,)
    targets = _targets(out, names, chosen, kind)
    problems = Problems(unknown("NAME", name, (*CHARTS, ALL)))
    problems += _out_problems(out, targets, kind, several=name == ALL, replace=replace)
    options = {key: value for key, value in given.items() if value}
    problems += _option_problems(options, names)
    problems += unknown("--size", size_name, tuple(SIZES))
    problems += _words_of_one({"--title": title, "--subtitle": subtitle}) if name == ALL else []
    problems += several_problems(names, chosen)
    draws = Draws(contracts, seed, workers)
    with problems.noted():
        theme = theme_of(theme_file)
    with problems.noted():
        loaded, _, simulated = scenario_or_result(scenario, overrides, regimes, draws)
        problems += _missing(loaded, chosen, options)
    problems.report()
    study = Study(simulated(), draws.workers)
    look = Look(SIZES[size_name], theme, title=harmless(title or ""), subtitle=harmless(subtitle or ""))
    with looking(look):
        charts = _drawn(study, names, chosen, options)
    # All are drawn before the first is written: it is all of them, or none.
    _write(charts, targets, replace=replace)


def _words_of_one(words: Mapping[str, str | None]) -> list[Problem]:
    """Return the problem with words for one chart where several are drawn."""
    return [Problem(one, "left out but for one chart", shown(text)) for one, text in words.items() if text]


def _write(charts: Sequence[Chart], targets: Sequence[Path], *, replace: bool) -> None:
    """Write charts with their data, and say what each shows."""
    for chart, target in zip(charts, targets, strict=True):
        _, data = chart.save(target, replace=replace)
        click.echo(f"{harmless(chart.alt)}\n")
        click.echo(f"written to {printable(target)} and {printable(data)}", err=True)


def _drawn(
    study: Study, names: Sequence[str], clusters: Sequence[str], options: Mapping[str, Any]
) -> list[Chart]:
    """Draw charts, each with those of the options that it takes; those of one cluster are of all together."""
    from simulator.answers.progress import progress_bar
    from simulator.charts.register import OF_SEVERAL, draw, options_of

    charts: list[Chart] = []
    with progress_bar(len(names), "charts") as show:
        for name in names:
            taken = {key: value for key, value in options.items() if key in options_of(name)}
            drawn = clusters if len(clusters) == 1 or name in OF_SEVERAL else ()
            charts.append(draw(study, name, drawn, **taken))
            show(len(charts))
    return charts


def _option_problems(options: Mapping[str, object], names: Sequence[str]) -> list[Problem]:
    """Return the options that charts lack, and those that no chart takes which is drawn."""
    from simulator.charts.register import CHARTS, needed, options_of

    takers = {option: [name for name in CHARTS if option in options_of(name)] for option in options}
    lacking = [(one, name) for name in names for one in needed(name) if one not in options]
    return [Problem(f"--{one}", f"given for {name}", "nothing") for one, name in lacking] + [
        Problem(f"--{option}", f"left out but for {', '.join(takers[option])}", shown(value))
        for option, value in options.items()
        if not set(names).intersection(takers[option])
    ]


def _missing(scenario: Scenario, clusters: Sequence[str], options: Mapping[str, Any]) -> Problems:
    """Return what is asked for that the scenario has not."""
    from simulator.answers.table import column_named
    from simulator.errors import unknown
    from simulator.questions.compare.ask import with_each
    from simulator.questions.forecast.ask import year_under_way
    from simulator.risk.account_book import ALL_CLUSTERS
    from simulator.risk.measures import MEASURES
    from simulator.scenario.regimes import as_regimes, expanded
    from simulator.simulation.plan import make_plan

    years = make_plan(scenario).axes.years[1:]
    rows = (*(one.name for one in scenario.settings.clusters), *([ALL_CLUSTERS] if len(clusters) < 2 else []))
    known = {
        "cluster": rows,
        "year": years,
        "measure": tuple(column for one in MEASURES for column, _ in one.columns(len(years))),
    }
    measure = options.get("measure")
    asked: list[tuple[str, str | None]] = [("cluster", one) for one in clusters]
    asked += [("year", options.get("year")), ("measure", measure and column_named(measure))]
    problems = Problems()
    for key, name in asked:
        problems += [] if name is None else unknown(f"--{key}", name, known[key])
    if "compare" in options:
        with problems.noted():
            with_each((scenario,), as_regimes(expanded(options["compare"])))
    if "actuals" in options:
        with problems.noted():
            year_under_way(scenario, options["actuals"], options.get("budgets"))
    return problems


def _targets(out: Path, names: Sequence[str], clusters: Sequence[str], kind: str | None) -> list[Path]:
    """Return the file of each chart."""
    from simulator.charts.chart import PICTURE_FORMATS

    if out.suffix.lower().removeprefix(".") in PICTURE_FORMATS:
        return [out] * len(names)
    behind = "".join(f"-{_plain(one)}" for one in clusters)[:_LONGEST_ENDING]
    return [out / f"{name}{behind}.{kind or PICTURE_FORMATS[0]}" for name in names]


def _out_problems(
    out: Path, targets: Sequence[Path], kind: str | None, *, several: bool, replace: bool
) -> list[Problem]:
    """Return what is wrong with where charts shall go, before anything is computed."""
    from simulator.charts.chart import PICTURE_FORMATS, save_problems

    problems, where = [], f"--out {printable(out)}"
    is_file = targets[0] == out
    if kind is not None and kind not in PICTURE_FORMATS:
        problems.append(Problem("--format", f"one of {', '.join(PICTURE_FORMATS)}", shown(kind)))
    elif is_file and kind not in (None, out.suffix.lower().removeprefix(".")):
        problems.append(Problem("--format", f"that of the file, {out.suffix}", shown(kind), "leave it out"))
    if is_file and several:
        problems.append(Problem(where, "a folder, for several charts", "a file"))
    elif out.exists() and not is_file and not out.is_dir():
        hint = f"a file's name ends in {', '.join(PICTURE_FORMATS)}"
        problems.append(Problem(where, "a folder, or a file that can be made", "another file", hint))
    elif is_file or out.is_dir():
        problems += save_problems(targets, replace=replace)
    return problems


def _plain(name: str) -> str:
    """Return a cluster's name as part of a file's: letters and digits of any language, and hyphens."""
    words = "".join(letter if letter.isalnum() else " " for letter in name.lower()).split()
    return "-".join(words) or "cluster"
