"""Codes that have become others: recoded, merged and closed practices."""

from __future__ import annotations

from pathlib import Path

from simulator.errors import shown
from simulator.history.table_cells import month_at
from simulator.scenario.csv_tables import Table, read_table


def read_recodes(path: Path) -> dict[str, str]:
    """Read old, new and from; return the code that each old one is in the end. InputError with every problem.

    A practice that splits is refused: what it had before cannot be told apart.
    """
    table = read_table(path, ("old", "new", "from"))
    into: dict[str, tuple[str, int]] = {}
    for line, row in table.rows:
        old, new = row["old"].strip(), row["new"].strip()
        month_at(table, line, row, "from")
        if not old or not new or old == new:
            got = f"{shown(old)} that becomes {shown(new)}"
            table.complain(line, "old", "a code, and the other that it becomes", got)
        elif old in into:
            other, first = into[old]
            if other == new:
                table.complain(line, "old", "each old code once", f"{old} on lines {first} and {line}")
            else:
                need = "one new code for each old one: what a practice that splits had before cannot be split"
                got = f"{old} becomes {other} on line {first} and {new} on line {line}"
                hint = f"give {other} and {new} as one unit: recode one to the other"
                table.complain(line, "new", need, got, hint)
        else:
            into[old] = (new, line)
    found = {old: _end_of(table, old, into) for old in sorted(into)}
    table.finish()
    return found


def _end_of(table: Table, old: str, into: dict[str, tuple[str, int]]) -> str:
    """Return what a code is in the end; note a problem where it comes back to itself."""
    code, passed = old, [old]
    while code in into:
        code = into[code][0]
        passed.append(code)
        if code in passed[:-1]:
            if old == min(passed):
                got = " becomes ".join(passed)
                table.complain(into[old][1], "new", "a code that does not come back", got)
            return old
    return code
