"""What a scenario file may say. `cluster-risk schema` prints this as JSON Schema."""

from __future__ import annotations

from dataclasses import replace
from math import isinf
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from simulator.actions import AnyAction
from simulator.budgets import AnyBudgetRule
from simulator.demand import AnyCountLaw
from simulator.demand.doubt import DoubtSettings
from simulator.demand.shock_laws import AnyShockLaw
from simulator.demand.shocks import Shocks
from simulator.parts import (
    LARGEST_CV,
    FilePath,
    GrowthShare,
    Month,
    Name,
    NonNegativeGbp,
    Part,
    Share,
    Strings,
    UncertainGrowthShare,
    Year,
    as_tuple,
    without_control,
)
from simulator.payments.payment import AnyPayment, terms_of
from simulator.payments.terms import PaymentTerms
from simulator.population.need import UNWEIGHTED
from simulator.random_streams import LARGEST_SEED
from simulator.records import FinancialYear
from simulator.rules import AnyRule
from simulator.scenario.document_settings import DocumentSettings
from simulator.scenario.legal_forms import LEGAL_FORMS, FormName, LegalForm
from simulator.spend import AnyUnitCost
from simulator.spend.unit_cost import UnitCost
from simulator.spend.working_range import cannot_be_drawn, does_not_show
from simulator.uncertain import GROWTH_IN_DOUBT, LEVEL_OF_DOUBT, MAY_BE_UNCERTAIN

MOST_CONTRACTS = 10_000_000
FEWEST_CONTRACTS = 100
"""With fewer the bond at 95% has no 95% interval: 0.95 ** 72 is the first below 2.5%."""
MOST_SHADOW_YEARS = 5
MOST_YEARS = 10
"""Contract years; contracts last about three."""


class PctSettings(Part):
    """The Primary Care Trust."""

    name: Name
    """Its name; of several PCTs, that of all together."""
    only: Name | None = None
    """Of several PCTs, the one that is asked about; `--pct NAME` sets it."""


class ContractSettings(Part):
    """When the contract runs."""

    start_year: Year
    """Calendar year in which the contract starts."""
    start_month: Month = 4
    """Calendar month in which it starts; the first contract year ends on 31 March."""
    years: Annotated[int, Field(ge=1, le=MOST_YEARS)] = 3
    """Contract years, the first of which may be part of a financial year."""
    shadow_years: Annotated[int, Field(ge=0, le=MOST_SHADOW_YEARS)] = 0
    """Years up to the base year in which budgets run on paper: nothing is paid, need is learned from spend by
    the scenario's own law, in place of any budget rule, and savings by year begin."""

    @property
    def financial_years(self) -> tuple[FinancialYear, ...]:
        """The base year, whole, and the contract years."""
        # A contract that starts in January to March belongs to the financial year that began before.
        first = self.start_year - (self.start_month < 4)
        whole = (FinancialYear(first + later) for later in range(1, self.years))
        return (FinancialYear(first - 1), FinancialYear(first, self.start_month), *whole)


class PopulationSettings(Part):
    """Where the practices and the weights of need come from."""

    practices_csv: FilePath | None = None
    """Table of practices with their lists, beside the scenario; by sex and age where lines weigh need."""
    need_weights_csv: FilePath | None = None
    """Table of need weights by sex and age band, beside the scenario."""
    outside_clusters: Literal["the rest"] | Strings = ()
    """Codes of the practices of the PCT that are in no cluster, or "the rest"."""


class SeasonSettings(Part):
    """Where the seasons of demand come from."""

    csv: Name | None = None
    """Table of indices of demand per day by calendar month, beside the scenario."""


class HistoricSettings(Part):
    """What was really spent in the base year, in place of a simulated outturn."""

    csv: Name | None = None
    """Table beside the scenario: `cluster`, or `practice` with codes; `line`; and `spend_gbp`, of the whole
    base year, within any limit per case. Expected demand follows from it by credibility."""


class BudgetSettings(Part):
    """How budgets are set."""

    rule: AnyBudgetRule
    """The rule for every line that has none of its own."""
    top_slice_share: Share = 0.0
    """Share of every budget that the PCT holds back as contingency."""
    rebased_share: Share = 0.0
    """Share of each budget after a cluster's first year that follows what it spent the year before, uplifted,
    in place of what the rule gives: at 0.5 a pound saved takes 50p off next year's budget."""
    historic: HistoricSettings = HistoricSettings()
    """Last year's outturn, by cluster and line."""


