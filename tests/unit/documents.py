"""Documents of small scenarios, and what can be read back from their files."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from PIL import Image

from simulator.charts.chart import Chart
from simulator.charts.register import draw
from simulator.charts.study import Study
from simulator.documents import quotes
from simulator.documents.blocks import Document
from simulator.documents.contents import document_of
from simulator.documents.formats import lay_out, typesetter
from tests.builders import BOND, POOL, SURPLUS, cluster_of, scenario_of, simulated

AWKWARD = 'Ely & "North" <Isle> — Ĉ'
NO_BOND = [{**SURPLUS, "needs_bond": False}, POOL]

LEAST_FILLED = 0.7
"""Of the height of each page of the annex between its cover and its last, its foot left out."""
ONE_YEAR = {"start_year": 2010, "start_month": 7, "years": 1}
TEN_YEARS = {"start_year": 2010, "years": 10}
EDGES = {
    "awkward name, one year": scenario_of(
        title="Ely & <North> #1 $x$",
        clusters=[cluster_of(AWKWARD), cluster_of("*a_b*")],
        contract=ONE_YEAR,
    ),
    "one cluster": scenario_of(clusters=[cluster_of("Only")]),
    "forty clusters": scenario_of(clusters=[cluster_of(f"Cluster {number}") for number in range(1, 41)]),
    "bond of zero, ten years": scenario_of(
        rules=[SURPLUS, {**BOND, "share_of_annual_budget": 0.0}, POOL], contract=TEN_YEARS
    ),
    "no bond rule": scenario_of(rules=NO_BOND),
    "no rules": scenario_of(rules=[]),
    "nobody overspends": scenario_of(budgets={"rule": {"rule": "expected_spend", "margin_share": 1.0}}),
    "everybody overspends": scenario_of(budgets={"rule": {"rule": "expected_spend", "margin_share": -0.5}}),
    "savers": scenario_of(
        clusters=[cluster_of("Saver", true_saving_share=0.02), cluster_of("Other", takes_share=False)]
    ),
}
"""What a document must bear; two clusters and two years where nothing else is said."""


@contextmanager
def charts_drawn_once() -> Iterator[None]:
    """Let all clusters show the first one's charts: drawing forty takes longer than all else."""
    with pytest.MonkeyPatch.context() as patch:
        drawn: dict[tuple[str, bool], Chart] = {}

        def once(study: Study, name: str, cluster: str | None) -> Chart:
            kind = name, cluster is None
            if kind not in drawn:
                drawn[kind] = draw(study, name, cluster)
            return drawn[kind]

        patch.setattr(quotes, "draw", once)
        patch.setattr(Chart, "rendered", cache(Chart.rendered))
        yield


def study_of(mapping: dict[str, object], *overrides: str, contracts: int = 400) -> Study:
    """Return a small study of a mapping."""
    return Study(simulated(mapping, *overrides, contracts=contracts))


def document(mapping: dict[str, object], *overrides: str) -> Document:
    """Return the document of a mapping."""
    return document_of(study_of(mapping, *overrides))


class Page(HTMLParser):
    """What a browser finds in a page: tags with their attributes, and the numbers in it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    @property
    def numbers(self) -> list[dict[str, str]]:
        """Attributes of every number."""
        return [dict(attributes) for _, attributes in self.tags if "data-measure" in attributes]

    def named(self, *names: str) -> list[tuple[str, dict[str, str | None]]]:
        """Tags of some names, in order."""
        return [one for one in self.tags if one[0] in names]


def parts_of(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the parts of a Word or Excel file that are text, by name."""
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if name.endswith((".xml", ".rels")):
                yield name, packed.read(name).decode("utf-8")


def filled_of_pages(made: Document, folder: Path, *, with_last: bool = False) -> list[float]:
    """Return down to which part of its height each page between cover and last of an annex is filled."""
    filled = []
    apart = sum(section.one_page for section in made.sections) + (not with_last)
    for page in typesetter(lay_out(made, folder)).compile(format="png", ppi=12):
        picture = Image.open(io.BytesIO(page)).convert("L").point(lambda light: 255 * (light < 200))
        box = picture.crop((0, 0, picture.width, int(0.92 * picture.height))).getbbox()
        filled.append(box[3] / picture.height if box else 0.0)
    return filled[1 : len(filled) - apart]
