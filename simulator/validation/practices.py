"""Section 3: how far practices were from the budgets of the person-based formula."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from importlib.resources import files

import numpy as np

from simulator.records import FloatArray
from simulator.risk.estimate import CONFIDENCE_Z
from simulator.risk.estimation import mean
from simulator.validation.check import Answer, tune
from simulator.validation.outturns import one_year, overspend_shares, read_table
from simulator.validation.published import Interval, Published

YEARS = 5_000
PRACTICES = 8_238
HOSPITAL_CARE = ("emergency_admissions", "planned_admissions", "outpatient_attendances")
"""What the formula covers: inpatients and outpatients."""


def answers(published: Mapping[str, Published]) -> Iterator[tuple[str, Answer]]:
    """Yield the answer to each number."""
    target = published["practices:5"].value

    def excess(sd_share: float) -> float:
        return float(_missed(_misses(sd_share), 0.05).mean()) - target

    sd_share = tune(excess, 0.04, 0.12, 2e-4)
    tuned = f"practices' need differs from the formula's with an SD of {sd_share:.1%}, lognormal"
    misses = _misses(sd_share)
    for per_cent in (5, 10, 20):
        missed = _missed(misses, per_cent / 100)
        ours = mean(missed)
        # Practices are independent here, so that a country's share varies less than a sample's.
        spread = CONFIDENCE_Z * float(missed.std()) * math.sqrt(misses.shape[1] / PRACTICES)
        year = Interval(ours.low - spread, ours.high + spread)
        yield f"practices:{per_cent}", Answer(ours, year=year, tuned=tuned)


def _misses(sd_share: float) -> FloatArray:
    """Return each practice's distance from its budget, shape (year, practice), as a share of it."""
    lines = [
        line for line in read_table("consortia_2009.toml")["service_lines"] if line["name"] in HOSPITAL_CARE
    ]
    shocks = {"cluster": {"law": "lognormal", "sd_share": sd_share}}
    return np.abs(overspend_shares(one_year(_lists(), lines, YEARS, shocks)))


def _missed(misses: FloatArray, beyond: float) -> FloatArray:
    return np.asarray((misses > beyond).mean(axis=1))


def _lists() -> list[float]:
    """Return list sizes: those of Cambridgeshire stand for England's (assumption)."""
    text = files(__package__).joinpath("practice_lists.csv").read_text(encoding="utf-8")
    return [float(row["people"]) for row in csv.DictReader(text.splitlines())]
