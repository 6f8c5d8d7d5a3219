"""Every measure has one name, says its unit and what it means."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simulator.risk.estimate import Unit
from simulator.risk.estimators import Probability, Quantile, TailMean
from simulator.risk.measures import MEASURES, summary_columns
from simulator.risk.measures.measure import Measure
from tests.builders import scenario_of, simulated

UNIT = re.compile(r"_(gbp(_per_(year|head))?|probability|share|people|months)(_year_\{year\})?$")
EACH = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def test_names_are_unique() -> None:
    columns = [column for measure in MEASURES for column, _ in measure.columns(3)]
    assert len(columns) == len(set(columns))


@EACH
def test_a_measure_says_its_unit_and_its_meaning(measure: Measure) -> None:
    assert UNIT.search(measure.name)
    assert isinstance(measure.estimator, Probability) == ("probability" in measure.name)
    assert (measure.unit is Unit.PROBABILITY) == ("probability" in measure.name)
    assert ("{year}" in measure.heading) == ("{year}" in measure.name)
    assert len(measure.meaning.split()) >= 4
    assert measure.meaning[0].islower()
    assert not measure.meaning.endswith(".")


def test_meanings_and_headings_are_unique() -> None:
    assert len({measure.heading for measure in MEASURES}) == len(MEASURES)
    assert len({measure.meaning for measure in MEASURES}) == len(MEASURES)


def test_every_number_of_the_summary_stands_beside_its_error() -> None:
    result = simulated(scenario_of(), contracts=400)
    columns = summary_columns(result.rows, len(result.years))
    assert {len(values) for values in columns.values()} == {3}
    for measure in MEASURES:
        for column, year in measure.columns(2):
            if measure.name.startswith("leaves") and year == 1:
                continue
            for name in (column, *(f"{column}_{end}" for end in measure.estimator.ends)):
                values = columns[name]
                # What has no meaning for a row is empty there.
                wanted = [measure.rows != "together"] * 2 + [measure.rows != "clusters"]
                assert [value is not None for value in values] == wanted, name
                assert np.isfinite([value for value in values if value is not None]).all(), name


@pytest.mark.parametrize("estimator", [Quantile(0.01), Quantile(0.95), TailMean(0.05)])
def test_too_few_contracts_give_no_quantile(estimator: Quantile | TailMean) -> None:
    fewest = estimator.fewest_contracts
    level = max(estimator.level, 1 - estimator.level)
    # All of so many on one side of it: 2.5% or less; of one fewer, more.
    assert level**fewest <= 0.025 < level ** (fewest - 1)
    assert estimator.of(np.arange(fewest - 1.0)) is None
    assert estimator.of(np.arange(float(fewest))) is not None
