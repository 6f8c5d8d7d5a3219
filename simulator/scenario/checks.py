"""What must hold between the parts of a scenario and the tables beside it.

Works on the scenario as given, before it is known to be valid, so that every problem is reported at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from simulator.actions.action import as_word
from simulator.errors import Problem, Problems, shown, unknown
from simulator.letters import as_seen, oddity
from simulator.population.need import UNWEIGHTED, need_per_head
from simulator.population.practices import PracticeTable
from simulator.rules import AnyRule
from simulator.scenario.dates import date_problems
from simulator.scenario.files import Given, KeyPath, Place
from simulator.scenario.pcts import NAMES_OF_ALL, pct_problems
from simulator.scenario.practice_lists import read_practices
from simulator.scenario.weights_and_seasons import read_need_weights, read_seasons

Columns = Mapping[str, tuple[float, ...]]
Tables = tuple[PracticeTable | None, Columns | None, Columns | None]
"""Practices, need weights and seasons; None for a table that is not named or cannot be read."""
FLAT = "flat"
_MOST_YEARS_APART = 20
_COMES_BEFORE = {
    "corridor": ("deficit_recovery", "surplus", "bond", "pool"),
    "overspend_share": ("deficit_recovery", "surplus", "bond", "pool"),
    "deficit_recovery": ("surplus",),
    "bond": ("partner",),
}
"""Rules that act on what others would already have paid or shared."""
_RULES = {part.model_fields["rule"].default for part in get_args(get_args(AnyRule)[0])}
_LEAST_WEIGHT = 1e-6


def read_tables(given: Given, folder: Path, problems: Problems) -> Tables:
    """Read the tables that a scenario names."""

    def read(section: str, key: str, reader: Any) -> Any:
        name = _section(given, section).get(key)
        # What is wrong with a name itself is told where it stands.
        if isinstance(name, str) and name and not oddity(name):
            with problems.noted():
                return reader(folder / name)
        return None

    practices = read("population", "practices_csv", read_practices)
    weighed = read("population", "need_weights_csv", lambda path: read_need_weights(path, practices))
    # From here on the lists are in the bands of the weights.
    practices, weights = weighed or (practices, None)
    if practices and practices.need_weights:
        weights = (weights or {}) | practices.need_weights
    return practices, weights, read("seasons", "csv", read_seasons)


def disagreements(given: Given, tables: Tables, place: Place) -> Iterable[Problem]:
    """Yield what does not agree within a scenario, or between it and its tables."""
    practices, need_weights, seasons = tables

    def known(section: str, key: str, table: Columns | None) -> list[str] | None:
        """Names in a table; none at all where no table is named, unknown where it is unreadable."""
        return None if key in _section(given, section) and table is None else list(table or ())

    yield from _name_problems(given, place)
    yield from pct_problems(given, _tables_in(given, "clusters"), place)
    weights = known("population", "need_weights_csv", need_weights)
    yield from _reference_problems(given, weights, known("seasons", "csv", seasons), place)
    people = {one.code: one.people for one in practices.practices} if practices else None
    yield from _membership_problems(given, people, place)
    yield from _action_problems(given, place)
    yield from _year_problems(given, place)
    yield from _base_year_problems(given, place)
    for section in ("clusters", "actions"):
        yield from date_problems(_section(given, "contract"), section, _tables_in(given, section), place)
    if practices and people is not None:
        by_need = (practices.by_sex_and_age or practices.need_weights) and any(people.values())
        weighted = need_per_head(practices, need_weights or {}) if by_need else {}
        if not practices.need_weights:
            yield from _size_only_problems(given, practices, weights or [], place)
        yield from _people_problems(given, people, weighted, place)
    yield from _rule_problems(given, place)


def _name_problems(given: Given, place: Place) -> Iterator[Problem]:
    """Yield names that occur twice, or that a cluster cannot have."""
    for section, key in (
        ("clusters", "name"),
        ("service_lines", "name"),
        ("rules", "rule"),
        ("actions", "name"),
    ):
        seen: set[object] = set()
        for at, table in enumerate(_tables_in(given, section)):
            name = table.get(key)
            if isinstance(name, str) and as_seen(name) in seen:
                yield Problem(place((section, at, key)), f"each {key} in {section} once", shown(name))
            seen.add(as_seen(str(name)))
    for at, cluster in enumerate(_tables_in(given, "clusters")):
        name = as_seen(str(cluster.get("name")))
        if name.casefold() in NAMES_OF_ALL:
            hint = "it stands for all clusters together"
            yield Problem(place(("clusters", at, "name")), f"a name other than {name}", name, hint)


def _reference_problems(
    given: Given, weights: list[str] | None, seasons: list[str] | None, place: Place
) -> Iterator[Problem]:
    """Yield names that refer to nothing."""
    lines = [str(line.get("name")) for line in _tables_in(given, "service_lines")]
    for at, line in enumerate(_tables_in(given, "service_lines")):
        for key, known, builtin in (("need_weights", weights, UNWEIGHTED), ("season", seasons, FLAT)):
            if known is not None and key in line:
                names = list(dict.fromkeys([builtin, *known]))
                yield from _unknown_name(line[key], names, place, ("service_lines", at, key))
    blocks = {
        str(line.get("name"))
        for line in _tables_in(given, "service_lines")
        if line.get("payment") in ("block", {"form": "block"})
    }
    to_practices = {
        str(one.get("name"))
        for one in _tables_in(given, "service_lines")
        if one.get("paid_to") == "practices"
    }
    for section in ("clusters", "rules", "actions"):
        for at, table in enumerate(_tables_in(given, section)):
            path: KeyPath = (section, at, "service_lines")
            for name in _texts_in(table.get("service_lines")):
                yield from _unknown_name(name, lines, place, path)
                if section == "rules" and name in blocks | to_practices:
                    got = f"{shown(name)}, {'a block contract' if name in blocks else 'paid to practices'}"
                    yield Problem(place(path), "lines that are paid per case", got)
    for at, cluster in enumerate(_tables_in(given, "clusters")):
        own = _texts_in(cluster.get("service_lines")) if "service_lines" in cluster else lines
        for name in _section(cluster, "proportion_by_line"):
            path = ("clusters", at, "proportion_by_line", name)
            yield from _unknown_name(name, [line for line in lines if line in own], place, path)


def _action_problems(given: Given, place: Place) -> Iterator[Problem]:
    """Yield actions of clusters and lines that there are not, and names that money cannot tell apart."""
    lines = [str(line.get("name")) for line in _tables_in(given, "service_lines")]
    clusters = [str(cluster.get("name")) for cluster in _tables_in(given, "clusters")]
    words: dict[str, str] = {}
    for at, action in enumerate(_tables_in(given, "actions")):
        name = str(action.get("name"))
        # Names that are the same are told of elsewhere.
        if (other := words.setdefault(as_word(name), name)) != name:
            need = f"a name that differs from {shown(other)} in letters or digits"
            yield Problem(place(("actions", at, "name")), need, shown(name))
        for name in _texts_in(action.get("clusters")):
            yield from _unknown_name(name, clusters, place, ("actions", at, "clusters"))
        if "service_line" in action:
            yield from _unknown_name(action["service_line"], lines, place, ("actions", at, "service_line"))
        for key, name_of, known in (("knock_on", "service_line", lines), ("levels", "cluster", clusters)):
            for place_of, table in enumerate(_tables_in(action, key)):
                path: KeyPath = ("actions", at, key, place_of, name_of)
                yield from _unknown_name(table.get(name_of), known, place, path)


def _year_problems(given: Given, place: Place) -> Iterator[Problem]:
    """Yield rates of years too far from the contract's to be carried over by growth."""
    start = _section(given, "contract").get("start_year")
    for at, line in enumerate(_tables_in(given, "service_lines")):
        year = line.get("rate_year", start)
        if isinstance(year, int) and isinstance(start, int) and abs(year - start) > _MOST_YEARS_APART:
            need = f"within {_MOST_YEARS_APART} years of contract.start_year, {start}"
            yield Problem(place(("service_lines", at, "rate_year")), need, shown(year))


