"""Writing a file or a folder: whole, or not at all, and over another only if asked to."""

from __future__ import annotations

import errno
import glob
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import InputError, Problem, printable

CSV_ENCODING = "utf-8-sig"
"""With a mark at the start, by which Excel knows that a dash or an accent is UTF-8."""


OUT = "--out "
"""The option that names most new files, as messages have it before a name."""
_NEARLY_FULL_BYTES = 1_000_000


def unfinished(target: Path) -> Path:
    """Return where the finished part of what is to be `target` is kept, to go on with."""
    return target.with_name(f"{target.name}.unfinished")


@contextmanager
def new_file(target: Path, *, replace: bool = False, option: str = OUT) -> Iterator[Path]:
    """Give a file beside `target` to write to, which becomes `target` only if all goes well.

    Raises InputError, before anything is computed, if `target` may not be replaced or cannot be made.
    """
    check_new_file(target, replace=replace, option=option)
    with _beside(target, "file", option=option) as partial:
        yield partial
        # Somebody may have made the file while the simulation ran.
        check_new_file(target, replace=replace, option=option)
        partial.chmod(0o644)
        partial.replace(target)


@contextmanager
def _beside(target: Path, kind: str, begun: Path | None = None, option: str = OUT) -> Iterator[Path]:
    """Make a file or folder beside `target`, and folders above it that are missing; tidy up what is left.

    A folder that an earlier process had `begun` becomes the new one, and is put back if all does not go well.
    """
    made = [folder for folder in target.absolute().parents if not folder.exists()]
    # A name may be as long as the system allows: what is put round it would make it too long.
    start = f".{target.name[:80]}-unfinished-{os.getpid()}-"
    try:
        _tell_what_is_left(target, begun)
        target.parent.mkdir(parents=True, exist_ok=True)
        if kind == "folder":
            partial = Path(tempfile.mkdtemp(prefix=start, dir=target.parent))
            if begun is not None:
                partial.rmdir()
                begun.rename(partial)
        else:
            handle, name = tempfile.mkstemp(prefix=start, dir=target.parent)
            os.close(handle)
            partial = Path(name)
        held = _held(partial)
    except OSError as error:
        need, reason = f"a {kind} that can be made", error.strerror or str(error)
        raise InputError([Problem(f"{option}{printable(target)}", need, reason)]) from None
    try:
        with _told_plainly(target, partial, "nothing was kept" if begun is None else "blocks are kept"):
            yield partial
    finally:
        if begun is not None:
            with suppress(OSError):
                partial.rename(begun)
        if kind == "folder":
            shutil.rmtree(partial, ignore_errors=True)
        else:
            partial.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()
        if held is not None:
            os.close(held)


def _held(partial: Path) -> int | None:
    """Lock what is being written until this process lets go or ends, however that is; None without locks."""
    try:
        import fcntl
    except ImportError:
        return None
    handle = os.open(partial, os.O_RDONLY if partial.is_dir() else os.O_RDWR)
    with suppress(OSError):
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return handle


def left_behind(target: Path, *, by_the_living: bool = False) -> list[Path]:
    """Return unfinished files and folders beside `target` of processes that are gone, or of the others."""
    found = target.parent.glob(f".{glob.escape(target.name[:80])}-unfinished-*-*")
    return sorted(path for path in found if _is_being_written(path) == by_the_living)


def _is_being_written(path: Path) -> bool:
    """Return whether a process has the lock of what it writes: its number may be another's by now."""
    try:
        import fcntl

        handle = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        finally:
            os.close(handle)
    except (OSError, ImportError):
        # Where there are no locks nobody knows.
        return True
    return False


def _tell_what_is_left(target: Path, begun: Path | None) -> None:
    """Say what an earlier run that was killed has left, and how to remove it."""
    if left := [path for path in left_behind(target) if path != begun]:
        names = " ".join(shlex.quote(printable(path)) for path in left)
        what = "an unfinished result" if len(left) == 1 else f"{len(left)} unfinished results"
        sys.stderr.write(f"note: {what} of a run that was killed; to remove: rm -r {names}\n")


