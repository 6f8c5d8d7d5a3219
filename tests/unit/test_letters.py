"""Text that acts, or that nobody can see: refused where it is a name, and harmless where it is shown."""

from __future__ import annotations

import io

import pytest

from simulator import InputError, load_scenario
from simulator.answers.printer import Printer
from simulator.documents.print_letters import in_print
from simulator.errors import Problem, printable
from simulator.execution.new_files import check_new_file, new_folder
from simulator.scenario.comments import comments_of
from simulator.scenario.files import lines_by_path
from simulator.scenario.keys import apply_overrides
from tests.builders import checked, cluster_of, scenario_of

SEEN = "characters that can be seen"


@pytest.mark.parametrize(
    ("name", "need"),
    [
        *((blank, "not empty") for blank in ("   ", "\u00a0", "\u2003 ", "\u0301")),
        *((f"No{odd}rth", SEEN) for odd in "\u200b\ufeff\u00ad\u202e\u2028\u2029\uf0b7\ufffe\ufdd0\u2800"),
        *((f"{start}2+2", "no spreadsheet") for start in ("=", "+", "-", "@", " =")),
    ],
)
@pytest.mark.parametrize("place", ["cluster", "line", "title", "pct"])
def test_names_that_act_or_cannot_be_seen_are_refused(name, need, place):
    given = scenario_of()
    where = {"cluster": given["clusters"][0], "line": given["service_lines"][0], "title": given}
    table = where.get(place, given["pct"])
    table["title" if place == "title" else "name"] = name
    with pytest.raises(InputError, match=need):
        checked(given)


@pytest.mark.parametrize(
    "name", ["Penrhyn Llŷn", "Dr\u00a0Bell", "漢字", "🙂 North", "(A) 'B' & C", "a=b", "1-2"]
)
def test_names_that_people_have_are_taken(name):
    assert checked(scenario_of(clusters=[cluster_of(name)])).settings.clusters[0].name == name


@pytest.mark.parametrize(
    "alike",
    ["Cafe\u0301 North", "Café\u00a0North", " Café  North ", "\uff23afé North", "Café\ufe0f North"],
)
def test_names_that_look_alike_are_one(alike):
    with pytest.raises(InputError, match="each name in clusters once"):
        checked(scenario_of(clusters=[cluster_of("Café North"), cluster_of(alike)]))


def test_lines_end_where_toml_ends_them():
    text = "# a\u2028b\x0cc\u0085d\ntitle = 'x'\n"
    assert lines_by_path(text) == {("title",): 2}


def test_odd_characters_of_comments_are_shown_as_signs():
    (entry,) = comments_of("a = 1 # one\uffff\uf0b7\u2028two\n")
    assert entry.remarks == ("one\ufffd\ufffd\ufffdtwo",)


def test_print_has_a_sign_for_what_its_fonts_lack():
    assert in_print("Llŷn £5 🙂☇\n") == "Llŷn £5 \ufffd\ufffd\n"


def test_nothing_acts_on_a_terminal():
    stream = io.StringIO()
    Printer(stream).line("a\x1b[2Jb")
    said = str(Problem("x\x1b]0;y\x07", "n\u202e", "g\r"))
    assert "\x1b" not in stream.getvalue()
    assert said == "x?]0;y?\n   must be: n?\n   given:   g?"
    assert printable("a\x1b\udcff") == r"a\x1b\udcff"


def test_messages_are_cut():
    assert len(str(Problem(*("x" * 100_000,) * 4))) < 5_000


@pytest.mark.parametrize("name", ["St. Neots", "A=B", 'The "Old" one', "St. Neots.people"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_a_name_with_marks_can_be_set(name, quote):
    given = {"clusters": [{"name": name}, {"name": "St"}]}
    changed, sources = apply_overrides(given, [f"clusters.{quote}{name}{quote}.takes_share=false"])
    assert changed["clusters"][0] == {"name": name, "takes_share": False}
    assert list(sources) == [("clusters", 0, "takes_share")]


def test_a_misspelt_name_with_marks_gets_a_hint():
    with pytest.raises(InputError, match=r'clusters."St. Neots".takes_share'):
        apply_overrides({"clusters": [{"name": "St. Neots"}]}, ["clusters.St. Neot.takes_share=false"])


@pytest.mark.parametrize("path", [r"lists\new.csv", r"C:\Users\me.csv", r"C:\lists.csv", r"\UFFFFFFFF.csv"])
def test_backslashes_of_windows_get_a_hint(tmp_path, path):
    file = tmp_path / "s.toml"
    file.write_text(f'title = "t"\n[population]\npractices_csv = "{path}"\n', encoding="utf-8")
    with pytest.raises(InputError, match="write paths with /"):
        load_scenario(file)


def test_an_output_path_that_is_no_text_is_refused(tmp_path):
    with pytest.raises(InputError, match="in UTF-8"):
        check_new_file(tmp_path / "a\udcff.csv", replace=True)
    with pytest.raises(InputError, match="in UTF-8"), new_folder(tmp_path / "a\udcff"):
        pass
