"""What a TOML text says beside its values."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from simulator.scenario.comments import Entry, comments_of

ROOT = Path(__file__).parents[2]
TEXT = """# Of the whole file.

[pct] # the trust
name = "A # B" # not a # comment's start
[shocks.pct.size] # read
"sd" = 0.1
a.b = 2 # dotted
[[clusters]] # first
practices = [ # opened
  "A", # one
  # alone
  ["B"], # two
] # closed
[clusters.more]
x = 1
[[clusters]]
y = { z = 1 }#near
"""


def test_entries_stand_in_the_order_of_the_text() -> None:
    assert list(comments_of(TEXT)) == [
        Entry(note="Of the whole file."),
        Entry(note=""),
        Entry(("pct",), True, ("the trust",)),
        Entry(("pct", "name"), False, ("not a # comment's start",)),
        Entry(("shocks", "pct", "size"), True, ("read",)),
        Entry(("shocks", "pct", "size", "sd")),
        Entry(("shocks", "pct", "size", "a", "b"), False, ("dotted",)),
        Entry(("clusters", 0), True, ("first",)),
        Entry(("clusters", 0, "practices"), False, ("opened", "one", "alone", "two", "closed")),
        Entry(("clusters", 0, "more"), True),
        Entry(("clusters", 0, "more", "x")),
        Entry(("clusters", 1), True),
        Entry(("clusters", 1, "y"), False, ("near",)),
    ]


def test_a_text_without_anything() -> None:
    assert list(comments_of("")) == []


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda path: path.stem)
def test_every_path_is_one_of_the_parsed_file(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    entries = list(comments_of(text))
    for entry in entries:
        value = tomllib.loads(text)
        for step in entry.path:
            value = value[step]  # type: ignore[index]
    assert sum(entry.note is None for entry in entries) > 20
