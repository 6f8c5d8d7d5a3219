"""What a reader of any printed table must know of the scheme: the rules, and settings that mislead."""

from __future__ import annotations

import calendar
import re
from collections.abc import Collection, Iterator, Sequence

from simulator.plain_words import joined, listed, per_cent_of, spaced
from simulator.rules.bond import Bond
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.doubts import carries_fit
from simulator.scenario.idle import idle_settings
from simulator.scenario.legal_forms import LegalForm
from simulator.scenario.scenario import Scenario
from simulator.scenario.schema import Cluster, ContractSettings, ScenarioFile

BUDGETS_DIFFER = (
    "Budgets are of different things here, and so are surpluses and overspends: compare what all care costs "
    "the PCT (its cost and its net position), and what practices gain."
)
"""Where a top slice, a limit, a proportion or the rule of budgets differs."""
_WHAT_A_BUDGET_IS_FOR = re.compile(
    r"^budgets\b|\bbudget_rule\b|\bper_case_limit\b|\bproportion(_by_line)?\b|^clusters\b.*\bservice_lines$"
)
_BOND_SIZES = ("share_of_annual_budget", "gbp_per_head", "bond_gbp")


def rule_notes(rules: Sequence[Rule]) -> Iterator[str]:
    """Yield what each rule does, in its own words, in the order in which they apply."""
    for number, rule in enumerate(rules, start=1):
        yield f"Rule {number}. {' '.join(rule.in_words())}"


def scheme_notes(scenario: Scenario, varied: Collection[str] = ()) -> Iterator[str]:
    """Yield what would mislead a reader who did not know it."""
    settings = scenario.settings
    laid = (key for regime in scenario.regimes for key in regime.keys)
    keys = [*varied, *laid, *(override.partition("=")[0] for override in scenario.overrides)]
    if any("growth_share" in key for key in keys) and budgets_that_follow_growth(settings):
        yield (
            "Budgets here rise with whatever growth is expected (uplift_share is left out, or the rule is "
            "expected_spend), so that more growth is no risk. To ask what growth beyond the budgets' would "
            "do, give uplift_share a value."
        )
    if carries_fit(settings) and any(key.startswith("shocks") for key in keys):
        yield (
            "Keys of shocks move nothing here: each contract takes its shocks from the draws of the history. "
            "With fit.carry_uncertainty=false they count."
        )
    yield from _pcts(settings)
    yield from _core_income(settings)
    yield from _dates(settings)
    files = (scenario.given, *(one.given for one in scenario.regimes if one.replaces_rules))
    in_file = {rule["rule"] for given in files for rule in given.get("rules", ())}
    rules = [rule.rule for rule in settings.rules]
    for at, name in enumerate(rules):
        if name not in in_file:
            place = f"after {rules[at - 1]}" if at else "before all others"
            yield f"The rule {name} is not in the file: it was added {place}, with what its settings say."
    yield from legal_form_notes(settings)
    yield from idle_settings(settings, varied)
    bond = next((rule for rule in settings.rules if isinstance(rule, Bond)), None)
    if bond is None:
        return
    sharing = [cluster for cluster in settings.clusters if cluster.takes_share]
    none = [cluster.name for cluster in settings.clusters if not cluster.takes_share]
    if not sharing:
        yield "No cluster takes the practice share, and so none posts a bond."
    elif none:
        verbs = "takes no share, and so posts" if len(none) == 1 else "take no share, and so post"
        yield f"{joined(none)} {verbs} no bond."
    own = [cluster.name for cluster in sharing if cluster.bond_gbp is not None]
    if own:
        yield (
            f"{joined(own)} {'has a bond of its' if len(own) == 1 else 'have a bond of their'} own agreed "
            "(bond_gbp), which no rule about bonds moves. The chance that all bonds cover is no larger than "
            "the smallest one's."
        )
    size = bond.share_of_annual_budget if bond.gbp_per_head is None else bond.gbp_per_head
    without = [one.name for one in sharing if not (size if one.bond_gbp is None else one.bond_gbp)]
    if without and _needs_bond(settings):
        yield f"With a bond of nothing {joined(without)} may keep no practice share (needs_bond)."


