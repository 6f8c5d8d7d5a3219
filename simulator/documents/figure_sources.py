"""Where the numbers of figures come from: said once in a document, and again only where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from simulator.charts.words import sentence
from simulator.documents.blocks import Block, Picture, Section


def with_sources(sections: Iterable[Section]) -> Iterator[Section]:
    """Yield sections whose first figure says where the numbers of all come from."""
    told = ""

    def sourced(block: Block) -> Block:
        nonlocal told
        if not isinstance(block, Picture) or block.chart.source == told:
            return block
        whose = "Source" if told else "Source of all figures"
        told = told or block.chart.source
        return replace(block, caption=f"{sentence(block.caption)} {whose}: {block.chart.source}")

    for section in sections:
        yield replace(section, blocks=tuple(map(sourced, section.blocks)))
