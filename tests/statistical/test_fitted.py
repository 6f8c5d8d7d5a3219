"""Contracts that carry draws of a history: their means, their law, and what turns it off."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulator import luck
from simulator.answers.rule_notes import scheme_notes
from simulator.fitting.estimates import Estimates
from simulator.fitting.future import future
from simulator.questions.check.answer import CheckAnswer
from simulator.questions.explain.pieces import Source, expected_budget_gbp, pieces_in_parts
from simulator.random_streams import RandomStreams
from simulator.records import Block
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.shared_draws import SharedDraws
from tests.builders import checked, cluster_of
from tests.histories import LINES, fitted_scenario, posterior_of
from tests.property.test_shared_draws_every_key import differing
from tests.references.checks import mean_against, misses, two_samples
from tests.unit.problems import problems_of

CONTRACTS = 20_000
SPENT = {"North": 5e5, "South": 2e6, "East": 6e6}


def plan_of(folder: Path, *overrides: str, **changes: object) -> Plan:
    return make_plan(checked(fitted_scenario(folder, **changes), *overrides, folder=folder))


def test_expected_spend_is_the_mean_over_draws_and_chance(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    spend = plan.draw(RandomStreams(1), Block(0, CONTRACTS)).gbp
    comparisons = [
        mean_against(spend[:, year, cluster, line], plan.expected_spend_gbp[year, cluster, line])
        for year in range(3)
        for cluster in range(3)
        for line in range(2)
    ]
    assert misses(comparisons) == []


def test_the_mean_is_that_of_the_draws_themselves(tmp_path: Path) -> None:
    """Cases of South's first line in the second contract year, row by row, without the engine."""
    plan, posterior = plan_of(tmp_path), posterior_of()
    rows = np.arange(posterior.rows)
    generator = np.random.default_rng(5)
    volume = np.mean(
        [
            np.exp(future(posterior, rows, 2, lambda *_: generator.standard_normal(rows.size))[0])
            for _ in range(20)
        ],
        axis=0,
    )[:, 2, 1, 0]
    assert misses([mean_against(20_000 * volume, plan.expected_counts[2, 1, 0])]) == []


def test_a_contract_may_begin_years_after_the_history(tmp_path: Path) -> None:
    """Its base year is two years on: what is known of the history's end has faded, and growth adds up."""
    later = plan_of(tmp_path, contract={"start_year": 2012, "years": 2})
    at_once = plan_of(tmp_path, contract={"start_year": 2010, "years": 4})
    assert later.axes.years == at_once.axes.years[2:]
    assert later.expected_counts == pytest.approx(at_once.expected_counts[2:])
    assert later.expected_spend_gbp == pytest.approx(at_once.expected_spend_gbp[2:], rel=1e-9)
    both = [plan.draw_shocks(RandomStreams(1), Block(0, 2_000)) for plan in (later, at_once)]
    for cluster in range(3):
        # The same rows and the same chance: the same years.
        here, there = (one.factors(year, cluster, 0) for one, year in zip(both, (1, 3), strict=True))
        assert here == pytest.approx(there)
    (early,) = problems_of(fitted_scenario(tmp_path, contract={"start_year": 2009}), folder=tmp_path)
    assert early.need == "2010 to 2015, as the history ends with 2009/10"


def test_the_note_on_errors_counts_the_draws(tmp_path: Path) -> None:
    answer = luck(checked(fitted_scenario(tmp_path), folder=tmp_path), (0.01,), draws=Draws(500, 1))
    # The square root of 1 + 500 / 2,000 is 1.118.
    assert "2,000 draws makes errors up to 12% larger" in answer.errors_note
    plain = checked(fitted_scenario(tmp_path), "fit.carry_uncertainty=false", folder=tmp_path)
    assert "larger than told" not in luck(plain, (0.01,), draws=Draws(500, 1)).errors_note


def test_factors_have_the_law_of_the_future(tmp_path: Path) -> None:
    """Logs of cases and prices together, years 0 to 2, against draws that are made without the engine."""
    plan, posterior = plan_of(tmp_path), posterior_of()
    drawn = plan.draw_shocks(RandomStreams(7), Block(0, CONTRACTS))
    generator = np.random.default_rng(11)
    rows = generator.integers(posterior.rows, size=CONTRACTS)
    volume, price = future(posterior, rows, 2, lambda *_: generator.standard_normal(CONTRACTS))
    comparisons = []
    for year in range(3):
        for cluster in range(3):
            ours = np.log(drawn.factors(year, cluster, 1) * drawn.prices(year, cluster, 1))
            theirs = (volume + price)[:, year, cluster, 1]
            comparisons += two_samples(ours - ours.mean(), theirs - theirs.mean())
    # What lasts, and what is new, from year to year.
    change = np.log(drawn.factors(2, 0, 0) / drawn.factors(0, 0, 0))
    other = volume[:, 2, 0, 0] - volume[:, 0, 0, 0]
    comparisons += two_samples(change - change.mean(), other - other.mean())
    assert misses(comparisons) == []


