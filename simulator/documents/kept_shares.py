"""What practices keep in a middle year, how often nothing, and what a true saving makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import BETTER_OFF, GAIN, OF_A_CLUSTER, Place, WhatIfs, better_off
from simulator.questions.luck.answer import who_can_be_paid
from simulator.questions.luck.estimates import of_a_cluster, ratio
from simulator.records import Account, BoolArray, FloatArray
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
ALONE_GAIN = "gain_of_saving_alone_gbp"
"""What practices gain, each cluster's if that alone saves: added up over clusters."""
SAVINGS, TOLD = (0.0, 0.01, 0.02, 0.05, 0.1), (0.0, 0.02, 0.05)
"""True savings that are tried, as shares of the care that is paid by the case, and those told in words
(assumptions)."""


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
            yield from self._of_years(name, [self.study.books[name]])
            yield (name, NO_SHARE), of_a_cluster(_without_share(self.study, [name]))
        each = [self.study.books[name] for name in self._paid]
        for (row, measure), one in self._of_years(ALL_CLUSTERS, each):
            if measure == NO_SHARE_OF_YEAR:
                yield (row, f"{OF_A_CLUSTER}{measure}"), one
        yield (
            (ALL_CLUSTERS, f"{OF_A_CLUSTER}{NO_SHARE}"),
            of_a_cluster(_without_share(self.study, self._paid)),
        )
        for saving in self.savings:
            yield from self._after(saving)
        if self.alone_at is not None:
            yield (ALL_CLUSTERS, ALONE_GAIN), mean(sum(self._alone_gbp, np.zeros(len(self._alone_gbp[0]))))

    @cached_property
    def is_nothing_in_the_middle(self) -> bool:
        """Whether every cluster's practices keep nothing in the middle year, beyond chance."""
        found = [
            one
            for name in self._paid
            for (_, measure), one in self._of_years(name, [self.study.books[name]])
            if measure == MIDDLE_YEAR
        ]
        return bool(found) and not any(one.high for one in found)

    def _of_years(self, row: str, books: Sequence[AccountBook]) -> Iterator[tuple[Place, Estimate]]:
        """Yield the share of a middle year, and how often a year brings none."""
        if self.split is None or self.split.settlement != "each_year":
            return
        months = np.array([book.year_months for book in books], dtype=float).T
        counts = np.stack([book.takes_part for book in books], axis=2) & (months > 0)
        kept = np.stack([book.practice_share_by_year_gbp for book in books], axis=2)
        a_year = kept * 12 / np.where(months > 0, months, 12.0)
        if none := ratio(_years(counts & (kept <= PENNY_GBP)), _years(counts)):
            yield (row, NO_SHARE_OF_YEAR), Estimate(none.value, max(none.low, 0.0), min(none.high, 1.0))
            yield (row, MIDDLE_YEAR), _middle(a_year, counts)

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

    @cached_property
    def alone_at(self) -> float | None:
        """The saving of a cluster that saves alone: what all need; None where none is found."""
        needed = self.what_ifs.saving_needed
        return needed.value if needed and len(self.study.clusters) > 1 else None

    @cached_property
    def _alone_gbp(self) -> list[FloatArray]:
        """What practices of each cluster gain if that alone saves what all need, shape (contract,)."""
        return [self._gain_gbp(name, alone=name) for name in self.study.clusters]

    def _gain_gbp(self, name: str, alone: str = "") -> FloatArray:
        study = self.what_ifs.at_saving(self.alone_at or 0.0, alone)
        return gain_gbp(study.books[name], Account.PRACTICES)

    @cached_property
    def is_alike_alone(self) -> bool:
        """Whether what practices gain by a saving is, in every contract, the same whoever else saves."""
        every = (self._gain_gbp(name) for name in self.study.clusters)
        return all(
            bool((np.abs(one - other) <= PENNY_GBP).all())
            for one, other in zip(self._alone_gbp, every, strict=True)
        )


def after_saving(saving: float) -> str:
    """Return the row of a true saving by every cluster."""
    return f"a true saving of {saving:.6g}"


def _without_share(study: Study, rows: Sequence[str]) -> BoolArray:
    """Return where no practice share is paid in the whole contract, shape (contract, row)."""
    return np.column_stack([study.books[one].practice_share_gbp for one in rows]) <= PENNY_GBP


def _years(happened: BoolArray) -> FloatArray:
    """Return in how many years of all clusters something happens, shape (contract,)."""
    return np.asarray(happened.sum(axis=(1, 2)), dtype=float)


def _middle(gbp: FloatArray, counts: BoolArray) -> Estimate:
    """Estimate the middle one of all contract years that count, arrays (contract, year, cluster).

    Years of a contract go together: the error of the part of years below the middle one is of contracts.
    """
    found = np.sort(gbp[counts])
    value = found[(found.size - 1) // 2]
    below = ratio(_years(counts & (gbp <= value)), _years(counts))
    half = below.half_width if below else 0.0
    ends = (1 / 2 - half, 1 / 2 + half)
    low, high = (float(found[min(max(round(one * found.size), 0), found.size - 1)]) for one in ends)
    return Estimate(float(value), min(low, float(value)), max(high, float(value)))
