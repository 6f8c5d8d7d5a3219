"""Budgets: what is handed over."""

from typing import Annotated

from pydantic import Field

from simulator.budgets.expected_spend import ExpectedSpend
from simulator.budgets.given import GivenBudgets
from simulator.budgets.per_head import PerHead
from simulator.budgets.toolkit import Toolkit

AnyBudgetRule = Annotated[Toolkit | ExpectedSpend | PerHead | GivenBudgets, Field(discriminator="rule")]
"""The register of budget rules."""
