"""What the PCT must hold against a bad case, and what would protect it: who pays for how much of that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from simulator.charts.study import Study
from simulator.documents.drivers import (
    MOVED_GAIN,
    MOVED_PCT,
    MOVED_RESERVE,
    NO_CHANGE,
    RESERVE,
    SAVING,
    Drivers,
)
from simulator.documents.what_ifs import WhatIfs
from simulator.plain_words import per_cent_of
from simulator.questions.luck.answer import AS_IT_IS
from simulator.questions.luck.ask import PolicySizes, at_saving, policies_of
from simulator.records import Account, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, mean_difference, quantile
from simulator.risk.estimators import Quantile
from simulator.risk.positions import build_up_samples, gain_gbp, pct_net_by_year_gbp, pct_net_gbp
from simulator.rules.bond import Bond
from simulator.scenario.scenario import Scenario
from simulator.simulation.result import Result

RESERVE_OF_BUDGET = "reserve_95_of_budget_share"
PCT_BEARS = "pct_bears_gbp"
"""What the PCT pays, its pool included, on top of the budgets it hands out, less what comes back."""
MOVED_CARE = "change_of_care_gbp"
CONFIDENCES = (0.90, 0.95, 0.99)
EQUAL_GROWTH_RULE = "budgets that grow as costs do"
NO_SHARE = "no practice share and no bond, for any cluster"
TRUE_SAVING = f"a true saving of {per_cent_of(SAVING)} by every cluster"
_BONDS = (0.1, 0.2)
"""Larger bonds that are tried, as shares of a year's budget (assumptions)."""
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Protection:
    """The PCT's reserve, and what options do to it."""

    drivers: Drivers  # of the scenario as it is

    @property
    def study(self) -> Study:
        """The scenario as it is."""
        return self.drivers.study

    def reserves(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield what is enough to meet the PCT's losses, over the contract and in each year."""
        book = self.study.books[ALL_CLUSTERS]
        by_year = pct_net_by_year_gbp(book)
        samples = {"": pct_net_gbp(book)} | {
            f"_year_{at + 1}": by_year[:, at] for at in range(by_year.shape[1])
        }
        for span, net in samples.items():
            for one in CONFIDENCES:
                if net.size >= Quantile(one).fewest_contracts:
                    yield (ALL_CLUSTERS, f"{reserve_at(one)}{span}"), _held(quantile(-net, one), 1.0)
        a_year = self.study.estimate(ALL_CLUSTERS, "annual_budget_gbp").value
        if net.size >= RESERVE.fewest_contracts and a_year > 0:
            # A year's budget is known a hundred times better than the tail.
            yield (ALL_CLUSTERS, RESERVE_OF_BUDGET), _held(quantile(-samples[""], RESERVE.level), 1 / a_year)

    @cached_property
    def options(self) -> dict[str, dict[str, Estimate]]:
        """What each option changes, by its words."""
        base, found = self.study.books[ALL_CLUSTERS], {}
        for words, changed in self._options():
            changes = _changes(Study(changed).books[ALL_CLUSTERS], base)
            if any(one is not NO_CHANGE for one in changes.values()):
                found[words] = changes
        return found

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        yield from self.reserves()
        kept_back, *_, net = dict(build_up_samples(self.study.books[ALL_CLUSTERS])).values()
        yield (ALL_CLUSTERS, PCT_BEARS), mean(kept_back - net)
        for words, changes in self.options.items():
            yield from (((words, measure), one) for measure, one in changes.items())

    def _options(self) -> Iterator[tuple[str, Result]]:
        """Yield other rules, larger bonds, other budgets and true savings, each on the same draws."""
        scenario, simulate = self.study.scenario, self.study.shared.simulate
        if self.drivers.has_luck:
            policies = policies_of(scenario, PolicySizes())
            yield from ((words, simulate(one)) for words, one in policies.items() if words != AS_IT_IS)
        if any(isinstance(rule, Bond) for rule in scenario.settings.rules):
            for share in _BONDS:
                if larger := self._with_bonds(scenario, share):
                    yield f"bonds of {per_cent_of(share)} of a year's budget", simulate(larger)
        if any(one.has_bond for one in self.study.books.values()):
            none = {name: {"takes_share": False} for name in self.study.clusters}
            yield NO_SHARE, simulate(scenario.with_clusters(none))
        if equal := WhatIfs(self.study).at_equal_growth:
            yield EQUAL_GROWTH_RULE, equal.result
        if not scenario.settings.truly_saves:
            yield TRUE_SAVING, simulate(at_saving(scenario, SAVING))

    def _with_bonds(self, scenario: Scenario, share: float) -> Scenario | None:
        """Return the scenario with bonds of a share of a year's budget; None where some are larger now."""
        larger = {}
        for name in self.study.clusters:
            budget, posted = (
                self.study.estimates_of(name).get(measure)
                for measure in ("annual_budget_gbp", "bond_posted_gbp")
            )
            if budget and posted and self.study.books[name].has_bond:
                if posted.value >= share * budget.value:
                    return None
                larger[name] = {"bond_gbp": share * budget.value}
        varied = scenario.with_clusters(larger)
        return None if varied is scenario else varied


def reserve_at(confidence: float) -> str:
    """Return the name of a reserve that is enough with a probability."""
    return f"reserve_{100 * confidence:.0f}_gbp"


def _held(needed: Estimate, part: float) -> Estimate:
    """Return a reserve as a part of something: nothing where the PCT gains even then."""
    value, low, high = (part * max(end, 0.0) for end in (needed.value, needed.low, needed.high))
    return Estimate(value, low, high)


def _changes(book: AccountBook, base: AccountBook) -> dict[str, Estimate]:
    """Return what an option changes, from the books of all clusters together under it and as it is."""
    found = {
        MOVED_PCT: mean_difference(pct_net_gbp(book), pct_net_gbp(base)),
        MOVED_GAIN: mean_difference(*(gain_gbp(one, Account.PRACTICES) for one in (book, base))),
        MOVED_CARE: mean_difference(*(_care_gbp(one) for one in (book, base))),
    }
    if pct_net_gbp(book).size >= RESERVE.fewest_contracts:
        found[MOVED_RESERVE] = RESERVE.difference(-pct_net_gbp(book), -pct_net_gbp(base))
    # Less than half a penny is the rounding of sums.
    return {name: one if max(one.high, -one.low) > PENNY_GBP else NO_CHANGE for name, one in found.items()}


def _care_gbp(book: AccountBook) -> FloatArray:
    return book.gained_gbp((Account.REINVESTMENT,))
