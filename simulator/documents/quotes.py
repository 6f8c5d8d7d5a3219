"""The numbers that a document quotes, and chances in words that claim no more than they can."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from simulator.answers.cells import printed
from simulator.answers.table import Column
from simulator.charts.study import Study
from simulator.documents.blocks import Number
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.build_up import BuildUp, pct_build_up
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean_difference, quantile
from simulator.risk.estimator import Quantile
from simulator.risk.in_words import money, per_cent
from simulator.risk.measures import columns
from simulator.risk.unit import Unit
from simulator.rules.rule import Rule
from simulator.scenario.schema import MOST_YEARS

if TYPE_CHECKING:
    import pandas as pd


# Mastrandrea et al. (2010), Guidance note for lead authors of the IPCC's fifth assessment report, table 1.
_SCALE = (
    (0.99, "virtually certain"),
    (0.90, "very likely"),
    (0.66, "likely"),
    (0.33, "about as likely as not"),
    (0.10, "unlikely"),
    (0.01, "very unlikely"),
    (0.00, "exceptionally unlikely"),
)
_RARE = 0.01
"""Chances below this, or above one less it, are told by a bound."""
_ROUND = (2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000)
_SIMPLE = tuple((few, many) for many in (2, 3, 4, 5, 6, 8, 10) for few in range(1, many))
_LONGER = (15, 20, 30, 40, 50, 60, 80, 100)
_FINER = (
    *((few, many) for many in _LONGER for few in (1, many - 1)),
    *((few, 100) for few in range(2, 99)),
)
_NEAR_SHARE = 0.12
"""A fraction is near a chance if it is off by no more than this share of it, or of its complement."""


def likelihood(chance: Estimate) -> str:
    """Return how likely something is, in a published scale's words."""
    cautious = max(chance.low, 0.5) if chance.value > 0.5 else min(chance.high, 0.5)
    return next(words for least, words in _SCALE if cautious >= least)


def odds(chance: Estimate) -> str:
    """Return a probability as a number of times out of some."""
    if chance.value == 0 or chance.high < _RARE:
        return f"fewer than 1 in {_rounded_down(chance.high):,}"
    if chance.value == 1 or chance.low > 1 - _RARE:
        many = _rounded_down(1 - chance.low)
        return f"more than {many - 1:,} in {many:,}"
    few, many = _fraction(chance)
    return f"about {few} in {many}"


def _rounded_down(bound: float) -> int:
    """Return the largest round number that one over is not below a bound."""
    return max((many for many in _ROUND if bound * many <= 1), default=_ROUND[0])


