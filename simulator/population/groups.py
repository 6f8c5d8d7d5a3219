"""Groups of people by sex and age, in the words in which lists and weights name them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

EVERYONE = "everyone"
"""The one group of a list without sex and age."""
ALL = "ALL"
"""Both sexes, as published lists write it."""
EXCEL_DATE = "Excel has made a date of an age band: write it as 5 to 14"
OPEN = 999
"""The last age of a band such as 75+."""
_SEXES = {"m": "M", "male": "M", "males": "M", "f": "F", "female": "F", "females": "F"}
_EVERY = {"all", "all ages", "all persons", "persons", "both", "total"}
_PAIR = re.compile(r"(\d{1,3})(?: ?- ?| ?_ ?| to |_to_)(\d{1,3})")
_OPEN = re.compile(r"(\d{1,3})[ _]?(?:\+|plus|(?:and|or|&)[ _](?:over|above|more|older))")
_WITH_SEX = re.compile(
    r"(?P<first>males?|females?|m|f)[ _]?(?P<ages>\d.*)|(?P<before>\d.*?)[ _](?P<last>[a-z]+)"
)


class Group(NamedTuple):
    """People of a sex and an age band; sorts by age, and men before women."""

    first: int  # youngest age, in years
    women: bool
    last: int  # oldest age, in years

    def __str__(self) -> str:
        return f"{'F' if self.women else 'M'} {band_name(self.first, self.last)}"

    def holds(self, other: Group) -> bool:
        """Whether everybody of the other is in this one."""
        return self.women == other.women and self.first <= other.first and other.last <= self.last

    def meets(self, other: Group) -> bool:
        """Whether somebody may be in both."""
        return self.women == other.women and self.first <= other.last and other.first <= self.last


def band_name(first: int, last: int) -> str:
    """Return an age band as messages and tables write it."""
    return f"{first}+" if last == OPEN else f"{first}" if first == last else f"{first}-{last}"


@lru_cache
def sex_of(text: str) -> str | None:
    """Return M, F or ALL; None where the text is none of them."""
    text = _plain(text)
    return ALL if text in _EVERY else _SEXES.get(text)


@lru_cache
def ages_of(text: str) -> tuple[int, int] | None:
    """Return the first and last age of a band, all ages for ALL; None where the text is no band."""
    text = _plain(text)
    if text in _EVERY:
        return (0, OPEN)
    if text.isdecimal() and len(text) <= 3:
        return (int(text), int(text))
    if found := _OPEN.fullmatch(text):
        return (int(found[1]), OPEN)
    if (found := _PAIR.fullmatch(text)) and int(found[1]) <= int(found[2]):
        return (int(found[1]), int(found[2]))
    return None


def group_in_heading(heading: str) -> Group | None:
    """Return the group that a heading such as m0_4, Male 0-4 or 75+ F names; None where it names none."""
    if not (found := _WITH_SEX.fullmatch(_plain(heading))):
        return None
    sex, ages = sex_of(found["first"] or found["last"]), ages_of(found["ages"] or found["before"])
    return Group(ages[0], sex == "F", ages[1]) if ages and sex in {"M", "F"} else None


def looks_like_ages(heading: str) -> bool:
    """Whether a heading seems to name an age band, alone or of a sex, in words of its own."""
    words = r"(m|f|males?|females?|under|over|aged?|ages)[ _]*(under|over|aged?|ages|[a-z]{3}-)?[ _<>]*\d.*"
    return bool(ages_of(heading) and heading.strip()[:1].isdigit()) or bool(
        re.fullmatch(words, _plain(heading))
    )


def excel_date(text: str) -> bool:
    """Whether the text is what Excel makes of an age band such as 5-14."""
    months = "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
    return bool(re.search(rf"\b\d\d?-({months})\b|\b({months})-\d\d?\b|\b\d\d/\d\d/\d{{4}}", _plain(text)))


def settled(groups: Iterable[Group]) -> dict[Group, Group]:
    """Return what each group means: male_0_1, male_1_2, ... are single years, as some bodies publish them."""
    groups = list(groups)
    # Read as bands they would overlap; read up to, but without, their last age they lie end to end.
    one_year = [group for group in groups if group.last == group.first + 1]
    if not overlaps(groups):
        return {group: group for group in groups}
    shorter = {group: group._replace(last=group.first) if group in one_year else group for group in groups}
    return shorter if not overlaps(shorter.values()) else {group: group for group in groups}


def overlaps(groups: Collection[Group]) -> list[tuple[Group, Group]]:
    """Return pairs of groups next to each other by age that share somebody."""
    by_sex = sorted(groups, key=lambda group: (group.women, group.first, group.last))
    return [pair for pair in pairwise(by_sex) if pair[0].meets(pair[1])]


def gaps(groups: Collection[Group]) -> list[str]:
    """Return the bands of either sex, from age 0 on, that no group holds."""
    found = []
    for women in (False, True):
        expected = 0
        for group in sorted(group for group in groups if group.women == women):
            if group.first > expected:
                found.append(str(Group(expected, women, group.first - 1)))
            expected = group.last + 1
        if expected <= OPEN:
            found.append(str(Group(expected, women, OPEN)))
    return found


def _plain(text: str) -> str:
    """Return text in small letters, with single spaces and plain hyphens."""
    text = " ".join(text.casefold().replace("\N{EN DASH}", "-").split())
    return re.sub(r"^(ages?|aged) (?=\d)|(?<=\d) (years?|yrs?)$", "", text)
