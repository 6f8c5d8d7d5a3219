"""What must hold between different parts of a scenario.

Works on the scenario as given, before it is known to be valid in itself, so that every problem is
reported at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from simulator.errors import Problem, shown
from simulator.population.need import UNWEIGHTED
from simulator.scenario.places import Path

PCT_ROW = "PCT"
"""Name of the row that adds up all clusters, and so not a cluster's."""
FLAT = "flat"
_MOST_YEARS_APART = 20
_LEAST_WEIGHT = 1e-6
Place = Callable[[Path], str]


def name_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield names that occur twice, or that a cluster cannot have.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    for section, key in (("clusters", "name"), ("service_lines", "name"), ("rules", "rule")):
        seen: set[object] = set()
        for at, table in enumerate(_tables(given, section)):
            name = table.get(key)
            if isinstance(name, str) and name in seen:
                yield Problem(place((section, at, key)), f"each {key} in {section} once", shown(name))
            seen.add(str(name))
    for at, cluster in enumerate(_tables(given, "clusters")):
        if str(cluster.get("name")).strip().upper() == PCT_ROW:
            yield Problem(place(("clusters", at, "name")), f"a name other than {PCT_ROW}", PCT_ROW)


def reference_problems(
    given: Mapping[str, Any], weights: Iterable[str] | None, seasons: Iterable[str] | None, place: Place
) -> Iterator[Problem]:
    """Yield names that refer to nothing.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    weights, seasons : iterable of str or None
        Columns of the tables; None where they are unknown.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    lines = [str(line.get("name")) for line in _tables(given, "service_lines")]
    for at, line in enumerate(_tables(given, "service_lines")):
        for key, known, builtin in (("need_weights", weights, UNWEIGHTED), ("season", seasons, FLAT)):
            if known is not None and key in line:
                yield from _unknown(
                    line[key], list(dict.fromkeys([builtin, *known])), place(("service_lines", at, key))
                )
    for at, cluster in enumerate(_tables(given, "clusters")):
        for name in _texts(cluster.get("service_lines")):
            yield from _unknown(name, lines, place(("clusters", at, "service_lines")))


def year_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield rates of years too far from the contract's to be carried over by growth.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    contract = given.get("contract")
    start = contract.get("start_year") if isinstance(contract, Mapping) else None
    for at, line in enumerate(_tables(given, "service_lines")):
        year = line.get("rate_year", start)
        if isinstance(year, int) and isinstance(start, int) and abs(year - start) > _MOST_YEARS_APART:
            need = f"within {_MOST_YEARS_APART} years of contract.start_year, {start}"
            yield Problem(place(("service_lines", at, "rate_year")), need, shown(year))


def people_problems(
    given: Mapping[str, Any],
    people: Mapping[str, int],
    weighted: Mapping[str, float],
    place: Place,
) -> Iterator[Problem]:
    """Yield clusters without people, and weights under which the whole PCT has no need.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    people : mapping of str to int
        Registered people by practice.
    weighted : mapping of str to float
        The PCT's need for each person, by name of the weights.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    for at, cluster in enumerate(_tables(given, "clusters")):
        members = _texts(cluster.get("practices"))
        if members and not sum(people.get(code, 1) for code in members):
            yield Problem(place(("clusters", at, "practices")), "practices with people", "lists of nobody")
    for name, per_head in weighted.items():
        if not per_head > _LEAST_WEIGHT:
            path: Path = ("population", "need_weights_csv")
            yield Problem(place(path), f"some weight in {name} for groups that have people", "none")


def membership_problems(
    given: Mapping[str, Any], codes: Iterable[str] | None, place: Place
) -> Iterator[Problem]:
    """Yield practices in two clusters, in none, or unknown.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    codes : iterable of str or None
        Practices of the table; None where they are unknown.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    population = given.get("population", {})
    population = population if isinstance(population, Mapping) else {}
    owner: dict[str, str] = {}
    outside_path: Path = ("population", "outside_clusters")
    groups: list[tuple[Path, str, list[str]]] = [
        (("clusters", at, "practices"), str(cluster.get("name")), _texts(cluster.get("practices")))
        for at, cluster in enumerate(_tables(given, "clusters"))
    ]
    outside = population.get("outside_clusters", ())
    groups.append((outside_path, "outside_clusters", _texts(outside)))
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
                yield from _unknown(code, list(codes), place(path))
    left = [code for code in codes or () if code not in owner]
    if left and outside != "the rest":
        hint = f'add them to a cluster, or write {outside_path[1]} = "the rest" under [population]'
        got = f"{len(left)} in none: {', '.join(left[:5])}{', ...' if len(left) > 5 else ''}"
        yield Problem(place(outside_path), "each practice of the table in a cluster or outside", got, hint)


def rule_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield rules that cannot work together.

    Parameters
    ----------
    given : mapping
        The scenario as given.
    place : callable
        From a path to the text that says where it is.

    Yields
    ------
    Problem
        Each thing that is wrong.
    """
    order = [str(rule.get("rule")) for rule in _tables(given, "rules")]
    if {"deficit_recovery", "surplus"} <= set(order) and order.index("deficit_recovery") > order.index(
        "surplus"
    ):
        at = order.index("deficit_recovery")
        yield Problem(place(("rules", at, "rule")), "listed before the rule surplus", "after it")
    if "bond" not in order:
        for at, cluster in enumerate(_tables(given, "clusters")):
            if "bond_gbp" in cluster:
                got = shown(cluster["bond_gbp"])
                yield Problem(
                    place(("clusters", at, "bond_gbp")), "used with a rule bond under [[rules]]", got
                )
        for at, rule in enumerate(_tables(given, "rules")):
            if (
                rule.get("rule") == "surplus"
                and rule.get("needs_bond", True) is True
                and rule.get("practice_share")
            ):
                hint = "add a rule bond, or write needs_bond = false"
                got = "needs_bond and no rule bond: nobody could keep a share"
                yield Problem(place(("rules", at, "needs_bond")), "a bond that can be posted", got, hint)


def _tables(given: Mapping[str, Any], section: str) -> list[Mapping[str, Any]]:
    tables = given.get(section)
    return (
        [table if isinstance(table, Mapping) else {} for table in tables] if isinstance(tables, list) else []
    )


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []


def _unknown(name: object, known: list[str], where: str) -> Iterator[Problem]:
    if isinstance(name, str) and name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        listed = ", ".join(known[:8]) + (", ..." if len(known) > 8 else "")
        yield Problem(where, f"one of {listed}", shown(name), f"did you mean {near[0]}?" if near else "")
