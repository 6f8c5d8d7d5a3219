"""Exact compounds that others published, or whose method was run again; closed forms for normal spend.

Shares no code with the simulator: laws are named here, and the tests say which part each name means.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Kind = Literal["mean", "variance", "cdf", "tail", "quantile", "stop_loss"]


@dataclass(frozen=True)
class Fact:
    """A published number about a total S.

    `at` is the level of a quantile, the retention of a stop-loss, or the point of a cdf or tail;
    `printed` is the number as the source prints it, so that its rounding is known.
    """

    kind: Kind
    at: float
    printed: str

    @property
    def exact(self) -> float:
        return float(self.printed)

    @property
    def rounding(self) -> float:
        """Half a unit of the last printed digit: the exact value may lie so far away."""
        return float(Decimal(5).scaleb(int(Decimal(self.printed).as_tuple().exponent) - 1))


@dataclass(frozen=True)
class Case:
    """A count law and a cost law, by name and parameters, with what is known of their compound."""

    name: str
    count: tuple[Literal["poisson", "geometric", "negative binomial"], *tuple[float, ...]]
    cost: tuple[str, tuple[float, ...]]
    facts: tuple[Fact, ...]
    source: str
    layer: tuple[float, float | None] = (0.0, None)  # of each cost: the deductible, and the most beyond it


LOSS_DATA_ANALYTICS = "Loss Data Analytics (openacttexts.github.io), example {}"
SHEVCHENKO = "Shevchenko 2010, Calculation of aggregate loss distributions, J. Operational Risk 5(2)"
SOCIETY_OF_ACTUARIES = "Society of Actuaries, sample question {}"
EMBRECHTS_FREI = "Embrechts & Frei 2009, Panjer recursion versus FFT, Math. Methods of OR 69:497-508"

CASES = (
    Case(
        "geometric of four values",
        ("geometric", 4.0),
        ("values", (1.0, 2.0, 3.0, 4.0)),
        (Fact("mean", 0, "10.0"), Fact("cdf", 3, "0.3456")),
        LOSS_DATA_ANALYTICS.format("5.3.3"),
    ),
    Case(
        "stop-loss",
        ("geometric", 2.0),
        ("values and probabilities", (5.0, 10.0, 20.0, 0.2, 0.3, 0.5)),
        (Fact("mean", 0, "28.0"), Fact("stop_loss", 15, "18.8074")),
        LOSS_DATA_ANALYTICS.format("5.3.7"),
    ),
    Case(
        "Poisson of uniform",
        ("poisson", 25.0),
        ("uniform", (5.0, 95.0)),
        (
            Fact("mean", 0, "1250.0"),
            Fact("tail", 2000, "0.006982"),  # a normal law of the total would say 0.003884
            Fact("quantile", 0.95, "1733.0"),
            Fact("quantile", 0.99, "1955.8"),
            Fact("quantile", 0.999, "2217.4"),
        ),
        LOSS_DATA_ANALYTICS.format("5.3.5"),
    ),
    Case(
        "deductible",
        ("negative binomial", 300.0, 800.0),  # mean and variance
        ("values", (60.0, 120.0, 180.0, 300.0)),  # 40, 80, 120 and 200 plus 50%
        (Fact("mean", 0, "22500"), Fact("variance", 0, "6322500")),
        LOSS_DATA_ANALYTICS.format("5.5.6"),
        layer=(100.0, None),
    ),
    Case(
        "layer",
        ("poisson", 1.0),  # so that the mean of the total is that of a case
        ("exponential", (1000.0,)),
        (Fact("mean", 0, "356.026"),),
        LOSS_DATA_ANALYTICS.format("3.4.5"),
        layer=(100.0, 500.0),
    ),
    Case(
        "Poisson of values",
        ("poisson", 2.0),
        ("values", (1.0, 2.0, 3.0)),
        (Fact("stop_loss", 2, "2.36"),),
        SOCIETY_OF_ACTUARIES.format(99),
    ),
    Case(
        "geometric of one value",
        ("geometric", 4.0),
        ("values", (40.0,)),
        (Fact("stop_loss", 100, "92"),),
        SOCIETY_OF_ACTUARIES.format(92),
    ),
    Case(
        "geometric of exponential",
        ("geometric", 4.0),
        ("exponential", (1000.0,)),
        (
            Fact("mean", 0, "4000.0"),
            Fact("variance", 0, "24000000"),
            Fact("quantile", 0.95, "13862.94"),
            Fact("tail", 10_000, "0.108268"),
            Fact("stop_loss", 10_000, "541.34"),
        ),
        "closed form: zero with probability 1/5, or else exponential with mean 5,000",
    ),
    Case(
        "heavy tail",
        ("poisson", 100.0),
        ("lognormal", (0.0, 2.0)),
        (
            Fact("mean", 0, "738.906"),
            Fact("quantile", 0.5, "628.4"),
            Fact("quantile", 0.99, "2488"),
            Fact("quantile", 0.999, "5853"),
        ),
        SHEVCHENKO,
    ),
    Case(
        "heavy tail of few",
        ("poisson", 1.0),
        ("lognormal", (0.0, 2.0)),
        (Fact("quantile", 0.999, "490.6"),),
        SHEVCHENKO,
    ),
    Case(
        "Pareto",
        ("poisson", 20.0),
        ("pareto", (4.0, 3.0)),
        (
            Fact("mean", 0, "20.0"),
            Fact("variance", 0, "60.0"),
            Fact("quantile", 0.9, "29.98"),
            Fact("quantile", 0.99, "42.98"),
            Fact("quantile", 0.999, "58.30"),
        ),
        EMBRECHTS_FREI,
    ),
    Case(
        "exponential",
        ("poisson", 50.0),
        ("exponential", (1.0,)),
        (
            Fact("quantile", 0.95, "67.2615"),
            Fact("quantile", 0.99, "75.4145"),
            Fact("quantile", 0.999, "85.1060"),
        ),
        EMBRECHTS_FREI,
    ),
)


def lognormal_mean_and_cv(log_mean: float, log_sd: float) -> tuple[float, float]:
    """Return mean and coefficient of variation of a lognormal given by its logarithm."""
    return math.exp(log_mean + log_sd**2 / 2), math.sqrt(math.expm1(log_sd**2))
