"""Writing one folder: whole, or not at all, and never over another."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from simulator.errors import InputError, Problem, printable


def refuse_existing(target: Path) -> None:
    """Refuse a folder that exists."""
    if target.exists():
        where, hint = f"--out {printable(target)}", "choose another name"
        raise InputError([Problem(where, "a new folder", "something that exists", hint)])


@contextmanager
def new_folder(target: Path, check_free: Callable[[Path], None] = refuse_existing) -> Iterator[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well."""
    target = target.resolve()
    check_free(target)
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
        check_free(target)
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
