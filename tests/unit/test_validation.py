"""Published numbers, what they stand for, and verdicts."""

from __future__ import annotations

import csv
import math
import tomllib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from simulator import InputError
from simulator.risk.estimate import Estimate
from simulator.validation.outturns import FLAGSHIP as COPY
from simulator.validation.published import (
    Answer,
    Check,
    Interval,
    Origin,
    Use,
    Verdict,
    load_published,
    standard_deviation,
    tune,
)
from simulator.validation.report import ANSWERS, SECTIONS, write_checks
from tests.e2e.command import FLAGSHIP, ROOT
from tests.references import normal_spend
from tests.references import published as references

TABLE = {one.key: one for one in load_published()}
FOUR_PER_CENT = TABLE["hsj:100000:2"]


def check_of(value: float, error: float, one=FOUR_PER_CENT, **answer: object) -> Check:
    return Check(one, Answer(Estimate.with_error(value, error), **answer))


def test_a_number_stands_for_what_would_be_printed_so():
    """Half a unit of the last digit; per cent are shares."""
    assert FOUR_PER_CENT.interval == Interval(pytest.approx(0.035), pytest.approx(0.045))
    assert FOUR_PER_CENT.value == pytest.approx(0.04)
    pareto = TABLE["pareto:quantile:0.9"].interval
    assert (pareto.low, pareto.high) == (pytest.approx(29.975), pytest.approx(29.985))
    variance = TABLE["geometric_of_exponential:variance:0"].interval
    assert (variance.low, variance.high) == (23_999_999.5, 24_000_000.5)
    # "Almost 8%" is not more than 8%; an order of size is half a power of ten either way.
    assert (TABLE["consortia:worst"].interval.low, TABLE["consortia:worst"].interval.high) == (0.075, 0.08)
    size = TABLE["jones:1"].interval
    assert (size.low, size.high) == (round(3e5 / 10**0.5), round(3e5 * 10**0.5))
    # Printed as 0.006982, but off: what it stands for is the exact value, to its last digit.
    tail = TABLE["poisson_of_uniform:tail:2000"].interval
    assert (tail.low, tail.high) == (pytest.approx(0.0069838 - 5e-7), pytest.approx(0.0069838 + 5e-7))


def test_intervals_measure_how_far_they_are_apart():
    one = Interval(2, 3)
    assert [one.distance(*other) for other in [(0, 1), (0, 2.5), (2.2, 2.4), (3.5, 9)]] == [1, 0, 0, 0.5]


def test_four_standard_errors_are_allowed_beyond_rounding():
    """4% stands for up to 4.5%; with an error of 0.1% up to 4.9% passes."""
    plain = replace(FOUR_PER_CENT, documented=None)
    assert check_of(0.0489, 0.001, plain).verdict is Verdict.FITS
    assert check_of(0.0491, 0.001, plain).verdict is Verdict.FAIL
    assert check_of(0.0311, 0.001, plain).verdict is Verdict.FITS
    assert check_of(0.0309, 0.001, plain).verdict is Verdict.FAIL
    assert check_of(math.nan, 0.001, plain).verdict is Verdict.FAIL
    # An interval without a standard error: 1.96 of them to its half.
    assert Check(plain, Answer(Estimate(0.0489, 0.04694, 0.05086))).allowed == pytest.approx(0.004, rel=1e-3)


def test_a_misfit_counts_as_documented_only_where_it_was_documented():
    """4.8% is documented, which stands for 4.75 to 4.85%."""
    assert check_of(0.048, 0.0001).verdict is Verdict.MISFIT
    assert check_of(0.048, 0.0001).is_accepted
    assert check_of(0.052, 0.0001).verdict is Verdict.FAIL
    assert not check_of(0.052, 0.0001).is_accepted
    for section in (1, 4):
        strict = replace(FOUR_PER_CENT, section=section)
        assert check_of(0.048, 0.0001, strict).verdict is Verdict.MISFIT
        assert not check_of(0.048, 0.0001, strict).is_accepted


def test_what_fits_is_called_by_its_use():
    for use, verdict in {
        Use.PREDICT: Verdict.FITS,
        Use.TUNE: Verdict.TUNED,
        Use.GIVEN: Verdict.GIVEN,
    }.items():
        check = check_of(0.04, 0.0001, replace(FOUR_PER_CENT, use=use))
        assert check.verdict is verdict
        assert check.is_accepted


