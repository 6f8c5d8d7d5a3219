"""Pieces of work that this process and one beside it take from one queue, as each is free."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import TypeVar

from simulator.execution.blocks import Workers, beside, may_be_beside

Result = TypeVar("Result")
Finish = Callable[[Callable[[int], None]], list[Result]]
"""What does the pieces that are left and waits for the others: their results, in order. Calls what it is
given with how many were done here."""


@contextmanager
def shared_out(pieces: Sequence[Callable[[], Result]], workers: Workers) -> Iterator[Finish[Result]]:
    """Begin with pieces of work in a process beside this one; give what helps to finish them, called once.

    The first pieces are taken first: they are those that take longest, or that most depends on. The process
    ends with the block. Where it dies its pieces are done here, and all are where none may be started.
    """
    if len(pieces) < 2 or not may_be_beside(workers):
        yield partial(_finished, pieces, iter(range(len(pieces))), dict)
        return
    queue, positions = os.pipe()
    try:
        # A byte is taken by one process alone. Nobody waits for more: all are there before anybody looks.
        os.write(positions, bytes(range(len(pieces))))
        os.set_blocking(queue, False)
        with beside(lambda: {at: pieces[at]() for at in _taken(queue)}, workers) as found:
            yield partial(_finished, pieces, _taken(queue), found)
    finally:
        os.close(queue)
        os.close(positions)


def _taken(queue: int) -> Iterator[int]:
    """Yield the positions of pieces as they are asked for, until none is left."""
    with suppress(BlockingIOError):
        while True:
            yield os.read(queue, 1)[0]


def _finished(
    pieces: Sequence[Callable[[], Result]],
    taken: Iterator[int],
    beside_this: Callable[[], dict[int, Result]],
    progress: Callable[[int], None],
) -> list[Result]:
    """Do what is taken here, wait for what another process took, and do what nobody brings back."""
    found: dict[int, Result] = {}
    for at in taken:
        found[at] = pieces[at]()
        progress(len(found))
    found |= beside_this()
    for at in range(len(pieces)):
        if at not in found:
            found[at] = pieces[at]()
    return [found[at] for at in range(len(pieces))]
