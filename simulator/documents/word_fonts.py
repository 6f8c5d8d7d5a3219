"""The font of Word files goes into them: a reader without it sees the letters of charts and web pages.

A font in a Word file is veiled: its first 32 bytes are combined with a key that stands beside its name
(ECMA-376, part 1, section 17.8.1). Source Sans 3 is free to embed (SIL Open Font License).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.oxml import serialize_part_xml
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from simulator.charts.house_font import FONTS
from simulator.charts.letters_in_svg import cut
from simulator.charts.look import FONT

_FACES = ("Regular", "Bold", "Italic", "BoldItalic")
"""As Word and the files call them."""
_VEILED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_VEILED_BYTES, _KEY_BYTES = 32, 16
_STANDS_IN = "Source Sans Pro,Calibri"
"""What stands in for the font where a program does not read what is embedded: all but the same, or usual."""
_LETTERS = "".join(
    chr(one)
    for first, last in (
        *((0x20, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x370, 0x3FF)),
        *((0x1E80, 0x1E85), (0x2000, 0x209F), (0x20A0, 0x20CF), (0x2100, 0x22FF), (0x25A0, 0x25FF)),
    )
    for one in range(first, last + 1)
)
"""European languages in Latin and Greek letters, punctuation, currencies, arrows and signs of sums: whoever
changes a document finds the letters that they type."""
_BEFORE = frozenset(
    qn(f"w:{name}")
    for name in (
        *("writeProtection", "view", "zoom", "removePersonalInformation", "removeDateAndTime"),
        *("doNotDisplayPageBoundaries", "displayBackgroundShape", "printPostScriptOverText"),
        *("printFractionalCharacterWidth", "printFormsData"),
    )
)
"""Settings that the standard wants before those of fonts."""


def embed_font(word: Any) -> None:
    """Put the house's font into a Word file that was made from the library's own template."""
    (table,) = (one.target_part for one in word.part.rels.values() if one.reltype.endswith("/fontTable"))
    fonts = parse_xml(table.blob)
    entry = parse_xml(
        f'<w:font {nsdecls("w", "r")} w:name="{FONT}"><w:altName w:val="{_STANDS_IN}"/>'
        '<w:charset w:val="00"/><w:family w:val="swiss"/><w:pitch w:val="variable"/></w:font>'
    )
    for number, face in enumerate(_FACES, start=1):
        key = uuid5(NAMESPACE_URL, f"{FONT} {face}")
        place = PackURI(f"/word/fonts/font{number}.odttf")
        part = Part(place, _VEILED, veiled(_letters(face), key), word.part.package)
        found_by = table.relate_to(part, RELATIONSHIP_TYPE.FONT)
        shown = f"{{{str(key).upper()}}}"
        embedded = f'<w:embed{face} {nsdecls("w", "r")} r:id="{found_by}" w:fontKey="{shown}"/>'
        entry.append(parse_xml(embedded))
    fonts.append(entry)
    table._blob = serialize_part_xml(fonts)  # noqa: SLF001 - the library keeps the table as it came
    settings = word.settings.element
    at = sum(one.tag in _BEFORE for one in settings)
    for name in ("saveSubsetFonts", "embedTrueTypeFonts"):
        settings.insert(at, parse_xml(f"<w:{name} {nsdecls('w')}/>"))


def veiled(font: bytes, key: UUID) -> bytes:
    """Return a font with its first bytes combined with a key, last byte first; twice gives it back."""
    mask = key.bytes[::-1]
    head = bytes(one ^ mask[at % _KEY_BYTES] for at, one in enumerate(font[:_VEILED_BYTES]))
    return head + font[_VEILED_BYTES:]


@lru_cache
def _letters(face: str) -> bytes:
    return cut((FONTS / f"{FONT.replace(' ', '')}-{face}.ttf").read_bytes(), _LETTERS, None)
