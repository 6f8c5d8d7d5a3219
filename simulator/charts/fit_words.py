"""What charts of a fit say of where their numbers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.questions.fit.ask import observed_of

if TYPE_CHECKING:
    from simulator.fitting.observed import Observed
    from simulator.questions.fit.answer import FitAnswer


def source_of(answer: FitAnswer) -> str:
    """Return the history, its length and the draws."""
    months, draws = len(answer.history.months.months), answer.posterior.rows
    title = answer.scenario.settings.title.rstrip(".")
    return (
        f"{title}. Fitted to {answer.history.source}, {months} months; {draws:,} draws, seed {answer.seed}."
    )


def observed_by(answer: FitAnswer) -> Observed:
    """Return the years of the history as they were fitted."""
    return observed_of(answer.history, answer.files, answer.scenario)
