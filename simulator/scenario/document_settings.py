"""What a document says besides results: who publishes it, when and for whom, and what stands in it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Line, Part, as_tuple, without_control

SectionName = Literal[
    "in_brief",
    "timetable",
    "scheme",
    "worked_example",
    "overspends",
    "bonds",
    "practices",
    "depends_on",
    "luck",
    "options",
    "pct",
    "questions",
    "glossary",
    "assumptions",
    "method",
    "limits",
    "provenance",
    "clusters",
]
"""Sections of a document in their usual order; pages of clusters are one."""
SECTION_NAMES: tuple[SectionName, ...] = get_args(SectionName)
_LONGEST = 20_000
"""Characters of one text: about eight pages."""
_Words = Annotated[str, Field(min_length=1, max_length=_LONGEST), AfterValidator(without_control)]


class Milestone(Part):
    """A date of the timetable."""

    when: Line
    """Day, month or period, as it shall be read: "by 1 May 2010"."""
    what: Line
    """What happens then."""


class Publication(Part):
    """A publication that figures of the scenario rest on."""

    cited: Line
    """Author, title, place and year, as a reader expects it."""
    used_for: Line
    """What it gives: "how many attendances there are"."""


class DocumentSettings(Part):
    """What a document says besides results; no number depends on it."""

    organisation: Line | None = None
    """Who publishes it."""
    contact: Line | None = None
    """Whom to ask, and how."""
    date: dt.date | None = None
    """Day of publication, without quotes: `2010-07-01`; nothing else dates a document."""
    version: Line | None = None
    """Version, or that it is a draft: on every page."""
    audience: Line | None = None
    """Who it is for."""
    timetable: Annotated[tuple[Milestone, ...], BeforeValidator(as_tuple)] = ()
    """Dates that readers wait for, in order."""
    publications: Annotated[tuple[Publication, ...], BeforeValidator(as_tuple)] = ()
    """What the scenario's figures cite, each once, in the order of the list of sources."""
    sections: Annotated[tuple[SectionName, ...], BeforeValidator(as_tuple), Field(min_length=1)] = (
        SECTION_NAMES
    )
    """Sections to include, in this order; all of them where left out. What a scenario has nothing to say on
    (`timetable`, `options` without `--compare`) is not there."""
    before: dict[SectionName, _Words] = Field(default_factory=dict)
    """Text of one's own in Markdown that stands before a section, by its name: paragraphs, `#` and `##`
    headings, lists, `**bold**`, `*italic*` and links; all else is shown as it is written."""
    after: dict[SectionName, _Words] = Field(default_factory=dict)
    """The same after a section."""

    @model_validator(mode="after")
    def _each_is_there_once(self) -> Self:
        if len(set(self.sections)) < len(self.sections):
            raise PydanticCustomError("sections", "each of its `sections` once")
        if lost := [name for name in (*self.before, *self.after) if name not in self.sections]:
            need = "texts before and after sections that it has: {names} is not among its `sections`"
            raise PydanticCustomError("sections", need, {"names": lost[0]})
        return self
