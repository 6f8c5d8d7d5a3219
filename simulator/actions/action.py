"""What an action is: who does what from when, what it costs, and what it makes of care."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal, Self

import numpy as np
from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.actions.chance import Chance
from simulator.actions.scene import Care, Scene
from simulator.parts import Month, Name, NonNegativeGbp, Part, Share, Shares, Strings, Year, as_tuple
from simulator.records import Account, BoolArray, FloatArray, PaidBesides, SpendElsewhere
from simulator.uncertain import sd_of

PAYEES = {
    "staff": Account.SUPPLIERS,
    "practices": Account.PRACTICES,
    "partner": Account.PARTNER,
    "pct": Account.PCT,
}
"""Who may be paid for an action."""
PAYERS = {"pct": Account.PCT, "practices": Account.PRACTICES}
"""Who may pay for one, beside the cluster's budget."""
YEARS_TO_FULL_EFFECT = 3
"""No effect of integrated care was measured in two years (Health Foundation, long evaluations), and groups in
Medicare saved 0.0, 0.6, 0.9 and 2.1% in their first four years."""
RAMP = (1 / 3, 2 / 3, 1.0)
MONTHS = 12


def as_word(name: str) -> str:
    """Return what stands for an action's name in the names of flows: files take no other signs in them."""
    return re.sub(r"\W+", "_", name)


class Action(Part):
    """Something that clusters do, and pay for.

    An action is one file and one line in the register. It says what it costs (`costs`), and what it
    makes of expected cases (`known_factor`) or of the spend that is drawn (`act`).
    """

    asks_for_months: ClassVar[bool] = False
    """Whether it acts on single months of the years that are drawn."""
    reacts: ClassVar[bool] = False
    """Whether it acts on what spend comes to against budgets, after all others."""

    action: str
    name: Name
    """Its name: of its draws, and wherever it is told of."""
    clusters: Strings | None = None
    """Clusters that take it; all of them when left out."""
    first_year: Year | None = None
    """Start of the financial year in which it begins, where that is not the contract's first."""
    first_month: Month | None = None
    """Calendar month of that year in which it begins."""
    set_up_gbp: NonNegativeGbp = 0.0
    """What it costs each cluster once, when it begins, in pounds."""
    gbp_per_head: NonNegativeGbp = 0.0
    """What it costs a year for each registered person, in pounds."""
    gbp_per_year: NonNegativeGbp = 0.0
    """What it costs each cluster a year, whatever its size, in pounds."""
    paid_to: Literal["staff", "practices", "partner", "pct"] = "staff"
    """Who is paid for it: staff and suppliers, the practices themselves, an external partner, or the PCT."""
    paid_by: Literal["budget", "pct", "practices"] = "budget"
    """Who pays: the cluster's budget, the PCT by an allowance beside it, or practices from what is theirs."""

    @model_validator(mode="after")
    def _goes_to_another(self) -> Self:
        if self.paid_by == self.paid_to:
            raise PydanticCustomError("paid_by", "paid_to another party than paid_by")
        return self

    def known_factor(self, scene: Scene, *, carried: bool) -> FloatArray | None:
        """Return what it makes of expected cases, shape (year, cluster, line); None where it acts otherwise.

        Only of an action of which nothing is left to chance, where figures with an sd are `carried` or not.
        """
        return None

    def acts(self, *, carried: bool) -> bool:
        """Return whether it acts on spend that is drawn."""
        return False

    def act(self, care: Care, chance: Chance) -> Care:
        """Return what it makes of the spend that was drawn."""
        return care

    def of_any_cluster(self) -> Self:
        """Return it as a cluster takes it of which nothing is known by name."""
        return self.model_copy(update={"clusters": None})

    @property
    def is_common(self) -> bool:
        """Whether chance decides once for all clusters."""
        return True

    @property
    def reason(self) -> str:
        """The name of what is paid for it."""
        return f"cost_of_{self._word}"

    def pays_for(self, reason: str) -> bool:
        """Return whether it is paid for a reason: its cost, or care that it buys elsewhere."""
        return reason in {f"{start}_{self._word}" for start in ("cost_of", "care_by", "income_from")}

    @property
    def _word(self) -> str:
        return as_word(self.name)

    def active(self, scene: Scene) -> BoolArray:
        """Return in which months it runs, shape (year, month, cluster), April first."""
        year = scene.years[0].start if self.first_year is None else self.first_year
        whole = scene.years[0].whole_year
        month = 0 if self.first_month is None else whole.index(self.first_month)
        began = [[(one.start, at) >= (year, month) for at in range(MONTHS)] for one in scene.years]
        takes_it = [self.clusters is None or name in self.clusters for name in scene.clusters]
        return np.asarray(np.array(began)[..., None] & np.array(takes_it) & scene.inside)

    def year_of_action(self, scene: Scene) -> FloatArray:
        """Return how many contract years it has run, this one counted, shape (year, cluster)."""
        return np.asarray(np.cumsum(self.active(scene).any(axis=1), axis=0))

    def active_share(self, scene: Scene) -> FloatArray:
        """Return the share of each year's expected cases in its months, shape (year, cluster, line)."""
        active, inside = (
            (months[..., None] * scene.month_shares[:, :, None, :]).sum(axis=1)
            for months in (self.active(scene), scene.inside)
        )
        return np.asarray(np.divide(active, inside, out=np.zeros_like(active), where=inside > 0))

    def costs(self, scene: Scene) -> Iterator[SpendElsewhere]:
        """Yield what it costs the budget, of shape (1, year, cluster): that is known, whatever it brings."""
        gbp = self.cost_gbp(scene)
        if gbp.any() and self.paid_by == "budget":
            yield SpendElsewhere(self.reason, PAYEES[self.paid_to], gbp[None])

    def besides(self, scene: Scene) -> Iterator[PaidBesides]:
        """Yield what it costs others than the budget, of shape (1, year, cluster)."""
        gbp = self.cost_gbp(scene)
        if gbp.any() and self.paid_by != "budget":
            yield PaidBesides(self.reason, PAYERS[self.paid_by], PAYEES[self.paid_to], gbp[None])

    def cost_gbp(self, scene: Scene) -> FloatArray:
        """Return what it costs, whoever pays, shape (year, cluster), in pounds."""
        active = self.active(scene)
        begins = active.any(axis=1) & (self.year_of_action(scene) == 1)
        a_year_gbp = scene.people * self.gbp_per_head + self.gbp_per_year
        return np.asarray(begins * self.set_up_gbp + active.sum(axis=1) / MONTHS * a_year_gbp)


