"""How Sphinx makes the site of these pages: `make site`. It asks nothing of another machine."""

from __future__ import annotations

import os
import re
from importlib import metadata

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

project = "cluster-risk"
author = "the cluster-risk authors"
release = metadata.version("cluster-risk")

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx_click",
    "sphinx_copybutton",
]
exclude_patterns = ["*.py"]
root_doc = "index"
language = "en_GB"
smartquotes_action = "qe"  # a dash in the help of a command is a dash

# Formulas of notation.md, and a link to any heading.
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4

# numpydoc says what the types are, and pages of their own list no members.
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
copybutton_exclude = ".linenos, .gp, .go"

html_theme = "furo"
html_title = "cluster-risk"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_math_renderer = "mathml"

man_pages = [
    ("command-line", "cluster-risk", "what clusters of GP practices risk with a real budget", [author], 1)
]

# Tables and help as wide as where no terminal says it.
os.environ["COLUMNS"] = "100"


def _visit_inline(writer: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in MathML, which browsers draw themselves."""
    writer.body.append(tex2mathml(node.astext(), as_block=False))
    raise nodes.SkipNode


def _visit_block(writer: HTML5Translator, node: nodes.math_block) -> None:
    formula = tex2mathml(node.astext(), as_block=True)
    writer.body.append(f'<div class="formula">{formula}</div>')
    raise nodes.SkipNode


def _as_typed(_app: Sphinx, _context: object, lines: list[str]) -> None:
    """Take the help of a command as it is typed: a star is a star, and what stands between ticks is code."""
    for at, line in enumerate(lines):
        parts = re.split(r"(`+[^`]+`+)", line)
        lines[at] = "".join(
            f"``{part.strip('`')}``" if part.startswith("`") else re.sub(r"(?<!\*)\*(?!\*)", r"\\*", part)
            for part in parts
        )


def setup(app: Sphinx) -> None:
    """Tell Sphinx how formulas and the help of commands are written, and that CSV needs no colours."""
    app.add_html_math_renderer("mathml", (_visit_inline, None), (_visit_block, None))
    for part in ("description", "options", "arguments"):
        app.connect(f"sphinx-click-process-{part}", _as_typed)
    app.add_lexer("csv", TextLexer)
