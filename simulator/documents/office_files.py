"""Files of Word and PowerPoint without what their libraries leave in them, or a trace of the clock."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import Any

_LEFT_OVERS = ("thumbnail", "customXml", "printerSettings")
_APP = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats'
    b'.org/officeDocument/2006/extended-properties"><Application>cluster-risk</Application></Properties>'
)
_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def without_left_overs(*relations: Any) -> None:
    """Take out what the library's own template brings: a thumbnail, a bibliography, others' names.

    `relations` are those of the package and of its main part.
    """
    for some in relations:
        for key in [key for key, one in some.items() if one.reltype.endswith(_LEFT_OVERS)]:
            some.pop(key)
        for one in some.values():
            if one.reltype.endswith("extended-properties"):
                one.target_part._blob = _APP  # noqa: SLF001


def without_clock(packed: bytes, moment: datetime) -> bytes:
    """Return a zip file with the same contents, in it all workbooks, made at one moment."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(packed)) as given,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for name in given.namelist():
            content = given.read(name)
            if name.endswith(".xlsx"):
                content = without_clock(content, moment)
            elif name == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode(), content)
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return file.getvalue()
