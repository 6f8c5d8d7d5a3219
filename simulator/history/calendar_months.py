"""Calendar months and quarters as tables of history write them."""

from __future__ import annotations

import re
from calendar import monthrange

Month = tuple[int, int]
"""Year, and month from 1 to 12."""
_MONTH = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"((?:19|20)\d\d)[ _-]?[Qq]([1-4])")
MONTH_FORM = "a month as YYYY-MM, such as 2010-04"
QUARTER_FORM = "a quarter of a calendar year, such as 2010-Q2 for April to June, or its first month"
EXCEL_MONTHS = "give every month as YYYY-MM: where Excel has made dates of them, format the cells as yyyy-mm"


def month_in(text: str) -> Month | None:
    """Return the month that a text such as 2010-04 names; None where it names none."""
    found = _MONTH.fullmatch(text.strip())
    return (int(found[1]), int(found[2])) if found else None


def quarter_in(text: str) -> Month | None:
    """Return the first month of the quarter that a text such as 2010-Q2 names; None where it names none."""
    if found := _QUARTER.fullmatch(text.strip()):
        return int(found[1]), 3 * int(found[2]) - 2
    month = month_in(text)
    return month if month and month[1] % 3 == 1 else None


def written(month: Month) -> str:
    """Return a month as tables write it."""
    return f"{month[0]}-{month[1]:02d}"


def number_of(month: Month) -> int:
    """Return the months from year 0 on, so that differences are months."""
    return 12 * month[0] + month[1] - 1


def month_of(number: int) -> Month:
    """Return the month of a number."""
    return number // 12, number % 12 + 1


def later(month: Month, months: int) -> Month:
    """Return the month so many months later; earlier where that is below nothing."""
    return month_of(number_of(month) + months)


def span(first: Month, last: Month) -> tuple[Month, ...]:
    """Return every month from the first to the last."""
    return tuple(month_of(number) for number in range(number_of(first), number_of(last) + 1))


def financial_year_of(month: Month) -> int:
    """Return the calendar year in which the month's financial year starts."""
    return month[0] - (month[1] < 4)


def days_in(month: Month) -> int:
    """Return its days."""
    return monthrange(*month)[1]