def _narrow_enough(unit_cost: UnitCost) -> UnitCost:
    """Refuse costs that vary more than any kind of care, or than standard errors can serve."""
    if isinf(unit_cost.variance_gbp2):
        raise PydanticCustomError(
            "infinite_variance",
            "a shape above 2, or above 1 with a limit: otherwise the cost has no finite "
            "variance, and no estimate of it has a standard error",
        )
    if (cv := getattr(unit_cost, "cv", 0.0)) > LARGEST_CV:
        error = InitErrorDetails(type="less_than_equal", loc=("cv",), input=cv, ctx={"le": LARGEST_CV})
        raise ValidationError.from_exception_data("unit_cost_gbp", [error])
    # That nothing is left at all is told with the line.
    if unit_cost.mean_gbp > 0 and (need := cannot_be_drawn(unit_cost) or does_not_show(unit_cost)):
        raise PydanticCustomError("out_of_range", "{need}", {"need": need})
    return unit_cost


class ServiceLine(Part):
    """A kind of care: how often it is used, what it costs, and how that varies."""

    name: Name
    """Its name."""
    rate_per_1000: Annotated[float, Field(gt=0, le=1e6), *MAY_BE_UNCERTAIN, LEVEL_OF_DOUBT]
    """Cases a year for each 1,000 people; may have an sd."""
    rate_year: Year | None = None
    """Start of the financial year of that rate and cost; the first contract year when left out."""
    count: AnyCountLaw
    """Law of the number of cases; its mean comes from the rate."""
    unit_cost_gbp: Annotated[AnyUnitCost, AfterValidator(_narrow_enough)]
    """Law of the cost of one case, in pounds."""
    growth_share: UncertainGrowthShare = 0.0
    """Growth of the rate a year; may have an sd."""
    planned_growth_share: GrowthShare | None = None
    """Growth that plans expect, which budgets and block contracts follow; growth_share when left out."""
    price_growth_share: UncertainGrowthShare = 0.0
    """Growth of the unit cost a year; may have an sd."""
    need_weights: Name = UNWEIGHTED
    """Column of the table of need weights, or "people" for one each."""
    season: Name = "flat"
    """Column of the table of seasons, or "flat"."""
    payment: AnyPayment = "per_case"
    """What hospitals are paid: a form by name, such as per_case, for each case, or block, a fixed sum that
    follows plans and not cases; or a table."""
    paid_to: Literal["providers", "practices"] = "providers"
    """Who is paid: providers of care, or the cluster's practices, whose core income (GMS, PMS) it is."""
    pct_shock: AnyShockLaw | None = None
    """Law of this line's PCT-wide shock, where it differs from the others'."""
    price_shock: AnyShockLaw | None = None
    """Law of the shock to this line's prices, where it differs from the others'."""
    budget_rule: AnyBudgetRule | None = None
    """Budget rule of this line, where it differs from the others'."""

    @property
    def terms(self) -> PaymentTerms:
        """What hospitals are paid."""
        return terms_of(self.payment)

    @property
    def chance_of_a_case(self) -> tuple[float, float]:
        """What counts and unit costs add to the relative variance of spend where one case is expected."""
        cost = self.unit_cost_gbp
        return self.count.variance(1.0), cost.variance_gbp2 / cost.mean_gbp**2

    @model_validator(mode="after")
    def _means_can_be_used(self) -> Self:
        if not self.unit_cost_gbp.mean_gbp > 0:
            need = "a unit_cost_gbp of which the deductible leaves something to pay"
            raise PydanticCustomError("nothing_paid", need)
        if self.count.mean is not None:
            need = "no `mean` under count: the rate and the population give it"
            raise PydanticCustomError("mean_given", need)
        return self


def _in_order(shares: dict[str, float]) -> dict[str, float]:
    """Return shares by name in an order that says nothing, so that equal scenarios are equal."""
    return dict(sorted(shares.items()))


LAW = (
    "legal_form",
    "liability_beyond_bond",
    "distribution_cap_share",
    "interest_cap_share",
    "partner_share",
)
"""Keys that say what a cluster is in law."""


