"""Slides: findings as titles, charts that can be edited, and their numbers in words."""

from __future__ import annotations

import pytest
from pptx import Presentation

from simulator.documents.blocks import SlideChart
from simulator.documents.contents import write_document
from tests.builders import cluster_of, scenario_of
from tests.unit.documents import document, parts_of

SAID = {"organisation": "Example PCT", "version": "Draft 7"}
FEW = scenario_of(clusters=[cluster_of("North"), cluster_of("South")], document=SAID)


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    folder = tmp_path_factory.mktemp("slides")
    made = document(FEW)
    write_document(made, folder, ("pptx",))
    return made, folder


def _charts(show):
    return [shape for slide in show.slides for shape in slide.shapes if shape.has_chart]


def test_eight_slides_have_findings_notes_and_charts_that_hold_the_answers_numbers(shown):
    made, folder = shown
    show = Presentation(folder / "report.pptx")
    assert len(show.slides) == 8
    titles = [slide.shapes.title.text_frame.text for slide in show.slides]
    assert titles == [made.title, *(slide.title for slide in made.slides)]
    assert all(len(title.split()) <= 20 for title in titles)
    charts = [slide.chart for slide in made.slides if slide.chart is not None]
    frames = _charts(show)
    assert len(frames) == len(charts) == 6
    known = {(one.row, one.measure): one.value for one in made.numbers}
    for frame, chart in zip(frames, charts, strict=True):
        (plot,) = frame.chart.plots
        assert tuple(plot.categories) == chart.places
        for drawn, series in zip(plot.series, chart.series, strict=True):
            for value, one in zip(drawn.values, series.numbers, strict=True):
                assert known[one.row, one.measure] * (100 if chart.is_points else 1) == pytest.approx(value)
        said = frame._element.nvGraphicFramePr.cNvPr.get("descr")
        assert chart.in_words in said
        assert frame.chart.value_axis.minimum_scale <= 0 <= frame.chart.value_axis.maximum_scale
    notes = [slide.notes_slide.notes_text_frame.text for slide in list(show.slides)[1:]]
    assert all(notes)
    assert "±" in notes[-1]


def test_nothing_of_the_librarys_is_left(shown):
    _, folder = shown
    parts = dict(parts_of(folder / "report.pptx"))
    assert "Example PCT" in parts["docProps/core.xml"]
    assert "Canty" not in "".join(parts.values())
    assert not [name for name in parts if "thumbnail" in name or "printerSettings" in name]
    assert len([name for name in parts if name.startswith("ppt/slideLayouts/slideLayout")]) == 3


def test_many_clusters_and_few_rules_have_slides_too(tmp_path):
    names = (
        *(f"Cluster {at}" for at in range(1, 18)),
        "A cluster whose name is of the longest that there can be",
    )
    many = scenario_of(clusters=[cluster_of(name) for name in names], rules=[])
    made = document(many)
    write_document(made, tmp_path, ("pptx",))
    charts = [slide.chart for slide in made.slides if isinstance(slide.chart, SlideChart)]
    assert len(charts[0].places) == 15
    shown = _charts(Presentation(tmp_path / "report.pptx"))[0].chart.plots[0].categories
    assert "A cluster whose name is of the longest that…" in shown
    assert charts[0].axis.endswith("the first 15 of 18 clusters")
    assert len(Presentation(tmp_path / "report.pptx").slides) == len(made.slides) + 1
    assert "practice share" not in " ".join(slide.title for slide in made.slides)
