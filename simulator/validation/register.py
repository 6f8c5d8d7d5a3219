"""The register of sections, and running them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from simulator.validation import compounds, consortia, normal_spend, population_size, practices
from simulator.validation.check import Answer, Check
from simulator.validation.published import Published, load_published

Answers = Callable[[Mapping[str, Published]], Iterator[tuple[str, Answer]]]

ANSWERS: tuple[tuple[int, Answers], ...] = (
    (1, compounds.answers),
    (2, population_size.answers),
    (3, consortia.answers),
    (3, practices.answers),
    (4, normal_spend.answers),
)
"""Who answers for the published numbers of each section."""
SECTIONS = {
    1: "Exact compound distributions",
    2: "Risk by population size",
    3: "What really happened",
    4: "Closed forms for the rules",
}


def validate(
    published: Collection[Published] | None = None,
    sections: Collection[int] = tuple(SECTIONS),
    progress: Callable[[int], None] = lambda checks_done: None,
) -> tuple[Check, ...]:
    """Hold the simulator against published numbers."""
    wanted = [one for one in published or load_published() if one.section in sections]
    by_key = {one.key: one for one in wanted}
    found: dict[str, Answer] = {}
    for section, answers in ANSWERS:
        if section in sections:
            for key, answer in answers(by_key):
                found[key] = answer
                progress(len(found))
    if unasked := found.keys() - by_key.keys():
        raise ValueError(f"answers to nothing published: {', '.join(sorted(unasked))}")
    return tuple(Check(one, found[one.key]) for one in wanted)
