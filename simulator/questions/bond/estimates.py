"""What `bond` estimates for one cluster, each number with its interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.questions.bond.practices import PracticePart
from simulator.questions.bond.samples import BondSamples
from simulator.questions.bond.saving import SavingNeeded
from simulator.records import BoolArray, FloatArray
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.mean import mean
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.risk.probability import probability
from simulator.risk.quantile import quantile
from simulator.rules.bond import MONTHS_IN_A_YEAR, Bond
from simulator.scenario.scenario import Scenario

NO_TOP_UP = "whole contract, no top-up"
TOP_UP = "whole contract, topped up"
SHARED_WITH_RUN = (
    "bond_posted_gbp",
    "bond_covers_probability",
    "expected_bond_draw_gbp",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_net_gain_1_in_20_gbp",
    "practice_better_off_probability",
    "partner_net_gain_gbp",
    "leaves_probability",
)
"""Columns of the summary that are told here too."""
SHARE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the practice share that are shown."""


@dataclass(frozen=True)
class BondEstimates:
    """A cluster's bond: how big it must be, and what the posted one does.

    Parameters
    ----------
    scenario : Scenario
        What was simulated.
    cluster : str
        Whose bond.
    rule : Bond
        The scenario's rule.
    confidences : tuple of float
        Rising.
    years : tuple of str
        Labels of the contract years.
    year_months : tuple of int
        Months in each contract year.
    samples : BondSamples
        What happened in each contract.
    summary : mapping of str to Estimate
        What `run` says of the cluster, by column.
    saving_needed : SavingNeeded
        What would repay the bond.
    parts : tuple of PracticePart
        The cluster's practices; none for a cluster that is a number of people.
    contracts, seed : int
        How many contracts were simulated, and from which seed.
    """

    scenario: Scenario
    cluster: str
    rule: Bond
    confidences: tuple[float, ...]
    years: tuple[str, ...]
    year_months: tuple[int, ...]
    samples: BondSamples
    summary: Mapping[str, Estimate]
    saving_needed: SavingNeeded
    parts: tuple[PracticePart, ...]
    contracts: int
    seed: int

    @property
    def periods(self) -> tuple[str, ...]:
        """The contract years, and the whole contract without and with top-up."""
        return (*self.years, NO_TOP_UP, TOP_UP)

    @property
    def headline_confidence(self) -> float:
        """The confidence that sentences speak of: 95%, or else the highest."""
        return BOND_CONFIDENCE if BOND_CONFIDENCE in self.confidences else self.confidences[-1]

    @property
    def annual_budget_gbp(self) -> Estimate:
        """Mean of the first year's budget, at the rate of a whole year."""
        return self.summary["annual_budget_gbp"]

    @cached_property
    def needed_gbp(self) -> dict[tuple[str, float], Estimate]:
        """The smallest bonds, by period and confidence.

        A year alone; the whole contract without top-up, where one bond must pay the sum of the
        years' overspends; and topped up, where it starts each year at its first size at least and so
        must pay the largest year's. The interest that it earns helps to pay.
        """
        to_bear = [*self.samples.claims_gbp.T, *(self._to_bear_gbp(top_up=one) for one in (False, True))]
        return {
            (period, confidence): quantile(claims, confidence)
            for period, claims in zip(self.periods, to_bear, strict=True)
            for confidence in self.confidences
        }

    @cached_property
    def posted_facts(self) -> dict[str, Estimate]:
        """What the scenario's bond and share come to over the whole contract, by name."""
        samples = self.samples
        share = samples.practice_share_gbp.sum(axis=1)
        draws = samples.draws_gbp.sum(axis=1)
        years_long = sum(self.year_months) / MONTHS_IN_A_YEAR
        return {name: self.summary[name] for name in SHARED_WITH_RUN} | {
            "runs_out_probability": probability(np.asarray(self._runs_out.any(axis=1))),
            "never_drawn_probability": probability(draws < PENNY_GBP),
            "expected_draw_gbp_per_year": mean(draws / years_long),
            "expected_top_up_gbp": mean(samples.top_ups_gbp.sum(axis=1)),
            "expected_interest_gbp": mean(samples.interest_gbp.sum(axis=1)),
            "expected_financing_gbp": mean(samples.financing_gbp.sum(axis=1)),
            **{f"practice_share_{100 * level:.0f}_gbp": quantile(share, level) for level in SHARE_LEVELS},
        }

    def year_facts(self, year: str) -> dict[str, Estimate]:
        """Return what the scenario's bond and share come to in one contract year, by name."""
        at = self.years.index(year)
        runs_out = self._runs_out
        return {
            "first_runs_out_probability": probability(
                np.asarray(runs_out[:, at] & ~runs_out[:, :at].any(axis=1))
            ),
            "expected_bond_draw_gbp": mean(self.samples.draws_gbp[:, at]),
            "practice_share_gbp": mean(self.samples.practice_share_gbp[:, at]),
        }

    def covers(self, bond_gbp: float, *, top_up: bool) -> Estimate:
        """Return the probability that a bond pays every overspend of the contract.

        Parameters
        ----------
        bond_gbp : float
            As first posted.
        top_up : bool
            Whether it is made up to that at each review.

        Returns
        -------
        Estimate
            With Wilson's interval.
        """
        return probability(self._to_bear_gbp(top_up=top_up) - bond_gbp < PENNY_GBP)

    @cached_property
    def expected_loss_gbp(self) -> Estimate:
        """Mean over the contract of draws and financing, less interest: what who posts the bond loses."""
        samples = self.samples
        return mean((samples.draws_gbp + samples.financing_gbp - samples.interest_gbp).sum(axis=1))

    @property
    def to_split(self) -> dict[str, Estimate]:
        """What practices share between them, over the whole contract, by name."""
        kept = ("bond_posted_gbp", "expected_bond_draw_gbp", "practice_share_gbp")
        needed = self.needed_gbp[TOP_UP if self.rule.top_up else NO_TOP_UP, self.headline_confidence]
        return {"bond_needed_gbp": needed} | {fact: self.posted_facts[fact] for fact in kept}

    def _to_bear_gbp(self, *, top_up: bool) -> FloatArray:
        """Return what a bond must be to pay every claim of a contract, shape (contract,)."""
        rule = self.rule.model_copy(update={"top_up": top_up})
        return rule.needed_gbp(self.samples.claims_gbp, self.year_months)

    @property
    def _runs_out(self) -> BoolArray:
        """Whether the posted bond leaves a part of a claim unpaid, shape (contract, year)."""
        return np.asarray(self.samples.unpaid_gbp > PENNY_GBP)
