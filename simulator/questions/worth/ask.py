"""What each thing that clusters do is worth: alone, together, and for each pound spent on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simulator.actions.action import Action
from simulator.answers.answer import DrawnAnswer
from simulator.answers.table import Table, numbers, pounds, shares, text
from simulator.errors import InputError, Problem
from simulator.plain_words import listed
from simulator.records import Account, FloatArray, Outturn, PaidBesides, SpendElsewhere
from simulator.risk.account_book import ALL_CLUSTERS, PENNY_GBP
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance, mean, probability
from simulator.risk.in_words import money, per_cent
from simulator.scenario.scenario import Scenario
from simulator.simulation.draws import Draws
from simulator.simulation.shared_draws import SharedDraws

INTERACTION = "interaction"
TOGETHER = "all of them"


@dataclass(frozen=True, slots=True)
class Worth:
    """What one action, their interaction, or all of them are worth to one cluster or to all."""

    cluster: str  # name, or all clusters together
    action: str  # name, `INTERACTION`, or `TOGETHER`
    cost: Estimate  # of doing it, over the contract
    saving: Estimate  # what else is spent less
    net: Estimate  # saving less cost
    pays: Estimate | None  # probability that it saves more than it costs; None of an interaction
    practices_income: Estimate  # what practices are paid for it, beside any share
    held_back: Estimate  # care held back

    @property
    def per_pound(self) -> Estimate | None:
        """What it saves for each pound that it costs; None where it costs nothing."""
        cost = self.cost.value
        if self.pays is None or cost < PENNY_GBP:
            return None
        value, low, high = (one / cost for one in (self.saving.value, self.saving.low, self.saving.high))
        return Estimate(value, low, high)


@dataclass(frozen=True)
class ActionWorth(DrawnAnswer):
    """What `worth` returns."""

    rows: tuple[Worth, ...]  # by cluster, then by action

    def row(self, action: str, cluster: str = ALL_CLUSTERS) -> Worth:
        """Return the row of an action and a cluster."""
        return next(one for one in self.rows if (one.action, one.cluster) == (action, cluster))

    def tables(self) -> tuple[Table, ...]:
        """Return what each action costs, saves and is worth, for each cluster and for all."""
        rows = self.rows
        columns = [
            text("cluster", [one.cluster for one in rows]),
            text("action", [one.action for one in rows]),
            pounds("cost", [one.cost for one in rows]),
            pounds("saved", [one.saving for one in rows]),
            pounds("net", [one.net for one in rows]),
            numbers("saved for a pound", [one.per_pound for one in rows]),
            shares("pays", [one.pays for one in rows], "pays_probability"),
        ]
        if any(one.practices_income.value for one in rows):
            columns.append(pounds("practices' income", [one.practices_income for one in rows]))
        if any(one.held_back.value for one in rows):
            columns.append(pounds("care held back", [one.held_back for one in rows]))
        title = "What is each action worth over the contract? Each alone, against doing nothing"
        return (Table("worth of actions", title, tuple(columns), keys=2),)

    def sentences(self) -> tuple[str, ...]:
        """Return which actions pay, and what all of them come to."""
        every = self.row(TOGETHER)
        said = [
            f"All of them cost {money(every.cost)} and save {money(every.saving)} over the contract, with a "
            f"chance of {per_cent(every.pays)} that they pay."
            if every.pays
            else ""
        ]
        if every.held_back.value > 0:
            said.append(f"Care held back, which people would have had, is {money(every.held_back)}.")
        alone = [one for one in self.rows if one.cluster == ALL_CLUSTERS and one.action not in _SUMS]
        paying = [one.action for one in alone if beyond_chance(one.net) and one.net.value > 0]
        if paying:
            said.append(f"On average these save more than they cost: {listed(paying)}.")
        else:
            said.append("None of them saves more than it costs on average.")
        return tuple(said)

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the table must know."""
        return (
            self.errors_note,
            "Each action is simulated alone on the same draws as doing nothing, and all of them together: "
            "the interaction is what all bring beyond the sum of each. Of what clusters answer for, before "
            "any rule shares it. Errors are those of simulation: what is not known of an action is in the "
            "chance that it pays.",
        )


_SUMS = (INTERACTION, TOGETHER)


def check_worth(scenario: Scenario) -> None:
    """Refuse a scenario in which nobody does anything."""
    if not scenario.settings.actions:
        hint = "`docs/scenario-keys.md` lists them; scenarios/actions-example.toml has each"
        raise InputError([Problem(f"{scenario.source}, actions", "one at least", "none", hint)])


