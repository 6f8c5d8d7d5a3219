"""Writing one file: whole, or not at all, and never over another."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from simulator.errors import InputError, Problem, printable


@contextmanager
def new_file(target: Path) -> Iterator[Path]:
    """Give a file to write to, which becomes `target` only if all goes well."""
    _check_free(target)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}-unfinished-", dir=target.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(f"--out {printable(target)}", "a file that can be made", reason)]) from None
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        # Somebody may have made the file while the simulation ran.
        _check_free(target)
        partial.chmod(0o644)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _check_free(target: Path) -> None:
    if target.exists():
        hint = "choose another name"
        raise InputError([Problem(f"--out {printable(target)}", "a new file", "one that exists", hint)])
