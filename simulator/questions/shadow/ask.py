"""What years of budgets on paper are worth: budgets set on what is then known, on the same draws."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from simulator.errors import InputError, Problem, shown
from simulator.questions.shadow.answer import MEASURES, NEXT_SD, ShadowAnswer, ShadowRow
from simulator.random_streams import RandomStreams
from simulator.records import BUDGET, Block, Outcomes
from simulator.risk.account_book import AccountBook, account_books
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import Influence, root
from simulator.risk.measures import columns
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import MOST_SHADOW_YEARS, saving_every_year
from simulator.simulation.draws import Draws, drawn_in_blocks
from simulator.simulation.earlier_years import EarlierYears
from simulator.simulation.learned import LearnedBudgets
from simulator.simulation.plan import Plan, make_plan
from simulator.simulation.refusals import one_pct, other_payments


def shadow(
    scenario: Scenario,
    years: int = 3,
    *,
    draws: Draws = Draws(),
    progress: Callable[[int, int], None] = lambda contracts_done, of_contracts: None,
) -> ShadowAnswer:
    """Say what years of shadow running are worth, in bond, in overspend and in luck that is paid.

    In a shadow year a budget runs on paper: nothing is paid, and need is learned from what is spent. Budgets
    of the contract are then the best estimates by the scenario's own law, after none, one and more
    such years; all share the same draws. A saving that grows by year starts in the first shadow year.

    Parameters
    ----------
    scenario : Scenario
        From `load_scenario`. Its own budget rules play no part.
    years : int
        Most shadow years, 1 to 5; the last of them is the base year.
    draws : Draws
        As for `simulate`.
    progress : callable
        Called with the contracts done, and how many there are to do.

    Returns
    -------
    ShadowAnswer
        By number of shadow years and cluster.

    Raises
    ------
    InputError
        With what is out of range, or for a scenario that knows its past already.
    """
    check_shadow(scenario, years)
    settled = draws.of(scenario)
    runs = ShadowRuns.of(scenario, years)
    plan = runs.plans[0]
    outcomes = [Outcomes.empty(settled.contracts, plan.axes) for _ in runs.budgets]
    done = 0
    for start, drawn in drawn_in_blocks(partial(runs.draw, RandomStreams(settled.seed)), settled):
        filled = [whole.fill(start, block) for whole, block in zip(outcomes, drawn, strict=True)]
        done += filled[0]
        progress(done, settled.contracts)
    rows = _rows([account_books(one, runs.plans[at].terms) for at, one in enumerate(outcomes)])
    return ShadowAnswer(scenario, settled.contracts, settled.seed, tuple(rows))


def check_shadow(scenario: Scenario, years: object) -> None:
    """Refuse what cannot be asked."""
    problems = []
    if isinstance(years, bool) or not isinstance(years, int) or not 1 <= years <= MOST_SHADOW_YEARS:
        problems.append(Problem("years", f"a whole number from 1 to {MOST_SHADOW_YEARS}", shown(years)))
    settings = scenario.settings
    need = "a scenario that is not told its past: here each year of it is drawn, to see what it tells"
    if settings.budgets.historic.csv:
        problems.append(Problem(scenario.source, need, "budgets.historic.csv"))
    if scenario.posterior is not None:
        hint = "--set fit.carry_uncertainty=false does not do: take the lines under [fit] out"
        problems.append(Problem(scenario.source, need, "fit.posterior", hint))
    problems += [*other_payments(make_plan(scenario), "shadow"), *one_pct(settings, "shadow")]
    if problems:
        raise InputError(problems)


@dataclass(frozen=True)
class ShadowRuns:
    """What is drawn and settled, by number of shadow years from none on."""

    plans: tuple[Plan, ...]  # with what clusters save by then
    before: EarlierYears | None  # years before the base year
    budgets: tuple[LearnedBudgets, ...]

    @classmethod
    def of(cls, scenario: Scenario, years: int) -> ShadowRuns:
        """Return the runs of a scenario for up to so many shadow years."""
        contract = scenario.settings.contract.model_copy(update={"shadow_years": 0})
        scenario = scenario.with_settings(contract=contract)
        names = [one.name for one in scenario.settings.clusters]
        without = make_plan(scenario.with_clusters(dict.fromkeys(names, saving_every_year(0.0))))
        counts, lines = without.expected_counts, without.settings.service_lines
        before = None
        if years > 1:
            before = EarlierYears.of(without.settings, without.rates, without.prices, counts[0], years - 1)
        plans = [make_plan(_later(scenario, later)) for later in range(years + 1)]
        for plan in plans[:1]:
            plan.prepare()
        # Without a ramp all draw the same spend: then they share one plan.
        same = all((plan.expected_counts == plans[0].expected_counts).all() for plan in plans)
        shocks, prices = without.shocks, without.prices
        known = range(years + 1)
        budgets = tuple(LearnedBudgets.of(shocks, lines, prices, counts, before, one) for one in known)
        return cls(tuple(plans[:1] * len(plans) if same else plans), before, budgets)

    def draw(self, streams: RandomStreams, block: Block) -> list[Outcomes]:
        """Draw one block of contracts, and settle it after each number of shadow years."""
        first = self.plans[0]
        earlier = self.before.draw(first.shocks, first.axes, streams, block) if self.before else None
        found, drawn, acted = [], {}, {}
        for at, (plan, budgets) in enumerate(zip(self.plans, self.budgets, strict=True)):
            if id(plan) not in drawn:
                before = plan.draw_before_actions(streams, block)
                drawn = {id(plan): replace(before, earlier_gbp=earlier)}
            on_paper = replace(plan, learned=budgets)
            # What reacts does so to the budgets that are handed over.
            key = (id(plan), at if plan.actions.react else 0)
            if key not in acted:
                acted = {key: on_paper.act(drawn[id(plan)], streams, block).spend}
            spend = acted[key]
            found.append(plan.settle(plan.outturn(spend, on_paper.set_budgets(spend))))
        return found


def _later(scenario: Scenario, years: int) -> Scenario:
    """Return the scenario with clusters whose savings by year began so many years ago."""
    by_year = {one.name: one.true_saving_share_by_year for one in scenario.settings.clusters}
    return scenario.with_clusters(
        {name: {"true_saving_share_by_year": of[years:] or of[-1:]} for name, of in by_year.items()}
    )


def _rows(books: list[list[AccountBook]]) -> list[ShadowRow]:
    """Return the estimates by number of shadow years and cluster, each beside one year fewer."""
    rows = []
    for known, of_known in enumerate(books):
        for at, book in enumerate(of_known):
            fewer = books[known - 1][at] if known else None
            estimates, changes = {NEXT_SD: _next_sd(book)}, {}
            for name in MEASURES:
                column = columns(len(book.year_months))[name]
                now = column.measure.of(book, column.year)
                if now is None:
                    continue
                if (found := column.measure.estimator.of(now)) is not None:
                    estimates[name] = found
                then = None if fewer is None else column.measure.of(fewer, column.year)
                if then is not None and (moved := column.measure.estimator.between(now, then)) is not None:
                    changes[name] = moved
            rows.append(ShadowRow(known, book.name, book.people, estimates, changes))
    return rows


def _next_sd(book: AccountBook) -> Estimate:
    """Return the SD of the first contract year's budget less spend, of its mean budget."""
    year = next(at for at, months in enumerate(book.year_months) if months)
    budget_gbp = book.by_year_gbp(BUDGET)[:, year]
    share = (budget_gbp - book.spend_by_year_gbp[:, year]) / max(float(budget_gbp.mean()), 1.0)
    return root(Influence.of_mean((share - share.mean()) ** 2))
