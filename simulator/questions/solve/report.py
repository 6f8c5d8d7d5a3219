"""The printed report of `solve`."""

from __future__ import annotations

from simulator.answers.columns import ERRORS_NOTE, Column, money_column, probability_column
from simulator.answers.printer import Printer
from simulator.answers.rule_notes import policy_notes
from simulator.questions.solve.answer import Point, Solution
from simulator.risk.estimator import Probability


def print_solution(solution: Solution, printer: Printer) -> None:
    """Print the grid, and the answer."""
    title = solution.scenario.settings.title
    printer.line(f"{title}: {solution.contracts:,} simulated contracts, seed {solution.seed}")
    printer.line()
    condition = solution.condition
    grid = [point for point in solution.points if point.on_grid]
    column = probability_column if isinstance(condition.estimator, Probability) else money_column
    columns = [
        Column(
            solution.key.rsplit(".", 1)[-1].replace("_", " "),
            tuple(_key(solution, point.value) for point in grid),
        ),
        column(condition.what.replace("_gbp", "").replace("_", " "), [point.estimate for point in grid]),
        Column("holds?", tuple(map(_holds, grid)), left=True),
    ]
    printer.text_table(f"{condition.what} of {condition.row}, by {solution.key}", columns, rows_apart=0)
    # Before the answer: they may be the reason why there is none.
    for note in policy_notes(solution.scenario, [solution.key]):
        printer.line(note)
    for sentence in solution.sentences():
        printer.line(sentence)
    printer.line(f"{ERRORS_NOTE} All values of the key share the same draws of chance.")


def _key(solution: Solution, value: float) -> str:
    return f"{value:,.0f}" if solution.scale.whole else f"{value:,.4g}"


def _holds(point: Point) -> str:
    answer = "yes" if point.holds else "no"
    return f"{answer}, within error" if point.close else answer
