"""The command `compare`."""

from __future__ import annotations

from functools import partial

from simulator.answers.command import Ask, Asked, clusters_option, measure_option, question, row_of


@question("scenarios", several=True)
@measure_option
@clusters_option
def compare(asked: Asked, measures: tuple[str, ...], clusters: tuple[str, ...]) -> Ask:
    """Set SCENARIOS side by side: what differs between them, and what that does beyond chance.

    All have the same simulated contracts, in number and seed those of the first. Differences are
    from the first. --set holds for all of them.
    """
    from simulator.questions.compare.ask import check_comparison
    from simulator.questions.compare.ask import compare as ask

    rows = [row_of(name) or name for name in clusters] or None
    check_comparison(asked.scenarios, measures or None, rows, asked.draws)
    return partial(ask, asked.scenarios, measures=measures or None, clusters=rows, draws=asked.draws)
