"""Published results: what was printed, what it stands for, and whether it may be tuned on."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from importlib.resources import files

_SCALES = {"": 1.0, "%": 0.01, "GBP": 1.0, "people": 1.0}


class Use(StrEnum):
    """What a published number serves for."""

    PREDICT = "predict"
    TUNE = "tune"
    GIVEN = "given"


@dataclass(frozen=True, slots=True)
class Interval:
    """The values that a printed number may stand for."""

    low: float  # its ends; shares for what is printed in per cent
    high: float  # its ends; shares for what is printed in per cent

    def distance(self, low: float, high: float) -> float:
        """Return how far the interval from `low` to `high` lies away; 0 where they meet."""
        return max(low - self.high, self.low - high, 0.0)


@dataclass(frozen=True, slots=True)
class Published:
    """One published number."""

    section: int  # 1 exact laws, 2 population size, 3 what happened, 4 closed forms
    key: str  # what the simulator knows it by
    source: str  # who says it, about what
    case: str  # who says it, about what
    quantity: str  # who says it, about what
    printed: str  # the number as printed, without its unit
    unit: str  # "%", "GBP", "people" or nothing
    # What the number stands for: half a unit of its last digit either side, unless the table says otherwise.
    interval: Interval
    use: Use  # predicted; tuned on; or given, where it only sets the scale
    documented: Interval | None  # where the simulator is known not to give the number: what it gives instead
    remark: str  # the reason for that, or what else must be known

    @property
    def scale(self) -> float:
        """What the printed number is multiplied by: 0.01 for per cent."""
        return _SCALES[self.unit]

    @property
    def value(self) -> float:
        """The printed number; a share for what is printed in per cent."""
        return float(self.printed) * self.scale


def load_published() -> tuple[Published, ...]:
    """Read the table of published numbers."""
    text = files(__package__).joinpath("published.csv").read_text(encoding="utf-8")
    return tuple(_published(row) for row in csv.DictReader(text.splitlines()))


def _published(row: dict[str, str]) -> Published:
    scale = _SCALES[row["unit"]]
    stated = Interval(scale * float(row["low"]), scale * float(row["high"])) if row["low"] else None
    return Published(
        section=int(row["section"]),
        key=row["key"],
        source=row["source"],
        case=row["case"],
        quantity=row["quantity"],
        printed=row["published"],
        unit=row["unit"],
        interval=stated or _within_rounding(row["published"], scale),
        use=Use(row["use"]),
        documented=_within_rounding(row["documented"], scale) if row["documented"] else None,
        remark=row["remark"],
    )


def _within_rounding(printed: str, scale: float) -> Interval:
    """Return half a unit of the last printed digit either side."""
    number = Decimal(printed)
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    return Interval(scale * float(number - half), scale * float(number + half))
