"""The pool at other returns of surpluses to the PCT: how often it is enough, and what is short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from simulator.documents.what_ifs import Place, WhatIfs
from simulator.plain_words import per_cent_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.rules.pool import Pool
from simulator.rules.surplus import SurplusSplit

RETURNS = (0.3, 0.4, 0.5)
"""Parts of a surplus that return to the PCT: the offer's range, its ends and its middle."""
ENOUGH = "pool_and_bonds_cover_probability"
SHORT, BAD_SHORT = "pct_payment_gbp", "pct_payment_1_in_20_gbp"
POOL_MEASURES = ("pct_return_gbp", "pool_payment_gbp", ENOUGH, SHORT, BAD_SHORT)


@dataclass(frozen=True, eq=False)
class Returns:
    """What the pool takes in and pays at several returns, on the same draws."""

    what_ifs: WhatIfs  # of the scenario as it is

    @property
    def split(self) -> SurplusSplit | None:
        """The rule about surpluses; None where no pool is filled from them."""
        rules = self.what_ifs.study.scenario.settings.rules
        split = next((one for one in rules if isinstance(one, SurplusSplit)), None)
        return split if any(isinstance(one, Pool) for one in rules) else None

    @cached_property
    def shares(self) -> tuple[float, ...]:
        """The returns that are tried, with the scenario's own and the most that can return."""
        if self.split is None:
            return ()
        kept, comes_from = self.split.practice_share, self.split.practice_share_from
        least = kept if comes_from == "pct_return" else 0.0
        most = 1 - kept if comes_from == "reinvestment" else 1.0
        some = {*RETURNS, self.split.pct_return_share, most}
        return tuple(sorted(one for one in some if least <= one <= most))

    def estimates(self) -> Iterator[tuple[Place, Estimate]]:
        """Yield every number, by row and measure."""
        for share in self.shares:
            found = self.what_ifs.at_return(share).some_of(ALL_CLUSTERS, POOL_MEASURES)
            yield from (((of_return(share), one), value) for one, value in found.items())


def of_return(share: float) -> str:
    """Return the row of a return to the PCT."""
    return f"a return of {per_cent_of(share)}"
