"""A page for each cluster: what is different about it, what is at stake, and each practice's part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from simulator.answers.table import Column, Table, text
from simulator.documents.apart import beside, differences, luck_of_budget, spread
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Section, TableBlock
from simulator.documents.bonds import pays_before
from simulator.documents.brief import and_interest, bad_case_of_bond, loses_all, whole_contract
from simulator.documents.cluster_facts import (
    ANY_DRAWN,
    BREAK_EVEN,
    OF_SIZES,
    POSTED_A_HEAD,
    SHORTFALL,
    SIZES,
    SPLIT,
    SPREAD,
    USED_UP,
    of_practice,
    of_size,
)
from simulator.documents.kept_shares import NO_SHARE
from simulator.documents.own_savings import (
    GAIN_THEN,
    GOOD_GAIN,
    GOOD_SHARE,
    MIDDLE_GAIN,
    MIDDLE_SHARE,
    SAVINGS,
    SHARE,
    of_saving,
)
from simulator.documents.quotes import Quotes
from simulator.documents.results import saving_adds
from simulator.documents.what_ifs import BETTER_OFF, GAIN, OF_A_CLUSTER, OVERSPEND, SAVING_NEEDED
from simulator.plain_words import as_a_name, counted, in_letters, joined, per_cent_of
from simulator.records import Account
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Unit
from simulator.risk.in_words import briefly
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit
from simulator.scenario.schema import Cluster

_BAD = "overspend_1_in_20"
_ANY_YEAR = "overspend_any_year_probability"
_MOST_YEARS = 6
"""Contract years that stand on the page of a cluster; more have their table in the annex."""
_MOST_PRACTICES = 10
"""Practices that fit on the page of a cluster; the workbook has all."""


def cluster_page(quotes: Quotes, cluster: Cluster) -> Section:
    """Return a cluster's page."""
    name = cluster.name
    blocks: list[Block] = [Heading(1, name), _who(quotes, cluster)]
    if found := tuple(differences(quotes, name)):
        blocks += [Heading(2, "What is different"), Items(found)]
    blocks += [Heading(2, "How likely is an overspend?"), _overspend(quotes, name), _chances(quotes, name)]
    if quotes.has(Bond) or quotes.has(SurplusSplit):
        blocks += [Heading(2, "The bond and the practice share"), _money(quotes, cluster)]
        blocks += _savings(quotes, name)
        blocks += [*_sizes(quotes, name)] or [_amounts(quotes, name)]
    return Section((*blocks, *_practices(quotes, name)), one_page=True)


def _who(quotes: Quotes, cluster: Cluster) -> Paragraph:
    practices = f" in {counted(len(cluster.practices), 'practice')}" if cluster.practices else ""
    said = (
        f"{{name}} has {{people}} registered people{practices}, and a budget of {{annual_budget_gbp}} a year."
    )
    return quotes.sentence(cluster.name, f"{said} {_own_terms(cluster)}".rstrip(), name=cluster.name)


def _own_terms(cluster: Cluster) -> str:
    """Return what of a cluster's agreement may be its own."""
    said = []
    savings = cluster.true_saving_share_by_year or (float(cluster.true_saving_share),)
    if any(savings):
        said.append(f"It is taken to save {joined([*map(per_cent_of, savings)])} of demand.")
    if cluster.need != 1:
        said.append(
            f"The need of its people is {per_cent_of(float(cluster.need))} of what its budget assumes."
        )
    if cluster.list_growth_share:
        said.append(f"Its list grows by {per_cent_of(float(cluster.list_growth_share))} a year.")
    if cluster.proportion < 1:
        said.append(f"It answers for {per_cent_of(cluster.proportion)} of budget and spend.")
    return " ".join(said)


def _overspend(quotes: Quotes, name: str) -> Paragraph:
    chance = quotes.numbers[name, OVERSPEND]
    whole = whole_contract(quotes)
    if chance.value == 0:
        said = (
            f"In no simulated contract does it overspend over {whole}: the chance is "
            "{overspend_probability}."
        )
        return quotes.sentence(name, said)
    years = len(quotes.study.years)
    set_off = ", surpluses set off," if years > 1 else ""
    said = f"Over {whole}{set_off} it overspends with a chance of {{overspend_probability}}"
    of_all, parts = f"{OF_A_CLUSTER}{OVERSPEND}", {}
    if len(quotes.clusters) > 1 and (beyond := beside(chance, quotes.numbers[ALL_CLUSTERS, of_all])):
        said += f" ({beyond} the {{of_all}} of a cluster on average)"
        parts["of_all"] = quotes.number(ALL_CLUSTERS, of_all, "alone")
    said += ", and by more than 2% with {large_overspend_probability}. "
    said += f"{_cause(quotes, name)} {luck_of_budget(quotes, name)}".rstrip()
    return quotes.sentence(name, said, **parts)


