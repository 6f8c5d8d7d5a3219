"""The answer to `compare`: settings that differ, and measures side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.answers.answer import Answer
from simulator.answers.cells import ERRORS_NOTE, SAME_DRAWS, mark_means
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import Column, Table, heading_of, text
from simulator.questions.compare.settings import SettingDifference, setting_differences
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence, phrase
from simulator.risk.measures import columns
from simulator.risk.paired import NUMBERS, PairedEstimate, Place, numbers_of
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_YEARS
from simulator.simulation.plan import make_plan
from simulator.simulation.shared_draws import same_demand

if TYPE_CHECKING:
    import pandas as pd

MAIN_MEASURES = (
    "annual_budget_gbp",
    "budget_less_spend_gbp",
    "overspend_probability",
    "large_overspend_probability",
    "expected_overspend_gbp",
    "leaves_probability",
    "bond_needed_gbp",
    "shared_bond_needed_gbp",
    "bond_posted_gbp",
    "bond_covers_probability",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
    "pct_return_gbp",
    "reinvestment_gbp",
    "pct_payment_gbp",
    "pool_and_bonds_cover_probability",
    "pct_cost_gbp",
    "pct_net_position_gbp",
    "pct_net_position_1_in_20_gbp",
)
"""What is printed where no measures are named."""
_MOST_SETTINGS = 30


@dataclass(frozen=True)
class Comparison(Answer):
    """What `compare` returns."""

    scenarios: tuple[Scenario, ...]  # as given; differences are from the first
    # The draws that all scenarios share, as far as their clusters and lines have the same names.
    contracts: int
    seed: int  # the draws that all scenarios share, as far as their clusters and lines have the same names
    names: tuple[str, ...]  # of the scenarios, each another
    estimates: tuple[Mapping[Place, PairedEstimate], ...]  # for each scenario, by row and measure
    asked: tuple[str, ...] = ()  # measures that a page shows; the main ones where empty
    rows: tuple[str, ...] = (ALL_CLUSTERS,)  # rows that a page shows

    @property
    def scenario(self) -> Scenario:
        """The first, from which differences are."""
        return self.scenarios[0]

    @property
    def settings(self) -> tuple[SettingDifference, ...]:
        """Settings that are not the same in all scenarios."""
        return setting_differences(self.scenarios)

    @property
    def same_demand(self) -> bool:
        """Whether all scenarios have the same demand: they differ only in how money follows it."""
        first, *others = map(make_plan, self.scenarios)
        return all(same_demand(first, other) for other in others)

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, and the settings that differ."""
        draws = f"on the same {self.contracts:,} simulated contracts, seed {self.seed}"
        lines = [f"{' and '.join(self.names)}, {draws}", ""]
        settings = self.settings
        if not settings:
            return (*lines, "The scenarios do not differ in any setting that matters.")
        lines += [
            "Settings that differ:",
            *(f"  {one.in_words(self.names)}" for one in settings[:_MOST_SETTINGS]),
        ]
        if len(settings) > _MOST_SETTINGS:
            lines.append(f"  and {len(settings) - _MOST_SETTINGS:,} more, which --out FILE.xlsx lists.")
        return tuple(lines)

    def origin(self) -> dict[str, str]:
        """Return the fingerprints of the other scenarios."""
        others = zip(self.names[1:], self.scenarios[1:], strict=True)
        return {f"fingerprint of {name}": scenario.fingerprint for name, scenario in others}

    def tables(self) -> tuple[Table, ...]:
        """Return the measures side by side for each row asked for, and the settings that differ."""
        return (*(self._table(row) for row in self.rows), *([self._settings()] if self.settings else []))

    def _measures(self, row: str) -> list[str]:
        return [
            measure
            for measure in self.asked or MAIN_MEASURES
            if any((row, measure) in found for found in self.estimates)
        ]

    def _table(self, row: str) -> Table:
        asked = self._measures(row)
        units = tuple(columns(MOST_YEARS)[measure].measure.unit for measure in asked)
        made = [text("measure", list(map(heading_of, asked)))]
        for number, name in enumerate(self.names):
            found = [self.estimates[number].get((row, measure)) for measure in asked]
            made.append(Column(name, name, units, tuple(one.estimate if one else None for one in found)))
            if number:
                heading = f"less {self.names[0]}"
                differences = tuple(one.difference if one else None for one in found)
                made.append(Column(f"{name} {heading}", heading, units, differences, is_change=True))
        return Table(row, row, tuple(made))

    def _settings(self) -> Table:
        each = (text(name, [one.in_each[at] for one in self.settings]) for at, name in enumerate(self.names))
        keys = text("setting", [one.key for one in self.settings])
        return Table("settings", "Settings that differ", (keys, *each), in_files_only=True)

    def sentences(self) -> tuple[str, ...]:
        """Return which measures differ from the first scenario's beyond chance."""
        others = range(1, len(self.names))
        return tuple(self._beyond_chance(number, row) for row in self.rows for number in others)

    def _beyond_chance(self, number: int, row: str) -> str:
        differing, alike = [], []
        for measure in self._measures(row):
            paired = self.estimates[number].get((row, measure))
            if paired is None or paired.difference is None:
                continue
            if beyond_chance(paired.difference):
                unit = columns(MOST_YEARS)[measure].measure.unit
                differing.append(f"{heading_of(measure)} ({phrase(paired.difference, unit, signed=True)})")
            else:
                alike.append(heading_of(measure))
        first, other = self.names[0], self.names[number]
        whose = in_sentence(row)
        if not differing and not alike:
            return f"{other} and {first} cannot be compared for {whose}: only one of them has it."
        if not differing:
            return f"For {whose}, {other} differs from {first} in none of these measures beyond chance."
        rest = f"; not in {', '.join(alike)}" if alike else ""
        return f"Beyond chance, {other} differs from {first} for {whose} in {', '.join(differing)}{rest}."

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        names_alone = "Clusters and lines of the same name share their chances"
        sharing = f"All scenarios {SAME_DRAWS}" if self.same_demand else names_alone
        keys = [one.key for one in self.settings]
        return (*policy_notes(self.scenario, keys), mark_means(sharing), ERRORS_NOTE)

    def every_number(self) -> pd.DataFrame:
        """Return every estimate.

        Returns
        -------
        pandas.DataFrame
            One row a scenario, cluster and measure: its value and error, and its difference from the
            first scenario where that has the same cluster and measure.
        """
        import pandas as pd

        rows = [
            {"scenario": name, "cluster": place[0], "measure": place[1]}
            | {"unit": str(columns(MOST_YEARS)[place[1]].measure.unit)}
            | dict(zip(NUMBERS, numbers_of(found, [place])[0].tolist(), strict=True))
            for name, found in zip(self.names, self.estimates, strict=True)
            for place in found
        ]
        return pd.DataFrame(rows)
