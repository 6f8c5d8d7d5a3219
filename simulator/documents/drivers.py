"""What results depend on: settings moved up one by one, sizes of cluster, and rules about luck."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.drivers import Move, figures_of, terms_at_plan_of, usual_moves
from simulator.charts.study import Study
from simulator.documents.what_ifs import OVERSPEND, Place
from simulator.questions.luck.answer import LuckAnswer, who_can_be_paid
from simulator.questions.luck.ask import luck_on
from simulator.questions.luck.estimates import (
    SAVERS,
    SAVERS_OF_A_YEAR,
    SHARE,
    UNPAID,
    change_of,
    of_a_cluster_difference,
)
from simulator.questions.size.answer import (
    BAD_OVERSPEND,
    Sizes,
    a_head,
    overspend_column,
)
from simulator.questions.size.answer import OVERSPEND as OVERSPENT
from simulator.questions.size.ask import size
from simulator.records import BUDGET, Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean_difference
from simulator.risk.estimators import Quantile
from simulator.risk.positions import gain_gbp, pct_net_gbp
from simulator.rules.surplus import SurplusSplit
from simulator.simulation.result import Result
from simulator.simulation.shared_draws import SharedDraws

MOVED_CHANCE, MOVED_GAIN, MOVED_PCT = "change_of_chance_share", "change_of_gain_gbp", "change_of_pct_gbp"
MOVED_RESERVE, MOVED_OUTTURN = "change_of_reserve_gbp", "change_of_outturn_gbp"
"""Of what is enough to meet the PCT's losses in 95 contracts of 100; of budget less spend of all clusters."""
RESERVE = Quantile(0.95)
NO_CHANGE = Estimate(0.0, 0.0, 0.0, 0.0)
"""What cannot be otherwise."""
MOST_CONTRACTS = 2_000
"""Contracts that a ranking needs; more are drawn for no other answer here."""
SAVING = 0.02
"""True saving at which rules are compared (assumption)."""
LUCK_COLUMNS = (SHARE, change_of(SHARE), UNPAID, change_of(UNPAID))
SIZE_CHANCE = overspend_column(0.0)
LAST_YEAR = "last_year_overspend_probability"
"""Of a cluster of some size, in the last contract year."""
ENOUGH_PEOPLE, CALM_PEOPLE = "enough_people", "calm_people"
LITTLE_MORE, LITTLE_CHANCE = 0.1, 0.01
"""A cluster is large enough if its outturn spreads by so much more than that of any size; or if chance alone
spreads it by so little of the budget (assumptions)."""
_PEOPLE, _POINTS = (2_000.0, 200_000.0), 5
"""Sizes of cluster that are shown (assumptions)."""


