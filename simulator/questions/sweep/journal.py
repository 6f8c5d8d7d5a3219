"""The journal of a sweep: what it has finished, kept on disk until its file is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import numpy as np

from simulator.errors import InputError, Problem, WorkersLostError, printable
from simulator.execution.going_on import check_same
from simulator.execution.new_files import unfinished
from simulator.records import FloatArray

_LITTLE_ENDIAN = "<f8"
_DIGEST_BYTES = sha256().digest_size
_TABLES = """
    CREATE TABLE unfinished_sweep (name TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE policies (number INTEGER PRIMARY KEY, numbers BLOB)
"""


@dataclass
class Journal:
    """A database with a row for each finished policy."""

    database: sqlite3.Connection = field(repr=False)
    found: dict[int, FloatArray]  # what is finished, by the policy's number

    def keep(self, number: int, numbers: FloatArray) -> None:
        """Add a finished policy; it is with the system when this returns, whatever happens to us."""
        stored = numbers.astype(_LITTLE_ENDIAN).tobytes()
        row = (number, sha256(stored).digest() + stored)
        with self.database:
            self.database.execute("INSERT OR REPLACE INTO policies VALUES (?, ?)", row)
        self.found[number] = numbers


@contextmanager
def sweep_journal(
    out: Path, identity: Mapping[str, str], shape: tuple[int, ...], resume: bool
) -> Iterator[Journal]:
    """Give the journal of a sweep; it goes when all is well, or when nothing is in it."""
    path, where = unfinished(out), f"--out {printable(out)}"
    if resume and not path.is_file():
        need = f"used where {printable(path)} is left of a sweep"
        hint = "without --resume the sweep starts anew"
        raise InputError([Problem("--resume", need, "no such file", hint)])
    if not resume and path.exists():
        hint = f"continue it with --resume, or remove {printable(path)}"
        raise InputError([Problem(where, "a new file", "an unfinished sweep", hint)])
    done, journal = False, None
    try:
        with closing(sqlite3.connect(path, timeout=0)) as database:
            found = _read(database, path, identity, shape) if resume else {}
            # Safe against whatever stops the command; if the whole system stops, the sweep starts anew.
            database.execute("PRAGMA synchronous = OFF")
            if not resume:
                _lock(database)
                database.executescript(_TABLES)
                with database:
                    database.executemany("INSERT INTO unfinished_sweep VALUES (?, ?)", identity.items())
            journal = Journal(database, found)
            yield journal
        done = True
    except sqlite3.OperationalError as error:
        raise _failed(error, out, journal) from None
    except (KeyboardInterrupt, WorkersLostError) as stopped:
        if journal is None or not journal.found:
            raise
        kept = f"{len(journal.found):,} finished policies are kept in {printable(path)}: go on with --resume"
        raise type(stopped)("; ".join(filter(None, [str(stopped), kept]))) from None
    finally:
        if done or (journal is not None and not journal.found) or (journal is None and not resume):
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _lock(database: sqlite3.Connection) -> None:
    """Keep every other process out until this one ends, however that is."""
    database.execute("PRAGMA locking_mode = EXCLUSIVE")
    database.execute("BEGIN EXCLUSIVE")
    database.rollback()


def _failed(error: sqlite3.OperationalError, out: Path, journal: Journal | None) -> Exception:
    """Return what to say of a journal that cannot be written."""
    path, where = unfinished(out), f"--out {printable(out)}"
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        hint = "wait until it has ended, or choose another name"
        return InputError([Problem(where, "a file that no other sweep is writing", "one that is", hint)])
    if journal is None:
        return InputError([Problem(where, "a file that can be made", str(error))])
    kept = f"{len(journal.found):,} finished policies are kept in {printable(path)}: go on with --resume"
    return RuntimeError(f"{error}; {kept if journal.found else 'nothing was kept'}")


def _read(
    database: sqlite3.Connection, path: Path, identity: Mapping[str, str], shape: tuple[int, ...]
) -> dict[int, FloatArray]:
    """Return what a journal of the same sweep holds."""
    try:
        _lock(database)
        before = dict(database.execute("SELECT name, value FROM unfinished_sweep"))
        rows = database.execute("SELECT number, numbers FROM policies").fetchall()
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
            raise
        need = f"used with {printable(path)} as a sweep left it"
        raise InputError([Problem("--resume", need, "another file")]) from None
    check_same(before, identity, path, "remove that file and start anew without --resume")
    return {number: numbers.reshape(shape) for number, one in rows if (numbers := _whole(one)) is not None}


def _whole(stored: bytes) -> FloatArray | None:
    """Return the numbers of a policy; None for what has changed since they were kept."""
    digest, numbers = stored[:_DIGEST_BYTES], stored[_DIGEST_BYTES:]
    if sha256(numbers).digest() != digest:
        return None
    return np.frombuffer(numbers, _LITTLE_ENDIAN).astype(float)
