"""The formats of a document, and writing all that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from simulator.documents.blocks import Document
from simulator.documents.excel import write_excel
from simulator.documents.html import write_html
from simulator.documents.pdf import write_pdf
from simulator.documents.word import write_word
from simulator.errors import Problem, shown
from simulator.execution.new_files import new_folder

DOCUMENT_FORMATS: dict[str, Callable[[Document, Path], None]] = {
    "html": write_html,
    "pdf": write_pdf,
    "docx": write_word,
    "xlsx": write_excel,
}
"""The register of formats, by the ending of their files."""
STEM = "report"


def chosen_formats(text: str | None) -> tuple[tuple[str, ...], list[Problem]]:
    """Return the formats that a user lists."""
    if text is None:
        return tuple(DOCUMENT_FORMATS), []
    names = [name.strip().lower() for name in text.split(",")]
    need = f"some of {', '.join(DOCUMENT_FORMATS)}, with commas in between"
    problems = [
        Problem("--format", need, shown(name))
        for name in dict.fromkeys(names)
        if name not in DOCUMENT_FORMATS
    ]
    return tuple(name for name in DOCUMENT_FORMATS if name in names), problems


def new_report_folder(target: Path, *, replace: bool) -> AbstractContextManager[Path]:
    """Give a folder to write to, which becomes `target` only if all goes well."""
    files = {f"{STEM}.{name}" for name in DOCUMENT_FORMATS}
    return new_folder(target, lambda names: replace and bool(names) and names <= files)


def write_document(
    document: Document,
    folder: Path,
    formats: Sequence[str],
    progress: Callable[[int], None] = lambda formats_done: None,
) -> list[str]:
    """Write a document in several formats."""
    names = []
    for done, name in enumerate(formats, start=1):
        names.append(f"{STEM}.{name}")
        DOCUMENT_FORMATS[name](document, folder / names[-1])
        progress(done)
    return names
