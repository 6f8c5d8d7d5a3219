"""What practices keep in a middle year, how often nothing, and what a true saving makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import BETTER_OFF, GAIN, OF_A_CLUSTER, SAVINGS, Place, WhatIfs, better_off
from simulator.questions.luck.answer import who_can_be_paid
from simulator.questions.luck.estimates import of_a_cluster, ratio
from simulator.records import Account, BoolArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import gain_gbp
from simulator.rules.surplus import SurplusSplit

MIDDLE_YEAR = "practice_share_middle_year_gbp"
"""Half of all contract years bring a larger practice share for twelve months, and half a smaller one."""
NO_SHARE_OF_YEAR, NO_SHARE = "no_share_of_a_year_probability", "no_share_at_all_probability"
SAVED_GBP = "saved_gbp_per_year"
"""What a true saving comes to in an average cluster."""
TOLD = (0.0, 0.02, 0.05)
"""True savings that are told in words (assumptions)."""


@dataclass(frozen=True, eq=False)
class KeptShares:
    """The practice share of a middle year and of none, and practices after true savings."""

    what_ifs: WhatIfs  # of the scenario as it is

    @property
    def study(self) -> Study:
        """The scenario as it is."""
        return self.what_ifs.study

    @cached_property
    def split(self) -> SurplusSplit | None:
        """The rule about surpluses; None where nobody can be paid a share of one."""
        settings = self.study.scenario.settings
        found = next((one for one in settings.rules if isinstance(one, SurplusSplit)), None)
        return found if who_can_be_paid(settings) else None

    @cached_property
    def _paid(self) -> tuple[str, ...]:
        """The clusters that can be paid a share."""
        return tuple(self.study.clusters[at] for at in who_can_be_paid(self.study.scenario.settings))

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        if self.split is None:
            return
        for name in (*self._paid, ALL_CLUSTERS):
            if self.split.settlement == "each_year":
                yield (name, MIDDLE_YEAR), _middle(self.study.books[name])
                yield (name, NO_SHARE_OF_YEAR), _none_of_a_year([self.study.books[name]])
            yield (name, NO_SHARE), of_a_cluster(_without_share(self.study, [name]))
        if self.split.settlement == "each_year":
            none = _none_of_a_year([self.study.books[name] for name in self._paid])
            yield (ALL_CLUSTERS, f"{OF_A_CLUSTER}{NO_SHARE_OF_YEAR}"), none
        yield (
            (ALL_CLUSTERS, f"{OF_A_CLUSTER}{NO_SHARE}"),
            of_a_cluster(_without_share(self.study, self._paid)),
        )
        for saving in self.savings:
            yield from self._after(saving)

    @cached_property
    def is_nothing_in_the_middle(self) -> bool:
        """Whether every cluster's practices keep nothing in the middle year, beyond chance."""
        if self.split is None or self.split.settlement != "each_year":
            return False
        return not any(_middle(self.study.books[name]).high for name in self._paid)

    @cached_property
    def savings(self) -> dict[float, str]:
        """True savings that are tried, each with what it is: nothing, or that of an even chance."""
        even = self.what_ifs.even_saving
        found = dict.fromkeys(SAVINGS, "") | ({even.value: "an even chance"} if even else {})
        return dict(sorted(found.items()))

    def _after(self, saving: float) -> Iterator[tuple[Place, Estimate]]:
        """Yield what practices gain if every cluster truly saves so much, and how often."""
        study, row, plan = self.what_ifs.at_saving(saving), after_saving(saving), self.study.result.plan
        gain = gain_gbp(study.books[ALL_CLUSTERS], Account.PRACTICES)
        every = range(len(self.study.clusters))
        care_gbp = sum(float(plan.terms.planned_gbp[:, at].sum()) * plan.per_case_share([at]) for at in every)
        gbp = saving * care_gbp / len(every) / (sum(plan.terms.year_months) / 12)
        yield (row, f"{OF_A_CLUSTER}{BETTER_OFF}"), of_a_cluster(better_off(study))
        yield (row, f"{OF_A_CLUSTER}{NO_SHARE}"), of_a_cluster(_without_share(study, self._paid))
        yield (row, GAIN), mean(gain)
        yield (row, SAVED_GBP), Estimate(gbp, gbp, gbp)


def after_saving(saving: float) -> str:
    """Return the row of a true saving by every cluster."""
    return f"a true saving of {saving:.6g}"


def _without_share(study: Study, rows: Sequence[str]) -> BoolArray:
    """Return where no practice share is paid in the whole contract, shape (contract, row)."""
    return np.column_stack([study.books[one].practice_share_gbp for one in rows]) <= PENNY_GBP


def _counting(book: AccountBook) -> BoolArray:
    """Return which of a cluster's contract years count, shape (contract, year)."""
    return np.asarray(book.takes_part & (np.array(book.year_months) > 0))


def _none_of_a_year(books: Sequence[AccountBook]) -> Estimate:
    """Estimate how often a contract year brings no share, of some clusters together."""
    years = sum(_counting(one).sum(axis=1).astype(float) for one in books)
    without = sum((_counting(one) & _is_nothing(one)).sum(axis=1).astype(float) for one in books)
    found = ratio(np.asarray(without), np.asarray(years))
    if found is None:
        return Estimate(1.0, 1.0, 1.0)
    return Estimate(found.value, max(found.low, 0.0), min(found.high, 1.0), found.standard_error)


def _is_nothing(book: AccountBook) -> BoolArray:
    return np.asarray(book.practice_share_by_year_gbp <= PENNY_GBP)


def _middle(book: AccountBook) -> Estimate:
    """Estimate the share for twelve months of the middle one of all contract years that count.

    Years of a contract go together: the error of the part of years below the middle one is of contracts.
    """
    counts, months = _counting(book), np.maximum(book.year_months, 1)
    gbp = book.practice_share_by_year_gbp * 12 / months
    found = np.sort(gbp[counts])
    if not found.size:
        return Estimate(0.0, 0.0, 0.0)
    value = float(found[(found.size - 1) // 2])
    below = ratio((counts & (gbp <= value)).sum(axis=1).astype(float), counts.sum(axis=1).astype(float))
    half = below.half_width if below else 0.0
    ranks = (min(max(round((1 / 2 + one) * found.size), 0), found.size - 1) for one in (-half, half))
    low, high = (float(found[rank]) for rank in ranks)
    return Estimate(value, min(low, value), max(high, value))