class Cluster(Part):
    """A cluster of practices that takes a budget."""

    name: Name
    """Its name."""
    pct: Name | None = None
    """Its PCT, in a scenario of several: each settles with its own clusters, and [pct] names all of them."""
    practices: Strings = ()
    """Codes of its practices."""
    people: Annotated[float, Field(gt=0, le=1e8)] | None = None
    """Registered people, all of average need, where no practices are listed."""
    proportion: Share = 1.0
    """Proportion of budget and spend that the cluster answers for."""
    proportion_by_line: Annotated[dict[str, Share], AfterValidator(_in_order), Field(default_factory=dict)]
    """The same by service line, where lines differ: `{ prescribing = 0.5 }`."""
    service_lines: Strings | None = None
    """The lines it answers for; all of them when left out."""
    takes_share: bool = True
    """Whether it wants the practice share, and so posts a bond."""
    bond_gbp: NonNegativeGbp | None = None
    """Bond agreed with this cluster, in pounds, if it takes the share; otherwise the bond rule says."""
    true_saving_share: Annotated[float, Field(ge=-1, lt=1), *MAY_BE_UNCERTAIN, GROWTH_IN_DOUBT] = 0.0
    """Share of demand that the cluster really avoids, in every contract year; block contracts know none."""
    true_saving_share_by_year: Annotated[
        tuple[Annotated[float, Field(ge=-1, lt=1)], ...], BeforeValidator(as_tuple)
    ] = ()
    """The same by contract year, or from the first shadow year, where years differ; the last repeats."""
    list_growth_share: UncertainGrowthShare = 0.0
    """Growth of its list a year after the base year, which budgets do not follow; may have an sd."""
    first_year: Year | None = None
    """Start of the financial year in which it joins, where that is not the contract's first."""
    first_month: Month | None = None
    """Calendar month of that year in which its own contract starts; care before it is in no account."""
    last_year: Year | None = None
    """Start of the financial year at whose review it leaves as agreed; the contract's last if left out."""
    need: Annotated[float, Field(ge=0.1, le=10), *MAY_BE_UNCERTAIN, LEVEL_OF_DOUBT] = 1.0
    """Need of its people over what the weights say, which budgets do not know: 1.05 is 5% more cases."""

    legal_form: FormName | None = None
    """What the cluster is in law: it decides the keys below that are left out."""
    liability_beyond_bond: Literal["none", "unlimited"] | None = None
    """Whether practices pay what the bond leaves of an overspend, if the cluster takes the share.

    Left out: only a lead practice's do.
    """
    distribution_cap_share: Share | None = None
    """Most that practices may take out of what the cluster may keep; the rest goes into patient care.

    Left out: 0.35 for a community interest company, 0 for societies, otherwise all.
    """
    interest_cap_share: Share | None = None
    """Most interest a year on the bond that practices posted, paid first out of what the cluster may keep.

    Left out: 0.05 for a provident society, 0.1 for a community interest company, otherwise nothing.
    """
    partner_share: Share | None = None
    """Share of gains, losses and bond that the rule partner gives to the partner in this cluster.

    Left out: 0.5 for a joint venture, otherwise as the rule says.
    """

    @model_validator(mode="after")
    def _has_people(self) -> Self:
        if bool(self.practices) == (self.people is not None):
            raise PydanticCustomError("members", "either practices or people, and not both")
        if self.true_saving_share_by_year and self.true_saving_share:
            need = "either true_saving_share or true_saving_share_by_year, and not both"
            raise PydanticCustomError("savings", need)
        return self

    def answers_for(self, line: str) -> float:
        """Return the proportion of a service line's budget and spend that the cluster answers for."""
        chosen = self.service_lines is None or line in self.service_lines
        return self.proportion_by_line.get(line, self.proportion) if chosen else 0.0

    def savings(self, years: int, shadow_years: int = 0) -> tuple[float, ...]:
        """Return the share of demand that the cluster really avoids in each contract year."""
        given = self.true_saving_share_by_year or (self.true_saving_share,)
        return tuple(given[min(shadow_years + year, len(given) - 1)] for year in range(years))

    def financial_years(self, contract: ContractSettings) -> tuple[FinancialYear, ...]:
        """Return the base year and the contract years, with its own first month in its own first year."""
        years = contract.financial_years
        first = years[1].start if self.first_year is None else self.first_year
        own = self.first_month
        return tuple(
            replace(year, first_month=own) if own and year.start == first and year is not years[0] else year
            for year in years
        )

    def months_inside(self, contract: ContractSettings) -> tuple[int, ...]:
        """Return the months of each contract year in which its own contract runs."""
        years = self.financial_years(contract)[1:]
        first = years[0].start if self.first_year is None else self.first_year
        last = years[-1].start if self.last_year is None else self.last_year
        return tuple(len(year.months) if first <= year.start <= last else 0 for year in years)

    @property
    def legal(self) -> LegalForm:
        """What its legal form means for it, with what it says otherwise."""
        form = LEGAL_FORMS[self.legal_form] if self.legal_form else LegalForm()
        keys = ("distribution_cap_share", "interest_cap_share", "partner_share")
        own: dict[str, Any] = {key: said for key in keys if (said := getattr(self, key)) is not None}
        if self.liability_beyond_bond is not None:
            own["is_liable"] = self.liability_beyond_bond == "unlimited"
        return replace(form, **own)

    @property
    def truly_saves(self) -> bool:
        """Whether it really saves, or wastes, anything in any year."""
        return any(self.savings(MOST_YEARS))


