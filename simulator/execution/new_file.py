"""Writing one file: whole, or not at all, and over another only if asked to."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import InputError, Problem, printable

CSV_ENCODING = "utf-8-sig"
"""With a mark at the start, by which Excel knows that a dash or an accent is UTF-8."""


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
