"""The limit per case: the PCT bears what single cases cost beyond it."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from simulator.parts import Strings
from simulator.rules.rule import Rule


class PerCaseLimit(Rule):
    """A cluster answers for at most a fixed sum of any single case; the PCT pays the rest of it.

    It moves no money in the ledger: the plan limits the law of cost itself, so that spend, the
    base year's spend and the budgets that come from either leave out the same excess. A budget
    rule in pounds a head, and a block contract, stay as they are. Form: GP fundholding's limit of
    GBP 5,000, later 6,000, for one patient's year; patients are not followed here, cases are.
    """

    rule: Literal["per_case_limit"] = "per_case_limit"
    limit_gbp: Annotated[float, Field(ge=1, le=1e12)]
    """Most that a cluster pays for one case, in pounds of the line's rate year; it grows with prices."""
    service_lines: Annotated[Strings, Field(min_length=1)] | None = None
    """Lines that it holds for, none of them a block contract; all paid per case when left out."""

    def holds_for(self, line: str) -> bool:
        """Return whether the rule holds for a service line, if that is paid per case.

        Parameters
        ----------
        line : str
            Name of the line.

        Returns
        -------
        bool
            True for every such line where the rule names none.
        """
        return self.service_lines is None or line in self.service_lines

    @classmethod
    def example(cls) -> Self:
        """Fifty thousand pounds for a case of any line."""
        return cls(limit_gbp=50_000)
