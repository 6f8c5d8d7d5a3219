"""Settings that are written and do nothing, as the scenario stands: each with the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain

import numpy as np

from simulator.budgets.expected_spend import ExpectedSpend
from simulator.budgets.toolkit import Toolkit
from simulator.demand.shocks import PriceShock
from simulator.parts import Part
from simulator.payments.payment import PLAN_KEYS, Payment
from simulator.plain_words import spaced
from simulator.population.need import UNWEIGHTED
from simulator.records import Account
from simulator.rules.bond import Bond
from simulator.rules.corridor import Corridor
from simulator.rules.deficit_recovery import DeficitRecovery
from simulator.rules.overspend_share import OverspendShare
from simulator.rules.partner import Partner
from simulator.rules.per_case_limit import PerCaseLimit
from simulator.rules.pool import Pool
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.checks import FLAT
from simulator.scenario.doubts import sizes_of_doubt
from simulator.scenario.idle_actions import after_the_contract, idle_actions
from simulator.scenario.schema import LAW, Cluster, ScenarioFile

Idle = Iterator[tuple[str, str]]
"""A key and why it does nothing."""
_OF_LINES = ("rates", "growth", "prices", "mean costs")
"""Kinds of doubt that lines may share."""
_NEVER = 1e-18
_TWO_YEARS = 2
_FOLLOW_PLANS = "block contracts follow plans alone"


def idle_settings(settings: ScenarioFile, varied: Collection[str] = ()) -> Iterator[str]:
    """Yield a sentence for each written setting that does nothing, and that no varied key may wake."""
    of_demand = (_of_tables, _of_shocks, _of_shocks_on_cases, _of_doubt, _of_lines, _of_clusters)
    for key, why in chain.from_iterable(
        one(settings) for one in (*of_demand, _of_budgets, idle_actions, _of_rules)
    ):
        if not any(other in why for other in varied):
            yield f"{key} does nothing here: {why}."


def _is_written(part: Part, key: str) -> bool:
    return key in part.model_fields_set and bool(getattr(part, key))


def _of_tables(settings: ScenarioFile) -> Idle:
    lines = settings.service_lines
    if settings.population.need_weights_csv and all(line.need_weights == UNWEIGHTED for line in lines):
        yield "population.need_weights_csv", "no line has need_weights"
    if settings.seasons.csv and all(line.season == FLAT for line in lines):
        yield "seasons.csv", "no line has a season"


def _of_shocks(settings: ScenarioFile) -> Idle:
    shocks, lines = settings.shocks, settings.service_lines
    own_pct = any(line.pct_shock and line.pct_shock.sd_share for line in lines)
    own_price = any(line.price_shock and line.price_shock.sd_share for line in lines)
    of_pct = bool(shocks.pct.size.sd_share) or own_pct
    drifts = bool(shocks.pct.growth_drift_sd_share)
    yield from _of_one_for_all("shocks.pct", shocks.pct, len(lines), shakes=of_pct, drifts=drifts)
    of_price = bool(shocks.price.size.sd_share) or own_price
    yield from _of_one_for_all("shocks.price", shocks.price, len(lines), shakes=of_price)
    for name, shock, shakes in (("pct", shocks.pct, of_pct or drifts), ("price", shocks.price, of_price)):
        if "correlation_between_pcts" in shock.model_fields_set and shock.correlation_between_pcts < 1:
            where = f"shocks.{name}.correlation_between_pcts"
            if not shakes:
                yield where, "the shock has an sd_share of 0"
            elif not settings.pct_of_clusters and settings.pct.only is None:
                yield where, "no clusters have a pct of their own (clusters.*.pct): there is one PCT"
    for name in ("cluster_year", "cluster_line_year"):
        law = getattr(shocks, name)
        if _is_written(law, "persistence") and not law.sd_share:
            yield f"shocks.{name}.persistence", "the shock has an sd_share of 0"
    if _is_written(shocks.practice, "people"):
        if not shocks.practice.size.sd_share:
            yield "shocks.practice.people", "the shock to practices has an sd_share of 0"
        elif all(cluster.people is None for cluster in settings.clusters):
            yield "shocks.practice.people", "every cluster lists its practices"


def _of_shocks_on_cases(settings: ScenarioFile) -> Idle:
    if any(line.terms.follows_care for line in settings.service_lines):
        return
    shocks = settings.shocks
    laws = {
        "pct.size": shocks.pct.size.sd_share,
        "pct.growth_drift_sd_share": shocks.pct.growth_drift_sd_share,
        "practice.size": shocks.practice.size.sd_share,
        "price.size": shocks.price.size.sd_share,
    }
    of_clusters = ("cluster", "cluster_year", "cluster_line", "cluster_line_year")
    laws |= {name: getattr(shocks, name).sd_share for name in of_clusters}
    for name, size in laws.items():
        if size:
            yield f"shocks.{name}", _FOLLOW_PLANS


def _of_one_for_all(where: str, shock: PriceShock, lines: int, *, shakes: bool, drifts: bool = False) -> Idle:
    if _is_written(shock, "correlation"):
        if not shakes and not drifts:
            yield f"{where}.correlation", "the shock has an sd_share of 0"
        elif lines == 1:
            yield f"{where}.correlation", "there is one line"
    if _is_written(shock, "persistence") and not shakes:
        yield f"{where}.persistence", "the shock has an sd_share of 0"


def _of_doubt(settings: ScenarioFile) -> Idle:
    doubt, sizes = settings.doubt, sizes_of_doubt(settings)
    if "carry_uncertainty" in settings.fit.model_fields_set and settings.fit.posterior is None:
        yield "fit.carry_uncertainty", "there is no fit.posterior"
    if "carried" in doubt.model_fields_set and not sizes:
        yield "doubt.carried", "no figure has an sd"
    if _is_written(doubt, "correlation"):
        if not set(_OF_LINES) & sizes.keys():
            yield "doubt.correlation", "no figure of a line has an sd"
        elif len(settings.service_lines) == 1:
            yield "doubt.correlation", "there is one line"
        elif not doubt.carried:
            yield "doubt.correlation", "doubt.carried is false"


def _of_budgets(settings: ScenarioFile) -> Idle:
    lines, years = settings.service_lines, settings.contract.years
    if settings.budgets.rebased_share:
        yield from _of_rebasing(settings)
    if settings.contract.shadow_years:
        yield from _of_shadow_years(settings)
        return
    if all(line.budget_rule for line in lines):
        yield "budgets.rule", "every line has a budget_rule of its own"
    rules = {f"service_lines.{line.name}.budget_rule": line.budget_rule for line in lines}
    for where, rule in {"budgets.rule": settings.budgets.rule, **rules}.items():
        if not isinstance(rule, Toolkit):
            continue
        weights = rule.fair_share_weight_by_year
        yield from after_the_contract(f"{where}.fair_share_weight_by_year", weights, years, years)
        if rule.historic_year == "latest":
            if years == 1:
                yield f"{where}.historic_year", "the base year is the latest in a contract of one year"
            elif all(weight == 1 for weight in (*weights[1:years], *weights[-1:])):
                yield f"{where}.historic_year", "past spend has no weight after the first year"


def _of_rebasing(settings: ScenarioFile) -> Idle:
    years = [sum(months > 0 for months in one.months_inside(settings.contract)) for one in settings.clusters]
    rules = [line.budget_rule or settings.budgets.rule for line in settings.service_lines]
    if max(years) < _TWO_YEARS:
        yield "budgets.rebased_share", "no cluster has a second year to rebase for"
    elif not any(line.terms.follows_care for line in settings.service_lines) and all(
        isinstance(rule, ExpectedSpend) and not rule.margin_share for rule in rules
    ):
        yield "budgets.rebased_share", _FOLLOW_PLANS


def _of_shadow_years(settings: ScenarioFile) -> Idle:
    why = "budgets rest on what is learned in contract.shadow_years"
    yield "budgets.rule", why
    for line in settings.service_lines:
        if line.budget_rule:
            yield f"service_lines.{line.name}.budget_rule", why
    if not any(line.terms.follows_care for line in settings.service_lines):
        yield "contract.shadow_years", "fixed sums tell nothing of need; budgets are what is expected"


def _of_lines(settings: ScenarioFile) -> Idle:
    for line in settings.service_lines:
        if not line.terms.follows_care:
            for key in ("pct_shock", "price_shock"):
                if _is_written(line, key):
                    yield f"service_lines.{line.name}.{key}", "a block contract follows plans alone"
        if isinstance(line.payment, Payment):
            yield from _of_payment(f"service_lines.{line.name}.payment", line.payment, settings)


def _of_payment(where: str, payment: Payment, settings: ScenarioFile) -> Idle:
    terms, years = payment.terms, settings.contract.years
    written = {key for key in payment.model_fields_set if getattr(payment, key) not in (None, 0.0)}
    beyond = terms.rate_above_plan or terms.rate_of_shortfall
    spent = payment.withheld == "spent" and terms.follows_care and terms.pays_in_full
    whys = (
        ("rate_below_plan", not terms.fixed_share, "nothing of the plan is a fixed sum (fixed_share)"),
        ("cap_share", not terms.rate_above_plan, "nothing is paid above the plan"),
        ("collar_share", not terms.rate_of_shortfall, "nothing is taken off below the plan"),
        ("band_share", not beyond, "nothing moves beyond it either"),
        ("threshold", payment.threshold == "shared" and len(settings.clusters) == 1, "there is one cluster"),
        ("withheld", spent, "nothing is withheld"),
        *((key, not terms.knows_a_plan, "care is paid in full whatever was planned") for key in PLAN_KEYS),
    )
    for key, why in {key: why for key, is_idle, why in whys if is_idle}.items():
        if key in written:
            yield f"{where}.{key}", why
    yield from after_the_contract(
        f"{where}.tariff_change_share_by_year", terms.tariff_change_share_by_year, years, years
    )


def _of_clusters(settings: ScenarioFile) -> Idle:
    years, lines = settings.contract.years, settings.service_lines
    all_blocks = not any(line.terms.follows_care for line in lines)
    asks_for_it = any(
        isinstance(rule, Bond) or (isinstance(rule, SurplusSplit) and rule.practice_share)
        for rule in settings.rules
    )
    for cluster in settings.clusters:
        where = f"clusters.{cluster.name}"
        own = cluster.proportion_by_line
        if _is_written(cluster, "proportion") and all(
            line.name in own or not cluster.answers_for(line.name) for line in lines
        ):
            yield f"{where}.proportion", "proportion_by_line says it for every line"
        if cluster.bond_gbp is not None and not cluster.takes_share:
            yield f"{where}.bond_gbp", "the cluster takes no share, and so posts no bond"
        if "takes_share" in cluster.model_fields_set and not asks_for_it:
            yield f"{where}.takes_share", "there is no practice share and no bond"
        savings = cluster.true_saving_share_by_year
        last = settings.contract.shadow_years + years
        yield from after_the_contract(f"{where}.true_saving_share_by_year", savings, last, years)
        yield from _of_legal_form(cluster, settings)
        for key in ("true_saving_share", "true_saving_share_by_year", "need", "list_growth_share"):
            if all_blocks and _is_written(cluster, key):
                yield f"{where}.{key}", _FOLLOW_PLANS


def _of_legal_form(cluster: Cluster, settings: ScenarioFile) -> Idle:
    legal, where = cluster.legal, f"clusters.{cluster.name}"
    whys = _why_law_is_idle(cluster, settings)
    is_on = {
        "liability_beyond_bond": legal.is_liable,
        "distribution_cap_share": legal.distribution_cap_share < 1,
        "interest_cap_share": legal.interest_cap_share > 0,
        "partner_share": legal.partner_share is not None,
    }
    own = {key for key in is_on if getattr(cluster, key) is not None}
    for key, is_so in is_on.items():
        if key in own and is_so and whys[key]:
            yield f"{where}.{key}", whys[key]
    by_form = [whys[key] for key, is_so in is_on.items() if key not in own and is_so]
    if by_form and all(by_form):
        yield f"{where}.legal_form", by_form[0]


def _why_law_is_idle(cluster: Cluster, settings: ScenarioFile) -> dict[str, str]:
    """Return for each key of a cluster's law why it would do nothing; empty where it would do something."""
    rules = settings.rules
    if not cluster.takes_share:
        return dict.fromkeys(LAW[1:], "the cluster takes no share")
    shares = any(isinstance(rule, SurplusSplit) and rule.practice_share for rule in rules)
    no_share = "" if shares else "there is no practice share"
    interest = no_share
    if cluster.legal.distribution_cap_share == 1:
        interest = interest or "practices may take out all there is"
    if not any(isinstance(rule, Bond) and rule.depositor == Account.PRACTICES for rule in rules):
        interest = interest or "practices post no bond"
    follow_plans = _FOLLOW_PLANS * all(line.payment == "block" for line in settings.service_lines)
    no_partner = "" if any(isinstance(rule, Partner) for rule in rules) else "there is no rule partner"
    return dict(zip(LAW[1:], (follow_plans, no_share, interest, no_partner), strict=True))


