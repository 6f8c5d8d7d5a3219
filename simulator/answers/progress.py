"""A progress bar, where somebody sees it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_WORTH_SHOWING_SECONDS = 1.0


@contextmanager
def progress_bar(total: int | None, unit: str) -> Iterator[Callable[..., None]]:
    """Give a function to call with how much is done."""
    if not sys.stderr.isatty():
        yield lambda done, of=total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    started = time.monotonic()
    parts = (TextColumn(unit), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # No thread of its own: worker processes are forked while it stands.
    bar = Progress(*parts, console=Console(stderr=True), auto_refresh=False, transient=True)
    task = bar.add_task(unit, total=total)

    def show(done: int, of: int | None = total) -> None:
        if time.monotonic() - started < _WORTH_SHOWING_SECONDS:
            return
        bar.update(task, completed=done, total=of)
        bar.start()
        bar.refresh()

    try:
        yield show
    finally:
        bar.stop()
