"""Numbers as people write them: what is certain is read, what is not is refused."""

from __future__ import annotations

import pytest

from simulator.scenario.numbers_in_tables import number_in


@pytest.mark.parametrize(
    ("text", "delimiter", "number"),
    [
        ("248.0", ",", 248),
        (" 1234 ", ",", 1234),
        ("1,234", ",", 1234),
        ("1,234,567.5", ",", 1234567.5),
        ("1.234", ",", 1.234),
        ("1 234", ",", 1234),
        ("1\N{NO-BREAK SPACE}234", ";", 1234),
        ("1e3", ",", 1000),
        (".5", ",", 0.5),
        # Between semicolons a comma is a decimal one where it cannot stand between thousands.
        ("0,5", ";", 0.5),
        ("0,875", ";", 0.875),
        ("1234,567", ";", 1234.567),
        ("1.234,5", ";", 1234.5),
        ("1.234.567", ";", 1234567),
        ("1,234.5", ";", 1234.5),
        ("1,234,567", ";", 1234567),
        ("0.875", ";", 0.875),
        ("1.2340", "\t", 1.234),
    ],
)
def test_read(text: str, delimiter: str, number: float) -> None:
    assert number_in(text, delimiter) == (number, "")


@pytest.mark.parametrize(
    ("text", "delimiter", "words"),
    [
        ("1,234", ";", "1,234 may be 1234 or 1.234"),
        ("1.234", ";", "1,234 may be 1234 or 1.234"),
        ("123.456", "\t", "1,234 may be 1234 or 1.234"),
        ("0,5", ",", "a decimal point"),
        ("0,875", ",", "a decimal point"),
        ("1.234,5", ",", "a decimal point"),
        ("1.234.567", ",", "a decimal point"),
        ("£12", ",", "a sum of money"),
    ],
)
def test_refused_in_words(text: str, delimiter: str, words: str) -> None:
    value, hint = number_in(text, delimiter)
    assert value is None
    assert words in hint


@pytest.mark.parametrize(
    "text", ["", "x", "12,34", "1,2345", "1'234", "12%", "(5)", "-5", "1_0", "nan", "#N/A", "٣"]
)
def test_no_number(text: str) -> None:
    assert number_in(text, ",")[0] is None


def test_money_where_money_may_stand() -> None:
    assert number_in("£ 1,234.50", ",", pounds=True) == (1234.5, "")