@dataclass(frozen=True, eq=False)
class Drivers:
    """What the results of a study depend on."""

    study: Study  # of the scenario as it is

    @cached_property
    def few(self) -> Study:
        """The study, on no more contracts than a ranking needs."""
        if self.study.result.contracts <= MOST_CONTRACTS:
            return self.study
        return Study(self._few_draws.simulate(self.study.scenario))

    @cached_property
    def _few_draws(self) -> SharedDraws:
        if self.study.result.contracts <= MOST_CONTRACTS:
            return self.study.shared
        return self.study.shared.of_first(MOST_CONTRACTS)

    @cached_property
    def moves(self) -> dict[str, dict[str, Estimate]]:
        """Changes of the chance, of practices' gain and of the PCT's position by what is moved up; ranked."""
        base = _Ends.of(self.few, self.few.result)
        found = {}
        for move in self._usual:
            if move.high:
                varied = move.moved or self.study.scenario.vary(*move.high)
                moved = self._few_draws.simulate(varied)
                found[_words(move)] = _Ends.of(self.few, moved, move).against(base)
        return dict(sorted(found.items(), key=lambda one: _rank(one[1]), reverse=True))

    @cached_property
    def figures(self) -> dict[str, dict[str, float]]:
        """The numbers that are moved, by its words and their keys."""
        found = figures_of(self.study.scenario, self._usual)
        return {_words(move): found[move.words] for move in self._usual}

    @cached_property
    def _usual(self) -> tuple[Move, ...]:
        return tuple(usual_moves(self.study.scenario, only_up=True))

    @property
    def has_luck(self) -> bool:
        """Whether anybody can be paid a share of a surplus."""
        settings = self.study.scenario.settings
        has_split = any(isinstance(rule, SurplusSplit) for rule in settings.rules)
        return has_split and bool(who_can_be_paid(settings))

    @cached_property
    def luck(self) -> LuckAnswer | None:
        """What other rules would pay for luck; None where nobody can be paid a share."""
        if not self.has_luck:
            return None
        return luck_on(self.study.shared, self.study.scenario, (SAVING,), SAVING)

    @cached_property
    def sizes(self) -> Sizes:
        """Risk by size of cluster."""
        return size(self.study.scenario, _PEOPLE, _POINTS, draws=self.few.draws)

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        for words, changes in self.moves.items():
            yield from (((words, measure), one) for measure, one in changes.items())
        yield from self._of_sizes()
        if self.luck:
            for policy in self.luck.policy_names:
                known = self.luck.row(policy).estimates, self.luck.row(policy, SAVING).estimates
                for measure, of in zip(LUCK_COLUMNS, (known[0], known[0], known[1], known[1]), strict=True):
                    if measure in of:
                        yield (policy, luck_measure(measure)), of[measure]
            yield from _of_savers(self.luck)
        yield from self._enough()

    def _of_sizes(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield overspends by size: in the last of several years, and over the contract."""
        *years, _ = self.sizes.rows[0].by_span
        amounts = (OVERSPENT, BAD_OVERSPEND)
        for row in self.sizes.rows:
            for name in (SIZE_CHANCE, *amounts, *map(a_head, amounts)):
                yield (of_people(row.people), of_size(name)), row.whole[name]
            if len(years) > 1:
                yield (of_people(row.people), LAST_YEAR), row.by_span[years[-1]][SIZE_CHANCE]

    def _enough(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield sizes of cluster that are enough, by two measures."""
        chance = self.sizes.chance
        if self.sizes.balance_people and (enough := chance.people_where_it_adds((1 + LITTLE_MORE) ** 2 - 1)):
            yield (ALL_CLUSTERS, ENOUGH_PEOPLE), enough
        if calm := chance.people_where_sd_is(LITTLE_CHANCE):
            yield (ALL_CLUSTERS, CALM_PEOPLE), calm


@dataclass(frozen=True, slots=True)
class _Ends:
    """What is compared: arrays over contracts, of all clusters together where nothing else is said."""

    overspent: np.ndarray[tuple[int, int], np.dtype[np.bool_]]  # shape (contract, cluster)
    gain_gbp: FloatArray
    pct_gbp: FloatArray
    left_gbp: FloatArray  # budget less spend, shape (contract, cluster)

    @classmethod
    def of(cls, base: Study, result: Result, move: Move | None = None) -> _Ends:
        """Return them of a result, with the PCT's position against the plan of a study."""
        terms = terms_at_plan_of(base, result, plan_follows=move is not None and move.plan_follows)
        *books, together = account_books(result.contract_outcomes, terms)
        overspent = np.column_stack([_overspent(book) for book in books])
        left = np.column_stack([book.total_gbp(BUDGET) - book.spend_gbp for book in books])
        return cls(overspent, gain_gbp(together, Account.PRACTICES), pct_net_gbp(together), left)

    def against(self, base: _Ends) -> dict[str, Estimate]:
        chance = of_a_cluster_difference(self.overspent, base.overspent)
        if np.array_equal(self.left_gbp, base.left_gbp):
            # Who has what of the same outturn makes no overspend likelier.
            chance = NO_CHANGE
        found = {
            MOVED_CHANCE: chance,
            MOVED_GAIN: mean_difference(self.gain_gbp, base.gain_gbp),
            MOVED_PCT: mean_difference(self.pct_gbp, base.pct_gbp),
            MOVED_OUTTURN: mean_difference(self.left_gbp.sum(axis=1), base.left_gbp.sum(axis=1)),
        }
        if self.pct_gbp.size >= RESERVE.fewest_contracts:
            found[MOVED_RESERVE] = RESERVE.difference(-self.pct_gbp, -base.pct_gbp)
        return found


def _words(move: Move) -> str:
    return move.words.replace("±", "+")


def _overspent(book: AccountBook) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    from simulator.risk.measures import columns

    samples = columns(len(book.year_months))[OVERSPEND].measure.of(book)
    return np.zeros(len(book.takes_part), bool) if samples is None else samples


def _rank(changes: dict[str, Estimate]) -> tuple[float, float]:
    """Return what settings are ranked by: the chance, to a tenth of a point, and then practices' gain."""
    return round(abs(changes[MOVED_CHANCE].value), 3), abs(changes[MOVED_GAIN].value)


def _of_savers(luck: LuckAnswer) -> Iterator[tuple[Place, Estimate]]:
    """Yield which part of surpluses is a true saver's, for each cluster and on average."""
    for name in luck.names:
        found = luck.row(saving=SAVING, cluster=name).estimates
        yield from (((name, one), found[one]) for one in (SAVERS_OF_A_YEAR, SAVERS) if one in found)


def of_fewer(contracts: int) -> str:
    """Return, for a title, that a table is of fewer contracts than all others; nothing where it is not."""
    return f"; from {MOST_CONTRACTS:,} contracts" * (contracts > MOST_CONTRACTS)


def of_people(people: float) -> str:
    """Return the row of a size of cluster."""
    return f"a cluster of {people:,.0f}"


def of_size(measure: str) -> str:
    """Return the measure of a size of cluster: amounts a head are read in whole pounds, not in thousands."""
    return measure.replace("_gbp_per_head", "_a_head_gbp")


def luck_measure(measure: str) -> str:
    """Return the measure of a rule that is compared."""
    return f"luck_{measure}"
