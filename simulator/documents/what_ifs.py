"""What would be otherwise: budgets that grow as costs do, and the true saving that repays a bond."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import cycle
from typing import TypeVar

import numpy as np

from simulator.budgets.toolkit import Toolkit
from simulator.charts.study import Study
from simulator.parts import Part
from simulator.questions.luck.estimates import of_a_cluster, ratio
from simulator.records import BUDGET, Account, BoolArray, FloatArray
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP, AccountBook
from simulator.risk.estimate import CONFIDENCE_Z, Estimate
from simulator.risk.estimation import mean
from simulator.risk.positions import build_up_samples, gain_gbp
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

Settings = TypeVar("Settings", bound=Part)

OVERSPEND, BETTER_OFF = "overspend_probability", "practice_better_off_probability"
COVERED = "bond_covers_probability"
GAIN = "practice_net_gain_gbp"
OF_A_CLUSTER, EQUAL_GROWTH = "of_a_cluster_", "equal_growth_"
"""How names start of what holds of a cluster on average, and of budgets that grow as costs do."""
SAVING_NEEDED, BONDS_NEEDED = "saving_needed_share", "bonds_needed_gbp"
BONDS_NEEDED_OF_BUDGET = "bonds_needed_of_budget_share"
BOND_OF_YEAR, BOND_OF_CONTRACT = "bond_of_year_share", "bond_of_contract_share"
"""What is posted, as a share of a year's budget and of that of the whole contract."""
BUDGET_GROWTH, COST_GROWTH = "budget_growth_share", "cost_growth_share"
EQUAL_GAP = "equal_growth_plan_less_budgets_gbp"
"""What the PCT planned to spend less what it hands out, were budgets to grow as costs do."""
EVEN_SAVING = "saving_for_an_even_chance_share"
"""True saving of every cluster from which on practices of one are more likely than not to be better off."""
_FIRST_TRY, _LARGEST_SAVING = 0.05, 0.5
"""Shares of demand: no saving that was ever measured comes near the largest (assumption)."""
_TRIES = 5
SAVINGS, SOME_SAVE = (0.0, 0.01, 0.02, 0.05, 0.08), (0.05, 0.0)
"""True savings that are tried, as shares of the care that is paid by the case, of all clusters and of every
second one (assumptions)."""
Place = tuple[str, str]