def _cause(quotes: Quotes, name: str) -> str:
    """Return where the chance comes from: how tight the budget is, and how far the outturn spreads."""
    if (name, SHORTFALL) not in quotes.numbers:
        return "It has no budget to answer for."
    does = "more" if quotes.numbers[name, SHORTFALL].value > 0 else "less"
    said = f"It is expected to spend {{{SHORTFALL}:size}} {does} than its budget"
    if spread(quotes, name):
        return f"{said}."
    return f"{said}, and the outturn typically differs by {{{SPREAD}}} of the budget from that."


def _chances(quotes: Quotes, name: str) -> TableBlock:
    """Return how likely and how large overspends are, by year and over the whole contract."""
    years = quotes.study.years if 1 < len(quotes.study.years) <= _MOST_YEARS else ()
    periods = {f"_year_{at}": year for at, year in enumerate(years, start=1)}
    periods |= {"": "Any year; amounts added up" if years else "Whole contract"}
    periods = {one: label for one, label in periods.items() if (name, OVERSPEND + one) in quotes.numbers}
    headings = {
        OVERSPEND: "Chance",
        "expected_overspend_gbp": "Expected overspend",
        f"{_BAD}_gbp": "1 in 20",
        f"{_BAD}_share": "1 in 20",
    }
    # Over the contract a chance that sets off surpluses would stand beside amounts that do not.
    of_any = {OVERSPEND: _ANY_YEAR} if years else {}
    columns = [
        quotes.column(
            measure,
            heading,
            [(name, measure + period if period else of_any.get(measure, measure)) for period in periods],
        )
        for measure, heading in headings.items()
    ]
    title = f"{name}: overspends of single years; a bad case (1 in 20) in pounds and per cent of the budget"
    return TableBlock(Table("", title, (text("Period", [*periods.values()]), *columns)))


