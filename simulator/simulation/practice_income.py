"""Practices' core income: lines whose budget pays the practices themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from simulator.records import CORE_INCOME, Account, FloatArray, SpendElsewhere
from simulator.scenario.schema import ServiceLine


def core_income(
    lines: Sequence[ServiceLine], spend_gbp: FloatArray, responsibility: FloatArray
) -> tuple[SpendElsewhere, ...]:
    """Return what of the contract years' spend goes to practices; nothing where no line pays them.

    Takes spend of shape (contract, year, cluster, line) and responsibility of shape (cluster, line).
    """
    theirs = np.array([line.paid_to == "practices" for line in lines])
    if not theirs.any():
        return ()
    paid, part = spend_gbp[..., theirs], responsibility[:, theirs]
    return (
        SpendElsewhere(
            CORE_INCOME,
            Account.CORE,
            np.asarray((paid * part).sum(axis=-1)),
            np.asarray((paid * (1 - part)).sum(axis=-1)) if (part < 1).any() else None,
        ),
    )
