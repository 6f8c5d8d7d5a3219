"""An answer: tables, sentences and notes."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.answers.table import ERRORS_ARE, Table
from simulator.errors import InputError, unknown
from simulator.scenario.doubts import carries_fit, doubt_in_words

if TYPE_CHECKING:
    import pandas as pd

    from simulator.scenario.scenario import Scenario

_NO_DOUBT = "it does not cover doubt about the scenario's figures"


class Answer(ABC):
    """What a question returns: a frozen dataclass with `scenario`, `contracts` and `seed` in it."""

    if TYPE_CHECKING:
        # A frozen field or a property: either way it is only read here.
        @property
        def scenario(self) -> Scenario:
            """What was asked about."""

        @property
        def contracts(self) -> int:
            """How many contracts were simulated."""

        @property
        def seed(self) -> int:
            """Seed of chance."""

    is_drawn = True
    """Whether chance was simulated: then `contracts` and `seed` say how."""
    where_the_rest_is = (
        "Every row is in the file of --out; --pct NAME asks about one PCT, and shows its clusters."
    )
    """What a page says where it shows the extremes of a table of several PCTs."""

    @abstractmethod
    def tables(self) -> tuple[Table, ...]:
        """Return the tables, as a page shows them and a workbook holds them."""

    def opening(self) -> tuple[str, ...]:
        """Return what was asked, in a line or two."""
        how = "exact method, no sampling error"
        if self.is_drawn:
            how = f"{self.contracts:,} simulated contracts, seed {self.seed}"
        laid_over = (f"  with {one}" for one in self.scenario.laid_over)
        return (f"{self.scenario.settings.title}: {how}", *laid_over)

    def sentences(self) -> tuple[str, ...]:
        """Return what the numbers say, to be read aloud: the finding first."""
        return ()

    @property
    def errors_note(self) -> str:
        """What errors cover, and what becomes of doubt about the scenario's figures."""
        settings, posterior = self.scenario.settings, self.scenario.posterior
        said = f"{ERRORS_ARE}; {doubt_in_words(settings) or _NO_DOUBT}."
        if self.is_drawn and posterior is not None and carries_fit(settings):
            # Rows are drawn with replacement: a mean over n contracts has the error of its rows as well.
            more = math.sqrt(1 + self.contracts / posterior.rows) - 1
            said += (
                f" That a fit has {posterior.rows:,} draws makes errors up to {more:.0%} larger than told."
            )
        return said

    def notes(self) -> tuple[str, ...]:
        """Return what a reader of the tables must know."""
        return (self.errors_note,)

    def origin(self) -> dict[str, str]:
        """Return what else a reader needs to make the numbers again, by what it is."""
        return {}

    def table(self, name: str | None = None) -> Table:
        """Return one table: a notebook shows it as the command prints it.

        Parameters
        ----------
        name : str, optional
            Of the table; the first when left out.

        Returns
        -------
        Table

        Raises
        ------
        InputError
            If there is no such table.
        """
        tables = {table.name: table for table in self.tables()}
        if name is None:
            return next(iter(tables.values()))
        if problems := unknown("table", name, list(tables)):
            raise InputError(problems)
        return tables[name]

    def frame(self, name: str | None = None) -> pd.DataFrame:
        """Return a table for pandas.

        Parameters
        ----------
        name : str, optional
            Of the table; the first when left out.

        Returns
        -------
        DataFrame
            Indexed by what says what a row is; an estimate is three columns, its value and the
            ``_low`` and ``_high`` ends of its 95% interval.

        Raises
        ------
        InputError
            If there is no such table.
        """
        return self.table(name).frame()

    def every_number(self) -> pd.DataFrame:
        """Return every number of the answer, one row each, with the ends of its 95% interval."""
        import pandas as pd

        rows = [row for table in self.tables() for row in table.numbers()]
        return pd.DataFrame(rows, columns=["table", "row", "column", "unit", "value", "low", "high"])


@dataclass(frozen=True)
class DrawnAnswer(Answer):
    """An answer that rests on contracts that were simulated."""

    scenario: Scenario  # what was asked about
    contracts: int  # simulated
    seed: int  # of chance
