"""Whether the PCTs of a scenario's clusters, where it is of several, can be told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.errors import Problem, shown
from simulator.letters import as_seen
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.files import Given, Place
from simulator.scenario.schema import ScenarioFile

NAMES_OF_ALL = {ALL_CLUSTERS.casefold(), "pct", "all"}
"""What a question calls all clusters together."""


def pct_problems(given: Given, clusters: Sequence[Mapping[str, Any]], place: Place) -> Iterator[Problem]:
    """Yield clusters without a PCT among others with one, names that mean something else, and a fit."""
    pcts = {at: name for at, one in enumerate(clusters) if isinstance(name := one.get("pct"), str)}
    if len(set(pcts.values())) > 1:
        yield from _fit_problems(given, len(set(pcts.values())), place)
    named = given.get("pct")
    of_all = as_seen(str(named.get("name"))).casefold() if isinstance(named, Mapping) else ""
    of_clusters = {as_seen(str(one.get("name"))).casefold() for one in clusters}
    spelled: dict[str, str] = {}
    for at in range(len(clusters)) if pcts else ():
        where = place(("clusters", at, "pct"))
        if "pct" not in clusters[at]:
            hint = f"{len(pcts)} of {len(clusters)} clusters have one: either each says its PCT, or none"
            yield Problem(where, "the name of its PCT", "none", hint)
        elif (name := pcts.get(at)) is not None:
            seen = as_seen(name).casefold()
            first = spelled.setdefault(seen, name)
            if first != name:
                yield Problem(where, f"each PCT spelled one way, as {shown(first)}", shown(name))
            elif len(set(pcts.values())) > 1 and seen in {of_all, *of_clusters, *NAMES_OF_ALL}:
                whose = "[pct] names all PCTs together" if seen == of_all else "rows of results have both"
                need = "a name that is not that of a cluster or of all together"
                yield Problem(where, need, shown(name), whose)


def threshold_problems(settings: ScenarioFile, place: Place) -> Iterator[Problem]:
    """Yield lines whose hospitals are paid by what all clusters buy together, though of several PCTs."""
    for at, line in enumerate(settings.service_lines if settings.pct_of_clusters else ()):
        if line.terms.threshold == "shared":
            need = "terms whose threshold is each cluster's own: one that all share would be one of all PCTs"
            hint = 'payment.threshold = "cluster"'
            yield Problem(place(("service_lines", at, "payment")), need, "a shared threshold", hint)


def _fit_problems(given: Given, pcts: int, place: Place) -> Iterator[Problem]:
    fit = given.get("fit")
    if isinstance(fit, Mapping) and fit.get("posterior"):
        need = "left out in a scenario of several PCTs: a history is of one"
        yield Problem(place(("fit", "posterior")), need, f"{pcts} PCTs", "run each PCT with its own fit")
