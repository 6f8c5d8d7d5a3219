"""What practices would gain on other terms: contracts kept so that a reader can change the terms."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simulator.charts.study import Study
from simulator.rules.bond import Bond
from simulator.rules.surplus import SurplusSplit

BANDS = 20
"""Parts of equal size that simulated contracts are ranked into, by how they end."""


@dataclass(frozen=True, slots=True)
class Band:
    """The mean of the contracts of a cluster that end alike."""

    cluster: str
    rank: int  # from 1, the worst for the budget
    weight: float  # share of all contracts
    outturn_gbp: float  # budget less spend of the whole contract
    surplus_gbp: float  # what was split between practices, the PCT and patient care
    shared_gbp: float  # the part of it that practices share in: a minimum rate leaves some out
    claims_gbp: float  # what would reach a bond of any size
    annual_budget_gbp: float
    takes_share: bool  # and so posts a bond


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """Bands of every cluster, and the terms as they were simulated."""

    bands: tuple[Band, ...]  # by cluster, then by rank
    practice_share: float
    bond_share: float  # of a year's budget
    pct_return_share: float
    share_from: str  # the part that the practice share comes out of, as the rule calls it
    needs_bond: bool  # whether only who posts a bond keeps the practice share


def own_terms(study: Study) -> OwnTerms | None:
    """Return the contracts in bands; None where practices neither share a surplus nor post a bond."""
    settings = study.scenario.settings
    split = next((rule for rule in settings.rules if isinstance(rule, SurplusSplit)), None)
    has_bond = any(isinstance(rule, Bond) for rule in settings.rules)
    if split is None and not has_bond:
        return None
    share = split.practice_share if split else 0.0
    bands = tuple(band for name in study.clusters for band in _bands(study, name, share))
    takers = [study.books[name] for name in study.clusters if study.books[name].takes_share]
    posted = sum(float(book.bond_posted_gbp.mean()) for book in takers)
    budget = sum(float(book.annual_budget_gbp.mean()) for book in takers)
    return OwnTerms(
        bands,
        practice_share=share,
        bond_share=posted / budget if budget else 0.0,
        pct_return_share=split.pct_return_share if split else 0.0,
        share_from=split.practice_share_from if split else "top",
        needs_bond=split is not None and split.needs_bond,
    )


def _bands(study: Study, name: str, share: float) -> list[Band]:
    """Return a cluster's contracts in bands, from the worst for its budget to the best."""
    book, samples = study.books[name], study.samples(name)
    outturn = (book.surplus_gbp - book.overspend_gbp).sum(axis=1)
    practices, *others = (
        samples.get(one, np.zeros_like(outturn))
        for one in ("practice_share_gbp", "pct_return_gbp", "reinvestment_gbp")
    )
    surplus = practices + sum(others)
    # Where nothing was shared, on other terms all of it would be.
    shared = practices / share if share and practices.any() else surplus * book.takes_share
    ranked = np.argsort(outturn, kind="stable")
    return [
        Band(
            cluster=name,
            rank=rank,
            weight=len(some) / len(ranked),
            outturn_gbp=float(outturn[some].mean()),
            surplus_gbp=float(surplus[some].mean()),
            shared_gbp=float(shared[some].mean()),
            claims_gbp=float(book.bond_needed_gbp[some].mean()),
            annual_budget_gbp=float(book.annual_budget_gbp[some].mean()),
            takes_share=book.takes_share,
        )
        for rank, some in enumerate(np.array_split(ranked, BANDS), start=1)
    ]
