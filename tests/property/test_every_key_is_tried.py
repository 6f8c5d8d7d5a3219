"""Every key of the format is in a scenario of the tests that look for idle keys, or it is said why not."""

from __future__ import annotations

from tests.builders import checked
from tests.property.test_every_choice_matters import Setting, is_choice, parts_within, places
from tests.property.test_every_parameter_matters import SCENARIO
from tests.property.test_every_term_matters import OF_TERMS, TERMS

ACTION_DATES = "every action begins alike: reduce_demand's and management's are tried"
A_TABLE = "a table beside the scenario: see the tests of tables"
A_NAME = "names and no number: see test_actions and test_scope"
NOT_IN_A_SCENARIO = "only `compound` takes it"
ELSEWHERE = {
    "Bond.gbp_per_head": "in place of the share that is given; see test_bond",
    "PctSettings.only": "of several PCTs; see test_one_pct_of_several",
    "Cluster.practices": "in place of people; see test_population",
    "Corridor.overspend_bands": "as surplus_bands are, on the other side; see test_corridor",
    "Cluster.service_lines": A_NAME,
    "GivenBudgets.rule": A_TABLE,
    "PopulationSettings.practices_csv": A_TABLE,
    "PopulationSettings.need_weights_csv": A_TABLE,
    "SeasonSettings.csv": A_TABLE,
    "GivenBudgets.csv": A_TABLE,
    "HistoricSettings.csv": A_TABLE,
    "FitSettings.posterior": A_TABLE,
    "FitSettings.sha256": A_TABLE,
    "Poisson.mean": NOT_IN_A_SCENARIO,
    "NegativeBinomial.mean": NOT_IN_A_SCENARIO,
    **dict.fromkeys(
        ("Empirical.limit", "Gamma.limit", "Uniform.limit"), "every law of costs has it; tried on two of them"
    ),
}
ACTIONS = ("CheckBills", "EarlySpending", "InYearControl", "ManagementCost", "OutlierPractices")
ELSEWHERE |= {f"{kind}.clusters": A_NAME for kind in (*ACTIONS, "ReduceDemand", "ShiftService")}
ELSEWHERE |= {
    f"{kind}.{key}": ACTION_DATES
    for kind in (*ACTIONS, "ReduceDemand", "ShiftService")
    for key in ("first_year", "first_month")
    if kind != "ManagementCost" and (kind, key) != ("ReduceDemand", "first_month")
}
OF_DOCUMENTS = {"DocumentSettings", "Milestone", "Publication"}
"""No number depends on them."""


def test_every_key_is_tried_or_it_is_said_why_not() -> None:
    tried: set[Setting] = set()
    for settings in (checked(SCENARIO).settings, TERMS.settings):
        tried |= {
            setting
            for path, setting, value in places(settings)
            if value not in (None, ()) and (settings is not TERMS.settings or path[0] in OF_TERMS)
        }
    every = {(kind, name) for kind in parts_within() for name in kind.model_fields}
    left = {
        f"{kind.__name__}.{name}"
        for kind, name in every - tried
        if not is_choice((kind, name)) and kind.__name__ not in OF_DOCUMENTS
    }
    assert left == set(ELSEWHERE)
