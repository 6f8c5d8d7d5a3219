"""What each cluster agreed to, as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from simulator.records import ClusterTerms, FloatArray, LegalTerms, Population
from simulator.scenario.legal_forms import LegalForm
from simulator.scenario.schema import Cluster, ScenarioFile


def responsibility_of(settings: ScenarioFile) -> FloatArray:
    """Return the proportion of budget and spend that each cluster answers for, shape (cluster, line)."""
    lines = [line.name for line in settings.service_lines]
    return np.array([[cluster.answers_for(line) for line in lines] for cluster in settings.clusters])


def terms_of_clusters(
    settings: ScenarioFile, population: Population, planned_gbp: FloatArray
) -> ClusterTerms:
    """Return what each cluster agreed to; `planned_gbp` has shape (year, cluster)."""
    clusters = settings.clusters
    bonds = [math.nan if cluster.bond_gbp is None else cluster.bond_gbp for cluster in clusters]
    return ClusterTerms(
        names=population.clusters,
        people=population.people,
        takes_share=np.array([cluster.takes_share for cluster in clusters]),
        bond_gbp=np.array(bonds),
        months=np.array([one.months_inside(settings.contract) for one in clusters]).T,
        planned_gbp=planned_gbp,
        legal=_legal(clusters),
    )


def _legal(clusters: Sequence[Cluster]) -> LegalTerms | None:
    """Return what legal forms mean; None where they mean nothing."""
    forms = [cluster.legal for cluster in clusters]
    if all(replace(form, words="") == LegalForm() for form in forms):
        return None
    return LegalTerms(
        np.array([form.is_liable for form in forms]),
        np.array([form.distribution_cap_share for form in forms]),
        np.array([form.interest_cap_share for form in forms]),
        np.array([math.nan if form.partner_share is None else form.partner_share for form in forms]),
    )
