"""A result folder appears whole or not at all, and takes nobody's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import InputError
from simulator.errors import WorkersLostError
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


def test_an_earlier_result_stands_again_if_the_new_one_cannot_take_its_place(tmp_path, monkeypatch):
    target, rename = tmp_path / "out", Path.rename
    target.mkdir()
    (target / "manifest.json").write_text("earlier", encoding="utf-8")

    def refused(path, there):
        if there == target and not path.name.endswith("-earlier"):
            raise PermissionError
        return rename(path, there)

    monkeypatch.setattr(Path, "rename", refused)
    with pytest.raises(PermissionError), new_result_folder(target, replace=True, **ANEW):
        pass
    assert names_in(tmp_path) == ["out"]
    assert (target / "manifest.json").read_text(encoding="utf-8") == "earlier"


def test_what_is_finished_outlasts_workers_that_are_lost(tmp_path):
    def lost(folder):
        (folder / "blocks" / "000000.block").touch()
        raise WorkersLostError("the workers are gone")

    said = "the workers are gone; 1 finished blocks are kept in .*: go on with --resume"
    with (
        pytest.raises(WorkersLostError, match=said),
        new_result_folder(tmp_path / "out", replace=False, **ANEW) as (folder, _),
    ):
        lost(folder)
    (kept,) = tmp_path.iterdir()
    assert names_in(kept / "blocks") == ["000000.block", "what.json"]