def worth(
    scenario: Scenario,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda done, simulations: None,
) -> ActionWorth:
    """Say what each action costs, what it saves, and what it is worth for a pound spent on it.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`, with actions.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with how many simulations are done, and how many there are to do.

    Returns
    -------
    ActionWorth
        With its table, and sentences to read aloud.

    Raises
    ------
    InputError
        If there is no action, or a number is out of range.
    """
    draws.of(scenario)
    check_worth(scenario)
    shared, actions = SharedDraws.of(scenario, draws), scenario.settings.actions
    asked: list[tuple[Action, ...]] = [(), *((one,) for one in actions), actions]
    found = []
    for some in asked:
        found.append(_Amounts.of(shared.outturn(scenario.with_settings(actions=some)), some))
        progress(len(found), len(asked))
    none, *alone, together = found
    clusters = [one.name for one in scenario.settings.clusters]
    every = [(name, [at]) for at, name in enumerate(clusters)] + [(ALL_CLUSTERS, list(range(len(clusters))))]
    rows: list[Worth] = []
    for name, places in every:
        changes = [one.since(none, places) for one in (*alone, together)]
        largest = none.spend_gbp[:, places].sum(axis=1)
        interaction = tuple(
            _without_dust(np.asarray(whole - sum(parts)), largest)
            for whole, *parts in zip(changes[-1], *changes[:-1], strict=True)
        )
        names = [*(one.name for one in actions), INTERACTION, TOGETHER]
        for action, change in zip(names, [*changes[:-1], interaction, changes[-1]], strict=True):
            rows.append(_row(name, action, change))
    return ActionWorth(scenario, shared.draws.contracts, shared.draws.seed, tuple(rows))


Change = tuple[FloatArray, ...]
"""Cost, net saving, practices' income and care held back, each of shape (contract,)."""


def _row(cluster: str, action: str, change: Change) -> Worth:
    cost, net, income, held = change
    pays = None if action == INTERACTION else probability(net > PENNY_GBP)
    return Worth(cluster, action, mean(cost), mean(net + cost), mean(net), pays, mean(income), mean(held))


@dataclass(frozen=True, slots=True)
class _Amounts:
    """What is spent over the contract, each of shape (contract, cluster)."""

    spend_gbp: FloatArray
    cost_gbp: FloatArray  # of actions, whoever pays
    besides_gbp: FloatArray  # what of it budgets do not pay
    income_gbp: FloatArray  # of practices for actions
    held_back_gbp: FloatArray

    @classmethod
    def of(cls, outturn: Outturn, actions: Sequence[Action]) -> _Amounts:
        """Return the sums over contract years."""
        nothing = np.zeros_like(outturn.spend_gbp[:, 0])
        costs = {one.reason for one in actions}
        paid = [one for one in outturn.elsewhere if any(mine.pays_for(one.reason) for mine in actions)]
        cost = [one.gbp.sum(axis=1) for one in paid if one.reason in costs]
        besides = sum((one.gbp.sum(axis=1) for one in outturn.besides), nothing)
        every: list[SpendElsewhere | PaidBesides] = [*paid, *outturn.besides]
        income = [one.gbp.sum(axis=1) for one in every if one.payee == Account.PRACTICES]
        held = nothing if outturn.held_back_gbp is None else outturn.held_back_gbp.sum(axis=1)
        spend = outturn.spend_gbp.sum(axis=1)
        return cls(spend, sum(cost, nothing) + besides, besides, sum(income, nothing), held)

    def since(self, none: _Amounts, places: Sequence[int]) -> Change:
        """Return what changed, of some clusters together."""
        of_care = none.spend_gbp - self.spend_gbp + self.cost_gbp - self.besides_gbp
        saved = _without_dust(of_care, none.spend_gbp) - self.cost_gbp
        amounts = (self.cost_gbp, saved, self.income_gbp, self.held_back_gbp)
        return tuple(one[:, list(places)].sum(axis=1) for one in amounts)


_DUST = 1e-12
"""Differences of sums that are so small a part of all spend are rounding."""


def _without_dust(gbp: FloatArray, largest_gbp: FloatArray) -> FloatArray:
    return np.where(np.abs(gbp) <= _DUST * largest_gbp, 0.0, gbp)
