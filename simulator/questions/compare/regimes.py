"""The answer to `compare` with regimes: what each party has under each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import MARK, Column, Table, change, measures, pounds, text
from simulator.questions.compare.answer import Comparison
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence, money
from simulator.risk.paired import NUMBERS, PairedEstimate, numbers_of
from simulator.scenario.regimes import Regime

if TYPE_CHECKING:
    import pandas as pd

AS_GIVEN = "the scenario as given"
PRACTICE_SHARE = "practice_share_gbp"
LUCK = "paid_for_luck_gbp"
_LUCK_HEADING = "paid for luck"
PARTIES = {
    "practices": (
        "practice_net_gain_gbp",
        "practice_net_gain_worst_year_1_in_20_gbp",
        "practice_net_gain_below_zero_probability",
    ),
    "partner": (
        "partner_net_gain_gbp",
        "partner_net_gain_worst_year_1_in_20_gbp",
        "partner_net_gain_below_zero_probability",
    ),
    "lender": ("lender_income_gbp",),
    "suppliers": ("suppliers_income_gbp",),
    "patients": ("reinvestment_gbp",),
    "PCT": (
        "pct_net_position_gbp",
        "pct_net_position_worst_year_1_in_20_gbp",
        "pct_net_position_below_zero_probability",
    ),
    "clusters": ("overspend_probability",),
}
"""What is told of each party: its position, its bad year and the chance of a loss."""
_AT_TIMES = ("partner", "lender", "suppliers")
"""Parties that there are only at times."""
POSITIONS = {
    "Practices": "practice_net_gain_gbp",
    "Patients": "reinvestment_gbp",
    "The PCT": "pct_net_position_gbp",
}
"""What a chart shows, and what is said in words."""
_MEANS = (
    "Positions are means over the whole contract: what practices, an external partner and a lender gain, "
    "what staff and suppliers are paid for running it, where that is known, what is reinvested in patient "
    "care, and what the PCT planned for the care less what it costs it. Worst "
    "year, 1 in 20: in one contract in twenty the worst of its years is worse for that party. Below zero: "
    "the chance "
    "that the party loses over the contract. Paid for luck: the practice share while no cluster truly saves "
    "anything. Regimes change who bears what; what clusters do and what patients need is the scenario's."
)
_MARKED = (
    f"{MARK} Differs beyond chance from the scenario as given: the 95% interval of the difference, on the "
    "same draws of chance, does not hold zero. Of twenty intervals about no difference, one misses it by "
    "chance."
)


@dataclass(frozen=True)
class RegimeComparison(Comparison):
    """What `compare` returns where regimes are laid over one scenario: `names` are their titles."""

    regimes: tuple[Regime, ...] = ()  # in order; the scenario as given stands before them
    luck: tuple[Mapping[str, PairedEstimate], ...] = ()  # what is paid for luck, by row, for each of `names`

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, and which files the regimes are."""
        title, laid = self.scenario.settings.title, self.scenario.laid_over
        drawn = f"{self.contracts:,} simulated contracts, seed {self.seed}"
        count = f"{len(self.regimes)} regime{'s' if len(self.regimes) > 1 else ''}"
        files = (f"  {name}: {one.source}" for name, one in self.with_regimes)
        over = (f"  with {one}" for one in laid)
        return (f"{title}: {count}, on the same {drawn}", *over, *files)

    def origin(self) -> dict[str, str]:
        """Return the files and fingerprints of the regimes."""
        return {f"regime {name}": one.source for name, one in self.with_regimes} | super().origin()

    @property
    def with_regimes(self) -> tuple[tuple[str, Regime], ...]:
        """Names and regimes, without the scenario as given."""
        return tuple(zip(self.names[1:], self.regimes, strict=True))

    @property
    def meanings(self) -> tuple[str, ...]:
        """What the columns and the mark mean."""
        return (_MEANS, _MARKED)

    def tables(self) -> tuple[Table, ...]:
        """Return what each party has under each regime, and how far that is from the scenario as given."""
        by_row = (table for row in self.rows for table in (self.by_party(row), self.changes(row)))
        return (*by_row, *([self._settings()] if self.settings else []))

    def by_party(self, row: str) -> Table:
        """Return the table of a row: a party's numbers beside the other's, a regime below the other."""
        columns = (
            replace(column, marked=tuple(one is not None and beyond_chance(one) for one in differences))
            for column, differences in self._columns(row)
        )
        title = f"What has each party under each regime? {row}"
        return Table(f"regimes, {row}", title, (text("regime", self.names), *columns))

    def changes(self, row: str) -> Table:
        """Return how far each regime is from the scenario as given."""
        columns = [change(column, cells, column.heading) for column, cells in self._columns(row)]
        cut = (replace(column, cells=column.cells[1:]) for column in columns)
        title = f"How far is each regime from the scenario as given? {row}"
        return Table(f"changes, {row}", title, (text("regime", self.names[1:]), *cut), in_files_only=True)

    def estimate(self, regime: int, measure: str, row: str) -> PairedEstimate | None:
        """Return an estimate of the scenario as given (0) or a regime (from 1), and its difference."""
        if measure == LUCK:
            return self.luck[regime].get(row)
        return self.estimates[regime].get((row, measure))

    def _columns(self, row: str) -> Iterator[tuple[Column, list[Estimate | None]]]:
        """Yield the columns of a row's table, each with differences; none of who has no money."""
        every = range(len(self.names))
        idle = {measure for party in _AT_TIMES for measure in PARTIES[party] if not self._moves(party, row)}
        for measure in (*(one for one in self._measures(row) if one not in idle), LUCK):
            found = [self.estimate(at, measure, row) for at in every]
            cells = [one.estimate if one else None for one in found]
            made = pounds(_LUCK_HEADING, cells, LUCK) if measure == LUCK else measures(measure, cells)
            yield made, [one.difference if one else None for one in found]

    def _moves(self, party: str, row: str) -> bool:
        """Whether any money comes to a party, or goes from it, under any regime."""
        position = PARTIES[party][0]
        found = (self.estimate(at, position, row) for at in range(len(self.names)))
        return any(one and (one.estimate.value or one.estimate.half_width) for one in found)

    def sentences(self) -> tuple[str, ...]:
        """Return who is best and worst off where, and which regimes do not differ beyond chance."""
        return tuple(said for row in self.rows for said in self._said(row))

    def _said(self, row: str) -> Iterator[str]:
        whose = in_sentence(row)
        for party, measure in POSITIONS.items():
            found = [self.estimate(at, measure, row) for at in range(len(self.names))]
            known = [(name, one.estimate) for name, one in zip(self.names, found, strict=True) if one]
            if not known:
                continue
            (best, most), (worst, least) = (pick(known, key=lambda one: one[1].value) for pick in (max, min))
            if most.value == least.value:
                yield f"{party} may expect {money(most)} of {whose} under all of them."
                continue
            yield (
                f"{party} may expect most of {whose} under “{best}” ({money(most)}), and least under "
                f"“{worst}” ({money(least)})."
            )
        alike = [name for at, name in enumerate(self.names[1:], 1) if not self._differs(at, row)]
        if alike:
            yield f"No position differs beyond chance from the scenario as given under {', '.join(alike)}."

    def _differs(self, regime: int, row: str) -> bool:
        found = (self.estimate(regime, measure, row) for measure in POSITIONS.values())
        return any(one and one.difference and beyond_chance(one.difference) for one in found)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        # That regimes add rules is what they are for.
        keys = [one.key for one in self.settings if not one.key.startswith("rules.")]
        means, marked = self.meanings
        return (means, *policy_notes(self.scenario, keys), marked, self.errors_note)

    def every_number(self) -> pd.DataFrame:
        """Return every estimate with its difference, a row each, what is paid for luck at the end."""
        import pandas as pd

        rows = [
            (name, row, LUCK, "GBP", *numbers_of({(row, LUCK): one}, [(row, LUCK)])[0])
            for name, found in zip(self.names, self.luck, strict=True)
            for row, one in found.items()
        ]
        luck = pd.DataFrame(rows, columns=["scenario", "cluster", "measure", "unit", *NUMBERS])
        return pd.concat([super().every_number(), luck], ignore_index=True)