def _base_year_problems(given: Given, place: Place) -> Iterator[Problem]:
    """Yield budgets that rest on several years where what is known is the base year alone."""
    budgets = _section(given, "budgets")
    rules: list[tuple[KeyPath, Any]] = [(("budgets", "rule"), budgets.get("rule"))]
    for at, line in enumerate(_tables_in(given, "service_lines")):
        rules.append((("service_lines", at, "budget_rule"), line.get("budget_rule")))
    for path, rule in rules:
        weights = rule.get("base_year_weights") if isinstance(rule, Mapping) else None
        if isinstance(weights, list) and len(weights) > 1 and _section(budgets, "historic").get("csv"):
            need = "[1.0] beside budgets.historic.csv, which is of one year"
            yield Problem(place((*path, "base_year_weights")), need, shown(weights))


def _rule_problems(given: Given, place: Place) -> Iterator[Problem]:
    """Yield rules that cannot work together."""
    order = [str(rule.get("rule")) for rule in _tables_in(given, "rules")]
    if not _RULES.issuperset(order):
        # The validator says which name is unknown; what that rule was meant to be, nobody knows.
        return
    for at, name in enumerate(order):
        too_early = [other for other in order[:at] if other in _COMES_BEFORE.get(name, ())]
        if too_early:
            yield Problem(place(("rules", at, "rule")), f"listed before the rule {too_early[0]}", "after it")
    if "bond" in order:
        yield from _bond_problems(given, order.index("bond"), place)
        return
    for at, cluster in enumerate(_tables_in(given, "clusters")):
        if "bond_gbp" in cluster:
            where = place(("clusters", at, "bond_gbp"))
            yield Problem(where, "used with a rule bond under [[rules]]", shown(cluster["bond_gbp"]))
    for at, rule in enumerate(_tables_in(given, "rules")):
        needs_bond = rule.get("rule") == "surplus" and rule.get("needs_bond", True) is True
        if needs_bond and rule.get("practice_share"):
            hint = "add a rule bond, or write needs_bond = false"
            got = "needs_bond and no rule bond: nobody could keep a share"
            yield Problem(place(("rules", at, "needs_bond")), "a bond that can be posted", got, hint)


