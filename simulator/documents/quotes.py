"""The numbers that a document quotes, each with the table that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter

from simulator.answers.table import Column, Table, text
from simulator.charts.register import about, draw
from simulator.charts.study import Study
from simulator.documents.blocks import Number, Paragraph, Part, Picture, Quoted, TableBlock, number, together
from simulator.documents.budget_levels import BudgetLevels
from simulator.documents.cluster_facts import ClusterFacts
from simulator.documents.doubt_range import DoubtRange
from simulator.documents.drivers import Drivers
from simulator.documents.example import Example
from simulator.documents.fair_shares import FairShares
from simulator.documents.joining import Joining
from simulator.documents.kept_shares import KeptShares
from simulator.documents.left_out import LeftOut
from simulator.documents.odds import odds
from simulator.documents.own_savings import OwnSavings
from simulator.documents.protection import CONFIDENCES, Protection
from simulator.documents.returns import Returns
from simulator.documents.shared_shocks import InCommon
from simulator.documents.what_ifs import WhatIfs, sum_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import mean_difference, quantile
from simulator.risk.estimators import Quantile
from simulator.risk.in_words import briefly, phrase
from simulator.risk.measures import columns
from simulator.risk.positions import pct_build_up
from simulator.rules.rule import Rule
from simulator.scenario.schema import MOST_YEARS

SUMMARY, BOND, LUCK, PCT, WHAT_IF = "summary", "bond", "luck", "PCT", "what if"
APART, OF_SIZES, PRACTICES = "clusters apart", "bond sizes", "practices"
EXAMPLE, DRIVERS, OPTIONS = "worked example", "drivers", "options"
FAIR, DOUBT, COMMON = "fair shares", "doubt", "in common"
KEPT, RETURNED, SAVINGS, JOINING = "kept shares", "returns", "true savings", "joining"
LEVELS, LEFT_OUT = "budget levels", "left out"
PLAN_LESS_BUDGETS = "part_of_net_position_planned_care_less_budgets_gbp"
"""What the PCT planned to spend on care less the budgets it hands out for it."""
_POSITION = "part_of_net_position_"
"""How names start of what the PCT's net position is made of, with its sign: no names of the summary's."""
_LED = {"gain": ("gain ", "lose "), "beyond": ("gain less than ", "lose more than ")}
"""What stands before an amount above zero, and before one below."""
_WITHOUT_SIGN = {"size", *_LED}
Estimates = dict[tuple[str, str], Estimate]
"""By cluster and measure."""
Numbers = dict[str, Estimates]
"""Estimates by name of the table."""


@dataclass(frozen=True)
class Quotes:
    """Every number that a document may quote, by cluster and measure."""

    study: Study  # a result and what can be asked of it
    known: Numbers = field(default_factory=dict, init=False, repr=False)  # tables that were worked out
    _pictures: dict[tuple[str, str | None], Picture] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def tables(self) -> Numbers:
        """Every table's estimates: no two of one cluster and measure."""
        return {name: self.table_of(name) for name in _TABLES}

    def table_of(self, name: str) -> Estimates:
        """Return the estimates of a table, worked out when they are first asked for."""
        if name not in self.known:
            self.known[name] = dict(_TABLES[name](self))
        return self.known[name]

    @cached_property
    def what_ifs(self) -> WhatIfs:
        """The scenario otherwise, on the same draws."""
        return WhatIfs(self.study)

    @cached_property
    def own_savings(self) -> OwnSavings:
        """How practices of each cluster fare, as things are and if clusters truly saved."""
        return OwnSavings(self.what_ifs)

    @cached_property
    def joining(self) -> Joining:
        """What clusters would have as one."""
        return Joining(self.study)

    @cached_property
    def example(self) -> Example:
        """A cluster's year through the rules."""
        return Example(self.study)

    @cached_property
    def drivers(self) -> Drivers:
        """What results depend on."""
        return Drivers(self.study)

    @cached_property
    def protection(self) -> Protection:
        """What the PCT must hold, and what would protect it."""
        return Protection(self.drivers)

    @cached_property
    def in_common(self) -> InCommon:
        """What moves all clusters together."""
        return InCommon(self.study)

    @cached_property
    def kept(self) -> KeptShares:
        """What practices keep in a middle year, and after true savings."""
        return KeptShares(self.what_ifs)

    @cached_property
    def returns(self) -> Returns:
        """The pool at other returns to the PCT."""
        return Returns(self.what_ifs)

    @cached_property
    def left_out(self) -> LeftOut:
        """What it does to leave a kind of care out of a budget."""
        return LeftOut(self.study)

    @cached_property
    def facts(self) -> ClusterFacts:
        """What sets clusters apart."""
        return ClusterFacts(self.study)

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

    def has(self, kind: type[Rule]) -> bool:
        """Return whether the scenario has a rule of a kind."""
        return any(isinstance(rule, kind) for rule in self.study.scenario.settings.rules)

    def column(self, measure: str, heading: str = "", places: Sequence[tuple[str, str]] = ()) -> Column:
        """Return a measure of every row as a column, or what stands in its `places`: cluster and measure."""
        places = places or [(row, measure) for row in self.rows]
        cells = tuple(self.numbers.get(place) for place in places)
        return Column(measure, heading or self.heading(measure), unit_of(measure), cells)

    def changes(self, measure: str, heading: str, rows: Iterable[str]) -> Column:
        """Return a column of what some rows change, marked where that is beyond chance."""
        cells = tuple(self.numbers.get((row, measure)) for row in rows)
        return Column(measure, heading, unit_of(measure), cells, is_change=True)

    def table(
        self,
        name: str,
        title: str,
        measures: Sequence[str | Column],
        first: Column | None = None,
        *,
        apart: int = 1,
    ) -> TableBlock:
        """Return a table with a row for each cluster and one for all, or with the rows of another `first`."""
        columns = [self.column(one) if isinstance(one, str) else one for one in measures]
        return TableBlock(
            Table(name, title, (first or text("Cluster", self.rows), *columns), rows_apart=apart)
        )

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
        amounts = Column("amount_gbp", headings[1], Unit.GBP, cells)
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

        Behind a measure and a colon stand words of how it is said: see `number`. With ``gain`` an amount
        follows "gain" or "lose", with ``beyond`` "gain less than" or "lose more than".
        """
        found: list[Part] = []
        for words, name, form, _ in Formatter().parse(template):
            found += [words] if words else []
            how = (form or "").split()
            for one in how:
                if one in _LED:
                    found.append(_LED[one][self.numbers[row, str(name)].value < 0])
            if name:
                found.append(parts[name] if name in parts else self.number(row, name, *how))
        return Paragraph(tuple(found))

    def number(self, row: str, measure: str, *how: str) -> Number:
        """Return a number for a sentence: ``£1.42m ± 0.04m``, or ``1 in 5 (20.1% ± 0.8%)``.

        One of several clusters' has no odds. With ``short`` without ± and its error, where the same number
        stands beside it. With ``size``, ``gain`` or ``beyond`` without the sign of pounds; with ``alone`` a
        share without its odds.
        """
        one = self.numbers[row, measure]
        if one.unit is Unit.PEOPLE and not one.half_width:
            return number(f"{one.value:,.0f}", one)
        said = briefly(one, one.unit) if "short" in how or not one.half_width else phrase(one, one.unit)
        # Clusters' chances lie close together: words would part neighbours that numbers do not.
        is_of_one = len(self.clusters) > 1 and row in self.clusters
        if one.unit is Unit.PROBABILITY and "alone" not in how and not is_of_one:
            words = odds(one)
            # Two bounds beside each other say no more than one.
            is_bound = words.startswith(("fewer", "more")) and said.startswith(("under", "over"))
            return number(together(words if is_bound else f"{words} ({said})"), one)
        if "points" in how:
            said = f"{said.replace('%', '')} points"
        return number(together(said.removeprefix("-") if _WITHOUT_SIGN & {*how} else said), one)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Every chart that was drawn."""
        return tuple(self._pictures.values())

    def picture(self, name: str, cluster: str | None = None) -> Picture:
        """Return a chart of the register, drawn once."""
        if (name, cluster) not in self._pictures:
            chart = draw(self.study, name, cluster)
            self._pictures[name, cluster] = Picture(about(name).rstrip("."), chart)
        return self._pictures[name, cluster]

    def _summary(self) -> Estimates:
        """Return the numbers of the summary, with people."""
        rows = self.study.result.rows
        facts = {(row.name, "people"): Estimate(row.people, row.people, row.people) for row in rows}
        return facts | {(row.name, name): found for row in rows for name, found in row.estimates.items()}

    def _pct(self) -> Estimates:
        """Return what the PCT's net position is made of."""
        parts = pct_build_up(self.study.books[ALL_CLUSTERS]).parts
        return {(ALL_CLUSTERS, f"{_POSITION}{words.replace(' ', '_')}_gbp"): one for words, one in parts}

    def _apart(self) -> Iterator[tuple[tuple[str, str], Estimate]]:
        """Yield what sets clusters apart."""
        yield from self.facts.differences()
        yield from self.facts.used_up()
        yield from self.facts.drawn_on()
        yield from self.facts.of_posted()
        yield from self.facts.break_even(self.what_ifs.saving_needed)

    def _bonds(self) -> Estimates:
        """Return the bonds needed, from the same samples as the summary's at 95%."""
        found = {
            (row, at_confidence(measure, confidence)): quantile(samples, confidence)
            for row in self.rows
            for measure in ("bond_needed_gbp", "shared_bond_needed_gbp")
            if (samples := self.study.samples(row).get(measure)) is not None
            for confidence in self.confidences
        }
        posting = [name for name in self.clusters if self.study.books[name].has_bond]
        for confidence in self.confidences if posting else ():
            needed = [found[name, at_confidence("bond_needed_gbp", confidence)] for name in posting]
            found[ALL_CLUSTERS, at_confidence("own_bonds_needed_gbp", confidence)] = sum_of(needed)
        return found

    def _luck(self) -> Estimates:
        """Return the practice share with and without true saving, in the same contracts."""
        if not self.study.scenario.settings.truly_saves:
            return {}
        measure = "practice_share_gbp"
        without = Study(self.study.without_saving)
        found: Estimates = {}
        for row in self.rows:
            luck = without.estimate(row, measure)
            skill = mean_difference(self.study.samples(row)[measure], without.samples(row)[measure])
            found |= {(row, "luck_gbp"): luck, (row, "skill_gbp"): skill}
        return found


