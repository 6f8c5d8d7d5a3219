"""A chart: a figure with its data, its words and its source, which can be saved and shown."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.charts.style import house_style
from simulator.errors import InputError, Problem, printable, shown

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

FORMATS = ("svg", "png", "pdf")


@dataclass(frozen=True, eq=False)
class Chart:
    """What a chart function returns. Notebooks show it as it is.

    Parameters
    ----------
    name : str
        Of the kind of chart, as in the register.
    title : str
        What it says, or asks.
    figure : Figure
        The picture.
    data : DataFrame
        What is drawn, with the ends of intervals.
    alt : str
        What a reader who cannot see the picture is told: its numbers in words.
    source : str
        Where the numbers come from.
    """

    name: str
    title: str
    figure: Figure
    data: pd.DataFrame
    alt: str
    source: str

    def save(
        self,
        path: str | Path,
        format: str | None = None,  # noqa: A002 - as matplotlib calls it
        *,
        replace: bool = False,
    ) -> tuple[Path, Path]:
        """Write the picture, and its data as CSV beside it.

        Parameters
        ----------
        path : str or Path
            Of the picture.
        format : str, optional
            svg, png or pdf; the ending of the path when left out.
        replace : bool
            Whether files that exist may be replaced.

        Returns
        -------
        tuple of Path
            The picture and the data.

        Raises
        ------
        InputError
            For another format, or files that exist or cannot be made.
        """
        picture = Path(path)
        kind = format or picture.suffix.lower().removeprefix(".")
        targets = (picture, picture.with_suffix(".csv"))
        problems = save_problems(targets, replace=replace)
        if kind not in FORMATS:
            problems.append(Problem("format", f"one of {', '.join(FORMATS)}", shown(kind)))
        if problems:
            raise InputError(problems)
        _write(picture, lambda file: file.write_bytes(self.rendered(kind)))
        table = self.data.to_csv(index=False, lineterminator="\n")
        _write(targets[1], lambda file: file.write_text(table, encoding="utf-8", newline="\n"))
        return targets

    def rendered(self, format: str = "svg") -> bytes:  # noqa: A002 - as matplotlib calls it
        """Return the picture as bytes: always the same for the same chart.

        Parameters
        ----------
        format : str
            svg, png or pdf.

        Returns
        -------
        bytes
            With title and description inside, and no date.
        """
        known = {
            "svg": {"Title": self.title, "Description": self.alt, "Date": None},
            "png": {"Title": self.title, "Description": self.alt, "Software": None},
            "pdf": {"Title": self.title, "Subject": self.alt, "CreationDate": None},
        }
        file = io.BytesIO()
        with house_style():
            if self.figure.get_layout_engine() is not None:
                # Laid out once: every further drawing would move things by a hair.
                self.figure.draw_without_rendering()
                self.figure.set_layout_engine("none")
            self.figure.savefig(file, format=format, metadata=known[format])
        return file.getvalue()

    def _repr_svg_(self) -> str:
        return self.rendered("svg").decode()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self._repr_svg_(), "text/plain": self.alt}


def save_problems(targets: Sequence[Path], *, replace: bool) -> list[Problem]:
    """Return what keeps files from being written.

    Returns none where all is well.
    """
    problems = []
    for target in targets:
        where = f"--out {printable(target)}"
        if target.is_dir() or (target.exists() and not replace):
            hint = "choose another name" + ("" if target.is_dir() else ", or add --replace")
            problems.append(Problem(where, "a new file", "one that exists", hint))
        elif not target.parent.is_dir():
            problems.append(Problem(where, "a file in a folder that exists", printable(target.parent)))
    return problems


def _write(target: Path, write: Callable[[Path], object]) -> None:
    """Write a file whole, or not at all."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}-unfinished-", dir=target.parent)
    except OSError as error:
        need, reason = "a file that can be made", error.strerror or str(error)
        raise InputError([Problem(f"--out {printable(target)}", need, reason)]) from None
    os.close(handle)
    partial = Path(name)
    try:
        write(partial)
        partial.chmod(0o644)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
