"""What is installed has all that it needs; tests/e2e/test_installed.py tries the wheel."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

from simulator.scenario.start import EXAMPLES, FLAGSHIP_FILES, HISTORY_FILES, STARTER_FILES
from tests.architecture.modules import FILES, PACKAGE, ROOT, tree_of

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
INCLUDED = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
INSIDE = "simulator/scenario/examples"


def test_what_init_copies_is_in_the_wheel() -> None:
    regimes = [f"regimes/{file.name}" for file in (ROOT / "scenarios" / "regimes").iterdir()]
    for name in (*FLAGSHIP_FILES, *regimes):
        source = next(one for one in INCLUDED if f"scenarios/{name}".startswith(one))
        assert (ROOT / "scenarios" / name).is_file()
        assert INCLUDED[source] == source.replace("scenarios", INSIDE, 1)
    assert EXAMPLES == ROOT / "scenarios"
    starter = PACKAGE / "scenario" / "starter"
    assert all((starter / name).is_file() for name in STARTER_FILES)
    assert all((starter / "history_example" / name).is_file() for name in HISTORY_FILES)


def test_no_file_of_the_package_is_one_that_builds_leave_out() -> None:
    """A build leaves out what git ignores."""
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text().split() if "*" not in line}
    parts = {part for path in PACKAGE.rglob("*") if "__pycache__" not in path.parts for part in path.parts}
    assert not {part for part in parts - set(ROOT.parts) if part in ignored - {"__pycache__"}}


def test_what_is_imported_is_installed_with_it() -> None:
    distributions = packages_distributions()
    extras = {
        name: ones for name, ones in PROJECT["project"]["optional-dependencies"].items() if name != "dev"
    }
    named = [*PROJECT["project"]["dependencies"], *(one for ones in extras.values() for one in ones)]
    wanted = {re.split(r"[>=<\[ ]", one)[0].lower().replace("_", "-") for one in named}
    # What pydantic, matplotlib and fastapi are made of, and bring.
    wanted |= {"pydantic-core", "cycler", "starlette"}
    for path in FILES:
        for node in ast.walk(tree_of(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            for name in (
                {one.partition(".")[0] for one in names} - {"simulator"} - set(sys.stdlib_module_names)
            ):
                found = {one.lower().replace("_", "-") for one in distributions[name]}
                assert found & wanted, f"{path}: {name}"
