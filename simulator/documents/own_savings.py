"""What practices gain in a middle and a good case, and what a true saving would do for each cluster."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.charts.study import Study
from simulator.documents.what_ifs import BETTER_OFF, GAIN, OVERSPEND, SOME_SAVE, Place, WhatIfs
from simulator.questions.luck.answer import who_can_be_paid
from simulator.records import BUDGET, Account
from simulator.risk.account_book import PENNY_GBP, AccountBook
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import mean, probability
from simulator.risk.estimators import Quantile
from simulator.risk.positions import gain_gbp
from simulator.rules.surplus import SurplusSplit

SAVINGS = (0.0, 0.02, 0.05)
"""True savings that are tried, as shares of the care that is paid by the case (assumptions)."""
SHARE = "practice_share_gbp"
MIDDLE_GAIN, GOOD_GAIN = "practice_net_gain_middle_gbp", "practice_net_gain_best_1_in_20_gbp"
MIDDLE_SHARE, GOOD_SHARE = "practice_share_middle_gbp", "practice_share_best_1_in_20_gbp"
"""What the middle one of all contracts brings, and what only one in twenty exceeds."""
GAIN_THEN = "practice_net_gain_where_better_off_gbp"
"""What practices gain on average in contracts in which they gain anything."""
_MIDDLE, _GOOD = Quantile(0.5), Quantile(0.95)


@dataclass(frozen=True, eq=False)
class OwnSavings:
    """How practices of each cluster fare, as things are and if clusters truly saved."""

    what_ifs: WhatIfs  # of the scenario as it is

    @property
    def study(self) -> Study:
        """The scenario as it is."""
        return self.what_ifs.study

    @property
    def names(self) -> tuple[str, ...]:
        """The clusters whose practices can be paid a share."""
        settings = self.study.scenario.settings
        if not any(isinstance(rule, SurplusSplit) for rule in settings.rules):
            return ()
        return tuple(self.study.clusters[at] for at in who_can_be_paid(settings))

    def estimates(self) -> dict[Place, Estimate]:
        """Return the cases of the scenario as it is, and every number of each saving."""
        return self._found[0]

    @property
    def others_matter(self) -> bool:
        """Whether what some clusters save moves what practices of others gain, in any contract."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[dict[Place, Estimate], bool]:
        if not self.names:
            return {}, False
        studies = {saving: self.what_ifs.at_saving(saving) for saving in SAVINGS}
        found = {(name, one): value for name in self.names for one, value in _cases(self.study.books[name])}
        for saving, saved in studies.items():
            for name in self.names:
                row, book = of_saving(name, saving), saved.books[name]
                gain = gain_gbp(book, Account.PRACTICES)
                over = book.spend_gbp - book.total_gbp(BUDGET)
                found |= {
                    (row, OVERSPEND): probability(over > PENNY_GBP),
                    (row, SHARE): mean(book.practice_share_gbp),
                    (row, GAIN): mean(gain),
                    (row, BETTER_OFF): probability(gain > PENNY_GBP),
                }
                found |= {(row, one): value for one, value in _cases(book)}
        return found, self._is_mixed(studies[SAVINGS[0]], studies[SAVINGS[-1]])

    def _is_mixed(self, none: Study, every: Study) -> bool:
        """Return whether clusters gain anything else where every second one saves.

        Those must gain what they gain where all save, and the rest what they gain where none does.
        """
        some = self.what_ifs.at_saving(*SOME_SAVE)
        apart = (
            gain_gbp(some.books[name], Account.PRACTICES)
            - gain_gbp((every, none)[at % 2].books[name], Account.PRACTICES)
            for at, name in enumerate(self.study.clusters)
        )
        return any(np.abs(one).max() > PENNY_GBP for one in apart)


def of_saving(name: str, saving: float) -> str:
    """Return the row of a cluster that truly saves so much, as all others do."""
    return f"{name}, {100 * saving:g}% truly saved"


def _cases(book: AccountBook) -> Iterator[tuple[str, Estimate]]:
    """Yield what practices keep and gain in a middle and a good case, and where they gain anything."""
    gain, share = gain_gbp(book, Account.PRACTICES), book.practice_share_gbp
    measures = (
        (MIDDLE_GAIN, gain, _MIDDLE),
        (GOOD_GAIN, gain, _GOOD),
        (MIDDLE_SHARE, share, _MIDDLE),
        (GOOD_SHARE, share, _GOOD),
    )
    for name, samples, quantile in measures:
        if found := quantile.of(samples):
            yield name, found
    better = gain[gain > PENNY_GBP]
    if better.size > 1:
        yield GAIN_THEN, mean(better)
