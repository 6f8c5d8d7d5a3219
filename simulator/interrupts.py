"""Ctrl-C while the command still imports its libraries: a word and an exit code, no traceback."""

from __future__ import annotations

import os
import signal
import sys
from time import monotonic

INTERRUPTED = 130
_AGAIN_SECONDS = 1
_heeded: list[float] = []
"""When a signal to end was heeded last, on the system's clock."""


class Ended(KeyboardInterrupt):
    """A closing terminal or a system that shuts down ends the command: nobody has said to drop its work."""


def end(number: int, _: object) -> None:
    """Take Ctrl-C, or the signal of a terminal that closes or a system that shuts down; twice is once."""
    now = monotonic()
    if _heeded and now - _heeded[0] < _AGAIN_SECONDS:
        # What tidies up is not to be stopped.
        return
    _heeded[:] = [now]
    raise KeyboardInterrupt if number == signal.SIGINT else Ended


def leave_at_once(message: str) -> None:
    """Say why and end, without waiting for anything to tidy up."""
    sys.stderr.write(f"cluster-risk: {message}\n")
    sys.stderr.flush()
    os._exit(INTERRUPTED)


def _leave(*_: object) -> None:
    leave_at_once("stopped; nothing was written")


def quiet_at_first() -> None:
    """Let Ctrl-C end the command quietly until it can say more; other programs are left alone."""
    is_command = (sys.argv or [""])[0].replace("\\", "/").rpartition("/")[2].startswith("cluster-risk")
    if is_command and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)


def as_ever() -> None:
    """Let Ctrl-C raise KeyboardInterrupt again."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, end)