@dataclass(frozen=True, eq=False)
class WhatIfs:
    """The scenario otherwise, on the draws of its study."""

    study: Study  # of the scenario as it is
    _gains: dict[float, Estimate] = field(default_factory=dict, init=False, repr=False)
    _chances: dict[float, Estimate] = field(default_factory=dict, init=False, repr=False)

    def estimates(self) -> dict[Place, Estimate]:
        """Return every number, by row and measure; what has no meaning here is left out."""
        found = (
            {} if self.growth is None else dict(zip((BUDGET_GROWTH, COST_GROWTH), self.growth, strict=True))
        )
        found |= chances_of_a_cluster(self.study)
        if needed := _bonds_needed(self.study):
            found[BONDS_NEEDED] = needed
            found |= _of_budget(needed, self.study) | _posted_of_budget(self.study)
        if self.at_equal_growth is not None:
            of_all = self.at_equal_growth.some_of(ALL_CLUSTERS, [GAIN])
            moved = chances_of_a_cluster(self.at_equal_growth) | of_all
            found |= {f"{EQUAL_GROWTH}{name}": one for name, one in moved.items()}
            kept_back, *_ = dict(build_up_samples(self.at_equal_growth.books[ALL_CLUSTERS])).values()
            found[EQUAL_GAP] = mean(kept_back)
        savings = {SAVING_NEEDED: self.saving_needed, EVEN_SAVING: self.even_saving}
        found |= {name: one for name, one in savings.items() if one is not None}
        return {(ALL_CLUSTERS, name): one for name, one in found.items()}

    @cached_property
    def growth(self) -> tuple[Estimate, Estimate] | None:
        """Growth a year of budgets and of costs, from the base year to the last, as is expected."""
        plan = self.study.result.plan
        answers_for = plan.answered_for[-1]
        base, last = (float((plan.expected_spend_gbp[at] * answers_for).sum()) for at in (0, -1))
        budgets = plan.set_budgets(plan.expected_spend)
        whole = budgets.budget_gbp[0, -1] + budgets.top_slice_gbp[0, -1]
        budget = float((whole * answers_for).sum())
        if not min(base, last, budget) > 0 or len(plan.years[-1].months) < len(plan.years[0].months):
            return None
        years = plan.years[-1].start - plan.years[0].start
        of_budgets, of_costs = ((end / base) ** (1 / years) - 1 for end in (budget, last))
        return Estimate(of_budgets, of_budgets, of_budgets), Estimate(of_costs, of_costs, of_costs)

    @cached_property
    def at_equal_growth(self) -> Study | None:
        """The study with budgets that grow as plans expect costs to; None where no budget grows otherwise."""
        return self.varied(**self._equal_growth) if self.has_equal_growth else None

    @property
    def has_equal_growth(self) -> bool:
        """Whether some budget would grow otherwise than it does, if all grew as costs do."""
        settings = self.study.scenario.settings
        return self.growth is not None and any(
            getattr(settings, key) != changed for key, changed in self._equal_growth.items()
        )

    @property
    def _equal_growth(self) -> dict[str, object]:
        """Settings with which budgets grow as plans expect costs to."""
        settings = self.study.scenario.settings
        lines = tuple(_following_growth(one, "budget_rule") for one in settings.service_lines)
        return {"budgets": _following_growth(settings.budgets, "rule"), "service_lines": lines}

    def at_return(self, share: float) -> Study:
        """Return the study in which so much of a surplus returns to the PCT."""
        rules = tuple(
            one.model_copy(update={"pct_return_share": share}) if isinstance(one, SurplusSplit) else one
            for one in self.study.scenario.settings.rules
        )
        return self.varied(rules=rules)

    def varied(self, **settings: object) -> Study:
        """Return the study with other settings, on the same draws."""
        scenario = self.study.scenario
        varied = scenario.settings.model_copy(update=settings)
        if varied == scenario.settings:
            return self.study
        return Study(self.study.shared.simulate(replace(scenario, settings=varied)))

    @cached_property
    def saving_needed(self) -> Estimate | None:
        """True saving of every cluster from which on practices gain on average; None where none is found."""
        return self._crossing(self._gain)

    @cached_property
    def even_saving(self) -> Estimate | None:
        """True saving from which on practices of a cluster are more likely than not to be better off."""
        return self._crossing(self._beyond_even)

    def _crossing(self, of: Callable[[float], Estimate]) -> Estimate | None:
        """Return the saving at which what is below zero without any reaches it; None where it is not found.

        By secants: what practices gain hardly bends over a few per cent of demand.
        """
        if not of(0.0).value < 0:
            return None
        low, high = 0.0, _FIRST_TRY
        for _ in range(_TRIES):
            before, after = of(low), of(high)
            slope = (after.value - before.value) / (high - low)
            if not slope > 0:
                return None
            root = high - after.value / slope
            if not 0 < root < _LARGEST_SAVING:
                return None
            if abs(after.value) <= after.half_width / 10 or abs(root - high) < 1e-5:
                break
            low, high = high, root
        error = _error(of(high)) / slope
        return Estimate(root, root - CONFIDENCE_Z * error, root + CONFIDENCE_Z * error, error)

    def _gain(self, saving: float) -> Estimate:
        if saving not in self._gains:
            # As the summary has it, whose other numbers take longer than the simulation.
            together = self.at_saving(saving).books[ALL_CLUSTERS]
            self._gains[saving] = mean(gain_gbp(together, Account.PRACTICES))
        return self._gains[saving]

    def _beyond_even(self, saving: float) -> Estimate:
        if saving not in self._chances:
            chance = of_a_cluster(better_off(self.at_saving(saving)))
            value, low, high = (one - 1 / 2 for one in (chance.value, chance.low, chance.high))
            self._chances[saving] = Estimate(value, low, high, chance.standard_error)
        return self._chances[saving]

    def at_saving(self, *savings: float) -> Study:
        """Return the study in which every cluster truly saves so much, besides what its actions do.

        Of several shares of demand, clusters save one each in turn.
        """
        if any(savings):
            self._draw_savings  # noqa: B018 - once
        return self.varied(clusters=self._clusters(savings))

    def _clusters(self, savings: Sequence[float]) -> tuple[Cluster, ...]:
        """Return clusters that truly save one of several shares of demand in turn."""
        every = zip(self.study.scenario.settings.clusters, cycle(savings), strict=False)
        return tuple(
            one.model_copy(update={"true_saving_share": saving, "true_saving_share_by_year": ()})
            for one, saving in every
        )

    @cached_property
    def _draw_savings(self) -> None:
        """Draw all true savings that a document tells, at a time: most of it they have in common."""
        scenario = self.study.scenario
        if any(isinstance(rule, SurplusSplit) for rule in scenario.settings.rules):
            savings = [*((one,) for one in SAVINGS if one), SOME_SAVE]
            varied = ({"clusters": self._clusters(one)} for one in savings)
            asked = [replace(scenario, settings=scenario.settings.model_copy(update=one)) for one in varied]
            deque(self.study.shared.simulate_together(asked), maxlen=0)


