"""Finished blocks of a simulation, kept on disk so that one that is killed can be gone on with."""

from __future__ import annotations

import io
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np

from simulator.errors import InputError, Problem, WorkersLostError, printable
from simulator.execution.going_on import check_same
from simulator.execution.new_files import left_behind, new_folder
from simulator.interrupts import Ended
from simulator.records import Outturn
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.gathering import arrays_of, outturn_of

FOLDER = "blocks"
_IDENTITY = "what.json"
_DIGEST_BYTES = sha256().digest_size


@dataclass(frozen=True, slots=True)
class KeptBlocks:
    """A folder with a file for each finished block."""

    folder: Path | None = None  # None where nothing is kept

    @classmethod
    def inside(cls, folder: Path, identity: Mapping[str, str]) -> KeptBlocks:
        """Keep blocks inside the folder of an unfinished result; those that stand there are found."""
        blocks = folder / FOLDER
        blocks.mkdir(exist_ok=True)
        (blocks / _IDENTITY).write_text(json.dumps(identity), encoding="utf-8")
        return cls(blocks)

    def found(self, pieces: int) -> Iterator[tuple[int, Outturn]]:
        """Yield the number of each of the first pieces that stands unchanged, and what was drawn of it."""
        for path in sorted(self.folder.glob("*.block")) if self.folder else ():
            if not path.stem.isdecimal() or int(path.stem) >= pieces:
                continue
            content = path.read_bytes()
            digest, arrays = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
            if sha256(arrays).digest() != digest:
                sys.stderr.write(f"note: {printable(path)} is damaged: its contracts are drawn anew\n")
                continue
            with np.load(io.BytesIO(arrays), allow_pickle=False) as stored:
                yield int(path.stem), outturn_of(dict(stored))

    def keep(self, number: int, drawn: Outturn) -> None:
        """Keep a block; it is with the system when this returns, whatever happens to us."""
        if self.folder is None:
            return
        stored, named = io.BytesIO(), cast("dict[str, Any]", arrays_of(drawn))
        np.savez(stored, **named)
        arrays = stored.getvalue()
        partial = self.folder / f"{number}.partial"
        partial.write_bytes(sha256(arrays).digest() + arrays)
        partial.replace(self.folder / f"{number:06}.block")

    def set_aside(self) -> str:
        """Let the folder outlast the command, if blocks are finished; return what to say of it."""
        finished = len(list(self.folder.glob("*.block"))) if self.folder else 0
        if self.folder is None or not finished:
            return ""
        unfinished = self.folder.parent
        aside = unfinished.rename(unfinished.with_name(f"{unfinished.name}-kept"))
        return f"{finished} finished blocks are kept in {printable(aside)}: go on with --resume"

    def forget(self) -> None:
        """Remove the blocks, which the result has now."""
        if self.folder is not None:
            shutil.rmtree(self.folder)


NOTHING_KEPT = KeptBlocks()


@contextmanager
def folder_with_blocks(
    target: Path, replaces: Callable[[set[str]], bool], identity: Mapping[str, str], *, resume: bool
) -> Iterator[tuple[Path, KeptBlocks]]:
    """Give a folder to write to, which becomes `target` only if all goes well, and blocks kept in it."""
    begun = unfinished_of(target, identity) if resume else None
    if not resume and left_with_blocks(target):
        sys.stderr.write("note: a run was killed that --resume would go on with; this one starts anew\n")
    with new_folder(target, replaces, begun) as folder:
        kept = KeptBlocks.inside(folder, identity)
        try:
            yield folder, kept
        except KeyboardInterrupt as stopped:
            # Whoever goes on with blocks has asked for them to be kept.
            if not resume and not isinstance(stopped, Ended):
                raise
            raise type(stopped)(kept.set_aside()) from stopped
        except WorkersLostError as lost:
            raise WorkersLostError("; ".join(filter(None, [str(lost), kept.set_aside()]))) from lost
        kept.forget()


def left_with_blocks(target: Path) -> list[Path]:
    """Return the folders beside `target` in which killed simulations have left blocks."""
    return [path for path in left_behind(target.resolve()) if (path / FOLDER / _IDENTITY).is_file()]


def unfinished_of(target: Path, identity: Mapping[str, str]) -> Path:
    """Return the folder that a killed simulation of the same has left beside `target`; refuse any other."""
    left = left_with_blocks(target)
    if not left:
        need = f"used where a run to {printable(target)} was killed"
        got, hint = "nothing is left of one", "without --resume the run starts anew"
        if left_behind(target.resolve(), by_the_living=True):
            got, hint = "one that is still running", "wait until it has ended, or choose another name"
        raise InputError([Problem("--resume", need, got, hint)])
    latest = max(left, key=lambda path: (path / FOLDER).stat().st_mtime)
    path = latest / FOLDER / _IDENTITY
    try:
        before = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        before = None
    if not isinstance(before, dict):
        need = f"used with {printable(path)} as a run left it"
        raise InputError([Problem("--resume", need, "another file")])
    check_same(before, identity, path, "start anew without --resume")
    finished = len(list(path.parent.glob("*.block")))
    sys.stderr.write(f"note: going on with {finished} finished blocks of {CONTRACTS_PER_BLOCK:,} contracts\n")
    return latest
