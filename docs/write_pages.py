"""Write what pages show of the commands on them, output and pictures. `make docs` runs it; a test compares.

The `sh` blocks of a page run from top to bottom in a folder that has the scenarios. Around them may stand

    <!-- from "first words" to "words after it" -->   a block of text: that part of what was printed
    <!-- drawn charts/heat-map.svg -->                a picture, and what the chart says of itself
    *Found:*                                          words whose every number stands in what was printed

Names of pages on the command line write those alone.
"""

from __future__ import annotations

import html
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
WIDTH = "100"
"""How wide tables are where no terminal says it."""
BLOCK = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PART = re.compile(
    r'^<!-- from "(?P<first>[^"]*)"(?: to "(?P<last>[^"]*)")? -->\n+```text\n.*?^```$'
    r"|^<!-- drawn (?P<file>\S+) -->\n+!\[.*?\]\((?P<picture>\S+)\)$"
    rf"|{BLOCK.pattern}",
    re.MULTILINE | re.DOTALL,
)
_FOUND = re.compile(r"^\*Found:\*.*?(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
_NUMBER = re.compile(r"\d[\d,]*\.\d+|(?<=£)\d[\d,]*|\d[\d,]*(?=[%p])|\d{1,3},\d{3}|\d{2,}")


def renewed(text: str, run: Callable[[str], str]) -> str:
    """Return a page with what its commands print now; `run` runs one and returns what it printed.

    Raises
    ------
    ValueError
        If a number of what was found stands in nothing that was printed.
    """
    printed: list[str] = []

    def part(match: re.Match[str]) -> str:
        if match["first"] is not None:
            shown = _cut(printed, match["first"], match["last"])
            return f"{match[0].partition('-->')[0]}-->\n\n```text\n{shown}\n```"
        if match["file"]:
            words = re.sub(r"([\[\]*_])", r"\\\1", " ".join(printed[-1].split()))
            return f"<!-- drawn {match['file']} -->\n\n![{words}]({match['picture']})"
        if match.group(5) == "sh":
            printed.extend(run(line) for line in match.group(6).splitlines() if line)
        return match[0]

    page = _PART.sub(part, text)
    for found in _FOUND.findall(page):
        if missing := not_shown(found, "\n".join(printed)):
            raise ValueError(f"{missing} stand in nothing that was printed: {found}")
    return page


def _cut(printed: list[str], first: str, last: str | None) -> str:
    """Return part of what the last command that prints those words printed."""
    found = [one for one in printed if first in one]
    if not found:
        raise ValueError(f'no command above prints "{first}"')
    shown = found[-1][found[-1].index(first) :]
    shown = shown[: shown.index(last)] if last else shown
    return "\n".join(line.rstrip() for line in shown.strip().splitlines())


def not_shown(words: str, shown: str) -> list[str]:
    """Return the numbers of words that do not stand in what was shown."""
    return [
        number
        for number in _NUMBER.findall(html.unescape(words))
        if not re.search(rf"(?<![\d.,]){re.escape(number)}(?![\d,]|\.\d)", shown)
    ]


def pictures(text: str) -> list[tuple[str, str]]:
    """Return the pictures of a page: the file that a command draws, and the page's own name for it."""
    return [(one["file"], one["picture"]) for one in _PART.finditer(text) if one["file"]]


def write(page: Path) -> bool:
    """Write a page and its pictures anew; return whether its text has changed."""
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "scenarios", Path(folder) / "scenarios")

        def run(line: str) -> str:
            program, *arguments = shlex.split(line)
            done = subprocess.run(  # noqa: S603
                [Path(sys.executable).with_name(program), *arguments],
                cwd=folder,
                env=os.environ | {"COLUMNS": WIDTH},
                check=True,
                stdout=subprocess.PIPE,
                encoding="utf-8",
            )
            return done.stdout

        now = renewed(text, run)
        for drawn, picture in pictures(text):
            shutil.copyfile(Path(folder) / drawn, page.parent / picture)
    page.write_text(now, encoding="utf-8")
    return now != text


def main() -> None:
    """Write all pages that run something, or those that are named."""
    named = [Path(name).resolve() for name in sys.argv[1:]]
    for page in named or PAGES:
        if "```sh\n" in page.read_text(encoding="utf-8") and write(page):
            print(f"written: {page.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
