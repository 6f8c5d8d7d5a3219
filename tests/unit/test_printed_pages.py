"""Charts in documents: printed as wide as they are drawn, for their letters to be read; and full pages."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from simulator.answers.table import Column, Table, text
from simulator.charts.chart import Chart
from simulator.charts.look import PAGE
from simulator.charts.register import draw
from simulator.charts.strips import SMALLEST
from simulator.documents import formats
from simulator.documents.blocks import Heading, Picture, Section, TableBlock
from simulator.documents.contents import document_of
from simulator.documents.formats import lay_out, typesetter
from simulator.risk.estimate import Unit
from tests.builders import cluster_of, scenario_of
from tests.unit.documents import EDGES, LEAST_FILLED, document, filled_of_pages, study_of

if TYPE_CHECKING:
    from typst import Compiler

ONE = EDGES["one cluster"]


def words_of(chart: Chart) -> set[str]:
    """Return what stands on a picture beside its panels."""
    return {text.get_text().replace("\n", " ") for text in chart.figure.texts}


def test_a_chart_is_printed_as_wide_as_it_is_drawn(tmp_path: Path) -> None:
    ink = Figure(figsize=(PAGE.width_in, 2.0))
    ink.add_artist(Rectangle((0, 0), 1, 1, color="black"))
    picture = Picture("Ink.", Chart.of("outturn", "Ink", ink, [], "Ink.", "Nowhere."))
    made = replace(document(ONE), sections=(Section((Heading(1, "Ink"), picture)),))
    pages: Any = typesetter(lay_out(made, tmp_path)).compile(format="png", ppi=72)
    dark = np.asarray(Image.open(io.BytesIO(pages[-1])).convert("L")) < 50
    assert dark.sum(axis=1).max() / 72 == pytest.approx(PAGE.width_in, abs=0.04)
    assert SMALLEST >= 7.5


def test_a_heading_stands_over_its_numbers_where_few_have_an_error(tmp_path: Path) -> None:
    ends = {}
    for name, cells in {"few": ("1.2", "3.4", "5.6 ±0.1"), "most": ("1.2", "3.4 ±0.1", "5.6 ±0.1")}.items():
        (tmp_path / name).mkdir()
        table = Table("", "t", (text("a", ["r"] * 3), Column("n", "Bond £m", Unit.TEXT, cells)))
        made = replace(document(ONE), sections=(Section((TableBlock(table),)),))
        pages: Any = typesetter(lay_out(made, tmp_path / name)).compile(format="png", ppi=144)
        ends[name] = right_ends(np.asarray(Image.open(io.BytesIO(pages[-1])).convert("L")))
    heading, without, _, with_error = ends["few"]
    assert abs(heading - without) < 6 < with_error - heading
    heading, without, _, with_error = ends["most"]
    assert abs(heading - with_error) < 6 < heading - without


def right_ends(page: np.ndarray[Any, Any]) -> list[int]:
    """Return where each line of a table's last column ends, a page's foot left out."""
    dark = page[: int(0.9 * len(page)), 500:] < 110
    inked = np.flatnonzero(dark.any(axis=1))
    lines = np.split(inked, np.flatnonzero(np.diff(inked) > 1) + 1)
    return [int(np.flatnonzero(dark[line].any(axis=0)).max()) for line in lines if len(line) > 6]


def test_where_numbers_come_from_stands_on_charts_that_stand_alone() -> None:
    study = study_of(ONE)
    pictures = [one for one in document_of(study).blocks if isinstance(one, Picture)]
    assert pictures
    assert not any(study.source in words_of(one.chart) for one in pictures)
    assert study.source in words_of(draw(study, "outturn"))


def test_pages_of_few_and_of_many_clusters_are_well_filled(tmp_path: Path) -> None:
    # Those of seven are looked at in test_readers.
    for name, clusters in (("few", 2), ("many", 15)):
        (tmp_path / name).mkdir()
        made = document(scenario_of(clusters=[cluster_of(f"Cluster {at}") for at in range(clusters)]))
        assert min(filled_of_pages(made, tmp_path / name)) > LEAST_FILLED


def test_pages_are_as_full_with_rows_of_known_heights_as_with_their_cells(tmp_path: Path) -> None:
    source = lay_out(document(scenario_of(clusters=[cluster_of(one) for one in "ab"])), tmp_path)
    typesetter(source)
    for looseness in (0.86, 1.0, 1.1):
        whole, known = (
            formats._least_filled(
                formats._compiler(source, [formats.FONTS], looseness, {"part": "annex", "document": name})
            )
            for name in ("document.json", formats._LOOKED_AT)
        )
        # A line that ends between two rows of the picture may colour either.
        assert known == pytest.approx(whole, abs=1.5 * formats._LAST_COUNTS / 140)


@pytest.mark.parametrize(("last", "is_enough"), [(0.3, False), (0.55, True)])
def test_a_last_page_that_is_two_thirds_empty_is_not_full_enough(last: float, is_enough: bool) -> None:
    """Where another way to set the same words leaves it fuller, that is taken."""

    class Pages:
        def compile(self, **how: object) -> list[bytes]:
            return [_page(filled) for filled in (0.9, 0.85, 0.9, last)]

    assert (formats._least_filled(cast("Compiler", Pages())) >= formats._FILLED) == is_enough


def _page(filled: float) -> bytes:
    """Return a page as a picture, with ink down to a part of its height."""
    drawn, page = io.BytesIO(), np.full((100, 70), 255, np.uint8)
    page[: int(100 * filled)] = 0
    Image.fromarray(page).convert("RGB").save(drawn, "png")
    return drawn.getvalue()
