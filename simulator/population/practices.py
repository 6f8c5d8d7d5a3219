"""Practices and their registered lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    # Sex and age band of each group, such as ``F 75+``; of lists without them, the practices' own people.
    groups: tuple[str, ...]
    practices: tuple[Practice, ...]  # in the order of the file
    # Weights of each group that the lists themselves give, by name: none beside age bands.
    need_weights: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def has_bands(self) -> bool:
        """Whether people are told apart by sex and age."""
        return self.groups != tuple(practice.code for practice in self.practices)
