"""Derive simulator/validation/mssp_outturns.csv: outturns of US Medicare groups by size.

    python docs/derive_mssp.py YEARS.csv

YEARS.csv, a row for each group and year, is not in the project: it is taken from the public use files of the
Medicare Shared Savings Program, and needs the columns performance_year, assigned_people and savings_rate.
Groups have no number in it before 2018, so nothing that follows a group from year to year comes from it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

from simulator.validation.medicare_groups import BOND_SHARE, LOSS_SHARE, minimum_rate
from simulator.validation.published import load_published

TABLE = Path(__file__).parents[1] / "simulator" / "validation" / "mssp_outturns.csv"
FROM_PEOPLE = (3_000, 7_500, 10_000, 15_000, 20_000, 30_000, 50_000, 100_000)
SOURCE = "CMS, Medicare Shared Savings Program public use files 2013-18; groups of 3,000 people or more"


def derive(years: pd.DataFrame) -> pd.DataFrame:
    """Return the table: a row for each band of people."""
    years = years[years.performance_year.between(2013, 2018) & (years.assigned_people >= FROM_PEOPLE[0])]
    saved, people = years.savings_rate, years.assigned_people
    rate = minimum_rate(people.to_numpy(), load_published())
    about = saved - saved.groupby(years.performance_year).transform("mean")
    columns = {
        "people": 1 / people,
        "minimum_rate": rate,
        "mean": saved,
        "saved_minimum": saved >= rate,
        "overspent_minimum": saved <= -rate,
        "owed_over_bond": -saved * LOSS_SHARE > BOND_SHARE,
    }
    band = pd.Series(np.digitize(people, FROM_PEOPLE), years.index)
    table = pd.DataFrame(columns).groupby(band).mean()
    table["people"] = (1 / table["people"]).round()  # harmonic mean: chance has a variance of 1 / people
    table.insert(0, "from_people", FROM_PEOPLE)
    table.insert(1, "group_years", band.value_counts().sort_index())
    squares = (about - about.groupby(band).transform("mean")) ** 2
    table["sd"] = about.groupby(band).std()
    table["sd_error"] = squares.groupby(band).sem() / (2 * table["sd"])
    return table.astype({"people": int}).round(5).assign(source=SOURCE)


if __name__ == "__main__":
    derive(pd.read_csv(sys.argv[1])).to_csv(TABLE, index=False)