def _fraction(chance: Estimate) -> tuple[int, int]:
    """Return the simplest fraction that is near; where the error is large, only simple ones."""
    value = chance.value
    near = _NEAR_SHARE * min(value, 1 - value)

    def off(fraction: tuple[int, int]) -> float:
        return abs(fraction[0] / fraction[1] - value)

    def simplest(fractions: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
        found = [one for one in fractions if off(one) <= near]
        return min((one for one in found if one[1] == found[0][1]), key=off, default=None)

    nearest = min(_SIMPLE, key=off)
    if found := simplest(_SIMPLE):
        return found
    if off(nearest) <= chance.half_width:
        return nearest
    return simplest(_FINER) or min(_FINER, key=off)


_NO_ERROR = re.compile(r" ?± ?0[mk%]?")
SUMMARY, BOND, LUCK, PCT = "summary", "bond", "luck", "PCT"
NEEDED, SHARED = "bond_needed_gbp", "shared_bond_needed_gbp"
CONFIDENCES = (0.90, 0.95, 0.99)


@dataclass(frozen=True)
class Quotes:
    """Every number that a document may quote, by cluster and measure."""

    study: Study  # A result and what can be asked of it

    @cached_property
    def tables(self) -> dict[str, dict[tuple[str, str], Estimate]]:
        """Estimates by name of the table, cluster and measure."""
        rows = self.study.result.rows
        summary = {(row.name, name): found for row in rows for name, found in row.estimates.items()}
        facts = {(row.name, "people"): Estimate(row.people, row.people, row.people) for row in rows}
        return {
            SUMMARY: facts | summary,
            BOND: self._bonds(),
            LUCK: self._luck(),
            PCT: {(ALL_CLUSTERS, _measure_of(words)): one for words, one in self.build_up.parts},
        }

    @cached_property
    def build_up(self) -> BuildUp:
        """What the PCT's net position is made of."""
        return pct_build_up(self.study.books[ALL_CLUSTERS])

    @property
    def clusters(self) -> tuple[str, ...]:
        """Names of the clusters."""
        return self.study.clusters

    @property
    def rows(self) -> tuple[str, ...]:
        """Names of the rows of every table: the clusters, and all together."""
        return tuple(row.name for row in self.study.result.rows)

    @property
    def confidences(self) -> tuple[float, ...]:
        """Confidences for which there are contracts enough."""
        return tuple(
            one for one in CONFIDENCES if self.study.result.contracts >= Quantile(one).fewest_contracts
        )

    @property
    def has_savers(self) -> bool:
        """Whether any cluster truly saves, or wastes, anything."""
        return any(cluster.true_saving_share for cluster in self.study.scenario.settings.clusters)

    def rules(self, kind: type[Rule]) -> list[Rule]:
        """Return the scenario's rules of a kind."""
        return [rule for rule in self.study.scenario.settings.rules if isinstance(rule, kind)]

    def estimate(self, row: str, measure: str) -> Estimate | None:
        """Return a number from whichever table has it; None for one without meaning for the row."""
        return self._places.get((row, measure), (None, ""))[0]

    def column(
        self, measure: str, rows: Sequence[str], heading: str = ""
    ) -> tuple[str, tuple[Number | str, ...]]:
        """Return a measure as a column: its heading with the unit, and a cell for each row."""
        return self.cells([(row, measure) for row in rows], heading or self.heading(measure))

    def cells(
        self, places: Sequence[tuple[str, str] | None], heading: str
    ) -> tuple[str, tuple[Number | str, ...]]:
        """Return numbers of one unit as a column, which may come from several measures."""
        found = tuple(None if place is None else self.estimate(*place) for place in places)
        unit = next(unit_of(place[1]) for place in places if place is not None)
        column = printed(Column("", heading, unit, found))
        cells = [
            self._number(*place, text) if text and place is not None else ""
            for place, text in zip(places, column.cells, strict=True)
        ]
        return column.heading, tuple(cells)

    def heading(self, measure: str) -> str:
        """Return what a column of the summary is called, as a heading or a row starts."""
        words = columns(len(self.study.years))[measure].heading(self.study.years)
        return words[0].upper() + words[1:]

    def amount(self, row: str, measure: str) -> Number:
        """Return pounds for a sentence, such as ``£1.42m ± 0.04m``."""
        return self._number(row, measure, money(self._sure(row, measure)))

    def size(self, row: str, measure: str) -> Number:
        """Return pounds without their sign, for a sentence that says gain or lose."""
        found = self._sure(row, measure)
        return self._number(row, measure, money(found).removeprefix("-"))

    def people(self, row: str) -> Number:
        """Return a number of people for a sentence."""
        return self._number(row, "people", f"{self._sure(row, 'people').value:,.0f}")

    def chance(self, row: str, measure: str) -> Number:
        """Return a probability for a sentence, such as ``about 1 in 5 (20.1% ± 0.8%)``."""
        found = self._sure(row, measure)
        return self._number(row, measure, f"{odds(found)} ({per_cent(found)})")

    def numbers(self) -> tuple[Number, ...]:
        """Return every number of every table, in full."""
        return tuple(
            self._number(row, measure, repr(found.value))
            for table in self.tables.values()
            for (row, measure), found in table.items()
        )

    def table(self, name: str) -> pd.DataFrame:
        """Return one table, with the ends of intervals, indexed by cluster."""
        import pandas as pd

        rows: dict[str, dict[str, float]] = {row: {} for row in self.rows}
        for (row, measure), found in self.tables[name].items():
            rows[row] |= {measure: found.value, f"{measure}_low": found.low, f"{measure}_high": found.high}
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("cluster")

    @cached_property
    def _places(self) -> dict[tuple[str, str], tuple[Estimate, str]]:
        return {place: (found, name) for name, table in self.tables.items() for place, found in table.items()}

    def _sure(self, row: str, measure: str) -> Estimate:
        return self._places[row, measure][0]

    def _number(self, row: str, measure: str, text: str) -> Number:
        found, table = self._places[row, measure]
        if found.low == found.high:
            # What does not vary has no error to show.
            text = _NO_ERROR.sub("", text)
        return Number(text, found.value, found.low, found.high, unit_of(measure), table, row, measure)

    def _bonds(self) -> dict[tuple[str, str], Estimate]:
        """Return the bonds needed, from the same samples as the summary's at 95%."""
        return {
            (row, measure.replace("_gbp", f"_{100 * confidence:.0f}_gbp")): quantile(samples, confidence)
            for row in self.rows
            for measure in (NEEDED, SHARED)
            if (samples := self.study.samples(row).get(measure)) is not None
            for confidence in self.confidences
        }

    def parts_of_the_pct(self) -> tuple[tuple[str, Number], ...]:
        """Return what the PCT's net position is made of: words and amounts."""
        return tuple(
            (words[0].upper() + words[1:], self.amount(ALL_CLUSTERS, _measure_of(words)))
            for words, _ in self.build_up.parts
        )

    def _luck(self) -> dict[tuple[str, str], Estimate]:
        """Return the practice share with and without true saving, in the same contracts."""
        if not self.has_savers:
            return {}
        measure = "practice_share_gbp"
        without = Study(self.study.without_saving)
        found: dict[tuple[str, str], Estimate] = {}
        for row in self.rows:
            luck = without.estimate(row, measure)
            skill = mean_difference(self.study.samples(row)[measure], without.samples(row)[measure])
            found |= {(row, "luck_gbp"): luck, (row, "skill_gbp"): skill}
        return found


def _measure_of(words: str) -> str:
    """Return the name of a part of the PCT's net position, which has its sign: no name of the summary's."""
    return f"part_of_net_position_{words.replace(' ', '_')}_gbp"


def unit_of(measure: str) -> Unit:
    """Return the unit of a column of a table: the summary's own, or what the name of another says."""
    if measure == "people":
        return Unit.PEOPLE
    if column := columns(MOST_YEARS).get(measure):
        return column.measure.unit
    return Unit.SHARE if measure.endswith("_share") else Unit.GBP
