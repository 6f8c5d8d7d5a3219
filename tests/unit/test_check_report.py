"""What `check` prints of budgets, and what tells one scenario from another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from simulator import load_scenario
from simulator.questions.check.answer import CheckAnswer, expected_annual_budgets_gbp
from simulator.scenario.start import STARTER_FILES, write_start
from simulator.simulation.plan import make_plan
from tests.builders import checked, line_of, scenario_of


def test_budgets_are_those_that_clusters_answer_for():
    whole, part = scenario_of(), scenario_of()
    lines = [line["name"] for line in part["service_lines"]]
    part["clusters"][0] |= {"proportion": 0.25}
    part["clusters"][1] |= {"service_lines": lines[:1]}
    before, after = (expected_annual_budgets_gbp(make_plan(checked(given))) for given in (whole, part))
    np.testing.assert_allclose(after[0], 0.25 * before[0])
    np.testing.assert_allclose(after[1], before[1] * ([1.0] + [0.0] * (len(lines) - 1)))
    assert before.min() > 0


def test_doubt_is_told_with_its_sizes():
    lines = [
        line_of(growth_share={"mean": 0.02, "sd": 0.015}, rate_per_1000={"mean": 100, "sd": 5}),
        line_of("tests", growth_share={"mean": 0.02, "sd": 0.03}),
    ]
    for carried, kept in ((True, "is drawn in each contract"), (False, "is left out, so that each figure")):
        scenario = checked(scenario_of(service_lines=lines, doubt={"carried": carried}))
        told = CheckAnswer(scenario, make_plan(scenario), "it").sentences()[-1]
        assert told.startswith(f"What is not known {kept}")
        assert told.endswith("Standard deviations: rates 5%, growth 1.5% to 3% a year.")


def test_a_fingerprint_sees_settings_and_every_table(tmp_path):
    write_start(tmp_path)
    scenario = load_scenario(tmp_path / STARTER_FILES[0])
    again = load_scenario(tmp_path / STARTER_FILES[0])
    assert again.fingerprint == scenario.fingerprint
    others = [
        load_scenario(tmp_path / STARTER_FILES[0], ["simulation.seed=2"]),
        replace(scenario, practices=replace(scenario.practices, practices=scenario.practices.practices[1:])),
        replace(scenario, need_weights={}),
        replace(scenario, seasons={"spring": (1.0,) * 12}),
    ]
    prints = {other.fingerprint for other in [scenario, *others]}
    assert len(prints) == 1 + len(others)
