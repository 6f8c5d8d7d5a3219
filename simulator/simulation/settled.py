"""The outcomes of all contracts, settled some at a time, and what is made of each row's samples.

Where they are too many to hold, each part is settled once: the samples of every row are put by in a file, and
put together to one value for each contract before anything is made of them.
"""

from __future__ import annotations

import operator
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import compress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.execution.blocks import run_blocks
from simulator.records import ClusterTerms, Outcomes
from simulator.risk.account_book import AccountBook, account_books, pct_books
from simulator.simulation.stored_array import PassingFolder

Answer = TypeVar("Answer")
Samples = NDArray[Any]
_Index = dict[str, tuple[np.dtype[Any], bool]]
"""Of a row's samples in a part, in order: their type, and whether they are there or nothing throughout."""
SamplesOf = Callable[[AccountBook], Iterable[tuple[str, Samples]]]
"""From a row's book to its samples, by name, each of shape (contract,)."""

_ON_DISK_BYTES, _IN_MEMORY_BYTES = 5e9, 512e6
"""For the samples of some rows at a time, and for those of the rows that processes have in hand."""
_BYTES, _BYTES_OF_YEAR = 250, 45
"""What one contract takes for every measure of a row, and for those of each of its years, measured."""


@dataclass(frozen=True)
class Settled:
    """The outcomes of all contracts, some at a time."""

    contracts: int  # how many there are
    terms: ClusterTerms
    bounds: Sequence[tuple[int, int]]  # first contract of each part, and first of the next
    settle: Callable[[int, int], Outcomes]  # gives the outcomes between bounds
    workers: int = 1  # processes

    def parts(self) -> Iterator[Outcomes]:
        """Yield the outcomes of all contracts, in order."""
        for start, stop in self.bounds:
            yield self.settle(start, stop)

    def of_rows(
        self,
        rows: Sequence[int],
        samples_of: SamplesOf,
        answer: Callable[[int, dict[str, Samples]], Answer],
    ) -> list[Answer]:
        """Return what `answer` makes of each row's samples, shape (contract,), as `samples_of` names them.

        Rows are those of the clusters, that of all together, and those of PCTs where there are several.
        """
        of_row = self.contracts * (_BYTES + _BYTES_OF_YEAR * len(self.terms.months))
        at_once = max(int(_ON_DISK_BYTES / of_row), 1)
        answers: list[Answer] = []
        for first in range(0, len(rows), at_once):
            some = rows[first : first + at_once]
            folder = PassingFolder.made(len(some) * of_row)
            put = partial(self._put_by, folder.path, some, samples_of)
            places = dict(run_blocks(put, range(len(self.bounds)), self.workers))
            work = partial(self._answer, folder.path, some, places, answer, {})
            # Each process holds the samples of a row.
            at_a_time = max(min(int(_IN_MEMORY_BYTES / of_row), self.workers), 1)
            # The last first: that of all together takes longest.
            found, done = dict[int, Answer](), 0
            for at, one in run_blocks(work, range(len(some))[::-1], at_a_time):
                found[at] = one
                while done in found:
                    done += 1
                if done:
                    # Now, while others work: to give so much back takes a while.
                    _cut(folder.path, {part: starts[-done] for part, starts in places.items()})
            answers += (found[at] for at in range(len(some))[::-1])
        return answers

    def _put_by(self, folder: Path, rows: Sequence[int], samples_of: SamplesOf, part: int) -> list[int]:
        """Put by the samples of some rows in one part; return where each row's begin in the part's file."""
        outcomes, places = self.settle(*self.bounds[part]), []
        books = account_books(outcomes, self.terms)
        books += pct_books(outcomes, self.terms, books)
        with (folder / str(part)).open("wb") as file:
            for row in rows:
                places.append(file.tell())
                found = dict(samples_of(books[row]))
                # What is nothing throughout takes no room.
                index = {name: (one.dtype, bool(one.any())) for name, one in found.items()}
                pickle.dump(index, file, 5)
                for name, (_, is_there) in index.items():
                    if is_there:
                        file.write(np.ascontiguousarray(found[name]).data)
        return places

    def _answer(
        self,
        folder: Path,
        rows: Sequence[int],
        places: dict[int, list[int]],
        answer: Callable[[int, dict[str, Samples]], Answer],
        room: dict[str, Samples],
        at: int,
    ) -> Answer:
        """Return what is made of one row's samples, put together from all parts, in `room` of other rows."""
        of_parts: list[tuple[int, _Index]] = []  # where arrays begin in the part's file, and which they are
        for part in range(len(self.bounds)):
            with (folder / str(part)).open("rb") as file:
                file.seek(places[part][at])
                index = pickle.load(file)  # noqa: S301 - our own, of a moment ago
                of_parts.append((file.tell(), index))
        whole = self._room([index for _, index in of_parts], room)
        for part, (start, index) in enumerate(of_parts):
            with (folder / str(part)).open("rb") as file:
                file.seek(start)
                for name in (name for name, (_, is_there) in index.items() if is_there):
                    samples, dtype = whole[name][slice(*self.bounds[part])], index[name][0]
                    read = samples if samples.dtype == dtype else np.empty(samples.size, dtype)
                    if file.readinto(read.data) < read.nbytes:
                        raise OSError(f"{file.name} was cut short while we used it")
                    samples[:] = read
        return answer(rows[at], whole)

    def _room(self, parts: Sequence[_Index], room: dict[str, Samples]) -> dict[str, Samples]:
        """Return room for the samples of all contracts by name, nothing where a part has none.

        It is `room` that other samples have had, as far as there is any: the system gives new memory slowly.
        """
        types: dict[str, list[np.dtype[Any]]] = {}
        for index in parts:
            for name, (dtype, _) in index.items():
                types.setdefault(name, []).append(dtype)
        whole = {}
        for name, of_parts in types.items():
            is_there = [index[name][1] if name in index else False for index in parts]
            # In some parts a sample is whether something happens, in others it may be nan.
            dtype = np.result_type(*of_parts)
            if not any(is_there):
                # Zeros that nobody writes to take no memory.
                whole[name] = np.zeros(self.contracts, dtype)
                continue
            if name not in room or room[name].dtype != dtype:
                room[name] = np.empty(self.contracts, dtype)
            whole[name] = room[name]
            for bounds in compress(self.bounds, map(operator.not_, is_there)):
                whole[name][slice(*bounds)] = 0
        return whole


def _cut(folder: Path, ends: dict[int, int]) -> None:
    """Give back what files of parts hold from some place on."""
    for part, end in ends.items():
        os.truncate(folder / str(part), end)
