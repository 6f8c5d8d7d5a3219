"""Documents are code: their blocks run, and their generated parts are what the code now says."""

from __future__ import annotations

import doctest
import html
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from importlib import import_module

import jupytext
import nbclient
import pytest

from docs.write_pages import BLOCK, PAGES, not_shown, pictures, renewed
from tests.e2e.command import ROOT, cluster_risk

LINK = re.compile(r"\]\(([^)#:]+)\)")


def blocks(document, language):
    return [code for kind, code in BLOCK.findall(document.read_text(encoding="utf-8")) if kind == language]


def named(document):
    return str(document.relative_to(ROOT))


@pytest.mark.parametrize("document", [path for path in PAGES if blocks(path, "python")], ids=named)
def test_python_blocks_run(document):
    code = "\n".join(blocks(document, "python"))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", [path for path in PAGES if blocks(path, "sh")], ids=named)
def test_shell_blocks_print_what_is_shown(document, tmp_path):
    """Output, pictures' words and the numbers of what was found are those of the commands beside them."""
    shutil.copytree(ROOT / "scenarios", tmp_path / "scenarios")

    def run(line):
        program, *arguments = shlex.split(line)
        assert program == "cluster-risk"
        done = cluster_risk(*arguments, folder=tmp_path)
        assert done.returncode == 0, done.stderr
        return done.stdout

    text = document.read_text(encoding="utf-8")
    assert renewed(text, run) == text, "run `make docs`"
    for drawn, picture in pictures(text):
        assert (tmp_path / drawn).is_file()
        assert (document.parent / picture).is_file()


def test_words_that_no_command_bears_out_are_caught():
    page = "```sh\ncluster-risk run x\n```\n\n*Found:* the PCT loses £3.41m.\n"
    assert renewed(page, lambda _: "PCT return +£3.41m ± 0.10m") == page
    with pytest.raises(ValueError, match=r"3\.41"):
        renewed(page, lambda _: "PCT return +£3.4m ± 0.1m")
    shown = page.replace("*Found", '<!-- from "a" to "c" -->\n\n```text\n```\n\n*Found')
    assert "\n```text\na 1\n  b £3.41m\n```" in renewed(shown, lambda _: "0\na 1 \n  b £3.41m\n\nc\n")


@pytest.mark.parametrize("document", PAGES, ids=named)
def test_links_lead_somewhere(document):
    for target in LINK.findall(document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def test_generated_tables_are_up_to_date():
    done = subprocess.run(
        [sys.executable, ROOT / "docs" / "write_tables.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}: run `make docs`"


def test_the_picture_is_up_to_date(tmp_path):
    script = ROOT / "docs" / "draw_flow.py"
    subprocess.run([sys.executable, script, tmp_path / "flow.svg"], check=True)
    assert (tmp_path / "flow.svg").read_bytes() == (ROOT / "docs" / "flow.svg").read_bytes()


@pytest.mark.parametrize("notebook", sorted((ROOT / "notebooks").glob("*.py")), ids=named)
def test_notebooks_run(notebook):
    """As in Jupyter, from top to bottom; every code cell but the first shows something."""
    book = jupytext.read(notebook)
    client = nbclient.NotebookClient(book, timeout=120, resources={"metadata": {"path": notebook.parent}})
    with warnings.catch_warnings():
        # Jupyter's own, of its event loop and of its older locations of files.
        warnings.simplefilter("ignore")
        client.execute()
    _first, *others = (cell for cell in book.cells if cell.cell_type == "code")
    assert others
    for cell in others:
        kinds = {output.output_type for output in cell.outputs}
        assert kinds <= {"execute_result", "stream"}
        assert all(output.get("name") != "stderr" for output in cell.outputs), cell.outputs
    shown = ""
    for cell in book.cells:
        if cell.cell_type == "code":
            shown += " ".join(_as_read(output) for output in cell.outputs)
        elif "*Seen:*" in cell.source:
            # A lesson's own words quote what stands above them.
            words = cell.source.partition("*Seen:*")[2].partition("\n#")[0]
            assert not not_shown(words, shown), cell.source
    assert "*Seen:*" in "".join(cell.source for cell in book.cells)


def _as_read(output):
    """Return what a reader sees of a cell's output: without the marks of HTML."""
    data = output.get("data", {})
    return html.unescape(
        re.sub(r"<style.*?</style>|<[^>]+>", " ", data.get("text/html", ""), flags=re.DOTALL)
    ) or (output.get("text") or data["text/plain"])


def test_the_map_of_the_house_is_the_tree():
    """Every room and every file at the top of simulator/ stands in the README's map."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "simulator").iterdir():
        if path.is_dir() and path.name != "__pycache__":
            assert f"`simulator/{path.name}/`" in text
    for word in re.findall(r"`simulator/([\w.]+)/?`", text):
        assert (ROOT / "simulator" / word).exists()


def test_examples_in_docstrings_hold():
    module = import_module("simulator.compounds.compound")
    assert doctest.testmod(module) == (0, len(re.findall(r">>>", module.compound.__doc__)))
