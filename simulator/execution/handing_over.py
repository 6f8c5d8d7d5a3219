"""Handing what a process has made to another on the same machine: large arrays by memory that both share.

Through a pipe they would pass 64 kB at a time, each written once and read once.
"""

from __future__ import annotations

import mmap
import os
import pickle
from multiprocessing.connection import Connection
from multiprocessing.reduction import recv_handle, send_handle
from typing import Any

_WORTH_SHARING_BYTES = 1_000_000
_ALIGNED_TO = 64
"""Bytes: a line of a processor's cache, where libraries would place an array."""
_CAN_SHARE = hasattr(os, "memfd_create")


def hand_over(connection: Connection, made: object) -> None:
    """Send something to the process at the other end, which takes it by `taken_from`."""
    buffers: list[pickle.PickleBuffer] = []
    words = pickle.dumps(made, 5, buffer_callback=buffers.append)
    arrays = [one.raw() for one in buffers]
    if not _CAN_SHARE or sum(one.nbytes for one in arrays) < _WORTH_SHARING_BYTES:
        connection.send_bytes(pickle.dumps((made, None), 5))
        return
    # It has no name: whatever happens to either process, nothing is left of it.
    shared = os.memfd_create("cluster-risk")
    places = []
    with os.fdopen(shared, "wb") as file:
        for array in arrays:
            file.seek(-file.tell() % _ALIGNED_TO, os.SEEK_CUR)
            places.append((file.tell(), array.nbytes))
            file.write(array)
        file.flush()
        connection.send_bytes(pickle.dumps((words, places)))
        send_handle(connection, shared, None)


def taken_from(connection: Connection) -> Any:
    """Return what the process at the other end hands over; EOFError or OSError if it has gone."""
    words, places = pickle.loads(connection.recv_bytes())  # noqa: S301 - of a process of ours
    if places is None:
        return words
    shared = recv_handle(connection)
    try:
        whole = memoryview(mmap.mmap(shared, 0, mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)))
    finally:
        os.close(shared)
    # Arrays hold the memory for as long as somebody holds them.
    return pickle.loads(words, buffers=[whole[at : at + size] for at, size in places])  # noqa: S301
