"""The actions of a scenario, on the scene that it makes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.actions.acting import Actions
from simulator.actions.action import MONTHS
from simulator.actions.scene import Scene
from simulator.demand.expected_counts import LineRate
from simulator.payments.payment import terms_of
from simulator.records import FinancialYear, FloatArray, Population
from simulator.scenario.schema import ScenarioFile


def actions_of(
    settings: ScenarioFile,
    years: Sequence[FinancialYear],
    rates: Sequence[LineRate],
    population: Population,
    expected: FloatArray,
    responsibility: FloatArray,
) -> Actions:
    """Return what clusters do, where cases before it are expected in shape (contract year, cluster, line)."""
    months = np.array([one.months_inside(settings.contract) for one in settings.clusters]).T
    scene = Scene(
        years=tuple(years[1:]),
        clusters=population.clusters,
        lines=population.lines,
        people=population.people,
        # The months of a contract are the last of its years.
        inside=np.arange(MONTHS)[:, None] >= MONTHS - months[:, None, :],
        month_shares=np.stack(
            [np.stack([rate.month_shares(year) for rate in rates], axis=-1) for year in years[1:]]
        ),
        expected_counts=expected.copy(),
        chance_of_a_case=np.array([sum(line.chance_of_a_case) for line in settings.service_lines]),
        per_case=np.array([terms_of(line.payment).follows_care for line in settings.service_lines]),
        responsibility=responsibility,
        price_growth=np.array([float(line.price_growth_share) for line in settings.service_lines]),
    )
    return Actions(scene, settings.actions, settings.doubt.carried)
