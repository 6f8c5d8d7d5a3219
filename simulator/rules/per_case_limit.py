"""The limit per case: the PCT bears what single cases cost beyond it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field

from simulator.parts import Strings
from simulator.plain_words import listed, pounds_of
from simulator.records import Account
from simulator.rules.ledger import Transfer
from simulator.rules.rule import Position, Rule


class PerCaseLimit(Rule):
    """A cluster answers for at most a fixed sum of any single case; the PCT pays the rest of it.

    The plan limits the law of cost itself, so that spend, the base year's spend and the budgets that
    come from either leave out the same excess. A budget rule in pounds a head, and a block
    contract, stay as they are. What lies above the limit has its exact mean, but varies too little
    (docs/decisions/0009): of it alone no bad case should be told. Form: GP fundholding's limit of
    GBP 5,000, later 6,000, for one patient's year; patients are not followed here, cases are.
    """

    changes_overspends: ClassVar = "never"

    rule: Literal["per_case_limit"] = "per_case_limit"
    limit_gbp: Annotated[float, Field(ge=1, le=1e12)]
    """Most that a cluster pays for one case, in pounds of the line's rate year; it grows with prices."""
    service_lines: Annotated[Strings, Field(min_length=1)] | None = None
    """Lines that it holds for, none of them a block contract; all paid per case when left out."""

    def in_words(self) -> tuple[str, ...]:
        """Return the rule in whole sentences."""
        lines = f"of {listed(self.service_lines)} " if self.service_lines else ""
        return (
            f"A cluster answers for at most {pounds_of(self.limit_gbp)} of any one case {lines}"
            "at the prices of the rate's year; the PCT pays what a case costs beyond that.",
        )

    def settle(self, position: Position) -> Iterable[Transfer]:
        """Return what the PCT pays of the year's cases beyond the limit."""
        yield Transfer("care_above_case_limit", Account.PCT, Account.PROVIDERS, position.above_limit_gbp)

    def holds_for(self, line: str) -> bool:
        """Return whether the rule holds for a service line, if that is paid per case."""
        return self.service_lines is None or line in self.service_lines

    @classmethod
    def example(cls) -> Self:
        """Fifty thousand pounds for a case of any line."""
        return cls(limit_gbp=50_000)
