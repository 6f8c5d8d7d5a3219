"""A scenario of several PCTs: whether they can be told apart, and one of them alone.

One of them alone has its clusters, and every draw of chance that they have among all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from simulator.errors import Problem, shown
from simulator.letters import as_seen
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.scenario.files import Given, Place
from simulator.scenario.schema import ScenarioFile

_OF_ONE = {"pct", "clusters", "actions", "question"}
"""Sections that are others where one PCT is asked about."""
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


def problems_of_pcts(settings: ScenarioFile, place: Place) -> Iterator[Problem]:
    """Yield what is wrong with PCTs, and with the one that is asked about, in settings that are read."""
    yield from _threshold_problems(settings, place)
    yield from _only_problems(settings, place)


def _only_problems(settings: ScenarioFile, place: Place) -> Iterator[Problem]:
    """Yield the PCT that is asked about, if no cluster is of it."""
    only, pcts = settings.pct.only, dict.fromkeys(one.pct for one in settings.clusters if one.pct)
    if only is not None and only not in pcts:
        near = get_close_matches(only, pcts, n=1)
        some = (
            f"{shown(near[0])} is one" if near else f"for example {shown(next(iter(pcts)))}" if pcts else ""
        )
        hint = some or "clusters.*.pct names each cluster's"
        yield Problem(place(("pct", "only")), "the PCT of some clusters", shown(only), hint)


def narrowed(settings: ScenarioFile) -> ScenarioFile:
    """Return the settings of the one PCT that is asked about, if there are several."""
    only, pct = settings.pct.only, settings.pct
    if only is None:
        return settings
    if not settings.pct_of_clusters:
        # It is alone in any case, and shares shocks with nobody.
        return settings.model_copy(update={"pct": pct.model_copy(update={"only": None})})
    clusters = tuple(one for one in settings.clusters if one.pct == only)
    names = {one.name for one in clusters}
    actions = tuple(
        one
        if one.clusters is None
        else one.model_copy(update={"clusters": tuple(name for name in one.clusters if name in names)})
        for one in settings.actions
    )
    named = pct.model_copy(update={"name": only})
    # What the whole scenario asks is not asked of this one.
    alone = {"clusters": clusters, "actions": actions, "pct": named, "question": ""}
    return settings.model_copy(update=alone)


def pcts_of_shocks(settings: ScenarioFile) -> tuple[str, ...]:
    """Return the name of each cluster's PCT, where shocks tell PCTs apart."""
    only = settings.pct.only
    return settings.pct_of_clusters if only is None else (only,) * len(settings.clusters)


def is_reused(key: str, changed: Given) -> bool:
    """Return whether a checked section may stand for what the file says; not where a PCT was taken out."""
    pct = changed.get("pct")
    return not (isinstance(pct, Mapping) and "only" in pct and key in _OF_ONE)


def _threshold_problems(settings: ScenarioFile, place: Place) -> Iterator[Problem]:
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
