"""The rules of the house that can be read from its files."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.modules import FILES, PACKAGE, ROOT, functions_in, short, tree_of

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
VAGUE = {"utils", "util", "helpers", "helper", "core", "common", "misc", "tools"}
MAKES_GENERATORS = "simulator/random_streams.py"
# A generator's name may stand in an annotation anywhere; it is made in one file.
MAKERS = {"default_rng", "SeedSequence", "RandomState", "Generator", "PCG64", "SFC64", "MT19937", "Philox"}

EACH_FILE = pytest.mark.parametrize("path", FILES, ids=short)


def test_imports_run_one_way(tmp_path: Path) -> None:
    command = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            command,
            "--config",
            str(ROOT / "pyproject.toml"),
            "--cache-dir",
            str(tmp_path),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def _calls(tree: ast.Module) -> set[str]:
    """Return the names of all that is called, as they are written."""
    return {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}


@EACH_FILE
def test_generators_are_made_in_one_file(path: Path) -> None:
    calls = _calls(tree_of(path))
    makers = {name for name in calls if name.split(".")[-1] in MAKERS or ".random." in f".{name}"}
    # Draws are asked of a generator that came as an argument: generator.random(...).
    makers -= {name for name in makers if re.fullmatch(r"(self\.)?_?generator\.random", name)}
    if short(path) == MAKES_GENERATORS:
        assert {"np.random.SeedSequence", "np.random.Generator"} <= makers
    else:
        assert not makers


@EACH_FILE
def test_no_file_knows_another_source_of_chance(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        names = [alias.name for alias in node.names] if isinstance(node, (ast.Import, ast.ImportFrom)) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{name}" for name in names]
        sources = {"random", "secrets", "uuid", "numpy.random", "scipy.stats"}
        assert not [
            name for name in names if name in sources or name.startswith(("random.", "numpy.random."))
        ]


@EACH_FILE
def test_files_and_functions_are_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    for function in functions_in(tree_of(path)):
        length = (function.end_lineno or 0) - function.lineno + 1
        assert length <= LONGEST_FUNCTION, f"{function.name} has {length} lines"


def _is_public(node: ast.AST) -> bool:
    return isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")


def _is_overload_or_setter(node: ast.AST) -> bool:
    decorators = [ast.unparse(decorator) for decorator in getattr(node, "decorator_list", [])]
    return any(name.endswith(("overload", ".setter")) for name in decorators)


@EACH_FILE
def test_everything_public_says_what_it_is(path: Path) -> None:
    tree = tree_of(path)
    assert ast.get_docstring(tree), "the module has no docstring"
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and _is_public(node)]
    public = [node for body in (tree, *classes) for node in body.body if _is_public(node)]
    silent = [
        node.name for node in public if not ast.get_docstring(node) and not _is_overload_or_setter(node)
    ]
    assert not silent


def test_no_file_or_folder_has_a_vague_name() -> None:
    names = {path.stem for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts}
    assert not {name for name in names if set(name.split("_")) & VAGUE}


def test_every_folder_of_code_is_a_package() -> None:
    assert {path.parent for path in FILES} == {path.parent for path in PACKAGE.rglob("__init__.py")}


def test_no_path_of_a_machine() -> None:
    files = [*FILES, *(ROOT / "scenarios").rglob("*.toml"), ROOT / "pyproject.toml", ROOT / "Makefile"]
    machine = re.compile(r"(?<![\w.])/(home|root|tmp|Users|mnt)/|[A-Z]:\\\\")
    for path in files:
        found = machine.search(path.read_text(encoding="utf-8"))
        assert found is None, f"{short(path)}: {found and found[0]}"


def test_constraints_name_versions_and_no_addresses() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|@|^-", text, flags=re.MULTILINE)
    pinned = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert all(re.match(r"[A-Za-z0-9._-]+(\[[\w,-]+\])?==[\w.+!]+( *;.*)?$", line) for line in pinned)
