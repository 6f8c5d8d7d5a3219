"""Where a disk is full, and what runs that were killed have left."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from simulator import InputError
from simulator.execution.new_files import left_behind, new_file, new_folder
from simulator.simulation.saved_result import write_result
from tests.builders import scenario_of, simulated

Full = Callable[[int], None]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Full:
    """Return what sets how many bytes are free."""

    def set_to(free: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    return set_to


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("NetCDF: HDF error")]
)
def test_a_full_disk_is_told_with_its_folder_and_what_was_kept(
    tmp_path: Path, room: Full, error: Exception
) -> None:
    room(200_000)

    def fail(folder: Path) -> None:
        (folder / "outcomes.nc").write_bytes(bytes(1_300_000))
        raise error

    with pytest.raises(RuntimeError) as caught, new_folder(tmp_path / "out") as partial:
        fail(partial)
    assert str(caught.value) == (
        f"the disk is full: {tmp_path} needs more than the 1.5 MB that it had for out; nothing was kept"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), ValueError("ours")])
def test_what_an_earlier_process_had_begun_outlasts_one_that_fails(tmp_path: Path, error: Exception) -> None:
    begun = tmp_path / ".out-unfinished-1-abc"
    begun.mkdir()
    (begun / "finished").touch()

    def fail(folder: Path) -> None:
        assert (folder / "finished").exists()
        raise error

    caught = pytest.raises((RuntimeError, ValueError), match=r"blocks are kept|ours")
    with caught, new_folder(tmp_path / "out", begun=begun) as partial:
        fail(partial)
    assert (begun / "finished").exists()
    assert list(tmp_path.iterdir()) == [begun]


def test_a_library_that_fails_with_room_left_is_told_as_it_is(tmp_path: Path, room: Full) -> None:
    room(10**12)
    with pytest.raises(RuntimeError, match=r"^NetCDF: HDF error$"), new_file(tmp_path / "out.csv"):
        raise RuntimeError("NetCDF: HDF error")


def test_a_result_that_has_no_room_is_not_begun(tmp_path: Path, room: Full) -> None:
    result = simulated(scenario_of())
    room(4_000_000)
    with pytest.raises(InputError, match=r"MB free; nothing was kept") as caught:
        write_result(result, tmp_path, datetime.now(UTC), 0.0)
    assert caught.value.problems[0].where == str(tmp_path.parent)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="locks as POSIX has them")
def test_what_a_killed_run_left_is_named_with_how_to_remove_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Its number is another process's by now: in a container every command may have the same.
    dead = tmp_path / f".my out-unfinished-{os.getpid()}-abc"
    other = tmp_path / f".my out 2-unfinished-{os.getpid()}-abc"
    for folder in (dead, other):
        folder.mkdir()
    with new_folder(tmp_path / "my out") as alive:
        assert left_behind(tmp_path / "my out") == [dead]
        assert left_behind(tmp_path / "my out", by_the_living=True) == [alive]
    told = capsys.readouterr().err
    assert told == f"note: an unfinished result of a run that was killed; to remove: rm -r '{dead}'\n"
    shutil.rmtree(dead)
    with new_file(tmp_path / "my out.csv"):
        pass
    assert capsys.readouterr().err == ""


def test_a_file_that_appears_meanwhile_is_spared(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    with pytest.raises(InputError, match="one that exists"), new_file(target):
        target.write_text("mine", encoding="utf-8")
    assert target.read_text(encoding="utf-8") == "mine"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="locks as POSIX has them")
def test_what_is_left_is_found_whatever_its_name_is(tmp_path: Path) -> None:
    left = tmp_path / ".bond [3%]-unfinished-1-abc"
    left.mkdir()
    assert left_behind(tmp_path / "bond [3%]") == [left]


@pytest.mark.skipif(
    os.name != "posix", reason="links in a ring, and a folder that is removed under a process"
)
@pytest.mark.parametrize("make", [new_file, new_folder])
def test_a_place_that_cannot_be_looked_at_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Callable[[Path], AbstractContextManager[Path]]
) -> None:
    (tmp_path / "ring").symlink_to("ring")
    with pytest.raises(InputError, match=r"--out .*ring"), make(tmp_path / "ring" / "out"):
        pass
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(InputError, match=r"--out out\n.*\n   given:   No such file"), make(Path("out")):
        pass
    monkeypatch.chdir(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="names of 255 letters as POSIX has them")
def test_a_name_as_long_as_the_system_allows_is_taken(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 255)
    with new_folder(target) as partial:
        assert left_behind(target) == []
        assert partial.parent == tmp_path
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.skipif(os.name != "posix", reason="names are bytes there")
def test_a_path_that_is_no_text_is_refused_before_anything_is_computed(tmp_path: Path) -> None:
    target = tmp_path / os.fsdecode(b"caf\xe9.csv")
    with pytest.raises(InputError, match="a path in UTF-8"), new_file(target):
        raise AssertionError
    with pytest.raises(InputError, match="a path in UTF-8"), new_folder(target):
        raise AssertionError


def test_a_place_where_nothing_can_be_made_is_told_with_what_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match="a file that can be made"), new_file(tmp_path / "file" / "out.csv"):
        raise AssertionError
    with pytest.raises(InputError, match="a folder that can be made"), new_folder(tmp_path / "file" / "out"):
        raise AssertionError
