"""The printed report of `sweep`."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.answers.columns import ERRORS_NOTE, Column
from simulator.answers.differences import mark_means, policy_columns, words
from simulator.answers.printer import Printer
from simulator.answers.rule_notes import policy_notes
from simulator.questions.sweep.answer import Sweep
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.risk.difference import beyond_chance
from simulator.risk.in_words import in_sentence
from simulator.risk.paired import PairedEstimate

MAIN_MEASURES = (
    "overspend_probability",
    "bond_needed_gbp",
    "shared_bond_needed_gbp",
    "bond_covers_probability",
    "practice_share_gbp",
    "practice_net_gain_gbp",
    "practice_better_off_probability",
    "pct_payment_gbp",
    "pct_net_position_gbp",
    "pct_net_position_1_in_20_gbp",
)
"""What is printed where no measures are named."""
_LEAVES = "leaves_probability"
MOST_ROWS = 50
"""Policies printed; a longer table belongs in a file."""
AS_GIVEN = "as given"


def print_sweep(
    sweep: Sweep, measures: Sequence[str], clusters: Sequence[str], printer: Printer, file: str = ""
) -> None:
    """Print one table for each row asked for: a line a policy, the scenario as given first."""
    question = sweep.question
    policies = range(min(len(sweep.policies), MOST_ROWS))
    printer.line(
        f"{question.scenario.settings.title}: {len(sweep.policies):,} policies, each with the same "
        f"{question.contracts:,} simulated contracts, seed {question.seed}"
    )
    printer.line()
    for row in dict.fromkeys([ALL_CLUSTERS, *clusters]):
        columns = key_columns(sweep, policies)
        for measure in measures or main_measures(sweep):
            if (row, measure) in sweep.base:
                base = PairedEstimate(sweep.base[row, measure], None)
                cells = [base, *(sweep.estimate(number, measure, row) for number in policies)]
                columns += policy_columns(measure, cells)
        name = in_sentence(row)
        title = f"What would each policy do to {name}? Changes from the scenario as given"
        printer.text_table(title, columns, rows_apart=0)
    if len(policies) < len(sweep.policies):
        rest = f"{file} has" if file else "--out writes"
        printer.line(f"The first {MOST_ROWS} of {len(sweep.policies):,} policies are shown; {rest} them all.")
    for sentence in sentences(sweep, measures or main_measures(sweep)):
        printer.line(sentence)
    for note in policy_notes(question.scenario, question.keys, sweep.policies):
        printer.line(note)
    print_notes(printer)


def main_measures(sweep: Sweep) -> tuple[str, ...]:
    """Return what is printed where no measures are named: leaving, too, where somebody may leave."""
    found = [sweep.estimate(number, _LEAVES) for number in range(len(sweep.policies)) if _asked(sweep)]
    leaves = any(one is not None and one.estimate.value > 0 for one in found)
    return (*MAIN_MEASURES, _LEAVES) if leaves else MAIN_MEASURES


def _asked(sweep: Sweep) -> bool:
    return (ALL_CLUSTERS, _LEAVES) in sweep.question.places


def key_columns(sweep: Sweep, policies: Sequence[int]) -> list[Column]:
    """Return the columns that say what a policy is, the scenario as given first."""
    return [
        # With spaces, so that a long key can be wrapped.
        Column(
            key.replace("_", " ").replace(".", " "),
            (AS_GIVEN, *(sweep.policies[number][at] for number in policies)),
            left=at == 0,
        )
        for at, key in enumerate(sweep.question.keys)
    ]


def sentences(sweep: Sweep, measures: Sequence[str]) -> list[str]:
    """Return what chance leaves of the differences of the PCT's measures, in words."""
    moved, still = [], []
    for measure in measures:
        if (ALL_CLUSTERS, measure) not in sweep.base:
            continue
        found = [sweep.estimate(number, measure) for number in range(len(sweep.policies))]
        differences = [one.difference for one in found if one and one.difference]
        beyond = sum(map(beyond_chance, differences))
        if not any(one.value for one in differences):
            still.append(words(measure))
        else:
            moved.append(f"{words(measure)} {beyond:,}")
    said = []
    if moved:
        said.append(
            f"Of {len(sweep.policies):,} policies, so many change it beyond chance for all clusters "
            f"together: {_listed(moved)}."
        )
    if still:
        said.append(f"No policy changes {_listed(still)} for all clusters together.")
    return said


def print_notes(printer: Printer) -> None:
    """Print what the errors and marks mean."""
    printer.line(mark_means())
    printer.line(ERRORS_NOTE)


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
