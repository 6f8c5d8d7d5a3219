"""The simulator's modules: as files, as syntax trees and imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import simulator

PACKAGE = Path(simulator.__file__).parent
ROOT = PACKAGE.parent
FILES = sorted(PACKAGE.rglob("*.py"))

Function = ast.FunctionDef | ast.AsyncFunctionDef


def short(path: Path) -> str:
    """Return a file's name as the tests show it."""
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module_of(path: Path) -> ModuleType:
    """Return a file's module."""
    steps = path.relative_to(ROOT).with_suffix("").parts
    return import_module(".".join(step for step in steps if step != "__init__"))


def functions_in(tree: ast.Module) -> Iterator[Function]:
    """Yield every function and method of a file."""
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node
