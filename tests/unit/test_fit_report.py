"""Charts and the report of a fit: whole on the paper, and with the fit's own numbers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click
import numpy as np
import pytest

from simulator.charts.fit_chance import lognormal_quantiles
from simulator.charts.fit_lines import seasons_by_year
from simulator.charts.fits import FIT_CHARTS, fit_charts
from simulator.documents.blocks import TableBlock
from simulator.documents.contents import DOCUMENT_FORMATS
from simulator.documents.fit_command import fit
from simulator.documents.fit_report import report_file, report_of
from simulator.errors import InputError
from simulator.fitting.observed import Months
from simulator.history.breaks import Break
from simulator.questions.fit.answer import FitAnswer
from tests.unit.faults_of_charts import faults
from tests.unit.fits import fitted


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> FitAnswer:
    costs = "line,cost_gbp\n" + "".join(f"admissions,{100 + 7 * at}\n" for at in range(40))
    return fitted(tmp_path_factory.mktemp("fit") / "files", costs=costs)


def test_every_chart_is_whole_and_short_of_title(answer: FitAnswer) -> None:
    charts = list(fit_charts(answer))
    assert [chart.name for chart in charts] == list(FIT_CHARTS)
    for chart in charts:
        assert faults(chart) == [], chart.name
        assert len(chart.title.split()) <= 15, chart.title
        assert "nan" not in chart.alt


def test_levels_are_the_estimates(answer: FitAnswer) -> None:
    data = FIT_CHARTS["levels"](answer).data.set_index("cluster")
    for cluster, figure in answer.estimates.need.items():
        assert data.loc[cluster, "fitted"] == figure.value
        assert 0 <= data.loc[cluster, "credibility"] <= 1


def test_a_season_by_hand() -> None:
    # As many cases a day in every month, but twice as many in April.
    months = tuple((2010 + (month > 12), (month - 1) % 12 + 1) for month in range(4, 16))
    days = np.array([30, 31, 30, 31, 31, 30, 31, 30, 31, 31, 28, 31], dtype=float)
    counts = days * np.array([2.0] + [1.0] * 11)
    both = counts[None, None]
    found = seasons_by_year(Months(("A",), ("x",), months, both, both), 0)
    assert list(found) == [2010]
    assert found[2010] == pytest.approx([24 / 13] + [12 / 13] * 11)


def test_a_lognormal_s_median_by_hand() -> None:
    # Costs 1, 1, 4 have mean 2 and CV sqrt(2) / 2; the median of the law is 2 / sqrt(1 + 1/2).
    assert lognormal_quantiles(np.array([1.0, 1.0, 4.0]))[1] == pytest.approx(2 / np.sqrt(1.5))


def test_the_report_holds_every_figure(answer: FitAnswer) -> None:
    blocks = [block for block in report_of(answer).blocks if isinstance(block, TableBlock)]
    table = next(block for block in blocks if block.table.name == "figures")
    assert len(table.texts) == len(answer.figures)
    assert [row[4] for row in table.texts] == [one.source for one in answer.figures]


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_it_is_written(answer: FitAnswer, tmp_path: Path, kind: str) -> None:
    with report_file(answer, tmp_path / f"fit.{kind}"):
        assert not (tmp_path / f"fit.{kind}").exists()
    assert (tmp_path / f"fit.{kind}").stat().st_size > 10_000


def test_another_ending_is_refused(answer: FitAnswer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--report"), report_file(answer, tmp_path / "fit.txt"):
        pass


def test_ctrl_c_while_the_report_is_written_leaves_no_scenario(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setitem(DOCUMENT_FORMATS, "html", interrupted)
    example = Path(__file__).resolve().parents[2] / "scenarios" / "history-example"
    given = [
        example / "history.csv",
        "--lists",
        example / "lists.csv",
        "--scenario",
        example / "clusters.toml",
    ]
    asked = [*given, "--out", tmp_path / "mine.toml", "--report", tmp_path / "fit.html"]
    with pytest.raises(click.Abort):
        fit.main([str(one) for one in asked], standalone_mode=False)
    assert list(tmp_path.iterdir()) == []


def test_breaks_are_drawn_where_they_were_found(answer: FitAnswer) -> None:
    found = (
        Break("P01", "admissions", (2011, 7), 0.4, 7.0),
        Break("P02", "admissions", (2012, 1), -0.2, -5.0),
    )
    chart = FIT_CHARTS["breaks"](replace(answer, history=replace(answer.history, breaks=found)))
    assert faults(chart) == []
    assert chart.title == "Two breaks found; the clearest: P01, from 2011-07"
    assert chart.data["month"].tolist() == ["2011-07", "2012-01"]
    assert chart.data["change_share"].tolist() == [0.4, -0.2]


def test_the_table_of_figures_has_their_values(answer: FitAnswer) -> None:
    blocks = [block for block in report_of(answer).blocks if isinstance(block, TableBlock)]
    table = next(block for block in blocks if block.table.name == "figures")
    rates = [row for row in table.texts if row[1] == "cases per 1,000"]
    expected = [f"{figure.value:,.4g}" for figure in answer.estimates.rate_per_1000.values()]
    assert [row[2] for row in rates] == expected
