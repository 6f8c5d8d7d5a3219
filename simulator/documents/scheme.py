"""The scheme in plain words: who, when, which budgets, and who pays and keeps what."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.rule_notes import legal_form_notes, runs_in_words
from simulator.answers.table import Column, text
from simulator.budgets.rebasing import rebasing_in_words
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Part, Section, TableBlock
from simulator.documents.cluster_facts import SHORTFALL
from simulator.documents.fair_shares import (
    BAD_GAP,
    BUDGET_A_HEAD,
    FAIR_A_HEAD,
    GAP,
    GAP_A_HEAD,
    LITTLE,
    is_unfair,
    starts_fair,
)
from simulator.documents.kinds_of_care import kinds_of_care
from simulator.documents.quotes import Quotes
from simulator.documents.what_ifs import OVERSPEND
from simulator.plain_words import counted, in_letters, listed, per_cent_of, pounds_of, spaced
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules.rule import Rule
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster, ContractSettings

_NO_RULES = "There is no rule about money: the PCT keeps every surplus and pays every overspend."
_REST = "What is left of an overspend is paid by the PCT."
_SURPLUS_LEFT = "What is then left of a surplus goes to the PCT."
_UNKEPT = {
    "top": "What practices do not keep is split between the PCT and patient care in the same way.",
    "reinvestment": "What practices do not keep stays with patient care.",
    "pct_return": "What practices do not keep stays with the PCT.",
}
"""Who has the practice share where practices may not keep it, by the part that it comes out of."""
_ALIKE = 0.05
"""Chances that are no further apart are alike to a reader (assumption)."""


def scheme(quotes: Quotes) -> Section:
    """Describe the scheme from its own settings."""
    settings = quotes.study.scenario.settings
    said = [_in_words(rule) for rule in settings.rules]
    rest = _REST if quotes.has(SurplusSplit) else f"{_SURPLUS_LEFT} {_REST}"
    blocks: list[Block] = [
        Heading(1, "The scheme"),
        _who(quotes),
        _clusters(quotes),
        Heading(2, "Budgets"),
        _budgets(quotes),
        *kinds_of_care(quotes),
        *_fair_shares(quotes),
        Heading(2, "Who pays, and who keeps what is left"),
        Paragraph(("Rules apply at the end of each year, in this order.",) if said else (_NO_RULES,)),
    ]
    blocks += [Items((*said, rest), numbered=True)] if said else []
    if legal := tuple(legal_form_notes(settings)):
        blocks += [Heading(2, "What clusters are in law"), Items(legal)]
    if settings.actions:
        names = listed([one.name for one in settings.actions])
        beside = [one.name for one in settings.actions if one.paid_by != "budget"]
        who = f"spend of the budget{f', but for {listed(beside)}' * bool(beside)}"
        done = f"Clusters act on demand and bills: {names}. What that costs is {who}."
        blocks += [Heading(2, "What clusters do"), Paragraph((done,))]
    return Section(tuple(blocks))


def _in_words(rule: Rule) -> str:
    """Return a rule in sentences, with who has what practices may not keep of a surplus."""
    of_others = [_UNKEPT[rule.practice_share_from]] if isinstance(rule, SurplusSplit) else []
    return " ".join([*rule.in_words(), *of_others])


def period(quotes: Quotes) -> str:
    """Return when the contract runs, such as ``from July 2010 to March 2013``."""
    return runs_in_words(None, quotes.study.result.plan.settings.contract)


def _who(quotes: Quotes) -> Paragraph:
    plan = quotes.study.result.plan
    months = plan.terms.year_months
    people = [quotes.numbers[name, "people"].value for name in quotes.clusters]
    order = "the largest first" if people == sorted(people, reverse=True) else "as the scenario lists them"
    first_year = f"The first year, {quotes.study.years[0]}, has {in_letters(months[0])} months. "
    return quotes.sentence(
        ALL_CLUSTERS,
        "{clusters} of GP practices in {pct}, with {people} registered people, {takes} for patients' care "
        "{period}: {years}. {part_year}Whoever spends less than the budget has a surplus; whoever spends "
        "more has an overspend.{one_order}",
        clusters=counted(len(quotes.clusters), "cluster").capitalize(),
        pct=plan.settings.pct.name,
        takes="takes a real budget" if len(quotes.clusters) == 1 else "take real budgets",
        period=period(quotes),
        years=counted(len(months), "contract year"),
        part_year=first_year if months[0] < 12 else "",
        one_order=f" Every table and figure has the clusters in one order, {order}."
        if len(people) > 1
        else "",
    )


def _clusters(quotes: Quotes) -> TableBlock:
    clusters = quotes.study.scenario.settings.clusters
    columns: list[str | Column] = ["people", "annual_budget_gbp"]
    practices = [len(cluster.practices) for cluster in clusters]
    if any(practices):
        columns.insert(0, text("Practices", tuple(f"{count}" for count in (*practices, sum(practices)))))
    contract = quotes.study.scenario.settings.contract
    columns += [text(heading, (*cells, "")) for heading, cells in _particulars(clusters, contract)]
    return quotes.table("clusters", "The clusters and their budgets, at the rate of the first year", columns)


def _particulars(
    clusters: tuple[Cluster, ...], contract: ContractSettings
) -> list[tuple[str, tuple[str, ...]]]:
    """Return what clusters agreed to, one column for each thing that any has an agreement about."""
    every = [
        (
            "Takes part",
            tuple(runs_in_words(one, contract) for one in clusters),
            {runs_in_words(None, contract)},
        ),
        ("Quotes for", tuple(map(_quotes_for, clusters)), {"100%"}),
        ("Kinds of care", tuple(listed(one.service_lines or ("all",)) for one in clusters), {"all"}),
        ("Takes the share", tuple("yes" if one.takes_share else "no" for one in clusters), {"yes"}),
        (
            "Bond agreed",
            tuple("by the rule" if one.bond_gbp is None else pounds_of(one.bond_gbp) for one in clusters),
            {"by the rule"},
        ),
        ("True saving", tuple(_savings(one) for one in clusters), {"0%"}),
    ]
    return [(heading, shown) for heading, shown, usual in every if set(shown) != usual]


def _quotes_for(cluster: Cluster) -> str:
    by_line = (f"{spaced(line)} {per_cent_of(part)}" for line, part in cluster.proportion_by_line.items())
    return ", ".join([per_cent_of(cluster.proportion), *by_line])


def _savings(cluster: Cluster) -> str:
    by_year = cluster.true_saving_share_by_year or (cluster.true_saving_share,)
    return ", ".join(map(per_cent_of, by_year))


def _budgets(quotes: Quotes) -> Paragraph:
    settings = quotes.study.scenario.settings
    usual = settings.budgets.rule
    own = {line.name: line.budget_rule for line in settings.service_lines if line.budget_rule}
    if years := settings.contract.shadow_years:
        said = [
            f"Budgets run on paper for {counted(years, 'year')} before they are real: nothing is paid then, "
            "and budgets are best estimates by the law of demand of what those years' spend tells."
        ]
    else:
        besides = f", except for {listed([spaced(name) for name in own])}," if own else ""
        usually = f"Budgets{besides} are {usual.in_words()}."
        said = [usually] if len(own) < len(settings.service_lines) else []
        said += [f"The budget for {spaced(name)} is {rule.in_words()}." for name, rule in own.items()]
    if csv := settings.budgets.historic.csv:
        said.append(f"Past spend is last year's outturn, from the table {csv}.")
    if settings.budgets.rebased_share:
        said.append(rebasing_in_words(settings.budgets.rebased_share))
    if settings.budgets.top_slice_share:
        share = per_cent_of(settings.budgets.top_slice_share)
        said.append(f"Of every budget the PCT holds back {share} as contingency.")
    if any(line.payment == "block" for line in settings.service_lines):
        said.append("Block contracts are paid as planned, whatever the number of cases.")
    said += [
        f"Care in {spaced(line.name)} is paid {line.terms.in_words()}."
        for line in settings.service_lines
        if line.payment not in ("per_case", "block")
    ]
    return Paragraph((" ".join(said),))


def _fair_shares(quotes: Quotes) -> Iterator[Block]:
    """Yield how far budgets are from fair shares: on average, and in a bad case."""
    if (ALL_CLUSTERS, GAP) not in quotes.numbers:
        return
    yield Heading(2, "Is a budget fair?")
    rows = [name for name in quotes.rows if (name, GAP) in quotes.numbers]
    gaps = {name: quotes.numbers[name, GAP] for name in quotes.clusters if name in rows}
    apart = [name for name, gap in gaps.items() if is_unfair(gap)]
    said = "On average every budget is its cluster's fair share by need."
    if apart:
        far = max(apart, key=lambda name: abs(gaps[name].value))
        does = "above" if gaps[far].value > 0 else "below"
        said = f"Furthest from its fair share by need is {far}, {{{GAP}:size}} {does} it on average."
        sentence = quotes.sentence(far, said)
    else:
        sentence = Paragraph((said, *_assumed(quotes)))
    bad = {name: quotes.numbers[name, BAD_GAP].value for name in gaps if (name, BAD_GAP) in quotes.numbers}
    worst = min(bad, key=lambda name: bad[name], default="")
    # Budgets that do not vary hold no chance.
    if worst and bad[worst] < min(0.0, gaps[worst].value - LITTLE):
        by_chance = (
            " Past spend holds chance, and need that the formula misses: in one contract out of twenty "
            f"the budget of {{worst}} is more than {{{BAD_GAP}:size}} below its fair share."
        )
        sentence = Paragraph((*sentence.parts, *quotes.sentence(worst, by_chance, worst=worst).parts))
    elif not apart:
        yield Paragraph(("Every budget is its cluster's fair share by need.", *_too_small(quotes)))
        return
    yield Paragraph((*sentence.parts, *_too_small(quotes)))
    headings = {
        BUDGET_A_HEAD: "Budget, £ a head and year",
        FAIR_A_HEAD: "Fair share, £",
        GAP_A_HEAD: "Gap, £",
        GAP: "Gap, of the fair share",
        BAD_GAP: "Gap, 1 in 20",
    }
    columns = [quotes.column(one, words, [(row, one) for row in rows]) for one, words in headings.items()]
    title = "Budgets against fair shares, over the whole contract"
    yield quotes.table("fair shares", title, columns, text("Cluster", rows))


def _assumed(quotes: Quotes) -> tuple[Part, ...]:
    """Return that fair budgets are an assumption, and that clusters are so alike for it."""
    if not starts_fair(quotes.study):
        return ()
    said = " That is an assumption: no cluster's real past spend is known here, and it is drawn about what "
    said += "need explains."
    by_size = sorted(quotes.clusters, key=lambda name: quotes.numbers[name, OVERSPEND].value)
    low, high = (quotes.numbers[name, OVERSPEND].value for name in (by_size[0], by_size[-1]))
    if len(by_size) < 2 or high - low > _ALIKE:
        return (said,)
    ends = {"low": quotes.number(by_size[0], OVERSPEND, "alone")}
    ends["high"] = quotes.number(by_size[-1], OVERSPEND, "alone")
    alike = " That is why clusters' chances of an overspend are so alike: {low} to {high}."
    return (said, *quotes.sentence(ALL_CLUSTERS, alike, **ends).parts)


def _too_small(quotes: Quotes) -> tuple[Part, ...]:
    """Return that fair shares are of a sum that is too small, where it is."""
    short = quotes.numbers.get((ALL_CLUSTERS, SHORTFALL))
    if short is None or short.low < LITTLE:
        return ()
    said = (
        f" A fair share may be too small all the same: "
        f"all spend is expected to exceed budgets by {{{SHORTFALL}}}."
    )
    return quotes.sentence(ALL_CLUSTERS, said).parts
