"""A service moved out of hospital: made by the practices themselves, or bought from others."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field

from simulator.actions.action import WithEffect
from simulator.actions.chance import Chance
from simulator.actions.scene import Care, Scene
from simulator.parts import Name, Part, as_tuple
from simulator.records import Account, FloatArray
from simulator.uncertain import GROWTH_IN_DOUBT, LEVEL_OF_DOUBT, MAY_BE_UNCERTAIN

PRICE_RATIO: Any = {"mean": 1.2, "low": 0.8, "high": 1.8}
"""Between 0.8 and 1.8: an assumption around the one trial, in which a clinic by a GP with special interest
cost 1.76 times the hospital's a patient (Coast and others, BMJ 2005;331:1444)."""


class KnockOn(Part):
    """Demand on another line that a service nearer to home brings with it."""

    service_line: Name
    """The line that has more cases."""
    cases_per_case: Annotated[float, Field(ge=-10, le=10)]
    """Cases more in that line for each case that is moved."""


class ShiftService(WithEffect):
    """Moving a share of a line's cases out of hospital, to the practices or to others, at another price.

    The hospital is not paid for cases that are moved; who sees them instead is, at `price_ratio` times the
    hospital's cost. Where practices provide the service it is income of theirs, beside the saving
    that they may share: a conflict of interest, which their position shows.
    """

    action: Literal["shift_service"]
    service_line: Name
    """The line of which cases are moved; one that is paid per case."""
    moved_share: Annotated[float, Field(ge=0, le=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """Share of the line's cases that is moved once it works in full."""
    price_ratio: Annotated[
        float, Field(gt=0, le=10, validate_default=True), *MAY_BE_UNCERTAIN, LEVEL_OF_DOUBT
    ] = PRICE_RATIO
    """What a case costs then over what the hospital's does; lognormal where it has an sd."""
    provided_by: Literal["practices", "others"] = "others"
    """Who sees the cases that are moved."""
    knock_on: Annotated[tuple[KnockOn, ...], BeforeValidator(as_tuple)] = ()
    """Demand on other lines that comes with it."""

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        scene, strength = care.scene, self.strength(care.scene, chance)
        at = scene.lines.index(self.service_line)
        here = np.arange(len(scene.lines)) == at
        share = np.clip(chance.normal(self.moved_share, "moved share"), 0.0, 1.0) * strength
        moved = share * here
        cost = moved * chance.lognormal(self.price_ratio, "price ratio")
        by_practices = self.provided_by == "practices"
        reason = f"{'income_from' if by_practices else 'care_by'}_{self._word}"
        payee = Account.PRACTICES if by_practices else Account.PROVIDERS
        # What is bought elsewhere is a part of what the hospital would have been paid, before cases move.
        bought = care.paying(reason, payee, cost)
        return bought.times((1 - moved) * self._knocked_on(scene, share[..., at : at + 1]))

    def _knocked_on(self, scene: Scene, share: FloatArray) -> FloatArray:
        """Return what comes of demand on other lines, shape (contract or 1, year, cluster, line)."""
        counts, at = scene.expected_counts, scene.lines.index(self.service_line)
        more = np.zeros(len(scene.lines))
        for one in self.knock_on:
            more[scene.lines.index(one.service_line)] += one.cases_per_case
        ratio = np.divide(
            counts[..., at : at + 1] * more, counts, out=np.zeros_like(counts), where=counts > 0
        )
        return np.asarray(np.maximum(1 + share * ratio * scene.per_case, 0.0))

    @classmethod
    def example(cls) -> Self:
        """A clinic in the practices for a tenth of all admissions that are paid per case."""
        return cls(
            name="clinic",
            action="shift_service",
            service_line="admissions",
            moved_share=0.1,
            provided_by="practices",
            set_up_gbp=20_000.0,
        )
