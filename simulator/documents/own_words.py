"""Text of a publisher's own, in a small part of Markdown: nothing in it can be taken for a command."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from simulator.documents.blocks import Block, Heading, Items, Paragraph, Part, Section, Styled

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_KNOWN = ("heading", "list", "emphasis", "link", "escape", "entity", "newline")
_SCHEMES = ("https:", "http:", "mailto:")
_DEEPEST = 2


def own_sections(words: str, *, opens: bool = False) -> Iterator[Section]:
    """Yield the sections of a text: one starts with each heading of the first level.

    `opens` says that nothing stands before it: its first heading is then of the first level.
    """
    blocks: list[Block] = []
    for block in _blocks(_parser().parse(words)):
        if isinstance(block, Heading):
            top = block.level == 1 or (opens and not any(isinstance(one, Heading) for one in blocks))
            if top and blocks:
                yield Section(tuple(blocks))
                blocks = []
            blocks.append(Heading(1 if top else block.level, block.text))
        else:
            blocks.append(block)
    yield Section(tuple(blocks))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("zero").enable([*_KNOWN])
    # Whatever else an address may do stays words.
    parser.validateLink = lambda url: url.lower().startswith(_SCHEMES)  # type: ignore[method-assign]
    return parser


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield the blocks of a text; a list within a list goes on with the outer one."""
    lists: list[tuple[bool, list[Paragraph]]] = []
    heading = 0
    for token in tokens:
        match token.type:
            case "heading_open":
                heading = min(int(token.tag[1:]), _DEEPEST)
            case "bullet_list_open" | "ordered_list_open":
                lists.append((token.type.startswith("ordered"), lists[-1][1] if lists else []))
            case "bullet_list_close" | "ordered_list_close":
                numbered, items = lists.pop()
                if not lists and items:
                    yield Items(tuple(items), numbered)
            case "inline":
                paragraph = Paragraph(tuple(_parts(token.children or ())))
                if lists:
                    lists[-1][1].append(paragraph)
                elif heading:
                    yield Heading(heading, paragraph.text)
                    heading = 0
                else:
                    yield paragraph


def _parts(tokens: Sequence[Token]) -> Iterator[Part]:
    """Yield the parts of a sentence: words alike are one."""
    bold = italic = 0
    address = ""
    for token in tokens:
        match token.type:
            case "strong_open" | "strong_close":
                bold += token.nesting
            case "em_open" | "em_close":
                italic += token.nesting
            case "link_open":
                address = str(token.attrs.get("href", ""))
            case "link_close":
                address = ""
            case "softbreak" | "hardbreak":
                yield " "
            case _ if token.content:
                plain = not (bold or italic or address)
                yield token.content if plain else Styled(token.content, bool(bold), bool(italic), address)
