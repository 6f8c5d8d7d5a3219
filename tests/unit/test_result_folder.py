"""A result folder appears whole or not at all, and takes nobody's files."""

from __future__ import annotations

import pytest

from simulator import InputError
from simulator.simulation.saved_result import new_result_folder

ANEW = {"identity": {}, "resume": False}


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_that_appears_during_the_run_is_spared(tmp_path):
    target = tmp_path / "out"
    manager = new_result_folder(target, replace=False, **ANEW)
    manager.__enter__()
    target.mkdir()
    (target / "notes.txt").touch()
    with pytest.raises(InputError, match="something that exists"):
        manager.__exit__(None, None, None)
    assert names_in(target) == ["notes.txt"]
    assert names_in(tmp_path) == ["out"]


def test_a_failure_leaves_neither_the_folder_nor_those_above_it(tmp_path):
    out = tmp_path / "a" / "b" / "out"
    with pytest.raises(ZeroDivisionError), new_result_folder(out, replace=False, **ANEW):
        raise ZeroDivisionError
    assert names_in(tmp_path) == []


def test_a_link_to_an_earlier_result_stays_a_link(tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    (real / "manifest.json").touch()
    link.symlink_to(real)
    with new_result_folder(link, replace=True, **ANEW) as (partial, _):
        (partial / "manifest.json").write_text("new", encoding="utf-8")
    assert link.is_symlink()
    assert (real / "manifest.json").read_text(encoding="utf-8") == "new"
    assert names_in(tmp_path) == ["link", "real"]