def _bond_problems(given: Given, at: int, place: Place) -> Iterator[Problem]:
    """Yield a bond that is made up again before anybody asks whether it is used up."""
    bond = _tables_in(given, "rules")[at]
    if bond.get("top_up") is True and bond.get("when_exhausted") == "leaves":
        need = '"stays" where top_up is true: the top-up comes before the question who leaves'
        hint = "write top_up = false for clusters to leave"
        yield Problem(place(("rules", at, "when_exhausted")), need, shown("leaves"), hint)


def _size_only_problems(
    given: Given, practices: PracticeTable, weights: list[str], place: Place
) -> Iterator[Problem]:
    """Yield the problem with lines that weigh people by need where lists have no sex and age."""
    by_need = [
        f"{line.get('name')} by {line.get('need_weights')}"
        for line in _tables_in(given, "service_lines")
        if line.get("need_weights") in weights and line.get("need_weights") != UNWEIGHTED
    ]
    if by_need and not practices.by_sex_and_age:
        need = "lists by sex and age, as lines weigh people by need"
        got = f"list sizes alone; {', '.join(by_need[:3])}{', ...' if len(by_need) > 3 else ''}"
        hint = f'add columns such as m0_4 and f75_plus, or write need_weights = "{UNWEIGHTED}" for every line'
        yield Problem(place(("population", "practices_csv")), need, got, hint)


def _people_problems(
    given: Given, people: Mapping[str, float], weighted: Mapping[str, float], place: Place
) -> Iterator[Problem]:
    """Yield clusters without people, and weights under which the whole PCT has no need."""
    for at, cluster in enumerate(_tables_in(given, "clusters")):
        members = _texts_in(cluster.get("practices"))
        if members and not sum(people.get(code, 1) for code in members):
            yield Problem(place(("clusters", at, "practices")), "practices with people", "lists of nobody")
    for name, per_head in weighted.items():
        if not per_head > _LEAST_WEIGHT:
            path: KeyPath = ("population", "need_weights_csv")
            yield Problem(place(path), f"some weight in {name} for groups that have people", "none")


def _membership_problems(given: Given, codes: Collection[str] | None, place: Place) -> Iterator[Problem]:
    """Yield practices in two clusters, in none, or unknown."""
    population = _section(given, "population")
    owner: dict[str, str] = {}
    outside_path: KeyPath = ("population", "outside_clusters")
    groups: list[tuple[KeyPath, str, list[str]]] = [
        (("clusters", at, "practices"), str(cluster.get("name")), _texts_in(cluster.get("practices")))
        for at, cluster in enumerate(_tables_in(given, "clusters"))
    ]
    outside = population.get("outside_clusters", ())
    groups.append((outside_path, "outside_clusters", _texts_in(outside)))
    for path, name, members in groups:
        if members and "practices_csv" not in population:
            need = "a table of practices: population.practices_csv"
            yield Problem(place(path), need, f"{len(members)} practices and no table")
        for code in members:
            if code in owner:
                got = f"{code} in {owner[code]} and in {name}"
                yield Problem(place(path), "each practice in one cluster", got)
            owner[code] = name
            if codes is not None:
                yield from _unknown_name(code, codes, place, path)
    left = [code for code in codes or () if code not in owner]
    if left and outside != "the rest":
        hint = f'add them to a cluster, or write {outside_path[1]} = "the rest" under [population]'
        got = f"{len(left)} in none: {', '.join(left[:5])}{', ...' if len(left) > 5 else ''}"
        yield Problem(place(outside_path), "each practice of the table in a cluster or outside", got, hint)


def _section(given: Given, name: str) -> Mapping[str, Any]:
    """Return a table; an empty one in place of what is none."""
    table = given.get(name)
    return table if isinstance(table, Mapping) else {}


def _tables_in(given: Given, section: str) -> list[Mapping[str, Any]]:
    """Return the tables of a list of tables; empty ones in place of what is none."""
    tables = given.get(section)
    tables = tables if isinstance(tables, list) else []
    return [table if isinstance(table, Mapping) else {} for table in tables]


def _texts_in(value: object) -> list[str]:
    """Return the texts in what should be a list of texts."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, (list, tuple)) else []


def _unknown_name(name: object, known: Collection[str], place: Place, path: KeyPath) -> list[Problem]:
    """Return the problem with a name that is not among those known; what is no text is told elsewhere."""
    if not isinstance(name, str) or name in known:
        return []
    return unknown(place(path), name, list(known), most=8)
