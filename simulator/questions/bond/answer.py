"""The answers to `bond`: how big a bond, what each size does, and is the share worth it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Column, Table, measures, people, pounds, shares, text
from simulator.plain_words import as_a_name, listed, per_cent_of
from simulator.questions.bond.pieces import BondSamples, PracticePart, split_to_the_penny
from simulator.questions.bond.saving import SavingNeeded
from simulator.records import Account, FloatArray, IntArray
from simulator.risk.account_book import PENNY_GBP
from simulator.risk.estimate import Estimate, Unit
from simulator.risk.estimation import beyond_chance, mean, probability, quantile
from simulator.risk.estimators import Quantile
from simulator.risk.in_words import about, contracts_in_100, money, per_cent
from simulator.risk.measures.measure import BOND_CONFIDENCE
from simulator.rules.bond import MONTHS_IN_A_YEAR, Bond
from simulator.rules.partner import Partner
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.doubts import unsure_of

NO_TOP_UP = "whole contract, no top-up"
TOP_UP = "whole contract, topped up"
SIDE_BY_SIDE = (
    "bond_posted_gbp",
    "bond_covers_probability",
    "expected_bond_draw_gbp",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
)
"""Columns of the summary that are told of several clusters too."""
SHARED_WITH_RUN = (
    *SIDE_BY_SIDE,
    "practice_net_gain_1_in_20_gbp",
    "partner_net_gain_gbp",
    "leaves_probability",
)
"""Columns of the summary that are told here too."""
OF_SIZES = (
    "expected_bond_draw_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
    "partner_net_gain_gbp",
)
"""Columns of the summary that are told of other sizes of bond; the last where a partner bears it."""
SHARE_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of the practice share that are shown."""
_WORTH = {
    "practice share, expected": "practice_share_gbp",
    **{
        f"in {100 * level:.0f}% of contracts at most": f"practice_share_{100 * level:.0f}_gbp"
        for level in SHARE_LEVELS
    },
    "drawn from bond, expected": "expected_bond_draw_gbp",
    "topped up, expected": "expected_top_up_gbp",
    "interest, expected": "expected_interest_gbp",
    "financing cost, expected": "expected_financing_gbp",
    "practices' net gain, expected": "practice_net_gain_gbp",
    "practices' net gain, 1 contract in 20 below": "practice_net_gain_1_in_20_gbp",
    "partner's net gain, expected": "partner_net_gain_gbp",
    "chance that the bond is never touched": "never_drawn_probability",
    "chance that practices are better off": "practice_better_off_probability",
}
"""What the share is worth against the bond, in words, and its name among `posted_facts`."""
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True)
class BondAnswer(DrawnAnswer):
    """What `bond` returns for one cluster."""

    cluster: str  # whose bond
    rule: Bond  # the scenario's rule
    confidences: tuple[float, ...]  # rising
    years: tuple[str, ...]  # labels of the contract years
    months: IntArray  # shape (year,); of its contract in each contract year
    samples: BondSamples  # what happened in each contract
    # What would happen in it, were every figure of the scenario known; None without figures that are not.
    known_samples: BondSamples | None
    summary: Mapping[str, Estimate]  # what `run` says of the cluster, by column that is told here
    # What `run` would say had another bond been posted, by its size as a share of the first year's budget,
    # and by column that is told of it.
    of_sizes: Mapping[float, Mapping[str, Estimate]]
    saving_needed: SavingNeeded  # what would repay the bond
    per_case_share: float  # of the care that is planned for the cluster's people: of what a saving is a part
    parts: tuple[PracticePart, ...]  # the cluster's practices; none for a cluster that is a number of people

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
        """The smallest bonds, by period and confidence."""
        # Without top-up one bond must pay the sum of the years' overspends; topped up, it starts each year at
        # its first size at least and so must pay the largest year's. The interest that it earns helps to pay.
        to_bear = [*self.samples.claims_gbp.T, *(self._to_bear_gbp(top_up=one) for one in (False, True))]
        return {
            (period, confidence): quantile(claims, confidence)
            for period, claims in zip(self.periods, to_bear, strict=True)
            for confidence in self.confidences
        }

    @cached_property
    def needed_for_doubt_gbp(self) -> Estimate | None:
        """How much smaller the headline's bond would be, were every figure known; None without doubt."""
        if self.known_samples is None:
            return None
        doubted, known = (
            self._to_bear_gbp(top_up=False, samples=samples) for samples in (self.samples, self.known_samples)
        )
        return Quantile(self.headline_confidence).difference(doubted, known)

    @cached_property
    def posted_facts(self) -> dict[str, Estimate]:
        """What the scenario's bond and share come to over the whole contract, by name."""
        samples = self.samples
        share = samples.practice_share_gbp.sum(axis=1)
        draws = samples.draws_gbp.sum(axis=1)
        years_long = int(self.months.sum()) / MONTHS_IN_A_YEAR
        return {name: self.summary[name] for name in SHARED_WITH_RUN} | {
            "runs_out_probability": probability(np.asarray(samples.runs_out.any(axis=1))),
            "never_drawn_probability": probability(draws < PENNY_GBP),
            "expected_draw_gbp_per_year": mean(draws / years_long),
            "expected_top_up_gbp": mean(samples.top_ups_gbp.sum(axis=1)),
            "expected_interest_gbp": mean(samples.interest_gbp.sum(axis=1)),
            "expected_financing_gbp": mean(samples.financing_gbp.sum(axis=1)),
            "expected_loss_gbp": mean(samples.losses_gbp.sum(axis=1)),
            **{f"practice_share_{100 * level:.0f}_gbp": quantile(share, level) for level in SHARE_LEVELS},
        }

    def year_facts(self, year: str) -> dict[str, Estimate]:
        """Return what the scenario's bond and share come to in one contract year, by name."""
        at, runs_out = self.years.index(year), self.samples.runs_out
        first = runs_out[:, at] & ~runs_out[:, :at].any(axis=1)
        return {
            "first_runs_out_probability": probability(np.asarray(first)),
            "expected_bond_draw_gbp": mean(self.samples.draws_gbp[:, at]),
            "practice_share_gbp": mean(self.samples.practice_share_gbp[:, at]),
        }

    def covers(self, bond_gbp: float, *, top_up: bool) -> Estimate:
        """Return the probability that a bond, as first posted, pays every overspend of the contract."""
        return probability(self._to_bear_gbp(top_up=top_up) - bond_gbp < PENNY_GBP)

    @cached_property
    def to_split(self) -> dict[str, Estimate]:
        """The cluster's amounts that its practices divide between them, by name."""
        needed = self.needed_gbp[TOP_UP if self.rule.top_up else NO_TOP_UP, self.headline_confidence]
        posted = ("bond_posted_gbp", "expected_bond_draw_gbp", "practice_share_gbp")
        return {"bond_needed_gbp": needed, **{name: self.posted_facts[name] for name in posted}}

    def split(self) -> dict[str, list[Estimate]]:
        """Return the amounts of `to_split` by practice, in the order of `parts`."""
        weights = np.array([part.share for part in self.parts])
        return {name: split_to_the_penny(total, weights) for name, total in self.to_split.items()}

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        of_year = f"{money(self.annual_budget_gbp)} a year at the first year's rate"
        return (*super().opening(), f"The bond of {self.cluster}, whose budget is {of_year}")

    def tables(self) -> tuple[Table, ...]:
        """Return how big a bond, what each size does, and what becomes of the posted one."""
        practices = (self._practices(),) if self.parts else ()
        return (self._needed(), self._sizes(), self._posted(), self._worth(), *practices)

    def _needed(self) -> Table:
        # A single year is its own whole contract, topped up or not.
        periods = self.periods if len(self.years) > 1 else self.years
        columns = [text("to cover", periods, "period")]
        for confidence in self.confidences:
            needed = [self.needed_gbp[period, confidence] for period in periods]
            columns.append(pounds(f"{100 * confidence:g}% sure", needed, f"bond_{100 * confidence:g}_gbp"))
        return Table("bonds needed", "How big a bond covers every overspend?", tuple(columns))

    def _sizes(self) -> Table:
        budget, sizes = self.annual_budget_gbp.value, tuple(self.of_sizes)
        ways = {False: "covers, no top-up", True: "covers, topped up"}
        if len(self.years) == 1:
            del ways[True]
        covers = []
        for top_up, heading in ways.items():
            name = "covers_topped_up_probability" if top_up else "covers_probability"
            chances = tuple(self.covers(size * budget, top_up=top_up) for size in sizes)
            covers.append(Column(name, heading, Unit.PROBABILITY, chances))
        names = OF_SIZES if self.rule.bearer == Account.PARTNER else OF_SIZES[:-1]
        columns = (
            shares("bond, of first year's budget", sizes, "bond_share_of_annual_budget"),
            pounds("bond", [size * budget for size in sizes], "bond_gbp"),
            *covers,
            *(measures(name, [of_size[name] for of_size in self.of_sizes.values()]) for name in names),
        )
        kept = "topped up" if self.rule.top_up else "not topped up"
        title = f"What would each size of bond do? Draw and gains are of one that is {kept}, as the rule says"
        return Table("sizes of bond", title, columns)

    def _posted(self) -> Table:
        by_year, whole = [self.year_facts(year) for year in self.years], self.posted_facts
        runs_out = (*(year["first_runs_out_probability"] for year in by_year), whole["runs_out_probability"])
        means = {"expected_bond_draw_gbp": "", "practice_share_gbp": "practice share"}
        columns = (
            text("year", (*self.years, "whole contract"), "period"),
            Column("runs_out_probability", "bond first runs out", Unit.PROBABILITY, runs_out),
            *(
                measures(name, [facts[name] for facts in (*by_year, whole)], heading=heading)
                for name, heading in means.items()
            ),
        )
        kept = "topped up" if self.rule.top_up else "not topped up"
        title = f"What becomes of the bond posted, {money(whole['bond_posted_gbp'])}, {kept}?"
        return Table("posted bond", title, columns, rows_apart=1)

    def _worth(self) -> Table:
        by_partner = self.rule.bearer == Account.PARTNER
        told = {label: name for label, name in _WORTH.items() if by_partner or name != "partner_net_gain_gbp"}
        saving = self.saving_needed.share_of_demand or self.saving_needed.words
        units = (*(Unit.GBP if name.endswith("_gbp") else Unit.SHARE for name in told.values()), Unit.SHARE)
        worth = Column("value", "", units, (*(self.posted_facts[name] for name in told.values()), saving))
        names = text("over the whole contract", (*told, "true saving from which practices gain"), "measure")
        return Table("share and bond", "Is the practice share worth the bond?", (names, worth))

    def _practices(self) -> Table:
        sizes, split = [part.people for part in self.parts], self.split()
        needed = f"bond needed at {100 * self.headline_confidence:g}%"
        headings = {"bond_needed_gbp": needed, "practice_share_gbp": "practice share"}
        columns = (
            text("practice", (*(as_a_name(part.name) for part in self.parts), self.cluster)),
            text("code", (*(part.code for part in self.parts), "")),
            people((*sizes, sum(sizes))),
            *(
                measures(name, [*split[name], total], heading=headings.get(name, ""))
                for name, total in self.to_split.items()
            ),
        )
        by = self.rule.split_between_practices_by.replace("_", " ")
        title = f"How would practices share this, split by {by}?"
        return Table("practices", title, columns, keys=2, rows_apart=1)

    def sentences(self) -> tuple[str, ...]:
        """Return how big a bond, what becomes of the posted one, and what the share is worth."""
        doubt = self._doubt_in_words()
        return (self._needed_in_words(), *doubt, self._posted_in_words(), *self._worth_in_words())

    def _doubt_in_words(self) -> Iterator[str]:
        for_doubt, alone = self.needed_for_doubt_gbp, self.needed_gbp[NO_TOP_UP, self.headline_confidence]
        if for_doubt is None or not alone.value > 0:
            return
        unsure = listed(unsure_of(self.scenario.settings))
        if not beyond_chance(for_doubt):
            yield f"What is not known of {unsure} makes no difference to that bond beyond sampling error."
            return
        part = f"{for_doubt.value / alone.value:.0%} of it"
        yield (
            f"Of that bond {about(for_doubt, Unit.GBP)}, {part}, is for what is not known of {unsure}; the "
            "rest is for chance."
        )

    def _needed_in_words(self) -> str:
        confidence = self.headline_confidence
        alone, topped_up = (self.needed_gbp[period, confidence] for period in (NO_TOP_UP, TOP_UP))
        if not alone.high > 0:
            return f"No simulated contract leaves {self.cluster}'s bond anything to pay."
        share = f"{alone.value / self.annual_budget_gbp.value:.1%} of the first year's budget"
        must = f"{self.cluster} must post {about(alone, Unit.GBP)}, {share}"
        years, sure = len(self.years), f"To be {100 * confidence:g}% sure that"
        if years == 1:
            return f"{sure} its bond covers the year's overspend, {must}."
        return (
            f"{sure} one bond covers every overspend of the {_NUMBERS[years]} years, {must}; if the bond is "
            f"made up to its first size at each review, {about(topped_up, Unit.GBP)} will do, but each "
            "top-up is new money."
        )

    def _posted_in_words(self) -> str:
        facts, posted = self.posted_facts, self.posted_facts["bond_posted_gbp"]
        if not posted.value > 0:
            splits = (rule for rule in self.scenario.settings.rules if isinstance(rule, SurplusSplit))
            no_share = any(rule.needs_bond for rule in splits)
            lost = ", so that its practices keep no share of a surplus (needs_bond)" if no_share else ""
            return f"The scenario's bond for {self.cluster} is nothing{lost}."
        return (
            f"The bond that the scenario posts, {about(posted, Unit.GBP)}, runs out in "
            f"{contracts_in_100(facts['runs_out_probability'])} and is never touched in "
            f"{contracts_in_100(facts['never_drawn_probability'])}; on average "
            f"{about(facts['expected_draw_gbp_per_year'], Unit.GBP)} a year is drawn from it."
        )

    def _worth_in_words(self) -> Iterator[str]:
        facts, loss = self.posted_facts, about(self.posted_facts["expected_loss_gbp"], Unit.GBP)
        share = about(facts["practice_share_gbp"], Unit.GBP)
        expected = f"Over the contract the practices may expect a share of {share}"
        better = contracts_in_100(facts["practice_better_off_probability"])
        if self.rule.bearer == Account.PARTNER:
            yield (
                f"{expected}, and lose nothing on the bond: the external partner who posts it may expect to "
                f"lose {loss}. The practices end better off in {better}."
            )
        else:
            net = about(facts["practice_net_gain_gbp"], Unit.GBP)
            # A lender who is not paid back bears the draws, and practices the cost alone.
            lost = f", and to lose {loss} on the bond" if self.rule.bearer == Account.PRACTICES else ""
            yield f"{expected}{lost}, {net} net; taking the share leaves them better off in {better}."
        saving = self.saving_needed.share_of_demand
        if saving is None:
            yield f"On average the practices' part of the bond is {self.saving_needed.words}."
        else:
            of_what = "" if self.per_case_share == 1 else " that is paid per case"
            of_all = f", about {self.per_case_share * saving.value:.1%} of all of it" if of_what else ""
            yield (
                f"{self.cluster} would have to save {about(saving, Unit.SHARE)} of its patients' care"
                f"{of_what}{of_all}, every year, before its practices gain anything on average."
            )

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        notes = [
            self.errors_note,
            "An overspend here is what reaches the bond: what the rules listed before it leave unpaid. "
            "Without top-up one bond pays the sum of the years' overspends. Topped up, it is made up to its "
            "first size at each annual review, so that it must cover the largest single year's. The interest "
            "that it earns counts.",
            "Net gain: all that comes to the practices over the contract less all that they pay: share, "
            "interest and bond given back, less bond, top-ups and financing. Better off: a net gain above "
            "nothing.",
        ]
        if self.per_case_share < 1:
            notes.append("A true saving is of the care that is paid per case: block contracts know none.")
        if not self.parts:
            notes.append(
                f"{self.cluster} is given as a number of people: there are no practices to split the bond."
            )
        cost = self.rule.financing
        if cost and self.rule.is_paid_back:
            notes.append(
                f"The bond costs {per_cent_of(cost)} a year of what stands behind it; what is drawn the "
                "practices pay back at the year's review."
            )
        else:
            notes.append(self._financing_note(cost))
        if self.rule.bearer == Account.PARTNER:
            notes.append("An external partner posts the bond and bears its draws and its financing.")
        if any(isinstance(rule, Partner) for rule in self.scenario.settings.rules):
            notes.append(
                "Net gains are after what the rule partner gives and takes; other figures are before."
            )
        if self.rule.when_exhausted == "leaves":
            leaves = per_cent(self.posted_facts["leaves_probability"])
            notes.append(
                f"A cluster whose bond is used up leaves: {self.cluster} does with probability {leaves}. The "
                "bonds needed are for one that stays."
            )
        return tuple(notes)

    @staticmethod
    def _financing_note(cost: float) -> str:
        if not cost:
            return "The scenario gives no cost of financing the bond (financing_share_per_year)."
        return (
            f"Financing costs {per_cent_of(cost)} a year of all that was paid in, drawn or not, until the "
            "contract ends."
        )

    def _to_bear_gbp(self, *, top_up: bool, samples: BondSamples | None = None) -> FloatArray:
        """Return what a bond must be to pay every claim of a contract, shape (contract,)."""
        rule = self.rule.model_copy(update={"top_up": top_up})
        return rule.needed_gbp((samples or self.samples).claims_gbp, self.months)
