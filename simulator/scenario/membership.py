"""Who belongs to which cluster: each practice to one, or to none on purpose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from simulator.errors import Problem
from simulator.scenario.lenient import Place, tables_in, texts_in, unknown_name
from simulator.scenario.toml_lines import Path

_LEAST_WEIGHT = 1e-6


def people_problems(
    given: Mapping[str, Any],
    people: Mapping[str, int],
    weighted: Mapping[str, float],
    place: Place,
) -> Iterator[Problem]:
    """Yield clusters without people, and weights under which the whole PCT has no need."""
    for at, cluster in enumerate(tables_in(given, "clusters")):
        members = texts_in(cluster.get("practices"))
        if members and not sum(people.get(code, 1) for code in members):
            yield Problem(place(("clusters", at, "practices")), "practices with people", "lists of nobody")
    for name, per_head in weighted.items():
        if not per_head > _LEAST_WEIGHT:
            path: Path = ("population", "need_weights_csv")
            yield Problem(place(path), f"some weight in {name} for groups that have people", "none")


def membership_problems(
    given: Mapping[str, Any], codes: Iterable[str] | None, place: Place
) -> Iterator[Problem]:
    """Yield practices in two clusters, in none, or unknown."""
    population = given.get("population", {})
    population = population if isinstance(population, Mapping) else {}
    owner: dict[str, str] = {}
    outside_path: Path = ("population", "outside_clusters")
    groups: list[tuple[Path, str, list[str]]] = [
        (("clusters", at, "practices"), str(cluster.get("name")), texts_in(cluster.get("practices")))
        for at, cluster in enumerate(tables_in(given, "clusters"))
    ]
    outside = population.get("outside_clusters", ())
    groups.append((outside_path, "outside_clusters", texts_in(outside)))
    for path, name, members in groups:
        if members and "practices_csv" not in population:
            need = "a table of practices: population.practices_csv"
            yield Problem(place(path), need, f"{len(members)} practices and no table")
        for code in members:
            if code in owner:
                yield Problem(
                    place(path), "each practice in one cluster", f"{code} in {owner[code]} and in {name}"
                )
            owner[code] = name
            if codes is not None:
                yield from unknown_name(code, list(codes), place(path))
    left = [code for code in codes or () if code not in owner]
    if left and outside != "the rest":
        hint = f'add them to a cluster, or write {outside_path[1]} = "the rest" under [population]'
        got = f"{len(left)} in none: {', '.join(left[:5])}{', ...' if len(left) > 5 else ''}"
        yield Problem(place(outside_path), "each practice of the table in a cluster or outside", got, hint)
