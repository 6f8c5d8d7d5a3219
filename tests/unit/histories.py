"""Small histories as files, and scenarios that know their practices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from simulator.history import History, HistoryFiles, HistoryOptions, read_history
from simulator.scenario.scenario import Scenario
from tests.builders import checked, line_of, scenario_of

PRACTICES = "practice_code,list_size,m0_64,m65_plus,f0_64,f65_plus\n" + "".join(
    f"{code},{size},{size // 2 - 100},100,{size // 2 - 200},200\n"
    for code, size in (("A1", 4000), ("A2", 6000), ("B1", 8000), ("B2", 2000), ("C1", 5000))
)
WEIGHTS = "sex,age_band,old\nM,0-64,1\nM,65+,5\nF,0-64,1\nF,65+,5\n"
YEARS = [(year, month) for year in range(2010, 2014) for month in range(1, 13)]
NOTHING_SAID = HistoryOptions()
THREE_YEARS = [one for one in YEARS if (2010, 4) <= one <= (2013, 3)]


def scenario_in(folder: Path, need_weights: str = "people") -> Scenario:
    """Return a scenario of two clusters of two practices each, and one practice in none."""
    (folder / "practices.csv").write_text(PRACTICES)
    (folder / "weights.csv").write_text(WEIGHTS)
    given = scenario_of(
        population={
            "practices_csv": "practices.csv",
            "need_weights_csv": "weights.csv",
            "outside_clusters": "the rest",
        },
        service_lines=[line_of(need_weights=need_weights), line_of("prescribing")],
        clusters=[
            {"name": "North", "practices": ["A1", "A2"]},
            {"name": "South", "practices": ["B1", "B2"]},
        ],
        rules=[],
    )
    return checked(given, folder=folder)


def usual(unit: str, line: str, month: tuple[int, int]) -> int:
    """Return the count that a small history has, which differs by unit, line and month."""
    size = {"A1": 40, "A2": 60, "B1": 80, "B2": 20, "C1": 50, "North": 100, "South": 100}.get(unit, 30)
    return size + (3 * month[1] + 5 * month[0] + len(line)) % 7


def rows_of(
    count: Callable[[str, str, tuple[int, int]], float | str | None] = usual,
    units: tuple[str, ...] = ("A1", "A2", "B1", "B2"),
    lines: tuple[str, ...] = ("admissions",),
    months: list[tuple[int, int]] = THREE_YEARS,
    by: str = "practice",
) -> str:
    """Return history.csv; a count of None leaves its row out. A case costs 100 pounds."""
    rows = [f"month,{by},line,count,spend_gbp"]
    for month in months:
        for unit in units:
            for line in lines:
                if (cases := count(unit, line, month)) is not None:
                    spend = 100 * cases if isinstance(cases, (int, float)) else ""
                    rows.append(f"{month[0]}-{month[1]:02d},{unit},{line},{cases},{spend}")
    return "\n".join(rows) + "\n"


def read(
    folder: Path,
    history: str,
    options: HistoryOptions = NOTHING_SAID,
    need_weights: str = "people",
    **tables: str,
) -> History:
    """Write tables to a folder and read them as a history."""
    paths: Mapping[str, Path] = {name: folder / f"{name}.csv" for name in ("history", *tables)}
    for name, text in (tables | {"history": history}).items():
        paths[name].write_text(text)
    return read_history(HistoryFiles(**paths), scenario_in(folder, need_weights), options)
