"""Numbers that somebody set, and lists of names, as plain English writes them."""

from __future__ import annotations

from collections.abc import Sequence

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


def joined(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, as they are."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence lists them, underscores as spaces."""
    return joined([name.replace("_", " ") for name in names])


def spaced(name: str) -> str:
    """Return the name of a key, a flow or a measure in words: ``PCT return`` for ``pct_return``."""
    return " ".join("PCT" if word == "pct" else word for word in name.removesuffix("_gbp").split("_"))


def in_letters(number: int) -> str:
    """Return a whole number as prose writes it, in letters up to twelve."""
    return _NUMBERS[number] if number < len(_NUMBERS) else f"{number:,}"


def counted(number: int, thing: str) -> str:
    """Return a number of things, such as ``seven clusters``."""
    return f"{in_letters(number)} {thing}{'' if number == 1 else 's'}"
