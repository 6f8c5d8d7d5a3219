"""Each estimator on samples of every sort, against stored numbers, and what an estimate is in words.

`stored_numbers` tells how to accept a change of numbers; of words, delete words_of_estimates.txt, run once.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.random_streams import RandomStreams
from simulator.risk import in_words
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import (
    Influence,
    beyond_chance,
    interval_ranks,
    quantile,
    quantile_and_spread,
    root,
)
from simulator.risk.estimators import Estimator, Mean, Probability, Quantile, TailMean
from tests.golden.stored_numbers import check, mixed

_DRAWS = RandomStreams(11).generator("samples")
_NORMAL, _OTHER = _DRAWS.standard_normal(600), _DRAWS.standard_normal(600)
_LARGE = _DRAWS.standard_normal(20_000)
_LATE = np.where(np.arange(600) % 7 == 3, math.nan, _NORMAL)
SAMPLES: dict[str, tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]] = {
    "normal": (_NORMAL, 0.8 * _NORMAL + 0.5 * _OTHER + 0.1),
    "skewed": (np.exp(2 * _NORMAL), np.exp(2 * _NORMAL) + np.exp(_OTHER)),
    "left": (-np.exp(_NORMAL), -np.exp(1.1 * _NORMAL)),
    "pounds": (1e7 + 1e5 * _NORMAL, 1e7 + 1e5 * _OTHER),
    "ties": (np.rint(2 * _NORMAL), np.rint(2 * _OTHER)),
    "mostly nothing": (np.maximum(_NORMAL - 2.3, 0), np.maximum(_OTHER - 2.3, 0)),
    "one alone": (np.where(np.arange(600) == 77, 5.0, 0.0), np.zeros(600)),
    "constant": (np.full(600, 3.3), np.full(600, 3.3)),
    "some do not count": (_LATE, _OTHER),
    "others do not count": (_NORMAL, _LATE),
    "both do not count": (_LATE, np.where(np.arange(600) % 5 == 3, math.nan, _OTHER)),
    "nearly none counts": (np.where(np.arange(600) < 597, math.nan, _NORMAL), _OTHER),
    "few": (_NORMAL[:9], _OTHER[:9]),
    "two": (_NORMAL[:2], _OTHER[:2]),
    "in order": (np.sort(_LARGE), np.sort(_LARGE)[::-1]),
    "many": (_LARGE, np.rint(4 * _LARGE) / 4),
}
HAPPENED = {
    "half": (_NORMAL > 0, _OTHER > 0),
    "seldom": (_NORMAL > 2.5, _NORMAL > 2.3),
    "never": (_NORMAL > 9, _OTHER > 9),
    "always": (_NORMAL > -9, _OTHER > 2),
    "some do not count": (np.where(np.isnan(_LATE), math.nan, _LATE > 0), (_OTHER > 0).astype(float)),
}
ESTIMATORS: dict[str, Estimator] = {
    "mean": Mean(),
    **{f"quantile {level}": Quantile(level) for level in (0.01, 0.05, 0.5, 0.75, 0.9, 0.95, 0.99)},
    **{f"tail {level}": TailMean(level) for level in (0.01, 0.05, 0.2)},
}


def of(estimate: Estimate | None) -> dict[str, float]:
    if estimate is None:
        return {"none": 1}
    error = math.nan if estimate.standard_error is None else estimate.standard_error
    return {
        "value": estimate.value,
        "low": estimate.low,
        "high": estimate.high,
        "error": error,
        "rough": estimate.is_rough,
        "beyond": beyond_chance(estimate),
    }


def lines_of(name: str, estimator: Estimator, samples: tuple[Any, Any]) -> dict[str, dict[str, float]]:
    one, other = samples
    found = {"estimate": of(estimator.of(one)), "difference": of(estimator.between(one, other))}
    found["back"] = of(estimator.between(other, one))
    if one.size > 10 and not np.isnan(one.astype(float)).any():
        found["influence"] = {"sum": mixed(estimator.influence(one))}
    return {f"{name}, {what}": numbers for what, numbers in found.items()}


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("name", ESTIMATORS)
def test_estimates_and_differences(name: str, kind: str) -> None:
    check("estimates", lines_of(f"{name} of {kind}", ESTIMATORS[name], SAMPLES[kind]))


@pytest.mark.parametrize("kind", HAPPENED)
def test_probabilities(kind: str) -> None:
    check("estimates", lines_of(f"probability of {kind}", Probability(), HAPPENED[kind]))


@pytest.mark.parametrize("name", ESTIMATORS)
def test_how_many_contracts_an_interval_needs(name: str) -> None:
    check("estimates", {f"{name} needs": {"contracts": ESTIMATORS[name].fewest_contracts}})


def test_numbers_made_of_others() -> None:
    one, other = Influence.of_mean(_NORMAL + 3), Influence.of_mean(np.exp(_OTHER))
    made = {"sum": one + other, "less": one - other, "ratio": one / other, "times": other.times(-2.5)}
    ranks = {str(size): dict(zip("ab", interval_ranks(size, 0.9), strict=True)) for size in (1, 3, 20, 999)}
    spread = dict(zip(("value", "spread"), quantile_and_spread(_OTHER, 0.3), strict=True))
    lines = {name: of(value.estimate) for name, value in made.items()}
    lines |= {"root": of(root(other)), "root of less": of(root(one.times(-1.0))), "spread": spread}
    lines["quantile of one"] = of(quantile(np.array([4.0]), 0.5))
    check("estimates", {f"made: {name}": found for name, found in {**lines, **ranks}.items()})


VALUES = (0.0, 0.004, 0.0099, 0.013, 0.3, 0.5, 0.777, 0.9951, 0.9999, 1.0, 7.25, 99.96, 999.6, 12_345.6)
VALUES = (*VALUES, 99_970.0, 999_951.0, 1_234_567.0, 98_765_432.1)
WIDTHS = (0.0, 0.0001, 0.0019, 0.0195, 0.06, 0.4, 1.0, 19.4, 195.0, 4_000.0, 2e6)


def words() -> list[str]:
    """Return every way to say an estimate, of both signs and with errors of all sizes."""
    found = []
    for unit in (Unit.GBP, Unit.PROBABILITY, Unit.NUMBER):
        for value in (*VALUES, *(-value for value in VALUES if value and unit is not Unit.PROBABILITY)):
            if unit is Unit.PROBABILITY and not 0 <= value <= 1:
                continue
            for width in WIDTHS:
                low, high = value - width, value + 0.9 * width
                if unit is Unit.PROBABILITY:
                    low, high = max(low, 0.0), min(high, 1.0)
                one = Estimate(value, low, high, width, is_rough=width == 0.4)
                said = [in_words.phrase(one, unit), in_words.phrase(one, unit, signed=True)]
                said += [in_words.about(one, unit), in_words.briefly(one, unit)]
                if unit is Unit.PROBABILITY:
                    said.append(in_words.contracts_in_100(one))
                if unit is Unit.GBP:
                    said.append(in_words.loss(one))
                found.append(f"{unit} {value:g} within {width:g}: {' | '.join(said)}")
    rows = [in_words.in_sentence(row) for row in (ALL_CLUSTERS, "North")]
    sizes = [repr(in_words.money_unit(size)) for size in (0.0, 999.0, 1e3, 999_999.0, 1e6)]
    given = [repr(in_words.rounded(1234.567, 0.3, 10.0, decimals)) for decimals in (-2, 0, 1, 3)]
    return [*found, *rows, *sizes, *given]


def test_estimates_in_words() -> None:
    stored, found = Path(__file__).parent / "words_of_estimates.txt", words()
    if not stored.exists():
        stored.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{stored.name} was missing and has been written; look at it, then run again")
    assert found == stored.read_text(encoding="utf-8").splitlines()
