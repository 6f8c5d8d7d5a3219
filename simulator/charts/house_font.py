"""The font of charts and documents, which comes with the program: every machine shows the same letters."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
"""Source Sans 3, regular, bold and italic, under the SIL Open Font License beside it."""


@lru_cache
def make_known() -> None:
    """Tell the library of charts where the font is."""
    from matplotlib.font_manager import fontManager

    for file in sorted(FONTS.glob("*.ttf")):
        fontManager.addfont(file)
