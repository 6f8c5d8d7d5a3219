"""Problems as a user reads them."""

from __future__ import annotations

import pickle

import pytest

from simulator.errors import InputError, Problem, shown

ONE = Problem("a.toml, line 3, people", "more than 0", "-1", "people are counted")
TWO = Problem("a.toml, line 9, cv", "a number", '"x"')


def test_one_problem() -> None:
    expected = """1 problem:

1. a.toml, line 3, people
   must be: more than 0
   given:   -1
   hint:    people are counted"""
    assert str(InputError([ONE])) == expected


def test_problems_are_numbered_and_a_hint_can_be_missing() -> None:
    text = str(InputError(iter([ONE, TWO])))
    assert text.startswith("2 problems:\n\n1. a.toml")
    assert text.endswith('2. a.toml, line 9, cv\n   must be: a number\n   given:   "x"')


def test_an_error_crosses_processes_whole() -> None:
    error = pickle.loads(pickle.dumps(InputError([ONE, TWO])))  # noqa: S301 - our own
    assert error.problems == (ONE, TWO)
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (5, "5"),
        (0.1, "0.1"),
        ("a", '"a"'),
        ([1, "a"], "[1, 'a']"),
        (None, "nothing"),
        # One line, without control characters that could move a terminal's cursor.
        ("a\nb\x1b[2J", '"a?b?[2J"'),
        ("é£", '"é£"'),
        ("x" * 100, '"' + "x" * 76 + "..."),
    ],
)
def test_values_as_they_are_shown(value: object, text: str) -> None:
    assert shown(value) == text
    assert len(shown(value, 20)) <= 20
