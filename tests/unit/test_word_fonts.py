"""A Word file brings its letters along, unless a house has its own."""

from __future__ import annotations

import io
import subprocess
import zipfile
from pathlib import Path
from shutil import which
from uuid import UUID

import docx
import pytest
from docx.oxml.ns import qn
from fontTools.ttLib import TTFont
from lxml import etree

from simulator.charts.look import Theme
from simulator.documents.contents import document_of, write_document
from simulator.documents.word_fonts import veiled
from tests.builders import scenario_of
from tests.unit.documents import study_of

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def written(folder: Path, **own: object) -> zipfile.ZipFile:
    write_document(document_of(study_of(scenario_of()), **own), folder, ("docx",))
    return zipfile.ZipFile(folder / "report.docx")


def test_every_face_is_embedded_and_can_be_read(tmp_path: Path) -> None:
    word = written(tmp_path)
    found = {one.get("Id"): one for one in etree.fromstring(word.read("word/_rels/fontTable.xml.rels"))}
    table = etree.fromstring(word.read("word/fontTable.xml"))
    (font,) = (one for one in table if one.get(qn("w:name")) == "Source Sans 3")
    # In the order of the standard, a stand-in first.
    assert [etree.QName(one).localname for one in font] == [
        *("altName", "charset", "family", "pitch"),
        *("embedRegular", "embedBold", "embedItalic", "embedBoldItalic"),
    ]
    assert font[0].get(qn("w:val")).endswith("Calibri")
    faces = []
    for one in font[4:]:
        relation = found[one.get(f"{{{RELATION}}}id")]
        assert relation.get("Type") == f"{RELATION}/font"
        target = relation.get("Target")
        raw = word.read(target.removeprefix("/") if target.startswith("/") else f"word/{target}")
        # Of the standard, by hand: the key's 32 digits, last pair first, twice over the first 32 bytes.
        digits = one.get(qn("w:fontKey")).strip("{}").replace("-", "")
        mask = [int(digits[at : at + 2], 16) for at in range(30, -2, -2)] * 2
        assert raw[:4] != b"\x00\x01\x00\x00"
        plain = bytes(a ^ b for a, b in zip(raw[:32], mask, strict=True)) + raw[32:]
        read = TTFont(io.BytesIO(plain))
        assert read["name"].getBestFamilyName() == "Source Sans 3"
        assert {ord(letter) for letter in "Aé£±√Ω\N{MINUS SIGN}\N{EN DASH}\N{FIGURE SPACE}"} <= set(
            read.getBestCmap()
        )
        # Its maker lets it go into files that are changed.
        assert read["OS/2"].fsType == 0
        faces.append((bool(read["OS/2"].fsSelection & 1), read["OS/2"].usWeightClass))
    assert faces == [(False, 400), (False, 700), (True, 400), (True, 700)]
    settings = [etree.QName(one).localname for one in etree.fromstring(word.read("word/settings.xml"))]
    at = settings.index("embedTrueTypeFonts")
    assert settings[at + 1] == "saveSubsetFonts"
    assert set(settings[:at]) <= {"view", "zoom"}
    assert docx.Document(tmp_path / "report.docx").styles["Normal"].font.name == "Source Sans 3"


def test_twice_veiled_is_plain() -> None:
    font, key = bytes(range(100)), UUID("00112233-4455-6677-8899-AABBCCDDEEFF")
    assert veiled(font, key)[:2] == bytes([0xFF, 1 ^ 0xEE])
    assert veiled(font, key)[32:] == font[32:]
    assert veiled(veiled(font, key), key) == font


def test_a_house_s_font_is_named_and_stays_at_home(tmp_path: Path) -> None:
    word = written(tmp_path, theme=Theme(font_family="DejaVu Serif"))
    assert not [name for name in word.namelist() if "odttf" in name]
    assert docx.Document(tmp_path / "report.docx").styles["Heading 1"].font.name == "DejaVu Serif"


def test_a_template_keeps_its_letters(tmp_path: Path) -> None:
    template = docx.Document()
    template.styles["Normal"].font.name = "House Font"
    caption = template.styles["Caption"].element
    caption.getparent().remove(caption)
    file = io.BytesIO()
    template.save(file)
    word = written(tmp_path, template=file.getvalue())
    assert not [name for name in word.namelist() if "odttf" in name]
    styles = docx.Document(tmp_path / "report.docx").styles
    assert styles["Normal"].font.name == "House Font"
    # What it lacks follows it.
    assert styles["Caption"].font.name is None


@pytest.mark.skipif(not which("soffice") or not which("pdffonts"), reason="no LibreOffice here")
def test_a_program_without_the_font_shows_it(tmp_path: Path) -> None:
    written(tmp_path).close()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "report.docx")], check=True, capture_output=True, timeout=300)
    shown = subprocess.run(
        ["pdffonts", str(tmp_path / "report.pdf")], check=True, capture_output=True, text=True
    ).stdout
    assert "SourceSans3-Regular" in shown
    assert "SourceSans3-Bold" in shown
