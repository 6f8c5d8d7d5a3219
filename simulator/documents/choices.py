"""What could be done, and who would pay: aims with what serves them best, and what each option changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from simulator.answers.table import Column, text
from simulator.documents.blocks import Block, Heading, Items, Paragraph, Part, Section
from simulator.documents.brief import bond_is_all
from simulator.documents.drivers import (
    LUCK_COLUMNS,
    MOVED_GAIN,
    MOVED_PCT,
    MOVED_RESERVE,
    SAVING,
    luck_measure,
)
from simulator.documents.left_out_words import care_left_out
from simulator.documents.protection import (
    EQUAL_GROWTH_RULE,
    MOVED_CARE,
    NO_SHARE,
    TRUE_SAVING,
    reserve_at,
)
from simulator.documents.quotes import Quotes, unit_of
from simulator.documents.what_ifs import (
    BETTER_OFF,
    EQUAL_GROWTH,
    GAIN,
    OF_A_CLUSTER,
    OVERSPEND,
    SAVING_NEEDED,
)
from simulator.plain_words import capitalised, joined, per_cent_of
from simulator.questions.luck.estimates import SAVERS, SAVERS_OF_A_YEAR, SHARE, UNPAID, change_of
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.estimate import Estimate
from simulator.risk.estimation import beyond_chance

_RESERVE, _NEAR_GBP = reserve_at(0.95), 1.0
_FELT = 0.01
"""Of the reserve: what moves it by less protects from nothing (assumption)."""
_MUCH = 0.75
"""A surplus says little if no more of them are true savers' (assumption); at 0.5 it says nothing."""
_OPTION_COLUMNS = {
    MOVED_RESERVE: "PCT's reserve at 95%",
    MOVED_PCT: "PCT's net position",
    MOVED_GAIN: "Practices' net gain",
    MOVED_CARE: "Reinvested in care",
}


def choices(quotes: Quotes) -> Section:
    """Say what serves each aim, and show what each option changes and for whom."""
    options = [*quotes.protection.options]
    blocks: list[Block] = [Heading(1, "What could be done, and who would pay?")]
    if options:
        aims = tuple(_aims(quotes))
        blocks += [Items(aims)] * bool(aims)
        columns = [
            quotes.changes(measure, heading, options)
            for measure, heading in _OPTION_COLUMNS.items()
            if any((one, measure) in quotes.numbers for one in options)
        ]
        title = "What each option would change; all clusters together, over the whole contract"
        first = text("Option", [*map(capitalised, options)])
        blocks += [
            quotes.table("options", title, columns, first, apart=0),
            Paragraph(
                (
                    f"{_who_pays(quotes)}{_of_a_limit(quotes)}The sizes of the options are assumptions."
                    f"{exact_zeros(columns)}",
                )
            ),
        ]
    return Section((*blocks, *care_left_out(quotes), *_luck(quotes)))


def _of_a_limit(quotes: Quotes) -> str:
    """Return why a limit per case leaves less for care, where it does beyond chance."""
    limits = [one for one in quotes.protection.options if one.startswith("a limit of ")]
    lost = [
        one for one in limits if (cut := quotes.numbers[one, MOVED_CARE]).value < 0 and beyond_chance(cut)
    ]
    if not lost:
        return ""
    return (
        "A limit per case cuts reinvestment, for it takes costly cases out of budgets and spend alike: "
        "overspends are smaller, and surpluses too. "
    )


def exact_zeros(columns: Iterable[Column]) -> str:
    """Return what a zero without an error says, where there is one beside zeros that have it."""
    zeros = [one for column in columns for one in column.cells if isinstance(one, Estimate) and not one.value]
    return " A 0 without ± is exact." if any(not one.half_width for one in zeros) else ""


