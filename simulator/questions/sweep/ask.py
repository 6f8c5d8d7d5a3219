"""What each of many policies would do: every combination, on the same draws as the scenario as given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING

import numpy as np

from simulator.answers.answer import DrawnAnswer
from simulator.answers.places import samples_at
from simulator.answers.rule_notes import policy_notes
from simulator.answers.settings import setting
from simulator.answers.table import Table, heading_of, mark_means, measures, text, unit_of, with_change
from simulator.execution.blocks import Workers, run_blocks
from simulator.plain_words import listed, spaced
from simulator.questions.sweep.question import Policy, SweepQuestion, Values, sweep_question
from simulator.records import FloatArray
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance
from simulator.risk.in_words import in_sentence
from simulator.risk.measures import columns
from simulator.risk.paired import NUMBERS, InTurn, PairedEstimate, Place, numbers_of, paired_estimate
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_YEARS
from simulator.simulation.draws import Draws, SettledDraws
from simulator.simulation.shared_draws import SharedDraws

if TYPE_CHECKING:
    import pandas as pd


MAIN_MEASURES = {
    "annual_budget_gbp": False,
    "budget_less_spend_gbp": False,
    "overspend_probability": True,
    "large_overspend_probability": False,
    "expected_overspend_gbp": False,
    "leaves_probability": False,
    "bond_needed_gbp": True,
    "shared_bond_needed_gbp": True,
    "bond_posted_gbp": False,
    "bond_covers_probability": True,
    "practice_share_gbp": True,
    "practice_net_gain_gbp": True,
    "practice_better_off_probability": True,
    "pct_return_gbp": False,
    "reinvestment_gbp": False,
    "pct_payment_gbp": True,
    "pool_and_bonds_cover_probability": False,
    "pct_cost_gbp": False,
    "pct_net_position_gbp": True,
    "pct_net_position_1_in_20_gbp": True,
}
"""What is printed where no measures are named: side by side all, of a table of many policies the true."""
LEAVES = "leaves_probability"
MOST_ROWS = 50
"""Policies printed; a longer table belongs in a file."""


@dataclass(frozen=True, eq=False)
class Sweep(DrawnAnswer):
    """What `sweep` returns."""

    question: SweepQuestion  # the policies, and what is estimated
    numbers: FloatArray  # shape (policy, place, number): the `NUMBERS`; nan for what there is not
    base: Mapping[Place, Estimate]  # of the scenario as given, by row and measure

    @property
    def policies(self) -> tuple[Policy, ...]:
        """Each policy's values of the keys, as the user wrote them."""
        return self.question.policies

    @property
    def measures(self) -> tuple[str, ...]:
        """What a page shows: what was asked for, or the main measures; leaving, where somebody may leave."""
        if self.question.measures:
            return self.question.measures
        main = tuple(measure for measure, of_many in MAIN_MEASURES.items() if of_many)
        at = self._position.get((ALL_CLUSTERS, LEAVES))
        return (*main, LEAVES) if at is not None and (self.numbers[:, at, 0] > 0).any() else main

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
        return paired_estimate(self.numbers[policy, self._position[cluster, measure]].tolist())

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        title, *overrides = super().opening()
        name = self.scenario.settings.title
        policies = f"{name}: {len(self.policies):,} policies, each with the same"
        return (title.replace(f"{name}:", policies), *overrides)

    def tables(self) -> tuple[Table, ...]:
        """Return a table for each row asked for: a line a policy, the scenario as given first."""
        title = "What would each policy do to {}? Changes from the scenario as given"
        names = self.measures
        return tuple(
            self.table_of(row, title.format(in_sentence(row)), [(row, name) for name in names], self.shown)
            for row in self.question.rows
        )

    def table_of(self, name: str, title: str, places: Sequence[Place], policies: Sequence[int]) -> Table:
        """Return a line a policy, the scenario as given first: its keys, and measures with their changes."""
        found = []
        for at, key in enumerate(self.question.keys):
            heading = _heading(key, self.question.keys)
            found.append(
                text(heading, ("as given", *(self.policies[number][at] for number in policies)), key)
            )
        for row, measure in places:
            if base := self.base.get((row, measure)):
                paired = [PairedEstimate(base, None), *(self.estimate(at, measure, row) for at in policies)]
                estimates = [one.estimate if one else None for one in paired]
                found += with_change(measures(measure, estimates), paired)
        return Table(name, title, tuple(found), keys=len(self.question.keys))

    @cached_property
    def shown(self) -> tuple[int, ...]:
        """Numbers of the policies that a page shows: all, or the best by the first measure."""
        everyone = range(len(self.policies))
        if len(everyone) <= MOST_ROWS:
            return tuple(everyone)
        row, measure = self._ranked_by
        sign = 1 if columns(MOST_YEARS)[measure].measure.less_is_better else -1
        # What has no such measure is nan, and comes last.
        order = np.argsort(sign * self.numbers[:, self._position[row, measure], 0], kind="stable")
        return tuple(order[:MOST_ROWS].tolist())

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
        so_many = (
            f"Of {len(self.policies):,} policies, so many change it beyond chance for all clusters together"
        )
        said = [f"{so_many}: {listed(moved)}."] if moved else []
        if still:
            said.append(f"No policy changes {listed(still)} for all clusters together.")
        return tuple(said)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        notes = [
            *policy_notes(self.scenario, self.question.keys, self.policies),
            mark_means(),
            self.errors_note,
        ]
        if len(self.shown) < len(self.policies):
            row, measure = self._ranked_by
            by = heading_of(measure) + ("" if row == ALL_CLUSTERS else f" for {in_sentence(row)}")
            best = f"The best {MOST_ROWS} of {len(self.policies):,} policies by {by}"
            notes.insert(0, f"{best} are shown; a file of --out has them all.")
        return tuple(notes)

    def every_number(self) -> pd.DataFrame:
        """Return every estimate: a row a policy, cluster and measure, with a column for each key."""
        import pandas as pd

        keys = dict(zip(self.question.keys, map(_typed, zip(*self.policies, strict=True)), strict=True))
        places = pd.DataFrame(self.question.places, columns=["cluster", "measure"])
        places["unit"] = [str(unit_of(measure)) for measure in places["measure"]]
        table = pd.DataFrame(keys).merge(places, how="cross")
        table[list(NUMBERS)] = self.numbers.reshape(-1, len(NUMBERS))
        return table[table["value"].notna()].reset_index(drop=True)

    @cached_property
    def _position(self) -> dict[Place, int]:
        return {place: position for position, place in enumerate(self.question.places)}


