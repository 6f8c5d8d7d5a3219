"""A house's theme, read from a TOML file: colours that can be told apart, letters, a logo and a name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

from simulator.charts.house_font import make_known
from simulator.charts.look import COLOURS, FONT, Theme
from simulator.errors import Problem, Problems, printable, shown, unknown
from simulator.letters import name_problem
from simulator.scenario.files import lines_by_path, nearest, read_text, read_toml

LARGEST_THEME_BYTES = 100_000
LARGEST_FILE_BYTES = 5_000_000
"""Of a logo or a font."""
_KEYS = ("organisation", "font", "font_files", "logo", "colours")
_HEX = re.compile(r"#[0-9a-fA-F]{6}")
_PNG = b"\x89PNG\r\n"
_WORDS = {"ink": 4.5, "grey": 4.5, "dark": 4.5, "warm": 3.0}
"""Contrast with white of what words and signs are drawn in: WCAG 2.2, criteria 1.4.3 and 1.4.11."""
_APART = 15.0
"""Lightness by which two of the colours of bars differ at least, of 100: a grey print keeps them apart."""
_BARS = ("dark", "light", "warm")


def read_theme(path: str | Path) -> Theme:
    """Read a theme; InputError with every problem.

    Parameters
    ----------
    path : str or Path
        A TOML file of ``organisation``, ``font``, ``font_files``, ``logo`` and ``[colours]``; what it leaves
        out stays as it is.

    Returns
    -------
    Theme
        For `Look`, and for documents.

    Raises
    ------
    InputError
        For unknown keys, files that cannot be used, and colours that cannot be told apart.
    """
    file = Path(path)
    source = printable(file)
    text = read_text(file, "a theme", LARGEST_THEME_BYTES)
    given, lines, problems = read_toml(text, source), lines_by_path(text), Problems()

    def place(*steps: str) -> str:
        line = nearest(lines, steps)
        return ", ".join([source, *([f"line {line}"] if line else []), ".".join(steps)])

    for key in given:
        problems += unknown(place(key), key, _KEYS)
    found: dict[str, Any] = {}
    for key in ("organisation", "font"):
        if key in given:
            found[key] = _name(given[key], place(key), problems)
    logo = _file(given, "logo", file.parent, place, problems) if "logo" in given else b""
    if logo and not logo.startswith(_PNG):
        problems.append(Problem(place("logo"), "a PNG picture", "another file"))
    colours = _colours(given.get("colours", {}), place, problems)
    files = _font_files(given.get("font_files", []), file.parent, place, problems)
    family = _family(found.get("font"), files, place, problems)
    problems.report()
    return Theme(colours, family, found.get("organisation") or "", logo)


def theme_of(path: str | Path | None) -> Theme:
    """Return the theme of a file; the usual one where none is given."""
    return Theme() if path is None else read_theme(path)


def _name(value: object, where: str, problems: Problems) -> str:
    need, hint = ("", "") if isinstance(value, str) else ('text in "quotes"', "")
    if isinstance(value, str):
        need, hint = name_problem(value)
    if need:
        problems.append(Problem(where, need, shown(value), hint))
    return str(value)


def _colours(given: object, place: Any, problems: Problems) -> Mapping[str, str]:
    """Return the colours, as far as they are any; those that cannot be told apart are problems."""
    if not isinstance(given, Mapping):
        problems.append(Problem(place("colours"), "a table", shown(given)))
        return COLOURS
    found = dict(COLOURS)
    for name, value in given.items():
        if wrong := unknown(place("colours", name), name, tuple(COLOURS)):
            problems += wrong
        elif not (isinstance(value, str) and _HEX.fullmatch(value)):
            problems.append(Problem(place("colours", name), 'a colour such as "#1f5a8a"', shown(value)))
        else:
            found[name] = value.lower()
    problems += (
        Problem(place("colours", name), need, got, hint) for name, need, got, hint in _too_alike(found)
    )
    return found


def _too_alike(colours: Mapping[str, str]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the colours that cannot be read, or told from another: need, what is given, and a hint."""
    for name, least in _WORDS.items():
        if (found := contrast(colours[name], "#ffffff")) < least:
            need = f"a colour that stands out from white, {least:g} to 1 or more"
            yield name, need, f"{colours[name]}, {found:.1f} to 1", "take a darker one"
    for one, other in combinations(_BARS, 2):
        apart = abs(_lightness(colours[one]) - _lightness(colours[other]))
        if apart < _APART:
            need = f"a colour whose lightness differs from that of {one} by {_APART:g} of 100 or more"
            yield other, need, f"{colours[other]}, {apart:.0f} from {colours[one]}", "in grey they look alike"


def contrast(one: str, other: str) -> float:
    """Return how far two colours stand apart, 1 to 21: WCAG 2.2, relative luminance."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _lightness(colour: str) -> float:
    """Return the lightness of a colour as the eye has it, 0 to 100 (CIE L*)."""
    light = _luminance(colour)
    return 116 * light ** (1 / 3) - 16 if light > 0.008856 else 903.3 * light


def _font_files(given: object, folder: Path, place: Any, problems: Problems) -> list[Path]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        problems.append(Problem(place("font_files"), "a list of file names in [brackets]", shown(given)))
        return []
    for name in given:
        _file({"font_files": name}, "font_files", folder, place, problems)
    return [folder / name for name in given]


def _file(given: Mapping[str, Any], key: str, folder: Path, place: Any, problems: Problems) -> bytes:
    """Return what is in a file beside the theme; nothing, with a problem, where it cannot be read."""
    try:
        with (folder / str(given[key])).open("rb") as file:
            found = file.read(LARGEST_FILE_BYTES + 1)
    except (OSError, ValueError):
        problems.append(Problem(place(key), "a file beside the theme", shown(given[key])))
        return b""
    if len(found) > LARGEST_FILE_BYTES:
        need = f"a file of at most {LARGEST_FILE_BYTES / 1e6:g} MB"
        problems.append(Problem(place(key), need, "a larger one"))
        return b""
    return found


def _family(name: str | None, files: list[Path], place: Any, problems: Problems) -> str:
    """Return the family of the letters, which the files bring or the machine has."""
    from matplotlib.font_manager import FontProperties, findfont, fontManager

    make_known()
    family = name
    for file in files:
        try:
            fontManager.addfont(file)
            family = family or FontProperties(fname=str(file)).get_name()
        except (OSError, RuntimeError):
            if file.is_file():
                problems.append(
                    Problem(place("font_files"), "TrueType or OpenType fonts", printable(file.name))
                )
    if family and not problems:
        try:
            findfont(family, fallback_to_default=False)
        except ValueError:
            hint = "put its files beside the theme and list them: font_files = [...]"
            problems.append(Problem(place("font"), "a font of this machine or of font_files", family, hint))
    return family or FONT
