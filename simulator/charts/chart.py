"""A chart: a figure with its data, its words and its source, which can be saved and shown."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.answers.table import Cell, ends_of
from simulator.charts.letters_in_svg import may_be_embedded, with_fonts
from simulator.charts.look import STANDS_IN, Look, look, looking
from simulator.charts.numbers_drawn import Rows, columns_of, csv_of
from simulator.charts.style import house_style, keep_colours
from simulator.charts.words import sentence
from simulator.errors import Problem, Problems, shown
from simulator.execution.new_files import CSV_ENCODING, check_new_file, new_file

if TYPE_CHECKING:
    from typing import Self

    import pandas as pd
    from matplotlib.figure import Figure

PICTURE_FORMATS = ("svg", "png", "pdf")


@dataclass(frozen=True, eq=False)
class Chart:
    """What a chart function returns. Notebooks show it as it is."""

    name: str  # of the kind of chart, as in the register
    title: str  # what it says, or asks
    figure: Figure  # the picture
    drawn: Rows | pd.DataFrame  # the numbers in it, with the ends of intervals
    alt: str  # what a reader who cannot see the picture is told: its numbers in words
    source: str  # where the numbers come from
    look: Look = field(default_factory=look)  # how it was drawn

    @classmethod
    def of(
        cls, name: str, title: str, figure: Figure, data: Rows | pd.DataFrame, words: str, source: str
    ) -> Self:
        """Return a chart of rows of data; what is told begins with the title."""
        wanted = look()
        title = wanted.title or title
        keep_colours(figure)
        whose = wanted.theme.organisation
        source = f"{whose}. {source}" if whose else source
        return cls(name, title, figure, data, f"{sentence(title)} {words}".rstrip(), source)

    @cached_property
    def data(self) -> pd.DataFrame:
        """What is drawn, with the ends of intervals."""
        import pandas as pd

        return pd.DataFrame(self.drawn)

    def columns(self) -> dict[str, list[Any]]:
        """Return what is drawn, by column."""
        return columns_of(self.drawn)

    def csv(self) -> bytes:
        """Return what is drawn as a file that Excel reads."""
        return csv_of(self.drawn).encode(CSV_ENCODING)

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
        problems = save_problems([picture], replace=replace)
        if kind not in PICTURE_FORMATS:
            problems.append(Problem("format", f"one of {', '.join(PICTURE_FORMATS)}", shown(kind)))
        problems.report()
        with new_file(targets[0], replace=replace) as drawn, new_file(targets[1], replace=replace) as data:
            drawn.write_bytes(self.rendered(kind))
            data.write_bytes(self.csv())
        return targets

    def rendered(
        self,
        format: str = "svg",  # noqa: A002 - as matplotlib calls it
        *,
        outlined: bool = False,
    ) -> bytes:
        """Return the picture as bytes: always the same for the same chart.

        Parameters
        ----------
        format : str
            svg, png or pdf.
        outlined : bool
            Whether the letters of SVG are outlines, for programs that take no font from a file.

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
        family = self.look.theme.font_family
        is_text = format == "svg" and not outlined and may_be_embedded(family)
        with looking(self.look), house_style(letters_as_text=is_text):
            if self.figure.get_layout_engine() is not None:
                # Laid out once: every further drawing would move things by a hair.
                self.figure.draw_without_rendering()
                self.figure.set_layout_engine("none")
            self.figure.savefig(file, format=format, dpi=self.look.size.dpi, metadata=known[format])
        return with_fonts(file.getvalue(), [family, STANDS_IN]) if is_text else file.getvalue()

    def _repr_svg_(self) -> str:
        return self.rendered("svg").decode()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self._repr_svg_(), "text/plain": self.alt}


def save_problems(pictures: Sequence[Path], *, replace: bool) -> Problems:
    """Return what keeps pictures and their data from being written; none where all is well."""
    problems = Problems()
    for picture in pictures:
        for file in (picture, picture.with_suffix(".csv")):
            with problems.noted():
                check_new_file(file, replace=replace)
    return problems


def measure_rows(found: Mapping[str, Mapping[str, Cell]]) -> Rows:
    """Return a row of data for each measure of each cluster."""
    return [
        {"cluster": name, "measure": measure} | with_ends("value", cell)
        for name, measures in found.items()
        for measure, cell in measures.items()
    ]


def with_ends(name: str, cell: Cell) -> dict[str, object]:
    """Return a number in a row of data: its value and the ends of its interval, as `Table.frame` has them."""
    return dict(zip((name, f"{name}_low", f"{name}_high"), ends_of(cell), strict=True))
