"""Published lists become a table of ours, and tables are read or refused as people have them."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from simulator import InputError
from simulator.cli import commands
from simulator.scenario.list_writer import import_lists
from simulator.scenario.practice_lists import read_practices

OURS = (
    "practice_code,practice,list_size,m0_14,f0_14,m15_plus,f15_plus\n"
    "X10001,{0},1030,100,110,400,420\nX10002,{1},2060,200,220,800,840\n"
)
NAMED = OURS.format("FIRST", "SECOND")
WEIGHTS = "sex,age_band,w\nM,0-14,1\nF,0-14,1\nM,15+,2\nF,15+,2.5\n"
WIDE = (
    "PCO Code,Practice Name,Practice Code,Male 0-4,Male 5-14,Female 0-14,Male 15+,Female 15+\n"
    "5XX,FIRST,X10001,40,60,110,400,420\n5XX,SECOND,X10002,80,120,220,800,840\n"
)
PEOPLE = {
    "X10001": {"MALE": (100, 400), "FEMALE": (110, 420)},
    "X10002": {"MALE": (200, 800), "FEMALE": (220, 840)},
}


def _quinary(top="0_14"):
    rows = ["ORG_TYPE,ORG_CODE,SEX,AGE_GROUP_5,NUMBER_OF_PATIENTS"]
    for code, by_sex in PEOPLE.items():
        rows.append(f"GP,{code},ALL,ALL,{sum(map(sum, by_sex.values()))}")
        for sex, (young, old) in by_sex.items():
            rows += [f"GP,{code},{sex},{top},{young}", f"GP,{code},{sex},15+,{old}"]
    return "\n".join([*rows, ""])


def _single_year_columns():
    ages = [*range(95), "95+"]
    rows = ["CODE," + ",".join(f"{sex}_{age}" for sex in ("MALE", "FEMALE") for age in ages)]
    for code, by_sex in PEOPLE.items():
        people = [{3: young, 40: old} for young, old in by_sex.values()]
        rows.append(",".join([code, *(str(one.get(age, 0)) for one in people for age in ages)]))
    return "\n".join([*rows, ""])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (NAMED.encode(), NAMED),
        (NAMED.encode("utf-16"), NAMED),
        (NAMED.replace(",", "\t").encode("utf-16"), NAMED),
        (WIDE.encode(), NAMED),
        (WIDE.replace("FIRST", "=@FIRST").encode(), NAMED),
        (WIDE.replace(",", ";").encode(), NAMED),
        (_quinary().encode(), OURS.format("X10001", "X10002")),
        (_single_year_columns().encode(), OURS.format("X10001", "X10002")),
    ],
)
def test_published_layouts_become_ours(tmp_path, content, expected):
    (tmp_path / "w.csv").write_text(WEIGHTS, encoding="utf-8")
    (tmp_path / "given.csv").write_bytes(content)
    import_lists(tmp_path / "given.csv", tmp_path / "out.csv", tmp_path / "w.csv")
    assert read_practices(tmp_path / "out.csv").groups == ("M 0-14", "F 0-14", "M 15+", "F 15+")
    assert (tmp_path / "out.csv").read_bytes().decode() == f"\ufeff{expected}"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (NAMED.replace("1030,100", "1030,100.5").replace("2060,200", "2060,199.5"), "round them"),
        (NAMED.replace("110", "*").replace("220", "*"), "held back"),
        (NAMED.replace("110", "[c]"), "held back"),
        (NAMED.replace("110", "11%"), "a percentage"),
        (NAMED.replace("110", "(110)"), "below zero"),
        (_quinary().replace("110", "<5").replace("220", "<5"), "held back"),
        (NAMED.partition("\n")[2], "write headings above it"),
        (f"Lists\nApril,,\n{NAMED}", "delete what stands above"),
        (_quinary("14-Jan"), "Excel has made a date"),
        (NAMED + "Total,,3090,300,330,1200,1260\n", "counts people twice"),
        (NAMED.replace("X10001", "=X10001"), "no spreadsheet"),
        (NAMED.replace("X10001", "X1\x1b[2J"), "that can be seen"),
        (WIDE.replace("Female 15+", "Female 16+"), "list_size"),
    ],
)
def test_what_is_uncertain_is_refused_once(tmp_path, text, words):
    (tmp_path / "given.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=words) as refused:
        import_lists(tmp_path / "given.csv", tmp_path / "out.csv")
    assert len(refused.value.problems) == 1
    assert not (tmp_path / "out.csv").exists()


def test_the_command_says_what_it_made(tmp_path):
    (tmp_path / "given.csv").write_text(WIDE, encoding="utf-8")
    words = ["import-lists", str(tmp_path / "given.csv"), "--out", str(tmp_path / "out.csv")]
    done = CliRunner().invoke(commands, words)
    assert done.exit_code == 0
    assert "3,090 people in 2 practices; 5 groups by sex and age" in done.output
    again = CliRunner().invoke(commands, words)
    assert isinstance(again.exception, InputError)
