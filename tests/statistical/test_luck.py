"""What is paid for luck, and what goes unpaid, where spend is normal about the budget.

One cluster; cases are so many (100 million at GBP 1, or at GBP 1 or 3) that chance in counts adds an
SD of 0.01% of the budget, which is allowed for. At a true saving t, spend is (1 - t) of what it would
be, so that the surplus over the budget is normal with mean t and SD (1 - t) sd. The practice share is
10% of it where it is above zero.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import pytest

from simulator.questions.luck.answer import AS_IT_IS, LuckAnswer
from simulator.questions.luck.ask import luck
from simulator.questions.luck.estimates import EARNED, LUCK_SHARE, PAID, SHARE, UNPAID, change_of
from simulator.risk.estimate import Estimate
from simulator.simulation.draws import Draws
from tests.builders import SURPLUS, checked, cluster_of, line_of, scenario_of
from tests.references.checks import within

CONTRACTS = 40_000
SD = 0.03
BUDGET = 1e8
RATE, WIDTH, KEPT, SAVING = 0.01, 0.015, 0.25, 0.02
Z = NormalDist()


def normal_scenario(years=1, clusters=("Only",), values=(1.0,)):
    scenario = scenario_of(
        contract={"start_year": 2010, "years": years},
        shocks={"cluster_year": {"law": "normal", "sd_share": SD}},
        service_lines=[
            line_of(rate_per_1000=1e6, unit_cost_gbp={"model": "empirical", "values": list(values)})
        ],
        clusters=[cluster_of(name, 100_000) for name in clusters],
        rules=[SURPLUS | {"needs_bond": False}],
    )
    return checked(scenario)


@cache
def asked(years=1, clusters=("Only",), values=(1.0,), limit=50_000.0, contracts=CONTRACTS) -> LuckAnswer:
    return luck(
        normal_scenario(years, clusters, values),
        (0.01, 0.05),
        policy_saving=SAVING,
        minimum_savings_rate=RATE,
        corridor_width=WIDTH,
        corridor_cluster_share=KEPT,
        per_case_limit=limit,
        draws=Draws(contracts, 11),
    )


def sd_at(saving: float) -> float:
    """Return the SD of the surplus over the budget."""
    return (1 - saving) * math.sqrt(SD**2 + 1e-8)


def beyond(cut: float, mean: float, sd: float) -> float:
    """E[max(X - cut, 0)] for a normal X."""
    distance = (mean - cut) / sd
    return sd * Z.pdf(distance) + (mean - cut) * Z.cdf(distance)


def above(cut: float, mean: float, sd: float) -> float:
    """E[X; X > cut] for a normal X."""
    return beyond(cut, mean, sd) + cut * Z.cdf((mean - cut) / sd)


def share(policy: str, saving: float) -> float:
    """Return the expected practice share of a year, over the budget."""
    sd = sd_at(saving)
    return (
        0.1
        * {
            "as": beyond(0, saving, sd),
            "first": above(RATE, saving, sd),
            "excess": beyond(RATE, saving, sd),
            "corridor": beyond(0, saving, sd) - (1 - KEPT) * beyond(WIDTH, saving, sd),
        }[policy]
    )


def unpaid(saving: float, rate: float = 0.0) -> float:
    return Z.cdf((rate - saving) / sd_at(saving))


def assert_right(estimate: Estimate, exact: float, what: str) -> None:
    # A probability has no standard error of its own: half of a 95% interval is close to two.
    error = estimate.standard_error or estimate.half_width / 1.96
    assert within(estimate.value, exact, error), (what, estimate, exact)


def names(answer: LuckAnswer) -> dict[str, str]:
    as_is, first, excess, settlement, corridor, limit = answer.policy_names
    assert as_is == AS_IT_IS
    return {
        "as": as_is,
        "first": first,
        "excess": excess,
        "settlement": settlement,
        "corridor": corridor,
        "limit": limit,
    }


@pytest.mark.parametrize("saving", [0.0, 0.01, SAVING, 0.05])
def test_what_is_paid_and_what_is_not(saving: float) -> None:
    found = asked().row(saving=saving).estimates
    paid, by_luck = share("as", saving), share("as", 0.0)
    assert_right(found[SHARE], paid * BUDGET, "share")
    assert_right(found[UNPAID], unpaid(saving), "unpaid")
    assert_right(found[PAID], 1 - unpaid(saving), "paid")
    if saving:
        assert_right(found[EARNED], (paid - by_luck) * BUDGET, "earned")
        assert_right(found[LUCK_SHARE], by_luck / paid, "share of luck")
    else:
        # The sum in every text book: a tenth of sd / sqrt(2 pi).
        assert by_luck == pytest.approx(0.1 * sd_at(0) / math.sqrt(2 * math.pi))
        assert (found[EARNED].value, found[LUCK_SHARE].value) == (0, 1)


@pytest.mark.parametrize("saving", [0.0, SAVING])
@pytest.mark.parametrize(("policy", "rate"), [("first", RATE), ("excess", RATE), ("corridor", 0.0)])
def test_other_rules(policy: str, rate: float, saving: float) -> None:
    answer = asked()
    found = answer.row(names(answer)[policy], saving).estimates
    paid, base = share(policy, saving), share("as", saving)
    earned = paid - share(policy, 0.0)
    assert_right(found[SHARE], paid * BUDGET, "share")
    assert_right(found[UNPAID], unpaid(saving, rate), "unpaid")
    assert_right(found[change_of(SHARE)], (paid - base) * BUDGET, "change of the share")
    assert_right(found[change_of(UNPAID)], unpaid(saving, rate) - unpaid(saving), "change of unpaid")
    assert_right(found[change_of(PAID)], unpaid(saving) - unpaid(saving, rate), "change of paid")
    if saving:
        base_earned = base - share("as", 0.0)
        assert_right(found[EARNED], earned * BUDGET, "earned")
        assert_right(found[change_of(EARNED)], (earned - base_earned) * BUDGET, "change of what is earned")


@pytest.mark.parametrize("saving", [0.0, SAVING])
def test_settlement_over_three_years(saving: float) -> None:
    """The sum of three independent years has mean 3 t and SD sqrt(3) sd."""
    answer = asked(years=3)
    sd, whole = sd_at(saving), math.sqrt(3) * sd_at(saving)
    each = 3 * 0.1 * beyond(0, saving, sd)
    once = 0.1 * beyond(0, 3 * saving, whole)
    if not saving:
        assert once == pytest.approx(0.1 * whole / math.sqrt(2 * math.pi))
    as_is = answer.row(saving=saving).estimates
    assert_right(as_is[SHARE], each * BUDGET, "each year")
    assert_right(as_is[UNPAID], unpaid(saving) ** 3, "no year paid")
    found = answer.row(names(answer)["settlement"], saving).estimates
    assert_right(found[SHARE], once * BUDGET, "once")
    assert_right(found[change_of(SHARE)], (once - each) * BUDGET, "change")
    no_pay = Z.cdf(-3 * saving / whole)
    assert_right(found[UNPAID], no_pay, "unpaid")
    assert_right(found[change_of(UNPAID)], no_pay - unpaid(saving) ** 3, "change of unpaid")


def test_a_limit_per_case() -> None:
    """Cases cost 1 or 3, 2 on average; with a limit of 1, budget and luck are half as large."""
    answer = asked(values=(1.0, 3.0), limit=1.0)
    # Costs of 1 or 3 add more chance than those of 1 alone: (cv squared + 1) / cases.
    before = 0.2 * math.sqrt(SD**2 + 1.25e-8) / math.sqrt(2 * math.pi)
    after = 0.1 * sd_at(0) / math.sqrt(2 * math.pi)
    found = answer.row(names(answer)["limit"]).estimates
    assert_right(answer.row().estimates[SHARE], before * BUDGET, "before")
    assert_right(found[SHARE], after * BUDGET, "after")
    assert_right(found[change_of(SHARE)], (after - before) * BUDGET, "change")
    assert_right(found[PAID], 0.5, "paid")


def test_a_paired_difference_is_better_known_than_an_unpaired_one() -> None:
    answer = asked()
    for policy in ("first", "excess", "corridor"):
        for saving in (0.0, SAVING):
            base = answer.row(saving=saving).estimates
            found = answer.row(names(answer)[policy], saving).estimates
            for measure in (SHARE, UNPAID):
                unpaired = math.hypot(base[measure].half_width, found[measure].half_width)
                assert found[change_of(measure)].half_width < 0.95 * unpaired, (policy, measure)
    earned, saved, by_luck = (
        answer.row(saving=SAVING).estimates[EARNED],
        answer.row(saving=SAVING).estimates[SHARE],
        answer.row().estimates[SHARE],
    )
    assert earned.half_width < 0.7 * math.hypot(saved.half_width, by_luck.half_width)


def test_several_clusters_are_known_better_than_one() -> None:
    """Clusters are independent here: four of them are as good as four times the contracts."""
    clusters = ("A", "B", "C", "D")
    answer = asked(clusters=clusters, contracts=10_000)
    together = answer.row(saving=SAVING).estimates
    exact = unpaid(SAVING)
    assert_right(together[UNPAID], exact, "unpaid")
    assert_right(together[SHARE], 4 * share("as", SAVING) * BUDGET, "share")
    error = math.sqrt(exact * (1 - exact) / 40_000)
    assert together[UNPAID].half_width / 1.96 == pytest.approx(error, rel=0.05)
    first = answer.row(names(answer)["first"], SAVING).estimates
    change = unpaid(SAVING, RATE) - exact
    assert_right(first[change_of(UNPAID)], change, "change of unpaid")
    assert first[change_of(UNPAID)].half_width / 1.96 == pytest.approx(
        math.sqrt(change * (1 - change) / 40_000), rel=0.05
    )
    for name in clusters:
        assert_right(answer.row(saving=SAVING, cluster=name).estimates[UNPAID], exact, name)


def test_the_checks_can_fail() -> None:
    """A wrong tenth, a wrong rate and a saving that is not the surplus's mean are all noticed."""
    answer = asked()
    found, saved = answer.row().estimates, answer.row(saving=SAVING).estimates
    first = answer.row(names(answer)["first"]).estimates
    wrong = [
        (found[SHARE], 1.05 * share("as", 0) * BUDGET),
        (first[SHARE], share("excess", 0) * BUDGET),
        (first[change_of(SHARE)], -1.1 * (share("as", 0) - share("first", 0)) * BUDGET),
        (saved[UNPAID], unpaid(SAVING) + 0.02),
        (saved[EARNED], 0.1 * SAVING * BUDGET),
    ]
    for estimate, value in wrong:
        with pytest.raises(AssertionError):
            assert_right(estimate, value, "wrong on purpose")