def saving_every_year(share: float) -> dict[str, object]:
    """Return the keys of a cluster that truly saves so much in every year."""
    return {"true_saving_share": share, "true_saving_share_by_year": ()}


class FitSettings(Part):
    """What a history says of the scenario's figures: draws that `fit` wrote."""

    posterior: Name | None = None
    """File of draws beside the scenario; without one the scenario runs on its figures as written."""
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    """Digest of that file, so that another one is refused."""
    carry_uncertainty: bool = True
    """Whether each contract takes a draw of what the history leaves unknown; if not, all is as written."""

    @model_validator(mode="after")
    def _is_bound(self) -> Self:
        if (self.posterior is None) != (self.sha256 is None):
            raise PydanticCustomError("fit", "posterior and sha256 together, or neither")
        return self


class SimulationSettings(Part):
    """How much is simulated, unless the command says otherwise."""

    contracts: Annotated[int, Field(ge=FEWEST_CONTRACTS, le=MOST_CONTRACTS)] = 10_000
    """Simulated contracts."""
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 1
    """Seed of chance; zero is a seed."""


class ScenarioFile(Part):
    """A scenario: everything that a simulation depends on."""

    title: Name
    """What the scenario is, in a line."""
    question: Annotated[str, AfterValidator(without_control)] = ""
    """What it is meant to answer."""
    pct: PctSettings
    contract: ContractSettings
    population: PopulationSettings = PopulationSettings()
    seasons: SeasonSettings = SeasonSettings()
    shocks: Shocks = Shocks()
    """What moves demand and prices away from what is expected."""
    doubt: DoubtSettings = DoubtSettings()
    """What becomes of figures that have an sd."""
    fit: FitSettings = FitSettings()
    """Draws of what a history leaves unknown."""
    budgets: BudgetSettings
    service_lines: Annotated[tuple[ServiceLine, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Kinds of care, each once."""
    clusters: Annotated[tuple[Cluster, ...], BeforeValidator(as_tuple), Field(min_length=1)]
    """Clusters, each once."""
    rules: Annotated[tuple[AnyRule, ...], BeforeValidator(as_tuple)] = ()
    """Money rules, each once, in the order in which they apply within a year."""
    actions: Annotated[tuple[AnyAction, ...], BeforeValidator(as_tuple)] = ()
    """What clusters do about their demand and their bills, in order."""
    simulation: SimulationSettings = SimulationSettings()
    document: DocumentSettings = DocumentSettings()
    """What documents say besides results: no number depends on it."""

    @property
    def pct_of_clusters(self) -> tuple[str, ...]:
        """Name of each cluster's PCT, where there are several."""
        names = tuple(cluster.pct or "" for cluster in self.clusters)
        return names if len(set(names)) > 1 else ()

    @property
    def truly_saves(self) -> bool:
        """Whether any cluster really saves, or wastes, anything, by itself or by what it does."""
        return bool(self.actions) or any(cluster.truly_saves for cluster in self.clusters)
