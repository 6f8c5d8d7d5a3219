"""What charts of a fit say of where their numbers come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.questions.fit.ask import observed_of

if TYPE_CHECKING:
    from simulator.fitting.observed import Observed
    from simulator.questions.fit.answer import FitAnswer
    from simulator.records import FloatArray


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


def seen_of(answer: FitAnswer) -> tuple[FloatArray, FloatArray]:
    """Return cases, or pounds where there are no cases, and people, nan in both where either is not known."""
    observed, posterior = observed_by(answer), answer.posterior
    spend_only = np.array([line in posterior.spend_only for line in posterior.lines])
    seen = np.where(spend_only[None, :, None], observed.spend_gbp, observed.counts)
    people = observed.weighted_people * observed.year_share
    known = np.isfinite(seen) & np.isfinite(people)
    return np.where(known, seen, np.nan), np.where(known, people, np.nan)
