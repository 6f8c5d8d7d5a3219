"""Characters that nobody can see, or that act on what shows them: told, or shown as a sign."""

from __future__ import annotations

import unicodedata

_BLANK_LETTERS = "\u115f\u1160\u2800\u3164\uffa0"
"""Letters and a sign that are drawn as nothing, though Unicode does not call them spaces."""
_FORMULA_STARTS = "=+-@"
"""How a cell starts that spreadsheets take for a formula; tabs and line ends are odd anyway."""
SUBSTITUTE = "\N{REPLACEMENT CHARACTER}"


def is_odd(character: str) -> bool:
    """Whether a character shows nothing, moves what is round it, or has no meaning that fonts share."""
    is_space = unicodedata.category(character) == "Zs"
    return character in _BLANK_LETTERS or not (character.isprintable() or is_space)


def oddity(text: str, apart_from: str = "") -> str:
    """Return in words where an odd character stands in `text`; empty where none does."""
    odd = (at for at, character in enumerate(text) if is_odd(character) and character not in apart_from)
    at = next(odd, None)
    if at is None:
        return ""
    named = unicodedata.name(text[at], "")
    if unicodedata.category(text[at]) == "Co":
        named = "a sign of one font alone, such as a bullet from Word"
    return f"character {at + 1} is U+{ord(text[at]):04X}{f', {named}' if named else ''}: type it anew"


def is_blank(text: str) -> bool:
    """Whether there is nothing to see in a text: spaces of any kind, and marks that go on letters."""
    return all(is_odd(one) or unicodedata.category(one)[0] in "MZ" for one in text)


def starts_a_formula(text: str) -> bool:
    """Whether spreadsheets take a cell with this text for a formula."""
    return text.lstrip()[:1] in tuple(_FORMULA_STARTS)


def name_problem(name: str) -> tuple[str, str]:
    """Return what a name must be that this one is not, and a hint; two empty texts where all is well."""
    if odd := oddity(name):
        return "text on one line, of characters that can be seen", odd
    if is_blank(name):
        return "text that is not empty", ""
    if starts_a_formula(name):
        return "text that no spreadsheet takes for a formula", "start it with a letter or a digit"
    return "", ""


def as_seen(name: str) -> str:
    """Return a name as people tell it from others: in one normal form, with single plain spaces."""
    seen = "".join(one for one in unicodedata.normalize("NFKC", name) if not _is_variation(one))
    return " ".join(seen.split())


def substituted(text: str) -> str:
    """Return free text, which may have several lines, with a sign in place of each odd character."""
    return "".join(SUBSTITUTE if is_odd(one) and one not in "\n\t" else one for one in text)


def harmless(text: str, most: int | None = None) -> str:
    """Return text for a terminal: without characters that act on it, and cut after `most`."""
    text = text if most is None or len(text) <= most else f"{text[: most - 3]}..."
    return "".join(one if one == "\n" or one.isprintable() or not is_odd(one) else "?" for one in text)


def _is_variation(character: str) -> bool:
    """Whether a character only chooses among drawings of the one before it."""
    return "\ufe00" <= character <= "\ufe0f"