def test_switched_off_it_is_the_scenario_as_written(tmp_path: Path) -> None:
    given = fitted_scenario(tmp_path)
    plain = {key: value for key, value in given.items() if key != "fit"}
    for off in ("fit.carry_uncertainty=false", "doubt.carried=false"):
        switched = simulate(checked(given, off, folder=tmp_path), Draws(200, 1))
        assert differing(switched, simulate(checked(plain), Draws(200, 1))) == []
    assert differing(simulate(checked(given, folder=tmp_path), Draws(200, 1)), switched) != []


def test_keys_of_shocks_are_said_to_move_nothing_while_draws_are_carried(tmp_path: Path) -> None:
    given = checked(fitted_scenario(tmp_path), folder=tmp_path)
    louder = given.vary('shocks.cluster_year={law="lognormal",sd_share=0.1}')
    assert differing(simulate(louder, Draws(200, 1)), simulate(given, Draws(200, 1))) == []
    assert any("Keys of shocks move nothing here" in note for note in scheme_notes(louder))
    for other in (given, louder.vary("fit.carry_uncertainty=false")):
        assert not any("Keys of shocks" in note for note in scheme_notes(other))


def test_a_figure_that_is_edited_takes_effect(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    written = Estimates.of(posterior_of())
    growth = written.growth_share["admissions"].value
    faster = plan_of(tmp_path, "service_lines.admissions.growth_share=0.1")
    ratio = faster.expected_counts[:, :, 0] / plan.expected_counts[:, :, 0]
    assert ratio == pytest.approx((1.1 / (1 + growth)) ** np.arange(3)[:, None] * np.ones((3, 3)))
    needy = plan_of(tmp_path, f"clusters.East.need={2 * written.need['East'].value}")
    assert needy.expected_counts[1, 2] == pytest.approx(2 * plan.expected_counts[1, 2])
    assert needy.expected_counts[1, 1] == pytest.approx(plan.expected_counts[1, 1])


def test_a_cluster_without_history_is_like_any_of_them(tmp_path: Path) -> None:
    given = fitted_scenario(tmp_path)
    given["clusters"] = [*given["clusters"], cluster_of("West", 30_000)]
    plan = make_plan(checked(given, folder=tmp_path))
    known = plan_of(tmp_path)
    assert (plan.expected_counts[:, :3] == known.expected_counts).all()
    draws = plan.draw_shocks(RandomStreams(1), Block(0, CONTRACTS))
    factors = [draws.factors(year, 3, 0) for year in range(3)]
    assert misses([mean_against(one, 1.0) for one in factors]) == []
    # Nobody knows its level: it varies by what clusters do, beside what is not known of the line.
    assert np.var(np.log(factors[1])) > np.var(np.log(draws.factors(1, 2, 0)))


def test_a_known_base_year_takes_the_place_of_the_simulated_one(tmp_path: Path) -> None:
    rows = "".join(f"{cluster},{line},{gbp}\n" for cluster, gbp in SPENT.items() for line in LINES)
    (tmp_path / "base.csv").write_text("cluster,line,spend_gbp\n" + rows)
    rule = {"rule": "toolkit", "fair_share_weight_by_year": [0.0], "uplift_share": 0.02}
    plan = plan_of(tmp_path, budgets={"rule": rule, "historic": {"csv": "base.csv"}})
    spend = plan.draw(RandomStreams(1), Block(0, 50))
    assert (spend.gbp[:, 0] == np.array(list(SPENT.values()))[:, None]).all()
    assert plan.set_budgets(spend).budget_gbp[:, 0, 1] == pytest.approx(np.full((50, 2), 1.02 * 2e6))
    given = checked(
        fitted_scenario(tmp_path, budgets={"rule": rule, "historic": {"csv": "base.csv"}}), folder=tmp_path
    )
    said = " ".join(CheckAnswer(given, plan, "it").sentences())
    assert "Past spend is that of the table base.csv." in said
    assert "credible" not in said
    assert "Each contract takes one of 2,000 draws" in said
    # The draws know of it already: what they expect does not move again.
    assert plan.last_year is None
    assert (plan.expected_counts == plan_of(tmp_path).expected_counts).all()


def test_explain_adds_up_and_books_what_is_not_known(tmp_path: Path) -> None:
    plan = plan_of(tmp_path)
    pieces = next(pieces_in_parts(plan, RandomStreams(1), Block(0, 500), 0.0, at_once=500))
    spend = plan.draw(RandomStreams(1), Block(0, 500))
    outturn = plan.set_budgets(spend).budget_gbp - spend.contract_gbp
    expected = expected_budget_gbp(plan) - plan.expected_spend_gbp[1:]
    assert sum(pieces.values()) == pytest.approx(outturn - expected, abs=1e-3)
    assert pieces[Source.DOUBT].std() > pieces[Source.COUNTS].std()
    # Every factor has mean one, and so every piece has mean nothing.
    assert misses(mean_against(pieces[Source.DOUBT][:, year, 1, 1], 0.0) for year in range(2)) == []


def test_shared_draws_know_the_history(tmp_path: Path) -> None:
    given = checked(fitted_scenario(tmp_path), folder=tmp_path)
    shared, draws = SharedDraws.of(given, Draws(200, 1)), Draws(200, 1)
    varied = given.vary("service_lines.admissions.growth_share=0.05")
    assert differing(shared.simulate(given), simulate(given, draws)) == []
    assert differing(shared.simulate(varied), simulate(varied, draws)) == []
    assert varied.posterior is given.posterior
