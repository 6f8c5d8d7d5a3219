"""Practices and their registered lists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice.

    Parameters
    ----------
    code, name : str
        As the NHS lists them.
    people_by_group : tuple of int
        Registered people by sex and age band, in the order of the table's columns.
    """

    code: str
    name: str
    people_by_group: tuple[int, ...]

    @property
    def people(self) -> int:
        """Size of the registered list."""
        return sum(self.people_by_group)


@dataclass(frozen=True, slots=True)
class PracticeTable:
    """The practices of a PCT.

    Parameters
    ----------
    groups : tuple of str
        Sex and age band of each group, such as ``F 75+``.
    practices : tuple of Practice
        In the order of the file.
    """

    groups: tuple[str, ...]
    practices: tuple[Practice, ...]
