"""The printed report of `bond`."""

from __future__ import annotations

from simulator.answers.columns import ERRORS_NOTE, Column, money_column, probability_column
from simulator.answers.printer import Printer
from simulator.questions.bond.answer import BondAnswer
from simulator.questions.bond.estimates import SHARE_LEVELS
from simulator.risk.estimate import Estimate
from simulator.risk.in_words import money, per_cent

_SPLIT_BY = {"list_size": "by list size", "need": "by need"}


def print_bond(bond: BondAnswer, printer: Printer) -> None:
    """Print a cluster's bond: how big, what the posted one does, and what it is worth."""
    settings = bond.scenario.settings
    printer.line(f"{settings.title}: {bond.contracts:,} simulated contracts, seed {bond.seed}")
    printer.line(
        f"The bond of {bond.cluster}, whose budget is {money(bond.annual_budget_gbp)} a year at the first "
        "year's rate"
    )
    printer.line()
    _print_needed(bond, printer)
    _print_curve(bond, printer)
    _print_posted(bond, printer)
    _print_worth(bond, printer)
    _print_practices(bond, printer)
    for sentence in bond.sentences():
        printer.line(sentence)
    _print_notes(bond, printer)


def _print_needed(bond: BondAnswer, printer: Printer) -> None:
    # A single year is its own whole contract, topped up or not.
    periods = bond.periods if len(bond.years) > 1 else bond.years
    columns = [Column("to cover", periods, left=True)]
    for confidence in bond.confidences:
        needed = [bond.needed_gbp[period, confidence] for period in periods]
        columns.append(money_column(f"{100 * confidence:g}% sure", needed))
    printer.text_table("How big a bond covers every overspend?", columns, rows_apart=0)


def _print_curve(bond: BondAnswer, printer: Printer) -> None:
    budget = bond.annual_budget_gbp.value
    sizes = bond.sizes
    columns = [
        Column("bond, of first year's budget %", tuple(f"{100 * size:g}" for size in sizes)),
        _exact_money(tuple(size * budget for size in sizes)),
    ]
    for heading, top_up in (("covers, no top-up", False), ("covers, topped up", True)):
        if top_up and len(bond.years) == 1:
            continue
        found = [bond.covers(size * budget, top_up=top_up) for size in sizes]
        columns.append(probability_column(heading, found))
    printer.text_table("How likely is a bond to cover every overspend?", columns, rows_apart=0)


def _print_posted(bond: BondAnswer, printer: Printer) -> None:
    by_year = [bond.year_facts(year) for year in bond.years]
    whole = bond.posted_facts
    columns = [
        Column("year", (*bond.years, "whole contract"), left=True),
        probability_column(
            "bond first runs out",
            [*(year["first_runs_out_probability"] for year in by_year), whole["runs_out_probability"]],
        ),
        *(
            money_column(heading, [*(year[name] for year in by_year), whole[name]])
            for heading, name in (
                ("expected draw", "expected_bond_draw_gbp"),
                ("expected practice share", "practice_share_gbp"),
            )
        ),
    ]
    kept = "topped up" if bond.rule.top_up else "not topped up"
    title = f"What becomes of the bond posted, {money(whole['bond_posted_gbp'])}, {kept}?"
    printer.text_table(title, columns)


def _print_worth(bond: BondAnswer, printer: Printer) -> None:
    facts = bond.posted_facts
    rows = {"practice share, expected": money(facts["practice_share_gbp"])}
    for level in SHARE_LEVELS:
        at_most = facts[f"practice_share_{100 * level:.0f}_gbp"]
        rows[f"in {100 * level:.0f}% of contracts at most"] = money(at_most)
    rows["drawn from bond, expected"] = money(facts["expected_bond_draw_gbp"])
    rows["interest, expected"] = money(facts["expected_interest_gbp"])
    rows["financing cost, expected"] = money(facts["expected_financing_gbp"])
    rows["practices' net gain, expected"] = money(facts["practice_net_gain_gbp"])
    rows["practices' net gain, 1 contract in 20 below"] = money(facts["practice_net_gain_1_in_20_gbp"])
    rows["chance that practices are better off"] = per_cent(facts["practice_better_off_probability"])
    if bond.rule.deposited_by == "partner":
        rows["partner's net gain, expected"] = money(facts["partner_net_gain_gbp"])
    saving = bond.saving_needed
    rows["true saving from which practices gain"] = (
        per_cent(saving.share_of_demand) if saving.share_of_demand else saving.words
    )
    columns = [Column("over the whole contract", tuple(rows), left=True), Column("", tuple(rows.values()))]
    printer.text_table("Is the practice share worth the bond?", columns, rows_apart=0)


def _print_practices(bond: BondAnswer, printer: Printer) -> None:
    if not bond.parts:
        printer.line(
            f"{bond.cluster} is given as a number of people: no practices to split the bond between."
        )
        return
    split, sizes = bond.split(), [part.people for part in bond.parts]
    columns = [
        Column("practice", (*(part.name for part in bond.parts), bond.cluster), left=True),
        Column("people", tuple(f"{size:,}" for size in (*sizes, sum(sizes)))),
    ]
    headings = {
        "bond_needed_gbp": f"bond needed at {100 * bond.headline_confidence:g}%",
        "bond_posted_gbp": "bond posted",
        "expected_bond_draw_gbp": "expected draw",
        "practice_share_gbp": "expected practice share",
    }
    columns += [money_column(headings[name], [*split[name], total]) for name, total in bond.to_split.items()]
    by = _SPLIT_BY[bond.rule.split_between_practices_by]
    printer.text_table(f"How would practices share this, split {by}?", columns)


def _print_notes(bond: BondAnswer, printer: Printer) -> None:
    notes = [
        ERRORS_NOTE,
        "An overspend here is what reaches the bond: what the rules listed before it leave unpaid. Without "
        "top-up one bond pays the sum of the years' overspends. Topped up, it is made up to its first size "
        "at each annual review, so that it must cover the largest single year's. The interest that "
        "it earns counts.",
        "Net gain: all that comes to the practices over the contract less all that they pay: share, interest "
        "and bond given back, less bond, top-ups and financing. Better off: a net gain above nothing.",
    ]
    if bond.rule.financing_share_per_year:
        notes.append(
            f"Financing costs {bond.rule.financing_share_per_year:.1%} a year of all that was paid in, drawn "
            "or not, until the contract ends."
        )
    else:
        notes.append("The scenario gives no cost of financing the bond (financing_share_per_year).")
    if bond.rule.deposited_by == "partner":
        notes.append("An external partner posts the bond and bears its draws and its financing.")
    if bond.rule.when_exhausted == "leaves":
        notes.append(
            f"A cluster whose bond is used up leaves: {bond.cluster} does with probability "
            f"{per_cent(bond.posted_facts['leaves_probability'])}. The bonds needed are for one that stays."
        )
    for note in notes:
        printer.line(note)


def _exact_money(amounts_gbp: tuple[float, ...]) -> Column:
    """Return a column of amounts that are chosen, and so have no error."""
    column = money_column("bond", [Estimate(amount, amount, amount) for amount in amounts_gbp])
    return Column(column.heading, tuple(cell.removesuffix(" ±0") for cell in column.cells))
