"""The printed report of `compare`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simulator.answers.columns import ERRORS_NOTE, Column
from simulator.answers.differences import MARK, SAME_DRAWS, mark_means, told, words
from simulator.answers.printer import Printer
from simulator.answers.rule_notes import policy_notes
from simulator.questions.compare.ask import Comparison
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.difference import beyond_chance
from simulator.risk.in_words import in_sentence

MAIN_MEASURES = (
    "annual_budget_gbp",
    "budget_less_spend_gbp",
    "overspend_probability",
    "large_overspend_probability",
    "expected_overspend_gbp",
    "leaves_probability",
    "bond_needed_gbp",
    "shared_bond_needed_gbp",
    "bond_posted_gbp",
    "bond_covers_probability",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
    "pct_return_gbp",
    "reinvestment_gbp",
    "pct_payment_gbp",
    "pool_and_bonds_cover_probability",
    "pct_cost_gbp",
    "pct_net_position_gbp",
    "pct_net_position_1_in_20_gbp",
)
"""What is printed where no measures are named."""
_MOST_SETTINGS = 30


def print_comparison(
    comparison: Comparison, measures: Sequence[str], clusters: Sequence[str], printer: Printer
) -> None:
    """Print the settings that differ, the measures side by side, and what differs beyond chance."""
    names = comparison.names
    printer.line(
        f"{' and '.join(names)}, on the same {comparison.contracts:,} simulated contracts, "
        f"seed {comparison.seed}"
    )
    printer.line()
    _print_settings(comparison, printer)
    said = []
    for row in dict.fromkeys([ALL_CLUSTERS, *clusters]):
        asked = [
            measure
            for measure in measures or MAIN_MEASURES
            if any((row, measure) in found for found in comparison.estimates)
        ]
        title = row
        printer.text_table(title, list(_columns(comparison, row, asked)), rows_apart=0)
        said += [_beyond_chance(comparison, number, row, asked) for number in range(1, len(names))]
    for sentence in said:
        printer.line(sentence)
    for note in policy_notes(comparison.scenarios[0], [one.key for one in comparison.settings]):
        printer.line(note)
    names_alone = "Clusters and lines of the same name share their chances"
    printer.line(mark_means(f"All scenarios {SAME_DRAWS}" if comparison.same_demand else names_alone))
    printer.line(ERRORS_NOTE)


def _print_settings(comparison: Comparison, printer: Printer) -> None:
    settings = comparison.settings
    if not settings:
        printer.line("The scenarios do not differ in any setting that matters.")
    else:
        printer.line("Settings that differ:")
    for one in settings[:_MOST_SETTINGS]:
        printer.line(f"  {one.in_words(comparison.names)}")
    if len(settings) > _MOST_SETTINGS:
        printer.line(f"  and {len(settings) - _MOST_SETTINGS:,} more, which --out FILE.xlsx lists.")
    printer.line()


def _columns(comparison: Comparison, row: str, measures: Sequence[str]) -> Iterator[Column]:
    yield Column("measure", tuple(map(words, measures)), left=True)
    for number, name in enumerate(comparison.names):
        found = [comparison.estimates[number].get((row, measure)) for measure in measures]
        pairs = list(zip(measures, found, strict=True))
        yield Column(name, tuple(told(measure, one.estimate) if one else "" for measure, one in pairs))
        if number:
            differences = [
                told(measure, one.difference, signed=True)
                + (f" {MARK}" if beyond_chance(one.difference) else "  ")
                if one and one.difference
                else ""
                for measure, one in pairs
            ]
            yield Column(f"less {comparison.names[0]}", tuple(differences))


def _beyond_chance(comparison: Comparison, number: int, row: str, measures: Sequence[str]) -> str:
    """Say which measures of a row differ from the first scenario's beyond chance."""
    differing, alike = [], []
    for measure in measures:
        paired = comparison.estimates[number].get((row, measure))
        if paired is None or paired.difference is None:
            continue
        difference = paired.difference
        if beyond_chance(difference):
            differing.append(f"{words(measure)} ({told(measure, difference, signed=True)})")
        else:
            alike.append(words(measure))
    first, other = comparison.names[0], comparison.names[number]
    whose = in_sentence(row)
    if not differing and not alike:
        return f"{other} and {first} cannot be compared for {whose}: only one of them has it."
    if not differing:
        return f"For {whose}, {other} differs from {first} in none of these measures beyond chance."
    rest = f"; not in {', '.join(alike)}" if alike else ""
    return f"Beyond chance, {other} differs from {first} for {whose} in {', '.join(differing)}{rest}."
