"""Practices and their registered lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from simulator.population.groups import EVERYONE, Group


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice."""

    code: str  # as the NHS lists them
    name: str  # as the NHS lists them
    # Registered people by group, in the order of the table's; lists that are averages have fractions.
    people_by_group: tuple[float, ...]

    @property
    def people(self) -> float:
        """Size of the registered list."""
        return sum(self.people_by_group)


@dataclass(frozen=True, slots=True)
class PracticeTable:
    """The practices of a PCT."""

    groups: tuple[
        str, ...
    ]  # sex and age band of each, such as ``F 75+``; or everyone, where lists know neither
    practices: tuple[Practice, ...]  # in the order of the file
    # Weights that the lists themselves give, by name: then each practice is a group of its own.
    need_weights: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    @property
    def by_sex_and_age(self) -> bool:
        """Whether need can be weighed."""
        return self.groups != (EVERYONE,) and not self.need_weights

    def weighted(self, people: Mapping[str, Sequence[float]]) -> PracticeTable:
        """Return the same people, of whom need-weighted numbers are given by practice, by name of weights."""
        alone = [
            replace(one, people_by_group=tuple(one.people * (one is other) for other in self.practices))
            for one in self.practices
        ]
        weights = {
            name: tuple(
                number / one.people if one.people else 0.0
                for number, one in zip(numbers, self.practices, strict=True)
            )
            for name, numbers in people.items()
        }
        return PracticeTable(tuple(one.code for one in alone), tuple(alone), weights)

    def in_bands(self, band_of: Mapping[str, Group]) -> PracticeTable:
        """Return the same people in wider bands: each group is added to its band."""
        bands = sorted(set(band_of.values()))
        at = [bands.index(band_of[group]) for group in self.groups]
        practices = []
        for practice in self.practices:
            people: list[float] = [0] * len(bands)
            for band, count in zip(at, practice.people_by_group, strict=True):
                people[band] += count
            practices.append(Practice(practice.code, practice.name, tuple(people)))
        return PracticeTable(tuple(map(str, bands)), tuple(practices))
