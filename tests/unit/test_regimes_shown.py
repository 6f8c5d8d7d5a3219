"""Regimes in a chart and in a report."""

from __future__ import annotations

import pytest

from simulator.charts.register import draw
from simulator.charts.study import Study
from simulator.documents.blocks import Heading, Paragraph, TableBlock
from simulator.documents.contents import document_of
from simulator.questions.compare.regimes import AS_GIVEN, LUCK
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.regimes import Regime, regime_of
from tests.builders import scenario_of, simulated
from tests.e2e.command import SMALL, cluster_risk
from tests.unit.faults_of_charts import faults
from tests.unit.problems import problems_of_call

LONG = "All that is left goes to practices, and nothing whatever comes back to anybody else"
REGIMES = (
    regime_of("all.toml", f'title = "{LONG[:80]}"\nquestion = "All?"\n[rules.surplus]\npractice_share = 1.0'),
    regime_of("none.toml", 'title = "No rules"\nrules = []'),
)


@pytest.fixture(scope="module")
def study() -> Study:
    return Study(simulated(scenario_of(), contracts=200))


@pytest.mark.parametrize("cluster", [None, "North"])
def test_the_chart_has_the_comparison_s_numbers_and_is_whole(study: Study, cluster: str | None) -> None:
    chart, found = draw(study, "regimes", cluster, compare=REGIMES), study.regimes(REGIMES)
    name = cluster or ALL_CLUSTERS
    assert not faults(chart)
    assert set(chart.data["regime"]) == set(found.names)
    for row in chart.data.to_dict("records"):
        paired = found.estimate(found.names.index(row["regime"]), row["measure"], name)
        assert paired is not None
        assert row["value"] == paired.estimate.value
    assert f"{AS_GIVEN}: Practices" in chart.alt
    assert "No rules: Practices £0, Patients £0, PCT" in chart.alt


def test_what_the_chart_needs(study: Study) -> None:
    (problem,) = problems_of_call(lambda: draw(study, "regimes", "Nowhere", compare=REGIMES))
    assert "North" in problem.need
    (one,) = problems_of_call(lambda: draw(study, "regimes", compare=["no-*.toml"]))
    assert "no-*.toml" in one.where
    asked = cluster_risk("chart", SMALL, "regimes")
    assert asked.returncode == 2
    assert "--compare" in asked.stderr


def test_the_report_compares_options_where_regimes_are_given(study: Study) -> None:
    document, without = document_of(study, regimes=REGIMES), document_of(study)

    def headings(of: object) -> list[str]:
        return [one.text for one in of.blocks if isinstance(one, Heading)]  # type: ignore[attr-defined]

    assert "Options compared" not in headings(without)
    section = next(
        one
        for one in document.sections
        if isinstance(one.blocks[0], Heading) and one.blocks[0].text == "Options compared"
    )
    tables = [block for block in section.blocks if isinstance(block, TableBlock)]
    assert [row[0] for row in tables[0].texts] == [AS_GIVEN, *(one.title for one in REGIMES)]
    found = study.regimes(REGIMES)
    luck = found.estimate(1, LUCK, ALL_CLUSTERS)
    assert luck is not None
    quoted = [one for one in document.numbers if one.measure == LUCK and one.row == REGIMES[0].title]
    assert quoted[0].value == luck.estimate.value
    text = " ".join(block.text for block in section.blocks if isinstance(block, Paragraph))
    assert "Differs beyond chance from the scenario as given" in text
    assert dict(document.provenance)["regimes compared"] == "all.toml; none.toml"
    assert isinstance(REGIMES[0], Regime)


def test_the_report_is_written_with_its_options(tmp_path) -> None:
    path = tmp_path / "half.toml"
    path.write_text('title = "Half"\nquestion = "What of a half?"\n[rules.surplus]\npractice_share = 0.5\n')
    few = ("--contracts", "100", "--format", "html", "--out", tmp_path / "report")
    ran = cluster_risk("report", SMALL, "--compare", tmp_path / "h*.toml", *few)
    assert ran.returncode == 0, ran.stderr
    assert "What of a half?" in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    path.write_text('title = "Half"\n[rules.surplus]\npractice_share = 5\n')
    refused = cluster_risk("report", SMALL, "--compare", path, "--out", tmp_path / "other")
    assert refused.returncode == 2
    assert f"{path}, line 3, rules.surplus.practice_share" in refused.stderr
