"""Letters of an SVG picture as text that can be searched and changed, with the font that they are drawn in.

A subset of the font goes into the file: browsers show it on any machine. Source Sans 3 (SIL Open Font
License) and DejaVu Sans (licence: Bitstream Vera and Arev, changes in the public domain) are free to
embed; a house's font goes in where its maker lets it.
"""

from __future__ import annotations

import io
import re
from base64 import b64encode
from collections.abc import Iterable, Mapping
from functools import lru_cache
from html import unescape
from pathlib import Path
from typing import Any

from simulator.charts.house_font import make_known
from simulator.charts.kept_fonts import kept
from simulator.charts.look import STANDS_IN

_TEXT = re.compile(r"<text\b[^>]*style=\"(?P<style>[^\"]*)\"[^>]*>(?P<words>.*?)</text>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MAY_NOT_BE_EMBEDDED = 0x0002
"""Of a font's licence bits: OpenType, table OS/2, fsType."""
_SIGNS = (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026, 0x2192, 0x2212, 0x2264, 0x2265)
_USUAL = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100), *_SIGNS)))
"""Letters that nearly all pictures do with: a font of them alone is cut again for each in no time."""
_LICENCE = (
    "Source Sans 3: a free font under the SIL Open Font License 1.1. "
    "DejaVu Sans: a free font under the licence of Bitstream Vera and Arev"
)


def may_be_embedded(family: str) -> bool:
    """Return whether a font's maker lets it go into files."""
    from matplotlib.font_manager import get_font

    rights: Any = get_font(_file_of(family, bold=False)).get_sfnt_table("OS/2")
    return not rights["fsType"] & _MAY_NOT_BE_EMBEDDED


def with_fonts(svg: bytes, families: list[str]) -> bytes:
    """Return an SVG picture with the letters that its texts need, in plain and bold."""
    text = svg.decode("utf-8")
    used: dict[bool, set[str]] = {False: set(), True: set()}
    for found in _TEXT.finditer(text):
        is_bold = bool(re.search(r"font(-weight)?:[^;]*\b(bold|700)\b", found["style"]))
        used[is_bold] |= set(unescape(_TAG.sub("", found["words"])))
    style = f'<!-- {_LICENCE} -->\n  <style type="text/css">{faces(families, used)}</style>\n  <defs>'
    return text.replace("<defs>", style, 1).encode("utf-8")


def faces(families: Iterable[str], used: Mapping[bool, Iterable[str]]) -> str:
    """Return the rules of style that bring letters, plain and bold: each by the first family that has it."""
    found = []
    for bold, letters in used.items():
        left = set(letters)
        for family in dict.fromkeys(families):
            has = {one for one in left if ord(one) in _letters_of(family, bold)}
            left -= has
            if has:
                font = _subset(family, bold, "".join(sorted(has)))
                found.append(
                    f"@font-face{{font-family:'{family}';font-weight:{'bold' if bold else 'normal'};"
                    f"src:url(data:font/woff;base64,{font}) format('woff')}}"
                )
    return "".join(found)


@lru_cache
def _letters_of(family: str, bold: bool) -> frozenset[int]:
    from matplotlib.font_manager import get_font

    return frozenset(get_font(_file_of(family, bold=bold)).get_charmap())


@lru_cache(maxsize=256)
def _subset(family: str, bold: bool, letters: str) -> str:
    """Return a font with some letters alone, compressed, as text."""
    whole = _file_of(family, bold=bold)
    font = _usual_letters(whole) if {*letters} <= {*_USUAL} else whole.read_bytes()
    return b64encode(cut(font, letters, "woff")).decode()


@lru_cache(maxsize=8)
def _usual_letters(font: Path) -> bytes:
    """Return a font with the usual letters alone: cut from it, any of them come out as from the whole."""
    return cut(font.read_bytes(), _USUAL, None)


def cut(font: bytes, letters: str, form: str | None) -> bytes:
    """Return a font with some letters alone, in a form."""
    return kept(font, letters, form, lambda: _cut(font, letters, form))


def _cut(font: bytes, letters: str, form: str | None) -> bytes:
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    # Names are set aside: to see which of them other tables use is half of the work. Kerning uses none, and
    # what tells styles apart in a menu of fonts (STAT) is of no use here.
    options = Options(hinting=False, layout_features=["kern"], notdef_outline=True)
    options.drop_tables = ["FFTM", "STAT", "name"]
    file = io.BytesIO()
    # Lazily: tables of pairs that are not kept are not read. The box around all letters may stay as it was.
    how = {"recalcTimestamp": False, "recalcBBoxes": False, "lazy": True}
    with TTFont(io.BytesIO(font), **how) as cut:
        names = cut["name"]
        names.names = [one for one in names.names if _is_kept(one, options)]
        subsetter = Subsetter(options)
        subsetter.populate(text=letters)
        subsetter.subset(cut)
        cut["name"] = names
        cut.flavor = form
        cut.save(file)
    return file.getvalue()


def _is_kept(name: Any, options: Any) -> bool:
    """Return whether a name stays in a font that is cut: by the rules of the library that cuts it."""
    return name.isUnicode() and name.nameID in options.name_IDs and name.langID in options.name_languages


def _file_of(family: str, *, bold: bool) -> Path:
    from matplotlib.font_manager import FontProperties, findfont

    make_known()
    return Path(findfont(FontProperties(family=[family, STANDS_IN], weight="bold" if bold else "normal")))
