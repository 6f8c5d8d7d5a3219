"""The answer to `run`: each cluster's risk and that of all together, simulated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from simulator.answers.answer import Answer
from simulator.answers.rule_notes import rule_notes, scheme_notes
from simulator.answers.table import Column, Table, measures, people, pounds, text
from simulator.questions.run.several_pcts import MOST_CLUSTERS, exposures, exposures_in_words, in_all
from simulator.records import Account
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import loss, money, per_cent, signed_money
from simulator.rules.bond import Bond
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import CONTRACTS_PER_BLOCK
from simulator.simulation.precision import bond_precision
from simulator.simulation.result import Result

_Kind = TypeVar("_Kind", bound=Rule)
_RISK = ("overspend_probability", "large_overspend_probability", "expected_overspend_gbp")
_SURPLUS = (
    "practice_share_gbp_per_year",
    "practice_share_gbp",
    "practice_share_gbp_per_head",
    "pct_return_gbp",
    "reinvestment_gbp",
)


@dataclass(frozen=True)
class RunAnswer(Answer):
    """A result, as `run` tells it; and the precision that was asked for, where one was."""

    result: Result
    precision: float | None = None

    @property
    def scenario(self) -> Scenario:
        """What was simulated."""
        return self.result.scenario

    @property
    def contracts(self) -> int:
        """How many contracts were simulated."""
        return self.result.contracts

    @property
    def seed(self) -> int:
        """Seed of chance."""
        return self.result.seed

    def opening(self) -> tuple[str, ...]:
        """Return what was simulated, and what the scenario asks."""
        question = self.scenario.settings.question
        return (*super().opening(), *([question] if question else []))

    def tables(self) -> tuple[Table, ...]:
        """Return budgets against spend, overspends, leavers, bonds, surpluses, and who gains what."""
        years = range(1, len(self.result.years) + 1)
        risk = (*(f"overspend_probability_year_{number}" for number in years), *_RISK)
        overspends = self._by_cluster("overspends", "How likely is an overspend, and how large?", risk)
        together, by_cluster = self._budgets()
        of_pcts = [exposures(self.result), in_all(self.result)] if self.result.pct_rows else []
        if of_pcts and len(self.result.rows) > MOST_CLUSTERS:
            return (together, *of_pcts)
        tables = [together, *of_pcts, by_cluster, overspends]
        if any(rule.when_exhausted == "leaves" for rule in self._rules(Bond)):
            leaving = (*(f"leaves_probability_year_{number}" for number in years[:-1]), "leaves_probability")
            tables.append(self._by_cluster("leavers", "Who leaves, and when?", leaving))
        if self._rules(Bond):
            tables.append(self._bonds())
        if self._rules(SurplusSplit):
            tables.append(self._by_cluster("surpluses", "Who may expect what of surpluses?", _SURPLUS))
        gains = (
            "practice_net_gain_gbp",
            "practice_net_gain_1_in_20_gbp",
            "practice_better_off_probability",
            *self._other_parties(),
            "pct_net_position_gbp",
            "pct_net_position_1_in_20_gbp",
        )
        title = "Who gains and who loses over the whole contract?"
        return (*tables, self._by_cluster("positions", title, gains))

    def _by_cluster(self, name: str, title: str, found: Sequence[str], *others: Column) -> Table:
        """Return measures by cluster, and for all together, after other columns."""
        clusters = text("cluster", [row.name for row in self.result.rows])
        columns = (measures(one, self._estimates(one), self.result.years) for one in found)
        return Table(name, title, (clusters, *others, *columns), rows_apart=1)

    def _budgets(self) -> tuple[Table, Table]:
        together, years = self.result.rows[-1].estimates, range(1, len(self.result.years) + 1)
        whole = ("whole contract",) if len(years) > 1 else ()
        columns: list[Column] = [text("all clusters together", (*self.result.years, *whole), "period")]
        for name, heading in (
            ("budget_gbp", "budget"),
            ("spend_gbp", "expected spend"),
            ("budget_less_spend_gbp", "budget less spend"),
        ):
            by_year = [together.get(f"{name}_year_{year}") for year in years]
            columns.append(pounds(heading, [*by_year, *([together[name]] if whole else [])], name))
        title = "Do budgets keep up with expected spend?"
        found = ("annual_budget_gbp", *(f"budget_less_spend_gbp_year_{year}" for year in years))
        lists = people([row.people for row in self.result.rows])
        return (
            Table("budgets", title, tuple(columns), rows_apart=len(whole)),
            self._by_cluster("budgets by cluster", "By cluster", found, lists),
        )

    def _bonds(self) -> Table:
        """Return each cluster's bond; then all of them, and the one bond that a PCT's could share."""
        found = "bond_posted_gbp", "bond_covers_probability", "bond_needed_gbp", "expected_bond_draw_gbp"
        title = "Is the bond big enough for the whole contract?"
        if self.result.pct_rows:
            return self._by_cluster("bonds", title, found)
        together = self.result.rows[-1].estimates
        shared = (
            together["bond_posted_gbp"],
            together.get("shared_bond_covers_probability"),
            together.get("shared_bond_needed_gbp"),
            None,
        )
        names = [row.name for row in self.result.rows[:-1]]
        rows = text("cluster", [*names, "All, each its own bond", "All, one shared bond"])
        columns = (
            measures(name, [*self._estimates(name), one]) for name, one in zip(found, shared, strict=True)
        )
        return Table("bonds", title, (rows, *columns), rows_apart=2)

    def _other_parties(self) -> list[str]:
        """Return the measures of parties that some rule pays or asks to pay."""
        flows = next(self.result.settled.parts()).flows.values()
        parties = {account for flow in flows for account in (flow.payer, flow.payee)}
        named = {
            Account.PARTNER: "partner_net_gain_gbp",
            Account.LENDER: "lender_income_gbp",
            Account.CORE: "core_income_gbp",
            Account.SUPPLIERS: "suppliers_income_gbp",
        }
        return [measure for account, measure in named.items() if account in parties]

    def sentences(self) -> tuple[str, ...]:
        """Return the PCT's position, how it comes about, and how bad a bad contract is."""
        pct = self.result.rows[-1].estimates
        build_up = self.result.pct_build_up
        parts = ", ".join(f"{words} {signed_money(one)}" for words, one in build_up.parts)
        of_pcts = exposures_in_words(self.result) if self.result.pct_rows else ()
        pcts = self.scenario.settings.pct.name if self.result.pct_rows else "the PCT"
        position = f"{pcts[0].upper()}{pcts[1:]}'s net position"
        said = [*of_pcts, f"{position}: {parts}; together {signed_money(build_up.total)}."]
        bad, worst = pct.get("pct_net_position_1_in_20_gbp"), pct.get("pct_net_position_1_in_100_gbp")
        beyond = pct.get("pct_net_position_beyond_1_in_20_gbp")
        if bad and beyond:
            hundred = f"; in one in a hundred {loss(worst)}" if worst else ""
            said.append(
                f"In one contract in twenty {pcts} {loss(bad)} or worse, {signed_money(beyond)} on average "
                f"of those{hundred} or worse."
            )
        said.append(
            f"It pays {money(pct['pct_payment_gbp'])} for overspends on average, "
            f"{money(pct['pct_payment_median_gbp'])} in the middle contract of all, and more than "
            f"{money(pct['pct_payment_1_in_20_gbp'])} in one contract in twenty."
        )
        if self._rules(Pool):
            pool, ends = ("The pools pay", "end") if of_pcts else ("The pool pays", "ends")
            said.append(
                f"{pool} {money(pct['pool_payment_gbp'])} for overspends and {ends} at "
                f"{money(pct['pool_balance_gbp'])}. Pool and bonds leave no overspend to {pcts} with "
                f"probability {per_cent(pct['pool_and_bonds_cover_probability'])}."
            )
        if len(self.result.rows) > 2:
            chance = per_cent(pct["some_cluster_overspends_probability"])
            said.append(f"Some cluster overspends in some year with probability {chance}.")
        return tuple(said)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        everyone, inside = self.result.plan.population.pct_people, self.result.rows[-1].people
        outside = (
            f"The whole PCT has {everyone:,.0f} people; {everyone - inside:,.0f} of them are in no cluster, "
            "and in none of these numbers."
        )
        only_luck = (
            self._rules(SurplusSplit)
            and self.result.plan.terms.takes_share.any()
            and not self.scenario.settings.truly_saves
        )
        luck = "No cluster truly saves anything here: every practice share above is luck."
        return (
            *([outside] if everyone > inside else []),
            f"{self.errors_note} Sources and assumptions are marked in its file.",
            "Overspends of a contract are the sum of its years' overspends; its chance of an overspend over "
            "the contract is that its total spend exceeds its total budget. All clusters together: chances "
            "are of their net total, expected overspends add up every cluster's.",
            "Net gain: all that comes to a party less all that it pays. Better off: a net gain above "
            "nothing. 1 in 20: only one contract in twenty is worse. The PCT's net position: what it planned "
            "for the care of the clusters' people (expected spend at the scenario's own growth, before true "
            "savings) less all that this care costs it.",
            *rule_notes(self.scenario.settings.rules),
            *scheme_notes(self.scenario),
            *([luck] if only_luck else []),
            *self._precision(),
        )

    def _precision(self) -> Iterator[str]:
        if self.precision is None:
            return
        found = bond_precision(self.result)
        done = "are the fewest tried" if self.contracts <= CONTRACTS_PER_BLOCK else "were needed"
        yield (
            f"{self.contracts:,} contracts {done} for every bond's interval to be within "
            f"±{100 * self.precision:g}%; widest: {found.widest}, ±{100 * found.share:.2g}%."
        )
        if found.without_bond:
            yield f"Left out, for they need no bond at 95%: {', '.join(found.without_bond)}."

    def _rules(self, kind: type[_Kind]) -> list[_Kind]:
        return [rule for rule in self.scenario.settings.rules if isinstance(rule, kind)]

    def _estimates(self, name: str) -> list[Estimate | None]:
        return [row.estimates.get(name) for row in self.result.rows]
