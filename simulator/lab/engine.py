"""What a policy does, quickly: the scenario is drawn once, and each policy settled anew on the same draws."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Lock

from simulator.answers.places import places_of, samples_at
from simulator.lab.policy import Policy
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.paired import PairedEstimate, Place, Samples
from simulator.scenario.regimes import Regime
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

TOGETHER = (
    "overspend_probability",
    "expected_overspend_gbp",
    "bond_posted_gbp",
    "bond_covers_probability",
    "shared_bond_needed_gbp",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_net_gain_1_in_20_gbp",
    "practice_better_off_probability",
    "partner_net_gain_gbp",
    "lender_income_gbp",
    "suppliers_income_gbp",
    "reinvestment_gbp",
    "pool_balance_gbp",
    "pct_payment_gbp",
    "pct_net_position_gbp",
    "pct_net_position_1_in_20_gbp",
    "pct_net_position_worst_year_1_in_20_gbp",
    "leaves_probability",
)
"""What a page shows of all clusters together; columns of the summary."""
MEASURES = (
    *TOGETHER,
    "annual_budget_gbp",
    "bond_needed_gbp",
    "pct_net_position_1_in_100_gbp",
    "providers_income_gbp",
    "core_income_gbp",
)
"""What a page shows."""
_LOOKS_KEPT = 32
"""Answers kept of one scenario, to go back to: numbers alone, some 20 kB each."""
AS_GIVEN = Policy()


@dataclass(frozen=True, eq=False)
class Look:
    """What a policy does, beside the scenario as given."""

    policy: Policy
    scenario: Scenario  # with the policy laid over it
    estimates: Mapping[
        Place, PairedEstimate
    ]  # by row and measure; differences are from the scenario as given

    @property
    def rows(self) -> tuple[str, ...]:
        """The clusters, and then all of them together."""
        return (*(one.name for one in self.scenario.settings.clusters), ALL_CLUSTERS)

    def paired(self, row: str, measure: str) -> PairedEstimate | None:
        """Return an estimate and its difference; None for what a row has not."""
        return self.estimates.get((row, measure))


@dataclass(eq=False)
class Engine:
    """A scenario that is drawn, and what becomes of it under one policy after the other."""

    scenario: Scenario
    draws: SharedDraws
    regimes: Mapping[str, Regime]
    _base: Samples | None = None
    _looks: OrderedDict[Policy, Look] = field(default_factory=OrderedDict, repr=False)
    _lock: Lock = field(default_factory=Lock, repr=False)

    @classmethod
    def of(
        cls, scenario: Scenario, draws: Draws = Draws(), regimes: Mapping[str, Regime] | None = None
    ) -> Engine:
        """Return an engine for a scenario; nothing is drawn before it is asked."""
        return cls(scenario, SharedDraws.of(scenario, draws), regimes or {})

    def look(self, policy: Policy = AS_GIVEN) -> Look:
        """Return what a policy does: the figures of the command, on the same draws.

        May be called from several threads: they wait for each other, so that no more is kept than one needs.
        InputError with every problem of the policy.
        """
        # Checked outside the lock: what is wrong needs no draws.
        scenario = policy.over(self.scenario, self.regimes)
        with self._lock:
            if policy not in self._looks:
                self._looks[policy] = self._asked(policy, scenario)
            self._looks.move_to_end(policy)
            while len(self._looks) > _LOOKS_KEPT:
                self._looks.popitem(last=False)
            return self._looks[policy]

    def _asked(self, policy: Policy, scenario: Scenario) -> Look:
        if self._base is None:
            self._base = self._samples(self.scenario)
        samples = self._base if policy == AS_GIVEN else self._samples(scenario)
        return Look(policy, scenario, samples.against(self._base))

    def _samples(self, scenario: Scenario) -> Samples:
        return samples_at(self.draws.simulate(scenario), places_of([scenario], MEASURES, None))