def _typed(texts: Sequence[str]) -> list[float] | list[int] | list[str]:
    """Return a key's values as numbers where all are."""
    for kind in (int, float):
        try:
            return [kind(text) for text in texts]
        except ValueError:
            continue
    return list(texts)


_POLICIES_AT_ONCE = 4
"""Few, so that little is lost when a sweep is stopped; enough to hide what a task costs."""


def sweep(
    scenario: Scenario,
    vary: Mapping[str, Values],
    *,
    together: bool = False,
    measures: Sequence[str] | None = None,
    clusters: Sequence[str] | None = None,
    draws: Draws = Draws(),
    progress: Callable[[int], None] = lambda policies_done: None,
) -> Sweep:
    """Estimate every measure under many policies, and how far each is from the scenario as given.

    All policies have the same draws, so that a difference carries the small error of a paired
    difference. A policy of rules alone costs its settlement; one that changes demand, what it draws.

    Parameters
    ----------
    scenario : Scenario
        The base policy.
    vary : mapping of str to values
        By key, its values: ``{"rules.surplus.practice_share": [0.05, 0.1]}``, or text such as
        ``"0.05:0.2:0.05"``.
    together : bool
        Whether the keys' values step side by side; otherwise each value meets every other.
    measures, clusters : sequence of str, optional
        Columns and rows of the summary; all of them when left out. The PCT's row is always there.
    draws : Draws
        As for `simulate`; any number of workers gives the same answer.
    progress : callable
        Called with the number of policies done, now and then.

    Returns
    -------
    Sweep
        Every estimate, by policy, cluster and measure.

    Raises
    ------
    InputError
        With everything that is wrong with any policy, before anything is drawn.
    """
    question = sweep_question(
        scenario, vary, together=together, measures=measures, clusters=clusters, draws=draws
    )
    return run_sweep(question, draws.workers, lambda done, _: progress(done))


def run_sweep(
    question: SweepQuestion,
    workers: Workers = 1,
    progress: Callable[[int, int], None] = lambda policies_done, of_policies: None,
    found: Mapping[int, FloatArray] | None = None,
    keep: Callable[[int, FloatArray], None] = lambda number, numbers: None,
) -> Sweep:
    """Run a sweep that is checked."""
    draws = SharedDraws(SettledDraws(question.contracts, question.seed, workers))
    base = samples_at(draws.simulate(question.scenario), question.places)
    everything = dict(found or {})
    order = question.order(partial(question.moved, draws, base))
    left = [number for number in order if number not in everything]
    tasks = [left[start : start + _POLICIES_AT_ONCE] for start in range(0, len(left), _POLICIES_AT_ONCE)]
    # Each process goes on from the draws of the base, and draws what it needs by itself.
    work = partial(_estimate, question, SharedDraws(draws.draws.alone()), InTurn(base))
    for position, numbers in run_blocks(work, tasks, workers):
        for number, of_policy in zip(tasks[position], numbers, strict=True):
            everything[number] = of_policy
            keep(number, of_policy)
        progress(len(everything), len(question.policies))
    in_order = np.stack([everything[number] for number in range(len(question.policies))])
    estimates = {place: one.estimate for place, one in base.against(base).items()}
    return Sweep(question.scenario, question.contracts, question.seed, question, in_order, estimates)


def _estimate(
    question: SweepQuestion, draws: SharedDraws, in_turn: InTurn, policies: Sequence[int]
) -> list[FloatArray]:
    """Return the numbers of a few policies: all that goes back from a process."""
    found = (in_turn.compared(question.samples(draws, number)) for number in policies)
    return [numbers_of(estimates, question.places) for estimates in found]


def _heading(key: str, keys: Sequence[str]) -> str:
    """Return a key as charts and sentences have it; spelt out where others would have the same words."""
    words = setting(key)
    if sum(setting(one) == words for one in keys) > 1:
        # With spaces, so that a long key can be wrapped.
        return " ".join(map(spaced, key.split(".")))
    return words
