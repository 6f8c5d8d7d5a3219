"""Arrays of all contracts on disk, where memory is not to hold them."""

from __future__ import annotations

import math
import shutil
import tempfile
import weakref
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simulator.execution.new_files import check_room
from simulator.records import FloatArray

FLOAT_BYTES = 8


@dataclass(frozen=True)
class PassingFolder:
    """A folder that goes when nobody holds this any longer, or when the process ends that made it."""

    path: Path

    @classmethod
    def made(cls, bytes_needed: float) -> PassingFolder:
        """Make a folder where the system keeps what passes; refuse where there is too little room."""
        hint = "fewer contracts need less; the environment's TMPDIR names another folder"
        check_room(Path(tempfile.gettempdir()) / "any", int(bytes_needed), hint)
        folder = cls(Path(tempfile.mkdtemp(prefix="cluster-risk-")))
        weakref.finalize(folder, shutil.rmtree, folder.path, ignore_errors=True)
        return folder


@dataclass(frozen=True, slots=True)
class StoredArray:
    """An array of shape (contract, ..., cluster) in a file, some contracts after the others.

    They are read as many at a time as stand together. What nobody has written is nothing, and takes no disk.
    """

    path: Path
    shape: tuple[int, ...]
    together: int  # contracts

    @classmethod
    def empty(cls, path: Path, shape: tuple[int, ...], together: int) -> StoredArray:
        """Make a file for an array of nothing."""
        with path.open("wb") as file:
            file.truncate(math.prod(shape) * FLOAT_BYTES)
        return cls(path, shape, together)

    def put(self, start: int, first: int, array: FloatArray) -> None:
        """Write some contracts of some clusters, from where others begin to stand together on."""
        between = math.prod(self.shape[1:-1])
        with self.path.open("r+b") as file:
            for at in range(start, min(start + len(array), self.shape[0]), self.together):
                size = min(self.together, self.shape[0] - at)
                file.seek((at * between * self.shape[-1] + first * between * size) * FLOAT_BYTES)
                file.write(np.ascontiguousarray(array[at - start : at - start + size].T).data)

    def some(self, start: int, stop: int) -> FloatArray:
        """Read contracts, from where some begin to stand together on."""
        some = np.empty((stop - start, *self.shape[1:]), order="F")
        of_contract = math.prod(self.shape[1:])
        for at in range(start, stop, self.together):
            size = min(self.together, self.shape[0] - at)
            place = at * of_contract * FLOAT_BYTES
            read = np.fromfile(self.path, count=size * of_contract, offset=place)
            some[at - start : at - start + size] = read.reshape(*self.shape[:0:-1], size).T
        return some