@contextmanager
def _told_plainly(target: Path, partial: Path, kept: str) -> Iterator[None]:
    """Say of a folder that was removed that it was; of a disk that is full where, and what it had taken."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if isinstance(error, OSError) and not partial.exists():
            why = f"what was being written for {printable(target)} has been removed; nothing was kept"
            raise RuntimeError(why) from error
        full = getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
        free = _free_bytes(target)
        # A library may say no more than that it failed.
        if not full and free > _NEARLY_FULL_BYTES:
            raise
        files = partial.rglob("*") if partial.is_dir() else [partial]
        written = sum(file.stat().st_size for file in files if file.is_file())
        folder, name = printable(target.absolute().parent), printable(target.name)
        had = f"{(written + free) / 1e6:,.1f} MB"
        raise RuntimeError(
            f"the disk is full: {folder} needs more than the {had} that it had for {name}; {kept}"
        ) from error


def check_room(target: Path, bytes_needed: int, hint: str = "") -> None:
    """Refuse to write where there is less room than is needed."""
    if (free := _free_bytes(target)) < bytes_needed:
        need = f"a folder with {bytes_needed / 1e6:,.1f} MB free"
        got = f"{free / 1e6:,.1f} MB free; nothing was kept"
        raise InputError([Problem(printable(target.absolute().parent), need, got, hint)])


def _free_bytes(target: Path) -> int:
    above = next(folder for folder in target.absolute().parents if folder.exists())
    return shutil.disk_usage(above).free


def check_new_file(target: Path, *, replace: bool = False, option: str = OUT) -> None:
    """Refuse a file that exists, unless it may be replaced; and what is no file."""
    with _seen(target, "file", option):
        _check_is_text(target)
        got, hint = "one that exists", "choose another name, or add --replace"
        if target.is_dir():
            got, hint = "a folder", "choose another name"
        elif replace or not target.exists():
            return
    raise InputError([Problem(f"{option}{printable(target)}", "a new file", got, hint)])


@contextmanager
def new_folder(
    target: Path, replaces: Callable[[set[str]], bool] = lambda names: False, begun: Path | None = None
) -> Iterator[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well.

    `replaces` says of the names in a folder that exists whether it may be replaced. What `left_behind` has of
    a killed process may be `begun`: that folder is given, with all that is in it.
    """
    with _seen(target, "folder"):
        target = target.resolve()
        _check_new_folder(target, replaces)
    with _beside(target, "folder", begun) as partial:
        yield partial
        # Somebody may have made the folder while the simulation ran.
        _check_new_folder(target, replaces)
        partial.chmod(0o755)
        earlier = target.with_name(f"{partial.name}-earlier")
        if target.exists():
            target.rename(earlier)
        try:
            partial.rename(target)
        except OSError:
            if earlier.exists():
                earlier.rename(target)
            raise
        # What is replaced goes only when the new one stands.
        shutil.rmtree(earlier, ignore_errors=True)


@contextmanager
def _seen(target: Path, kind: str, option: str = OUT) -> Iterator[None]:
    """Refuse a place that cannot be looked at: in a folder that is closed or gone, or links in a ring."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        if getattr(error, "errno", None) == errno.ENAMETOOLONG:
            raise
        got = getattr(error, "strerror", None) or str(error)
        need = f"a {kind} that can be made"
        raise InputError(
            [Problem(f"{option}{printable(target)}", need, got, "choose another place")]
        ) from None


def _check_is_text(target: Path) -> None:
    """Refuse a path with bytes in it that are no text: libraries that write files take none."""
    try:
        str(target.absolute()).encode()
    except UnicodeEncodeError:
        need = "a path in UTF-8, that of its folder too"
        raise InputError([Problem(f"--out {printable(target)}", need, "bytes that are none")]) from None


def _check_new_folder(target: Path, replaces: Callable[[set[str]], bool]) -> None:
    _check_is_text(target)
    if target.exists() and not (target.is_dir() and replaces({path.name for path in target.iterdir()})):
        need = "a new folder, or with --replace one that holds an earlier result and nothing else"
        hint = "choose another name"
        raise InputError([Problem(f"--out {printable(target)}", need, "something that exists", hint)])
