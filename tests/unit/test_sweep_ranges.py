"""How ranges of values are read."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.errors import InputError
from simulator.questions.sweep.question import MOST_POLICIES, Range, policies_of, read_ranges


def values(text: object) -> tuple[str, ...]:
    (one,) = read_ranges({"key": text})  # type: ignore[dict-item]
    return one.values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.3,0.4", ("0.3", "0.4")),
        (" 1_000 , 2_000", ("1_000", "2_000")),
        ("true,false", ("true", "false")),
        ("top, pct_return", ("top", "pct_return")),
        ("[0.2,0.35],[0.5]", ("[0.2,0.35]", "[0.5]")),
        ("{law='none'},{law='gamma', sd_share=0.1}", ("{law='none'}", "{law='gamma', sd_share=0.1}")),
        ("\"a,b\",'c]d'", ('"a,b"', "'c]d'")),
        ('"quarter: 1","quarter: 2"', ('"quarter: 1"', '"quarter: 2"')),
        ("0.1:0.3:0.1", ("0.1", "0.2", "0.3")),
        ("0.05:0.2:0.05", ("0.05", "0.1", "0.15", "0.2")),
        ("0:1:0.4", ("0", "0.4", "0.8")),
        ("0.3:0.1:-0.1", ("0.3", "0.2", "0.1")),
        ("100:300:1e2", ("100", "200", "300")),
        ("5:5:1", ("5",)),
        ("1:3:1,10", ("1", "2", "3", "10")),
        # Three steps of a third miss 1 by less than a billionth of a step: 1 is meant.
        ("0:1:0.3333333333333", ("0", "0.3333333333333", "0.6666666666666", "1")),
        ("0:1:0.3333333333334", ("0", "0.3333333333334", "0.6666666666668", "1")),
        ("0:1:0.3334", ("0", "0.3334", "0.6668")),
    ],
)
def test_values_as_written(text: str, expected: tuple[str, ...]) -> None:
    assert values(text) == expected


def test_python_values_become_toml() -> None:
    assert values([0.1, 0.30000000000000004, 2, True, "top"]) == (
        "0.1",
        "0.30000000000000004",
        "2",
        "true",
        "top",
    )
    assert values([[0.2, 0.35], ["a", "b,c"]]) == ("[0.2, 0.35]", '["a", "b,c"]')
    assert values([{"law": "none", "sd_share": 0.1}]) == ('{ "law" = "none", "sd_share" = 0.1 }',)
    assert values(np.array([0.25, 0.5])) == ("0.25", "0.5")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "values with commas"),
        ("1,,2", "values with commas"),
        ([], "values with commas"),
        (3, "a list of values"),
        ("1,2,1", "1 more than once"),
        ("1:2", "three numbers"),
        ("a:b:c", "three numbers"),
        ("1:2:3:4", "three numbers"),
        ("0:1:0", "a STEP other than 0"),
        ("0:1:-0.1", "STOP is above START"),
        ("1:0:0.1", "STOP is below START"),
        ("0:inf:1", "finite numbers"),
        ("0:1:1e-9", "fewer than 100,000 steps"),
    ],
)
def test_what_cannot_be_read(text: object, words: str) -> None:
    with pytest.raises(InputError, match=words):
        values(text)


def test_every_problem_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read_ranges(["a", "b=", "simulation.seed=1,2", "x=1:0:1", "c=1", "c=2"])
    assert len(caught.value.problems) == 5
    with pytest.raises(InputError, match="at least one key"):
        read_ranges({})


def test_policies() -> None:
    ranges = (Range("a", ("1", "2")), Range("b", ("x", "y")))
    assert policies_of(ranges, together=False) == (("1", "x"), ("1", "y"), ("2", "x"), ("2", "y"))
    assert policies_of(ranges, together=True) == (("1", "x"), ("2", "y"))
    with pytest.raises(InputError, match="a has 2, b has 1"):
        policies_of((ranges[0], Range("b", ("x",))), together=True)


def test_too_many_policies_are_refused_before_they_are_made() -> None:
    many = Range("a", tuple(map(str, range(10_000))))
    assert len(policies_of([many, Range("b", tuple(map(str, range(10))))], together=False)) == MOST_POLICIES
    with pytest.raises(InputError, match="1,000,000,000,000"):
        policies_of([many] * 3, together=False)
