"""The numbers that a document quotes, and chances in words that claim no more than they can."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from simulator.answers.table import Column, Table, text
from simulator.charts.register import about, draw
from simulator.charts.study import Study
from simulator.documents.blocks import Number, Paragraph, Part, Picture, Quoted, TableBlock, number
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import Quantile, mean_difference, quantile
from simulator.risk.in_words import money, per_cent
from simulator.risk.measures import columns
from simulator.risk.positions import pct_build_up
from simulator.rules.rule import Rule
from simulator.scenario.schema import MOST_YEARS

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


SUMMARY, BOND, LUCK, PCT = "summary", "bond", "luck", "PCT"
_POSITION = "part_of_net_position_"
"""How names start of what the PCT's net position is made of, with its sign: no names of the summary's."""
CONFIDENCES = (0.90, 0.95, 0.99)


@dataclass(frozen=True)
class Quotes:
    """Every number that a document may quote, by cluster and measure."""

    study: Study  # a result and what can be asked of it

    @cached_property
    def tables(self) -> dict[str, dict[tuple[str, str], Estimate]]:
        """Estimates by name of the table, cluster and measure: no two of one cluster and measure."""
        rows = self.study.result.rows
        summary = {(row.name, name): found for row in rows for name, found in row.estimates.items()}
        facts = {(row.name, "people"): Estimate(row.people, row.people, row.people) for row in rows}
        parts = pct_build_up(self.study.books[ALL_CLUSTERS]).parts
        return {
            SUMMARY: facts | summary,
            BOND: self._bonds(),
            LUCK: self._luck(),
            PCT: {(ALL_CLUSTERS, f"{_POSITION}{words.replace(' ', '_')}_gbp"): one for words, one in parts},
        }

    @cached_property
    def numbers(self) -> dict[tuple[str, str], Quoted]:
        """Every number of every table, with where it is found, by cluster and measure."""
        return {
            (row, measure): Quoted(
                one.value, one.low, one.high, unit=unit_of(measure), table=table, row=row, measure=measure
            )
            for table, found in self.tables.items()
            for (row, measure), one in found.items()
        }

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
        contracts = self.study.result.contracts
        return tuple(one for one in CONFIDENCES if contracts >= Quantile(one).fewest_contracts)

    @property
    def has_savers(self) -> bool:
        """Whether any cluster truly saves, or wastes, anything."""
        return any(cluster.truly_saves for cluster in self.study.scenario.settings.clusters)

    def has(self, kind: type[Rule]) -> bool:
        """Return whether the scenario has a rule of a kind."""
        return any(isinstance(rule, kind) for rule in self.study.scenario.settings.rules)

    def column(self, measure: str, heading: str = "", places: Sequence[tuple[str, str]] = ()) -> Column:
        """Return a measure of every row as a column, or what stands in its `places`: cluster and measure."""
        places = places or [(row, measure) for row in self.rows]
        cells = tuple(self.numbers.get(place) for place in places)
        return Column(measure, heading or self.heading(measure), unit_of(measure), cells)

    def table(
        self, name: str, title: str, measures: Sequence[str | Column], first: Column | None = None
    ) -> TableBlock:
        """Return a table with a row for each cluster and one for all, or with the rows of another `first`."""
        columns = [self.column(one) if isinstance(one, str) else one for one in measures]
        return TableBlock(Table(name, title, (first or text("Cluster", self.rows), *columns), rows_apart=1))

    def amounts(
        self,
        name: str,
        title: str,
        headings: tuple[str, str],
        row: str,
        measures: Mapping[str, str],
        *,
        has_total: bool = False,
    ) -> TableBlock:
        """Return amounts of one row of results below each other, with what each is."""
        cells = tuple(self.numbers[row, measure] for measure in measures)
        labels = text(headings[0], tuple(measures.values()))
        amounts = Column("amount_gbp", headings[1], (Unit.GBP,) * len(cells), cells)
        return TableBlock(Table(name, title, (labels, amounts), rows_apart=int(has_total)))

    def heading(self, measure: str) -> str:
        """Return what a column is called, as a heading or a row starts."""
        if measure.startswith(_POSITION):
            words = measure.removeprefix(_POSITION).removesuffix("_gbp").replace("_", " ")
        elif measure == "people":
            words = measure
        else:
            words = columns(len(self.study.years))[measure].heading(self.study.years)
        return words[:1].upper() + words[1:]

    def sentence(self, row: str, template: str, **parts: Part) -> Paragraph:
        """Return sentences with parts in their places, or else a row's numbers by their measures.

        Pounds stand without their sign where the measure is followed by ``:size``, and after "gain" or "lose"
        where it is followed by ``:gain``.
        """
        found: list[Part] = []
        for words, name, form, _ in Formatter().parse(template):
            found += [words] if words else []
            if form == "gain":
                found.append("gain " if self.numbers[row, str(name)].value >= 0 else "lose ")
            if name:
                found.append(parts[name] if name in parts else self.number(row, name, form or ""))
        return Paragraph(tuple(found))

    def number(self, row: str, measure: str, form: str = "") -> Number:
        """Return a number for a sentence: ``£1.42m ± 0.04m``, or ``about 1 in 5 (20.1% ± 0.8%)``."""
        one = self.numbers[row, measure]
        if one.unit is Unit.PEOPLE:
            return number(f"{one.value:,.0f}", one)
        if one.unit.is_share:
            return number(f"{odds(one)} ({per_cent(one)})", one)
        return number(money(one).removeprefix("-" if form else ""), one)

    def picture(self, name: str, cluster: str | None = None) -> Picture:
        """Return a chart of the register."""
        return Picture(about(name).rstrip("."), draw(self.study, name, cluster))

    def _bonds(self) -> dict[tuple[str, str], Estimate]:
        """Return the bonds needed, from the same samples as the summary's at 95%."""
        return {
            (row, at_confidence(measure, confidence)): quantile(samples, confidence)
            for row in self.rows
            for measure in ("bond_needed_gbp", "shared_bond_needed_gbp")
            if (samples := self.study.samples(row).get(measure)) is not None
            for confidence in self.confidences
        }

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


def at_confidence(measure: str, confidence: float) -> str:
    """Return the name of an amount that is enough with some confidence."""
    return measure.replace("_gbp", f"_{100 * confidence:.0f}_gbp")


def unit_of(measure: str) -> Unit:
    """Return the unit of a column: the summary's own; what only documents work out are pounds."""
    if measure == "people":
        return Unit.PEOPLE
    column = columns(MOST_YEARS).get(measure)
    return column.measure.unit if column else Unit.GBP