def _pcts(settings: ScenarioFile) -> Iterator[str]:
    if several := len(set(settings.pct_of_clusters)):
        yield (
            f"{several} PCTs settle with their own clusters each: what one is paid back pays no other's "
            f"overspends. All clusters together, and the PCT where none is named, are {settings.pct.name}."
        )


def _core_income(settings: ScenarioFile) -> Iterator[str]:
    if core := [spaced(line.name) for line in settings.service_lines if line.paid_to == "practices"]:
        yield (
            f"Practices themselves are paid for {listed(core)}: income that they have with budgets or "
            "without. It is spend of the budget, and no part of what they gain."
        )


def legal_form_notes(settings: ScenarioFile) -> Iterator[str]:
    """Yield what clusters are in law that mean more than a company does."""
    for cluster in settings.clusters:
        legal, said = cluster.legal, []
        if not cluster.takes_share or not any((cluster.legal_form, legal != LegalForm())):
            continue
        if legal.is_liable:
            said.append("its practices pay what the bond leaves of an overspend")
        if legal.distribution_cap_share < 1:
            most = per_cent_of(legal.interest_cap_share)
            first = f", after interest of up to {most} a year on the bond that they posted" * bool(
                legal.interest_cap_share
            )
            said.append(
                f"practices may take out {per_cent_of(legal.distribution_cap_share)} of what it may "
                f"keep{first}, and the rest goes into patient care"
            )
        if legal.partner_share is not None:
            said.append(f"the partner has {per_cent_of(legal.partner_share)} of it")
        is_what = f" is {legal.words}" if legal.words else ", in law"
        yield f"{cluster.name}{is_what}{': ' if said else ''}{'; '.join(said)}."


def _dates(settings: ScenarioFile) -> Iterator[str]:
    """Yield when clusters take part that do not for the whole contract."""
    whole = runs_in_words(None, settings.contract)
    for cluster in settings.clusters:
        if (dates := runs_in_words(cluster, settings.contract)) != whole:
            yield f"{cluster.name} takes part {dates}; in other years the PCT buys its care."


def runs_in_words(cluster: Cluster | None, contract: ContractSettings) -> str:
    """Return when a cluster's own contract runs, or the whole one, as ``from July 2010 to March 2013``."""
    years = contract.financial_years[1:]
    inside = [1] * len(years)
    if cluster is not None:
        years, inside = cluster.financial_years(contract)[1:], list(cluster.months_inside(contract))
    own = [year for year, months in zip(years, inside, strict=True) if months]
    month, end = own[0].first_month, own[-1].start + 1
    return f"from {calendar.month_name[month]} {own[0].start + (month < 4)} to March {end}"


def budgets_that_follow_growth(settings: ScenarioFile) -> bool:
    """Return whether any budget rises with whatever growth is expected."""
    return any(
        (line.budget_rule or settings.budgets.rule).follows_growth
        for line in settings.service_lines
        if line.planned_growth_share is None
    )


def _needs_bond(settings: ScenarioFile) -> bool:
    return any(rule.needs_bond for rule in settings.rules if isinstance(rule, SurplusSplit))


def policy_notes(
    scenario: Scenario, keys: Sequence[str], policies: Sequence[Sequence[str]] = ()
) -> Iterator[str]:
    """Yield what would mislead a reader of a table of policies."""
    yield from scheme_notes(scenario, keys)
    given = {rule.rule for rule in scenario.settings.rules}
    named = dict.fromkeys(key.split(".")[1] for key in keys if key.startswith("rules."))
    for name in named:
        if name not in given and name != "*":
            yield f"The rule {name} is not in the scenario as given: the policies add it, in its usual place."
    if any(map(_WHAT_A_BUDGET_IS_FOR.search, keys)):
        yield BUDGETS_DIFFER
    bonds = [at for at, key in enumerate(keys) if key.rpartition(".")[2] in _BOND_SIZES]
    if _needs_bond(scenario.settings) and any(_is_zero(policy[at]) for policy in policies for at in bonds):
        yield (
            "A bond of nothing takes the practice share away (needs_bond): so do the policies with one here."
        )


def _is_zero(text: str) -> bool:
    try:
        return float(text) == 0
    except ValueError:
        return False
