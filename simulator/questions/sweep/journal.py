"""The journal of a sweep: what it has finished, kept on disk until its file is written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from simulator.errors import InputError, Problem, printable, shown
from simulator.records import FloatArray

_WHAT = "unfinished sweep of cluster-risk"
_LITTLE_ENDIAN = "<f8"
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass
class Journal:
    """A file with a line for each finished policy."""

    file: BinaryIO = field(repr=False)  # open at its end
    found: dict[int, FloatArray]  # what was finished before, by the policy's number
    kept: int  # policies in the file

    def keep(self, number: int, numbers: FloatArray) -> None:
        """Add a finished policy; it is with the system when this returns, whatever happens to us."""
        code = base64.b64encode(numbers.astype(_LITTLE_ENDIAN).tobytes()).decode("ascii")
        self.file.write(_line({"policy": number, "numbers": code}))
        self.file.flush()
        self.kept += 1


def journal_path(out: Path) -> Path:
    """Return where the journal of a sweep stands whose result is to be `out`."""
    return out.with_name(f"{out.name}.unfinished")


@contextmanager
def sweep_journal(
    out: Path, identity: Mapping[str, str], shape: tuple[int, ...], resume: bool
) -> Iterator[Journal]:
    """Give the journal of a sweep; it goes when all is well, or when nothing is in it."""
    path = journal_path(out)
    header = _line({"what": _WHAT, **identity})
    found, end = _read(path, header, shape) if resume else ({}, 0)
    if not resume and path.exists():
        hint = f"continue it with --resume, or remove {printable(path)}"
        raise InputError([Problem(f"--out {printable(out)}", "a new file", "an unfinished sweep", hint)])
    try:
        file = path.open("r+b" if resume else "xb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(f"--out {printable(out)}", "a file that can be made", reason)]) from None
    done = False
    journal = Journal(file, found, len(found))
    try:
        with file:
            # What a kill tore off in the middle of a line goes.
            file.truncate(end)
            file.seek(end)
            if not end:
                file.write(header)
                file.flush()
            yield journal
        done = True
    finally:
        if done or not journal.kept:
            path.unlink(missing_ok=True)


def _read(path: Path, header: bytes, shape: tuple[int, ...]) -> tuple[dict[int, FloatArray], int]:
    """Return what a journal holds, and how many of its bytes are whole lines."""
    try:
        content = path.read_bytes()
    except OSError as error:
        got = "no such file" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        need = f"used where {printable(path)} is left of a sweep"
        hint = "without --resume the sweep starts anew"
        raise InputError([Problem("--resume", need, got, hint)]) from None
    if header.startswith(content):
        # Killed before its first line was whole, or before its first policy.
        return {}, 0
    first, *lines = content.splitlines(keepends=True)
    _check_header(path, _record(first), _record(header))
    found, end = {}, len(first)
    for line in lines:
        record = _record(line)
        if "policy" not in record:
            break
        numbers = np.frombuffer(base64.b64decode(record["numbers"]), _LITTLE_ENDIAN)
        found[int(record["policy"])] = numbers.astype(float).reshape(shape)
        end += len(line)
    return found, end


def _check_header(path: Path, header: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    """Refuse a journal of another sweep."""
    if header.get("what") != _WHAT:
        raise InputError(
            [Problem("--resume", f"used with {printable(path)} as a sweep left it", "another file")]
        )
    hint = "ask as before, or remove that file and start anew without --resume"
    problems = []
    for name, value in wanted.items():
        before = header.get(name)
        # A digest says that something has changed, not what it was.
        is_digest = _DIGEST.fullmatch(value)
        need = f"as in {printable(path)}" + ("" if is_digest else f": {shown(before)}")
        if before != value:
            problems.append(
                Problem(f"--resume, {name}", need, "changed since" if is_digest else shown(value), hint)
            )
    if problems:
        raise InputError(problems)


def _line(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def _record(line: bytes) -> dict[str, Any]:
    """Return what a line says; nothing where it was torn."""
    try:
        record = json.loads(line) if line.endswith(b"\n") else {}
    except ValueError:
        return {}
    return record if isinstance(record, dict) else {}
