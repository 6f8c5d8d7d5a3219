"""What a scenario file may say. `cluster-risk schema` prints this as JSON Schema."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from simulator.budgets import AnyBudgetRule
from simulator.demand import AnyCountLaw
from simulator.demand.shock_laws import AnyShockLaw
from simulator.demand.shocks import Shocks
from simulator.parts import GrowthShare, NonNegativeGbp, Part, Share, Strings, as_tuple
from simulator.population.need import UNWEIGHTED
from simulator.rules import AnyRule
from simulator.spend import AnyUnitCost

Name = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Year = Annotated[int, Field(ge=1990, le=2100)]
Month = Annotated[int, Field(ge=1, le=12)]

MOST_CONTRACTS = 10_000_000
FEWEST_CONTRACTS = 100
"""With fewer the bond at 95% has no 95% interval: 0.95 ** 72 is the first below 2.5%."""
MOST_YEARS = 10
"""Contract years; contracts last about three."""


class PctSettings(Part):
    """The Primary Care Trust."""

    name: Name
    """Its name."""


class ContractSettings(Part):
    """When the contract runs."""

    start_year: Year
    """Calendar year in which the contract starts."""
    start_month: Month = 4
    """Calendar month in which it starts; the first contract year ends on 31 March."""
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = 3
    """Contract years, the first of which may be part of a financial year."""


class PopulationSettings(Part):
    """Where the practices and the weights of need come from."""

    practices_csv: Name | None = None
    """Table of practices with their lists, beside the scenario; by sex and age where lines weigh need."""
    need_weights_csv: Name | None = None
    """Table of need weights by sex and age band, beside the scenario."""
    outside_clusters: Literal["the rest"] | Strings = ()
    """Codes of the practices of the PCT that are in no cluster, or "the rest"."""


class SeasonSettings(Part):
    """Where the seasons of demand come from."""

    csv: Name | None = None
    """Table of indices of demand per day by calendar month, beside the scenario."""


class BudgetSettings(Part):
    """How budgets are set."""

    rule: AnyBudgetRule
    """The rule for every line that has none of its own."""
    top_slice_share: Share = 0.0
    """Share of every budget that the PCT holds back as contingency."""


class ServiceLine(Part):
    """A kind of care: how often it is used, what it costs, and how that varies."""

    name: Name
    """Its name."""
    rate_per_1000: Annotated[float, Field(gt=0, le=1e6)]
    """Cases a year for each 1,000 people."""
    rate_year: Year | None = None
    """Start of the financial year of that rate and cost; the first contract year when left out."""
    count: AnyCountLaw
    """Law of the number of cases; its mean comes from the rate."""
    unit_cost_gbp: AnyUnitCost
    """Law of the cost of one case, in pounds."""
    growth_share: GrowthShare = 0.0
    """Growth of the rate a year."""
    price_growth_share: GrowthShare = 0.0
    """Growth of the unit cost a year."""
    need_weights: Name = UNWEIGHTED
    """Column of the table of need weights, or "people" for one each."""
    season: Name = "flat"
    """Column of the table of seasons, or "flat"."""
    payment: Literal["per_case", "block"] = "per_case"
    """Whether providers are paid for each case, or a fixed sum that follows plans and not cases."""
    pct_shock: AnyShockLaw | None = None
    """Law of this line's PCT-wide shock, where it differs from the others'."""
    budget_rule: AnyBudgetRule | None = None
    """Budget rule of this line, where it differs from the others'."""

    @model_validator(mode="after")
    def _means_can_be_used(self) -> Self:
        if not self.unit_cost_gbp.mean_gbp > 0:
            need = "a unit_cost_gbp of which the deductible leaves something to pay"
            raise PydanticCustomError("nothing_paid", need)
        if self.count.mean is not None:
            need = "no `mean` under count: the rate and the population give it"
            raise PydanticCustomError("mean_given", need)
        return self


class Cluster(Part):
    """A cluster of practices that takes a budget."""

    name: Name
    """Its name."""
    practices: Strings = ()
    """Codes of its practices."""
    people: Annotated[float, Field(gt=0, le=1e8)] | None = None
    """Registered people, all of average need, where no practices are listed."""
    proportion: Share = 1.0
    """Proportion of budget and spend that the cluster answers for."""
    service_lines: Strings | None = None
    """The lines it answers for; all of them when left out."""
    takes_share: bool = True
    """Whether it wants the practice share, and so posts a bond."""
    bond_gbp: NonNegativeGbp | None = None
    """Bond agreed with this cluster, in pounds, if it takes the share; otherwise the bond rule says."""
    true_saving_share: Annotated[float, Field(ge=-1, lt=1)] = 0.0
    """Share of demand that the cluster really avoids, in every contract year; block contracts know none."""

    @model_validator(mode="after")
    def _has_people(self) -> Self:
        if bool(self.practices) == (self.people is not None):
            raise PydanticCustomError("members", "either practices or people, and not both")
        return self


class SimulationSettings(Part):
    """How much is simulated, unless the command says otherwise."""

    contracts: Annotated[int, Field(ge=FEWEST_CONTRACTS, le=MOST_CONTRACTS)] = 10_000
    """Simulated contracts."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of chance; zero is a seed."""


class ScenarioFile(Part):
    """A scenario: everything that a simulation depends on."""

    title: Name
    """What the scenario is, in a line."""
    question: str = ""
    """What it is meant to answer."""
    pct: PctSettings
    contract: ContractSettings
    population: PopulationSettings = PopulationSettings()
    seasons: SeasonSettings = SeasonSettings()
    shocks: Shocks = Shocks()
    budgets: BudgetSettings
    service_lines: Annotated[tuple[ServiceLine, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Kinds of care, each once."""
    clusters: Annotated[tuple[Cluster, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Clusters, each once."""
    rules: Annotated[tuple[AnyRule, ...], BeforeValidator(as_tuple)] = ()
    """Money rules, each once, in the order in which they apply within a year."""
    simulation: SimulationSettings = SimulationSettings()
