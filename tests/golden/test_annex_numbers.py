"""Which number stands where in the flagship's annex, against a stored list: a swap of two shows.

To accept a change: delete tests/golden/annex_numbers.txt, run the test once (the run that writes it fails),
and read the difference: each number must be what the words around it say.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import load_scenario, simulate
from simulator.charts.study import Study
from simulator.documents.blocks import Block, Items, Number, Paragraph, TableBlock
from simulator.documents.contents import document_of
from tests.e2e.command import FLAGSHIP

STORED = Path(__file__).parent / "annex_numbers.txt"


def told(block: Block) -> Iterator[str]:
    """Yield what is said, with the name of each number in its place, and columns by their headings."""
    match block:
        case Paragraph():
            numbers = [one for one in block.parts if isinstance(one, Number)]
            if numbers:
                yield "".join(
                    f"{{{one.quoted.row}: {one.quoted.measure}}}" if isinstance(one, Number) else str(one)
                    for one in block.parts
                )
        case Items():
            for one in block.paragraphs:
                yield from told(one)
        case TableBlock():
            yield f"{block.table.title}: " + ", ".join(
                f"{column.heading} = {column.name}" for column in block.table.columns
            )


def test_each_number_is_what_the_words_around_it_say() -> None:
    annex = document_of(Study(simulate(load_scenario(FLAGSHIP, ["simulation.contracts=400"]))))
    found = [line for section in annex.sections for block in section.blocks for line in told(block)]
    if not STORED.exists():
        STORED.write_text("\n".join([*found, ""]), encoding="utf-8")
        pytest.fail(f"{STORED.name} was missing and has been written; look at it, then run again")
    assert found == STORED.read_text(encoding="utf-8").splitlines()
