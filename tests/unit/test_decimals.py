"""All estimates of a column of a document have the same decimals; printed answers keep each its own."""

from __future__ import annotations

import pytest

from simulator.answers.table import change, pounds, printed, printed_together, shares, text
from simulator.documents.blocks import Quoted, Table, TableBlock
from simulator.risk.estimate import Estimate, Unit

MINUS = "\N{MINUS SIGN}"


def near(value: float, half: float) -> Estimate:
    return Estimate(value, value - half, value + half, half / 1.96)


def together(*cells: Estimate | float, rows_apart: int = 0) -> list[str]:
    (found,) = printed_together([pounds("amount", cells)], rows_apart)
    return [cell.strip() for cell in found.cells]


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        # Bonds needed: the middle error is worth one decimal.
        (
            [(14.2e6, 0.3e6), (9.49e6, 0.17e6), (11.5e6, 0.3e6), (6.42e6, 0.13e6)],
            ["14.2 ±0.3", "9.5 ±0.2", "11.5 ±0.3", "6.4 ±0.1"],
        ),
        ([(1.88e6, 0.02e6), (1.297e6, 0.015e6)], ["1.88 ±0.02", "1.30 ±0.01"]),
        # A sum, whose parts add up as they are shown.
        (
            [
                (18.77e6, 0.31e6),
                (3.41e6, 0.097e6),
                (-0.84e6, 0.02e6),
                (-18.24e6, 0.44e6),
                (-0.0842e6, 0.0011e6),
            ],
            ["18.77 ±0.31", "3.41 ±0.10", "-0.84 ±0.02", "-18.24 ±0.44", "-0.08 ±0.01"],
        ),
        # Two digits before the point say more than one.
        ([(260.0, 20.0), (231.0, 18.0)], ["260 ±20", "231 ±18"]),
    ],
)
def test_a_column_has_one_number_of_decimals(cells, said):
    assert together(*(near(*one) for one in cells)) == said


def test_rows_that_stand_for_all_others_have_no_say():
    rows = [near(9.4e6, 0.2e6), near(8.2e6, 0.3e6)]
    apart = [near(770e6, 20e6), near(850e6, 30e6), near(900e6, 30e6)]
    assert together(*rows, *apart, rows_apart=3)[:3] == ["9.4 ±0.2", "8.2 ±0.3", "770.0 ±20.0"]
    assert together(*rows, *apart)[0] == "9 ±1"


def test_no_small_cluster_is_rounded_to_nothing():
    rows = [near(value, 0.04 * value) for value in (9e6, 8e6, 7e6, 6e6, 0.06e6)]
    assert together(*rows)[-1] == "0.06 ±0.01"


def test_what_has_no_error_has_as_many_decimals_and_nothing_is_nothing():
    assert together(near(2.73e6, 0.001e6), Estimate(4.55e6, 4.55e6, 4.55e6, 0.0), 9.1e6)[1:] == [
        "4.550",
        "9.100",
    ]
    assert together(near(2.73e6, 0.001e6), Estimate(0.0, 0.0, 0.0, 0.0))[1] == "0"


def test_bounds_have_no_say():
    column = shares("chance", [near(0.42, 0.01), Estimate(0.0001, 0.0, 0.0004, 0.0001)])
    (found,) = printed_together([column])
    assert found.cells == ("42 ±1", "under 0.04")


def test_printed_answers_keep_what_each_error_allows():
    assert printed(pounds("amount", [near(14.2e6, 0.3e6), near(9.49e6, 0.17e6)])).cells[1] == "9.49 ±0.17"


def test_units_stand_with_the_last_word_and_minus_signs_are_no_hyphens():
    cells = [Quoted(-25.0, -26.0, -24.0, 0.5, unit=Unit.SHARE, table="t", row="r", measure="m")]
    columns = (
        text("what", ["from -2% to -£3m, of 30-50 and e-mail"]),
        pounds("net position, expected", cells),
        change(shares("chance", cells), cells, "change of it"),
        pounds("gap, 1 in 20", cells),
    )
    block = TableBlock(Table("t", "A table", columns))
    assert block.headings[1:] == (
        "net position, expected\N{NO-BREAK SPACE}£",
        "change of it,\N{NO-BREAK SPACE}points",
        "gap, 1 in 20 £".replace(" ", "\N{NO-BREAK SPACE}").replace(",\N{NO-BREAK SPACE}", ", "),
    )
    (row,) = block.texts
    assert row[0] == f"from {MINUS}2% to {MINUS}£3m, of 30-50 and e-mail"
    assert row[1].startswith(f"{MINUS}25")
    assert block.is_numeric(1)
