"""The printed report of `frontier`."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.answers.columns import ERRORS_NOTE, Column
from simulator.answers.differences import mark_means, policy_columns, told, words
from simulator.answers.printer import Printer
from simulator.answers.rule_notes import policy_notes
from simulator.questions.frontier.answer import BEATEN, WITHIN_CHANCE, Frontier
from simulator.questions.sweep.report import MOST_ROWS, key_columns
from simulator.risk.in_words import in_sentence
from simulator.risk.paired import PairedEstimate


def print_frontier(frontier: Frontier, printer: Printer, file: str = "") -> None:
    """Print the frontier, sorted, and which policies are beaten within chance only."""
    question = frontier.sweep.question
    printer.line(
        f"{question.scenario.settings.title}: {len(question.policies):,} policies, each with the same "
        f"{question.contracts:,} simulated contracts, seed {question.seed}"
    )
    printer.line()
    best, cluster = frontier.policies, frontier.goals[0].cluster
    whose = in_sentence(cluster)
    wanted = " and ".join(
        f"{'most' if goal.sign > 0 else 'least'} {words(goal.measure)}" for goal in frontier.goals
    )
    title = f"Policies that no other beats on both {wanted}, for {whose}"
    _print_table(frontier, best, title, printer)
    close = frontier.with_standing(WITHIN_CHANCE)
    if close:
        _print_table(frontier, close, "Beaten, but within chance only", printer)
    if max(len(best), len(close)) > MOST_ROWS:
        rest = f"{file} has" if file else "--out writes"
        printer.line(f"The first {MOST_ROWS} policies of a table are shown; {rest} them all.")
    for sentence in _sentences(frontier):
        printer.line(sentence)
    for note in policy_notes(question.scenario, question.keys, question.policies):
        printer.line(note)
    printer.line(mark_means())
    printer.line(ERRORS_NOTE)


def _print_table(frontier: Frontier, policies: list[int], title: str, printer: Printer) -> None:
    """Print policies after the scenario as given."""
    sweep, some = frontier.sweep, policies[:MOST_ROWS]
    columns: list[Column] = key_columns(sweep, some)
    for goal in frontier.goals:
        base = PairedEstimate(sweep.base[goal.cluster, goal.measure], None)
        cells = [base, *(sweep.estimate(number, goal.measure, goal.cluster) for number in some)]
        columns += policy_columns(goal.measure, cells)
    printer.text_table(title, columns, rows_apart=0)


def _sentences(frontier: Frontier) -> Iterator[str]:
    """Say how the policies stand, and what the frontier offers from end to end."""
    policies, best = frontier.sweep.policies, frontier.policies
    beaten, close = (frontier.with_standing(standing) for standing in (BEATEN, WITHIN_CHANCE))
    yield (
        f"Of {len(policies):,} policies {_are(len(best))} on the frontier and {len(beaten):,} beaten beyond "
        "chance by a policy on it."
    )
    if close:
        yield (
            f"Another {_are(len(close))} beaten within chance only: on one goal or both, chance alone could "
            "explain the difference from every policy that beats them."
        )
    if len(best) == 1:
        yield "One policy is best on both goals: there is nothing to trade."
        return
    moves = []
    for goal in reversed(frontier.goals):
        ends = [frontier.sweep.estimate(number, goal.measure, goal.cluster) for number in (best[0], best[-1])]
        values = [told(goal.measure, end.estimate) for end in ends if end]
        moves.append(f"{words(goal.measure)} goes from {' to '.join(values)}")
    yield f"From one end of the frontier to the other, {' and '.join(moves)}."


def _are(policies: int) -> str:
    return f"{policies:,} {'is' if policies == 1 else 'are'}"