class WithEffect(Action):
    """An action that may work or not, and grows into its effect."""

    probability_of_working: Share = 1.0
    """Probability that it does anything at all; what it costs is paid in any case."""
    common_to_clusters: bool = True
    """Whether chance decides once for all clusters; if not, for each by itself, which a pool can even out."""
    ramp_share_by_year: Shares = RAMP
    """Share of the full effect in each contract year of it; the last repeats. Three years, by evidence."""

    @property
    def is_common(self) -> bool:
        """Whether chance decides once for all clusters."""
        return self.common_to_clusters

    def acts(self, *, carried: bool) -> bool:
        """Return whether it acts on spend that is drawn."""
        return True

    def is_known(self, *, carried: bool) -> bool:
        """Return whether nothing of it is left to chance."""
        unsure = carried and any(sd_of(value) for _, value in self if isinstance(value, float))
        return self.probability_of_working in {0.0, 1.0} and not unsure

    def running(self, scene: Scene) -> FloatArray:
        """Return the share of the full effect on each year's cases, shape (year, cluster, line)."""
        grown = self.grown(scene)[..., None]
        return np.asarray(grown * self.active_share(scene) * scene.per_case)

    def grown(self, scene: Scene) -> FloatArray:
        """Return how far it has grown into its effect, shape (year, cluster)."""
        ramp = np.array(self.ramp_share_by_year)
        year = self.year_of_action(scene).astype(int)
        return np.asarray(ramp[np.clip(year - 1, 0, len(ramp) - 1)])

    def strength(self, scene: Scene, chance: Chance) -> FloatArray:
        """Return how far it works, shape (contract or 1, year, cluster, line)."""
        return np.asarray(chance.works(self.probability_of_working) * self.running(scene))


class OfLines(WithEffect):
    """An action on some service lines."""

    service_lines: Annotated[
        tuple[str, ...] | None, BeforeValidator(lambda value: None if value is None else as_tuple(value))
    ] = None
    """Lines that it acts on, of those that are paid per case; all of them when left out."""
    gbp_per_case: Annotated[float, Field(ge=0, le=1e6)] = 0.0
    """What it costs for each case that is expected in them, such as each referral that is looked at."""

    def of_lines(self, scene: Scene) -> FloatArray:
        """Return 1 for the lines that it acts on, 0 for others, shape (line,)."""
        chosen = [self.service_lines is None or name in self.service_lines for name in scene.lines]
        return np.array(chosen, dtype=float)

    def running(self, scene: Scene) -> FloatArray:
        """Return the share of the full effect on each year's cases, shape (year, cluster, line)."""
        return np.asarray(super().running(scene) * self.of_lines(scene))

    def cost_gbp(self, scene: Scene) -> FloatArray:
        """Return what it costs, shape (year, cluster), in pounds."""
        cases = scene.expected_counts * self.active_share(scene) * self.of_lines(scene)
        return np.asarray(super().cost_gbp(scene) + cases.sum(axis=-1) * self.gbp_per_case)
