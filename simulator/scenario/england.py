"""England as 152 PCTs of seven clusters, made of the practices of Cambridgeshire: synthetic throughout."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence

import numpy as np
from scipy.special import ndtri

from simulator.random_streams import RandomStreams

SCENARIO, PRACTICES = "england.toml", "data/practices_england_synthetic.csv"
PCTS, CLUSTERS = 152, 7
"""PCTs in England from October 2006 to March 2013, and clusters in the flagship's."""
_PEOPLE = 52_230_000
"""Of England in 2010: the denominator of the flagship's rates; see scenarios/data/SOURCES.md."""
_LOG_SD = 0.5
"""Of PCTs' sizes, an assumption: from 0.08 to 1.2 million people."""
_SEED = 2010
_OPENING = f"""\
# SYNTHETIC: England as {PCTS} PCTs of {CLUSTERS} clusters each, July 2010 to March 2013
#
# Question: what do the rules do for {PCTS} PCTs, which is exposed most, and what is the total?
#
# No PCT, cluster or practice here is a real one. PCTs have about {_PEOPLE / 1e6:.2f} million people in all
# (read); their sizes have a lognormal spread of {_LOG_SD:g} (assumption: no table of PCT lists was at hand).
# Practices are drawn, with replacement, from the 77 of the NHS Cambridgeshire area: every PCT has that
# area's ages, within chance, and none stands out by age or need as real ones did. Every practice is in a
# cluster. Rates are England's, and need is weighed against the whole of this England, not within a PCT.
# All else is as in the scenario of Cambridgeshire, with its sources and assumptions.

title = "Synthetic England, {PCTS} PCTs of {CLUSTERS} clusters, July 2010"
question = "What do the rules do for {PCTS} PCTs, which is exposed most, and what is the total?"

[pct]
name = "Synthetic England" # all PCTs together
"""
_TABLE = f"""\
practices_csv = "{PRACTICES}" # synthetic: copies of real lists
need_weights_csv = "data/need_weights.csv"
"""
_BETWEEN = "correlation_between_pcts = 0.5 # assumption: half of a PCT-wide shock is all England's\n"


def england(flagship: str, practices: str) -> tuple[str, str]:
    """Return the scenario and its table of practices, from the text of the flagship's."""
    header, *rows = csv.reader(io.StringIO(practices))
    own = [list(_practices_of(number, people, rows)) for number, people in enumerate(_sizes(), start=1)]
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(row for of_pct in own for row in of_pct)
    clusters = "\n".join(_cluster(*one) for one in enumerate(own, start=1))
    settings = _section(flagship, "[contract]", "# Clusters. Illustrative")
    before, population = settings.split("[population]\n")
    _, after = population.split("\n\n", 1)
    settings = f"{before}[population]\n{_TABLE}\n{after}"
    first, rest = settings.split("correlation = 0.5 # assumption: between lines\n")
    settings = f"{first}correlation = 0.5 # assumption: between lines\n{_BETWEEN}{rest}"
    rules = _section(flagship, "# Money rules", "# What `cluster-risk report` says")
    return f"{_OPENING}\n{settings}{clusters}\n{rules.rstrip()}\n", table.getvalue()


def _section(text: str, start: str, end: str) -> str:
    return text[text.index(start) : text.index(end)]


def _sizes() -> Sequence[float]:
    """Return people of each PCT, the largest first, at equal steps of probability: by no chance."""
    spread = np.exp(_LOG_SD * ndtri((np.arange(PCTS, 0, -1) - 0.5) / PCTS))
    return list(_PEOPLE * spread / spread.sum())


def _practices_of(pct: int, people: float, rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """Yield practices, copies of real ones, until they have about so many people."""
    mean = sum(float(row[3]) for row in rows) / len(rows)
    chance = RandomStreams(_SEED).generator("practices of a PCT", str(pct))
    for number, at in enumerate(
        chance.integers(len(rows), size=max(round(people / mean), CLUSTERS)), start=1
    ):
        real = rows[at]
        yield [f"E{pct:03}{number:03}", f"copy of {real[0]}", _name(pct), *real[3:]]


def _cluster(pct: int, practices: Sequence[Sequence[str]]) -> str:
    """Return the clusters of a PCT, of about as many practices each, as TOML."""
    codes, name = np.array_split([row[0] for row in practices], CLUSTERS), _name(pct)
    return "\n".join(
        f'[[clusters]]\nname = "{name} cluster {at}"\npct = "{name}"\npractices = {json.dumps(own)}\n'
        for at, own in enumerate(map(list, codes), start=1)
    )


def _name(pct: int) -> str:
    return f"PCT {pct:03}"
