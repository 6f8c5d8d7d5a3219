"""The site of the documents: made without a warning, asking nothing of other machines, with every command."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.cli import commands
from tests.e2e.command import ROOT

# What a browser would fetch by itself; a link that a reader may follow is none of it.
_FETCHED = re.compile(
    r"<(?:script|img|iframe|source)\b[^>]*\bsrc=[\"'](?:https?:)?//"
    r"|<link\b(?![^>]*\brel=[\"'](?:canonical|search|index|next|prev)[\"'])[^>]*\bhref=[\"'](?:https?:)?//"
    r"|@import\s+(?:url\()?[\"']?(?:https?:)?//|\burl\([\"']?(?:https?:)?//"
)


def built(kind: str, folder: Path) -> Path:
    target = folder / kind
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", kind, "-d", folder / "doctrees"]
    done = subprocess.run([*command, ROOT / "docs", target], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("html", tmp_path_factory.mktemp("site"))


def test_no_page_asks_anything_of_another_machine(site: Path) -> None:
    pages = [path for path in site.rglob("*") if path.suffix in {".html", ".css", ".svg"}]
    assert len(pages) > 50
    for page in pages:
        assert not _FETCHED.search(page.read_text(encoding="utf-8")), page


def test_what_would_be_fetched_is_seen() -> None:
    assert _FETCHED.search('<script async src="https://cdn.example/a.js">')
    assert _FETCHED.search('<link rel="stylesheet" href="//fonts.example/a.css">')
    assert _FETCHED.search("src: url(https://fonts.example/a.woff2)")
    assert not _FETCHED.search('<a href="https://www.england.nhs.uk/">')


def test_every_page_of_the_documents_is_in_the_site(site: Path) -> None:
    for page in (ROOT / "docs").rglob("*.md"):
        assert (site / page.relative_to(ROOT / "docs").with_suffix(".html")).is_file()


def test_every_command_is_on_the_page_of_commands_and_in_the_man_page(site: Path) -> None:
    page = (site / "commands.html").read_text(encoding="utf-8")
    man = (built("man", site.parent) / "cluster-risk.1").read_text(encoding="utf-8").replace("\\-", "-")
    for name, command in commands.commands.items():
        assert f'id="cluster-risk-{name}"' in page
        assert re.search(rf"^\.S[HS] {name}$", man, re.MULTILINE), name
        for option in (one for one in command.params if one.param_type_name == "option"):
            assert max(option.opts, key=len) in man
    assert "130" in man  # exit codes
    assert "OMP_NUM_THREADS" in man