def _aims(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield each aim with what serves it best, and at whose cost."""
    yield from _safer_pct(quotes)
    yield from _equal_growth(quotes)
    yield from _gaining_practices(quotes)
    yield from _less_luck(quotes)
    if quotes.numbers[ALL_CLUSTERS, GAIN].value < 0 and bond_is_all(quotes):
        better = quotes.number(ALL_CLUSTERS, f"{OF_A_CLUSTER}{BETTER_OFF}")
        said = (
            "If practices are to lose nothing, let them not take the practice share: they post no bond then, "
            "and give up a chance of {better} of being better off."
        )
        if NO_SHARE in quotes.protection.options:
            pct = quotes.numbers[NO_SHARE, MOVED_PCT].value
            said += f" If none takes it, the PCT would have {{{MOVED_PCT}:size}} {_more(pct)} on average."
        yield quotes.sentence(NO_SHARE, said, better=better)


def _safer_pct(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what makes the PCT's bad case cheapest, and whether anything else does."""
    if (ALL_CLUSTERS, _RESERVE) not in quotes.numbers or not quotes.numbers[ALL_CLUSTERS, _RESERVE].value:
        return
    lower = lowering(quotes)
    aim = "If a bad case is to cost the PCT less,"
    rules = [one for one in lower if one != TRUE_SAVING]
    if not rules:
        helps = f"; {TRUE_SAVING} would" if TRUE_SAVING in lower else ""
        yield Paragraph((f"{aim} none of these rules, bonds or budgets is seen to help{helps}.",))
        return
    best = min(rules, key=lambda one: quotes.numbers[one, MOVED_RESERVE].value)
    loser, measure = min(
        (("practices", MOVED_GAIN), ("patients' care", MOVED_CARE)),
        key=lambda one: quotes.numbers[best, one[1]].value,
    )
    pays = f", and {loser} would have {{{measure}:size}} less on average"
    pays *= quotes.numbers[best, measure].value < 0
    others = [one for one in lower if one != best]
    each = "each " * (len(others) > 1)
    also = (
        f"{capitalised(joined([*map(_named, others)]))} would {each}lower it by less; no" if others else "No"
    )
    only = f" {also} other option lowers it by as much as {per_cent_of(_FELT)}."
    yield quotes.sentence(
        best,
        f"{aim} {{best}} would lower its reserve most, by {{{MOVED_RESERVE}:size}}{pays}.{only}",
        best=_named(best),
    )


def lowering(quotes: Quotes) -> list[str]:
    """Return the options that lower the PCT's reserve beyond chance, by a part that is felt."""
    places = {one: (one, MOVED_RESERVE) for one in quotes.protection.options}
    moved = {one: quotes.numbers[place] for one, place in places.items() if place in quotes.numbers}
    felt = _FELT * quotes.numbers[ALL_CLUSTERS, _RESERVE].value
    return [one for one, change in moved.items() if beyond_chance(change) and change.value <= -felt]


def _equal_growth(quotes: Quotes) -> Iterator[Paragraph]:
    if EQUAL_GROWTH_RULE not in quotes.protection.options:
        return
    measure = f"{EQUAL_GROWTH}{OF_A_CLUSTER}{OVERSPEND}"
    chance = quotes.number(ALL_CLUSTERS, measure, "alone")
    pct, practices = (quotes.numbers[EQUAL_GROWTH_RULE, one].value for one in (MOVED_PCT, MOVED_GAIN))
    now = quotes.numbers[ALL_CLUSTERS, "pct_net_position_gbp"].value
    turns = " (a loss against its plan, and no longer a gain)" * (now > 0 > now + pct)
    yield quotes.sentence(
        EQUAL_GROWTH_RULE,
        "If budgets are to keep up with costs, let them grow as costs do: a cluster would overspend with a "
        f"chance of {{chance}}, the PCT would have {{{MOVED_PCT}:size}} {_more(pct)}{turns} and "
        f"practices {{{MOVED_GAIN}:size}} {_more(practices)} on average.",
        chance=chance,
    )


def _gaining_practices(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what would let practices gain on average, where they lose."""
    gain = quotes.numbers[ALL_CLUSTERS, GAIN].value
    if not gain < 0:
        return
    enough = [
        one
        for one in quotes.protection.options
        if one not in {TRUE_SAVING, NO_SHARE} and gain + quotes.numbers[one, MOVED_GAIN].value > 0
    ]
    said = (
        f"{joined([*map(_named, enough)])} would do"
        if enough
        else "none of these rules, bonds or budgets is enough"
    )
    saving = f"; with a true saving of {{{SAVING_NEEDED}}} of the care paid by the case they would"
    saving += f"{' too' * bool(enough)} break even, before what it costs them"
    saving *= (ALL_CLUSTERS, SAVING_NEEDED) in quotes.numbers
    yield quotes.sentence(ALL_CLUSTERS, f"If practices are to gain on average, {said}{saving}.")


def _less_luck(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield what pays least for luck, and what it does to those who save."""
    if quotes.drivers.luck is None:
        return
    less, unpaid = luck_measure(change_of(SHARE)), luck_measure(UNPAID)
    as_it_is, *policies = quotes.drivers.luck.policy_names
    found = {one: quotes.numbers[one, less] for one in policies if (one, less) in quotes.numbers}
    best = min(found, key=lambda one: found[one].value, default="")
    if not best or not beyond_chance(found[best]) or found[best].value > 0:
        return
    _, free = _less_for_luck(quotes, policies)
    most = max(free, key=lambda one: -found[one].value, default=best)
    price = " At no such price, {most} pays {of_most} less." * (most != best)
    yield quotes.sentence(
        best,
        f"If luck is to be paid less, {{best}} pays {{{less}:size}} less for it; a true saving of "
        f"{per_cent_of(SAVING)} would then bring a cluster nothing with a chance of {{now}}, not {{before}}."
        f"{price}",
        best=_named(best),
        now=quotes.number(best, unpaid, "alone"),
        before=quotes.number(as_it_is, unpaid, "alone"),
        most=_named(most),
        of_most=quotes.number(most, less, "size"),
    )


def _named(option: str) -> str:
    """Return an option as a sentence has it: what follows a comma is in brackets."""
    name, _, detail = option.partition(", ")
    return f"{name} ({detail})" if detail else name


def _more(change: float) -> str:
    return "more" if change > 0 else "less"


def _who_pays(quotes: Quotes) -> str:
    """Return that one party's gain is another's loss, where nobody else has a part."""
    meant = "The reserve is what the PCT must hold to meet its losses in 95 contracts of 100. "
    moved = {
        one: sum(quotes.numbers[one, measure].value for measure in (MOVED_PCT, MOVED_GAIN, MOVED_CARE))
        for one in quotes.protection.options
        if one != TRUE_SAVING
    }
    if not moved or max(map(abs, moved.values())) > _NEAR_GBP:
        return meant
    return (
        "Rules, bonds and budgets move money and make none: what the PCT, practices or patients' care gain, "
        f"the others lose. {meant}"
    )


def _luck(quotes: Quotes) -> Iterator[Block]:
    """Yield what rules pay for luck, and how often a true saving goes unpaid."""
    yield Heading(2, "Paying for luck")
    answer = quotes.drivers.luck
    if answer is None:
        yield Paragraph(("No practice can be paid a share here, nor for luck.",))
        return
    saving, policies = per_cent_of(SAVING), answer.policy_names
    nobody = "No cluster truly saves anything here, and practices are paid"
    if quotes.study.scenario.settings.truly_saves:
        nobody = "Had no cluster truly saved anything, practices would be paid"
    numbers = {
        "paid": quotes.number(policies[0], luck_measure(SHARE)),
        "unpaid": quotes.number(policies[0], luck_measure(UNPAID)),
    }
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"{nobody} {{paid}} over the contract for luck. Had every cluster truly saved {saving}, chance or a "
        "tight budget would still leave one without any practice share with a chance of {unpaid}: its saving "
        "goes unpaid."
        f"{_at_no_price(quotes, policies)}",
        **numbers,
    )
    headings = ("Paid for luck", "Change", f"{saving} saved, unpaid", "Change")
    columns = []
    for measure, words in zip(LUCK_COLUMNS, headings, strict=True):
        name = luck_measure(measure)
        cells = tuple(quotes.numbers.get((policy, name)) for policy in policies)
        columns.append(Column(name, words, unit_of(name), cells, is_change="change" in name))
    first = text("Rules", [*map(capitalised, policies)])
    title = "What rules pay for luck, and how often they leave a true saving unpaid"
    yield quotes.table("rules against luck", title, columns, first, apart=0)
    yield from _savers(quotes)


def _savers(quotes: Quotes) -> Iterator[Paragraph]:
    """Yield how many with a surplus truly saved, if half of all clusters did: on average and of two ends."""
    if not {(ALL_CLUSTERS, SAVERS_OF_A_YEAR), (ALL_CLUSTERS, SAVERS)} <= quotes.numbers.keys():
        return
    alone = [name for name in quotes.clusters if (name, SAVERS) in quotes.numbers]
    alone.sort(key=lambda one: quotes.numbers[one, "people"].value)
    shown = {"largest": alone[-1], "smallest": alone[0]} if len(alone) > 1 else {}
    parts: dict[str, Part] = {}
    of_ends = {}
    for span, measure in (("whole", SAVERS), ("year", SAVERS_OF_A_YEAR)):
        parts |= {f"{which}_{span}": quotes.number(name, measure) for which, name in shown.items()}
        said = [f"{{{which}_{span}}} for the {which}, {name}" for which, name in shown.items()]
        of_ends[span] = f" ({'; '.join(said)})" if said else ""
    little = quotes.numbers[ALL_CLUSTERS, SAVERS].high < _MUCH
    says = f"A surplus says {'little' if little else 'something'}"
    yield quotes.sentence(
        ALL_CLUSTERS,
        f"{says}: of clusters with a surplus over the whole contract, {{{SAVERS}}}{of_ends['whole']} "
        f"truly saved where half of all did (assumption: {per_cent_of(SAVING)} of the care that is paid by "
        "the case, and the others nothing); of those with a surplus in one year, "
        f"{{{SAVERS_OF_A_YEAR}}}{of_ends['year']}. If it said nothing, all would be 50%.",
        **parts,
    )


def _less_for_luck(quotes: Quotes, policies: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return which rules pay less for luck, and which of them leave no more savings unpaid, beyond chance."""
    changes = {
        one: tuple(quotes.numbers.get((one, luck_measure(change_of(measure)))) for measure in (SHARE, UNPAID))
        for one in policies
    }
    known = {one: (luck, unpaid) for one, (luck, unpaid) in changes.items() if luck and unpaid}
    less = [one for one, (luck, _) in known.items() if luck.value < 0 and beyond_chance(luck)]
    return less, [one for one in less if known[one][1].value <= 0 or not beyond_chance(known[one][1])]


def _at_no_price(quotes: Quotes, policies: Sequence[str]) -> str:
    """Return which rules pay less for luck and leave no more savings unpaid, in a sentence."""
    less, free = _less_for_luck(quotes, policies)
    if not less:
        return " None of these rules is seen to pay less for luck."
    if not free:
        return " Every rule here that pays less for luck leaves more savings unpaid."
    others = " Other rules that pay less for luck leave more true savings unpaid." * (len(free) < len(less))
    does = "pays" if len(free) == 1 else "pay"
    names = capitalised(joined([*map(_named, free)]))
    leave = "leaves" if len(free) == 1 else "leave"
    return f" {names} {does} less for luck, and {leave} no more true savings unpaid.{others}"