def better_off(study: Study) -> BoolArray:
    """Return where a cluster's practices gain anything over the contract, shape (contract, cluster)."""
    gains = [gain_gbp(study.books[name], Account.PRACTICES) for name in study.clusters]
    return np.column_stack(gains) > PENNY_GBP


def _error(one: Estimate) -> float:
    """Return a standard error; that of a chance of one cluster is told by its interval alone."""
    return one.half_width / CONFIDENCE_Z if one.standard_error is None else one.standard_error


def _following_growth(part: Settings, key: str) -> Settings:
    """Return settings whose rule of budgets, if it has an uplift of its own, follows expected growth."""
    rule = getattr(part, key)
    if not isinstance(rule, Toolkit) or rule.follows_growth:
        return part
    return part.model_copy(update={key: rule.model_copy(update={"uplift_share": None})})


def chances_of_a_cluster(study: Study) -> dict[str, Estimate]:
    """Return chances of a cluster, on average over those that have them."""
    found = {}
    for measure in (OVERSPEND, BETTER_OFF, COVERED):
        samples = [study.some_samples(name, measure) for name in study.clusters]
        if known := [one for one in samples if one is not None]:
            found[f"{OF_A_CLUSTER}{measure}"] = of_a_cluster(np.column_stack(known))
    return found


def _bonds_needed(study: Study) -> Estimate | None:
    """Return the sum of what clusters need that post a bond, each at 95%."""
    posting = [name for name in study.clusters if study.books[name].has_bond]
    needed = [study.estimate(name, "bond_needed_gbp") for name in posting]
    if not needed:
        return None
    return sum_of(needed)


def sum_of(needed: Sequence[Estimate]) -> Estimate:
    """Return a sum whose interval is cautious: all ends are added."""
    return Estimate(*(sum(getattr(one, end) for one in needed) for end in ("value", "low", "high")))


def _posted_of_budget(study: Study) -> dict[str, Estimate]:
    """Return what is posted as a share of the budgets of those who do: of a year, and of the contract."""
    posting = [book for name in study.clusters if (book := study.books[name]).has_bond]
    posted, of_year, of_contract = (
        sum((of(book) for book in posting), np.zeros(study.result.contracts))
        for of in (lambda one: one.bond_posted_gbp, lambda one: one.annual_budget_gbp, _budget_gbp)
    )
    shares = {BOND_OF_YEAR: ratio(posted, of_year), BOND_OF_CONTRACT: ratio(posted, of_contract)}
    return {name: one for name, one in shares.items() if one is not None}


def _budget_gbp(book: AccountBook) -> FloatArray:
    return book.total_gbp(BUDGET)


def _of_budget(needed: Estimate, study: Study) -> dict[str, Estimate]:
    """Return what all bonds need as a share of a year's budget of those that post one."""
    posting = [name for name in study.clusters if study.books[name].has_bond]
    budget_gbp = sum(study.estimate(name, "annual_budget_gbp").value for name in posting)
    if not budget_gbp > 0:
        return {}
    # A year's budget is known a hundred times better than the tail.
    ends = (getattr(needed, end) / budget_gbp for end in ("value", "low", "high"))
    return {BONDS_NEEDED_OF_BUDGET: Estimate(*ends)}
