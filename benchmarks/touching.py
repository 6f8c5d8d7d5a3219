"""Which tests run a line of the project, and how long each of them takes: learned from one run of all."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

from benchmarks.forked_tests import import_once, run

ASK_WHAT_IS_DECLARED = ("tests/architecture/", "tests/golden/")
Lines = dict[int, set[str]]
"""Tests by the line that they run."""


@dataclass(frozen=True)
class Touching:
    """What one run of all tests has told."""

    folder: Path
    seconds: dict[str, float]  # by test
    lines: dict[str, Lines]  # by file, from the top of the project

    def tests(self, file: str, row: int) -> set[str]:
        """Return the tests that can see a line of a file.

        A line that runs as the file is imported, one of a function that is called then included, may be seen
        by each test that runs any of the file, and by those that ask what all files declare.
        """
        lines = self.lines.get(file, {})
        rows = _statement(self.folder / file, row)
        if rows is not None and (tests := set[str]().union(*(lines.get(one, ()) for one in rows))):
            return tests
        asking = {test for test in self.seconds if test.startswith(ASK_WHAT_IS_DECLARED)}
        return asking.union(*lines.values())


def learned(folder: Path, parts: Sequence[str], files: Sequence[str]) -> Touching:
    """Run the tests of a copy of the project once, and take down what each runs of its parts."""
    measured = [f"--cov={part}" for part in parts]
    found = run(folder, [*files, *measured, "--cov-context=test", "--cov-report="])
    if found.code != 0:
        raise RuntimeError(f"a test fails without any mistake: {found.failed}")
    import_once(found.libraries)
    kept = CoverageData(str(folder / ".coverage"))
    kept.read()
    lines = {
        str(Path(file).relative_to(folder)): _tests_of(kept.contexts_by_lineno(file), list(found.seconds))
        for file in kept.measured_files()
    }
    return Touching(folder, found.seconds, lines)


def _tests_of(contexts: dict[int, list[str]], tests: list[str]) -> Lines:
    """Return tests by line; what a fixture has made, all tests of its file may use."""
    found: Lines = defaultdict(set)
    by_file: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        by_file[test.partition("::")[0]].add(test)
    for line, names in contexts.items():
        for test, _, phase in (name.rpartition("|") for name in names if name):
            found[line] |= by_file[test.partition("::")[0]] if phase == "setup" else {test}
    return found


def _statement(path: Path, row: int) -> range | None:
    """Return the lines of the statement that a line is part of; None of one that runs at import."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [one for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) for one in node.body]
    if not any(one.lineno <= row <= (one.end_lineno or row) for one in bodies):
        return None
    statements = [
        (node.lineno, _last_of_head(node))
        for node in ast.walk(tree)
        if isinstance(node, ast.stmt) and node.lineno <= row <= _last_of_head(node)
    ]
    first, last = max(statements, default=(row, row))
    return range(first, last + 1)


def _last_of_head(node: ast.stmt) -> int:
    """Return the last line of a statement before those that it holds."""
    inner = getattr(node, "body", None) or getattr(node, "cases", None)
    last = node.end_lineno or node.lineno
    if not inner:
        return last
    return max((inner[0] if isinstance(inner[0], ast.stmt) else inner[0].pattern).lineno - 1, node.lineno)
