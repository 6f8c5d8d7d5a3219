"""The house style of charts: hues, lines and type, and text that fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from simulator.charts.house_font import make_known
from simulator.charts.look import COLOURS, STANDS_IN, look

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

DASHED, DOTTED = (0, (4, 2)), (0, (1, 1.5))
PATCH = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
"""Behind words that stand on a curve or on bars."""
POINTS_PER_INCH = 72
_HINTING = 1.06
"""Letters in PNG files are set a little wider than their outlines."""
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"
_STYLE_FILE = Path(__file__).with_name("style.mplstyle")
Arguments = ParamSpec("Arguments")
Returned = TypeVar("Returned")
Looks = dict[str, Any]
"""How something is drawn, in matplotlib's words."""


@contextmanager
def house_style(*, letters_as_text: bool = False) -> Iterator[None]:
    """Draw and save in the house style, whatever the reader's own settings are."""
    import matplotlib as mpl
    from cycler import cycler

    theme = look().theme
    make_known()
    with mpl.rc_context():
        # Each is as it should be already: to check them all takes longer than a small chart.
        dict.update(cast("dict[str, Any]", mpl.rcParams), _settings())
        mpl.rcParams["axes.prop_cycle"] = cycler(color=[theme.colours[name] for name in COLOURS])
        mpl.rcParams["font.family"] = [theme.font_family, STANDS_IN]
        mpl.rcParams["svg.fonttype"] = "none" if letters_as_text else "path"
        mpl.rcParams["hatch.color"] = theme.colours["ink"]
        for key in ("text.color", "axes.labelcolor", "xtick.labelcolor", "ytick.labelcolor"):
            mpl.rcParams[key] = theme.colours["ink"]
        yield


@lru_cache
def _settings() -> dict[str, Any]:
    """Return the library's own settings with those of the house in their places."""
    import matplotlib as mpl

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(mpl.rc_params_from_file(_STYLE_FILE, use_default_template=False))
        # As a plain dictionary: to ask the library for each warns of what will be no more.
        return dict(dict.items(cast("dict[str, Any]", mpl.rcParams)))


def keep_colours(figure: Figure) -> None:
    """Turn places in the cycle of colours into the colours themselves: nothing changes them later."""
    from matplotlib.colors import to_hex
    from matplotlib.lines import Line2D
    from matplotlib.text import Text

    for line in figure.findobj(Line2D):
        line.set_color(to_hex(line.get_color()))
        for part in ("markerfacecolor", "markeredgecolor"):
            colour = getattr(line, f"get_{part}")()
            if isinstance(colour, str) and colour not in {"none", "auto"}:
                getattr(line, f"set_{part}")(to_hex(colour))
    for text in figure.findobj(Text):
        text.set_color(to_hex(text.get_color()))


def in_house_style(draw: Callable[Arguments, Returned]) -> Callable[Arguments, Returned]:
    """Make a function draw in the house style."""

    @wraps(draw)
    def drawn(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Returned:
        with house_style():
            return draw(*args, **kwargs)

    return drawn


def wrapped(text: str, room_in: float, size: float, *, bold: bool = False, most_lines: int = 12) -> str:
    """Return text broken into lines of at most a width, with only characters that the font has."""
    lines: list[str] = []
    for word in filter(None, legible(text).split(" ")):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and width_in(longer, size, bold=bold) <= room_in:
            lines[-1] = longer
            continue
        pieces = _pieces(word, room_in, size, bold)
        lines.extend(pieces)
    if len(lines) > most_lines:
        lines = [*lines[: most_lines - 1], f"{lines[most_lines - 1].rstrip(' .,')}…"]
    return "\n".join(lines)


def legible(text: str) -> str:
    """Return text with a sign in place of each character that the font lacks."""
    known = _characters()
    return "".join(one if ord(one) in known or one.isspace() else _UNKNOWN for one in text)


def _pieces(word: str, room_in: float, size: float, bold: bool) -> list[str]:
    """Return a word, cut where it is wider than a line."""
    pieces = [""]
    for letter in word:
        if pieces[-1] and width_in(pieces[-1] + letter, size, bold=bold) > room_in:
            pieces.append("")
        pieces[-1] += letter
    return pieces


def width_in(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in inches."""
    return _width_in(look().theme.font_family, text, size, bold)


@lru_cache(maxsize=10_000)
def _width_in(family: str, text: str, size: float, bold: bool) -> float:
    from matplotlib.textpath import text_to_path

    font = _font(family, size, bold)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width) * _HINTING / POINTS_PER_INCH


def line_spacing(leading: float) -> float:
    """Return what the library calls a spacing, which is of a font's own height, for one of letters' size."""
    from matplotlib.font_manager import findfont, get_font

    font = get_font(findfont(_font(look().theme.font_family, 10, False)))
    return leading * font.units_per_EM / (font.ascender - font.descender)


@lru_cache
def _font(family: str, size: float, bold: bool) -> FontProperties:
    from matplotlib.font_manager import FontProperties

    make_known()
    return FontProperties(family=[family, STANDS_IN], size=size, weight="bold" if bold else "normal")


@lru_cache
def _characters() -> frozenset[int]:
    """Return the characters that the font has, bold and plain."""
    from matplotlib.font_manager import findfont, get_font

    fonts = (get_font(findfont(_font(STANDS_IN, 10, bold))) for bold in (False, True))
    return frozenset.intersection(*(frozenset(font.get_charmap()) for font in fonts))


def apart(places: Sequence[float], gap: float) -> list[float]:
    """Return places for labels, moved as little as it takes to be a gap apart."""
    groups: list[tuple[float, int]] = []
    for place in places:
        groups.append((place, 1))
        # Labels that touch become one group about the mean of their places.
        while len(groups) > 1:
            (low, fewer), (high, more) = groups[-2:]
            if high - low >= gap * (fewer + more) / 2:
                break
            groups[-2:] = [((low * fewer + high * more) / (fewer + more), fewer + more)]
    return [centre + gap * (at - (size - 1) / 2) for centre, size in groups for at in range(size)]
