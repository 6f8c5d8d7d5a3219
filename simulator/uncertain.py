"""Figures that are not known exactly: numbers, each with its standard deviation."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Self

from pydantic import AfterValidator, PlainSerializer, WrapValidator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_CONFIDENCE_Z = 1.959963984540054
"""Standard normal that leaves 2.5% on either side."""
FORM_KEYS = {"mean", "sd", "low", "high"}
"""What a table of a figure that is not known may hold."""
_FORMS = ({"mean", "sd"}, {"low", "high"}, {"mean", "low", "high"})
FORMS_IN_WORDS = (
    "a number, { mean = ..., sd = ... }, or { low = ..., high = ... } between which it lies 95 times of 100"
)


class Uncertain(float):
    """A figure that is not known exactly: it is its mean wherever a number is wanted, and has an `sd`."""

    sd: float

    def __new__(cls, mean: float, sd: float) -> Self:
        """Make one of a mean and a standard deviation."""
        made = super().__new__(cls, mean)
        made.sd = float(sd)
        return made

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> CoreSchema:
        """Return how one is written where it is what a key is when left out."""
        written = core_schema.plain_serializer_function_ser_schema(as_given)
        return core_schema.is_instance_schema(cls, serialization=written)

    def __reduce__(self) -> tuple[type[Self], tuple[float, float]]:
        """Return what a copy, here or in another process, is made of."""
        return type(self), (float(self), self.sd)


def sd_of(figure: float) -> float:
    """Return the standard deviation of a figure: nothing for one that is known."""
    return figure.sd if isinstance(figure, Uncertain) else 0.0


def at_mean(figure: float, mean: float) -> float:
    """Return a figure with another mean, known as well or as badly as it was."""
    return Uncertain(mean, figure.sd) if isinstance(figure, Uncertain) else mean


def set_over(written: object, value: object) -> object:
    """Return what a value that is set over a figure makes of it: a plain number moves the mean alone."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not (is_number and isinstance(written, Mapping) and set(written) in _FORMS):
        return value
    try:
        return {"mean": value, "sd": _sd(written)}
    except TypeError:  # what stands in the file is no table of numbers: it goes
        return value


def as_given(figure: float) -> float | dict[str, float]:
    """Return a figure as a scenario writes it."""
    return {"mean": float(figure), "sd": figure.sd} if isinstance(figure, Uncertain) else figure


def _sd(written: Mapping[str, Any]) -> float:
    if "sd" in written:
        return float(written["sd"])
    return float((written["high"] - written["low"]) / (2 * _CONFIDENCE_Z))


def _read(value: Any, check: Any) -> Any:
    """Return the number, or the uncertain one that a table describes; its mean must be in range."""
    if isinstance(value, Uncertain):
        return value
    if not isinstance(value, Mapping):
        return check(value)
    ends = dict(value)
    numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in ends.values())
    if set(ends) not in _FORMS or not numbers or not all(map(math.isfinite, ends.values())):
        raise PydanticCustomError("uncertain", FORMS_IN_WORDS)
    sd = _sd(ends)
    mean = check(ends.get("mean", (ends.get("high", 0.0) + ends.get("low", 0.0)) / 2))
    if sd < 0 or not ends.get("low", mean) <= mean <= ends.get("high", mean):
        raise PydanticCustomError("uncertain_order", "an sd of zero or more, or low <= mean <= high")
    return Uncertain(mean, sd) if sd else mean


def _moderate(figure: float, most_sd: float, what: str) -> float:
    if sd_of(figure) > most_sd:
        raise PydanticCustomError("sd_too_large", "an sd of at most {what}", {"what": what})
    return figure


LEVEL_OF_DOUBT = AfterValidator(lambda figure: _moderate(figure, 2 * abs(figure), "twice the mean"))
"""Of a figure that counts or costs something: as much as a shock may have."""
GROWTH_IN_DOUBT = AfterValidator(lambda figure: _moderate(figure, 0.5, "0.5"))
"""Of a share, of growth a year among others: ten years of more would make anything of a figure."""
MAY_BE_UNCERTAIN = (
    WrapValidator(_read, json_schema_input_type=float | dict[str, float]),
    PlainSerializer(as_given),
)
"""Annotations of a figure that may be written with its doubt."""
