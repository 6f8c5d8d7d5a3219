"""Practices and their registered lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice."""

    code: str  # as the NHS lists them
    name: str  # as the NHS lists them
    # Registered people by sex and age band, in the order of the table's columns.
    people_by_group: tuple[int, ...]

    @property
    def people(self) -> int:
        """Size of the registered list."""
        return sum(self.people_by_group)


@dataclass(frozen=True, slots=True)
class PracticeTable:
    """The practices of a PCT."""

    groups: tuple[str, ...]  # sex and age band of each group, such as ``F 75+``
    practices: tuple[Practice, ...]  # in the order of the file
