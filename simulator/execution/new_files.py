"""Writing a file or a folder: whole, or not at all, and over another only if asked to."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import InputError, Problem, printable

CSV_ENCODING = "utf-8-sig"
"""With a mark at the start, by which Excel knows that a dash or an accent is UTF-8."""


def unfinished(target: Path) -> Path:
    """Return where the finished part of what is to be `target` is kept, to go on with."""
    return target.with_name(f"{target.name}.unfinished")


@contextmanager
def new_file(target: Path, *, replace: bool = False) -> Iterator[Path]:
    """Give a file to write to, which becomes `target` only if all goes well.

    Folders that are missing are made. Yields a file beside `target`, removed if anything fails. Raises
    InputError, before anything is computed, if `target` exists and may not be replaced, or cannot be made.
    """
    check_new_file(target, replace=replace)
    made = [folder for folder in target.absolute().parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        # A name may be as long as the system allows: what is put round it would make it too long.
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}-unfinished-", dir=target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(f"--out {printable(target)}", "a file that can be made", reason)]) from None
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        # Somebody may have made the file while the simulation ran.
        check_new_file(target, replace=replace)
        partial.chmod(0o644)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def check_new_file(target: Path, *, replace: bool = False) -> None:
    """Refuse a file that exists, unless it may be replaced; and what is no file."""
    where = f"--out {printable(target)}"
    if target.is_dir() or (target.exists() and not replace):
        hint = "choose another name" + ("" if target.is_dir() else ", or add --replace")
        got = "a folder" if target.is_dir() else "one that exists"
        raise InputError([Problem(where, "a new file", got, hint)])


@contextmanager
def new_folder(target: Path, replaces: Callable[[set[str]], bool] = lambda names: False) -> Iterator[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well.

    `replaces` says of the names in a folder that exists whether it may be replaced.
    """
    target = target.resolve()
    _check_new_folder(target, replaces)
    made = [folder for folder in target.parents if not folder.exists()]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=f".{target.name}-unfinished-", dir=target.parent))
    except OSError as error:
        reason = error.strerror or str(error)
        problem = Problem(f"--out {printable(target)}", "a folder that can be made", reason)
        raise InputError([problem]) from None
    try:
        yield partial
        # Somebody may have made the folder while the simulation ran.
        _check_new_folder(target, replaces)
        _put_in_place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
        for folder in made:
            with suppress(OSError):
                folder.rmdir()


def _put_in_place(partial: Path, target: Path) -> None:
    """Rename `partial` to `target`; what is replaced goes only when the new one stands."""
    partial.chmod(0o755)
    if not target.exists():
        partial.rename(target)
        return
    earlier = target.with_name(f"{partial.name}-earlier")
    target.rename(earlier)
    try:
        partial.rename(target)
    except OSError:
        earlier.rename(target)
        raise
    shutil.rmtree(earlier, ignore_errors=True)


def _check_new_folder(target: Path, replaces: Callable[[set[str]], bool]) -> None:
    if target.exists() and not (target.is_dir() and replaces({path.name for path in target.iterdir()})):
        need = "a new folder, or with --replace one that holds an earlier result and nothing else"
        hint = "choose another name"
        raise InputError([Problem(f"--out {printable(target)}", need, "something that exists", hint)])
