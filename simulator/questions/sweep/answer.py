"""The answer to `sweep`: every policy's estimates, and their differences from the base policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.answer import Answer
from simulator.answers.cells import ERRORS_NOTE, mark_means
from simulator.answers.rule_notes import policy_notes
from simulator.answers.table import Column, Table, heading_of, measures, text, with_change
from simulator.questions.sweep.question import Policy, SweepQuestion
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence
from simulator.risk.measures import columns
from simulator.risk.paired import NUMBERS, PairedEstimate, Place, paired_estimate
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_YEARS

if TYPE_CHECKING:
    import pandas as pd

MAIN_MEASURES = (
    "overspend_probability",
    "bond_needed_gbp",
    "shared_bond_needed_gbp",
    "bond_covers_probability",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
    "pct_payment_gbp",
    "pct_net_position_gbp",
    "pct_net_position_1_in_20_gbp",
)
"""What is printed where no measures are named."""
LEAVES = "leaves_probability"
MOST_ROWS = 50
"""Policies printed; a longer table belongs in a file."""
AS_GIVEN = "as given"


@dataclass(frozen=True, eq=False)
class Sweep(Answer):
    """What `sweep` returns."""

    question: SweepQuestion  # the scenario, the policies, and what is estimated
    # shape (policy, place, number); By policy and place of the question, the `NUMBERS`; nan for what there is
    # not.
    numbers: FloatArray
    base: Mapping[Place, Estimate]  # of the scenario as given, by row and measure

    @property
    def scenario(self) -> Scenario:
        """The base policy."""
        return self.question.scenario

    @property
    def contracts(self) -> int:
        """How many contracts were simulated of each policy."""
        return self.question.contracts

    @property
    def seed(self) -> int:
        """Seed of chance."""
        return self.question.seed

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Each policy's values of the keys, as the user wrote them."""
        return self.question.policies

    @property
    def measures(self) -> tuple[str, ...]:
        """What a page shows: what was asked for, or the main measures; leaving, where somebody may leave."""
        if self.question.measures:
            return self.question.measures
        found = [self.estimate(number, LEAVES) for number in range(len(self.policies)) if self._has(LEAVES)]
        leaves = any(one is not None and one.estimate.value > 0 for one in found)
        return (*MAIN_MEASURES, LEAVES) if leaves else MAIN_MEASURES

    def estimate(self, policy: int, measure: str, cluster: str = ALL_CLUSTERS) -> PairedEstimate | None:
        """Return an estimate of a policy, and its difference from the scenario as given.

        Parameters
        ----------
        policy : int
            Its number, from 0.
        measure, cluster : str
            One of the summary's columns, and of its rows.

        Returns
        -------
        PairedEstimate or None
            None where the policy has no such row or measure.
        """
        numbers = self.numbers[policy, self._position[cluster, measure]].tolist()
        return paired_estimate(numbers)

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        title, *overrides = super().opening()
        name = self.scenario.settings.title
        policies = f"{name}: {len(self.policies):,} policies, each with the same"
        return (title.replace(f"{name}:", policies), *overrides)

    def tables(self) -> tuple[Table, ...]:
        """Return a table for each row asked for: a line a policy, the scenario as given first."""
        return tuple(self._table(row) for row in self.question.rows)

    def _table(self, row: str) -> Table:
        title = f"What would each policy do to {in_sentence(row)}? Changes from the scenario as given"
        keys = key_columns(self, self.shown)
        found = [
            column
            for measure in self.measures
            if (row, measure) in self.base
            for column in policy_columns(self, measure, row, self.shown)
        ]
        return Table(row, title, (*keys, *found), keys=len(keys))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Numbers of the policies that a page shows: all, or the best by the first measure."""
        everyone = range(len(self.policies))
        if len(everyone) <= MOST_ROWS:
            return tuple(everyone)
        row, measure = self._ranked_by
        found = [self.estimate(number, measure, row) for number in everyone]
        sign = 1 if columns(MOST_YEARS)[measure].measure.less_is_better else -1
        values = [np.inf if one is None else sign * one.estimate.value for one in found]
        return tuple(np.argsort(values, kind="stable")[:MOST_ROWS].tolist())

    @property
    def _ranked_by(self) -> Place:
        """The first measure, of the first row that a page shows and that has it."""
        places = ((row, measure) for measure in self.measures for row in self.question.rows)
        return next(place for place in places if place in self._position)

    def sentences(self) -> tuple[str, ...]:
        """Return what chance leaves of the differences of all clusters together, in words."""
        moved, still = [], []
        for measure in self.measures:
            if (ALL_CLUSTERS, measure) not in self.base:
                continue
            found = [self.estimate(number, measure) for number in range(len(self.policies))]
            differences = [one.difference for one in found if one and one.difference]
            beyond = sum(map(beyond_chance, differences))
            if any(one.value for one in differences):
                moved.append(f"{heading_of(measure)} {beyond:,}")
            else:
                still.append(heading_of(measure))
        said = []
        if moved:
            said.append(
                f"Of {len(self.policies):,} policies, so many change it beyond chance for all clusters "
                f"together: {_listed(moved)}."
            )
        if still:
            said.append(f"No policy changes {_listed(still)} for all clusters together.")
        return tuple(said)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        notes = [*policy_notes(self.scenario, self.question.keys, self.policies), mark_means(), ERRORS_NOTE]
        if len(self.shown) < len(self.policies):
            row, measure = self._ranked_by
            by = heading_of(measure) + ("" if row == ALL_CLUSTERS else f" for {in_sentence(row)}")
            best = f"The best {MOST_ROWS} of {len(self.policies):,} policies by {by}"
            notes.insert(0, f"{best} are shown; a file of --out has them all.")
        return tuple(notes)

    def every_number(self) -> pd.DataFrame:
        """Return every estimate.

        Returns
        -------
        pandas.DataFrame
            One row a policy, cluster and measure: a column for each key, and then `cluster`,
            `measure`, `unit` and the `NUMBERS`.
        """
        import pandas as pd

        places = self.question.places
        found: dict[str, object] = {
            key: np.repeat(np.array(_typed([policy[at] for policy in self.policies])), len(places))
            for at, key in enumerate(self.question.keys)
        }
        found["cluster"] = np.tile(np.array([row for row, _ in places], object), len(self.policies))
        found["measure"] = np.tile(np.array([column for _, column in places], object), len(self.policies))
        units = [str(columns(MOST_YEARS)[column].measure.unit) for _, column in places]
        found["unit"] = np.tile(np.array(units, object), len(self.policies))
        flat = self.numbers.reshape(-1, len(NUMBERS))
        found.update({name: flat[:, at] for at, name in enumerate(NUMBERS)})
        table = pd.DataFrame(found)
        return table[table["value"].notna()].reset_index(drop=True)

    @cached_property
    def _position(self) -> dict[Place, int]:
        return {place: position for position, place in enumerate(self.question.places)}

    def _has(self, measure: str) -> bool:
        return (ALL_CLUSTERS, measure) in self._position


def key_columns(sweep: Sweep, policies: Sequence[int]) -> list[Column]:
    """Return the columns that say what a policy is, the scenario as given first."""
    return [
        # With spaces, so that a long key can be wrapped.
        text(
            key.replace("_", " ").replace(".", " "),
            (AS_GIVEN, *(sweep.policies[number][at] for number in policies)),
            key,
        )
        for at, key in enumerate(sweep.question.keys)
    ]


def policy_columns(sweep: Sweep, measure: str, row: str, policies: Sequence[int]) -> list[Column]:
    """Return a measure's column and that of its changes, the scenario as given first."""
    base = PairedEstimate(sweep.base[row, measure], None)
    cells = [base, *(sweep.estimate(number, measure, row) for number in policies)]
    return with_change(measures(measure, [cell.estimate if cell else None for cell in cells]), cells)


def _typed(texts: Sequence[str]) -> list[float] | list[int] | list[str]:
    """Return a key's values as numbers where all are."""
    for kind in (int, float):
        try:
            return [kind(text) for text in texts]
        except ValueError:
            continue
    return list(texts)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
