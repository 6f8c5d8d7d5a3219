"""Validation can fail: other numbers, other laws and another simulator do not pass."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from statistics import NormalDist

import pytest
from click.testing import CliRunner

from simulator import Gamma, Poisson, compound
from simulator.compounds.compound import Compound
from simulator.demand.shock_laws import NormalShock
from simulator.validation import mathematics, population_size, published
from simulator.validation.command import validate as command
from simulator.validation.published import Check, Interval, Published, Verdict, load_published
from simulator.validation.report import validate

TABLE = {one.key: one for one in load_published()}


@cache
def closed_forms() -> tuple[Check, ...]:
    return validate(sections=(4,))


def test_section_4_passes_and_is_the_same_each_time():
    done = []
    again = validate(sections=(4,), progress=done.append)
    assert [check.verdict for check in again] == [Verdict.FITS] * 15
    assert again == closed_forms()
    assert done == list(range(1, 16))


def changed(one: Published, factor: float) -> Published:
    """Return a published number as another source might print it."""
    return replace(one, interval=Interval(factor * one.interval.low, factor * one.interval.high))


@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_published_number_that_is_1_per_cent_off_fails(factor):
    for check in closed_forms():
        assert check.is_accepted
        assert not replace(check, published=changed(check.published, factor)).is_accepted


def test_a_simulator_whose_spread_is_1_per_cent_off_fails(monkeypatch):
    right = NormalShock.factors
    monkeypatch.setattr(NormalShock, "factors", lambda self, normals: right(self, 1.01 * normals))
    assert not any(check.is_accepted for check in validate(sections=(4,)))


def exponentials() -> list[Published]:
    return [one for one in TABLE.values() if one.key.startswith("exponential:")]


def test_another_law_fails(monkeypatch):
    assert all(check.is_accepted for check in validate(exponentials(), sections=(1,)))
    wrong = compound(Poisson(mean=50), Gamma(mean=1, cv=1.05))
    monkeypatch.setitem(mathematics._LAWS, "exponential", wrong)
    assert not any(check.is_accepted for check in validate(exponentials(), sections=(1,)))


@pytest.mark.parametrize("cv", [0.98, 1.02])
def test_a_law_whose_sd_is_1_per_cent_off_is_refused(monkeypatch, cv):
    """The SD of the total is sqrt(50 (1 + cv^2)), which these move by 1%: no more may pass for the law."""
    wrong = compound(Poisson(mean=50), Gamma(mean=1, cv=cv))
    assert abs(math.sqrt(wrong.variance) / 10 - 1) == pytest.approx(0.01, rel=0.02)
    monkeypatch.setitem(mathematics._LAWS, "exponential", wrong)
    assert not all(check.is_accepted for check in validate(exponentials(), sections=(1,)))


def test_draws_that_are_a_500th_off_are_refused(monkeypatch):
    right = Compound.draw
    monkeypatch.setattr(Compound, "draw", lambda self, n, seed: 1.002 * right(self, n, seed))
    assert not all(check.is_accepted for check in validate(exponentials(), sections=(1,)))


def test_two_processes_say_the_same():
    both = validate(sections=(2, 4), workers=2)
    assert both[-15:] == closed_forms()
    assert all(check.is_accepted for check in both)


def test_draws_that_do_not_follow_the_exact_law_fail(monkeypatch):
    right = Compound.draw
    monkeypatch.setattr(Compound, "draw", lambda self, n, seed: 1.01 * right(self, n, seed))
    assert not any(check.is_accepted for check in validate(exponentials(), sections=(1,)))


def test_a_failure_is_printed_and_ends_with_exit_code_1(monkeypatch):
    right = CliRunner().invoke(command, ["--section", "4"])
    assert right.exit_code == 0, right.output
    assert "15 numbers (15 closed form): 15 pass." in right.output
    table = TABLE | {"normal:2:bond": changed(TABLE["normal:2:bond"], 1.01)}
    monkeypatch.setattr(published, "load_published", table.values)
    wrong = CliRunner().invoke(command, ["--section", "4"])
    assert wrong.exit_code == 1
    assert "15 numbers (15 closed form): 14 pass, 1 FAIL." in wrong.output


def test_an_answer_to_nothing_is_noticed():
    some = [one for one in TABLE.values() if one.section == 2 and one.key != "hsj:300000:1"]
    with pytest.raises(ValueError, match="hsj:300000:1"):
        validate(some, sections=(2,))


def test_the_reasons_hold():
    """Numbers that stand in the remarks of the table."""
    spread = population_size.spread_for(100_000, 0.01, 0.195)
    beyond = [
        1 - float(population_size.law_of_chance(people, spread).cdf(1 + share))
        for people, share in ((100_000, 0.02), (300_000, 0.01))
    ]
    assert [f"{chance:.1%}" for chance in beyond] == ["4.4%", "6.9%"]
    # Blended between 90% at 5,000 people and 95% at 20,000, of which 7,000 are 2/15 of the way.
    quantile = NormalDist().inv_cdf
    blended = (13 * quantile(0.90) + 2 * quantile(0.95)) / 15
    assert f"{3.4 * math.sqrt(14) * quantile(0.90) / blended:.2f}" == "12.26"
    assert f"{5.2 * math.sqrt(2.5):.2f}" == "8.22"
    assert pytest.approx(1.65 * math.sqrt(25)) == 8.25
    assert f"{0.275 * 244_891 / 18_349:.2f}" == "3.67"
    # SD that puts 17% of consortia below zero when the mean is 2.5; and 8 at the median of 190 worst.
    assert f"{2.5 / quantile(0.83):.1f}" == "2.6"
    assert f"{5.5 / quantile(0.5 ** (1 / 190)):.1f}" == "2.0"


def test_practices_miss_their_budgets_as_students_t_does():
    """With 2 degrees of freedom P(|T| > t) = 1 - t / sqrt(2 + t^2): 53% at 5% gives 27% and 9%."""

    def beyond(t: float) -> float:
        return 1 - t / math.sqrt(2 + t * t)

    unit = math.sqrt(2 * 0.47**2 / (1 - 0.47**2))
    assert beyond(unit) == pytest.approx(0.53)
    assert [round(100 * beyond(times * unit)) for times in (2, 4)] == [27, 9]
    normal = [2 * (1 - NormalDist().cdf(times * NormalDist().inv_cdf(0.735))) for times in (2, 4)]
    assert [round(100 * chance) for chance in normal] == [21, 1]
