"""What must hold between different parts of a scenario.

Works on the scenario as given, before it is known to be valid in itself, so that every problem is
reported at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from simulator.errors import Problem, shown
from simulator.population.need import UNWEIGHTED
from simulator.risk.account_book import ALL_CLUSTERS
from simulator.rules import AnyRule
from simulator.scenario.lenient import Place, tables_in, texts_in, unknown_name

FLAT = "flat"
_MOST_YEARS_APART = 20
_COMES_BEFORE = {
    "corridor": ("deficit_recovery", "surplus", "bond", "pool"),
    "deficit_recovery": ("surplus",),
}
"""Rules that act on what others would already have paid or shared."""
_NAMES_OF_ALL = {ALL_CLUSTERS.casefold(), "pct", "all"}
_OF_ALL = "it stands for all clusters together"
_RULES = {part.model_fields["rule"].default for part in get_args(get_args(AnyRule)[0])}


def name_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield names that occur twice, or that a cluster cannot have."""
    for section, key in (("clusters", "name"), ("service_lines", "name"), ("rules", "rule")):
        seen: set[object] = set()
        for at, table in enumerate(tables_in(given, section)):
            name = table.get(key)
            if isinstance(name, str) and name in seen:
                yield Problem(place((section, at, key)), f"each {key} in {section} once", shown(name))
            seen.add(str(name))
    for at, cluster in enumerate(tables_in(given, "clusters")):
        name = str(cluster.get("name")).strip()
        if name.casefold() in _NAMES_OF_ALL:
            yield Problem(place(("clusters", at, "name")), f"a name other than {name}", name, _OF_ALL)


def reference_problems(
    given: Mapping[str, Any], weights: Iterable[str] | None, seasons: Iterable[str] | None, place: Place
) -> Iterator[Problem]:
    """Yield names that refer to nothing."""
    lines = [str(line.get("name")) for line in tables_in(given, "service_lines")]
    for at, line in enumerate(tables_in(given, "service_lines")):
        for key, known, builtin in (("need_weights", weights, UNWEIGHTED), ("season", seasons, FLAT)):
            if known is not None and key in line:
                yield from unknown_name(
                    line[key], list(dict.fromkeys([builtin, *known])), place(("service_lines", at, key))
                )
    for at, cluster in enumerate(tables_in(given, "clusters")):
        for name in texts_in(cluster.get("service_lines")):
            yield from unknown_name(name, lines, place(("clusters", at, "service_lines")))
    blocks = {
        str(line.get("name")) for line in tables_in(given, "service_lines") if line.get("payment") == "block"
    }
    for at, rule in enumerate(tables_in(given, "rules")):
        where = place(("rules", at, "service_lines"))
        for name in texts_in(rule.get("service_lines")):
            yield from unknown_name(name, lines, where)
            if name in blocks:
                yield Problem(where, "lines that are paid per case", f"{shown(name)}, a block contract")


def year_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield rates of years too far from the contract's to be carried over by growth."""
    contract = given.get("contract")
    start = contract.get("start_year") if isinstance(contract, Mapping) else None
    for at, line in enumerate(tables_in(given, "service_lines")):
        year = line.get("rate_year", start)
        if isinstance(year, int) and isinstance(start, int) and abs(year - start) > _MOST_YEARS_APART:
            need = f"within {_MOST_YEARS_APART} years of contract.start_year, {start}"
            yield Problem(place(("service_lines", at, "rate_year")), need, shown(year))


def rule_problems(given: Mapping[str, Any], place: Place) -> Iterator[Problem]:
    """Yield rules that cannot work together."""
    order = [str(rule.get("rule")) for rule in tables_in(given, "rules")]
    if not _RULES.issuperset(order):
        # The validator says which name is unknown; what that rule was meant to be, nobody knows.
        return
    for at, name in enumerate(order):
        too_early = [other for other in order[:at] if other in _COMES_BEFORE.get(name, ())]
        if too_early:
            yield Problem(place(("rules", at, "rule")), f"listed before the rule {too_early[0]}", "after it")
    if "bond" not in order:
        for at, cluster in enumerate(tables_in(given, "clusters")):
            if "bond_gbp" in cluster:
                got = shown(cluster["bond_gbp"])
                yield Problem(
                    place(("clusters", at, "bond_gbp")), "used with a rule bond under [[rules]]", got
                )
        for at, rule in enumerate(tables_in(given, "rules")):
            if (
                rule.get("rule") == "surplus"
                and rule.get("needs_bond", True) is True
                and rule.get("practice_share")
            ):
                hint = "add a rule bond, or write needs_bond = false"
                got = "needs_bond and no rule bond: nobody could keep a share"
                yield Problem(place(("rules", at, "needs_bond")), "a bond that can be posted", got, hint)
