"""The command `compare`."""

from __future__ import annotations

from functools import partial

from simulator.answers.command import Ask, Asked, clusters_option, measure_option, question, row_of


@question("scenarios", several=True, regimes_apart=True)
@measure_option
@clusters_option
def compare(asked: Asked, measures: tuple[str, ...], clusters: tuple[str, ...]) -> Ask:
    """Set SCENARIOS side by side: what differs between them, and what that does beyond chance.

    All have the same simulated contracts, in number and seed those of the first. Differences are
    from the first. --set holds for all of them.

    With --with, which takes names such as 'scenarios/regimes/*.toml' in quotes, each regime is laid over
    the one SCENARIO by itself, and the table says what each party has under each of them.
    """
    from simulator.questions.compare.ask import check_comparison, with_each
    from simulator.questions.compare.ask import compare as ask

    rows = [row_of(name) or name for name in clusters] or None
    asked_of = with_each(asked.scenarios, asked.regimes)
    check_comparison(asked_of, measures or None, rows, asked.draws)
    question = partial(ask, asked.scenarios, regimes=asked.regimes, measures=measures or None)
    return partial(question, clusters=rows, draws=asked.draws)