_TABLES: dict[str, Callable[[Quotes], Estimates | Iterator[tuple[tuple[str, str], Estimate]]]] = {
    SUMMARY: Quotes._summary,  # noqa: SLF001 - its own
    BOND: Quotes._bonds,  # noqa: SLF001
    LUCK: Quotes._luck,  # noqa: SLF001
    PCT: Quotes._pct,  # noqa: SLF001
    WHAT_IF: lambda quotes: quotes.what_ifs.estimates(),
    APART: Quotes._apart,  # noqa: SLF001
    SAVINGS: lambda quotes: quotes.own_savings.estimates(),
    JOINING: lambda quotes: quotes.joining.estimates(),
    OF_SIZES: lambda quotes: quotes.facts.of_sizes(),
    PRACTICES: lambda quotes: quotes.facts.of_practices(),
    EXAMPLE: lambda quotes: quotes.example.estimates(),
    DRIVERS: lambda quotes: quotes.drivers.estimates(),
    OPTIONS: lambda quotes: quotes.protection.estimates(),
    FAIR: lambda quotes: FairShares(quotes.study).estimates(),
    LEVELS: lambda quotes: BudgetLevels(quotes.study).estimates(),
    DOUBT: lambda quotes: DoubtRange(quotes.study).estimates(),
    COMMON: lambda quotes: quotes.in_common.estimates(),
    KEPT: lambda quotes: quotes.kept.estimates(),
    RETURNED: lambda quotes: quotes.returns.estimates(),
    LEFT_OUT: lambda quotes: quotes.left_out.estimates(),
}
"""The register of tables, in their order: what works each of them out."""


def at_confidence(measure: str, confidence: float) -> str:
    """Return the name of an amount that is enough with some confidence."""
    return measure.replace("_gbp", f"_{100 * confidence:.0f}_gbp")


def unit_of(measure: str) -> Unit:
    """Return the unit of a column: the summary's own, or as its name ends; pounds otherwise."""
    if measure.endswith("people"):
        return Unit.PEOPLE
    if measure.endswith("_a_head_gbp"):
        # Hundreds and thousands of pounds, read beside each other: never in thousands.
        return Unit.NUMBER
    if column := columns(MOST_YEARS).get(measure):
        return column.measure.unit
    endings = {"_probability": Unit.PROBABILITY, "_share": Unit.SHARE}
    return next((unit for ending, unit in endings.items() if measure.endswith(ending)), Unit.GBP)
