"""The answer to `bond`: its tables, and sentences to read aloud."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from simulator.questions.bond.estimates import BondEstimates
from simulator.questions.bond.practices import split_to_the_penny
from simulator.questions.bond.words import sentences
from simulator.risk.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

_STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
_MOST_ROWS = 20


class BondAnswer(BondEstimates):
    """What `bond` returns: the estimates, as tables and in words."""

    def table(self) -> pd.DataFrame:
        """Return the smallest bonds, indexed by period and confidence, in pounds and of the budget."""
        import pandas as pd

        budget = self.annual_budget_gbp.value
        rows = [
            {"period": period, "confidence": confidence}
            | _fields("bond_gbp", estimate)
            | {"bond_share_of_annual_budget": estimate.value / budget}
            for (period, confidence), estimate in self.needed_gbp.items()
        ]
        return pd.DataFrame(rows).set_index(["period", "confidence"])

    def curve(self, shares_of_annual_budget: Sequence[float] | None = None) -> pd.DataFrame:
        """Return how likely bonds of several sizes are to pay every overspend of the contract.

        Parameters
        ----------
        shares_of_annual_budget : sequence of float, optional
            Sizes, as shares of the expected annual budget; when left out, even steps from nothing to
            the bond that the highest confidence needs without top-up.

        Returns
        -------
        DataFrame
            Indexed by size, with pounds and the probabilities without and with top-up.
        """
        import pandas as pd

        budget = self.annual_budget_gbp.value
        sizes = self.sizes if shares_of_annual_budget is None else list(shares_of_annual_budget)
        rows = [
            {"bond_share_of_annual_budget": size, "bond_gbp": size * budget}
            | _fields("covers_probability", self.covers(size * budget, top_up=False))
            | _fields("covers_topped_up_probability", self.covers(size * budget, top_up=True))
            for size in sizes
        ]
        return pd.DataFrame(rows).set_index("bond_share_of_annual_budget")

    def posted(self) -> pd.DataFrame:
        """Return what the scenario's bond does, one row a measure, over the contract and by year."""
        import pandas as pd

        facts = [("whole contract", name, one) for name, one in self.posted_facts.items()]
        facts += [(year, name, one) for year in self.years for name, one in self.year_facts(year).items()]
        if self.saving_needed.share_of_demand:
            facts.append(("whole contract", "true_saving_needed_share", self.saving_needed.share_of_demand))
        rows = [{"period": period, "measure": name} | _fields("value", one) for period, name, one in facts]
        return pd.DataFrame(rows).set_index(["period", "measure"])

    def practices(self) -> pd.DataFrame:
        """Return each practice's part, which add up to the cluster's to the penny.

        Returns
        -------
        DataFrame
            Indexed by practice code; no rows for a cluster that is a number of people.
        """
        import pandas as pd

        amounts = self.split()
        rows = []
        for at, part in enumerate(self.parts):
            row: dict[str, str | float] = {"practice_code": part.code, "practice": part.name}
            row |= {"people": part.people, "share_of_cluster": part.share}
            for name, parts in amounts.items():
                row |= _fields(name, parts[at])
            rows.append(row)
        names = ["practice_code", "practice", "people", "share_of_cluster"]
        return (pd.DataFrame(rows) if rows else pd.DataFrame(columns=names)).set_index("practice_code")

    def split(self) -> dict[str, list[Estimate]]:
        """Return the amounts of `to_split` by practice, in the order of `parts`."""
        shares = np.array([part.share for part in self.parts])
        return {name: split_to_the_penny(total, shares) for name, total in self.to_split.items()}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return every table that has rows, by name."""
        tables = {
            "bonds needed": self.table(),
            "posted bond": self.posted(),
            "bond against cover": self.curve(),
            "practices": self.practices(),
        }
        return {name: table for name, table in tables.items() if len(table)}

    def sentences(self) -> tuple[str, ...]:
        """Return what the numbers say, to be read aloud."""
        return sentences(self)

    @property
    def sizes(self) -> list[float]:
        """Sizes of bonds, as shares of the annual budget: even steps past the largest bond needed."""
        most = max(one.value for one in self.needed_gbp.values()) / self.annual_budget_gbp.value
        step = next((step for step in _STEPS if most / step <= _MOST_ROWS), _STEPS[-1])
        return [round(step * at, 6) for at in range(max(math.ceil(most / step), 1) + 1)]


def _fields(name: str, estimate: Estimate) -> dict[str, float]:
    """Return an estimate as columns of a table."""
    return {name: estimate.value, f"{name}_low": estimate.low, f"{name}_high": estimate.high}
