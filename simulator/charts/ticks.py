"""Numbers on an axis: one unit and as many decimals for all of them, no more than tell them apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matplotlib.ticker import Formatter

Writer = Callable[[Sequence[float]], list[str]]


class Together(Formatter):
    """Writes the numbers of an axis together."""

    def __init__(self, write: Writer) -> None:
        self._write = write

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return one number."""
        return self._write([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Return all numbers."""
        return self._write(values)
