"""The journal that lets a sweep go on after it was stopped."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.execution.new_files import unfinished
from simulator.questions.sweep.journal import sweep_journal

IDENTITY = {"scenario": "abc", "seed": "1"}
NUMBERS = np.array([[0.1 + 0.2, np.nan], [-0.0, 1e300]])


class StoppedError(Exception):
    """Stands for whatever stops a sweep."""


def stopped(out: Path, *numbers: int, resume: bool = False) -> Path:
    """Keep policies in a journal, and stop."""
    with suppress(StoppedError), sweep_journal(out, IDENTITY, NUMBERS.shape, resume) as journal:
        for number in numbers:
            journal.keep(number, NUMBERS + number)
        raise StoppedError
    return unfinished(out)


def test_what_was_kept_is_found_again_to_the_last_bit(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    stopped(out, 3, 1)
    stopped(out, 7, resume=True)
    with sweep_journal(out, IDENTITY, NUMBERS.shape, resume=True) as journal:
        assert sorted(journal.found) == [1, 3, 7]
        assert journal.found[3].tobytes() == (NUMBERS + 3).tobytes()
    assert not unfinished(out).exists()


def test_a_policy_that_has_changed_since_is_evaluated_anew(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    path = stopped(out, 3, 1)
    with closing(sqlite3.connect(path)) as database, database:
        ((stored,),) = database.execute("SELECT numbers FROM policies WHERE number = 3")
        changed = (bytes([*stored[:-1], stored[-1] ^ 1]),)
        database.execute("UPDATE policies SET numbers = ? WHERE number = 3", changed)
    with sweep_journal(out, IDENTITY, NUMBERS.shape, resume=True) as journal:
        assert list(journal.found) == [1]


def test_nothing_is_left_where_nothing_was_kept(tmp_path: Path) -> None:
    assert not stopped(tmp_path / "a.csv").exists()


def test_a_journal_that_lies_about_is_not_overwritten(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    before = stopped(out, 3).read_bytes()
    with (
        pytest.raises(InputError, match="--resume"),
        sweep_journal(out, IDENTITY, NUMBERS.shape, resume=False),
    ):
        raise AssertionError
    assert unfinished(out).read_bytes() == before


@pytest.mark.parametrize("changed", [{"seed": "2"}, {"scenario": "abd"}])
def test_a_journal_of_another_sweep_is_refused(tmp_path: Path, changed: dict[str, str]) -> None:
    out = tmp_path / "a.csv"
    path = stopped(out, 3)
    (name,) = changed
    with (
        pytest.raises(InputError, match=f"--resume, {name}"),
        sweep_journal(out, IDENTITY | changed, NUMBERS.shape, resume=True),
    ):
        raise AssertionError
    assert path.exists()


def test_a_digest_is_not_shown(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    before, after = ({"scenario": letter * 64} for letter in "ab")
    with suppress(StoppedError), sweep_journal(out, before, (1,), resume=False) as journal:
        journal.keep(0, np.array([1.0]))
        raise StoppedError
    with pytest.raises(InputError) as caught, sweep_journal(out, after, (1,), resume=True):
        raise AssertionError
    (problem,) = caught.value.problems
    assert (problem.where, problem.got) == ("--resume, scenario", "changed since")
    assert "aaaa" not in str(problem)


@pytest.mark.parametrize("content", ["hello\n", "[1, 2]\n", '{"what": "else"}\n'])
def test_another_file_is_left_alone(tmp_path: Path, content: str) -> None:
    out = tmp_path / "a.csv"
    unfinished(out).write_text(content, encoding="utf-8")
    with (
        pytest.raises(InputError, match="as a sweep left it"),
        sweep_journal(out, IDENTITY, (1,), resume=True),
    ):
        raise AssertionError
    assert unfinished(out).read_text(encoding="utf-8") == content


def test_without_a_journal_there_is_nothing_to_resume(tmp_path: Path) -> None:
    with (
        pytest.raises(InputError, match="no such file"),
        sweep_journal(tmp_path / "a", IDENTITY, (1,), resume=True),
    ):
        raise AssertionError
    with (
        pytest.raises(InputError, match="can be made"),
        sweep_journal(tmp_path / "b" / "a", {}, (1,), resume=False),
    ):
        raise AssertionError


def test_two_sweeps_do_not_share_a_journal(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    with sweep_journal(out, IDENTITY, NUMBERS.shape, resume=False) as journal:
        journal.keep(3, NUMBERS)
        with (
            pytest.raises(InputError, match="no other sweep is writing"),
            sweep_journal(out, IDENTITY, NUMBERS.shape, resume=True),
        ):
            raise AssertionError
        journal.keep(4, NUMBERS)


def kept_until_it_fails(out: Path, limit: str) -> None:
    with sweep_journal(out, IDENTITY, NUMBERS.shape, resume=False) as journal:
        journal.database.execute(limit)
        for number in range(1_000):
            journal.keep(number, NUMBERS)


def test_on_a_full_disk_it_says_what_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    with pytest.raises(RuntimeError, match=r"full; \d+ finished policies are kept in .* --resume"):
        kept_until_it_fails(out, "PRAGMA max_page_count = 6")
    with sweep_journal(out, IDENTITY, NUMBERS.shape, resume=True) as journal:
        assert len(journal.found) > 1
