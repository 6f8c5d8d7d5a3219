"""What a house has of its own: a theme of colours, letters and logo, and a template for Word."""

from __future__ import annotations

import io
import zipfile

import docx
import pytest
from click.testing import CliRunner
from docx.shared import Cm
from PIL import Image

from simulator.charts.look import COLOURS, Look, Theme, looking
from simulator.charts.register import draw
from simulator.charts.themes import contrast, read_theme
from simulator.cli import commands
from simulator.documents.blocks import Items, Picture
from simulator.documents.contents import document_of, write_document
from simulator.documents.word_styles import read_template
from simulator.errors import InputError
from tests.builders import cluster_of, scenario_of
from tests.unit.documents import Page, parts_of, study_of

THEME = """
organisation = "Anytown PCT"
logo = "logo.png"
font = "DejaVu Serif"

[colours]
dark = "#7A003C"
light = "#dbbccb"
"""


@pytest.fixture
def house(tmp_path):
    """A folder with a theme, its logo and a template for Word that lacks some styles."""
    Image.new("RGB", (40, 20), "#7a003c").save(tmp_path / "logo.png")
    (tmp_path / "theme.toml").write_text(THEME, encoding="utf-8")
    word = docx.Document()
    section = word.sections[0]
    section.left_margin = section.right_margin = Cm(3)
    section.page_width = Cm(21)
    section.header.paragraphs[0].text = "House head"
    word.styles["Heading 1"].font.name = "House Font"
    for name in ("List Bullet", "TOC Heading"):
        style = word.styles[name].element
        style.getparent().remove(style)
    word.add_paragraph("old words")
    word.save(tmp_path / "house.docx")
    return tmp_path


def test_a_theme_is_in_charts_and_in_every_format(house):
    theme = read_theme(house / "theme.toml")
    assert theme.colours == COLOURS | {"dark": "#7a003c", "light": "#dbbccb"}
    study = study_of(scenario_of(clusters=[cluster_of("North"), cluster_of("South")]))
    made = document_of(study, theme=theme, template=read_template(house / "house.docx"))
    write_document(made, house, ("html", "pdf", "docx", "pptx"))
    page = Page(house / "report.html")
    assert page.named("img")[0][1]["alt"] == "Logo of Anytown PCT"
    text = (house / "report.html").read_text(encoding="utf-8")
    assert '--dark: #7a003c; --font: "DejaVu Serif"' in text
    slides = dict(parts_of(house / "report.pptx"))
    assert "7A003C" in slides["ppt/theme/theme1.xml"]
    assert 'typeface="DejaVu Serif"' in slides["ppt/theme/theme1.xml"]
    assert b"DejaVuSerif" in (house / "report.pdf").read_bytes()
    word = docx.Document(house / "report.docx")
    assert word.sections[0].header.paragraphs[0].text == "House head"
    assert word.styles["Heading 1"].font.name == "House Font"
    said = [one.text for one in word.paragraphs]
    assert "old words" not in said
    assert any(one.startswith("• ") for one in said)
    assert "1. " not in {one[:3] for one in said}
    # Each numbered list starts at one.
    lists = [block for block in made.blocks if isinstance(block, Items) and block.numbered]
    numbering = dict(parts_of(house / "report.docx"))["word/numbering.xml"]
    assert numbering.count('<w:startOverride w:val="1"/>') == len(lists) > 1
    assert {table.style.name for table in word.tables} == {"Cluster table"}
    # Charts are laid out for the room between the margins: their letters keep their size.
    assert {round(shape.width.cm, 2) for shape in word.inline_shapes} == {15.0}
    pictures = [block for block in made.blocks if isinstance(block, Picture)]
    assert pictures
    assert all(one.chart.source.startswith("Anytown PCT. ") for one in pictures)


def test_colours_that_cannot_be_told_apart_are_refused(house):
    (house / "bad.toml").write_text(
        'organisation = 3\nlogo = "theme.toml"\nfont = "No Such Font"\nlgo = ""\n'
        '[colours]\ngrey = "#999999"\nlight = "#1f5a90"\nred = "#000000"\nwarm = "red"\n',
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        read_theme(house / "bad.toml")
    where = {problem.where.split(", ", 1)[1] for problem in caught.value.problems}
    assert where == {
        *("line 1, organisation", "line 2, logo", "line 4, lgo", "line 6, colours.grey"),
        *("line 7, colours.light", "line 8, colours.red", "line 9, colours.warm"),
    }
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    (house / "font.toml").write_text('font = "No Such Font"', encoding="utf-8")
    with pytest.raises(InputError, match="font_files"):
        read_theme(house / "font.toml")


def test_what_is_no_word_file_is_no_template(house):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("a.txt", "a")
    (house / "a.docx").write_bytes(packed.getvalue())
    for name in ("theme.toml", "a.docx", "none.docx"):
        with pytest.raises(InputError, match="Word file"):
            read_template(house / name)


def test_several_clusters_are_drawn_and_one_chart_is_of_one(tmp_path):
    study = study_of(scenario_of(clusters=[cluster_of(name) for name in ("A", "B", "C")]))
    with looking(Look(theme=Theme())):
        assert set(draw(study, "bond-cover", ("C", "A")).data["cluster"]) == {"A", "C"}
        assert set(draw(study, "bond-cover", ("B",)).data["cluster"]) == {"B"}
    with pytest.raises(InputError, match="one cluster, or none, for pool"):
        draw(study, "pool", ("C", "A"))
    with pytest.raises(InputError, match="cluster"):
        draw(study, "bond-cover", ("C", "D"))
    asked = ["chart", "scenarios/two-clusters.toml", "outturn", "--contracts=200", f"--out={tmp_path}"]
    result = CliRunner().invoke(commands, [*asked, "--cluster=Large", "--cluster=Small"])
    assert result.exit_code == 0
    assert (tmp_path / "outturn-large-small.svg").exists()
