"""What charts and documents may ask of one scenario: each answer worked out once, when first asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, cast

from numpy.typing import NDArray

from simulator.errors import Problems, unknown
from simulator.execution.blocks import Workers
from simulator.questions.bond.answer import BondAnswer
from simulator.questions.bond.ask import bond
from simulator.questions.compare.answer import Comparison
from simulator.questions.compare.ask import compare
from simulator.questions.compare.regimes import RegimeComparison
from simulator.questions.explain.answer import Explanation
from simulator.questions.explain.ask import explain
from simulator.questions.luck.answer import LuckAnswer
from simulator.questions.luck.ask import luck
from simulator.questions.months.ask import RunningPosition, running_position
from simulator.questions.size.answer import Sizes
from simulator.questions.size.ask import size
from simulator.questions.worth.ask import ActionWorth, worth
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import quantile
from simulator.risk.measures import columns, estimates_of, measure_samples
from simulator.scenario.doubts import doubt_in_words
from simulator.scenario.regimes import Regime, as_regimes, expanded
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import saving_every_year
from simulator.simulation.draws import Draws
from simulator.simulation.pipeline import simulate
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws

_MARKS = (("illustrative", "illustrativ"), ("assumptions", "assumption"))
Answer = TypeVar("Answer")


@dataclass(frozen=True, eq=False)
class Study:
    """A result, and what else there is to know about its scenario with the same contracts and seed."""

    result: Result  # from `simulate`
    workers: Workers = 1  # who does what is simulated on top; no effect on numbers
    only: tuple[str, ...] = ()  # clusters to draw where a chart is of them all; none for every one
    _asked: dict[tuple[str, ...], Any] = field(default_factory=dict, init=False, repr=False)

    @property
    def scenario(self) -> Scenario:
        """What was simulated."""
        return self.result.scenario

    @property
    def clusters(self) -> tuple[str, ...]:
        """Names of the clusters."""
        return self.result.plan.axes.clusters

    @property
    def years(self) -> tuple[str, ...]:
        """Labels of the contract years."""
        return self.result.years

    @cached_property
    def books(self) -> dict[str, AccountBook]:
        """Every contract's flows, by cluster and then for the PCT."""
        books = account_books(self.result.contract_outcomes, self.result.plan.terms)
        return {book.name: book for book in books}

    def samples(self, name: str) -> dict[str, NDArray[Any]]:
        """Return the values of every measure that a row has, by column, each of shape (contract,)."""
        self._check(name)
        return self._once(
            ("samples", name),
            lambda: {column.name: found for column, found in measure_samples(self.books[name])},
        )

    def estimate(self, name: str, column: str) -> Estimate:
        """Return a number of the summary: a row's, and a column's; InputError for what there is not."""
        found = self.estimates_of(name)
        Problems(unknown("measure", column, tuple(found))).report()
        return found[column]

    def estimates_of(self, name: str) -> dict[str, Estimate]:
        """Return the numbers of the summary that a row has, by column; InputError for no row."""
        self._check(name)
        return {row.name: row.estimates for row in self.result.rows}[name]

    def some_of(self, name: str, measures: Sequence[str]) -> dict[str, Estimate]:
        """Return some of the numbers that `estimates_of` has, without working out the others."""
        self._check(name)
        return estimates_of(self.books[name], measures)

    def some_samples(self, name: str, measure: str) -> NDArray[Any] | None:
        """Return the values of one measure that `samples` has; None where a row has it not."""
        self._check(name)
        book = self.books[name]
        return columns(len(book.year_months))[measure].of(book)

    def _check(self, name: str, *, with_pct: bool = True) -> None:
        known = (*self.clusters, ALL_CLUSTERS) if with_pct else self.clusters
        Problems(unknown("cluster", name, known)).report()

    def of_some(self, clusters: Sequence[str]) -> Study:
        """Return the study for charts of some clusters; what was asked of one is known to the other."""
        for name in clusters:
            self._check(name)
        some = replace(self, only=tuple(name for name in self.clusters if name in clusters))
        object.__setattr__(some, "_asked", self._asked)
        return some

    def chosen(self, cluster: str | None, *, with_pct: bool = False) -> tuple[str, ...]:
        """Return the clusters to draw."""
        if cluster is None:
            return self.only or self.clusters
        self._check(cluster, with_pct=with_pct)
        return (cluster,)

    def chosen_and_all(self, cluster: str | None) -> tuple[str, ...]:
        """Return the clusters to draw, with the PCT below where they are several."""
        names = self.chosen(cluster, with_pct=True)
        return (*names, ALL_CLUSTERS) if len(names) > 1 else names

    @cached_property
    def explanation(self) -> Explanation:
        """Where the variance of the outturn comes from."""
        return explain(self.scenario, draws=self.draws)

    @cached_property
    def without_saving(self) -> Result:
        """The same contracts, had no cluster truly saved anything: what luck alone brings."""
        settings = self.scenario.settings
        unsaving = self.scenario.with_clusters(dict.fromkeys(self.clusters, saving_every_year(0.0)))
        if unsaving.settings.clusters == settings.clusters and not settings.actions:
            return self.result
        return simulate(unsaving.with_settings(actions=()), self.draws)

    @cached_property
    def worth(self) -> ActionWorth:
        """What each action of the scenario is worth; InputError where there is none."""
        return worth(self.scenario, draws=self.draws)

    @cached_property
    def size(self) -> Sizes:
        """Risk against the size of a cluster."""
        return size(self.scenario, draws=self.draws)

    @cached_property
    def luck(self) -> LuckAnswer:
        """What practices are paid for luck, and which rules would change that."""
        return luck(self.scenario, draws=self.draws)

    def bond(self, cluster: str) -> BondAnswer:
        """Return how big a bond a cluster needs, and what the posted one does."""
        return self._once(("bond", cluster), lambda: bond(self.scenario, cluster, draws=self.draws))

    def regimes(self, files: Sequence[str | Path | Regime]) -> RegimeComparison:
        """Return what each party has under each regime, for every cluster."""
        laid = as_regimes(expanded(files))

        def ask() -> Comparison:
            return compare([self.scenario], regimes=laid, clusters=self.clusters, draws=self.draws)

        asked = "regimes", *(one.source + one.text for one in laid)
        return cast("RegimeComparison", self._once(asked, ask))

    def first_year_of(self, cluster: str | None) -> str:
        """Return the contract year in which a cluster first takes part; of all, that of the first to."""
        first_year = self.result.plan.terms.first_year
        at = first_year[self.clusters.index(cluster)] if cluster in self.clusters else first_year.min()
        return self.years[int(at)]

    def running_position(self, year: str) -> RunningPosition:
        """Return spend less budget as a year goes on, month by month."""
        return self._once(("months", year), lambda: running_position(self.scenario, year, draws=self.draws))

    def _once(self, question: tuple[str, ...], ask: Callable[[], Answer]) -> Answer:
        """Return the answer to a question, asked when it is first wanted."""
        if question not in self._asked:
            self._asked[question] = ask()
        answer: Answer = self._asked[question]
        return answer

    @cached_property
    def shared(self) -> SharedDraws:
        """The study's draws, for what its scenario would be otherwise."""
        return SharedDraws.of(self.scenario, self.draws)

    @property
    def source(self) -> str:
        """Where the numbers come from, for the foot of a chart."""
        return source_of(self.scenario, self.result.contracts, self.result.seed)

    @property
    def draws(self) -> Draws:
        """How the result was drawn."""
        return Draws(self.result.contracts, self.result.seed, self.workers)


def fan_of(samples: NDArray[Any]) -> dict[float, Estimate]:
    """Return the quantiles between which nine samples in ten lie, and half of them, and the median."""
    return {level: quantile(samples, level) for level in (0.05, 0.25, 0.5, 0.75, 0.95)}


def source_of(scenario: Scenario, contracts: int, seed: int) -> str:
    """Return where numbers come from, for the foot of a chart."""
    parts = [f"{scenario.settings.title}: {contracts:,} simulated contracts, seed {seed}."]
    if scenario.laid_over:
        parts.append(f"With {', '.join(scenario.laid_over)}.")
    text = scenario.text.lower()
    if marks := [mark for mark, sign in _MARKS if sign in text]:
        parts.append(f"Some of its figures are {' or '.join(marks)}, marked in the scenario file.")
    doubt = doubt_in_words(scenario.settings)
    parts.append(f"Intervals are 95% and of sampling error only{doubt and f'; {doubt}'}.")
    return " ".join(parts)