def _of_partner(rule: Partner, settings: ScenarioFile) -> Idle:
    takers = [cluster for cluster in settings.clusters if cluster.takes_share]
    shares = (rule.gains_share, rule.losses_share, rule.bond_share)
    if not takers:
        yield "rules.partner", "no cluster takes the share"
    elif not any(shares) and not any(cluster.legal.partner_share for cluster in takers):
        yield "rules.partner", "the partner has no part of gains, losses and bond"
    elif rule.losses_share and not _practices_can_lose(settings):
        yield "rules.partner.losses_share", "practices lose nothing on overspends"
    bonds = [one for one in settings.rules if isinstance(one, Bond) and one.payer == Account.PRACTICES]
    if rule.bond_share and not any(one.financing or one.interest for one in bonds):
        yield "rules.partner.bond_share", "the bond neither costs the practices anything nor earns anything"


def _practices_can_lose(settings: ScenarioFile) -> bool:
    bears = any(isinstance(rule, Bond) and rule.bearer == Account.PRACTICES for rule in settings.rules)
    return bears or any(one.legal.is_liable and one.takes_share for one in settings.clusters)


def _of_rules(settings: ScenarioFile) -> Idle:
    for rule in settings.rules:
        yield from _of_rule(rule, settings)


def _of_rule(rule: Rule, settings: ScenarioFile) -> Idle:
    one_year = settings.contract.years == 1
    match rule:
        case PerCaseLimit():
            lines = [line for line in settings.service_lines if rule.holds_for(line.name)]
            paid = [line.unit_cost_gbp for line in lines if line.terms.follows_care]
            if not any(float(cost.sf(np.array([rule.limit_gbp]))[0]) > _NEVER for cost in paid):
                yield "rules.per_case_limit", "no case costs more"
        case Corridor():
            yield from _of_corridor(rule)
        case OverspendShare():
            yield from _of_overspend_share(rule)
        case DeficitRecovery() if one_year:
            yield "rules.deficit_recovery", "a contract of one year has no earlier overspend"
        case SurplusSplit():
            yield from _of_surplus(rule, settings, one_year=one_year)
        case Bond():
            yield from _of_bond(rule, settings, one_year=one_year)
        case Pool():
            yield from _of_pool(rule, settings)
        case Partner():
            yield from _of_partner(rule, settings)


