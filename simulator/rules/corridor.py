"""The risk corridor: near the budget the cluster's risk, beyond it more and more of it the PCT's."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import Part, Share, as_tuple
from simulator.plain_words import joined, per_cent_of
from simulator.records import Account, FloatArray
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class CorridorBand(Part):
    """What stays with the cluster of the part of an outturn that lies in a band beside the budget."""

    up_to_share: Annotated[float, Field(gt=0, le=10)] | None = None
    """Where the band ends, as a share of the year's budget; the last band has no end."""
    cluster_share: Share
    """Share of what lies in the band that stays with the cluster; the PCT has the rest."""


Bands = Annotated[tuple[CorridorBand, ...], BeforeValidator(as_tuple)]


class Corridor(Rule):
    """Beyond a width either side of the budget the PCT bears overspends, and takes surpluses alike.

    Within it the other rules hold, so it is listed before those that pay or share. Either one width, or any
    number of bands. Sources of the form: the risk corridors of Medicare Part D (42 CFR 423.336) and of the
    Affordable Care Act, 2014-16 (42 USC 18062: all within 3%, half to 8%, 20% beyond); ACO REACH Professional
    (50% to 5%, 35% to 10%, 15% to 15%, 5% beyond) and Global (100% to 25%, 50% to 35%, 25% to 50%, 10%).
    """

    changes_overspends: ClassVar = "by_year"

    rule: Literal["corridor"] = "corridor"
    width_share: Share | None = None
    """Width either side of the budget, as a share of the year's budget; this or bands."""
    cluster_share_beyond: Share | None = None
    """Share of what lies beyond that width that stays with the cluster; 0 leaves all of it to the PCT."""
    bands: Bands = ()
    """Bands either side of the budget, from it outwards, in place of one width."""
    overspend_bands: Bands = ()
    """Bands for overspends, where these differ."""
    surplus_bands: Bands = ()
    """Bands for surpluses, where these differ."""

    @model_validator(mode="after")
    def _has_one_shape(self) -> Self:
        with_width = self.width_share is not None or self.cluster_share_beyond is not None
        both = self.width_share is not None and self.cluster_share_beyond is not None
        lists = [one for one in (self.bands, self.overspend_bands, self.surplus_bands) if one]
        if both == bool(lists) or with_width != both:
            need = "either width_share and cluster_share_beyond, or bands"
            raise PydanticCustomError("corridor_shape", need)
        for bands in lists:
            ends = [band.up_to_share for band in bands[:-1]]
            known = [end for end in ends if end is not None]
            is_open = bands[-1].up_to_share is None
            if not is_open or known != ends or any(b <= a for a, b in pairwise(known)):
                need = "bands whose up_to_share rises, the last one without one"
                raise PydanticCustomError("corridor_bands", need)
        return self

    @property
    def of_overspends(self) -> Bands:
        """The bands that hold for overspends; none where all stays with the cluster."""
        return self.overspend_bands or self._either_side

    @property
    def of_surpluses(self) -> Bands:
        """The bands that hold for surpluses; none where all stays with the cluster."""
        return self.surplus_bands or self._either_side

    @property
    def _either_side(self) -> Bands:
        if self.width_share is None or self.cluster_share_beyond is None:
            return self.bands
        beyond = CorridorBand(cluster_share=self.cluster_share_beyond)
        if not self.width_share:
            return (beyond,)
        return (CorridorBand(up_to_share=self.width_share, cluster_share=1.0), beyond)

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        if self.width_share is None or self.cluster_share_beyond is None:
            return (*self._bands_in_words(), "A bond need not cover the PCT's part.")
        left = per_cent_of(1 - self.cluster_share_beyond)
        return (
            f"Risk beyond a corridor of {per_cent_of(self.width_share)} either side of the year's budget is "
            f"shared with the PCT: of an overspend or a surplus beyond it the PCT takes {left}, and "
            f"{per_cent_of(self.cluster_share_beyond)} stays with the cluster. A bond need not cover the "
            "PCT's part.",
        )

    def _bands_in_words(self) -> Iterable[str]:
        sides = {"an overspend": self.of_overspends, "a surplus": self.of_surpluses}
        if self.of_overspends == self.of_surpluses:
            sides = {"an overspend or a surplus": self.of_surpluses}
        for what, bands in sides.items():
            if not bands:
                yield f"All of {what} stays with the cluster."
                continue
            ends = [per_cent_of(band.up_to_share or 0.0) for band in bands[:-1]]
            if not ends:
                share = per_cent_of(bands[0].cluster_share)
                yield f"Of {what} the cluster has {share}; the PCT has the rest."
                continue
            parts = [
                f"{per_cent_of(band.cluster_share)} of what lies {between}"
                for band, between in zip(bands, _between(ends), strict=True)
            ]
            yield f"Of {what} the cluster has {joined(parts)}; the PCT has the rest."

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the PCT bears and takes of the year's outturn in each band."""
        borne = _pct_part_gbp(self.of_overspends, position.overspend_gbp, position.budget_gbp)
        taken = _pct_part_gbp(self.of_surpluses, position.surplus_gbp, position.budget_gbp)
        yield Transfer("corridor_payment", Account.PCT, Account.CLUSTER, borne, moves_outturn=True)
        yield Transfer("corridor_return", Account.CLUSTER, Account.PCT, taken, moves_outturn=True)

    @classmethod
    def example(cls) -> Self:
        """Five per cent either side, as in Part D since 2008; half of what lies beyond."""
        return cls(width_share=0.05, cluster_share_beyond=0.5)


def _between(ends: list[str]) -> Iterable[str]:
    """Return where each band lies, in words."""
    middle = [f"from there to {end}" for end in ends[1:]]
    return [f"within {ends[0]} of the year's budget", *middle, "beyond"]


def _pct_part_gbp(bands: Bands, amount_gbp: FloatArray, budget_gbp: FloatArray) -> FloatArray:
    """Return what the PCT has of overspends or of surpluses, shape (contract, cluster)."""
    part = np.zeros_like(amount_gbp)
    start: float = 0.0
    for band in bands:
        # What stays whole with the cluster adds nothing; left out, one width is one term.
        if band.cluster_share < 1:
            within = np.maximum(amount_gbp - start * budget_gbp, 0.0)
            if band.up_to_share is not None:
                within = np.minimum(within, (band.up_to_share - start) * budget_gbp)
            part += (1 - band.cluster_share) * within
        start = band.up_to_share or start
    return part
