"""What hospitals are paid: worked sums of each form, and terms that change nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import InputError
from simulator.answers.rule_notes import scheme_notes
from simulator.payments.forms import FORMS, SOURCES
from simulator.payments.payment import Payment, in_short, terms_of
from simulator.payments.terms import PaymentTerms
from simulator.questions.compare.ask import compare
from simulator.questions.forecast.ask import year_under_way
from simulator.questions.shadow.ask import check_shadow
from simulator.random_streams import RandomStreams
from simulator.records import BUDGET, SPEND, WITHHELD, Block
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.simulation.draws import Draws
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import SharedDraws, same_demand
from tests.builders import Table, checked, cluster_of, line_of, scenario_of, simulated
from tests.property.comparing import differences

CARE = np.array([80.0, 100.0, 120.0])


def paid(terms: PaymentTerms, plan: float = 100.0) -> list[float]:
    """Return what is paid for care of 80, 100 and 120 where 100 was planned."""
    return terms.paid_gbp(CARE[:, None], np.array([[plan]]))[:, 0].tolist()


def of_lines(payment: Any, **changes: Any) -> Table:
    lines = [line_of(payment=payment, price_growth_share=0.02), line_of("prescribing", rate_per_1000=50)]
    return scenario_of(service_lines=lines) | changes


@pytest.mark.parametrize(
    ("form", "by_hand"),
    [
        ("tariff", [80, 100, 120]),
        ("per_case", [80, 100, 120]),
        ("cost_per_case", [80, 100, 120]),
        ("block", [100, 100, 100]),
        ("marginal_rate", [80, 100, 106]),
        ("cap_and_collar", [97, 100, 103]),
        ("blended_2019", [96, 100, 104]),
        ("aligned_2022", [85, 100, 115]),
    ],
)
def test_each_form_by_hand(form: str, by_hand: list[float]) -> None:
    assert paid(FORMS[form]) == pytest.approx(by_hand, abs=1e-12)


@pytest.mark.parametrize(
    ("changes", "by_hand"),
    [
        # Nothing moves within 5 of the plan; of the 15 beyond, 30% is paid above and all goes back below.
        ({"rate_above_plan": 0.3, "band_share": 0.05}, [85, 100, 104.5]),
        # Of the plan 60 is fixed, and half of the shortfall on that goes back: 20 less 0.4 + 0.6 x 0.5.
        ({"fixed_share": 0.6, "rate_below_plan": 0.5}, [86, 100, 120]),
        ({"cap_share": 1.1, "collar_share": 0.9}, [90, 100, 110]),
    ],
)
def test_each_key_of_the_law_by_hand(changes: Any, by_hand: list[float]) -> None:
    assert paid(replace(FORMS["tariff"], **changes)) == pytest.approx(by_hand, abs=1e-12)


def test_a_threshold_for_all_is_met_by_all_together_and_shared_as_care_is() -> None:
    terms = replace(FORMS["marginal_rate"], threshold="shared")
    # 120 and 60 against 100 and 60: 20 above, of which 6 is paid; 14 of 180 is not.
    assert terms.paid_gbp(np.array([120.0, 60.0]), np.array([100.0, 60.0])) == pytest.approx(
        [120 - 14 * 120 / 180, 60 - 14 * 60 / 180]
    )
    # One above by what the other is below: nobody has a threshold to cross.
    assert terms.paid_gbp(np.array([120.0, 40.0]), np.array([100.0, 60.0])) == pytest.approx([120, 40])
    fixed = replace(FORMS["block"], threshold="shared")
    assert fixed.paid_gbp(np.array([0.0, 0.0]), np.array([100.0, 60.0])) == pytest.approx([100, 60])


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("threshold", ["cluster", "shared"])
def test_more_care_is_never_paid_less_and_never_more_than_it_is_worth(form: str, threshold: Any) -> None:
    care = np.linspace(0, 300, 61)[:, None] * np.array([[1.0, 2.0]])
    terms = replace(FORMS[form], threshold=threshold)
    got = terms.paid_gbp(care, np.array([[100.0, 200.0]]))
    assert (np.diff(got, axis=0) >= -1e-9).all()
    assert (np.diff(got, axis=0) <= np.diff(care, axis=0) + 1e-9).all()


@pytest.mark.parametrize("form", ["tariff", "cost_per_case", {"form": "per_case"}, {"fixed_share": 0.5}])
def test_terms_of_the_tariff_are_payment_per_case_to_the_last_bit(form: Any) -> None:
    assert not differences(simulated(of_lines("per_case")), simulated(of_lines(form)))


@pytest.mark.parametrize("threshold", ["cluster", "shared"])
def test_the_law_itself_leaves_care_as_it_is_at_tariff_figures(threshold: Any) -> None:
    care = np.random.Generator(np.random.PCG64(1)).gamma(2.0, 1e5, (50, 3, 4))
    assert (replace(FORMS["tariff"], threshold=threshold).paid_gbp(care, care[::-1]) == care).all()


def test_a_table_of_a_form_is_the_form() -> None:
    for form in ("block", "blended_2019"):
        assert not differences(simulated(of_lines(form)), simulated(of_lines({"form": form})))


def _year(payment: Any, **changes: Any) -> tuple[Any, Any, Any]:
    plan = make_plan(checked(of_lines(payment, **changes)))
    care = plan.draw(RandomStreams(1), Block(0, 200))
    return plan, care.gbp[..., 0], plan.pay(care)


def test_a_plan_of_the_base_year_is_its_value_at_the_tariff_of_the_year() -> None:
    terms = {"form": "marginal_rate", "withheld": "kept", "tariff_change_share_by_year": [0.01, -0.02]}
    _, care, spend = _year(terms)
    assert (spend.gbp[:, 0, :, 0] == care[:, 0]).all()
    tariff = 1.01 * 0.98
    worth, plan = care[:, 2] * tariff, care[:, 0] * 1.02**2 * tariff
    by_hand = np.where(worth > plan, plan + 0.3 * (worth - plan), worth)
    np.testing.assert_allclose(spend.gbp[:, 2, :, 0], by_hand, rtol=1e-12)


def test_a_plan_as_a_figure_is_for_whole_years_and_each_person() -> None:
    """Nine months of a flat year have 275 days of 365."""
    contract = {"start_year": 2010, "start_month": 7, "years": 1}
    terms = {"form": "block", "plan_gbp_per_head": 90.0, "quality_share": 0.015}
    plan, _, spend = _year(terms, contract=contract)
    people = np.array([5_000, 20_000])
    np.testing.assert_allclose(spend.gbp[0, 0, :, 0], 90 * people * 1.015)
    months = 274 / 365
    np.testing.assert_allclose(spend.gbp[0, 1, :, 0], 90 * people * 1.015 * months)
    assert plan.prices[0].totals is None


def test_quality_is_paid_on_top_and_the_tariff_moves_what_plans_do_not_know() -> None:
    plain = simulated(of_lines("per_case"))
    other = simulated(of_lines({"quality_share": 0.015, "tariff_change_share_by_year": [-0.02]}))
    spend, before = (make_plan(one.scenario) for one in (other, plain))
    assert (spend.budgets[0].expected_gbp == before.budgets[0].expected_gbp).all()
    _, care, paid_for = _year({"quality_share": 0.015, "tariff_change_share_by_year": [-0.02]})
    np.testing.assert_allclose(paid_for.gbp[:, 0, :, 0], care[:, 0] * 1.015)
    np.testing.assert_allclose(paid_for.gbp[:, 2, :, 0], care[:, 2] * 1.015 * 0.98**2)


def test_what_is_withheld_is_kept_or_spent_on_schemes() -> None:
    kept, spent = (
        {"form": "marginal_rate", "plan": "expected", "withheld": way} for way in ("kept", "spent")
    )
    outcomes = [simulated(of_lines(one)).contract_outcomes for one in (kept, spent)]
    per_case = simulated(of_lines("per_case")).contract_outcomes
    for reason in (BUDGET, SPEND):
        np.testing.assert_allclose(outcomes[0].gbp(reason), outcomes[1].gbp(reason))
    assert not outcomes[0].gbp(WITHHELD).any()
    np.testing.assert_allclose(outcomes[1].spend_gbp, per_case.spend_gbp)
    assert (outcomes[1].gbp(WITHHELD).mean(axis=0) > 0).all()


def test_what_was_paid_before_the_contract_is_paid_on_the_same_terms() -> None:
    """Budgets that rest on past spend rest on what was paid."""
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "base_year_weights": [0.5, 0.5]}
    plan = make_plan(checked(of_lines("blended_2019", budgets={"rule": rule})))
    care = plan.draw(RandomStreams(1), Block(0, 200))
    spend = plan.pay(care)
    assert care.earlier_gbp is not None
    assert spend.earlier_gbp is not None
    expected = plan.payments[0].earlier_planned_gbp
    np.testing.assert_allclose(
        spend.earlier_gbp[..., 0], expected + 0.2 * (care.earlier_gbp[..., 0] - expected)
    )
    assert (spend.earlier_gbp[..., 1] == care.earlier_gbp[..., 1]).all()


def test_a_form_added_to_the_register_works_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        FORMS, "half_and_half", PaymentTerms(fixed_share=1.0, rate_above_plan=0.5, rate_below_plan=0.5)
    )
    _, care, spend = _year("half_and_half")
    plan = make_plan(checked(of_lines("per_case"))).prices[0].block_gbp
    np.testing.assert_allclose(spend.gbp[..., 0], (plan + care) / 2)
    scenarios = [checked(of_lines(one)) for one in ("per_case", "half_and_half", {"form": "half_and_half"})]
    found = compare(scenarios, draws=Draws(300)).estimates
    paid_a_head = [one[ALL_CLUSTERS, "providers_income_gbp"] for one in found]
    assert paid_a_head[1] == paid_a_head[2] != paid_a_head[0]


def test_payment_alone_draws_no_demand_again(monkeypatch: pytest.MonkeyPatch) -> None:
    shared = SharedDraws.of(checked(of_lines("per_case")), Draws(300))
    shared.simulate(checked(of_lines("per_case")))
    assert same_demand(*(make_plan(checked(of_lines(one))) for one in ("per_case", "blended_2019")))
    with monkeypatch.context() as patch:
        patch.setattr(SharedDraws, "_draw", lambda *_: pytest.fail("demand was drawn again"))
        found = [shared.simulate(checked(of_lines(one))) for one in ("blended_2019", "aligned_2022")]
    for form, result in zip(("blended_2019", "aligned_2022"), found, strict=True):
        assert not differences(result, simulated(of_lines(form), contracts=300))


@pytest.mark.parametrize(
    ("payment", "where", "said"),
    [
        ("blended", "payment", "one of tariff"),
        ({"form": "blended"}, "payment.form", "blended_2019"),
        ({"cap_share": 0.9}, "payment.cap_share", "1"),
        ({"plan": "base_year", "plan_gbp_per_head": 1}, "payment", "either plan or plan_gbp_per_head"),
        ({"rate": 0.3}, "payment.rate", "a key that scenarios have"),
        (3, "payment", "text"),
    ],
)
def test_what_is_no_payment_is_refused_in_its_place(payment: Any, where: str, said: str) -> None:
    with pytest.raises(InputError) as refused:
        checked(of_lines(payment))
    (problem,) = refused.value.problems
    assert problem.where.endswith(f"service_lines.admissions.{where}")
    assert said in f"{problem.need} {problem.hint}"


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ({"cap_share": 1.03, "rate_above_plan": 0.0}, "cap_share does nothing here: nothing is paid above"),
        ({"form": "block", "collar_share": 0.9}, "collar_share does nothing here: nothing is taken off"),
        ({"rate_below_plan": 0.5}, "rate_below_plan does nothing here: nothing of the plan is a fixed"),
        ({"plan_share": 1.04}, "plan_share does nothing here: care is paid in full"),
        ({"fixed_share": 1.0, "rate_below_plan": 0.1, "withheld": "spent"}, "withheld does nothing here"),
        ({"form": "block", "band_share": 0.1}, "band_share does nothing here"),
        ({"tariff_change_share_by_year": [0.1, 0, 0.1]}, "says after year 2 does nothing here"),
    ],
)
def test_terms_that_do_nothing_are_said_to(payment: Any, said: str) -> None:
    notes = [note for note in scheme_notes(checked(of_lines(payment))) if "payment" in note]
    assert [said in note for note in notes] == [True]


def test_questions_that_take_no_other_payments_say_so() -> None:
    with pytest.raises(InputError, match="shadow takes no others"):
        check_shadow(checked(of_lines("blended_2019")), 2)


@pytest.mark.parametrize(
    ("payment", "said"),
    [
        ("marginal_rate", "do not tell the care of the base year"),
        ({"form": "blended_2019", "threshold": "shared"}, "follows what all others spend"),
    ],
)
def test_a_forecast_says_why_it_takes_no_such_terms(tmp_path: Path, payment: Any, said: str) -> None:
    with pytest.raises(InputError, match=rf"(?s)admissions.payment.*{said}"):
        year_under_way(checked(of_lines(payment)), tmp_path / "none.csv")


def test_a_forecast_takes_no_terms_with_a_limit_per_case(tmp_path: Path) -> None:
    scenario = of_lines("blended_2019", rules=[{"rule": "per_case_limit", "limit_gbp": 5_000}])
    with pytest.raises(InputError, match="what lies above it as well"):
        year_under_way(checked(scenario), tmp_path / "none.csv")


def test_terms_have_words_and_a_short_name() -> None:
    assert set(FORMS) == set(SOURCES)
    for form, terms in FORMS.items():
        assert in_short(form) == in_short(Payment(form=form)) == form.replace("_", " ")
        assert terms_of(form) is terms
        assert terms.in_words()
    own = Payment(form="block", quality_share=0.015, threshold="shared", tariff_change_share_by_year=[0.01])
    assert in_short(own) == "block, own terms"
    words = own.terms.in_words()
    assert all(part in words for part in ("fixed sum", "1.5%", "all clusters", "1%"))


def test_one_cluster_has_no_threshold_to_share() -> None:
    payment = {"form": "blended_2019", "threshold": "shared"}
    scenario = checked(of_lines(payment, clusters=[cluster_of("North")]))
    assert any("threshold does nothing here: there is one cluster" in note for note in scheme_notes(scenario))