def _money(quotes: Quotes, cluster: Cluster) -> Paragraph:
    name = cluster.name
    said = [] if cluster.takes_share else ["{name} does not take the practice share."]
    said += filter(None, [_posted(quotes, name)])
    if quotes.has(SurplusSplit) and cluster.takes_share:
        bad = "In one contract out of twenty they {practice_net_gain_1_in_20_gbp:beyond}."
        bad = bad_case_of_bond(quotes, name, "they") or bad
        good, then = (
            words * ((name, one) in quotes.numbers)
            for one, words in (
                (
                    GOOD_SHARE,
                    f"; in a good case (1 in 20) they keep {{{GOOD_SHARE}}}{_good_gain(quotes, name)}",
                ),
                (GAIN_THEN, f", and then gain {{{GAIN_THEN}}} on average"),
            )
        )
        none = f" (none at all with a chance of {{{NO_SHARE}}})" * ((name, NO_SHARE) in quotes.numbers)
        said += [
            f"Its practices may expect {{practice_share_gbp_per_year}} a year of surpluses{none}, and over "
            f"the contract to {{practice_net_gain_gbp:gain}} net{good}.",
            *([] if loses_all(quotes, name) else [bad]),
            f"They are better off with a chance of {{practice_better_off_probability}}{then}.",
        ]
        if (name, BREAK_EVEN) in quotes.numbers and len(quotes.clusters) > 1:
            matter = quotes.own_savings.others_matter
            who = " by every cluster" * matter
            said.append(
                f"All clusters' practices break even on average, before its cost, at a true saving{who} of "
                f"{{saving}} of the care paid by the case ({{{BREAK_EVEN}}} a year here)"
                f"{'' if matter else ', whatever others save'}.{_no_gain(quotes, name)}"
            )
        if quotes.study.scenario.settings.truly_saves:
            said.append(
                f"Luck alone would bring them {{luck_gbp}} over the contract; {saving_adds(quotes, name)}."
            )
    needed = (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers
    saving = quotes.number(ALL_CLUSTERS, SAVING_NEEDED) if needed else ""
    return quotes.sentence(name, " ".join(said), name=name, saving=saving)


def _good_gain(quotes: Quotes, name: str) -> str:
    """Return what practices gain in a good case, where interest makes it more than they keep."""
    if not and_interest(quotes) or (name, GOOD_GAIN) not in quotes.numbers:
        return ""
    return f" ({{{GOOD_GAIN}:short}} net, with interest)"


def _no_gain(quotes: Quotes, name: str) -> str:
    """Return at which tried saving a loss is none beyond chance, and no word against breaking even."""
    gains = {one: quotes.numbers.get((of_saving(name, one), GAIN)) for one in SAVINGS}
    none = [per_cent_of(one) for one, gain in gains.items() if gain and gain.value < 0 < gain.high]
    return f" At {joined(none)} the loss below is within its ±." if none else ""


def _posted(quotes: Quotes, name: str) -> str:
    """Return what a cluster's bond is, how likely all of it is lost, and what one would have to be."""
    if not quotes.has(Bond):
        return ""
    posted = quotes.numbers.get((name, "bond_posted_gbp"))
    if posted is None or not posted.value > 0:
        return "It posts no bond. To be 95% sure of paying everything, one would be {bond_needed_gbp}."
    is_usual = quotes.numbers[name, USED_UP].low > 1 / 2
    lost = f"all lost {'more often than not (' if is_usual else 'with a chance of '}{{{USED_UP}}}"
    lost += ")" * is_usual
    said = f"Its bond of {{bond_posted_gbp}}, £{{{POSTED_A_HEAD}}} a head, is {lost}"
    said += f" and drawn on with a chance of {{{ANY_DRAWN}}}" * ((name, ANY_DRAWN) in quotes.numbers)
    said += ". To be 95% sure of paying all, it must "
    return f"{said}be {{bond_needed_gbp}}{_less_than_overspends(quotes, name)}."


def _less_than_overspends(quotes: Quotes, name: str) -> str:
    """Return why a bond that is enough is less than a bad case of what it pays, where interest is why."""
    bond = quotes.facts.bond
    bad, needed = (quotes.numbers.get((name, one)) for one in (f"{_BAD}_gbp", "bond_needed_gbp"))
    if not (bond and bond.interest and bad and needed and needed.value < bad.value):
        return ""
    if briefly(needed, Unit.GBP) == briefly(bad, Unit.GBP):
        return ""
    if bond.top_up or pays_before(quotes):
        return ""
    return f", less than overspends in a bad case ({{{_BAD}_gbp:short}}), for it earns interest"


def _savings(quotes: Quotes, name: str) -> Iterable[Block]:
    """Yield how practices would fare if their cluster truly saved, and whether others' savings matter."""
    rows = {one: of_saving(name, one) for one in SAVINGS}
    if (rows[SAVINGS[0]], GAIN) not in quotes.numbers:
        return
    headings = {
        OVERSPEND: "Overspends",
        SHARE: "Share",
        MIDDLE_SHARE: "Share, middle",
        GAIN: "Net gain",
        MIDDLE_GAIN: "Net gain, middle",
        GOOD_GAIN: "Net gain, good",
        BETTER_OFF: "Better off",
    }
    columns = [
        quotes.column(measure, heading, [(row, measure) for row in rows.values()])
        for measure, heading in headings.items()
        if all((row, measure) in quotes.numbers for row in rows.values())
    ]
    # Pages are compared: pounds are counted in one unit on all of them.
    places = (
        (of_saving(one, saving), column.name)
        for one in quotes.clusters
        for saving in SAVINGS
        for column in columns
        if column.unit is Unit.GBP
    )
    beside_it = tuple(quotes.numbers.get(place) for place in places)
    columns = [replace(one, counted_with=beside_it) for one in columns]
    who = "all truly save" if quotes.own_savings.others_matter else "it truly saves"
    who += ", besides what actions do" * bool(quotes.study.scenario.settings.actions)
    title = f"{name}: if {who}; means, a middle and a good case (1 in 20), over the whole contract"
    first = text("Truly saved", [per_cent_of(one) if one else "Nothing" for one in rows])
    yield TableBlock(Table("", title, (first, *columns)))


def _of_sizes(quotes: Quotes, name: str) -> dict[str, float]:
    """Return the rows of bonds that were tried, with their sizes."""
    rows = {of_size(name, share): share for share in SIZES}
    return {row: share for row, share in rows.items() if (row, GAIN) in quotes.numbers}


def _earns_more(quotes: Quotes, name: str) -> str:
    """Return why practices are more often better off with a larger bond, where they are, and lose more."""
    bond, tried = quotes.facts.bond, [*_of_sizes(quotes, name)]
    # Without interest no contract has practices better off with a larger bond: only more is drawn.
    if not (tried and bond and bond.interest and bond.depositor == Account.PRACTICES):
        return ""
    better, gain = (
        [quotes.numbers[row, one].value for row in (tried[0], tried[-1])] for one in (BETTER_OFF, GAIN)
    )
    if better[1] <= better[0]:
        return ""
    loses = "practices lose more on average" if gain[1] < gain[0] else "practices gain more"
    return f"With a larger bond {loses}; if more of them are better off, interest alone is why."


def _sizes(quotes: Quotes, name: str) -> Iterable[Block]:
    """Yield what bonds of several sizes would do."""
    if not (rows := _of_sizes(quotes, name)):
        return
    budget, posted = (quotes.numbers[name, one].value for one in ("annual_budget_gbp", "bond_posted_gbp"))
    # What is posted has its place between the others.
    order = sorted([*rows.items(), (name, posted / budget)], key=lambda one: one[1])
    labels = [
        f"Posted: {per_cent_of(round(share, 4))}" if row == name else f"{100 * share:g}%"
        for row, share in order
    ]
    headings = ("Bond", "Pays all", "Net gain", "Better off")
    columns = [
        quotes.column(measure, heading, [(row, measure) for row, _ in order])
        for measure, heading in zip(OF_SIZES, headings, strict=True)
    ]
    first = text("Bond, of a year's budget", labels)
    title = f"{name}: what bonds of other sizes would pay, and do for practices, over the whole contract"
    yield TableBlock(Table("", title, (first, *columns)))
    if said := _earns_more(quotes, name):
        yield Paragraph((said,))


def _practices(quotes: Quotes, name: str) -> Iterable[Block]:
    """Yield each practice's part, and what it is not."""
    parts = quotes.facts.parts(name)[:_MOST_PRACTICES]
    if not parts or (name, GAIN) not in quotes.numbers:
        return
    rows = [of_practice(name, part) for part in parts]
    # Where all that is lost is of the bond, a bad case is told as a share of it: bonds differ by contract.
    of_bond = bad_case_of_bond(quotes, name, "practices")
    split = [one for one in SPLIT if not (of_bond and "1_in_20" in one)]
    measures = [one for one in ("people", *split) if (rows[0], one) in quotes.numbers]
    headings = {
        "people": "People",
        "bond_posted_gbp": "Bond",
        "practice_share_gbp_per_year": "Share, a year",
        "practice_net_gain_gbp": "Net gain, contract",
        "practice_net_gain_1_in_20_gbp": "Net gain, contract, 1 in 20",
    }
    columns: Sequence[Column] = [
        quotes.column(measure, headings[measure], [(row, measure) for row in rows]) for measure in measures
    ]
    by = (
        "need"
        if quotes.facts.bond and quotes.facts.bond.split_between_practices_by == "need"
        else "list size"
    )
    yield Paragraph(
        (
            f"A practice's figures are its part of the cluster's, by {by}: no "
            "forecast for it, nor word of how it has done.",
        )
    )
    first = text("Practice", [as_a_name(part.name) for part in parts])
    largest = f", the {in_letters(len(parts))} largest" if len(quotes.facts.parts(name)) > len(parts) else ""
    title = f"{name}: each practice's part of bond, share and net gain{largest}"
    yield TableBlock(Table("", title, (first, *columns)))


def _amounts(quotes: Quotes, name: str) -> TableBlock:
    measures = ["expected_overspend_gbp", "bond_needed_gbp"]
    measures += ["practice_share_gbp"] if quotes.has(SurplusSplit) else []
    measures += ["practice_net_gain_gbp", "practice_net_gain_1_in_20_gbp"]
    present = [measure for measure in measures if quotes.numbers.get((name, measure)) is not None]
    labels = {measure: quotes.heading(measure) for measure in present}
    return quotes.amounts(
        "", f"{name}: what is at stake", ("Over the whole contract", "Amount"), name, labels
    )
