"""Tables and figures cited by their numbers, which are known once all sections stand in their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from simulator.documents.blocks import Block, Cited, Items, Paragraph, Picture, Section, TableBlock

_SPACE = "\N{NO-BREAK SPACE}"


def with_citations(sections: Sequence[Section]) -> tuple[Section, ...]:
    """Return sections whose sentences cite tables and figures by number, as every format counts them."""
    led = [_that_lead(one) for one in sections]
    numbers = _numbers(led)
    return tuple(replace(one, blocks=tuple(_cited(block, numbers) for block in one.blocks)) for one in led)


def _that_lead(section: Section) -> Section:
    """Return a section in which what stands before a table says so, for the table may be on the next page."""
    if section.one_page:
        return section
    told = [one for block in section.blocks for one in _cites(block)]
    blocks = [*section.blocks]
    for at, (block, after) in enumerate(pairwise(blocks)):
        if (
            isinstance(block, Paragraph)
            and isinstance(after, TableBlock)
            and after.table.name not in {*told, ""}
        ):
            table = Cited("Table", after.table.name, "the table below")
            blocks[at] = Paragraph((*block.parts, " See ", table, "."))
    return replace(section, blocks=tuple(blocks))


def _cites(block: Block) -> Iterator[str]:
    """Yield the names of the tables that a block cites."""
    said = block.paragraphs if isinstance(block, Items) else (block,) if isinstance(block, Paragraph) else ()
    for one in said:
        yield from (part.name for part in one.parts if isinstance(part, Cited) and part.kind == "Table")


def _numbers(sections: Sequence[Section]) -> dict[tuple[str, str], int]:
    """Return the number of the first table, and of the first figure, of each name."""
    found: dict[tuple[str, str], int] = {}
    counted = {"Table": 0, "Figure": 0}
    for block in (block for section in sections for block in section.blocks):
        if isinstance(block, TableBlock):
            kind, name, many = "Table", block.table.name, len([*block.narrow()])
        elif isinstance(block, Picture):
            kind, name, many = "Figure", block.chart.name, 1
        else:
            continue
        found.setdefault((kind, name), counted[kind] + 1)
        counted[kind] += many
    return found


def _cited(block: Block, numbers: Mapping[tuple[str, str], int]) -> Block:
    match block:
        case Paragraph():
            return _paragraph(block, numbers)
        case Items():
            return replace(block, items=tuple(_paragraph(one, numbers) for one in block.paragraphs))
    return block


def _paragraph(said: Paragraph, numbers: Mapping[tuple[str, str], int]) -> Paragraph:
    def words(part: Cited) -> str:
        number = numbers.get((part.kind, part.name))
        return part.text if number is None else f"{part.kind}{_SPACE}{number}"

    return Paragraph(tuple(words(part) if isinstance(part, Cited) else part for part in said.parts))
