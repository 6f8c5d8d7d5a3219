"""Budgets in pounds, as a table gives them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field

from simulator.budgets.budget_rule import BudgetRule, FloatArray, LineBasis


class GivenBudgets(BudgetRule):
    """Pounds that a table gives: budgets that have been worked out elsewhere, entered as they are.

    Practices' budgets are added up to their clusters'; those of practices in no cluster are left out. As
    the rule of all lines, a budget in total is divided between those without a rule of their own by planned
    spend; as the rule of one line it is that line's.
    """

    rule: Literal["given"] = "given"
    csv: Annotated[str, Field(min_length=1, max_length=80)]
    """Table beside the scenario: `cluster`, or `practice` with codes; `budget_gbp`, before any top-slice; and
    where budgets differ by them `year`, such as 2010/11, and `line`. With years a budget is for the months
    of the contract in that year; without, for a whole year, the same every year."""

    def in_words(self) -> str:
        """Return what the rule gives, to follow ``budgets are``."""
        return f"those of the table {self.csv}"

    def annual_budget_gbp(self, basis: LineBasis) -> FloatArray:
        """Return the budgets of one year, shape (cluster,), in pounds."""
        return basis.given_gbp

    @classmethod
    def example(cls) -> Self:
        """The indicative budgets of a PCT."""
        return cls(csv="indicative_budgets.csv")
