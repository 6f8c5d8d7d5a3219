"""Numbers that somebody set, and lists of names, as plain English writes them."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Sequence
from datetime import date

_WORD = re.compile(r"[^\W\d_]+('[^\W\d_]+)?")
_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)


def per_cent_of(share: float) -> str:
    """Return a share that somebody set as a percentage, such as ``2.5%``."""
    return f"{100 * share:.6g}%"


def pounds_of(amount_gbp: float) -> str:
    """Return an amount that somebody set, such as ``£50,000``."""
    return f"£{amount_gbp:,.2f}".removesuffix(".00")


def date_of(day: date) -> str:
    """Return a date as a letter has it, such as ``1 July 2010``."""
    return f"{day.day} {month_name[day.month]} {day.year}"


def joined(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, as they are."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


_WRITTEN = {"pct": "PCT", "ae": "A&E", "gp": "GP"}
"""Words that names write otherwise than people do."""


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, each in words."""
    return joined([spaced(name) for name in names])


def spaced(name: str) -> str:
    """Return the name of a key, a flow or a kind of care in words: ``A&E attendances``, ``PCT return``."""
    return " ".join(_WRITTEN.get(word, word) for word in name.removesuffix("_gbp").split("_"))


def capitalised(words: str) -> str:
    """Return words as a heading or a row starts, all other letters as they are."""
    return words[:1].upper() + words[1:]


def as_a_name(words: str) -> str:
    """Return a name that is all capitals, as lists of the NHS write them, as a sign at the door has it."""
    if not words.isupper():
        return words
    return _WORD.sub(lambda found: found.group().capitalize(), words)


def in_letters(number: int) -> str:
    """Return a whole number as prose writes it, in letters up to twelve."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def counted(number: int, thing: str) -> str:
    """Return a number of things, such as ``seven clusters``."""
    return f"{in_letters(number)} {thing}{'' if number == 1 else 's'}"


_ORDINALS = (
    *("", "first", "second", "third", "fourth", "fifth", "sixth"),
    *("seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"),
)


def ordinal(number: int) -> str:
    """Return a place in an order as prose writes it, in letters up to twelfth."""
    if number < len(_ORDINALS):
        return _ORDINALS[number]
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10 if number % 100 // 10 != 1 else 0, "th")
    return f"{number}{ending}"