def _of_corridor(rule: Corridor) -> Idle:
    bands = (*rule.of_overspends, *rule.of_surpluses)
    if all(band.cluster_share == 1 for band in bands):
        key = "cluster_share" if rule.cluster_share_beyond is None else "cluster_share_beyond"
        yield "rules.corridor", f"all that lies beyond it stays with the cluster ({key})"
    elif rule.bands and rule.overspend_bands and rule.surplus_bands:
        yield "rules.corridor.bands", "either side has bands of its own"


def _of_overspend_share(rule: OverspendShare) -> Idle:
    where, rate, cap = "rules.overspend_share", rule.minimum_loss_rate, rule.cap_share_of_budget
    if rule.cluster_share == 1 and rate is None and cap is None:
        yield where, "all of an overspend stays with the cluster (cluster_share)"
    if rule.cluster_share == 0:
        for key in ("minimum_loss_rate", "cap_share_of_budget"):
            if getattr(rule, key) is not None:
                yield f"{where}.{key}", "the cluster bears nothing (cluster_share)"
    elif rate is not None and rate.is_nothing:
        yield f"{where}.minimum_loss_rate", "its share_of_budget is 0"


def _of_surplus(rule: SurplusSplit, settings: ScenarioFile, *, one_year: bool) -> Idle:
    where = "rules.surplus"
    if rule.practice_share and not any(cluster.takes_share for cluster in settings.clusters):
        yield f"{where}.practice_share", "no cluster takes the share"
    if rule.settlement == "whole_contract" and one_year:
        yield f"{where}.settlement", "the contract has one year"
    if rule.minimum_savings_rate and rule.minimum_savings_rate.is_nothing:
        yield f"{where}.minimum_savings_rate", "its share_of_budget is 0"
    cap = rule.cap_share_of_budget
    if cap is not None and cap >= rule.practice_share:
        yield f"{where}.cap_share_of_budget", "no surplus is so large that the practice share reaches it"


