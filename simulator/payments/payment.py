"""A payment as a scenario writes it: a form by name, or a table of a form and what differs from it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from simulator.parts import GrowthShare, NonNegativeGbp, Part, Share, as_tuple
from simulator.payments.forms import FORMS
from simulator.payments.terms import PaymentTerms, PlanOf, Threshold, Withheld

PLAN_KEYS = ("plan", "plan_share", "plan_gbp_per_head", "threshold")
"""Keys that say nothing where no plan matters."""


def _known(name: str) -> str:
    if name not in FORMS:
        near = difflib.get_close_matches(name, FORMS, n=1)
        need, hint = f"one of {', '.join(FORMS)}", f'did you mean "{near[0]}"?' if near else ""
        raise PydanticCustomError("odd_name", "{need}", {"need": need, "hint": hint})
    return name


FormName = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": [*FORMS]})]


class Payment(Part):
    """What hospitals are paid for a line: a form of payment, and what differs from it.

    Keys that are left out are as in the form.
    """

    form: FormName = "per_case"
    """Name of the form; see forms of payment."""
    fixed_share: Share | None = None
    """Share of the plan that is paid as a fixed sum; the rest of it follows care."""
    rate_above_plan: Share | None = None
    """What is paid for care above the plan, as a share of the tariff."""
    rate_below_plan: Share | None = None
    """What goes back of the fixed sum for care below the plan, as a share of the tariff."""
    plan: PlanOf | None = None
    """What the plan is: what is expected, or the value of care of the base year at the current tariff."""
    plan_share: Annotated[float, Field(gt=0, le=10)] | None = None
    """The plan as a share of that: 1.04 is 4% more."""
    plan_gbp_per_head: NonNegativeGbp | None = None
    """A plan as a figure, in pounds a year for each registered person, in place of `plan`."""
    band_share: Share | None = None
    """Width either side of the plan, as a share of it, within which nothing moves."""
    cap_share: Annotated[float, Field(ge=1, le=10)] | None = None
    """Most that is paid, as a share of the plan."""
    collar_share: Share | None = None
    """Least that is paid, as a share of the plan."""
    threshold: Threshold | None = None
    """Whether each cluster's care is compared with its plan, or that of all clusters with theirs; then what
    that makes is shared between them as care is."""
    withheld: Withheld | None = None
    """What becomes of what care is worth at the tariff and is not paid for it: the cluster keeps it, or it is
    spent on schemes for patients."""
    quality_share: Share | None = None
    """What is paid for quality on top, as a share of what is paid; 0.015 in 2010/11 (CQUIN, HSJ)."""
    tariff_change_share_by_year: (
        Annotated[tuple[GrowthShare, ...], BeforeValidator(as_tuple), Field(min_length=1)] | None
    ) = None
    """Change of the tariff in each contract year beyond price_growth_share, which budgets do not know; the
    last repeats."""

    @model_validator(mode="after")
    def _has_one_plan(self) -> Self:
        if self.plan is not None and self.plan_gbp_per_head is not None:
            raise PydanticCustomError("plans", "either plan or plan_gbp_per_head, and not both")
        return self

    @property
    def terms(self) -> PaymentTerms:
        """The form, with what is written over it."""
        own = {one.name: getattr(self, one.name) for one in fields(PaymentTerms)}
        return replace(FORMS[self.form], **{key: value for key, value in own.items() if value is not None})

    @classmethod
    def example(cls) -> Self:
        """Emergencies in England from 2010/11, with its quality payment."""
        return cls(form="marginal_rate", quality_share=0.015)


def _kind(value: Any) -> str:
    return "a table" if isinstance(value, (Mapping, Payment)) else "a form"


AnyPayment = Annotated[
    Annotated[FormName, Tag("a form")] | Annotated[Payment, Tag("a table")], Discriminator(_kind)
]
"""A form by its name, or a table."""


def terms_of(payment: str | Payment) -> PaymentTerms:
    """Return the terms of a payment, however it is written."""
    return FORMS[payment] if isinstance(payment, str) else payment.terms


def in_short(payment: str | Payment) -> str:
    """Return what a payment is called in a table."""
    if isinstance(payment, str):
        return payment.replace("_", " ")
    return payment.form.replace("_", " ") + ("" if payment.terms == FORMS[payment.form] else ", own terms")
