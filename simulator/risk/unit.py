"""What a number counts, which decides how every table, sentence, chart and file writes it."""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """What a number counts."""

    GBP = "pounds"
    PROBABILITY = "probability"
    SHARE = "share"
    PEOPLE = "people"
    NUMBER = "number"
    TEXT = "text"

    @property
    def is_share(self) -> bool:
        """Whether it is written in per cent, and its differences in points."""
        return self in {Unit.PROBABILITY, Unit.SHARE}
