"""Files of charts: the same bytes each time, whole or not at all, and over no other file."""

from __future__ import annotations

import csv
import io
import math
import os
import re
import subprocess
import sys
from base64 import b64decode
from xml.sax.saxutils import unescape

import numpy as np
import pandas as pd
import pytest
from fontTools.ttLib import TTFont

from simulator import charts
from simulator.charts import kept_fonts, letters_in_svg
from simulator.charts.chart import PICTURE_FORMATS, Chart
from simulator.charts.look import FONT
from simulator.charts.numbers_drawn import columns_of, csv_of
from tests.builders import scenario_of, simulated
from tests.e2e.command import ROOT
from tests.unit.problems import problems_of_call

STARTS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}


def drawn(name: str = "outturn") -> Chart:
    return charts.draw(simulated(scenario_of()), name)


@pytest.mark.parametrize("kind", PICTURE_FORMATS)
def test_the_same_bytes_each_time(kind: str) -> None:
    chart, again = drawn(), drawn()
    assert chart.rendered(kind) == again.rendered(kind) == chart.rendered(kind)
    assert chart.rendered(kind).startswith(STARTS[kind])
    assert chart.rendered(kind) != drawn("overspend").rendered(kind)


def test_the_same_bytes_in_another_process_with_another_style(tmp_path) -> None:
    (tmp_path / "matplotlibrc").write_text(
        "font.size: 20\nsvg.hashsalt: other\nlines.color: red\n", encoding="utf-8"
    )
    code = (
        "from tests.unit.test_charts_files import drawn; import sys; "
        "sys.stdout.buffer.write(drawn().rendered('svg'))"
    )
    environment = {**os.environ, "MATPLOTLIBRC": str(tmp_path / "matplotlibrc"), "PYTHONHASHSEED": "5"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert done.stdout == drawn().rendered("svg")


def test_title_and_words_are_in_the_picture() -> None:
    chart = drawn()
    svg = unescape(chart.rendered("svg").decode())
    assert chart.title in svg
    assert "dc:description" in svg
    assert b"CreationDate" not in chart.rendered("pdf")


def test_letters_of_svg_are_text_with_their_font_inside() -> None:
    svg = drawn().rendered("svg").decode()
    words = "".join(re.findall(r"<text[^>]*>([^<]*)</text>", svg))
    assert drawn().title[:20] in words
    faces = re.findall(r"font-weight:(normal|bold);src:url\(data:font/woff;base64,([^)]*)\)", svg)
    assert [weight for weight, _ in faces] == ["normal", "bold"]
    known = [set(TTFont(io.BytesIO(b64decode(font))).getBestCmap()) for _, font in faces]
    assert {ord(one) for one in unescape(words) if not one.isspace()} <= known[0] | known[1]
    assert "licence" in svg
    assert len(svg) < 60_000
    outlined = drawn().rendered("svg", outlined=True).decode()
    assert "<text" not in outlined
    assert "@font-face" not in outlined


def test_the_picture_and_its_data(tmp_path) -> None:
    chart = drawn()
    picture, data = chart.save(tmp_path / "Ĉ & out.svg")
    assert picture.read_bytes() == chart.rendered("svg")
    with data.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(chart.data)
    assert float(rows[0]["value"]) == chart.data["value"].iloc[0]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Ĉ & out.csv", "Ĉ & out.svg"]


def test_no_other_file_is_lost(tmp_path) -> None:
    chart = drawn()
    (tmp_path / "there.csv").write_text("kept", encoding="utf-8")
    (problem,) = problems_of_call(lambda: chart.save(tmp_path / "there.png"))
    assert "one that exists" in problem.got
    assert [path.name for path in tmp_path.iterdir()] == ["there.csv"]
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "kept"
    chart.save(tmp_path / "there.png", replace=True)
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") != "kept"


def test_every_mistake(tmp_path) -> None:
    problems = problems_of_call(lambda: drawn().save(tmp_path / "no" / "folder.jpg"))
    assert [problem.got for problem in problems[-1:]] == ['"jpg"']
    assert len(problems) == 1
    (tmp_path / "folder.svg").mkdir()
    problems_of_call(lambda: drawn().save(tmp_path / "folder.svg", replace=True))


def test_nothing_is_left_of_a_failure(tmp_path, monkeypatch) -> None:
    chart = drawn()
    monkeypatch.setattr(Chart, "rendered", lambda *_: (_ for _ in ()).throw(RuntimeError("stopped")))
    with pytest.raises(RuntimeError, match="stopped"):
        chart.save(tmp_path / "out.svg")
    assert list(tmp_path.iterdir()) == []


def test_a_font_cut_from_the_usual_letters_is_the_one_cut_from_the_whole() -> None:
    letters = "Chance £95% (2010/11) ±0.5\N{EN DASH}m"
    for bold in (False, True):
        whole = letters_in_svg._file_of(FONT, bold=bold)
        cut = letters_in_svg.cut(letters_in_svg._usual_letters(whole), letters, "woff")
        assert cut == letters_in_svg.cut(whole.read_bytes(), letters, "woff")


def test_a_font_that_was_cut_is_kept_and_cut_anew_where_it_is_damaged_or_none_can_be(tmp_path, monkeypatch):
    cuts = []

    def cut() -> bytes:
        cuts.append(1)
        return b"cut"

    def ask(letters: str = "abc") -> bytes:
        return kept_fonts.kept(b"font", letters, "woff", cut)

    monkeypatch.setattr(kept_fonts, "_folder", lambda: tmp_path / "fonts")
    assert (ask(), ask(), len(cuts)) == (b"cut", b"cut", 1)
    (file,) = (tmp_path / "fonts").iterdir()
    file.write_bytes(file.read_bytes()[:-1])
    assert (ask(), ask(), len(cuts)) == (b"cut", b"cut", 2)
    monkeypatch.setattr(kept_fonts, "_MOST", 2)
    assert [ask(letters) for letters in "def"] == [b"cut"] * 3
    assert len([*(tmp_path / "fonts").iterdir()]) == 2
    (tmp_path / "file").touch()
    monkeypatch.setattr(kept_fonts, "_folder", lambda: tmp_path / "file")
    assert (ask(), ask(), len(cuts)) == (b"cut", b"cut", 7)


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [{"a": "x, y", "b": 1}, {"a": 'say "z"', "b": 2}],
        [{"b": 1, "c": None}, {"b": 2.5, "c": 0.1}],
        [{"a": "x"}, {"a": "y", "b": 3}],
        [{"a": None, "b": True, "c": "x"}, {"a": None, "b": False, "c": None}],
        [{"a": np.int64(3), "b": np.float64(1e-7)}, {"a": 10**12, "b": math.nan}],
    ],
)
def test_numbers_are_written_as_pandas_writes_them(rows) -> None:
    frame = pd.DataFrame(rows)
    assert csv_of(rows) == frame.to_csv(index=False, lineterminator="\n")
    assert repr(columns_of(rows)) == repr({name: frame[name].tolist() for name in frame})
    assert csv_of(frame) == csv_of(rows)