def _of_bond(rule: Bond, settings: ScenarioFile, *, one_year: bool) -> Idle:
    if one_year and rule.top_up:
        yield "rules.bond.top_up", "a contract of one year has no review before its end"
    if one_year and rule.when_exhausted == "leaves":
        yield "rules.bond.when_exhausted", "a contract of one year has no review before its end"
    if rule.form != "cash" and rule.interest_share_per_year:
        yield "rules.bond.interest_share_per_year", f"a {spaced(rule.form)} holds no cash"
    if rule.drawn_is_paid_back and rule.depositor == Account.PRACTICES:
        yield "rules.bond.drawn_is_paid_back", "the practices post it themselves"
    if "split_between_practices_by" in rule.model_fields_set and all(
        len(cluster.practices) < 2 for cluster in settings.clusters
    ):
        yield "rules.bond.split_between_practices_by", "no cluster lists several practices"


def _of_pool(rule: Pool, settings: ScenarioFile) -> Idle:
    top_slice = settings.budgets.top_slice_share > 0
    if rule.holds_top_slice and not top_slice:
        yield "rules.pool.holds_top_slice", "budgets.top_slice_share is 0"
    returns = any(isinstance(one, SurplusSplit) and one.pct_return_share > 0 for one in settings.rules)
    if not returns and not (rule.holds_top_slice and top_slice):
        yield "rules.pool", "no rule surplus returns anything to it, and so it pays for no overspend"
