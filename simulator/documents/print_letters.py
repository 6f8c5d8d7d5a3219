"""Which characters the typesetter's own fonts have: it refuses a document with any other."""

from __future__ import annotations

from functools import lru_cache

from simulator.letters import SUBSTITUTE

_LACKED = frozenset("☇☈⚰⚱✕✖✧✩")
"""Signs of DejaVu Sans Mono 2.37 as the charts have it that the typesetter's copy has not: all were tried."""


def in_print(text: str) -> str:
    """Return text with a sign in place of each character that a printed page cannot show."""
    known = _characters()
    lacked = [one for one in {*text} if not (ord(one) in known or one.isspace())]
    return text.translate(dict.fromkeys(map(ord, lacked), SUBSTITUTE))


@lru_cache
def _characters() -> frozenset[int]:
    """Return the characters of the typesetter's widest font, which stands in for the others."""
    from matplotlib.font_manager import findfont, get_font

    charts = get_font(findfont("DejaVu Sans")).get_charmap()
    print_ = get_font(findfont("DejaVu Sans Mono")).get_charmap()
    return frozenset(print_) & frozenset(charts) - frozenset(map(ord, _LACKED))