def test_ours_must_agree_with_the_exact_law_too():
    assert check_of(0.04, 0.001, exact=0.0439).verdict is Verdict.FITS
    assert check_of(0.04, 0.001, exact=0.0441).verdict is Verdict.FAIL


def test_what_happened_once_must_meet_the_range_of_repeats():
    worst = TABLE["consortia:worst"]
    assert check_of(0.10, 1e-5, worst, repeats=Interval(0.0799, 0.14)).verdict is Verdict.FITS
    assert check_of(0.10, 1e-5, worst, repeats=Interval(0.0801, 0.14)).verdict is Verdict.FAIL


def test_what_was_recomputed_is_marked():
    """The text of example 5.3.5 prints a normal approximation alone; the two papers were not read."""
    recomputed = Counter(one.source[:10] for one in TABLE.values() if one.origin is Origin.RECOMPUTED)
    assert recomputed == {"Loss Data ": 4, "Shevchenko": 5, "Embrechts ": 8}
    closed = Counter(one.section for one in TABLE.values() if one.origin is Origin.CLOSED_FORM)
    assert closed == {1: 5, 4: 15}
    assert {one.section for one in TABLE.values() if one.origin is Origin.DERIVED} == {5}


def test_section_1_is_what_the_references_say():
    """Every fact that tests/references/published.py knows, but for some means."""
    ours = {
        (one.key.split(":")[1], float(one.key.split(":")[2]), float(one.printed))
        for one in TABLE.values()
        if one.section == 1
    }
    theirs = {(fact.kind, float(fact.at), fact.exact) for case in references.CASES for fact in case.facts}
    assert ours <= theirs
    assert {fact[0] for fact in theirs - ours} <= {"mean"}


def test_section_4_is_what_the_references_say():
    for sd, printed in normal_spend.PRINTED_PERCENT.items():
        names = ("surplus", "practice_share", "bond", "worst")
        assert printed == tuple(TABLE[f"normal:{round(100 * sd)}:{name}"].printed for name in names)
        assert TABLE[f"normal:{round(100 * sd)}:overspend"].printed == printed[0]


def test_the_lines_and_lists_are_the_flagships():
    """The package stands alone: it has copies, which must not drift."""
    flagship, ours = tomllib.loads(FLAGSHIP.read_text(encoding="utf-8")), COPY
    kept = ("name", "rate_per_1000", "unit_cost_gbp", "count", "payment")
    theirs = [{key: line[key] for key in kept if key in line} for line in flagship["service_lines"]]
    assert ours["service_lines"] == theirs
    shocks = flagship["shocks"]
    for of_years in ("pct", "cluster_year"):
        del shocks[of_years]["persistence"]  # of no matter in one year
    assert ours["shocks"] == shocks
    lists = ROOT / "scenarios" / "data" / "practices_nhs_cambridgeshire_2013q2.csv"
    copy = ROOT / "simulator" / "validation" / "practice_lists.csv"
    with lists.open(encoding="utf-8") as file, copy.open(encoding="utf-8") as copied:
        theirs = [(row["practice_code"], row["list_size"]) for row in csv.DictReader(file)]
        assert [(row["practice_code"], row["people"]) for row in csv.DictReader(copied)] == theirs


def test_every_section_is_answered():
    assert {section for section, _ in ANSWERS} == set(SECTIONS) == {one.section for one in TABLE.values()}
    assert len(TABLE) == len(load_published())
    for one in TABLE.values():
        assert one.documented is None or len(one.remark) > 60
        assert one.source
        assert one.quantity


def test_tuning_says_when_it_cannot():
    assert tune(lambda x: x * x - 2, 1, 2, 1e-9) == pytest.approx(math.sqrt(2))
    with pytest.raises(RuntimeError, match="from 2 to 3"):
        tune(lambda x: x * x - 2, 2, 3, 1e-9)


def test_standard_deviation_with_its_error():
    """Of 1, 2, ..., 9 the variance is 7.5; its error is their SD over 3; over 2 SDs, that of the SD."""
    samples = np.arange(1.0, 10.0)
    estimate = standard_deviation(samples)
    squares = 9 / 8 * (samples - 5) ** 2
    assert estimate.value == pytest.approx(math.sqrt(7.5))
    assert estimate.standard_error == pytest.approx(squares.std(ddof=1) / 3 / (2 * math.sqrt(7.5)))


def test_a_table_is_never_written_over_another(tmp_path):
    target = tmp_path / "table.csv"
    target.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="one that exists"):
        write_checks([check_of(0.04, 0.001)], target)
    assert target.read_text(encoding="utf-8") == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
