"""Every measure has one name, says its unit and what it means."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simulator.risk.measures import MEASURES, Kind, Measure
from simulator.risk.summary import summary_columns
from tests.builders import scenario_of, simulated

UNIT = re.compile(r"_(gbp(_per_(year|head))?|probability(_year_\{year\})?|share|people|months)$")
EACH = pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.name)


def test_names_are_unique() -> None:
    columns = [column for measure in MEASURES for column, _ in measure.columns(3)]
    assert len(columns) == len(set(columns))


@EACH
def test_a_measure_says_its_unit_and_its_meaning(measure: Measure) -> None:
    assert UNIT.search(measure.name)
    assert (measure.kind is Kind.PROBABILITY) == ("probability" in measure.name)
    assert len(measure.meaning.split()) >= 4
    assert measure.meaning[0].islower()
    assert not measure.meaning.endswith(".")


def test_meanings_are_unique() -> None:
    assert len({measure.meaning for measure in MEASURES}) == len(MEASURES)


def test_every_number_of_the_summary_stands_beside_its_error() -> None:
    result = simulated(scenario_of())
    columns = summary_columns(result.rows, len(result.years))
    assert {len(values) for values in columns.values()} == {3}
    for measure in MEASURES:
        ends = ("_standard_error",) if measure.kind is Kind.MEAN else ("_low", "_high")
        for column, _ in measure.columns(2):
            for name in (column, *(f"{column}{end}" for end in ends)):
                values = columns[name]
                assert np.isfinite(values[-1]), name
                # What has no meaning for one cluster is empty there.
                assert [value is None for value in values[:-1]] == [measure.pct_only] * 2, name
