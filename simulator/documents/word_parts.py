"""What Word can do and the library that writes it has no words for."""

from __future__ import annotations

import io
import zipfile
from typing import Any

_ZIP_DATE = (2010, 7, 1, 0, 0, 0)
_PALE = "EEF2F5"


def add_field(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field with what it shows until Word works it out."""
    from docx.oxml import OxmlElement

    field = OxmlElement("w:fldSimple")
    _set(field, "w:instr", instruction)
    run = paragraph.add_run(shown)
    field.append(run._r)  # noqa: SLF001 - fields have no other way in
    paragraph._p.append(field)  # noqa: SLF001


def set_row(row: Any, *, is_head: bool) -> None:
    """Keep a row on one page, and a head on every page."""
    from docx.oxml import OxmlElement

    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - the library has no other way to either
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))


def set_borders(grid: Any) -> None:
    """Leave only fine lines between rows."""
    from docx.oxml import OxmlElement

    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        _set(line, "w:val", "nil" if side in {"left", "right", "insideV"} else "single")
        _set(line, "w:sz", "4")
        _set(line, "w:color", "C9D0D6")
        borders.append(line)
    grid._tbl.tblPr.append(borders)  # noqa: SLF001


def shade(cell: Any) -> None:
    """Shade a cell as those of a head are."""
    from docx.oxml import OxmlElement

    shading = OxmlElement("w:shd")
    _set(shading, "w:val", "clear")
    _set(shading, "w:fill", _PALE)
    cell._tc.get_or_add_tcPr().append(shading)  # noqa: SLF001


def _set(element: Any, name: str, value: str) -> None:
    from docx.oxml.ns import qn

    element.set(qn(name), value)


def without_dates(packed: bytes) -> bytes:
    """Return a zip file with the same contents and no trace of when it was made."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, given.read(name))
    return file.getvalue()
