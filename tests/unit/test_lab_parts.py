"""Parts of the lab's page without a browser: its state, its pictures, its boxes, files that are given."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ET
from dataclasses import replace
from urllib.parse import parse_qs

import openpyxl
import pytest

import simulator
from simulator.documents import contents
from simulator.errors import InputError
from simulator.lab.controls import Control, Kind, rules_to_add
from simulator.lab.desk import Desk, History
from simulator.lab.engine import Engine
from simulator.lab.fields import written
from simulator.lab.lab import MOST_ENGINES, open_lab
from simulator.lab.policy import Policy
from simulator.lab.server import listen
from simulator.lab.tasks import AnnexTask, ForecastTask
from simulator.lab.uploads import keep, scenario_of
from simulator.lab.verdict import PARTIES, verdict
from simulator.lab.views import by_cluster, charts, figures, table_html, together
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.risk.in_words import phrase
from simulator.scenario.start import write_start
from tests.builders import checked, cluster_of
from tests.builders import scenario_of as mapping_of
from tests.e2e.command import ROOT

DRAWS = simulator.Draws(200, 3)
SHARE = "rules.surplus.practice_share"
STARTER = ROOT / "simulator" / "scenario" / "starter"
FILES = {
    name: (STARTER / name).read_bytes() for name in ("scenario.toml", "practices.csv", "need_weights.csv")
}


def test_a_link_holds_the_whole_state():
    first = Policy().having(SHARE, "0.2").having('clusters."A & B".bond_gbp', "5")
    for desk in (
        Desk(),
        Desk((first,), 0, "A & B"),
        Desk((first, Policy(regimes=("medicare-enhanced",))), 1, "North"),
        Desk((Policy(), Policy()), 1),
    ):
        assert Desk.of(parse_qs(desk.query("cluster"), keep_blank_values=True)) == desk
    with pytest.raises(InputError, match="2 problems"):
        Desk.of({"set": ["nothing"], "b": [""], "b.set": ["nothing else"]})


def test_undo_goes_back_one_state_at_a_time():
    history = History()
    states = [Desk().changed(Policy().having(SHARE, f"0.{number}")) for number in (1, 2, 2)]
    for one in states:
        history.go_to(one)
    assert history.undo()
    assert history.desk == states[0]
    assert history.undo()
    assert history.desk == Desk()
    assert not history.undo()
    beside = states[0].side_by_side()
    assert (beside.policies, beside.at) == ((states[0].policy,) * 2, 1)
    assert beside.side_by_side() == states[0]


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        (Kind.SHARE, "12.5", "0.125"),
        (Kind.SHARE, " 7 % ", "0.07"),
        (Kind.SHARE, "0.1", "0.001"),
        (Kind.GBP, "£1,250,000", "1250000"),
        (Kind.NUMBER, "1e3", "1000"),
        (Kind.GBP, "", None),
        (Kind.SHARE, "much", "much"),
        (Kind.SHARE, "inf", "inf"),
    ],
)
def test_a_box_takes_numbers_as_people_write_them(kind, given, value):
    assert written(Control("a.b", "A", "B", "", kind, 0.1), given) == value


@pytest.fixture(scope="module")
def looks():
    odd = checked(mapping_of(clusters=[cluster_of('North <&> "Fens"'), cluster_of("South", 20_000)]))
    engine = Engine.of(odd, DRAWS)
    return engine.look(), engine.look(Policy().having(SHARE, "0.3")), engine.look(Policy().having(SHARE, "0"))


def test_pictures_say_in_words_what_they_show(looks):
    for number in (2, 3):
        drawn = dict(charts(looks[:number]))
        assert len(drawn) == 5
        for title, picture in drawn.items():
            root = ET.fromstring(picture)  # noqa: S314 - made here
            assert root.get("role") == "img"
            assert root.get("aria-label").startswith(f"{title}. ")
            # A sign for each number that is told, and one interval with it.
            signs = len(root.findall("circle")) + len(root.findall("path"))
            told = re.findall(r"(?:as given|this policy|policy A|policy B) ", root.get("aria-label"))
            assert signs == len(told) == len(re.findall('class="ends"', picture))
            width = float(root.get("viewBox").split()[2])
            places = [float(one.get("cx")) for one in root.findall("circle")]
            assert all(0 <= place <= width for place in places)
    assert "policy B" in picture
    assert "North &lt;&amp;&gt; &quot;Fens&quot;" in picture


def test_figures_beside_rows_have_errors_signs_and_room(looks):
    given, more, none = looks
    (_, picture), *_ = charts((given, more))
    found = more.paired(ALL_CLUSTERS, "practice_net_gain_gbp")
    said = f"{phrase(found.estimate, Unit.GBP)} (+{phrase(found.difference, Unit.GBP)})"
    assert f">{said}</text>" in picture
    less = none.paired(ALL_CLUSTERS, "practice_net_gain_gbp").difference
    assert f"({phrase(less, Unit.GBP)})</text>" in next(charts((given, none)))[1]
    assert phrase(less, Unit.GBP).startswith("-£")
    for _, one in charts((given, more)):
        words = ET.fromstring(one).findall("text")  # noqa: S314 - made here
        notes = [word for word in words if word.get("class") == "note"]
        assert notes
        assert all(" ± " in note.text for note in notes)
        for note in notes:
            beside = [
                word for word in words if word.get("class") == "name" and word.get("y") == note.get("y")
            ]
            # At least six to seven units a letter.
            assert all(len(name.text) * 7 + len(note.text) * 6.5 <= 400 for name in beside)


def test_tables_hold_every_digit_and_mark_what_is_beyond_chance(looks):
    given, more, _ = looks
    share = more.paired(ALL_CLUSTERS, "practice_share_gbp")
    table = table_html(together(looks[:2]))
    assert f'<data value="{share.estimate.value!r}">' in table
    row = next(one for one in table.split("<tr") if "Practice share over the contract" in one)
    assert row.count(" *<") == 1
    assert "North &lt;&amp;&gt;" in table_html(by_cluster(more))
    said = figures(more, ALL_CLUSTERS, {"Share": "practice_share_gbp", "Overspend": "overspend_probability"})
    assert said.count(", beyond chance") == 1
    assert "<span>no change</span>" in said
    assert "<span>as given</span>" in figures(given, ALL_CLUSTERS, {"Share": "practice_share_gbp"})


def test_a_scenario_that_is_given_is_read_as_from_its_folder(tmp_path):
    now = checked(mapping_of())
    found = scenario_of(keep(FILES, tmp_path / "up"), now)
    there = simulator.load_scenario(STARTER / "scenario.toml")
    assert found.settings.clusters == there.settings.clusters
    assert found.practices == there.practices
    assert found.source == "scenario.toml"
    # Ten more babies, in the first practice.
    head, first, rest = FILES["practices.csv"].decode().split("\n", 2)
    row = dict(zip(head.split(","), first.split(","), strict=True))
    row |= {key: str(int(row[key]) + 10) for key in ("list_size", next(one for one in row if "0_4" in one))}
    more = "\n".join([head, ",".join(row.values()), rest]).encode()
    other = scenario_of(keep({"mine.csv": more}, tmp_path / "more"), there)
    assert other.practices.practices[0].people == there.practices.practices[0].people + 10
    assert other.settings.clusters == there.settings.clusters


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"scenario.toml": FILES["scenario.toml"]}, ["scenario.toml, population.practices_csv", "together"]),
        ({"a.exe": b"MZ"}, ['"a.exe"', ".toml, .xlsx or .csv"]),
        ({f"{at}.csv": b"a" for at in range(13)}, ["1 to 12 files"]),
        ({"big.csv": b"1" * 5_000_001}, ['"big.csv"', "5.0 MB"]),
        (
            FILES | {"practices.csv": b"practice_code,list_size\nA1,many\n"},
            ["practices.csv, line 2, list_size"],
        ),
        ({"../../evil.toml": b"title = 1\n"}, ["../../evil.toml"]),
        ({"a.csv": b"x", "b.csv": b"x"}, ["0 and 2"]),
    ],
)
def test_what_is_wrong_with_files_is_told_by_their_owners_names(given, said, tmp_path):
    with pytest.raises(InputError) as refused:
        scenario_of(keep(given, tmp_path / "up"), checked(mapping_of()))
    for one in said:
        assert one in str(refused.value)
    assert str(tmp_path) not in str(refused.value)
    assert not list(tmp_path.glob("*.toml"))


def test_a_file_outside_what_was_given_is_never_read(tmp_path):
    (tmp_path / "secret.csv").write_bytes(FILES["practices.csv"])
    reaching = FILES["scenario.toml"].replace(b'"practices.csv"', f'"{tmp_path}/secret.csv"'.encode())
    assert reaching != FILES["scenario.toml"]
    with pytest.raises(InputError, match="a table that is given with it"):
        scenario_of(keep(FILES | {"scenario.toml": reaching}, tmp_path / "up"), checked(mapping_of()))


def test_a_workbook_is_a_scenario_and_its_sheets_are_its_tables(tmp_path):
    (book,) = write_start(tmp_path / "mine", as_workbook=True)
    found = scenario_of(keep({"mine.xlsx": book.read_bytes()}, tmp_path / "up"), checked(mapping_of()))
    assert found.fingerprint == simulator.load_scenario(book).fingerprint
    sheets = openpyxl.load_workbook(book)
    row = next(row for row in sheets["Scheme"].iter_rows() if row[0].value == "population: practices csv")
    row[3].value = f"{tmp_path}/secret.csv"
    sheets["Clusters"]["D7"] = 80
    sheets.save(book)
    with pytest.raises(InputError, match="a table that is given with it"):
        scenario_of(keep({"mine.xlsx": book.read_bytes()}, tmp_path / "again"), checked(mapping_of()))


def test_a_lab_keeps_few_scenarios_drawn_and_leaves_nothing_behind():
    scenario = checked(mapping_of())
    with open_lab(scenario, DRAWS, at_once=1) as lab:
        engines = [lab.engine(draws=simulator.Draws(200, seed)) for seed in range(MOST_ENGINES + 2)]
        assert lab.engine(draws=simulator.Draws(200, MOST_ENGINES + 1)) is engines[-1]
        assert lab.engine(draws=simulator.Draws(200, 0)) is not engines[0]
        folder = lab.folder
        shutil.copy(STARTER / "practices.csv", folder)
    assert not folder.exists()
    with pytest.raises(InputError, match="at most 20,000"), open_lab(scenario, simulator.Draws(30_000)):
        pass


def test_a_port_that_is_taken_is_said():
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"--port {port}"):
            listen("127.0.0.1", port)
    with pytest.raises(InputError, match="--port 99999"):
        listen("127.0.0.1", 99_999)


def test_actuals_are_refused_by_their_owners_name(tmp_path):
    bad = b"month,cluster,line,spend_gbp\n2010-04,North,admissions,much\n"
    (kept,) = keep({"month 1.csv": bad}, tmp_path / "up")
    with pytest.raises(InputError, match=r"month 1\.csv, line 2") as refused:
        ForecastTask(checked(mapping_of()), DRAWS, kept).work(tmp_path, lambda done, of: None)
    assert str(tmp_path) not in str(refused.value)


def test_an_annex_says_how_far_it_is(tmp_path, monkeypatch):
    studies, steps = [], []
    monkeypatch.setattr(contents, "document_of", lambda study, title, **_: studies.append(study) or title)

    def write(document, folder, formats, progress):
        (folder / "report.html").write_text(document, encoding="utf-8")
        progress(len(formats))
        return ["report.html"]

    monkeypatch.setattr(contents, "write_document", write)
    task = AnnexTask(checked(mapping_of()), replace(DRAWS, contracts=400), ("html",), "An annex")
    told = task.work(tmp_path, lambda done, of: steps.append((done, of)))
    assert told.json == {"files": ["report.html"]}
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == "An annex"
    # Two bonds, luck and variance have been asked before the document asks for them.
    (study,) = studies
    assert {("bond", "North"), ("bond", "South")} <= set(study._asked)
    assert {"luck", "explanation"} <= set(vars(study))
    assert steps == sorted(steps)
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert steps[-1][0] == steps[-1][1]


def test_who_gains_and_who_loses_is_told_with_the_sure_apart(looks):
    given, more, _ = looks
    assert "as given" in verdict(given)
    told = verdict(more)
    share = more.paired(ALL_CLUSTERS, "practice_net_gain_gbp").difference
    assert f"<dt>Gain</dt><dd>practices&nbsp;<b>+{phrase(share, Unit.GBP)}</b>" in told
    lost = told.split("<dt>Lose</dt>")[1]
    assert "the PCT" in lost
    assert "reinvestment" in lost
    # Rules alone never change what providers have.
    assert "providers" not in told
    # Nobody gains where a change is within its error.
    place = ALL_CLUSTERS, "practice_net_gain_gbp"
    unsure = replace(more.estimates[place], difference=replace(share, low=-share.high))
    only = replace(more, estimates={place: unsure})
    assert "Nobody gains or loses beyond chance" in verdict(only)
    assert "<dt>No more than chance</dt>" in verdict(only)
    assert "Nobody's money moves" in verdict(replace(more, estimates={}))


def test_what_some_gain_others_lose_under_every_rule():
    given = checked(mapping_of(clusters=[cluster_of("North"), cluster_of("South", 20_000)]))
    engine = Engine.of(given, DRAWS)
    policies = [Policy.of(one) for one in rules_to_add(given).values()]
    policies.append(Policy().having("clusters.*.true_saving_share", "0.05"))
    assert len(policies) > 5
    for policy in policies:
        look = engine.look(policy)
        moved = [look.paired(ALL_CLUSTERS, measure).difference.value for measure in PARTIES.values()]
        assert sum(moved) == pytest.approx(0, abs=1e-6 * max(map(abs, moved)) + 0.01), policy


def test_changes_stand_below_their_numbers_and_every_digit_stays(looks):
    more = looks[1]
    beside, below = (table_html(by_cluster(more), changes_below=one) for one in (False, True))
    assert below.count("<data ") == beside.count("<data ")
    assert below.count('<th scope="col"') < beside.count('<th scope="col"')
    moved = more.paired(ALL_CLUSTERS, "practice_net_gain_gbp").difference
    assert f'<small><data value="{moved.value!r}">+' in below
