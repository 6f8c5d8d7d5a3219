"""The exact method far from its budget: overspend less surplus is spend less budget, or it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.exact.law_of_year import OutturnLaw, law_of_position, sum_of_overspends, year_end
from simulator.exact.method import exact_risk
from simulator.scenario.scenario import Scenario
from simulator.simulation.plan import make_plan
from tests.builders import BOND, checked, cluster_of, line_of, scenario_of

PEOPLE, SPEND_A_HEAD = 5_000, 100.0


def budgeted(gbp_per_head: float, years: int = 1) -> Scenario:
    """Return a cluster that spends GBP 100 a head: 500 cases of GBP 1,000 among 5,000 people."""
    return checked(
        scenario_of(
            contract={"start_year": 2010, "years": years},
            budgets={"rule": {"rule": "per_head", "gbp_per_head": gbp_per_head}},
            shocks={"cluster_year": {"law": "lognormal", "sd_share": 0.01}},
            service_lines=[line_of()],
            clusters=[cluster_of("Only", PEOPLE)],
            rules=[BOND],
        )
    )


def law_of(gbp_per_head: float) -> OutturnLaw:
    plan = make_plan(budgeted(gbp_per_head))
    position = year_end(plan, 0, (0,))
    assert position is not None
    return law_of_position(plan, 0, position)


# SD about 7% of spend: 0.1 and 5 times spend lie beyond either end of any interval of 12 SDs.
@pytest.mark.parametrize("budget_over_spend", [0.1, 0.5, 0.8, 0.95, 1.0, 1.05, 1.3, 2.0, 5.0, 40.0])
def test_overspend_less_surplus_is_spend_less_budget(budget_over_spend: float) -> None:
    law = law_of(SPEND_A_HEAD * budget_over_spend)
    less_budget = PEOPLE * SPEND_A_HEAD * (1 - budget_over_spend)
    assert law.mean_gbp == pytest.approx(less_budget, abs=1e-6)
    assert law.stop_loss(0.0) - law.shortfall(0.0) == pytest.approx(less_budget, abs=1e-6 * law.sd_gbp)
    (row,) = exact_risk(budgeted(SPEND_A_HEAD * budget_over_spend)).rows
    overspend = row.estimates["expected_overspend_gbp"]
    # Never less than what the means say, and no more where no contract is near its budget.
    least_gbp = max(less_budget, 0.0)
    assert overspend.high >= least_gbp
    if not 0.5 < budget_over_spend < 2.0:
        assert overspend.low <= least_gbp


def test_a_budget_far_above_spend_leaves_no_overspend_and_needs_no_bond() -> None:
    (row,) = exact_risk(budgeted(15 * SPEND_A_HEAD)).rows
    assert {name: one.value for name, one in row.estimates.items()} == dict.fromkeys(row.estimates, 0.0)
    assert row.estimates["expected_overspend_gbp"].high < 1e-3


def test_years_far_below_their_budgets_add_no_overspend() -> None:
    fair, rich = law_of(SPEND_A_HEAD), law_of(15 * SPEND_A_HEAD)
    alone = fair.quantile(0.95)
    assert sum_of_overspends([rich, fair], [0.95], [1.0, 1.0]) == [pytest.approx(alone, rel=1e-3)]
    assert sum_of_overspends([rich, rich], [0.95], [1.0, 1.0]) == [0.0]


def test_figures_that_do_not_balance_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    # What a budget of 15 times spend once gave: a parabola beyond the interval's end.
    monkeypatch.setattr(OutturnLaw, "stop_loss", lambda law, _: np.asarray(law.mean_gbp**2 / law.width_gbp))
    (row,) = exact_risk(budgeted(15 * SPEND_A_HEAD)).rows
    assert not row.estimates
    assert "moments that are off" in row.not_given


def test_a_law_off_in_its_mean_does_not_balance() -> None:
    law = law_of(SPEND_A_HEAD)
    assert law.moment_error < 1e-6
    moved = replace(law, mean_gbp=law.mean_gbp + 0.01 * law.sd_gbp)
    assert moved.moment_error == pytest.approx(0.01, rel=1e-3)
