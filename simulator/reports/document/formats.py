"""The formats of a document, and writing all that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from simulator.errors import Problem, shown
from simulator.reports.document.blocks import Document
from simulator.reports.document.excel import write_excel
from simulator.reports.document.html import write_html
from simulator.reports.document.pdf import write_pdf
from simulator.reports.document.word import write_word

FORMATS: dict[str, Callable[[Document, Path], None]] = {
    "html": write_html,
    "pdf": write_pdf,
    "docx": write_word,
    "xlsx": write_excel,
}
"""The register of formats, by the ending of their files."""
STEM = "report"


def chosen_formats(text: str | None) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the formats that a user lists.

    Parameters
    ----------
    text : str or None
        With commas in between; all where nothing is given.

    Returns
    -------
    tuple of tuple of str and list of Problem
        Each format once, and what is wrong with the list.
    """
    if text is None:
        return tuple(FORMATS), []
    names = [name.strip().lower() for name in text.split(",")]
    need = f"some of {', '.join(FORMATS)}, with commas in between"
    problems = [
        Problem("--format", need, shown(name)) for name in dict.fromkeys(names) if name not in FORMATS
    ]
    return tuple(name for name in FORMATS if name in names), problems


def write_document(
    document: Document,
    folder: Path,
    formats: Sequence[str],
    progress: Callable[[int], None] = lambda formats_done: None,
) -> list[str]:
    """Write a document in several formats.

    Parameters
    ----------
    document : Document
        What to write.
    folder : Path
        Where to; without files of these names.
    formats : sequence of str
        Of the register.
    progress : callable
        Called with the number of formats done.

    Returns
    -------
    list of str
        Names of the files.
    """
    names = []
    for done, name in enumerate(formats, start=1):
        names.append(f"{STEM}.{name}")
        FORMATS[name](document, folder / names[-1])
        progress(done)
    return names
