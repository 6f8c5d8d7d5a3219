"""A scenario's text with fitted figures in it: comments, and all that was not fitted, stay."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Comment, InlineTable, Item, Table, Whitespace

from simulator.errors import InputError, Problem
from simulator.questions.fit.settings import Setting

_OPENING = "# Fitted to "
"""How the line begins that `fit` puts on top; that of an earlier fit goes."""
_OWN_SHOCKS = ("pct_shock", "price_shock")
"""Laws of a line that say how far its shocks differ from others': the fit says it anew."""


def rewritten(text: str, settings: Sequence[Setting], fitted_lines: Iterable[str], about: str) -> str:
    """Return a scenario's text with settings in it.

    Parameters
    ----------
    text : str
        The scenario.
    settings : sequence of Setting
        What to write; those under ``shocks`` replace all that stood there.
    fitted_lines : iterable of str
        Lines whose own shocks go unless a setting says them.
    about : str
        What the line on top says the scenario is fitted to.

    Returns
    -------
    str
        TOML that holds what it held, and the settings.

    Raises
    ------
    InputError
        Where the text is written in a way in which comments cannot stand beside its figures.
    """
    lines = text.splitlines(keepends=True)
    kept = "".join(lines[1:] if lines and lines[0].startswith(_OPENING) else lines)
    expected = _changed(tomllib.loads(kept), settings, set(fitted_lines))
    document = tomlkit.parse(kept)
    _remove_old(document, set(fitted_lines))
    shocks = [one for one in settings if one.path[0] == "shocks"]
    if shocks:
        _replace_shocks(document, shocks)
    for one in settings:
        if one.path[0] != "shocks":
            _set(_table_at(document, one.path[:-1]), one)
    opening = (
        f"{_OPENING}{about}: what is marked fitted is the history's; what is marked prior it hardly moved."
    )
    made = f"{opening}\n{tomlkit.dumps(document)}"
    if not _reads_as(made, expected):
        raise _form_refused()
    return made


def _form_refused() -> InputError:
    need = "clusters, service_lines and shocks as tables of their own, [[clusters]] and [shocks.pct]"
    hint = "take each key onto a line of its own, beside which its comment can stand"
    return InputError([Problem("the scenario", need, "a form in which figures cannot be replaced", hint)])


def _reads_as(text: str, expected: Mapping[str, Any]) -> bool:
    try:
        return tomllib.loads(text) == expected
    except ValueError:
        return False


def changed(
    given: Mapping[str, Any], settings: Sequence[Setting], fitted_lines: Iterable[str]
) -> dict[str, Any]:
    """Return a scenario as TOML reads it, with settings in it."""
    return _changed(copy.deepcopy(dict(given)), settings, set(fitted_lines))


def _changed(given: dict[str, Any], settings: Sequence[Setting], fitted_lines: set[str]) -> dict[str, Any]:
    for line in given.get("service_lines", []):
        for key in _OWN_SHOCKS if line.get("name") in fitted_lines else ():
            line.pop(key, None)
    if any(one.path[0] == "shocks" for one in settings):
        given["shocks"] = {}
    for one in settings:
        table: Any = given
        for step in one.path[:-1]:
            table = _named(table, step) if isinstance(table, list) else table.setdefault(step, {})
        table[one.path[-1]] = one.value
    return given


def _named(tables: Iterable[Any], name: str) -> Any:
    return next(table for table in tables if table["name"] == name)


def _remove_old(document: Any, fitted_lines: set[str]) -> None:
    for line in document.get("service_lines", []):
        for key in _OWN_SHOCKS if line.get("name") in fitted_lines else ():
            if key in line:
                _remove(line, key)


def _remove(table: Any, key: str) -> None:
    """Remove a key; comments that stand behind a table of it stay, since they are about what follows."""
    behind = _taken_from_behind(table[key])
    table.remove(key)
    for one in behind:
        table.add(one)


def _taken_from_behind(item: Any) -> list[Item]:
    """Take away the empty lines and comments that stand behind the last key in a table, and return them."""
    if isinstance(item, AoT):
        return _taken_from_behind(item.body[-1])
    if not isinstance(item, (Table, Container)):
        return []
    body = item.value.body if isinstance(item, Table) else item.body
    behind: list[Item] = []
    while body and isinstance(body[-1][1], (Whitespace, Comment)):
        behind.insert(0, body.pop()[1])
    return [*(_taken_from_behind(body[-1][1]) if body else []), *behind]


def _replace_shocks(document: Any, settings: Sequence[Setting]) -> None:
    """Put shocks where they were, or at the end."""
    is_headed = any(
        key.key == "shocks" and isinstance(one, Table) and not key.is_dotted()
        for key, one in document.body
        if key is not None
    )
    behind = _taken_from_behind(document["shocks"]) if is_headed else []
    made = tomlkit.table(is_super_table=True)
    for name in dict.fromkeys(one.path[1] for one in settings):
        table = tomlkit.table()
        for one in settings:
            if one.path[1] == name:
                _set(table, one)
        table.add(tomlkit.nl())
        made.append(name, table)
    if is_headed:
        document["shocks"] = made
        # An empty line of tomlkit's own is not the file's.
        _taken_from_behind(document["shocks"])
        for left in behind:
            made[list(made)[-1]].add(left)
        return
    if "shocks" in document:
        document.remove("shocks")
    _add_table(document, "shocks", made)


def _add_table(parent: Any, name: str, made: Any) -> None:
    """Add a table at the end of another, before what leads over to the next."""
    behind = _taken_from_behind(parent)
    parent.add(tomlkit.nl())
    parent.append(name, made)
    for one in behind:
        made.add(one)


def _table_at(document: Any, path: Sequence[str]) -> Any:
    """Return a table, made if there is none."""
    table = document
    for step in path:
        if isinstance(table, (AoT, list)):
            table = _named(table, step)
            continue
        if step not in table:
            _add_table(table, step, tomlkit.table())
        table = table[step]
    return table


def _set(table: Any, one: Setting) -> None:
    """Set a key with its comment, behind the others of its table where it is new."""
    key, item = one.path[-1], _item(one.value)
    if isinstance(table.get(key), (Table, AoT)):
        _remove(table, key)
    if isinstance(table, InlineTable):
        if one.figures:
            raise _form_refused()
    elif one.remark is not None:
        item.comment(one.remark)
    if key in table:
        table[key] = item
    else:
        _append(table, key, item)


def _append(table: Any, key: str, item: Item) -> None:
    """Add a key behind the last that has a line of its own: not behind what leads over to the next table."""
    keys = []
    if isinstance(table, Table):
        keys = [name for name, one in table.value.body if name and not isinstance(one, (Table, AoT))]
    if keys:
        table.value._insert_after(keys[-1], key, item)  # noqa: SLF001 - tomlkit has no other way
        return
    behind = _taken_from_behind(table)
    table.append(key, item)
    for one in behind:
        table.add(one)


def _item(value: Any) -> Item:
    """Return a value as TOML writes it; a table on one line, with room inside its brackets."""
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key} = {tomlkit.item(one).as_string()}" for key, one in value.items())
        value = tomlkit.value(f"{{ {inside} }}")
    made: Item = tomlkit.item(value)
    return made
