"""A practice list in any form, in any clothes, is the same population."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from simulator.population.practices import PracticeTable
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import Weights, read_need_weights

Row = list[str | int]
SEXES = {"M": "MALE", "F": "FEMALE"}
STARTS = range(0, 100, 5)
# The bands of the weights, each of some bands of five years.
BANDS = {"0-4": (0,), "5-14": (5, 10), "15-64": tuple(range(15, 65, 5)), "65+": tuple(range(65, 100, 5))}
WEIGHTS = "sex,age_band,need\n" + "".join(
    f"{sex},{band},{at + 1.1}\n" for at, band in enumerate(BANDS) for sex in "MF"
)
People = dict[str, dict[tuple[str, int], int]]
"""By practice, sex and first age of a band of five years."""


def _band(first: int) -> str:
    return "95+" if first == 95 else f"{first}-{first + 4}"


def _years(people: dict[tuple[str, int], int]) -> Iterable[tuple[str, int, int]]:
    """Yield people by sex and single year; of a band all but one are of its first year."""
    for (sex, first), count in people.items():
        for age in [95] if first == 95 else range(first, first + 5):
            rest = min(count, 1) if first < 95 else 0
            yield sex, age, count - rest if age == first else rest if age == first + 1 else 0


def _wide_bands(people: People) -> list[Row]:
    heads = [f"{sex.lower()}{band.replace('-', '_').replace('+', '_plus')}" for sex in "MF" for band in BANDS]
    rows = [
        [sum(by_group[sex, first] for first in BANDS[band]) for sex in "MF" for band in BANDS]
        for by_group in people.values()
    ]
    return _wide(["practice_code", "practice", "list_size", *heads], people, rows)


def _wide_quinary(people: People) -> list[Row]:
    heads = [f"{SEXES[sex].title()} {_band(first)}" for sex in "FM" for first in STARTS]
    rows = [[by_group[sex, first] for sex in "FM" for first in STARTS] for by_group in people.values()]
    return _wide(["GP_PRACTICE_CODE", "PRACTICE_NAME", "TOTAL_ALL", *heads], people, rows)


def _wide_single(people: People) -> list[Row]:
    ages = ["95+" if age == 95 else f"{age}_{age + 1}" for age in range(96)]
    heads = [f"{name}_{age}" for name in SEXES.values() for age in ages]
    rows = [
        [count for _, _, count in sorted(_years(one), key=lambda year: (year[0] == "F", year[1]))]
        for one in people.values()
    ]
    return _wide(["Practice Code", "Practice", "List Size", *heads], people, rows)


def _wide(heads: Row, people: People, rows: list[list[int]]) -> list[Row]:
    return [
        heads,
        *([code, code, sum(row), *row] for code, row in zip(people, rows, strict=True)),
    ]


def _long_quinary(people: People) -> list[Row]:
    rows = [
        [
            "PUBLICATION",
            "EXTRACT_DATE",
            "ORG_TYPE",
            "ORG_CODE",
            "ONS_CODE",
            "POSTCODE",
            "SEX",
            "AGE_GROUP_5",
            "NUMBER_OF_PATIENTS",
        ]
    ]
    for code, by_group in {"06H": next(iter(people.values())), **people}.items():
        before = ["GP_PRAC_PAT_LIST", "01APR2020", "CCG" if code == "06H" else "GP", code, "", ""]
        rows.append([*before, "ALL", "ALL", sum(by_group.values())])
        rows += [
            [*before, "ALL", _band(first).replace("-", "_"), by_group["M", first] + by_group["F", first]]
            for first in STARTS
        ]
        rows += [
            [*before, SEXES[sex], _band(first).replace("-", "_"), count]
            for (sex, first), count in by_group.items()
        ]
    return rows


def _long_single(people: People) -> list[Row]:
    heads = [
        "EXTRACT_DATE",
        "CCG_CODE",
        "ONS_CCG_CODE",
        "ORG_CODE",
        "POSTCODE",
        "SEX",
        "AGE",
        "NUMBER_OF_PATIENTS",
    ]
    rows = []
    # The file of men, and that of women below it with its headings.
    for sex in "MF":
        rows.append(heads)
        for code, by_group in people.items():
            years = [(age, count) for of, age, count in _years(by_group) if of == sex]
            before = ["01APR2020", "06H", "E38000026", code, "", SEXES[sex]]
            rows.append([*before, "ALL", sum(count for _, count in years)])
            rows += [[*before, "95+" if age == 95 else str(age), count] for age, count in years]
    return rows


FORMS = (_wide_bands, _wide_quinary, _wide_single, _long_quinary, _long_single)


def _dressed(
    rows: list[Row], delimiter: str, mark: str, end: str, more: int, *, thousands: bool, point: bool
) -> bytes:
    def cell(one: str | int) -> str:
        if isinstance(one, str):
            return f" {one}"
        return (f"{one:,}" if thousands and delimiter == "," else f"{one}") + (
            ".0" if point and delimiter == "," else ""
        )

    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerows([*map(cell, row), *[""] * more] for row in rows)
    writer.writerows([[""] * len(rows[0])] * more)
    return (mark + text.getvalue()).encode()


def _read(folder: Path, content: bytes) -> tuple[PracticeTable | None, Weights]:
    path, weights = folder / "lists.csv", folder / "weights.csv"
    path.write_bytes(content)
    weights.write_text(WEIGHTS)
    return read_need_weights(weights, read_practices(path))


groups = st.fixed_dictionaries({(sex, first): st.integers(0, 2000) for sex in "MF" for first in STARTS})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.fixed_dictionaries(dict.fromkeys(("D81001", "D81002", "Y00185"), groups)),
    delimiter=st.sampled_from(",;\t"),
    mark=st.sampled_from(["", "\ufeff"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    more=st.integers(0, 3),
    thousands=st.booleans(),
    point=st.booleans(),
)
def test_a_list_in_any_form_is_the_same_population(
    tmp_path: Path,
    people: People,
    delimiter: str,
    mark: str,
    end: str,
    more: int,
    thousands: bool,
    point: bool,
) -> None:
    sizes = [sum(by_group.values()) for by_group in people.values()]
    assume(all(2 * size != sum(sizes) for size in sizes))
    expected = _read(tmp_path, _dressed(_wide_bands(people), ",", "", "\n", 0, thousands=False, point=False))
    for form in FORMS:
        content = _dressed(form(people), delimiter, mark, end, more, thousands=thousands, point=point)
        assert _read(tmp_path, content) == expected
