"""The answer to `fit`: every figure with its interval and source, and what a history leaves open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from simulator.answers.answer import Answer
from simulator.answers.table import Column, Table, numbers, pounds, shares, text
from simulator.fitting.estimates import Estimates
from simulator.fitting.posterior import Posterior
from simulator.history import History, HistoryFiles
from simulator.history.calendar_months import written as month_written
from simulator.questions.fit.beside import no_base_year
from simulator.questions.fit.files import write_fit
from simulator.questions.fit.lines import line_settings, need_settings
from simulator.questions.fit.rewritten import changed
from simulator.questions.fit.settings import Fitted, Known, Setting
from simulator.questions.fit.shocks import shock_settings
from simulator.questions.fit.words import notes, sentences
from simulator.scenario.scenario import Scenario, check_scenario


@dataclass(frozen=True)
class FitAnswer(Answer):
    """What `fit` returns."""

    scenario: Scenario  # as it was before
    seed: int  # of the draws
    files: HistoryFiles  # that were read
    history: History  # read and tidied
    posterior: Posterior  # joint draws of all that is not known
    estimates: Estimates  # the same as figures
    is_drawn = False

    @property
    def contracts(self) -> int:
        """How many draws the posterior holds; no contract is simulated."""
        return self.posterior.rows

    @property
    def known(self) -> Known:
        """What the scenario's new figures are made of."""
        return Known(self.scenario, self.history, self.posterior, self.estimates)

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Every key that the fit writes into the scenario, but for the names of files."""
        known = self.known
        return (*line_settings(known), *need_settings(known), *shock_settings(known))

    @property
    def figures(self) -> tuple[Fitted, ...]:
        """Every fitted figure."""
        return tuple(figure for one in self.settings for figure in one.figures)

    @cached_property
    def after(self) -> Scenario:
        """The scenario with the fitted figures, without the draws and the tables that `save` writes."""
        given = changed(self.scenario.given, self.settings, self.posterior.lines)
        # Draws of an earlier fit are not of these figures.
        given.pop("fit", None)
        source = f"{self.scenario.source}, fitted"
        return check_scenario(given, self.scenario.folder, source, varied=self.scenario)

    def save(self, path: str | Path, *, replace: bool = False) -> tuple[Path, ...]:
        """Write the scenario, and beside it its draws, its seasons and the base year's outturn.

        Parameters
        ----------
        path : str or Path
            A new file that ends in .toml.
        replace : bool
            Whether files that exist may be replaced.

        Returns
        -------
        tuple of Path
            What was written, the scenario first: all of it, or nothing.

        Raises
        ------
        InputError
            Where they cannot be written, or the history's figures are beyond what a scenario may hold.
        """
        _ = self.after
        return write_fit(self.known, self.settings, Path(path), replace=replace)

    def opening(self) -> tuple[str, ...]:
        """Return what was fitted."""
        months = self.history.months.months
        span = f"{month_written(months[0])} to {month_written(months[-1])}"
        told = f"{self.history.source}, {len(months)} months ({span})"
        return (f"{self.scenario.settings.title}: fitted to {told}, seed {self.seed}",)

    def sentences(self) -> tuple[str, ...]:
        """Return what so long a history can tell, and what it cannot."""
        return tuple(sentences(self.known, self.figures))

    def notes(self) -> tuple[str, ...]:
        """Return what a reader must know of the history and of the figures."""
        return tuple(notes(self.known, no_base_year(self.known)))

    def tables(self) -> tuple[Table, ...]:
        """Return every figure, what was believed before, breaks and outlying months."""
        return (self._figures(), self._priors(), *self._breaks(), *self._outliers())

    def _figures(self) -> Table:
        figures = self.figures
        units = tuple(one.unit for one in figures)

        def cells(name: str, heading: str, values: list[float | None]) -> Column:
            return Column(name, heading, units, tuple(values))

        ends = [one.ends or (None, None) for one in figures]
        columns = (
            text("of", [one.of for one in figures]),
            text("figure", [one.what for one in figures]),
            cells("value", "value", [_rounded(one.value, 3 if one.unit.is_share else 4) for one in figures]),
            cells("low", "from", [_rounded(low) for low, _ in ends]),
            cells("high", "to", [_rounded(high) for _, high in ends]),
            text("source", [one.source for one in figures]),
            shares("learned", [_rounded(one.learned, 2) for one in figures], "learned_share"),
        )
        title = "What does the history say of each figure, and how far may it be off?"
        return Table("figures", title, columns, keys=2)

    def _priors(self) -> Table:
        told = self.posterior.priors.in_words()
        columns = (text("figure", list(told)), text("believed before", list(told.values())))
        return Table("priors", "What was believed before the history was seen?", columns)

    def _breaks(self) -> Iterator[Table]:
        found = self.history.breaks
        if found:
            columns = (
                text("unit", [one.unit for one in found]),
                text("line", [one.line for one in found]),
                text("from month", [month_written(one.month) for one in found]),
                shares("change of its share", [_rounded(one.change) for one in found], "change_share"),
                numbers("SDs of chance", [_rounded(one.sds, 2) for one in found], "sds"),
            )
            yield Table("breaks", "Which units' shares of a line moved?", columns, keys=2)

    def _outliers(self) -> Iterator[Table]:
        outlying = self.history.month_law.outlying
        for in_pounds in (False, True):
            found = [one for one in outlying if (one.line in self.posterior.spend_only) == in_pounds]
            if not found:
                continue
            amounts = pounds if in_pounds else numbers
            columns = (
                text("unit", [one.unit for one in found]),
                text("line", [one.line for one in found]),
                text("month", [month_written(one.month) for one in found]),
                amounts("seen", [one.count for one in found]),
                amounts("expected", [_rounded(one.expected) for one in found]),
            )
            name, title = ("outlying spend", "spend") if in_pounds else ("outliers", "counts")
            yield Table(name, f"Which months' {title} lie far from all others?", columns, keys=3)


def _rounded(number: float | None, digits: int = 3) -> float | None:
    """Return a number with so many digits; an end of an interval needs no more."""
    return None if number is None or not np.isfinite(number) else float(f"{number:.{digits}g}")
