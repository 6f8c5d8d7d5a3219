"""Section 5: the table that ships, what is tuned on it, and the reasons given."""

from __future__ import annotations

import csv
import math
import runpy
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t as student

from simulator.validation import medicare_groups as groups
from simulator.validation.published import Use, load_published, read
from simulator.validation.report import validate
from tests.e2e.command import ROOT

TABLE = {one.key: one for one in load_published()}
ROWS = list(csv.DictReader(read("mssp_outturns.csv").splitlines()))
BANDS = groups.bands()
SPREAD = groups.tuned_on(BANDS[::2], BANDS, 0.68)


def test_a_band_is_derived_by_hand():
    """Two years of means 0 and 1%: about them 3, -3, 4 and -4%, an SD of sqrt(50 / 3)%."""
    derive = runpy.run_path(str(ROOT / "docs" / "derive_mssp.py"))["derive"]
    outturns = [(2013, 1, 0.03), (2013, 1.25, -0.03), (2014, 1, 0.05), (2014, 1.25, -0.03), (2019, 1, 0.9)]
    years = [(year, band.from_people * size, saved) for band in BANDS for year, size, saved in outturns]
    table = derive(pd.DataFrame(years, columns=["performance_year", "assigned_people", "savings_rate"]))
    assert list(table.group_years) == [4] * len(BANDS)
    first = table.iloc[0]
    # Harmonic mean of 3,000 and 3,750 people, whose minimum rates are 5.0% and nearly 4.6%.
    assert first.people == 3_333
    assert (first["saved_minimum"], first.overspent_minimum, first.owed_over_bond) == (0.25, 0, 0.5)
    assert first["sd"] == pytest.approx(math.sqrt(50 / 3) / 100, abs=1e-5)
    # Variances of 9 and 16 by halves: their SD 4.04 over sqrt(4), over twice the SD.
    assert first["sd_error"] == pytest.approx(math.sqrt(49 / 3) / 2 / (2 * math.sqrt(50 / 3)) / 100, abs=1e-5)


def test_what_is_published_is_the_table():
    for row, band in zip(ROWS, BANDS, strict=True):
        sd = TABLE[f"groups:sd:{band.from_people}"]
        tolerance = max(3 * band.sd_error, 0.005)
        assert sd.value == pytest.approx(band.sd, abs=6e-5)
        assert sd.interval.high - sd.interval.low == pytest.approx(2 * tolerance, abs=2e-4)
        assert (sd.use is Use.TUNE) == (band in BANDS[::2])
        for key in ("saved", "overspent"):
            if one := TABLE.get(f"groups:{key}:{band.from_people}"):
                assert one.value == pytest.approx(float(row[f"{key}_minimum"]), abs=6e-4)
    weights = [band.group_years for band in BANDS]
    for key, column, some in (
        ("saved:middle", "saved_minimum", slice(4, 6)),
        ("overspent:middle", "overspent_minimum", slice(4, 6)),
        ("owed", "owed_over_bond", slice(None)),
    ):
        pooled = np.average([float(row[column]) for row in ROWS][some], weights=weights[some])
        assert TABLE[f"groups:{key}"].value == pytest.approx(pooled, abs=6e-4)


def test_chance_is_that_of_the_minimum_rates():
    """At 7,000 people, 2/15 of the way from 90% to 95%."""
    quantile = NormalDist().inv_cdf
    sds = (13 * quantile(0.90) + 2 * quantile(0.95)) / 15
    assert round(TABLE["msr:7000"].value / sds * math.sqrt(7_000), 2) == groups.CHANCE


def test_the_reasons_hold():
    """Numbers that stand in the remarks of the table."""
    # Own need left when 1.25% passes at once, and what it must keep for the first lag to be 0.68.
    total = sum(band.group_years * SPREAD.variance(band) for band in BANDS)
    own = sum(band.group_years * (SPREAD.own(band) - 0.0125**2) for band in BANDS) / total
    assert (round(0.68 / own, 2), round(own * (0.68 / own) ** 5, 2)) == (0.88, 0.41)
    assert round(math.sqrt(1 - 0.666**2), 2) == 0.75
    # Student's t with an excess kurtosis of 2 and the SD of the band of 30,000 people.
    band, freedom = BANDS[5], 7
    beyond = (band.minimum_rate - band.mean) / math.sqrt(SPREAD.variance(band))
    thicker = student.sf(beyond * math.sqrt(freedom / (freedom - 2)), freedom)
    too_many = 1 - NormalDist().cdf(beyond) - 0.255
    assert 0 < 1 - NormalDist().cdf(beyond) - thicker < too_many / 2
    assert 0.031 > math.sqrt(0.255 * 0.745 / band.group_years) > 0.0285


def test_bands_that_are_tuned_on_do_not_know_the_others():
    others = [replace(band, sd=2 * band.sd) if at % 2 else band for at, band in enumerate(BANDS)]
    again = groups.tuned_on(others[::2], others, 0.68)
    assert (again.any_size, again.falling) == (SPREAD.any_size, SPREAD.falling)


def test_a_simulator_without_persistence_fails(monkeypatch):
    monkeypatch.setattr(groups, "CONTRACTS", 20_000)
    monkeypatch.setattr(groups, "_own", lambda variance, persistence: groups._in_two(variance, 0.0))
    rows = [one for one in TABLE.values() if one.section == 5]
    failed = {one.published.key for one in validate(rows, sections=(5,)) if not one.is_accepted}
    assert {f"groups:lag:{lag}" for lag in range(1, 6)} <= failed
