"""Numbers as pictures write them: short on axes; with their errors and a real minus sign in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from simulator.answers.measure_words import measure_in_words
from simulator.risk import in_words
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.in_words import in_sentence

_SIZES = ((1e9, "bn"), (1e6, "m"), (1e3, "k"), (1.0, ""))
_DIGITS = 3
MINUS = "\N{MINUS SIGN}"
_POINTS = "pts"
"""Points of a hundred: the whole word takes room that bars need."""


def pounds(value: float, _position: object = None) -> str:
    """Return an amount as axes show it, such as £1.2m; also a formatter of ticks."""
    # Less than half a penny is rounding of sums.
    rounded_value = float(f"{abs(value):.{_DIGITS}g}") if abs(value) >= 0.005 else 0.0
    size, letter = next((pair for pair in _SIZES if rounded_value >= pair[0]), _SIZES[-1])
    sign = MINUS if value < 0 and rounded_value else ""
    return f"{sign}£{rounded_value / size:g}{letter}"


def per_cent_tick(value: float, _position: object = None) -> str:
    """Return a share as axes show it, such as 12%."""
    return f"{100 * value:.4g}%".replace("-", MINUS)


def _points_tick(value: float, _position: object = None) -> str:
    return per_cent_tick(value).replace("%", f" {_POINTS}")


def people(value: float, _position: object = None) -> str:
    """Return a number of people as axes show it."""
    return f"{value:,.0f}"


def about_people(value: float) -> str:
    """Return a number of people to be taken in: two digits, such as 11,000."""
    return people(float(f"{value:.2g}"))


def _together(values: Sequence[float], size: float, before: str, behind: str) -> list[str]:
    """Return numbers with one unit, and as many decimals as tell the finest apart."""
    scaled = [value / size for value in values]
    finest = 1e-4 * max(map(abs, scaled), default=0.0)
    decimals = next(
        (few for few in range(6) if all(abs(one - round(one, few)) <= finest for one in scaled)), 6
    )

    def written(one: float) -> str:
        text = f"{abs(one):,.{decimals}f}"
        is_nothing = not float(text.replace(",", ""))
        return f"{MINUS if one < 0 and not is_nothing else ''}{before}{'0' if is_nothing else text}{behind}"

    return [written(one) for one in scaled]


def pounds_together(values: Sequence[float]) -> list[str]:
    """Return amounts as an axis shows them: £0, £0.5m, £1.0m."""
    most = max(map(abs, values), default=0.0)
    size, letter = next((pair for pair in _SIZES if most >= 0.999 * pair[0]), _SIZES[-1])
    found = _together(values, size, "£", letter)
    return [one.removesuffix(letter) if one == f"£0{letter}" else one for one in found]


def shares_together(values: Sequence[float]) -> list[str]:
    """Return shares as an axis shows them: 0%, 2.5%, 5.0%."""
    return _together(values, 0.01, "", "%")


def points_together(values: Sequence[float]) -> list[str]:
    """Return differences of shares as an axis shows them."""
    return _together(values, 0.01, "", f" {_POINTS}")


TOGETHER = {pounds: pounds_together, per_cent_tick: shares_together, _points_tick: points_together}
"""What writes all numbers of an axis, by what writes one."""


def tick_of(unit: Unit, *, signed: bool = False) -> Callable[[float, object], str]:
    """Return what writes the ticks of an axis of pounds or shares; of differences where signed."""
    return pounds if not unit.is_share else _points_tick if signed else per_cent_tick


def phrase(estimate: Estimate, unit: Unit, *, signed: bool = False) -> str:
    """Return an estimate of pounds or a share with its error; what is exact, as axes show it."""
    if not estimate.half_width:
        sign = "+" if signed and estimate.value > 0 else ""
        return sign + tick_of(unit, signed=signed)(estimate.value, None)
    text = in_words.phrase(estimate, unit, signed=signed)
    return text.replace("-", MINUS).replace(in_words.POINTS, _POINTS)


def exact(value: float) -> Estimate:
    """Return what is known outright."""
    return Estimate(value, value, value)


def short(estimate: Estimate, unit: Unit = Unit.GBP) -> str:
    """Return an estimate rounded to what its error allows, without that error, for a bar that shows it."""
    return phrase(estimate, unit).partition(" ±")[0]


def money(estimate: Estimate) -> str:
    """Return an amount with its error, such as ``£1.42m ± 0.04m``."""
    return phrase(estimate, Unit.GBP)


def per_cent(estimate: Estimate, *, sign: str = "%") -> str:
    """Return a share with its error, such as ``62.1% ± 0.9%``; near 0 or 1 a bound, ``over 99.9%``."""
    return phrase(estimate, Unit.SHARE).replace("%", sign)


def range_in_per_cent(estimates: Iterable[Estimate]) -> str:
    """Return the lowest and the highest of some shares: ``7 to 12%``, or ``7%`` where they look the same."""
    values = [one.value for one in estimates]
    return " to ".join(dict.fromkeys(f"{100 * end:.0f}" for end in (min(values), max(values)))) + "%"


MOST_WORDS = 15
"""Of a title."""
_MOST_OF_NAME = 4
"""Of a name in a title."""


def shortened(name: str) -> str:
    """Return the name of a row as titles have it: the first words of a long one."""
    words = in_sentence(name).split(" ")
    return (
        name
        if len(words) <= _MOST_OF_NAME and name != ALL_CLUSTERS
        else " ".join(words[:_MOST_OF_NAME]) + "…" * (len(words) > _MOST_OF_NAME)
    )


def shown_as(name: str) -> str:
    """Return the name of a row as it stands beside it."""
    return "all clusters" if name == ALL_CLUSTERS else name


def in_words_of(measure: str, name: str = ALL_CLUSTERS) -> str:
    """Return a measure of a row as a sentence has it: ``chance of an overspend of North``."""
    words = measure_in_words(measure)
    return words if name == ALL_CLUSTERS else f"{words} of {name}"


def sentence(words: str) -> str:
    """Return words with a full stop, unless they end in a sign already."""
    return words if words.endswith(("?", ".", "!")) else f"{words}."
